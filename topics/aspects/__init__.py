"""Who, what, when, where, why and how: what objects tell of an event, with evidence in every medium."""

from topics.aspects.candidate import Candidate, candidates
from topics.aspects.merging import describe
from topics.aspects.span import normalised, span
from topics.aspects.story import Told

__all__ = ["Candidate", "Told", "candidates", "describe", "normalised", "span"]

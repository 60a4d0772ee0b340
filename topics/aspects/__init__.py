"""Who, what, when, where, why and how: what objects tell of an event, with evidence in every medium."""

from topics.aspects.merging import describe
from topics.aspects.span import span
from topics.aspects.story import Told

__all__ = ["Told", "describe", "span"]

"""Answers that one object gives to the six questions, each scored by a linear model over plain features.

The aspect modules propose spans; the weights in `weights.json` were learned with `bench/train_aspects.py` and say how
much each feature counts. A score is the chance that a reader would accept the span, so scores of one aspect compare
across objects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ontology.model import ASPECTS, Annotation, AspectName, Evidence
from topics.aspects import how, what, when, where, who, why
from topics.aspects.story import Proposal, Sentence, Story, Told

if TYPE_CHECKING:
    from spacy.tokens import Token

Proposer = Callable[[Story], Iterable[Proposal]]

PROPOSERS: Final[Mapping[AspectName, Proposer]] = MappingProxyType(
    {
        "who": who.propose,
        "what": what.propose,
        "when": when.propose,
        "where": where.propose,
        "why": why.propose,
        "how": how.propose,
    }
)
#: Best mentions kept of one aspect in one object.
KEPT: Final = 40
LONGEST_QUOTE: Final = 300
#: What a picture shows says little about what happened.
LABEL_WEIGHT: Final = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One mention of a possible answer.

    `key` is equal for mentions that mean the same; `chars` is the span in the reading of the object, None where a
    picture's label is the answer; `evidence` leads to the segment and quotes the sentence around it.
    """

    name: AspectName
    value: str
    score: float
    key: str
    chars: tuple[int, int] | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model of one aspect: `scale` and `shift` turn its sum into a chance."""

    weights: Mapping[str, float]
    scale: float
    shift: float

    def score(self, features: Mapping[str, float]) -> float:
        """The chance in (0, 1) that a span with these features answers the question."""
        known = self.weights
        total = sum(known.get(name, 0.0) * value for name, value in features.items())
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.scale * total + self.shift))))


@cache
def learned() -> Mapping[AspectName, Weights]:
    """The weights that ship with the package."""
    stored = json.loads(files(__package__).joinpath("weights.json").read_text("utf-8"))
    return {name: Weights(stored[name]["weights"], stored[name]["scale"], stored[name]["shift"]) for name in ASPECTS}


def candidates(told: Told, weights: Mapping[AspectName, Weights] | None = None) -> tuple[Candidate, ...]:
    """Give every answer that an object offers, by aspect, best first; at most `KEPT` mentions an aspect.

    An object without words answers only what its picture shows.
    """
    weights = weights or learned()
    story = Story(told)
    found: list[Candidate] = []
    for name, propose in PROPOSERS.items():
        scored = [(weights[name].score(proposal.features), proposal) for proposal in propose(story)]
        scored.sort(key=lambda pair: (-pair[0], pair[1].start, pair[1].end))
        made = (_candidate(story, name, score, proposal) for score, proposal in scored[:KEPT])
        found.extend(candidate for candidate in made if candidate is not None)
    if not story.sentences:
        found.extend(_shown(label) for label in told.labels)
    return tuple(found)


def _candidate(story: Story, name: AspectName, score: float, proposal: Proposal) -> Candidate | None:
    told = story.told
    words = [token for token in story.doc[proposal.start : proposal.end] if not _is_link(token)]
    if not words:
        return None
    start, end = words[0].idx, words[-1].idx + len(words[-1].text)
    segment = told.reading.segment(start, end)
    evidence = Evidence(told.item.id, segment.fragment, quote(story, proposal.start, start, end))
    return Candidate(name, " ".join(told.reading.text[start:end].split()), score, proposal.key, (start, end), evidence)


def _is_link(token: Token) -> bool:
    """Addresses and handles in posts: no part of an answer at its edges."""
    return bool(token.like_url or token.like_email or token.text.startswith("@"))


def quote(story: Story, token: int, start: int, end: int) -> str:
    """The sentence around characters [start, end), at most `LONGEST_QUOTE` of it."""
    sentence = _around(story, token)
    text = story.told.reading.text
    low = story.doc[sentence.start].idx
    last = story.doc[sentence.end - 1]
    high = last.idx + len(last.text)
    if high - low > LONGEST_QUOTE:
        room = max(0, LONGEST_QUOTE - (end - start)) // 2
        low, high = max(low, start - room), min(high, end + room)
    return text[low:high]


def _around(story: Story, token: int) -> Sentence:
    return next(sentence for sentence in story.sentences if sentence.start <= token < sentence.end)


def _shown(label: Annotation) -> Candidate:
    evidence = Evidence(label.segment.object, label.segment.fragment, f"shows: {label.value}")
    return Candidate("what", label.value, LABEL_WEIGHT * label.score, label.value.lower(), None, evidence)

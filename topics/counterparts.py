"""The same topics in other runs, in single collections, and in windows of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ontology.errors import InvalidInput
from topics.alignment import align
from topics.identity import alongside, inherit
from topics.learned import Learned
from topics.learning import FEWEST, Options, learn
from topics.stacking import Counts, Labels
from topics.wording import top_words

TELLING: Final = 6
"""Terms that tell a topic of a part."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A topic of one run and the one of another that takes its place, alike by so much in [0, 1]."""

    one: str
    other: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Strand:
    """A topic that a part of the documents was learned to have by itself: the id of the topic that it is (`known` if
    that is one of those compared with), how alike it is to that, its share in the part, and the words that tell it."""

    topic: str
    known: bool
    similarity: float
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the documents (a collection, a window of time) with its topics, the largest first, and of those it was
    compared with the ones that came since the part before it (by name), and those that went."""

    name: str
    documents: int
    strands: tuple[Strand, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]


def paired(one: Learned, other: Learned) -> list[Pair]:
    """The topics of two runs in pairs, the most alike first; what is left over stands in none."""
    found = align(*alongside(one.spoken, other.spoken))
    pairs = [
        Pair(one.ids[before], other.ids[after], float(alike))
        for before, after, alike in zip(found.before, found.after, found.similarity, strict=True)
    ]
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.one))


def parts(
    learned: Learned, counts: Counts, labels: Labels | None, vocabularies: Mapping[str, Sequence[str]]
) -> list[Part]:
    """Learn each part of the documents by itself, and say which of its topics are those of the run.

    Parts of too few documents are left out. Raises `InvalidInput` if no parts are left.
    """
    names = [] if labels is None else [str(name) for name in np.unique(labels) if (labels == name).sum() >= FEWEST]
    if labels is None or not names:
        raise InvalidInput(f"there are no parts of {FEWEST} documents or more to compare")
    found: list[Part] = []
    before: set[str] = set()
    for name in names:
        rows = np.flatnonzero(labels == name)
        strands = _strands(learned, name, {field: counts[field][rows] for field in learned.words}, vocabularies)
        now = {strand.topic for strand in strands if strand.known}
        came, went = (now - before, before - now) if found else (set[str](), set[str]())
        found.append(Part(name, len(rows), tuple(strands), tuple(sorted(came)), tuple(sorted(went))))
        before = now
    return found


def _strands(learned: Learned, name: str, counts: Counts, vocabularies: Mapping[str, Sequence[str]]) -> list[Strand]:
    """The topics of a part, the largest first."""
    first = next(iter(counts))
    count = max(2, min(len(learned.ids), round(np.sqrt(counts[first].shape[0]))))
    outcome = learn(counts, None, Options(topics=count))
    heirs = inherit(f"{learned.run} {name}", 1, learned.ids, learned.spoken, outcome.spoken(vocabularies))
    words = top_words(counts[first], outcome.model.doc_topic_, TELLING)
    strands = [
        Strand(
            heirs.ids[at], bool(heirs.alike[at] > 0), float(heirs.alike[at]), float(outcome.shares[at]),
            tuple(vocabularies[first][word] for word in words[at]),
        )
        for at in range(len(heirs.ids))
    ]  # fmt: skip
    return sorted(strands, key=lambda strand: (-strand.share, strand.topic))

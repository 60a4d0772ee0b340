"""What people decided about objects, as linking and detecting obey it.

Decisions are pairs of objects; they are obeyed as pairs of documents, since what was published as one is told as one.
`settle` makes a partition obey them exactly. `curate` lets the odds between documents follow, so that all that is found
on the odds follows too: as in D. Klein, S. Kamvar and C. Manning, "From instance-level constraints to space-level
constraints" (ICML 2002), a word on two documents also moves those that are near to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from correlate.corpus import Corpus, Indices, Matrix
from correlate.grouping import groups

SURE: Final = 6.9
"""Log-odds of what a person said: a probability of 0.999."""

Pair = tuple[str, str]


def _none() -> Indices:
    return np.empty((0, 2), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs of documents, each (m, 2): `together` in one event, `apart` in two; events to be `merged` that the two are
    in; `expelled`, the first from the event of the second.
    """

    together: Indices = field(default_factory=_none)
    apart: Indices = field(default_factory=_none)
    merged: Indices = field(default_factory=_none)
    expelled: Indices = field(default_factory=_none)

    def __bool__(self) -> bool:
        return any(map(len, (self.together, self.apart, self.merged, self.expelled)))


NOTHING: Final = Decided()
"""Nobody decided anything."""


def decided(
    corpus: Corpus,
    together: Sequence[Pair] = (),
    apart: Sequence[Pair] = (),
    merged: Sequence[Pair] = (),
    expelled: Sequence[Pair] = (),
) -> Decided:
    """Pairs of object ids as pairs of documents; ids that the corpus lacks and pairs within a document say nothing."""
    place = {item.id: int(number) for item, number in zip(corpus.items, corpus.document, strict=True)}

    def documents(pairs: Sequence[Pair]) -> Indices:
        known = [(place[one], place[other]) for one, other in pairs if one in place and other in place]
        return np.array([pair for pair in known if pair[0] != pair[1]], dtype=np.intp).reshape(-1, 2)

    return Decided(*map(documents, (together, apart, merged, expelled)))


def settle(label: Indices, odds: Matrix, told: NDArray[np.bool_], words: Decided) -> Indices:
    """The partition nearest to `label` (d,), -1 for in none, that obeys: where words contradict, `together` wins.

    A document that was put with others goes where their odds (d, d) to the rest speak for most. Where two that were
    kept apart were in one group, each of its documents stays with the one that its odds speak for. What leaves founds a
    group of its own if it is `told` (d,), else it is in none.
    """
    if not words:
        return label
    settled = label.copy()
    for one, other in words.merged:
        _unite(settled, int(one), int(other))
    part = _parts(words.together, len(label))
    for number in np.unique(part[words.together]):
        _gather(settled, np.flatnonzero(part == number), odds, told)
    for one, other in words.expelled:
        if part[one] != part[other] and settled[one] == settled[other] >= 0:
            _leave(settled, part == part[one], told)
    while (pair := _violated(settled, part, words.apart)) is not None:
        _split(settled, part, pair, odds, told)
    return settled


def _parts(together: Indices, count: int) -> Indices:
    """Number what was put together: (count,)."""
    edges = coo_array((np.ones(len(together)), (together[:, 0], together[:, 1])), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.intp)


def _fresh(settled: Indices) -> int:
    return int(settled.max(initial=-1)) + 1


def _unite(settled: Indices, one: int, other: int) -> None:
    labels = settled[[one, other]]
    target = int(labels[labels >= 0].min(initial=_fresh(settled)))
    settled[np.isin(settled, labels[labels >= 0])] = target
    settled[[one, other]] = target


def _gather(settled: Indices, members: Indices, odds: Matrix, told: NDArray[np.bool_]) -> None:
    """Put members into one of their groups; those of documents with words come first."""
    labels = settled[members]
    founding = labels[told[members] & (labels >= 0)]
    possible = np.unique(founding if len(founding) else labels[labels >= 0])
    if len(possible) == 0:
        if told[members].any():
            settled[members] = _fresh(settled)
        return
    rest = np.setdiff1d(np.arange(len(settled)), members)
    speaks = [_mean(odds, members, rest[settled[rest] == number]) for number in possible]
    settled[members] = possible[int(np.argmax(speaks))]


def _mean(odds: Matrix, some: Indices, others: Indices) -> float:
    return float(odds[np.ix_(some, others)].mean()) if len(others) else -np.inf


def _leave(settled: Indices, leaving: NDArray[np.bool_], told: NDArray[np.bool_]) -> None:
    settled[leaving] = _fresh(settled) if told[leaving].any() else -1


def _violated(settled: Indices, part: Indices, apart: Indices) -> tuple[int, int] | None:
    for one, other in apart:
        if settled[one] == settled[other] >= 0 and part[one] != part[other]:
            return int(one), int(other)
    return None


def _split(settled: Indices, part: Indices, pair: tuple[int, int], odds: Matrix, told: NDArray[np.bool_]) -> None:
    """Part one group in two around the two documents; documents that were put together stay so."""
    first, last = (part == part[document] for document in pair)
    if not (told[first].any() and told[last].any()):
        # A group cannot be founded on what has no words: that alone leaves.
        weaker = last if told[first].any() or not told[last].any() else first
        _leave(settled, weaker, told)
        return
    group = np.flatnonzero(settled == settled[pair[0]])
    leaving = last.copy()
    for number in np.unique(part[group]):
        members = group[part[group] == number]
        if not (first[members].any() or last[members].any()):
            stays, leaves = (_mean(odds, members, np.flatnonzero(side)) for side in (first, last))
            leaving[members] = leaves > stays
    _leave(settled, leaving, told)


def curate(odds: Matrix, told: NDArray[np.bool_], words: Decided) -> Matrix:
    """Odds (d, d) that say what people decided, and between documents that were moved by it what is usual.

    The words of people count `SURE`. Documents that came into one group get at least the median odds of two in a group,
    those that were parted at most the median odds of two in different groups.
    """
    if not words:
        return odds
    founding = np.flatnonzero(told)
    label = np.full(len(told), -1, dtype=np.intp)
    label[founding] = groups(odds[np.ix_(founding, founding)])
    settled = settle(label, odds, told, words)
    curated = _shifted(odds, label, settled, _left(settled, told, words))
    for pairs, sign in ((words.together, 1), (words.apart, -1)):
        one, other = np.r_[pairs, pairs[:, ::-1]].T
        curated[one, other] = sign * np.maximum(sign * curated[one, other], SURE)
    return curated


def _left(settled: Indices, told: NDArray[np.bool_], words: Decided) -> NDArray[np.bool_]:
    """Which documents without words, that found no group, must not join which others: (d, d), symmetric."""
    left = np.zeros((len(settled), len(settled)), dtype=bool)
    pairs = np.r_[words.apart, words.apart[:, ::-1], words.expelled]
    for one, other in pairs[~told[pairs[:, 0]]]:
        if settled[one] != settled[other] >= 0:
            left[one] |= settled == settled[other]
    return left | left.T


def _shifted(odds: Matrix, label: Indices, settled: Indices, left: NDArray[np.bool_]) -> Matrix:
    shifted = odds.copy()
    known = (label >= 0)[:, None] & (label >= 0)[None, :] & ~np.eye(len(label), dtype=bool)
    same = known & (label[:, None] == label[None, :])
    now = (settled[:, None] == settled[None, :]) & (settled >= 0)[:, None]
    joined, parted = now & ~same & ~np.eye(len(label), dtype=bool), (same & ~now) | left
    within = float(np.median(odds[same])) if same.any() else 0.0
    between = float(np.median(odds[known & ~same])) if (known & ~same).any() else 0.0
    shifted[joined] = np.maximum(odds[joined], max(within, 0.0))
    shifted[parted] = np.minimum(odds[parted], min(between, 0.0))
    return shifted

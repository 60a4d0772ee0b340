"""Rankings of objects with their reasons, and how several become one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from api.hits import Hit

DEEP: Final = 100
"""How far down each ranking is looked at."""
SMOOTH: Final = 60.0
"""Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a rank r counts 1 / (60 + r)."""

Ranking = list[tuple[str, float, str]]
"""Object id, score and reason, best first."""
Sense = tuple[str, str]


def top(found: Iterable[tuple[str, float, str]]) -> Ranking:
    """The best of them, best first, ties by id."""
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))[:DEEP]


def once(found: Iterable[tuple[Sense, str, float, str]]) -> Ranking:
    """Of (sense, object, score, reason) with one sense and object only the highest score counts; all reasons stay."""
    ranking: Ranking = []
    counted: set[tuple[Sense, str]] = set()
    for by, key, score, reason in sorted(found, key=lambda entry: -entry[2]):
        ranking.append((key, 0.0 if (by, key) in counted else score, reason))
        counted.add((by, key))
    return ranking


def fuse(*groups: Sequence[Ranking]) -> dict[str, Hit]:
    """Fuse rankings: within a group by the mean of reciprocal ranks (1 for the first in all), across groups as
    reasons that count together, so that what only pictures can have is no handicap for texts.
    """
    doubt: dict[str, float] = defaultdict(lambda: 1.0)
    reasons: dict[str, list[str]] = defaultdict(list)
    for rankings in groups:
        scores: dict[str, float] = defaultdict(float)
        for ranking in rankings:
            for rank, (key, _, reason) in enumerate(ranking, start=1):
                scores[key] += (SMOOTH + 1) / (SMOOTH + rank) / len(rankings)
                reasons[key].append(reason)
        for key, score in scores.items():
            doubt[key] *= 1.0 - score
    return {key: Hit(key, round(1.0 - left, 6), tuple(reasons[key])) for key, left in doubt.items()}


def add(found: dict[str, Hit], key: str, score: float, reason: str) -> None:
    """Several reasons count together: 1 - product of 1 - score."""
    before = found.get(key, Hit(key, 0.0, ()))
    both = 1.0 - (1.0 - before.score) * (1.0 - min(score, 1.0))
    found[key] = Hit(key, round(both, 6), (*before.reasons, reason))

"""Which topics of two runs, windows or collections are the same, and which were split or merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ontology.errors import InvalidInput
from topics.stacking import Matrix

Change = Literal["kept", "split", "merged", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of topics: `before[i]` became `after[i]`, alike by `similarity[i]` in [0, 1]; each stands in one pair."""

    before: NDArray[np.intp]
    after: NDArray[np.intp]
    similarity: Matrix


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of topics: what happened, the topics before that it concerns, and those after."""

    change: Change
    before: tuple[int, ...]
    after: tuple[int, ...]


def similarity(one: Matrix, other: Matrix) -> Matrix:
    """1 - Hellinger distance of any two distributions, in [0, 1]: (topics, topics) from (topics, words) each."""
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise InvalidInput(f"topics must be over the same words, got {one.shape} and {other.shape}")
    return np.asarray(1 - np.sqrt(np.clip(1 - np.sqrt(one) @ np.sqrt(other).T, 0, 1)))


def align(before: Matrix, after: Matrix) -> Alignment:
    """The pairing of topics (topics, words) with the greatest sum of similarities; what is left over stands in none.

    Source: H. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics 2, 1955.
    """
    alike = similarity(before, after)
    rows, columns = linear_sum_assignment(-alike)
    return Alignment(rows, columns, alike[rows, columns])


def transport(
    before: Matrix, after: Matrix, shares_before: Matrix, shares_after: Matrix, spread: float = 0.05
) -> Matrix:
    """How much of each topic went into which: (topics before, topics after), sums are the shares given.

    The optimal transport plan under the cost 1 - similarity, smoothed by entropy: near 0 `spread` it is the cheapest
    plan.

    Source: M. Cuturi, "Sinkhorn distances", NIPS 2013, algorithm 1, in logarithms.
    """
    if not spread > 0:
        raise InvalidInput(f"spread must be above 0, got {spread!r}")
    kernel = (similarity(before, after) - 1) / spread
    rows, columns = (np.log(np.maximum(share / share.sum(), 1e-12)) for share in (shares_before, shares_after))
    left, right = np.zeros(len(rows)), np.zeros(len(columns))
    for _ in range(1000):
        former = left
        left = rows - np.logaddexp.reduce(kernel + right, axis=1)
        right = columns - np.logaddexp.reduce(kernel + left[:, None], axis=0)
        if np.abs(left - former).max() < 1e-9:
            break
    return np.asarray(np.exp(kernel + left[:, None] + right))


def successions(plan: Matrix, least: float = 0.3) -> list[Succession]:
    """What happened to topics by a plan of transport: kept, split, merged, new or gone.

    A flow counts where it is `least` or more of what the topic before gave, or of what the one after got.
    """
    gives, gets = plan.sum(axis=1, keepdims=True), plan.sum(axis=0, keepdims=True)
    flows = (plan >= least * np.maximum(gives, 1e-12)) | (plan >= least * np.maximum(gets, 1e-12))
    found: list[Succession] = []
    told: set[int] = set()
    for topic, row in enumerate(flows):
        into = np.flatnonzero(row)
        sole = [int(after) for after in into if flows[:, after].sum() == 1]
        if not len(into):
            found.append(Succession("gone", (topic,), ()))
        elif len(sole) > 1:
            found.append(Succession("split", (topic,), tuple(sole)))
        elif sole:
            found.append(Succession("kept", (topic,), (sole[0],)))
        told.update(sole)
    for after in range(plan.shape[1]):
        sources = np.flatnonzero(flows[:, after])
        if len(sources) > 1:
            found.append(Succession("merged", tuple(map(int, sources)), (after,)))
        elif not len(sources):
            found.append(Succession("new", (), (after,)))
    return found

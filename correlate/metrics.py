"""Measures of agreement with a standard: of groups, and of rankings.

Rankings are given as scores (q, n), higher is better, and what is relevant as booleans (q, n). Ties keep the order of
the database, as a stable sort does.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput

Scores = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision, recall and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where both are 0."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Agreement:
    """B-cubed agreement of two partitions: for each item of `truth` the share of its found group that is of its true
    group (precision) and the share of its true group that was found with it (recall), averaged over items.

    An item that was not found in any group is a group of its own. Raises `ZeroDivisionError` for an empty truth.

    Source: A. Bagga and B. Baldwin, "Algorithms for scoring coreference chains", LREC 1998.

    >>> b_cubed({"a": 1, "b": 1, "c": 2}, {"a": "x", "b": "x", "c": "x"})
    Agreement(precision=1.0, recall=0.5555555555555555)
    """
    items = sorted(truth)
    true = _numbers([truth[item] for item in items])
    mine = _numbers([(True, found[item]) if item in found else (False, item) for item in items])
    table = np.zeros((true.max() + 1, mine.max() + 1))
    np.add.at(table, (true, mine), 1)
    squares = table**2
    precision = (squares / table.sum(axis=0, keepdims=True)).sum() / len(items)
    recall = (squares / table.sum(axis=1, keepdims=True)).sum() / len(items)
    return Agreement(float(precision), float(recall))


def _numbers(groups: list[Hashable]) -> NDArray[np.intp]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.intp)


RECALLS: Final = np.linspace(0.0, 1.0, 11)
"""The eleven levels of recall at which precision is usually drawn."""


def ranked(scores: Scores, relevant: Flags) -> Flags:
    """Whether the item at each rank is relevant, best first: (q, n)."""
    if scores.shape != relevant.shape or scores.ndim != 2:
        raise InvalidInput(f"scores and relevance must be matrices of one shape, got {scores.shape}, {relevant.shape}")
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(relevant, order, axis=1)


def average_precisions(scores: Scores, relevant: Flags, at: int | None = None) -> Scores:
    """Average precision of each query within its first `at` ranks (all by default): (q,), in [0, 1].

    AP@R divides the sum of precisions at the relevant ranks by the number of relevant items found in the first R, as in
    N. Rasiwasia et al., "A new approach to cross-modal multimedia retrieval", ACM MM 2010; who finds none has 0.
    """
    hits = ranked(scores, relevant)[:, :at]
    found = np.cumsum(hits, axis=1)
    sums = (found / np.arange(1, hits.shape[1] + 1) * hits).sum(axis=1)
    return np.asarray(sums / np.maximum(hits.sum(axis=1), 1))


def mean_average_precision(scores: Scores, relevant: Flags, at: int | None = None) -> float:
    """Mean of `average_precisions` over queries.

    >>> mean_average_precision(np.array([[0.9, 0.5, 0.1]]), np.array([[True, False, True]]))
    0.8333333333333333
    """
    return float(average_precisions(scores, relevant, at).mean())


def first_ranks(scores: Scores, relevant: Flags) -> NDArray[np.intp]:
    """Rank of the best relevant item of each query, from 1: (q,). One past the last where nothing is relevant."""
    hits = ranked(scores, relevant)
    return np.asarray(np.where(hits.any(axis=1), hits.argmax(axis=1), hits.shape[1]) + 1, dtype=np.intp)


def recall_at(ranks: NDArray[np.intp], k: int) -> float:
    """Share of queries with a relevant item in the first k; with several relevant items one is enough."""
    return float((ranks <= k).mean())


def median_rank(ranks: NDArray[np.intp]) -> float:
    """Median of the ranks of the best relevant items, from 1."""
    return float(np.median(ranks))


def percentage(ranks: NDArray[np.intp], count: int, share: float = 0.2) -> float:
    """Share of queries whose partner lies in the first `share` of a list of `count`, in [0, 1]; by chance `share`.

    Source: Y. Jia, M. Salzmann and T. Darrell, "Learning cross-modality similarity for multinomial data", ICCV 2011.
    """
    return float((ranks <= share * count).mean())


def precision_recall(scores: Scores, relevant: Flags, levels: Scores = RECALLS) -> Scores:
    """Interpolated precision at each level of recall, averaged over the queries with a relevant item: (levels,).

    At a level it is the highest precision at that recall or beyond. Source: C. Manning, P. Raghavan and H. Schuetze,
    "Introduction to information retrieval", 2008, section 8.4.
    """
    hits = ranked(scores, relevant)
    hits = hits[hits.any(axis=1)]
    found = np.cumsum(hits, axis=1)
    precision = found / np.arange(1, hits.shape[1] + 1)
    best_beyond = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    wanted = np.maximum(np.ceil(levels * found[:, -1:] - 1e-9), 1)
    places = (found[:, None, :] < wanted[:, :, None]).sum(axis=2)
    return np.asarray(np.take_along_axis(best_beyond, places, axis=1).mean(axis=0))


def calibration_error(probabilities: Scores, together: Flags, bins: int = 10) -> float:
    """How far stated probabilities are from what happens: |mean probability - share that is true| over equal bins of
    probability, weighted by their size, in [0, 1].

    Source: M. Naeini, G. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015.

    >>> calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, True, False, False]))
    0.1
    """
    place = np.minimum((probabilities.ravel() * bins).astype(np.intp), bins - 1)
    stated = np.bincount(place, weights=probabilities.ravel(), minlength=bins)
    true = np.bincount(place, weights=together.ravel(), minlength=bins)
    return round(float(np.abs(stated - true).sum() / place.size), 12)

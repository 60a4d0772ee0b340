"""Measures of agreement with a standard."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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

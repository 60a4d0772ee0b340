"""Hubs: some objects are near everything. Local scaling takes from each similarity what is usual for its two ends.

Source: A. Conneau et al., "Word translation without parallel data", ICLR 2018 (the criterion called CSLS); R.
Feldbauer and A. Flexer, "A comprehensive empirical comparison of hubness reduction", Knowledge and Information
Systems 59, 2019. Here the usual is measured at several neighbourhood sizes at once, because no single one suits
collections of every grain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating[Any]]

SIZES: Final = (5, 10, 20, 40)
"""Neighbourhood sizes: a doubling series around the 10 of the literature."""


def usual(similarities: Matrix) -> Matrix:
    """Give for each row the mean of its s largest similarities, averaged over the sizes s: (q, n) to (q,).

    Sizes beyond what a row has are cut, so that small collections work; -inf marks a pair that does not count, and a
    row without any other pair is usual at 0.
    """
    width = min(max(SIZES), similarities.shape[1])
    if width == 0:
        return np.zeros(len(similarities))
    top = similarities
    if width < similarities.shape[1]:
        top = -np.partition(-similarities, width - 1, axis=1)[:, :width]
    top = -np.sort(-top, axis=1)
    known = np.isfinite(top)
    sums = np.cumsum(np.where(known, top, 0.0), axis=1)
    counts = np.cumsum(known, axis=1)
    ends = [min(size, width) - 1 for size in SIZES]
    return np.asarray((sums[:, ends] / np.maximum(counts[:, ends], 1)).mean(axis=1))


@dataclass(frozen=True, slots=True)
class Scaling:
    """What is usual for each row and column of a similarity, and the spread of what is left when it is taken away."""

    rows: Matrix
    columns: Matrix
    deviation: float

    def apply(self, similarities: Matrix) -> Matrix:
        """Scale the (n, m) similarities of the fitted objects: (2 s_ij - row_i - column_j) / deviation."""
        return np.asarray((2.0 * similarities - self.rows[:, None] - self.columns[None, :]) / self.deviation)

    def query(self, similarities: Matrix) -> Matrix:
        """Scale (q, m) similarities of new rows to the fitted columns."""
        new = Scaling(usual(similarities), self.columns, self.deviation)
        return new.apply(similarities)


def fit_scaling(similarities: Matrix, excluded: NDArray[np.bool_]) -> Scaling:
    """Measure levels and spread on (n, m) similarities; `excluded` pairs (an object with itself or its own document)
    count neither for the levels nor for the spread.
    """
    counted = np.where(excluded, -np.inf, similarities)
    return spread_of(similarities, usual(counted), usual(counted.T), excluded)


def spread_of(similarities: Matrix, rows: Matrix, columns: Matrix, excluded: NDArray[np.bool_]) -> Scaling:
    """Measure the spread that (n, m) similarities have beyond levels that are known: `rows` (n,), `columns` (m,)."""
    left = Scaling(rows, columns, 1.0).apply(similarities)[~excluded]
    spread = float(left.std()) if left.size else 0.0
    return Scaling(rows, columns, spread if spread > 0 else 1.0)

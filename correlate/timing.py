"""What the time between two documents says of whether they belong together, learned from the collection itself.

Stories that are each other's nearest neighbours in words are mostly of one happening. How far apart they were
published, against how far apart any two documents were, is a likelihood ratio: near dates speak for a pair where the
collection's stories are short-lived, and say little where they run on for months.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from correlate.corpus import Matrix

EDGES: Final = np.array([0, 0.5, 1.5, 3.5, 7.5, 15, 30, 60, 120, 240, np.inf])
"""Bounds of the classes of distance, in days."""
LIMIT: Final = 2.0
"""Dates can be wrong and old stories come back: time alone never says more than this, in log-odds."""
NEAREST: Final = 3


def time_support(days: Matrix, scores: Matrix) -> Matrix:
    """Log-likelihood ratio of the time between each two of n documents, (n, n), 0 where a date is missing.

    Parameters
    ----------
    days : (n,) float
        When each was published, NaN if unknown.
    scores : (n, n) float
        How near their words are; the diagonal is not used.
    """
    distance = np.abs(days[:, None] - days[None, :])
    known = np.isfinite(distance) & ~np.eye(len(days), dtype=bool)
    near = _mutual(scores) & known
    classes = np.digitize(np.where(known, distance, 0.0), EDGES) - 1
    together = np.bincount(classes[near], minlength=len(EDGES) - 1)[: len(EDGES) - 1]
    anyhow = np.bincount(classes[known], minlength=len(EDGES) - 1)[: len(EDGES) - 1]
    if not together.sum():
        return np.zeros_like(scores)
    share = anyhow / anyhow.sum()
    # As many imagined neighbours as there are classes, dated as any two documents are: few neighbours say little.
    smoothed = (together + (len(EDGES) - 1) * share) / (together.sum() + len(EDGES) - 1)
    ratio = np.log(np.divide(smoothed, share, out=np.ones_like(share), where=share > 0))
    support = np.clip(_falling(ratio, together + 1.0), -LIMIT, LIMIT)
    return np.where(known, support[classes], 0.0)


def _mutual(scores: Matrix) -> np.ndarray:
    count = len(scores)
    off = scores.copy()
    np.fill_diagonal(off, -np.inf)
    nearest = np.argsort(-off, axis=1, kind="stable")[:, : min(NEAREST, max(count - 1, 0))]
    near = np.zeros((count, count), dtype=bool)
    near[np.arange(count)[:, None], nearest] = True
    return np.asarray(near & near.T & ~np.eye(count, dtype=bool))


def _falling(values: Matrix, weights: Matrix) -> Matrix:
    from sklearn.isotonic import IsotonicRegression

    places = np.arange(len(values))
    fitted = IsotonicRegression(increasing=False).fit(places, values, sample_weight=weights).predict(places)
    return np.asarray(fitted)

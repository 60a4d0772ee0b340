"""Dirichlet priors fitted to counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from topics.stacking import Matrix


def fitted_alpha(counts: NDArray[np.floating], alpha: NDArray[np.floating], rounds: int = 20) -> Matrix:
    """The Dirichlet parameters (topics,) under which counts (documents, topics) are most likely, searched from `alpha`.

    Counts may be expected ones. The digamma of an expected count is far above the expected digamma of a count (it makes
    priors several times too wide), so between two whole numbers its value is taken from the line between them.

    Source: T. Minka, "Estimating a Dirichlet distribution", 2000, eq. 55 (fixed point).
    """
    known = np.maximum(counts, 0).astype(np.float64)
    found, sizes = np.asarray(alpha, dtype=np.float64), known.sum(axis=1)
    low = np.floor(known)
    rest = known - low
    for _ in range(rounds):
        least = digamma(found)
        gained = (1 - rest) * digamma(low + found) + rest * digamma(low + 1 + found) - least
        below = (digamma(sizes + found.sum()) - digamma(found.sum())).sum()
        found = np.maximum(found * gained.sum(axis=0) / max(below, 1e-12), 1e-4)
    return found

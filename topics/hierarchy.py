"""Topics that are alike, put together under broader ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics.stacking import Matrix

FEWEST: Final = 6
"""Topics below which there is nothing to put together."""
BEYOND: Final = 2.0
"""Standard deviations above the mean of all pairs that the topics of a group have to be alike by."""


def likeness(words: Matrix, shares: Matrix) -> Matrix:
    """How alike any two topics are in what they say more than others, in [0, 1]: (topics, topics) from (topics, words).

    The Bhattacharyya coefficient of distributions in proportion to p(word given topic) / sqrt(p(word)): verbs that
    everybody uses make no two topics alike.
    """
    whole = np.maximum(shares @ words, 1e-12)
    told = words / np.sqrt(whole)
    told /= np.maximum(told.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.sqrt(told) @ np.sqrt(told).T)


def grouped(words: Matrix, shares: Matrix) -> list[tuple[int, ...]]:
    """Groups of two topics or more, the largest first, by average linkage over what they say (topics, words).

    A topic that is like no other is in no group.

    Source: agglomerative clustering after R. Sokal, C. Michener, "A statistical method for evaluating systematic
    relationships", University of Kansas Science Bulletin 38, 1958 (UPGMA).
    """
    if len(words) < FEWEST:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = np.clip(1 - likeness(words, shares), 0, 1)
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0)
    pairs = squareform(distances, checks=False)
    labels = fcluster(linkage(pairs, method="average"), pairs.mean() - BEYOND * pairs.std(), criterion="distance")
    return _groups(labels)


def _groups(labels: NDArray[np.intp]) -> list[tuple[int, ...]]:
    """The groups of two or more, the largest first."""
    groups = [tuple(map(int, np.flatnonzero(labels == label))) for label in np.unique(labels)]
    return sorted((group for group in groups if len(group) > 1), key=lambda group: (-len(group), group))

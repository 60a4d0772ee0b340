"""Groups without a threshold: average linkage, cut where the collection itself separates best.

Source of the cut: P. J. Rousseeuw, "Silhouettes", J. Computational and Applied Mathematics 20, 1987: the partition
with the greatest mean silhouette over the dendrogram's own distances.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform

Matrix = NDArray[np.floating[Any]]
Labels = NDArray[np.intp]

EVERY_CUT: Final = 1500
"""Up to so many items each cut is tried; beyond, a geometric grid and then the neighbourhood of its best."""


def groups(similarity: Matrix) -> Labels:
    """Partition n items by an (n, n) symmetric similarity of any scale; (n,) labels from 0 in order of first item.

    Only differences of similarities matter. One or two items are groups of their own or one: two are together if they
    are more similar than not (similarity > 0).
    """
    count = len(similarity)
    if count <= 2:
        return np.zeros(count, dtype=np.intp) if count < 2 or similarity[0, 1] > 0 else np.arange(2, dtype=np.intp)
    distance = similarity[~np.eye(count, dtype=bool)].max() - similarity
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    order = leaves_list(tree)
    ordered = np.ascontiguousarray(distance[np.ix_(order, order)])
    best = _best_cut(tree, order, ordered)
    return first_seen(fcluster(tree, best, criterion="maxclust"))


def first_seen(labels: NDArray[np.integer]) -> Labels:
    """Rename labels to 0, 1, ... in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _best_cut(tree: Matrix, order: Labels, ordered: Matrix) -> int:
    count = len(order)
    candidates = np.arange(2, count)
    if count > EVERY_CUT:
        candidates = np.unique(np.geomspace(2, count - 1, 96).astype(int))
    scores = {int(number): _silhouette_at(tree, order, ordered, int(number)) for number in candidates}
    best = max(scores, key=lambda number: (scores[number], -number))
    if count > EVERY_CUT:
        place = int(np.searchsorted(candidates, best))
        low, high = candidates[max(0, place - 1)], candidates[min(len(candidates) - 1, place + 1)]
        step = max(1, (high - low) // 128)
        scores |= {number: _silhouette_at(tree, order, ordered, number) for number in range(low, high + 1, step)}
        best = max(scores, key=lambda number: (scores[number], -number))
    return best


def _silhouette_at(tree: Matrix, order: Labels, ordered: Matrix, number: int) -> float:
    # In leaf order every cluster of every cut is one run, so that sums over clusters are sums over runs.
    labels = fcluster(tree, number, criterion="maxclust")[order]
    starts = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
    return silhouette(ordered, starts)


def silhouette(distance: Matrix, starts: Labels) -> float:
    """Mean silhouette of clusters that are runs of the rows of an (n, n) distance, beginning at `starts`.

    An item alone in its cluster counts 0, as in the source.
    """
    count = len(distance)
    sizes = np.diff(np.r_[starts, count])
    if len(sizes) < 2:
        return -1.0
    owner = np.repeat(np.arange(len(sizes)), sizes)
    sums = np.add.reduceat(distance, starts, axis=1)
    rows = np.arange(count)
    own_size = sizes[owner]
    inside = sums[rows, owner] / np.maximum(own_size - 1, 1)
    means = sums / sizes
    means[rows, owner] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    value = np.divide(outside - inside, larger, out=np.zeros(count), where=(own_size > 1) & (larger > 0))
    return float(value.mean())

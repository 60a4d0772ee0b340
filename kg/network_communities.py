"""Communities: groups of nodes with more weight between them than chance would put there.

V. D. Blondel, J.-L. Guillaume, R. Lambiotte and E. Lefebvre, "Fast unfolding of communities in large networks", J.
Statistical Mechanics P10008, 2008, on the modularity of M. Newman and M. Girvan (2004). All nodes are looked at in one
step over arrays, and of those that would gain by moving a random half moves: neighbours do not swap for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from kg.network_matrix import Floats, Indices, first_seen

SWEEPS: Final = 60
PATIENCE: Final = 4
"""Sweeps without a better partition before a level ends."""
ENOUGH: Final = 1e-6
GAIN: Final = 1e-12


def communities(weights: csr_array, resolution: float = 1.0, seed: int = 0) -> Indices:
    """The community of each node of a symmetric (n, n) matrix, numbered from 0 by its first node: (n,).

    Greater `resolution` gives smaller communities. The same matrix and seed give the same answer.
    """
    graph = csr_array(weights, dtype=np.float64)
    label = np.arange(graph.shape[0])
    if graph.nnz == 0:
        return label
    random = np.random.default_rng(seed)
    while True:
        found = _move(graph, resolution, random)
        count = int(found.max()) + 1
        label = found[label]
        if count == graph.shape[0]:
            return first_seen(label)
        graph = _joined(graph, found, count)


def modularity(weights: csr_array, label: Indices, resolution: float = 1.0) -> float:
    """How much more weight lies inside the groups than chance would put there: at most 1."""
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    total = float(weights.data.sum())
    inside = float(weights.data[label[rows] == label[weights.indices]].sum())
    strength = np.bincount(label[rows], weights=weights.data)
    return inside / total - resolution * float(((strength / total) ** 2).sum())


def _move(graph: csr_array, resolution: float, random: np.random.Generator) -> Indices:
    """Move nodes to the community that they gain most by, until nothing is gained; communities from 0."""
    count = graph.shape[0]
    rows = np.repeat(np.arange(count), np.diff(graph.indptr))
    others = rows != graph.indices
    ties = _Ties(rows[others], graph.indices[others].astype(np.int64), graph.data[others])
    strength, total = np.asarray(graph.sum(axis=1)).ravel(), float(graph.data.sum())
    label, active = np.arange(count), np.ones(count, dtype=bool)
    best, score, waited = label, modularity(graph, label, resolution), 0
    for _ in range(SWEEPS):
        target, gain = _wishes(label, ties.of(active), strength, resolution / total)
        wishing = gain > GAIN * total
        if not wishing.any():
            break
        moving = wishing & (random.random(count) < 0.5)
        label = np.where(moving, target, label)
        now = modularity(graph, label, resolution)
        waited = 0 if now > score + ENOUGH else waited + 1
        if now > score:
            best, score = label, now
        if waited > PATIENCE:
            break
        # Others wish what they wished: little changed for who has no neighbour that moved.
        active = wishing & ~moving
        active[ties.columns[moving[ties.rows]]] = True
    return first_seen(best)


@dataclass(frozen=True, slots=True)
class _Ties:
    """What joins two different nodes: entry i has weight `heavy[i]`, rows ascending."""

    rows: Indices
    columns: Indices
    heavy: Floats

    def of(self, nodes: NDArray[np.bool_]) -> _Ties:
        chosen = nodes[self.rows]
        return _Ties(self.rows[chosen], self.columns[chosen], self.heavy[chosen])


def _wishes(label: Indices, ties: _Ties, strength: Floats, chance: float) -> tuple[Indices, NDArray[Any]]:
    """For each node the neighbouring community that it would gain most by, the first of equals, and how much; what has
    none of the ties wishes nothing.
    """
    count = len(label)
    target, gain = label.copy(), np.zeros(count)
    if not len(ties.rows):
        return target, gain
    inside = np.bincount(label, weights=strength, minlength=count)
    to = coo_array((ties.heavy, (ties.rows, label[ties.columns])), shape=(count, count)).tocsr()
    to.sort_indices()
    at = np.repeat(np.arange(count), np.diff(to.indptr))
    own = label[at] == to.indices
    value = to.data - chance * strength[at] * (inside[to.indices] - np.where(own, strength[at], 0.0))
    home = -chance * strength * (inside[label] - strength)
    home[at[own]] = value[own]
    starts = np.flatnonzero(np.r_[True, at[1:] != at[:-1]])
    most = np.repeat(np.maximum.reduceat(value, starts), np.diff(np.r_[starts, len(at)]))
    candidates = np.flatnonzero(value == most)
    first = candidates[np.r_[True, at[candidates][1:] != at[candidates][:-1]]]
    target[at[first]] = to.indices[first]
    gain[at[first]] = value[first] - home[at[first]]
    return target, gain


def _joined(graph: csr_array, label: Indices, count: int) -> csr_array:
    """The graph between communities; what lies inside one is a loop."""
    rows = np.repeat(label, np.diff(graph.indptr))
    joined = coo_array((graph.data, (rows, label[graph.indices])), shape=(count, count)).tocsr()
    joined.sum_duplicates()
    return csr_array(joined)

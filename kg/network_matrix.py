"""A network as one sparse matrix, for what would take too long node by node: components and ranks.

The matrix is symmetric; of several edges between two nodes the heaviest counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kg.network import Network
from ontology.errors import InvalidInput, NotFound

Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]
ROUNDS: Final = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """n nodes by their keys; `weights` (n, n) in CSR form, `edge` gives the edge that each entry is."""

    keys: tuple[str, ...]
    place: Mapping[str, int]
    weights: csr_array
    edge: Indices

    def at(self, key: str) -> int:
        """The row of a node. Raises `NotFound`."""
        if key not in self.place:
            raise NotFound(f"no node {key[:200]!r} in this network")
        return self.place[key]


def snapshot(network: Network) -> Snapshot:
    """The matrix of a network."""
    keys = tuple(node.key for node in network.nodes)
    place = {key: at for at, key in enumerate(keys)}
    ends = np.array([(place[edge.source], place[edge.target]) for edge in network.edges], dtype=np.int64).reshape(-1, 2)
    weight = np.array([edge.weight for edge in network.edges], dtype=np.float64)
    weights, edge = matrix_of(len(keys), ends[:, 0], ends[:, 1], weight)
    return Snapshot(keys, place, weights, edge)


def matrix_of(count: int, source: ArrayLike, target: ArrayLike, weight: ArrayLike) -> tuple[csr_array, Indices]:
    """A symmetric (count, count) matrix of m edges, the heaviest of each two nodes, the first of equals, and for each
    entry which edge it is. Edges of weight 0 and from a node to itself are left out.
    """
    one, other = np.asarray(source, dtype=np.int64), np.asarray(target, dtype=np.int64)
    heavy = np.asarray(weight, dtype=np.float64)
    if len(heavy) and not (np.isfinite(heavy).all() and (heavy >= 0).all()):
        raise InvalidInput("weights of edges must be finite and not negative")
    which = np.flatnonzero((one != other) & (heavy > 0))
    edge = np.r_[which, which]
    rows, columns = np.r_[one[which], other[which]], np.r_[other[which], one[which]]
    order = np.lexsort((edge, -heavy[edge], columns, rows))
    rows, columns, edge = rows[order], columns[order], edge[order]
    first = np.r_[True, (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])][: len(edge)]
    rows, columns, edge = rows[first], columns[first], edge[first]
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return csr_array((heavy[edge], columns, starts), shape=(count, count)), edge


def components(weights: csr_array) -> Indices:
    """The connected part that each node is in, numbered from 0 by its first node: (n,)."""
    label = connected_components(weights, directed=False)[1]
    return first_seen(label)


def first_seen(label: Indices) -> Indices:
    """Rename labels to 0, 1, ... in the order in which they first occur."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def pagerank(
    weights: csr_array, start: Mapping[int, float] | Sequence[int] = (), damping: float = 0.85, tolerance: float = 1e-10
) -> Floats:
    """How often one comes by each node who follows edges by weight and starts anew with probability 1 - `damping`, (n,)
    with sum 1. `start` are the nodes to start from, all of them if none is given: near them, ranks are higher.

    Power iteration until the ranks change by less than `tolerance` in all (L. Page, S. Brin, R. Motwani and
    T. Winograd, "The PageRank citation ranking", 1999; personalised by its section 6).
    """
    count = weights.shape[0]
    if count == 0:
        return np.zeros(0)
    if not 0 <= damping < 1:
        raise InvalidInput(f"damping must lie in [0, 1), got {damping!r}")
    anew = _restart(count, start)
    strength = np.asarray(weights.sum(axis=1)).ravel()
    share = np.divide(damping, strength, out=np.zeros(count), where=strength > 0)
    lost = strength == 0
    rank = anew.copy()
    for _ in range(ROUNDS):
        # The matrix is symmetric, so that its rows are its columns.
        now = weights @ (rank * share) + anew * (1 - damping + damping * rank[lost].sum())
        change = float(np.abs(now - rank).sum())
        rank = now
        if change < tolerance:
            break
    return np.asarray(rank / rank.sum())


def _restart(count: int, start: Mapping[int, float] | Sequence[int]) -> Floats:
    if not start:
        return np.full(count, 1 / count)
    wished = start if isinstance(start, Mapping) else dict.fromkeys(start, 1.0)
    anew = np.zeros(count)
    for node, weight in wished.items():
        anew[node] = weight
    return np.asarray(anew / anew.sum())

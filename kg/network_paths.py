"""Paths that a person can follow: from one thing to another along the surest edges, with the reason for each step.

The sureness of a path is the product of its weights, each step taken for a little less than it weighs, because what is
explained in few steps is explained better; the surest path is the shortest where an edge is -log(weight) long (E. W.
Dijkstra, "A note on two problems in connexion with graphs", 1959).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from kg.network import Edge, Network
from kg.network_matrix import Floats, Snapshot
from ontology.errors import InvalidInput

STEP: Final = 0.05
"""What each step costs besides: as much as a weight of 0.95."""
NOWHERE: Final = -9999


@dataclass(frozen=True, slots=True)
class Path:
    """Keys of nodes in order, the edges between them, and the product of their weights."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    weight: float


def best_paths(network: Network, snapshot: Snapshot, start: str, end: str, most: int = 1) -> list[Path]:
    """The surest path between two nodes (keys), then the surest that uses none of its edges, and so on; none if they
    are not connected. `snapshot` is that of the network. Raises `NotFound` for unknown nodes.
    """
    first, last = snapshot.at(start), snapshot.at(end)
    if first == last:
        raise InvalidInput(f"a path leads from one thing to another, got {start[:200]!r} twice")
    lengths = _lengths(snapshot)
    found: list[Path] = []
    while len(found) < most:
        entries = _walk(snapshot.weights, lengths, first, last)
        if not entries:
            break
        found.append(_path(network, snapshot, start, entries))
        used = np.isin(snapshot.edge, snapshot.edge[entries])
        lengths = np.where(used, np.inf, lengths)
    return found


def around(network: Network, snapshot: Snapshot, key: str, most: int) -> Network:
    """A node and at most so many others, those that the surest paths lead to, with the edges among them.

    `snapshot` is that of the network. Raises `NotFound` for an unknown node.
    """
    at = snapshot.at(key)
    graph = csr_array((_lengths(snapshot), snapshot.weights.indices, snapshot.weights.indptr), snapshot.weights.shape)
    far = dijkstra(graph, directed=True, indices=at)
    near = np.argsort(far, kind="stable")[: most + 1]
    chosen = {snapshot.keys[int(node)] for node in near if np.isfinite(far[node])}
    nodes = tuple(node for node in network.nodes if node.key in chosen)
    return Network(nodes, tuple(edge for edge in network.edges if {edge.source, edge.target} <= chosen))


def _lengths(snapshot: Snapshot) -> Floats:
    return np.asarray(STEP - np.log(np.minimum(snapshot.weights.data, 1.0)))


def _walk(weights: csr_array, lengths: Floats, first: int, last: int) -> list[int]:
    """The entries of the matrix along the shortest path; none if there is no way."""
    graph = csr_array((lengths, weights.indices, weights.indptr), shape=weights.shape)
    before = dijkstra(graph, directed=True, indices=first, return_predecessors=True)[1]
    entries: list[int] = []
    at = last
    while at != first:
        previous = int(before[at])
        if previous == NOWHERE:
            return []
        row = slice(weights.indptr[previous], weights.indptr[previous + 1])
        entry = int(weights.indptr[previous] + np.searchsorted(weights.indices[row], at))
        if not np.isfinite(lengths[entry]):
            return []
        entries.append(entry)
        at = previous
    return entries[::-1]


def _path(network: Network, snapshot: Snapshot, start: str, entries: list[int]) -> Path:
    edges = tuple(network.edges[int(snapshot.edge[entry])] for entry in entries)
    nodes = (start, *(snapshot.keys[int(snapshot.weights.indices[entry])] for entry in entries))
    return Path(nodes, edges, prod(min(edge.weight, 1.0) for edge in edges))

"""Where to draw nodes: computed here, so that a page only draws and two readers see the same picture.

Edges pull like springs and nodes push each other away (T. Fruchterman and E. Reingold, "Graph drawing by
force-directed placement", Software: Practice and Experience 21, 1991), from a start on a sunflower's spiral (H. Vogel,
"A better way to construct the sunflower head", 1979) instead of a random one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from kg.network import Network
from kg.network_matrix import Floats, components, snapshot
from ontology.errors import InvalidInput

LARGEST: Final = 2000
"""More nodes are neither laid out in a moment nor read by anybody."""
GOLDEN: Final = np.pi * (3 - np.sqrt(5))
GRAVITY: Final = 0.05
ROOM: Final = 0.7
BUDGET: Final = 2e7
"""Pairs of nodes looked at in all."""


def layout(weights: csr_array) -> Floats:
    """Positions (n, 2) in [-1, 1] of the nodes of a symmetric (n, n) matrix of at most 2000 nodes.

    Connected nodes are near each other, by weight. Raises `InvalidInput` for more nodes.
    """
    count = weights.shape[0]
    if count > LARGEST:
        raise InvalidInput(f"at most {LARGEST} nodes can be laid out, got {count}; ask for fewer")
    if count < 2:
        return np.zeros((count, 2))
    place = _spiral(weights)
    rounds = int(np.clip(BUDGET / count**2, 30, 200))
    distance = 1 / np.sqrt(count)
    rows = np.repeat(np.arange(count), np.diff(weights.indptr))
    pull = weights.data / max(float(weights.data.max(initial=0)), 1e-12)
    for heat in np.linspace(0.1, 0.002, rounds):
        place = place + _step(place, rows, weights.indices, pull, distance, heat)
    return np.asarray(np.round(_fitted(_parted(_fitted(place))), 4) + 0.0)


def _fitted(place: Floats) -> Floats:
    """Each axis stretched to [-1, 1], so that the whole picture is used."""
    place = place - (place.max(axis=0) + place.min(axis=0)) / 2
    return np.asarray(place / np.maximum(np.abs(place).max(axis=0), 1e-12))


def _parted(place: Floats) -> Floats:
    """Nodes that lie on each other pushed apart, to most of the distance that they would have on a grid."""
    least = ROOM * 2 / np.sqrt(len(place))
    for _ in range(int(np.clip(BUDGET / len(place) ** 2, 10, 60))):
        apart = place[:, None, :] - place[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-9)
        short = np.maximum(least - distance, 0.0)
        np.fill_diagonal(short, 0.0)
        if not short.any():
            break
        place = place + 0.5 * (apart * (short / distance)[:, :, None]).sum(axis=1)
    return place


def _spiral(weights: csr_array) -> Floats:
    """Start: parts of the graph one after the other, the nodes with the most weight of each further inside."""
    strength = np.asarray(weights.sum(axis=1)).ravel()
    order = np.lexsort((np.arange(len(strength)), -strength, components(weights)))
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order)) + 0.5
    radius, angle = np.sqrt(rank / len(order)), rank * GOLDEN
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _step(place: Floats, rows: np.ndarray, columns: np.ndarray, pull: Floats, distance: float, heat: float) -> Floats:
    apart = place[:, None, :] - place[None, :, :]
    square = np.maximum((apart**2).sum(axis=2), 1e-6)
    force = (apart * (distance**2 / square)[:, :, None]).sum(axis=1) - GRAVITY * place
    joining = place[columns] - place[rows]
    spring = joining * (pull * np.sqrt((joining**2).sum(axis=1)) / distance)[:, None]
    for axis in (0, 1):
        force[:, axis] += np.bincount(rows, weights=spring[:, axis], minlength=len(place))
    length = np.maximum(np.sqrt((force**2).sum(axis=1, keepdims=True)), 1e-9)
    return np.asarray(force / length * np.minimum(length, heat))


def places(network: Network) -> dict[str, tuple[float, float]]:
    """Where to draw each node of a network, by its key."""
    found = layout(snapshot(network).weights)
    return {node.key: (float(x), float(y)) for node, (x, y) in zip(network.nodes, found, strict=True)}

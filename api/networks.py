"""The network between requests, and what is shown of paths and communities."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from api.present import Json
from kg.deciding import REVISION
from kg.network import LINK, Network, Node, Wanted, bounded
from kg.network_building import network_of
from kg.network_communities import communities
from kg.network_layout import places
from kg.network_matrix import Snapshot, pagerank, snapshot
from kg.network_paths import Path, around
from kg.store import Store
from ontology.errors import NotFound
from ontology.model import Correlation, Event, MediaObject

NAME: Final = "crossmedia.networks"
WALKED: Final = (LINK, "member")
"""What is followed from one thing to another: sources and common answers join too much to say anything."""
CENTRAL: Final = 3

State = tuple[int, int, int, str | None, str | None]


class Networks:
    """The objects and events of a store with links and memberships, read again when the graph has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: tuple[State, Network, Snapshot] | None = None

    def whole(self) -> tuple[Network, Snapshot]:
        """The network as it is now."""
        with self._lock:
            state = self._state()
            if self._kept is None or self._kept[0] != state:
                network = network_of(self._store, Wanted(("object", "event"), WALKED))
                self._kept = state, network, snapshot(network)
            return self._kept[1:]

    def _state(self) -> State:
        store = self._store
        counts = store.count(MediaObject), store.count(Event), store.count(Correlation)
        return *counts, store.setting("related"), store.setting(REVISION)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A part of a network that is small enough to be looked at: where each node is drawn, by its key, each coordinate
    in [-1, 1], and how many nodes and edges there are besides.
    """

    network: Network
    places: Mapping[str, tuple[float, float]]
    nodes_left_out: int
    edges_left_out: int


def drawing(whole: Network, most: int, keep: Collection[str] = ()) -> Drawing:
    """At most so many nodes of a network, those of `keep` (keys) first, with places to draw them at."""
    shown = bounded(whole, most, keep)
    return Drawing(shown, places(shown), len(whole.nodes) - len(shown.nodes), len(whole.edges) - len(shown.edges))


def surroundings(networks: Networks, object_id: str, most: int) -> Drawing:
    """An object with at most so many nodes around it. Raises `NotFound`."""
    network, matrix = networks.whole()
    near = around(network, matrix, resolve(matrix, object_id), most)
    return Drawing(near, places(near), 0, 0)


def resolve(matrix: Snapshot, thing: str) -> str:
    """The key of the node that a person means: a key, or the id of an object or event. Raises `NotFound`."""
    for key in (f"object:{thing}", f"event:{thing}", thing):
        if key in matrix.place:
            return key
    raise NotFound(f"no object or event {thing[:200]!r}")


def node_dict(node: Node) -> Json:
    """A node with everything that is said of it."""
    return {"key": node.key, "kind": node.kind, "id": node.id, "label": node.label, **node.attributes}


def path_dict(path: Path, nodes: Mapping[str, Node]) -> Json:
    """A path: its weight, its nodes in order, and for each step the edge with its reason."""
    steps = [
        {"from": one, "to": other, "id": edge.id, "kind": edge.kind, "weight": edge.weight, **edge.attributes}
        for one, other, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False)
    ]
    return {"weight": path.weight, "nodes": [node_dict(nodes[key]) for key in path.nodes], "steps": steps}


def community_rows(network: Network, resolution: float) -> list[dict[str, Any]]:
    """Communities of two nodes or more, the largest first: size, number of events, and what is most central."""
    weights = snapshot(network).weights
    label, rank = communities(weights, resolution), pagerank(weights)
    order = np.lexsort((np.arange(len(label)), -rank, label))
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    rows = [_community([network.nodes[at] for at in group]) for group in groups if len(group) > 1]
    return sorted(rows, key=lambda row: (-row["size"], row["nodes"][0]))


def _community(nodes: list[Node]) -> dict[str, Any]:
    return {
        "size": len(nodes),
        "events": sum(node.kind == "event" for node in nodes),
        "central": [{"key": node.key, "label": node.label} for node in nodes[:CENTRAL]],
        "nodes": sorted(node.key for node in nodes),
    }

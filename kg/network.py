"""The graph as nodes and edges: objects, events, sources and answers, with everything that a reader may want to see.

A `Network` is plain records, ready to be written, laid out, turned into a matrix (`kg.network_matrix`) or into a
networkx graph. Its nodes are known by `key`, the kind and the id, so that an object and an event of one id are two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

import networkx as nx

from ontology.errors import InvalidInput

NodeKind = Literal["object", "event", "source", "aspect"]
NODE_KINDS: Final[tuple[NodeKind, ...]] = get_args(NodeKind)
LINK: Final = "link"
"""Names every link between objects, whatever its kind, where kinds of edges are asked for."""
EDGE_KINDS: Final = ("member", "aspect", "evidence", "published_by")
"""Kinds of edges beside links: object and event, event and answer, object and answer, object and source."""

Value = str | float | int


@dataclass(frozen=True, slots=True)
class Node:
    """One thing; `label` is what a person calls it, `attributes` all else that is shown."""

    kind: NodeKind
    id: str
    label: str
    attributes: Mapping[str, Value]

    @property
    def key(self) -> str:
        """Tells it from every other node: the kind, a colon, the id."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Edge:
    """What joins two nodes, given by their keys, with a weight in [0, 1]; `id` is that of a link, else made of both."""

    id: str
    source: str
    target: str
    kind: str
    weight: float
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by key and edges in a stable order; every edge joins two of the nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a graph. `nodes` are kinds; `edges` are kinds, `link` for every link; None is all.

    `event` leaves its objects, answers and sources. Objects published and events that touch [`since`, `until`] stay;
    what has no time does not, if one is given. `least` is the least weight of an edge; rejected links come on request.
    """

    nodes: Collection[NodeKind] = NODE_KINDS
    edges: Collection[str] | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    least: float = 0.0
    rejected: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.nodes) - set(NODE_KINDS))
        if unknown:
            raise InvalidInput(f"kinds of nodes are {', '.join(NODE_KINDS)}, got {unknown[0][:80]!r}")

    def takes(self, edge: Edge) -> bool:
        """Whether an edge is of a kind that is wanted and heavy enough."""
        if edge.weight < self.least or (edge.attributes.get("status") == "rejected" and not self.rejected):
            return False
        link = LINK if "status" in edge.attributes else ""
        return self.edges is None or edge.kind in self.edges or link in self.edges

    def within(self, start: datetime | None, end: datetime | None) -> bool:
        """Whether a time from `start` to `end` touches the one asked for."""
        if self.since is None and self.until is None:
            return True
        first, last = start or end, end or start
        if first is None or last is None:
            return False
        return (self.until is None or first <= self.until) and (self.since is None or last >= self.since)


def to_networkx(network: Network) -> nx.MultiGraph:
    """The network as a networkx graph: nodes by key, edges by id, every attribute on them."""
    graph = nx.MultiGraph()
    for node in network.nodes:
        graph.add_node(node.key, **node.attributes, kind=node.kind, id=node.id, label=node.label)
    for edge in network.edges:
        graph.add_edge(edge.source, edge.target, edge.id, **edge.attributes, kind=edge.kind, weight=edge.weight)
    return graph


def bounded(network: Network, most: int, keep: Collection[str] = ()) -> Network:
    """At most so many nodes: those of `keep` (keys), then those whose edges weigh most in all, then by key."""
    if len(network.nodes) <= most:
        return network
    weight = dict.fromkeys((node.key for node in network.nodes), 0.0)
    for edge in network.edges:
        weight[edge.source] += edge.weight
        weight[edge.target] += edge.weight
    order = sorted(network.nodes, key=lambda node: (node.key not in keep, -weight[node.key], node.key))
    chosen = {node.key for node in order[:most]}
    nodes = tuple(node for node in network.nodes if node.key in chosen)
    return Network(nodes, tuple(edge for edge in network.edges if {edge.source, edge.target} <= chosen))

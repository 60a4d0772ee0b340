"""The page of the graph: a part of it drawn, what joins its nodes and why, and paths from one thing to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request, url_for

from api import parameters
from api.networks import Drawing, resolve
from api.resources.graph import PARAMETERS, asked_drawing, service_networks
from api.service import service
from api.web.cards import with_thumbnail
from kg.network import EDGE_KINDS, Edge, Node
from kg.network_paths import best_paths
from ontology.model import MediaObject

blueprint = Blueprint("network", __name__)

WIDTH: Final = 1000
HEIGHT: Final = 640
MARGIN: Final = 80
NAMED: Final = 60
"""With more nodes, objects are named when they are pointed at only."""
LISTED: Final = 200
RADIUS: Final[Mapping[str, int]] = {"event": 15, "source": 8, "aspect": 6, "object": 10}


@dataclass(frozen=True, slots=True)
class Dot:
    """A node where it is drawn, in units of the picture; `look` is the medium of an object, else the kind."""

    node: Node
    x: float
    y: float
    radius: int
    look: str
    named: bool
    address: str | None
    thumbnail: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An edge from dot to dot; `width` in units of the picture."""

    edge: Edge
    start: Dot
    end: Dot
    width: float
    look: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path: the edge, and the dot that it leads to."""

    edge: Edge
    to: Node
    address: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """A path: where it starts, its steps, and how sure it is."""

    start: Node
    address: str | None
    steps: tuple[Step, ...]
    weight: float


@blueprint.get("/graph")
def graph_page() -> str:
    """A part of the graph as a picture, and in words."""
    parameters.only(*PARAMETERS)
    drawn = asked_drawing()
    dots = _dots(drawn)
    lines = [_line(edge, dots) for edge in drawn.network.edges]
    heavy = sorted(lines, key=lambda line: (line.look != "link", -line.edge.weight, line.edge.id))
    return render_template(
        "graph.html",
        size=(WIDTH, HEIGHT),
        dots=dots.values(),
        lines=lines,
        listed=heavy[:LISTED],
        left_out=drawn.nodes_left_out,
        asked={name: request.args.get(name, "") for name in PARAMETERS},
        about=_about(),
    )


@blueprint.get("/path")
def path_page() -> str:
    """The surest ways from one object or event to another, with the reason for each step."""
    parameters.only("from", "to")
    start, end = parameters.text("from"), parameters.text("to")
    ways: list[Way] | None = None
    if start is not None and end is not None:
        network, matrix = service_networks().whole()
        nodes = {node.key: node for node in network.nodes}
        found = best_paths(network, matrix, resolve(matrix, start), resolve(matrix, end), 3)
        ways = [
            Way(
                nodes[path.nodes[0]],
                address_of(nodes[path.nodes[0]]),
                tuple(
                    Step(edge, nodes[key], address_of(nodes[key]))
                    for edge, key in zip(path.edges, path.nodes[1:], strict=True)
                ),
                path.weight,
            )
            for path in found
        ]
    return render_template("path.html", start=start or "", end=end or "", ways=ways)


def address_of(node: Node) -> str | None:
    """The page of what a node stands for, if it has one."""
    if node.kind == "event":
        return url_for("pages.event_page", event_id=node.id)
    if node.kind == "object":
        return url_for("pages.object_page", object_id=node.id)
    return url_for("pages.objects_page", source=node.id) if node.kind == "source" else None


def _about() -> tuple[str, str] | None:
    """The address and name of what the picture is about."""
    network, _ = service_networks().whole()
    for name in ("event", "object"):
        asked = parameters.text(name)
        node = next((node for node in network.nodes if node.kind == name and node.id == asked), None)
        if node is not None:
            return address_of(node) or "", node.label
    return None


def _dots(drawn: Drawing) -> dict[str, Dot]:
    items = service().store.get(MediaObject, [node.id for node in drawn.network.nodes if node.kind == "object"])
    pictured = with_thumbnail(items.values())
    few = len(drawn.network.nodes) <= NAMED
    return {node.key: _dot(node, *drawn.places[node.key], few, node.id in pictured) for node in drawn.network.nodes}


def _dot(node: Node, x: float, y: float, few: bool, pictured: bool) -> Dot:
    return Dot(
        node,
        round(WIDTH / 2 + x * (WIDTH / 2 - MARGIN), 1),
        round(HEIGHT / 2 + y * (HEIGHT / 2 - MARGIN), 1),
        RADIUS[node.kind],
        str(node.attributes.get("modality", node.kind)),
        few or node.kind in ("event", "source"),
        address_of(node),
        node.kind == "object" and pictured,
    )


def _line(edge: Edge, dots: Mapping[str, Dot]) -> Line:
    look = edge.kind if edge.kind in EDGE_KINDS else "link"
    return Line(edge, dots[edge.source], dots[edge.target], round(0.5 + 3 * edge.weight, 2), look)

"""The graph over HTTP: a part of it that can be drawn, and the surest paths between two things."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, current_app

from api import parameters
from api.networks import NAME, Networks, node_dict, path_dict, resolve
from api.responses import json_response
from api.service import service
from kg.network import EDGE_KINDS, NODE_KINDS, Edge, NodeKind, Wanted, bounded
from kg.network_building import network_of
from kg.network_layout import places
from kg.network_paths import best_paths
from ontology.errors import InvalidInput

blueprint = Blueprint("graph", __name__, url_prefix="/api/v1")


def _listed(name: str) -> tuple[str, ...] | None:
    value = parameters.text(name)
    return None if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def _least() -> float:
    value = parameters.text("least") or "0"
    try:
        read = float(value)
    except ValueError:
        read = -1.0
    if not 0 <= read <= 1:
        raise InvalidInput(f"least must be a number from 0 to 1, got {value[:80]!r}")
    return read


@blueprint.get("/graph")
def graph() -> Response:
    """Nodes with places to draw them at, and edges, of an event or of all."""
    parameters.only("event", "nodes", "kinds", "from", "to", "least", "limit")
    event = parameters.text("event")
    wanted = Wanted(
        nodes=cast("tuple[NodeKind, ...]", _listed("nodes") or NODE_KINDS),
        edges=_listed("kinds"),
        event=event,
        since=parameters.moment("from"),
        until=parameters.moment("to", end=True),
        least=_least(),
    )
    limit = parameters.number("limit", 150, 500)
    whole = network_of(service().store, wanted)
    shown = bounded(whole, limit, () if event is None else (f"event:{event}",))
    place = places(shown)
    nodes = [node_dict(node) | dict(zip("xy", place[node.key], strict=True)) for node in shown.nodes]
    left_out = {"nodes": len(whole.nodes) - len(shown.nodes), "edges": len(whole.edges) - len(shown.edges)}
    return json_response({"nodes": nodes, "edges": list(map(_edge_dict, shown.edges)), "left_out": left_out})


def _edge_dict(edge: Edge) -> dict[str, Any]:
    ends = {"source": edge.source, "target": edge.target, "weight": edge.weight}
    return {"key": edge.id, "kind": edge.kind, "is_link": edge.kind not in EDGE_KINDS, **ends, **edge.attributes}


@blueprint.get("/paths")
def paths() -> Response:
    """The surest paths between two objects or events, none of which shares an edge with another."""
    parameters.only("from", "to", "most")
    start, end = parameters.text("from"), parameters.text("to")
    if start is None or end is None:
        raise InvalidInput("from and to must name objects or events")
    network, matrix = cast(Networks, current_app.extensions[NAME]).whole()
    first, last = resolve(matrix, start), resolve(matrix, end)
    found = best_paths(network, matrix, first, last, parameters.number("most", 1, 10))
    nodes = {node.key: node for node in network.nodes}
    return json_response({"from": first, "to": last, "paths": [path_dict(path, nodes) for path in found]})

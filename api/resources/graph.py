"""The graph over HTTP: a part of it that can be drawn, and the surest paths between two things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app

from api import parameters
from api.networks import NAME, Drawing, Networks, drawing, node_dict, path_dict, resolve, surroundings
from api.responses import json_response
from api.service import service
from kg.network import EDGE_KINDS, NODE_KINDS, Edge, NodeKind, Wanted
from kg.network_building import network_of
from kg.network_paths import best_paths
from kg.network_writing import GraphFormat, write
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


PARAMETERS = ("event", "object", "nodes", "kinds", "from", "to", "least", "limit")
FILES: Final[Mapping[str, tuple[GraphFormat, str]]] = {
    "graphml": ("graphml", "application/graphml+xml"),
    "gexf": ("gexf", "application/gexf+xml"),
}
"""Formats of files for other programs, with their media types."""


def asked_drawing() -> Drawing:
    """The part of the graph that the request asks for: of an event, around an object, or of all."""
    event, thing = parameters.text("event"), parameters.text("object")
    limit = parameters.number("limit", 150, 500)
    if thing is not None:
        if any(parameters.text(name) for name in PARAMETERS if name not in ("object", "limit")):
            raise InvalidInput("what is around an object is the part of the graph; only limit can be asked for besides")
        return surroundings(service_networks(), thing, limit)
    wanted = Wanted(
        nodes=cast("tuple[NodeKind, ...]", _listed("nodes") or NODE_KINDS),
        edges=_listed("kinds"),
        event=event,
        since=parameters.moment("from"),
        until=parameters.moment("to", end=True),
        least=_least(),
    )
    return drawing(network_of(service().store, wanted), limit, () if event is None else (f"event:{event}",))


def service_networks() -> Networks:
    """The network that the service keeps between requests."""
    return cast(Networks, current_app.extensions[NAME])


@blueprint.get("/graph")
def graph() -> Response:
    """Nodes with places to draw them at, and edges: of an event, around an object, or of all."""
    parameters.only(*PARAMETERS, "format")
    form = parameters.text("format") or "json"
    if form not in ("json", *FILES):
        raise InvalidInput(f"format must be one of json, {', '.join(FILES)}, got {form[:80]!r}")
    drawn = asked_drawing()
    if form in FILES:
        return _file(drawn, *FILES[form])
    nodes = [node_dict(node) | dict(zip("xy", drawn.places[node.key], strict=True)) for node in drawn.network.nodes]
    left_out = {"nodes": drawn.nodes_left_out, "edges": drawn.edges_left_out}
    return json_response({"nodes": nodes, "edges": list(map(_edge_dict, drawn.network.edges)), "left_out": left_out})


def _file(drawn: Drawing, form: GraphFormat, media_type: str) -> Response:
    response = Response(
        "".join(write(drawn.network, form, (), drawn.places)), content_type=f"{media_type}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="graph.{form}"'
    return response


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
    network, matrix = service_networks().whole()
    first, last = resolve(matrix, start), resolve(matrix, end)
    found = best_paths(network, matrix, first, last, parameters.number("most", 1, 10))
    nodes = {node.key: node for node in network.nodes}
    return json_response({"from": first, "to": last, "paths": [path_dict(path, nodes) for path in found]})

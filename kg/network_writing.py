"""Networks as files that other programs read: GraphML, GEXF (Gephi) and JSON, with everything that is shown.

Each writer gives text piece by piece. Characters that XML has no way to write become U+FFFD in words; in an id they are
an error, because it would name something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, get_args
from xml.sax.saxutils import escape, quoteattr

from kg.network import Network, Value
from kg.snapshot import plain
from ontology.errors import InvalidInput
from ontology.model import Decision

GraphFormat = Literal["graphml", "gexf", "json"]
FORMATS: Final[tuple[GraphFormat, ...]] = get_args(GraphFormat)
Places = Mapping[str, tuple[float, float]]

FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TYPES: Final[Mapping[type, str]] = {str: "string", float: "double", int: "long"}
HEADER: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(
    network: Network, form: GraphFormat, decisions: Iterable[Decision] = (), places: Places | None = None
) -> Iterator[str]:
    """The text of a file in a format, in pieces. `places` are positions of nodes by key; `decisions` go into JSON.

    Raises `InvalidInput` for an id that XML cannot write.
    """
    if form == "json":
        return _json(network, decisions, places or {})
    return (_graphml if form == "graphml" else _gexf)(network, places or {})


def node_rows(network: Network, places: Places) -> Iterator[tuple[str, dict[str, Value]]]:
    """Each node's key and all that is said of it."""
    for node in network.nodes:
        row: dict[str, Value] = {"kind": node.kind, "id": node.id, "label": node.label, **node.attributes}
        if node.key in places:
            row |= dict(zip("xy", places[node.key], strict=True))
        yield node.key, row


def edge_rows(network: Network) -> Iterator[tuple[str, str, str, dict[str, Value]]]:
    """Each edge's id, ends and all that is said of it."""
    for edge in network.edges:
        yield edge.id, edge.source, edge.target, {"kind": edge.kind, "weight": float(edge.weight), **edge.attributes}


# JSON.


def _json(network: Network, decisions: Iterable[Decision], places: Places) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    lists: tuple[tuple[str, Iterable[Mapping[str, Any]]], ...] = (
        ("nodes", ({"key": key, **row} for key, row in node_rows(network, places))),
        ("edges", ({"key": id_, "source": a, "target": b, **row} for id_, a, b, row in edge_rows(network))),
        ("decisions", (plain(decision) for decision in decisions)),
    )
    yield '{"format": "crossmedia-graph", "version": 1'
    for name, rows in lists:
        yield f',\n"{name}": ['
        yield from (("" if at == 0 else ",") + "\n" + encode(row) for at, row in enumerate(rows))
        yield "]"
    yield "}\n"


# XML.


def _text(value: Value) -> str:
    return escape(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(value)), {"\r": "&#13;"})


def _attribute(value: Value) -> str:
    return quoteattr(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(value)))


def _id(value: str) -> str:
    if FORBIDDEN.search(value):
        raise InvalidInput(f"the id {value[:200]!r} cannot be written in XML; write JSON")
    return quoteattr(value)


def _keys(network: Network, places: Places) -> tuple[dict[str, str], dict[str, str]]:
    """Names of attributes of nodes and of edges with their types."""
    nodes: dict[str, str] = {}
    edges: dict[str, str] = {}
    for _, row in node_rows(network, places):
        nodes |= {name: TYPES[type(value)] for name, value in row.items()}
    for *_, row in edge_rows(network):
        edges |= {name: TYPES[type(value)] for name, value in row.items()}
    return nodes, edges


def _graphml(network: Network, places: Places) -> Iterator[str]:
    yield HEADER + '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    nodes, edges = _keys(network, places)
    for domain, names in (("node", nodes), ("edge", edges)):
        for name, type_ in names.items():
            yield f'<key id="{domain}_{name}" for="{domain}" attr.name="{name}" attr.type="{type_}"/>\n'
    yield '<graph id="crossmedia" edgedefault="undirected">\n'
    for key, row in node_rows(network, places):
        yield f"<node id={_id(key)}>{_each(row, _graphml_value('node'))}</node>\n"
    for id_, source, target, row in edge_rows(network):
        values = _each(row, _graphml_value("edge"))
        yield f"<edge id={_id(id_)} source={_id(source)} target={_id(target)}>{values}</edge>\n"
    yield "</graph>\n</graphml>\n"


def _graphml_value(domain: str) -> Callable[[str, Value], str]:
    return lambda name, value: f'<data key="{domain}_{name}">{_text(value)}</data>'


def _each(row: Mapping[str, Value], written: Callable[[str, Value], str]) -> str:
    return "".join(written(name, value) for name, value in row.items())


def _gexf(network: Network, places: Places) -> Iterator[str]:
    yield HEADER + '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    yield '<graph defaultedgetype="undirected" mode="static">\n'
    for domain, names in zip(("node", "edge"), _keys(network, {}), strict=True):
        yield f'<attributes class="{domain}">\n'
        for name, type_ in names.items():
            yield f'<attribute id="{name}" title="{name}" type="{type_}"/>\n'
        yield "</attributes>\n"
    yield "<nodes>\n"
    for key, row in node_rows(network, {}):
        place = '<viz:position x="{}" y="{}" z="0.0"/>'.format(*places[key]) if key in places else ""
        yield f"<node id={_id(key)} label={_attribute(row['label'])}>{_gexf_values(row)}{place}</node>\n"
    yield "</nodes>\n<edges>\n"
    for id_, source, target, row in edge_rows(network):
        ends = f'id={_id(id_)} source={_id(source)} target={_id(target)} weight="{row["weight"]}"'
        yield f"<edge {ends} label={_attribute(row['kind'])}>{_gexf_values(row)}</edge>\n"
    yield "</edges>\n</graph>\n</gexf>\n"


def _gexf_values(row: Mapping[str, Value]) -> str:
    values = _each(row, lambda name, value: f'<attvalue for="{name}" value={_attribute(value)}/>')
    return f"<attvalues>{values}</attvalues>"

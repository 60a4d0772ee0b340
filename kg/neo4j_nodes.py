"""Nodes of records in a Neo4j database: their labels, looking them up, writing and deleting plain ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kg.neo4j_codec import Properties, bindable
from kg.neo4j_session import Statements, rows, write
from kg.store import Record
from ontology.model import Annotation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic, TopicChange

LABELS: Final[Mapping[type[Any], str]] = {
    Source: "Source", MediaObject: "MediaObject", Annotation: "Annotation", Event: "Event", Failure: "Failure",
    Decision: "Decision", Topic: "Topic", TopicChange: "TopicChange",
}  # fmt: skip
# What is a relationship in the graph and no property of the node.
APART: Final = {"id", "source", "document", "object", "published"}


def digests(tx: Statements, kind: type[Record], ids: Iterable[str]) -> dict[str, str]:
    """The digests of the nodes of a kind that are there, by id."""
    asked = bindable(ids)
    statement = f"UNWIND $ids AS id MATCH (n:{LABELS[kind]} {{id: id}}) RETURN id, n.digest"
    return dict(rows(tx, statement, ids=asked)) if asked else {}


def digest_page(tx: Statements, kind: type[Record], after: str, size: int) -> list[list[str]]:
    """The next ids and digests of a kind after an id, in order."""
    statement = f"MATCH (n:{LABELS[kind]}) WHERE n.id > $after RETURN n.id, n.digest ORDER BY n.id LIMIT $size"
    return rows(tx, statement, after=after, size=size)


def parts(changed: Iterable[Properties], apart: Iterable[str] = APART) -> list[dict[str, Any]]:
    """Rows for a statement: what it matches by, and apart from that the properties, None for one that goes."""
    left = {*apart, "known"}
    return [
        {name: row.get(name) for name in apart} | {"properties": {k: v for k, v in row.items() if k not in left}}
        for row in changed
    ]


def delete(tx: Statements, label: str, ids: Sequence[str]) -> None:
    """Delete nodes with their relationships."""
    write(tx, f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n", ids=ids)

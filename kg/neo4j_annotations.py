"""What was read from objects in a Neo4j database: a node each, tied to its object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg import neo4j_words
from kg.neo4j_codec import Properties, bindable
from kg.neo4j_decoding import annotation_of
from kg.neo4j_nodes import delete, digests, parts
from kg.neo4j_session import Statements, rows, write
from ontology.model import Annotation, MediaObject


def write_annotations(tx: Statements, changed: Sequence[Properties]) -> None:
    """Insert annotations, or set the properties of those that are known."""
    new = parts(row for row in changed if not row["known"])
    if new:
        write(
            tx,
            "UNWIND $rows AS row MATCH (o:MediaObject {id: row.object}) "
            "CREATE (n:Annotation {id: row.id})-[:READ_FROM]->(o) SET n += row.properties",
            rows=new,
        )
    known = parts(row for row in changed if row["known"])
    if known:
        write(tx, "UNWIND $rows AS row MATCH (n:Annotation {id: row.id}) SET n += row.properties", rows=known)


def read_from(tx: Statements, objects: Iterable[str], kind: str | None) -> dict[str, list[Annotation]]:
    """For each known object, what was read from it, by time, then characters, then id."""
    asked = bindable(objects)
    known = digests(tx, MediaObject, asked)
    found: dict[str, list[Annotation]] = {item: [] for item in asked if item in known}
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) "
        "USING INDEX o:MediaObject(id) WHERE $any OR n.kind IN $kinds RETURN n {.*, object: id}",
        ids=list(found),
        any=kind is None,
        kinds=bindable([kind or ""]),
    )
    for (kept,) in answer:
        found[kept["object"]].append(annotation_of(kept))
    for read in found.values():
        read.sort(key=place)
    return found


def place(annotation: Annotation) -> tuple[Any, ...]:
    """Where an annotation stands among those of its object: what has no time or characters comes first."""
    segment = annotation.segment
    return (segment.time or (-1.0, -1.0), segment.chars or (-1, -1), annotation.id)


def digests_of(tx: Statements, objects: Iterable[str]) -> dict[str, str]:
    """Digests of what was read from objects, by id."""
    statement = (
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) "
        "USING INDEX o:MediaObject(id) RETURN n.id, n.digest"
    )
    return dict(rows(tx, statement, ids=bindable(objects)))


def remove_annotations(tx: Statements, ids: Sequence[str]) -> None:
    """Remove annotations, and their words from what is searched."""
    spoken = rows(
        tx,
        "UNWIND $ids AS id MATCH (n:Annotation {id: id})-[:READ_FROM]->(o) USING INDEX n:Annotation(id) "
        "WHERE n.kind IN $searched RETURN DISTINCT o.id",
        ids=ids,
        searched=list(neo4j_words.SEARCHED),
    )
    delete(tx, "Annotation", ids)
    neo4j_words.refresh(tx, [item for (item,) in spoken])

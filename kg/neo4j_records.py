"""Records in a Neo4j database: adding, reading and removing them in a transaction.

Statements are made of labels and types of `kg.neo4j_schema` alone; whatever comes from outside is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kg import neo4j_events, neo4j_links, neo4j_words
from kg.neo4j_codec import (
    KINDS,
    Properties,
    annotation_of,
    bindable,
    by_kind,
    decision_of,
    encoded,
    failure_of,
    object_of,
    references,
    source_of,
)
from kg.neo4j_schema import MEDIA
from kg.neo4j_session import Statements, rows, write
from kg.store import Record
from ontology.errors import Conflict, InvalidInput
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source

LABELS: Final[Mapping[type[Any], str]] = {
    Source: "Source", MediaObject: "MediaObject", Annotation: "Annotation", Event: "Event", Failure: "Failure",
    Decision: "Decision",
}  # fmt: skip
# What is a relationship in the graph and no property of the node.
APART: Final = {"id", "source", "document", "object", "published"}

# How the record of a node `n` is read: the properties, with what lies in relationships beside them.
READ: Final[Mapping[type[Any], str]] = {
    Source: "RETURN properties(n)",
    Failure: "RETURN properties(n)",
    Decision: "RETURN n {.*, at: toString(n.at)}",
    MediaObject: (
        "MATCH (n)-[:PUBLISHED_BY]->(s:Source) OPTIONAL MATCH (n)-[:PART_OF]->(d:Document) "
        "RETURN n {.*, published: toString(n.published), source: s.id, document: d.id}"
    ),
    Annotation: "MATCH (n)-[:READ_FROM]->(o:MediaObject) RETURN n {.*, object: o.id}",
}
DECODE: Final[Mapping[type[Any], Callable[[Properties], Any]]] = {
    Source: source_of, MediaObject: object_of, Annotation: annotation_of, Failure: failure_of,
    Decision: decision_of,
}  # fmt: skip


def prepared(records: Iterable[Record]) -> dict[type[Record], dict[str, Properties]]:
    """A batch as rows by kind and id. Raises `InvalidInput` for what cannot be kept."""
    batch = by_kind(records)
    return {kind: {id_: encoded(record) for id_, record in batch[kind].items()} for kind in KINDS}


def check_references(tx: Statements, records: Iterable[Record]) -> None:
    """Raise `InvalidInput` if a record refers to what is neither in the database nor among the records."""
    batch = by_kind(records)
    for what in (Source, MediaObject):
        named = {
            reference: f"{type(record).__name__} {record.id!r}"
            for kind in KINDS
            if (kind is MediaObject) == (what is Source)
            for record in batch[kind].values()
            for reference in references(record)
            if reference not in batch[what]
        }
        refuse_unknown(tx, what, named)


def refuse_unknown(tx: Statements, what: type[Record], named: Mapping[str, str]) -> None:
    """Raise `InvalidInput` unless each id of a `what` is there; `named` says what refers to it."""
    known = digests(tx, what, named)
    for id_, referring in named.items():
        if id_ not in known:
            name = "source" if what is Source else "object"
            raise InvalidInput(f"{referring} refers to {name} {id_!r}, which is not in the store")


def digests(tx: Statements, kind: type[Record], ids: Iterable[str]) -> dict[str, str]:
    """The digests of the records of a kind that are there, by id."""
    if kind is Correlation:
        return neo4j_links.digests(tx, ids)
    asked = bindable(ids)
    statement = f"UNWIND $ids AS id MATCH (n:{LABELS[kind]} {{id: id}}) RETURN id, n.digest"
    return dict(rows(tx, statement, ids=asked)) if asked else {}


def digest_page(tx: Statements, kind: type[Record], after: str, size: int) -> list[list[str]]:
    """The next ids and digests of a kind after an id, in order."""
    if kind is Correlation:
        return neo4j_links.digest_page(tx, after, size)
    statement = f"MATCH (n:{LABELS[kind]}) WHERE n.id > $after RETURN n.id, n.digest ORDER BY n.id LIMIT $size"
    return rows(tx, statement, after=after, size=size)


def add(tx: Statements, batch: Mapping[type[Record], Mapping[str, Properties]]) -> None:
    """Insert or replace the rows that differ from what is there; what they refer to is there."""
    changed: dict[type[Record], list[Properties]] = {}
    for kind in KINDS:
        known = digests(tx, kind, batch[kind])
        changed[kind] = [
            row | {"known": id_ in known} for id_, row in batch[kind].items() if known.get(id_) != row["digest"]
        ]
        WRITE[kind](tx, changed[kind])
    spoken = [row["object"] for row in changed[Annotation] if row["kind"] in neo4j_words.SEARCHED]
    neo4j_words.refresh(tx, [row["id"] for row in changed[MediaObject]] + spoken)


def _parts(changed: Iterable[Properties], apart: Iterable[str] = APART) -> list[dict[str, Any]]:
    """Rows for a statement: what it matches by, and apart from that the properties, None for one that goes."""
    left = {*apart, "known"}
    return [
        {name: row.get(name) for name in apart} | {"properties": {k: v for k, v in row.items() if k not in left}}
        for row in changed
    ]


def _write_plain(label: str, time: str = "") -> Callable[[Statements, Sequence[Properties]], None]:
    timed = f", n.{time} = datetime(row.properties.{time})" if time else ""

    def put(tx: Statements, changed: Sequence[Properties]) -> None:
        if changed:
            statement = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row.properties{timed}"
            write(tx, statement, rows=_parts(changed))

    return put


def _write_objects(tx: Statements, changed: Sequence[Properties]) -> None:
    if not changed:
        return
    known = [row["id"] for row in changed if row["known"]]
    left = _untie(tx, known)
    others = ":".join(MEDIA.values())
    for modality, label in MEDIA.items():
        part = _parts(row for row in changed if row["modality"] == modality)
        if part:
            write(
                tx,
                "UNWIND $rows AS row MERGE (n:MediaObject {id: row.id}) "
                f"REMOVE n:{others} SET n:{label}, n += row.properties, n.published = datetime(row.published) "
                "WITH n, row MATCH (s:Source {id: row.source}) CREATE (n)-[:PUBLISHED_BY]->(s)",
                rows=part,
            )
    told = [{"id": row["id"], "document": row["document"]} for row in changed if row["document"] is not None]
    if told:
        write(
            tx,
            "UNWIND $rows AS row MATCH (n:MediaObject {id: row.id}) MERGE (d:Document {id: row.document}) "
            "CREATE (n)-[:PART_OF]->(d)",
            rows=told,
        )
    _forget_documents(tx, left)


def _untie(tx: Statements, ids: Sequence[str]) -> list[str]:
    """Cut objects from their sources and documents; give the ids of the documents."""
    if not ids:
        return []
    found = rows(
        tx,
        "UNWIND $ids AS id MATCH (:MediaObject {id: id})-[r:PUBLISHED_BY|PART_OF]->(end) DELETE r "
        "RETURN DISTINCT CASE WHEN end:Document THEN end.id END",
        ids=ids,
    )
    return [document for (document,) in found if document is not None]


def _forget_documents(tx: Statements, documents: Sequence[str]) -> None:
    """Remove the documents of which no object is left."""
    if documents:
        write(
            tx,
            "UNWIND $ids AS id MATCH (d:Document {id: id}) WHERE NOT EXISTS { (d)<-[:PART_OF]-() } DELETE d",
            ids=documents,
        )


def _write_annotations(tx: Statements, changed: Sequence[Properties]) -> None:
    new = _parts(row for row in changed if not row["known"])
    if new:
        write(
            tx,
            "UNWIND $rows AS row MATCH (o:MediaObject {id: row.object}) "
            "CREATE (n:Annotation {id: row.id})-[:READ_FROM]->(o) SET n += row.properties",
            rows=new,
        )
    _write_plain("Annotation")(tx, [row for row in changed if row["known"]])


WRITE: Final[Mapping[type[Any], Callable[[Statements, Sequence[Properties]], None]]] = {
    Source: _write_plain("Source"), MediaObject: _write_objects, Annotation: _write_annotations,
    Correlation: neo4j_links.write_links, Event: neo4j_events.write_events, Failure: _write_plain("Failure"),
    Decision: _write_plain("Decision", "at"),
}  # fmt: skip


def get(tx: Statements, kind: type[Any], ids: Iterable[str]) -> dict[str, Any]:
    """The records with these ids, in the order asked for, unknown ones left out."""
    asked = bindable(ids)
    found: dict[str, Any]
    if kind is Event:
        found = dict(neo4j_events.read(tx, asked))
    elif kind is Correlation:
        found = dict(neo4j_links.get(tx, asked))
    else:
        answer = rows(tx, f"UNWIND $ids AS id MATCH (n:{LABELS[kind]} {{id: id}}) {READ[kind]}", ids=asked)
        found = {record.id: record for record in (DECODE[kind](kept) for (kept,) in answer)}
    return {id_: found[id_] for id_ in asked if id_ in found}


def page(tx: Statements, kind: type[Any], after: str, size: int) -> list[Any]:
    """The next records of a kind after an id, in order of id."""
    return list(get(tx, kind, [id_ for id_, _ in digest_page(tx, kind, after, size)]).values())


def count(tx: Statements, kind: type[Record]) -> int:
    """How many records of a kind there are."""
    if kind is Correlation:
        return neo4j_links.count(tx)
    return int(rows(tx, f"MATCH (n:{LABELS[kind]}) RETURN count(n)")[0][0])


def read_from(tx: Statements, objects: Iterable[str], kind: str | None) -> dict[str, list[Annotation]]:
    """For each known object, what was read from it, by time, then characters, then id."""
    asked = bindable(objects)
    known = digests(tx, MediaObject, asked)
    found: dict[str, list[Annotation]] = {item: [] for item in asked if item in known}
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) "
        "WHERE $any OR n.kind = $kind RETURN n {.*, object: id}",
        ids=list(found),
        any=kind is None,
        kind="".join(bindable([kind or ""])),
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


def remove(tx: Statements, kind: type[Record], ids: Iterable[str]) -> int:
    """Remove records with what hangs by them; say how many were there. `Conflict` for a source with objects."""
    known = list(digests(tx, kind, ids))
    if not known:
        return 0
    if kind is MediaObject:
        _remove_objects(tx, known)
    elif kind is Event:
        neo4j_events.remove(tx, known)
    elif kind is Correlation:
        neo4j_links.remove(tx, known)
    elif kind is Annotation:
        _remove_annotations(tx, known)
    else:
        if kind is Source:
            _check_unused(tx, known)
        _delete(tx, LABELS[kind], known)
    return len(known)


def _delete(tx: Statements, label: str, ids: Sequence[str]) -> None:
    write(tx, f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n", ids=ids)


def _remove_objects(tx: Statements, ids: Sequence[str]) -> None:
    touched = neo4j_events.without(tx, ids)
    documents = _untie(tx, ids)
    write(tx, "UNWIND $ids AS id MATCH (:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) DETACH DELETE n", ids=ids)
    for label in ("Vector", "Payload", "Mark"):
        write(tx, f"UNWIND $ids AS id MATCH (n:{label} {{object: id}}) DELETE n", ids=ids)
    left = [encoded(event) | {"known": True} for event in touched.values() if event is not None]
    neo4j_events.remove(tx, [id_ for id_, event in touched.items() if event is None])
    neo4j_events.write_events(tx, left)
    _delete(tx, "MediaObject", ids)
    _forget_documents(tx, documents)


def _remove_annotations(tx: Statements, ids: Sequence[str]) -> None:
    spoken = rows(
        tx,
        "UNWIND $ids AS id MATCH (n:Annotation {id: id})-[:READ_FROM]->(o) WHERE n.kind IN $searched "
        "RETURN DISTINCT o.id",
        ids=ids,
        searched=list(neo4j_words.SEARCHED),
    )
    _delete(tx, "Annotation", ids)
    neo4j_words.refresh(tx, [item for (item,) in spoken])


def _check_unused(tx: Statements, ids: Sequence[str]) -> None:
    used = rows(
        tx,
        "UNWIND $ids AS id MATCH (s:Source {id: id})<-[:PUBLISHED_BY]-(o:MediaObject) RETURN s.id, o.id LIMIT 1",
        ids=ids,
    )
    if used:
        raise Conflict(f"source {used[0][0]!r} cannot be removed: object {used[0][1]!r} comes from it")


def annotation_digests(tx: Statements, objects: Iterable[str]) -> dict[str, str]:
    """Digests of what was read from objects, by id."""
    statement = "UNWIND $ids AS id MATCH (:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) RETURN n.id, n.digest"
    return dict(rows(tx, statement, ids=bindable(objects)))

"""Records in a Neo4j database: adding, reading and removing them in a transaction.

Statements are made of labels and types of `kg.neo4j_schema` alone; whatever comes from outside is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kg import (
    neo4j_annotations,
    neo4j_events,
    neo4j_links,
    neo4j_nodes,
    neo4j_objects,
    neo4j_shares,
    neo4j_topics,
    neo4j_words,
)
from kg.neo4j_codec import KINDS, Properties, bindable, by_kind, encoded
from kg.neo4j_decoding import annotation_of, decision_of, failure_of, object_of, source_of
from kg.neo4j_nodes import LABELS, delete, parts
from kg.neo4j_session import Statements, rows, write
from kg.neo4j_topic_codec import change_of
from kg.store import Record
from ontology.errors import Conflict, InvalidInput
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic, TopicChange, TopicShare

RELATED: Final[dict[type[Any], Any]] = {Correlation: neo4j_links, TopicShare: neo4j_shares}
"""The kinds that are relationships, and where they are looked up."""
TIED: Final[dict[type[Any], Any]] = {Event: neo4j_events, Topic: neo4j_topics}
"""The kinds whose nodes say only a part of a record, and where they are read."""
NAMES: Final[Mapping[type[Any], str]] = {Source: "source", MediaObject: "object", Event: "event", Topic: "topic"}
"""What records refer to, and what it is called."""

# How the record of a node `n` is read: the properties, with what lies in relationships beside them.
READ: Final[Mapping[type[Any], str]] = {
    Source: "RETURN properties(n)",
    Failure: "RETURN properties(n)",
    TopicChange: "RETURN properties(n)",
    Decision: "RETURN n {.*, at: toString(n.at)}",
    MediaObject: (
        "MATCH (n)-[:PUBLISHED_BY]->(s:Source) OPTIONAL MATCH (n)-[:PART_OF]->(d:Document) "
        "RETURN n {.*, published: toString(n.published), source: s.id, document: d.id}"
    ),
    Annotation: "MATCH (n)-[:READ_FROM]->(o:MediaObject) RETURN n {.*, object: o.id}",
}
DECODE: Final[Mapping[type[Any], Callable[[Properties], Any]]] = {
    Source: source_of, MediaObject: object_of, Annotation: annotation_of, Failure: failure_of,
    Decision: decision_of, TopicChange: change_of,
}  # fmt: skip


def prepared(records: Iterable[Record]) -> dict[type[Record], dict[str, Properties]]:
    """A batch as rows by kind and id. Raises `InvalidInput` for what cannot be kept."""
    batch = by_kind(records)
    return {kind: {id_: encoded(record) for id_, record in batch[kind].items()} for kind in KINDS}


def references(record: Record) -> Iterator[tuple[type[Any], str]]:
    """What must be there before the record, by kind and id: its source, or what it is about."""
    match record:
        case MediaObject():
            yield Source, record.source
        case Annotation():
            yield MediaObject, record.segment.object
        case Correlation():
            yield from ((MediaObject, record.subject), (MediaObject, record.target))
        case Event():
            yield from ((MediaObject, member.object) for member in record.members)
            yield from ((MediaObject, piece.object) for aspect in record.aspects for piece in aspect.evidence)
        case Topic():
            yield from ((MediaObject, member.object) for member in record.examples)
            yield from ((Topic, parent) for parent in (record.parent,) if parent is not None)
        case TopicShare():
            yield from ((Topic, record.topic), (Event if record.about == "event" else MediaObject, record.subject))
        case Source() | Failure() | Decision() | TopicChange():
            return


def check_references(tx: Statements, records: Iterable[Record]) -> None:
    """Raise `InvalidInput` if a record refers to what is neither in the database nor among the records."""
    batch = by_kind(records)
    named: dict[type[Any], dict[str, str]] = {what: {} for what in NAMES}
    for kind in KINDS:
        for record in batch[kind].values():
            for what, reference in references(record):
                if reference not in batch[what]:
                    named[what][reference] = f"{type(record).__name__} {record.id!r}"
    for what, referring in named.items():
        refuse_unknown(tx, what, referring)


def refuse_unknown(tx: Statements, what: type[Record], named: Mapping[str, str]) -> None:
    """Raise `InvalidInput` unless each id of a `what` is there; `named` says what refers to it."""
    known = digests(tx, what, named)
    for id_, referring in named.items():
        if id_ not in known:
            raise InvalidInput(f"{referring} refers to {NAMES[what]} {id_!r}, which is not in the store")


def digests(tx: Statements, kind: type[Record], ids: Iterable[str]) -> dict[str, str]:
    """The digests of the records of a kind that are there, by id."""
    if kind in RELATED:
        return dict(RELATED[kind].digests(tx, ids))
    return neo4j_nodes.digests(tx, kind, ids)


def digest_page(tx: Statements, kind: type[Record], after: str, size: int) -> list[list[str]]:
    """The next ids and digests of a kind after an id, in order."""
    if kind in RELATED:
        return list(RELATED[kind].digest_page(tx, after, size))
    return neo4j_nodes.digest_page(tx, kind, after, size)


def add(tx: Statements, batch: Mapping[type[Record], Mapping[str, Properties]]) -> None:
    """Insert or replace the rows that differ from what is there; what they refer to is there."""
    changed: dict[type[Record], list[Properties]] = {}
    for kind in KINDS:
        asked = batch[kind]
        known = RELATED[kind].known(tx, asked.values()) if kind in RELATED else digests(tx, kind, asked)
        dated = [(id_, row) for id_, row in asked.items() if known.get(id_) != row["digest"]]
        changed[kind] = [row | {"known": id_ in known} for id_, row in dated]
        WRITE[kind](tx, changed[kind])
    spoken = [row["object"] for row in changed[Annotation] if row["kind"] in neo4j_words.SEARCHED]
    neo4j_words.refresh(tx, [row["id"] for row in changed[MediaObject]] + spoken)


def _write_plain(label: str, time: str = "") -> Callable[[Statements, Sequence[Properties]], None]:
    timed = f", n.{time} = datetime(row.properties.{time})" if time else ""

    def put(tx: Statements, changed: Sequence[Properties]) -> None:
        if changed:
            statement = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row.properties{timed}"
            write(tx, statement, rows=parts(changed))

    return put


WRITE: Final[Mapping[type[Any], Callable[[Statements, Sequence[Properties]], None]]] = {
    Source: _write_plain("Source"),
    MediaObject: neo4j_objects.write_objects,
    Annotation: neo4j_annotations.write_annotations,
    Correlation: neo4j_links.write_links,
    Event: neo4j_events.write_events,
    Failure: _write_plain("Failure"),
    Decision: _write_plain("Decision", "at"),
    Topic: neo4j_topics.write_topics,
    TopicShare: neo4j_shares.write_shares,
    TopicChange: _write_plain("TopicChange"),
}


def get(tx: Statements, kind: type[Any], ids: Iterable[str]) -> dict[str, Any]:
    """The records with these ids, in the order asked for, unknown ones left out."""
    asked = bindable(ids)
    found: dict[str, Any]
    if kind in TIED:
        found = dict(TIED[kind].read(tx, asked))
    elif kind in RELATED:
        found = dict(RELATED[kind].get(tx, asked))
    else:
        answer = rows(tx, f"UNWIND $ids AS id MATCH (n:{LABELS[kind]} {{id: id}}) WITH n {READ[kind]}", ids=asked)
        found = {record.id: record for record in (DECODE[kind](kept) for (kept,) in answer)}
    return {id_: found[id_] for id_ in asked if id_ in found}


def page(tx: Statements, kind: type[Any], after: str, size: int) -> list[Any]:
    """The next records of a kind after an id, in order of id."""
    return list(get(tx, kind, [id_ for id_, _ in digest_page(tx, kind, after, size)]).values())


def count(tx: Statements, kind: type[Record]) -> int:
    """How many records of a kind there are."""
    if kind in RELATED:
        return int(RELATED[kind].count(tx))
    return int(rows(tx, f"MATCH (n:{LABELS[kind]}) RETURN count(n)")[0][0])


def remove(tx: Statements, kind: type[Record], ids: Iterable[str]) -> int:
    """Remove records with what hangs by them; say how many were there. `Conflict` for a source with objects."""
    known = list(digests(tx, kind, ids))
    if not known:
        return 0
    if kind is MediaObject:
        neo4j_objects.remove_objects(tx, known)
    elif kind in TIED or kind in RELATED:
        (TIED | RELATED)[kind].remove(tx, known)
    elif kind is Annotation:
        neo4j_annotations.remove_annotations(tx, known)
    else:
        if kind is Source:
            _check_unused(tx, known)
        delete(tx, LABELS[kind], known)
    return len(known)


def _check_unused(tx: Statements, ids: Sequence[str]) -> None:
    used = rows(
        tx,
        "UNWIND $ids AS id MATCH (s:Source {id: id})<-[:PUBLISHED_BY]-(o:MediaObject) "
        "USING INDEX s:Source(id) RETURN s.id, o.id LIMIT 1",
        ids=ids,
    )
    if used:
        raise Conflict(f"source {used[0][0]!r} cannot be removed: object {used[0][1]!r} comes from it")

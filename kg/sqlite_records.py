"""Records in the SQLite store: adding, reading, removing and linking them over one connection.

Functions that say "in `wanted`" expect the ids in that temporary table, see `kg.sqlite_session.want`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kg import sqlite_events, sqlite_topics, sqlite_words
from kg.sqlite_codec import KINDS, TABLES, Row, by_kind
from kg.sqlite_session import want
from kg.store import Record
from ontology.errors import Conflict, InvalidInput
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic, TopicChange, TopicShare

SEARCHED: Final = ("speech", "ocr")
COMPOUND: Final[dict[type[Any], Any]] = {Event: sqlite_events, Topic: sqlite_topics}
"""The kinds that take several tables, and where they are read and written."""
TABLE_NAMES: Final = {Event: "event", Topic: "topic"} | {kind: table.name for kind, table in TABLES.items()}


def add(db: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Insert or replace a batch. Raises `InvalidInput` where a record refers to what is not there."""
    batch = by_kind(records)
    for kind in KINDS:
        try:
            if kind in COMPOUND:
                _add_compound(db, kind, {record.id: record for record in batch[kind]})
            elif batch[kind]:
                table = TABLES[kind]
                db.executemany(table.upsert(), map(table.encode, batch[kind]))
        except sqlite3.IntegrityError as error:
            raise _unknown(db, batch[kind], error) from error
    spoken = [item.segment.object for item in batch[Annotation] if item.kind in SEARCHED]
    want(db, [item.id for item in batch[MediaObject]] + spoken)
    sqlite_words.refresh(db)


def _add_compound(db: sqlite3.Connection, kind: type[Any], records: Mapping[str, Any]) -> None:
    if not records:
        return
    want(db, records)
    kept = COMPOUND[kind].read(db)
    COMPOUND[kind].write(db, [record for record in records.values() if kept.get(record.id) != record])
    if kind is Topic:
        _check_parents(db, records)


def _check_parents(db: sqlite3.Connection, topics: Mapping[str, Topic]) -> None:
    """Topics of a batch may come in any order, so what they are a part of is looked for when all are there."""
    parents = {topic.parent: f"Topic {topic.id!r}" for topic in topics.values() if topic.parent is not None}
    missing = _missing(db, parents, "topic")
    if missing:
        raise missing


def get(db: sqlite3.Connection, kind: type[Any]) -> dict[str, Any]:
    """The records in `wanted`, in that order."""
    if kind in COMPOUND:
        return dict(COMPOUND[kind].read(db))
    table = TABLES[kind]
    return {row[0]: table.decode(row) for row in db.execute(table.wanted())}


def page(db: sqlite3.Connection, kind: type[Any], place: Row | None, size: int) -> tuple[list[Any], Row | None]:
    """The next `size` records after a place (None: from the start), and the place reached, None at the end."""
    if kind in COMPOUND:
        statement = f"SELECT id FROM {TABLE_NAMES[kind]} WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
        rows = db.execute(statement, (*(place or ("",)), size)).fetchall()
        want(db, [id_ for (id_,) in rows])
        records, reached = list(COMPOUND[kind].read(db).values()), rows[-1] if rows else None
    else:
        table = TABLES[kind]
        rows = db.execute(table.page(), (*(place or table.start), size)).fetchall()
        records, reached = list(map(table.decode, rows)), table.place_of(rows[-1]) if rows else None
    return records, reached if len(rows) == size else None


def count(db: sqlite3.Connection, kind: type[Record]) -> int:
    """How many records of a kind there are."""
    return int(db.execute(f"SELECT count(*) FROM {TABLE_NAMES[kind]}").fetchone()[0])  # noqa: S608


def remove(db: sqlite3.Connection, kind: type[Record]) -> int:
    """Remove the records in `wanted` with what hangs by them; say how many were there."""
    if kind is MediaObject:
        sqlite_words.forget(db)
        return sqlite_events.remove_objects(db)
    if kind is Source:
        _check_unused(db)
    spoken = _spoken(db) if kind is Annotation else []
    statement = f"DELETE FROM {TABLE_NAMES[kind]} WHERE id IN (SELECT id FROM wanted)"  # noqa: S608
    removed = db.execute(statement).rowcount
    if spoken:
        want(db, spoken)
        sqlite_words.refresh(db)
    return removed


def _check_unused(db: sqlite3.Connection) -> None:
    used = db.execute(
        "SELECT wanted.id, object.id FROM wanted CROSS JOIN object ON source = wanted.id LIMIT 1"
    ).fetchone()
    if used:
        raise Conflict(f"source {used[0]!r} cannot be removed: object {used[1]!r} comes from it")


def _spoken(db: sqlite3.Connection) -> list[str]:
    """The objects that lose searched words with the annotations in `wanted`."""
    rows = db.execute(
        "SELECT DISTINCT object FROM wanted CROSS JOIN annotation USING (id) WHERE kind IN ('speech', 'ocr')"
    )
    return [item for (item,) in rows]


def read_from(db: sqlite3.Connection, kind: str | None) -> dict[str, list[Annotation]]:
    """For each known object in `wanted`, what was read from it, by time, then characters, then id."""
    table = TABLES[Annotation]
    known = db.execute("SELECT object.id FROM wanted CROSS JOIN object USING (id) ORDER BY wanted.position")
    found: dict[str, list[Annotation]] = {item: [] for (item,) in known}
    rows = db.execute(
        f"SELECT {table.named()} FROM wanted CROSS JOIN annotation ON object = wanted.id "  # noqa: S608
        "WHERE ?1 IS NULL OR kind = ?1 "
        "ORDER BY wanted.position, time_start, time_end, char_start, char_end, annotation.id",
        (kind,),
    )
    for row in rows:
        found[row[1]].append(table.decode(row))
    return found


def neighbours(db: sqlite3.Connection, any_kind: bool, modality: str | None, limit: int) -> list[Correlation]:
    """Links that touch objects in `wanted`, of `any_kind` or of those in `wanted_kind`; a negative limit is none."""
    table = TABLES[Correlation]
    rows = db.execute(
        f"SELECT {table.named()} FROM ("  # noqa: S608
        "SELECT key, target AS other FROM wanted CROSS JOIN correlation ON subject = wanted.id UNION ALL "
        "SELECT key, subject AS other FROM wanted CROSS JOIN correlation ON target = wanted.id"
        ") AS touched CROSS JOIN correlation ON correlation.key = touched.key "
        "WHERE status <> 'rejected' AND (?1 OR kind IN (SELECT id FROM wanted_kind)) "
        "AND (?2 IS NULL OR ?2 = (SELECT modality FROM object WHERE object.id = other)) "
        "GROUP BY correlation.key ORDER BY weight DESC, correlation.id LIMIT ?3",
        (any_kind, modality, limit),
    )
    return [table.decode(row) for row in rows]


def _references(record: Record) -> Iterator[tuple[str, str]]:
    """What must be there before the record, by its table and id: its source, or what it is about."""
    match record:
        case MediaObject():
            yield "source", record.source
        case Annotation():
            yield "object", record.segment.object
        case Correlation():
            yield from (("object", record.subject), ("object", record.target))
        case Event():
            yield from (("object", item) for item in sqlite_events.objects_of(record))
        case Topic():
            yield from (("object", item) for item in sqlite_topics.objects_of(record))
        case TopicShare():
            yield from (("topic", record.topic), (record.about, record.subject))
        case Source() | Failure() | Decision() | TopicChange():
            return


def _unknown(db: sqlite3.Connection, records: Sequence[Record], error: sqlite3.Error) -> InvalidInput:
    """What to raise for a batch of one kind that was refused."""
    named: dict[str, dict[str, str]] = {"object": {}}
    for record in records:
        for what, reference in _references(record):
            named.setdefault(what, {})[reference] = f"{type(record).__name__} {record.id!r}"
    missing = (_missing(db, referring, what) for what, referring in sorted(named.items()))
    return next(filter(None, missing), None) or InvalidInput(f"this cannot be kept: {error}")


def unknown(db: sqlite3.Connection, named: Mapping[str, str], error: sqlite3.Error) -> InvalidInput:
    """What to raise for a refused write: `named` says for each id of an object what refers to it."""
    return _missing(db, named, "object") or InvalidInput(f"this cannot be kept: {error}")


def _missing(db: sqlite3.Connection, named: Mapping[str, str], what: str) -> InvalidInput | None:
    """The error of the first of the ids that is in no row of the table `what`."""
    want(db, named)
    known = {id_ for (id_,) in db.execute(f"SELECT id FROM {what} WHERE id IN (SELECT id FROM wanted)")}  # noqa: S608
    missing = [id_ for id_ in named if id_ not in known]
    if not missing:
        return None
    return InvalidInput(f"{named[missing[0]]} refers to {what} {missing[0]!r}, which is not in the store")

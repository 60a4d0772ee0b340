"""Events in the SQLite store: a row each for the event, its members, its aspects and their evidence."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kg.sqlite_codec import Row, time_read, time_text
from ontology.model import Aspect, Event, Evidence, Member


def objects_of(event: Event) -> Iterator[str]:
    """Every object that an event refers to, as a member or as evidence."""
    yield from (member.object for member in event.members)
    yield from (piece.object for aspect in event.aspects for piece in aspect.evidence)


def read(db: sqlite3.Connection) -> dict[str, Event]:
    """The events whose ids are in `wanted`, in that order."""
    evidence = _grouped(
        db,
        "SELECT event, aspect, object, segment, text FROM wanted CROSS JOIN evidence ON event = wanted.id "
        "ORDER BY wanted.position, aspect, evidence.position",
        2,
        lambda row: Evidence(*row),
    )
    aspects = _grouped(
        db,
        "SELECT event, aspect.position, name, value, score, sources FROM wanted CROSS JOIN aspect ON event = wanted.id "
        "ORDER BY wanted.position, aspect.position",
        1,
        lambda row: row,
    )
    members = _grouped(
        db,
        "SELECT event, object, weight, reason FROM wanted CROSS JOIN member ON event = wanted.id "
        "ORDER BY wanted.position, member.position",
        1,
        lambda row: Member(*row),
    )
    rows = db.execute(
        "SELECT event.id, title, started, ended, summary FROM wanted CROSS JOIN event ON event.id = wanted.id "
        "ORDER BY wanted.position"
    ).fetchall()
    return {
        id_: Event(
            id_, title, time_read(started), time_read(ended), summary, tuple(members[id_,]),
            tuple(
                Aspect(name, value, score, sources, tuple(evidence[id_, position]))
                for position, name, value, score, sources in aspects[id_,]
            ),
        )
        for id_, title, started, ended, summary in rows
    }  # fmt: skip


def _grouped(
    db: sqlite3.Connection, select: str, width: int, decode: Callable[[Row], Any]
) -> defaultdict[Row, list[Any]]:
    """Rows by their first `width` columns; the rest of each is decoded."""
    groups: defaultdict[Row, list[Any]] = defaultdict(list)
    for row in db.execute(select):
        groups[row[:width]].append(decode(row[width:]))
    return groups


def write(db: sqlite3.Connection, events: Sequence[Event]) -> None:
    """Insert events, each in place of the one of the same id."""
    for part in ("member", "aspect"):
        db.executemany(f"DELETE FROM {part} WHERE event = ?", [(event.id,) for event in events])  # noqa: S608
    db.executemany(
        "INSERT INTO event (id, title, started, ended, summary) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "title = excluded.title, started = excluded.started, ended = excluded.ended, summary = excluded.summary",
        [(event.id, event.title, time_text(event.start), time_text(event.end), event.summary) for event in events],
    )
    db.executemany(
        "INSERT INTO member (event, position, object, weight, reason) VALUES (?, ?, ?, ?, ?)",
        [
            (event.id, position, member.object, float(member.weight), member.reason)
            for event in events
            for position, member in enumerate(event.members)
        ],
    )
    db.executemany(
        "INSERT INTO aspect (event, position, name, value, score, sources) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (event.id, position, aspect.name, aspect.value, float(aspect.score), int(aspect.sources))
            for event in events
            for position, aspect in enumerate(event.aspects)
        ],
    )
    db.executemany(
        "INSERT INTO evidence (event, aspect, position, object, segment, text) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (event.id, number, position, piece.object, piece.segment, piece.text)
            for event in events
            for number, aspect in enumerate(event.aspects)
            for position, piece in enumerate(aspect.evidence)
        ],
    )


def ids_of(db: sqlite3.Connection) -> dict[str, list[str]]:
    """For each object in `wanted` that is there, the ids of its events, by its weight in them, then by id."""
    found: dict[str, list[str]] = {}
    rows = db.execute(
        "SELECT object.id, event FROM wanted CROSS JOIN object ON object.id = wanted.id "
        "LEFT JOIN member ON member.object = object.id ORDER BY wanted.position, weight DESC, event"
    )
    for item, event in rows:
        found.setdefault(item, []).extend([] if event is None else [event])
    return found


def remove_objects(db: sqlite3.Connection) -> int:
    """Remove the objects in `wanted` with all that hangs by them, and tidy the events that they were in.

    An aspect left without evidence and an event left without members go; the number of sources of an aspect that lost
    evidence is counted anew. Gives how many objects there were.
    """
    aspects = db.execute(
        "SELECT DISTINCT event, aspect FROM wanted CROSS JOIN evidence ON evidence.object = wanted.id"
    ).fetchall()
    events = db.execute("SELECT DISTINCT event FROM wanted CROSS JOIN member ON member.object = wanted.id").fetchall()
    removed = db.execute("DELETE FROM object WHERE id IN (SELECT id FROM wanted)").rowcount
    db.executemany(
        "DELETE FROM aspect WHERE event = ?1 AND position = ?2 "
        "AND NOT EXISTS (SELECT 1 FROM evidence WHERE event = ?1 AND aspect = ?2)",
        aspects,
    )
    db.executemany(
        "UPDATE aspect SET sources = (SELECT count(DISTINCT source) FROM evidence "
        "JOIN object ON object.id = evidence.object WHERE event = ?1 AND aspect = ?2) "
        "WHERE event = ?1 AND position = ?2",
        aspects,
    )
    db.executemany("DELETE FROM event WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM member WHERE event = ?1)", events)
    return removed

"""Topics in the SQLite store: a row each for the topic, with its words as JSON, and for each of its examples."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from kg.sqlite_codec import JSON, TABLES
from ontology.model import Member
from ontology.topic import About, Topic, TopicShare, TopicWord

COLUMNS: Final = ("id", "run", "label", "share", "parent", "stability", "concepts", "words")


def objects_of(topic: Topic) -> Iterator[str]:
    """Every object that a topic refers to."""
    yield from (member.object for member in topic.examples)


def read(db: sqlite3.Connection) -> dict[str, Topic]:
    """The topics whose ids are in `wanted`, in that order."""
    examples: defaultdict[str, list[Member]] = defaultdict(list)
    for topic, *member in db.execute(
        "SELECT topic, object, weight, reason FROM wanted CROSS JOIN topic_example ON topic = wanted.id "
        "ORDER BY wanted.position, topic_example.position"
    ):
        examples[topic].append(Member(*member))
    rows = db.execute(
        f"SELECT {', '.join(f'topic.{column}' for column in COLUMNS)} "  # noqa: S608 - names from this module alone
        "FROM wanted CROSS JOIN topic ON topic.id = wanted.id ORDER BY wanted.position"
    ).fetchall()
    return {
        id_: Topic(
            id_, run, label, tuple(TopicWord(*word) for word in json.loads(words)), tuple(examples[id_]), share, parent,
            stability, tuple(json.loads(concepts)),
        )
        for id_, run, label, share, parent, stability, concepts, words in rows
    }  # fmt: skip


def write(db: sqlite3.Connection, topics: Sequence[Topic]) -> None:
    """Insert topics, each in place of the one of the same id. What they are a part of may come later in the batch."""
    db.executemany("DELETE FROM topic_example WHERE topic = ?", [(topic.id,) for topic in topics])
    replaced = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
    db.executemany(
        f"INSERT INTO topic ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
        f"ON CONFLICT (id) DO UPDATE SET {replaced}",
        [
            (
                topic.id, topic.run, topic.label, float(topic.share), topic.parent, topic.stability,
                JSON.encode(topic.concepts), JSON.encode([_word_row(word) for word in topic.words]),
            )
            for topic in topics
        ],
    )  # fmt: skip
    db.executemany(
        "INSERT INTO topic_example (topic, position, object, weight, reason) VALUES (?, ?, ?, ?, ?)",
        [
            (topic.id, position, member.object, float(member.weight), member.reason)
            for topic in topics
            for position, member in enumerate(topic.examples)
        ],
    )


def _word_row(word: TopicWord) -> list[str | float]:
    return [word.field, word.value, float(word.weight), word.collection, float(word.apart)]


def shares(db: sqlite3.Connection, of: About | str, about: About | None, limit: int) -> list[TopicShare]:
    """The shares that touch the objects, events or topics (as `of` says) in `wanted`; a negative limit is none."""
    table = TABLES[TopicShare]
    # The condition that a partial index asks for has to stand in the statement.
    column = {"object": "object", "event": "event", "topic": "topic"}[of]
    wanted = {"object": "AND object IS NOT NULL ", "event": "AND event IS NOT NULL ", None: ""}[about]
    rows = db.execute(
        f"SELECT {table.named()} FROM wanted CROSS JOIN topic_share ON {column} = wanted.id "  # noqa: S608
        f"WHERE {column} IS NOT NULL {wanted}ORDER BY weight DESC, topic_share.id LIMIT ?",
        (limit,),
    )
    return [table.decode(row) for row in rows]

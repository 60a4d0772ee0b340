"""The tables of the SQLite store, how its file is opened, and what SQLite's errors mean in the project's words.

An object, its annotations, links, views, payloads and stage marks hang together by foreign keys, so that removing an
object removes them. `words` is the full-text index: one row an object, kept equal to the SQL view `document`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from ontology.errors import Conflict, InvalidInput, StoreUnavailable

FILE: Final = "crossmedia.db"
VERSION: Final = 3
APPLICATION: Final = 0x584D4544  # "XMED", tells our files from other SQLite files

# What a person decided may be about what a build takes away and brings back: nothing refers to anything.
DECISION: Final = """
CREATE TABLE decision (
    id TEXT NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    target TEXT,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
);
"""
# A share is of a topic in an object or in an event: the other one is NULL.
TOPIC: Final = """
CREATE TABLE topic (
    id TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL,
    label TEXT NOT NULL,
    share REAL NOT NULL,
    parent TEXT REFERENCES topic (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    stability REAL,
    concepts TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX topic_parent ON topic (parent);
CREATE TABLE topic_example (
    topic TEXT NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    weight REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (topic, position)
);
CREATE INDEX topic_example_object ON topic_example (object);
CREATE TABLE topic_share (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
    object TEXT REFERENCES object (id) ON DELETE CASCADE,
    event TEXT REFERENCES event (id) ON DELETE CASCADE,
    weight REAL NOT NULL,
    method TEXT NOT NULL,
    run TEXT NOT NULL
);
CREATE INDEX topic_share_topic ON topic_share (topic);
CREATE INDEX topic_share_object ON topic_share (object) WHERE object IS NOT NULL;
CREATE INDEX topic_share_event ON topic_share (event) WHERE event IS NOT NULL;
CREATE TABLE topic_change (
    id TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL,
    fit INTEGER NOT NULL,
    change TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
"""
UPGRADES: Final = {1: DECISION + TOPIC, 2: TOPIC}
"""What a store of an older version lacks."""

# Absent positions of a segment are -1, not NULL: they sort first and compare in the row values that `scan` pages by.
# Vectors of 384 to 1280 floats fit well into pages of 16 KiB: none needs an overflow page of its own.
SCHEMA: Final = """
CREATE TABLE source (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT
);
CREATE TABLE object (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    modality TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES source (id),
    collection TEXT NOT NULL,
    published TEXT,
    document TEXT,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    location TEXT NOT NULL,
    checksum TEXT NOT NULL,
    media_type TEXT NOT NULL,
    licence TEXT,
    language TEXT,
    url TEXT,
    metadata TEXT NOT NULL
);
CREATE INDEX object_source ON object (source);
CREATE TABLE annotation (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    time_start REAL NOT NULL,
    time_end REAL NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    score REAL NOT NULL,
    method TEXT NOT NULL
);
CREATE INDEX annotation_place ON annotation (object, time_start, time_end, char_start, char_end, id);
CREATE TABLE correlation (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    target TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    weight REAL NOT NULL,
    method TEXT NOT NULL,
    version TEXT NOT NULL,
    run TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    evidence TEXT NOT NULL
);
CREATE INDEX correlation_subject ON correlation (subject);
CREATE INDEX correlation_target ON correlation (target);
CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    started TEXT,
    ended TEXT,
    summary TEXT NOT NULL
);
CREATE TABLE member (
    event TEXT NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    weight REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (event, position)
);
CREATE INDEX member_object ON member (object, weight, event);
CREATE TABLE aspect (
    event TEXT NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    score REAL NOT NULL,
    sources INTEGER NOT NULL,
    PRIMARY KEY (event, position)
);
CREATE TABLE evidence (
    event TEXT NOT NULL,
    aspect INTEGER NOT NULL,
    position INTEGER NOT NULL,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    segment TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (event, aspect, position),
    FOREIGN KEY (event, aspect) REFERENCES aspect (event, position) ON DELETE CASCADE
);
CREATE INDEX evidence_object ON evidence (object);
CREATE TABLE failure (
    id TEXT NOT NULL PRIMARY KEY,
    collection TEXT NOT NULL,
    item TEXT NOT NULL,
    stage TEXT NOT NULL,
    reason TEXT NOT NULL,
    severity TEXT NOT NULL
);
CREATE TABLE view (
    name TEXT NOT NULL,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    fragment TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (name, object, fragment)
);
CREATE INDEX view_object ON view (object);
CREATE TABLE payload (
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (object, name)
);
CREATE TABLE mark (
    stage TEXT NOT NULL,
    object TEXT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    PRIMARY KEY (stage, object)
) WITHOUT ROWID;
CREATE INDEX mark_object ON mark (object);
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE VIEW document AS
SELECT key, id, title, text, coalesce((
    SELECT group_concat(value, char(10)) FROM (
        SELECT value FROM annotation WHERE annotation.object = object.id AND kind IN ('speech', 'ocr')
        ORDER BY time_start, time_end, char_start, char_end, id
    )
), '') AS annotated FROM object;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, annotated, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Raise the project's errors in place of SQLite's."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidInput(f"not valid Unicode text at position {error.start}: {error.object[:60]!r}") from error
    except (OverflowError, sqlite3.DataError, sqlite3.IntegrityError) as error:
        raise InvalidInput(f"{file} cannot keep this: {error}") from error
    except sqlite3.Error as error:
        # The low byte is the primary code, the rest tells variants of it apart.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Conflict(f"somebody else is writing to {file}; try again when they are done ({error})") from error
        raise StoreUnavailable(f"{file} cannot be read or written: {error}") from error


def connect(file: Path, patience: float) -> sqlite3.Connection:
    """Open a connection in autocommit mode that waits up to `patience` seconds for another writer.

    It may be closed from any thread, but one thread alone must use it.
    """
    db = sqlite3.connect(file, timeout=patience, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL", "temp_store = MEMORY", "cache_size = -32768"):
        db.execute(f"PRAGMA {pragma}")
    # Ids asked for go into these tables first: one statement then reads any number of them, in the order asked for.
    db.execute("CREATE TEMP TABLE wanted (position INTEGER PRIMARY KEY, id TEXT NOT NULL)")
    db.execute("CREATE TEMP TABLE wanted_kind (position INTEGER PRIMARY KEY, id TEXT NOT NULL)")
    return db


def prepare(folder: Path, patience: float) -> Path:
    """Make sure that `folder` holds a store of this version, creating both if missing; give its database file.

    Raises `StoreUnavailable` if the folder cannot be made or written, or holds something else under that name.
    """
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be used as the folder of a store: {error.strerror}") from error
    with translated(file), closing(sqlite3.connect(file, timeout=patience, isolation_level=None)) as db:
        if _version(db, file) == 0:
            db.execute("PRAGMA page_size = 16384")
            db.execute("PRAGMA journal_mode = WAL")
        _bring_up(db, file)
    # Readers too must be able to write here, into the files of the write-ahead log. Asking the system and not SQLite
    # keeps them from waiting for a writer.
    if not (os.access(file, os.W_OK) and os.access(folder, os.W_OK)):
        raise StoreUnavailable(f"{file} cannot be written, which reading needs as well")
    return file


def _version(db: sqlite3.Connection, file: Path) -> int:
    """The version of the tables, 0 for an empty file; `StoreUnavailable` for one that is not known or not ours."""
    application, version = db.execute("SELECT * FROM pragma_application_id, pragma_user_version").fetchone()
    if application == APPLICATION and (version == VERSION or version in UPGRADES):
        return int(version)
    if application == APPLICATION:
        raise StoreUnavailable(f"{file} has schema version {version}, this program knows versions to {VERSION} only")
    if version or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreUnavailable(f"{file} is an SQLite database, but not one of crossmedia")
    return 0


def _bring_up(db: sqlite3.Connection, file: Path) -> None:
    """Make the tables that are missing, all or none."""
    if _version(db, file) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db, file)  # another program may have been faster
        missing = "" if version == VERSION else UPGRADES.get(version, SCHEMA + DECISION + TOPIC)
        for statement in filter(str.strip, missing.split(";\n")):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")

"""The store on one machine: an SQLite database in a folder, safe for many readers beside one writer.

Writes go through one transaction at a time, readers see the last committed state and never wait (write-ahead log). A
program that is killed leaves the last committed state. Methods may be called from several threads, each of which gets
a connection of its own; a transaction belongs to the thread that opened it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from kg import sqlite_events, sqlite_records, sqlite_topics, sqlite_views, sqlite_words
from kg.sqlite_schema import FILE, prepare
from kg.sqlite_session import Session, want
from kg.store import R, Record, View
from ontology.errors import InvalidInput, NotFound, StoreUnavailable
from ontology.model import Annotation, Correlation, Modality
from ontology.topic import About, TopicShare

PAGE: Final = 256


class SQLiteStore:
    """A store in a folder, which is made if missing; `patience` is how many seconds a write waits for another writer.

    Raises `StoreUnavailable` if the folder cannot be used or holds a database of something or somebody else. A write
    raises `Conflict` when another writer does not finish within `patience`.
    """

    def __init__(self, path: str | os.PathLike[str], *, patience: float = 30.0) -> None:
        self.path = Path(path)
        self._patience = patience
        self._file = prepare(self.path, patience)
        self._local = threading.local()
        # Weak, so that the connection of a thread that ended goes with it.
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, path: str | os.PathLike[str], create: bool, *, patience: float = 30.0) -> SQLiteStore:
        """Open the store in a folder. Raises `NotFound` if there is none and `create` is False."""
        folder = Path(path)
        if not create and not folder.is_file() and not (folder / FILE).exists():
            raise NotFound(f"there is no store in {folder}: it holds no {FILE}")
        return cls(folder, patience=patience)

    def _session(self) -> Session:
        if self._closed:
            raise StoreUnavailable(f"the store in {self.path} is closed")
        session: Session | None = getattr(self._local, "session", None)
        if session is None or session.process != os.getpid():
            # After a fork the parent's connection is kept but never used or closed here: SQLite forbids both.
            self._local.inherited = session
            session = self._local.session = Session(self._file, self._patience)
            with self._lock:
                self._sessions.add(session)
        return session

    @contextmanager
    def _reading(self, ids: Iterable[str]) -> Iterator[sqlite3.Connection]:
        ids = list(ids)  # what gives the ids may itself read the store
        with self._session().reading() as db:
            want(db, ids)
            yield db

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is written in the block or, if it raises, nothing. Blocks nest; the outermost one commits."""
        return self._session().transaction()

    def close(self) -> None:
        """Close the connections of all threads, none of which may be at work; closing twice is no error."""
        self._closed = True
        with self._lock:
            sessions = [session for session in self._sessions if session.process == os.getpid()]
            self._sessions.clear()
        for session in sessions:
            session.close()

    # Records.

    def add(self, records: Iterable[Record]) -> None:
        """Insert or replace by id, all or nothing; one call is one batch and held in memory.

        What a record refers to must be in the store or in the same batch, in whatever order, else `InvalidInput`.
        """
        batch = list(records)  # before the transaction: what gives the records may itself read the store
        with self._session().writing() as db:
            sqlite_records.add(db, batch)

    def get(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The records with these ids, in the order asked for, unknown ones left out."""
        with self._reading(ids) as db:
            return sqlite_records.get(db, kind)

    def scan(self, kind: type[R]) -> Iterator[R]:
        """All records of a kind in order, read a page at a time.

        Each page is of the state at its time: what is added or removed meanwhile behind the place reached is seen or
        missed, and no record is given twice.
        """
        place = None
        while True:
            with self._session().reading() as db:
                records, place = sqlite_records.page(db, kind, place, PAGE)
            yield from records
            if place is None:
                return

    def count(self, kind: type[Record]) -> int:
        """How many records of a kind there are."""
        with self._session().reading() as db:
            return sqlite_records.count(db, kind)

    def remove(self, kind: type[Record], ids: Iterable[str]) -> int:
        """Remove records and say how many were there; with an object goes all that was derived from it.

        Raises `Conflict` for a source that still has objects.
        """
        ids = list(ids)
        with self._session().writing() as db:
            want(db, ids)
            return sqlite_records.remove(db, kind)

    # Questions.

    def annotations(self, objects: Iterable[str], kind: str | None = None) -> dict[str, list[Annotation]]:
        """For each known object asked for, what was read from it, by time, then characters, then id."""
        with self._reading(objects) as db:
            return sqlite_records.read_from(db, kind)

    def neighbours(
        self,
        objects: Iterable[str],
        *,
        kinds: Sequence[str] | None = None,
        modality: Modality | None = None,
        limit: int | None = None,
    ) -> list[Correlation]:
        """Links that touch any of the objects and were not rejected, heaviest first, then by id."""
        most = -1 if limit is None else _checked_limit(limit)
        with self._reading(objects) as db:
            want(db, kinds or (), kinds=True)
            return sqlite_records.neighbours(db, kinds is None, modality, most)

    def events_of(self, objects: Iterable[str]) -> dict[str, list[str]]:
        """For each known object asked for, the ids of its events, by its weight in them, then by id."""
        with self._reading(objects) as db:
            return sqlite_events.ids_of(db)

    def topic_shares(
        self,
        ids: Iterable[str],
        of: About | Literal["topic"],
        *,
        about: About | None = None,
        limit: int | None = None,
    ) -> list[TopicShare]:
        """The shares of topics in objects or events, or of topics in anything, heaviest first, then by id."""
        most = -1 if limit is None else _checked_limit(limit)
        with self._reading(ids) as db:
            return sqlite_topics.shares(db, of, about, most)

    def search(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[tuple[str, float]]:
        """Objects in which words of the query stand, with their BM25 score > 0, best first, then by id."""
        with self._session().reading() as db:
            return sqlite_words.search(db, query, modality, _checked_limit(limit))

    # Views and payloads of objects.

    def put_view(self, view: View) -> None:
        """Keep vectors in place of those of the same object, name and fragment.

        Raises `InvalidInput` for an unknown object, numbers that are not finite, or another width than those kept.
        """
        if not view.ids and not view.fragments and not len(view.matrix):
            return
        vectors = sqlite_views.checked(view)
        with self._session().writing() as db:
            try:
                sqlite_views.write(db, view, vectors)
            except sqlite3.IntegrityError as error:
                raise sqlite_records.unknown(db, dict.fromkeys(view.ids, f"view {view.name!r}"), error) from error

    def view(self, name: str, objects: Iterable[str] | None = None) -> View:
        """The vectors of that name, of all objects or those asked for, by object id and fragment; the array is new."""
        with self._session().reading() as db:
            if objects is not None:
                want(db, sorted(set(objects)))
            return sqlite_views.read(db, name, wanted=objects is not None)

    def view_names(self) -> list[str]:
        """The names under which vectors are kept, sorted."""
        with self._session().reading() as db:
            return sqlite_views.names(db)

    def put_payloads(self, name: str, payloads: Mapping[str, bytes]) -> None:
        """Keep bytes for objects. Raises `InvalidInput` for an unknown object."""
        self._put(
            "INSERT INTO payload (name, object, content) VALUES (?, ?, ?) ON CONFLICT (object, name) "
            "DO UPDATE SET content = excluded.content WHERE content IS NOT excluded.content",
            name,
            payloads,
        )

    def payloads(self, name: str, objects: Iterable[str]) -> dict[str, bytes]:
        """The bytes kept under that name for the objects, in the order asked for; those without are left out."""
        with self._reading(objects) as db:
            return sqlite_views.payloads(db, name)

    # How far a stage came, and settings.

    def mark(self, stage: str, versions: Mapping[str, str]) -> None:
        """Note for each object the version at which `stage` is done with it. Unknown objects are `InvalidInput`."""
        self._put(
            "INSERT INTO mark (stage, object, version) VALUES (?, ?, ?) ON CONFLICT (stage, object) "
            "DO UPDATE SET version = excluded.version WHERE version IS NOT excluded.version",
            stage,
            versions,
        )

    def marks(self, stage: str) -> dict[str, str]:
        """The version at which `stage` is done with each object that it was marked for, by object id."""
        with self._session().reading() as db:
            return dict(db.execute("SELECT object, version FROM mark WHERE stage = ? ORDER BY object", (stage,)))

    def _put(self, upsert: str, name: str, values: Mapping[str, Any]) -> None:
        with self._session().writing() as db:
            try:
                db.executemany(upsert, ((name, item, value) for item, value in values.items()))
            except sqlite3.IntegrityError as error:
                raise sqlite_records.unknown(db, dict.fromkeys(values, repr(name)), error) from error

    def setting(self, name: str) -> str | None:
        """The value kept under a name, or None."""
        with self._session().reading() as db:
            row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row and str(row[0])

    def set_setting(self, name: str, value: str | None) -> None:
        """Keep a value under a name; None forgets it."""
        with self._session().writing() as db:
            if value is None:
                db.execute("DELETE FROM setting WHERE name = ?", (name,))
            else:
                db.execute(
                    "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) "
                    "DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value",
                    (name, value),
                )


def _checked_limit(limit: int) -> int:
    if not 0 <= limit < 2**63:
        raise InvalidInput(f"limit must be a number from 0, got {limit!r}")
    return limit

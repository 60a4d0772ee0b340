"""One thread's connection to the SQLite store, and the transaction blocks that it stands in."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.sqlite_schema import connect, translated


class Session:
    """A connection that one thread of one process uses. `transaction` blocks nest: an inner one is a savepoint."""

    def __init__(self, file: Path, patience: float) -> None:
        self.file = file
        self.process = os.getpid()
        self.depth = 0
        with translated(file):
            self.db = connect(file, patience)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written in the block, or nothing of it if the block raises."""
        level = self.depth
        with translated(self.file):
            self.db.execute(f"SAVEPOINT level_{level}" if level else "BEGIN IMMEDIATE")
        self.depth += 1
        try:
            yield
            with translated(self.file):
                self.db.execute(f"RELEASE level_{level}" if level else "COMMIT")
        except BaseException:
            self._undo(level)
            raise
        finally:
            self.depth = level

    def _undo(self, level: int) -> None:
        # A full disk or a failed write makes SQLite undo the whole transaction by itself.
        if not self.db.in_transaction:
            return
        with translated(self.file):
            if level:
                self.db.execute(f"ROLLBACK TO level_{level}")
                self.db.execute(f"RELEASE level_{level}")
            else:
                self.db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of a store's own method, in which SQLite's errors become the project's."""
        with self.transaction(), translated(self.file):
            yield self.db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging state of the store for all that is read in the block."""
        with translated(self.file):
            if self.db.in_transaction:
                yield self.db
                return
            self.db.execute("BEGIN")
            try:
                yield self.db
            finally:
                if self.db.in_transaction:
                    self.db.execute("COMMIT")

    def close(self) -> None:
        """Close the connection, and leave the figures behind that plan queries unless somebody is writing."""
        with suppress(sqlite3.OperationalError):  # the figures help, nothing depends on them
            self.db.execute("PRAGMA busy_timeout = 0")
            self.db.execute("PRAGMA analysis_limit = 400")
            self.db.execute("PRAGMA optimize")
        self.db.close()


def want(db: sqlite3.Connection, ids: Iterable[str], *, kinds: bool = False) -> None:
    """Fill `wanted` (`wanted_kind`) with ids, each once, in the order given.

    An id that is no valid Unicode is left out: no store knows it.
    """
    table = "wanted_kind" if kinds else "wanted"
    db.execute(f"DELETE FROM {table}")  # noqa: S608
    db.executemany(f"INSERT INTO {table} (id) VALUES (?)", _bindable(ids))  # noqa: S608


def _bindable(texts: Iterable[str]) -> list[tuple[str]]:
    return [(text,) for text in dict.fromkeys(texts) if text.isascii() or _encodes(text)]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

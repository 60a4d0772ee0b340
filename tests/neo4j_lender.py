"""The real Neo4j server of a test run: started when a test first needs it, lent to one store at a time."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

from kg import neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_server import Server
from kg.neo4j_session import Connection

HEAP = "512m"
# A server of a test lives for minutes: it is not worth its while to be optimised.
JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def wipe(server: Server, *, all_of_it: bool = False) -> None:
    """Take every record out of a server's database; `all_of_it` takes the mark of the project as well.

    With the mark, whoever opens the database next finds it prepared, which costs more than most tests.
    """
    with closing(Connection(server.login, 10)) as connection:
        but = "" if all_of_it else "WHERE NOT n:Crossmedia"
        connection.alone(f"MATCH (n) {but} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS")
        connection.alone("MATCH (store:Crossmedia) SET store = {id: store.id, version: store.version}")


class LentStore(Neo4jStore):
    """A store that says when its server is free for another one."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.login, patience=10)
        self.open = True

    def close(self) -> None:
        super().close()
        self.open = False


class Lender:
    """A folder stands for the server, until another folder needs it: Neo4j Community has one database a server.

    There is one server alone, since one takes half a minute of a processor until it is warm.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._server: Server | None = None
        self._folder: Path | None = None
        self._store: LentStore | None = None

    def server_of(self, folder: Path) -> Server:
        """The server, emptied if it was another folder's, whose store must be closed."""
        server = self._server or self.start()
        if folder != self._folder:
            assert self._store is None or not self._store.open, f"the server is lent to {self._folder}"
            wipe(server)
            self._folder = folder
        return server

    def open(self, folder: Path) -> LentStore:
        """The store of a folder."""
        self._store = LentStore(self.server_of(folder))
        return self._store

    def start(self) -> Server:
        """Start the server for the first time or, after it was stopped or killed, again: on other ports."""
        with mock.patch.dict(os.environ, JAVA):
            self._server = neo4j_server.start(self._home, heap=HEAP)
        return self._server

    def stop(self) -> None:
        """Stop the server in good order, until somebody needs it."""
        neo4j_server.stop(self._home)
        self._server = None

    def kill(self) -> None:
        """End the server as a failing machine does."""
        if self._server is not None and neo4j_server.running(self._home) == self._server:
            os.kill(self._server.pid, signal.SIGKILL)


@contextmanager
def lender(home: Path) -> Iterator[Lender]:
    """A lender whose server is killed at the end: nobody needs what it keeps, and to leave in order takes seconds."""
    lending = Lender(home)
    try:
        yield lending
    finally:
        lending.kill()

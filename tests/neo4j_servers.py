"""Real Neo4j servers for tests: started when a test needs one, one for each store that is open at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from kg import neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_server import Server
from kg.neo4j_session import Connection

HEAP = "512m"
# A server of a test lives for seconds: it is not worth its while to be optimised.
JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def wipe(server: Server) -> None:
    """Take everything out of a server's database, constraints and indexes excepted."""
    connection = Connection(server.login, 10)
    connection.alone("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS")
    connection.close()


class LentStore(Neo4jStore):
    """A store that says when its server is free for another one."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.login, patience=10)
        self.open = True

    def close(self) -> None:
        super().close()
        self.open = False


class Servers:
    """A folder stands for a server, as long as no other folder needs it: Neo4j Community has one database a server."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folders: dict[Path, Server] = {}
        self._stores: dict[Path, LentStore] = {}
        self.started: list[Server] = []

    def server_of(self, folder: Path) -> Server:
        """The server of a folder, emptied if it was another's."""
        if folder not in self._folders:
            self._folders[folder] = self._free() or self._start()
            wipe(self._folders[folder])
        return self._folders[folder]

    def open(self, folder: Path) -> LentStore:
        """The store of a folder."""
        self._stores[folder] = LentStore(self.server_of(folder))
        return self._stores[folder]

    def replace(self, server: Server, again: Server) -> None:
        """Note that a server was started again."""
        self.started = [again if one == server else one for one in self.started]
        self._folders = {folder: again if one == server else one for folder, one in self._folders.items()}

    def _free(self) -> Server | None:
        for folder in list(self._folders):
            if folder in self._stores and not self._stores[folder].open:
                del self._stores[folder]
                return self._folders.pop(folder)
        return None

    def _start(self) -> Server:
        with mock.patch.dict(os.environ, JAVA):
            self.started.append(neo4j_server.start(self._home / str(len(self.started)), heap=HEAP))
        return self.started[-1]


@contextmanager
def servers(home: Path) -> Iterator[Servers]:
    """Servers that are stopped at the end."""
    lent = Servers(home)
    try:
        yield lent
    finally:
        for server in lent.started:
            neo4j_server.stop(Path(server.home))

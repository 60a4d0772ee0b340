"""A graph that queries run over, and the processes that hold it; see `kg.sparql_worker`."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Client, Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kg.sparql_worker import READY, Request
from ontology.errors import InvalidInput, StoreUnavailable

PROGRAM: Final = "import sys; from kg.sparql_worker import main; main(*sys.argv[1:])"
SLACK: Final = 5.0
"""Seconds that a process is given to end by itself after its time."""


class LoadedGraph:
    """A graph from N-Quads, which go when it is loaded, or in a folder. `work` is a folder that goes with it.

    Raises `StoreUnavailable` if it cannot be loaded. May be used by several threads; closing lets those that wait for
    an answer have it.
    """

    def __init__(self, place: Path, work: TemporaryDirectory[str] | None = None) -> None:
        self._work = work or TemporaryDirectory(prefix="crossmedia-")
        self._address = str(Path(self._work.name) / "socket")
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._asked = 0
        self._closing = False
        errors = Path(self._work.name) / "errors"
        with errors.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, self._address, str(place)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
            )
        assert self._process.stdout is not None
        if self._process.stdout.read(len(READY)) != READY:
            said = errors.read_text("utf-8", "replace").strip()[-500:]
            self.close()
            raise StoreUnavailable(f"the graph cannot be loaded for queries: {said or 'the process ended'}")

    def ask(self, request: Request) -> bytes:
        """The answer to a query. Raises `InvalidInput` for one that cannot be run or goes beyond its limits."""
        with self._lock:
            self._asked += 1
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._connect()
            error, body = self._reply(connection, request)
            with self._lock:
                self._idle.append(connection)
        finally:
            with self._lock:
                self._asked -= 1
                last = self._closing and not self._asked
            if last:
                self._end()
        if error:
            raise InvalidInput(error)
        return body

    def _connect(self) -> Connection:
        try:
            return Client(self._address, family="AF_UNIX")
        except OSError as error:
            raise StoreUnavailable(f"the process that queries run in is gone: {error}") from error

    def _reply(self, connection: Connection, request: Request) -> tuple[str, bytes]:
        """What was wrong, or nothing, and the answer."""
        begun = time.monotonic()
        try:
            connection.send(request)
            if connection.poll(request.seconds + SLACK):
                return str(connection.recv()), connection.recv_bytes()
        except (EOFError, OSError):
            pass  # the process of this connection ended, which the next lines tell
        connection.close()
        if time.monotonic() - begun >= request.seconds:
            raise InvalidInput(f"the query took longer than {request.seconds:g} seconds and was stopped")
        raise InvalidInput(
            f"the query needed more than {request.memory:,} bytes of memory, or is nested too deeply, and was stopped"
        )

    def close(self) -> None:
        """End the processes as soon as nobody waits for an answer."""
        with self._lock:
            self._closing = True
            last = not self._asked
        if last:
            self._end()

    def _end(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()
        self._work.cleanup()

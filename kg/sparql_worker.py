"""The processes in which queries run, apart from the program that asks.

One process holds the graph of a file (and removes that) or of a folder, and waits at a socket; for each connection it
forks a child, which shares the graph's memory, runs one query at a time, and dies when a query takes too long or too
much. A child can open no file and no connection. All end when the program does that started the first.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from ontology.errors import InvalidInput
from ontology.terms import PREFIXES

READY: Final = b"ready"
MARGIN: Final = 256 * 2**20
"""Bytes of memory that a process needs besides what it measures."""


@dataclass(frozen=True, slots=True)
class Request:
    """A query and how its answer is to be: `form` is a key of `ROWS` or `GRAPHS`; `seconds`, `rows`, `size` (bytes of
    the answer) and `memory` (bytes) are the most it may take. `chosen` are the graphs that the query itself names by
    FROM; the other graphs are chosen in place of them; none at all means the union of all.
    """

    query: str
    form: str
    seconds: float
    rows: int
    size: int
    memory: int
    chosen: tuple[str, ...] = ()
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class _TooLong(Exception):
    """The answer has more bytes than wanted."""


class _Bounded(io.RawIOBase):
    """A file in memory that takes only so many bytes."""

    def __init__(self, most: int) -> None:
        self.written = bytearray()
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.written += piece
        if len(self.written) > self._most:
            raise _TooLong
        return len(piece)


def _csv_rows(body: bytes) -> int:
    csv.field_size_limit(2**31 - 1)
    return sum(1 for _ in csv.reader(io.StringIO(body.decode(), newline=""))) - 1


# In each syntax, the engine's name of it and how rows are counted in an answer.
ROWS: Final[dict[str, tuple[ox.QueryResultsFormat, Callable[[bytes], int]]]] = {
    "json": (ox.QueryResultsFormat.JSON, lambda body: len(json.loads(body)["results"]["bindings"])),
    "xml": (ox.QueryResultsFormat.XML, lambda body: body.count(b"<result>")),
    "csv": (ox.QueryResultsFormat.CSV, _csv_rows),
    "tsv": (ox.QueryResultsFormat.TSV, lambda body: body.count(b"\n") - 1),
}
GRAPHS: Final[dict[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}
SHORTEST_ROW: Final = 3
"""Bytes of the shortest row with what stands between it and the next: what is shorter need not be counted."""


def answer(graph: ox.Store, request: Request) -> bytes:
    """Run a query. Raises `InvalidInput` for one that is none, asks what its answer is not, or answers too much."""
    try:
        _check_graphs(graph, (*request.chosen, *request.default_graphs, *request.named_graphs))
        result = graph.query(
            request.query,
            prefixes={name: str(namespace) for name, namespace in PREFIXES.items()},
            use_default_graph_as_union=not (request.chosen or request.default_graphs or request.named_graphs),
            default_graph=[ox.NamedNode(iri) for iri in request.default_graphs] or None,
            named_graphs=[ox.NamedNode(iri) for iri in request.named_graphs] or None,
        )
        return _written(result, request)
    except _TooLong:
        raise InvalidInput(f"the answer is longer than {request.size:,} bytes; ask for less, with LIMIT") from None
    except InvalidInput:
        raise
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise InvalidInput(f"the query cannot be run: {error}") from error
    except OSError as error:
        raise InvalidInput(f"the query cannot be run, it asks for something outside of the graph: {error}") from error


def _check_graphs(graph: ox.Store, names: tuple[str, ...]) -> None:
    for name in names:
        if not graph.contains_named_graph(ox.NamedNode(name)):
            there = ", ".join(sorted(str(node) for node in graph.named_graphs())[:10])
            raise InvalidInput(f"there is no graph <{name[:200]}>, and none is fetched; there are: {there}")


def _written(result: Any, request: Request) -> bytes:
    bounded = _Bounded(request.size)
    output = cast("IO[bytes]", bounded)
    triples = isinstance(result, ox.QueryTriples)
    if triples != (request.form in GRAPHS):
        what, forms = ("triples", GRAPHS) if triples else ("rows or yes and no", ROWS)
        raise InvalidInput(f"the query answers with {what}, which is given as one of: {', '.join(forms)}")
    if triples:
        used = {name: str(namespace) for name, namespace in PREFIXES.items()}
        ox.serialize(result, output, GRAPHS[request.form], prefixes=used)
        return bytes(bounded.written)
    form, count = ROWS[request.form]
    result.serialize(output, form)
    body = bytes(bounded.written)
    if isinstance(result, ox.QuerySolutions) and len(body) > SHORTEST_ROW * request.rows:
        rows = count(body)
        if rows > request.rows:
            raise InvalidInput(
                f"the answer has {rows:,} rows, at most {request.rows:,} are given; ask for less, with LIMIT"
            )
    return body


def _serve(graph: ox.Store, connection: Connection) -> None:
    """Answer the queries of one connection, till it ends or one of them goes too far."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # what is open stays so, nothing else can be: no file, no server
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            request: Request = connection.recv()
        except EOFError:
            return
        resource.setrlimit(resource.RLIMIT_AS, (own + MARGIN + request.memory, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, request.seconds)  # its signal ends the process, whatever it is doing
        error = ""
        try:
            body = answer(graph, request)
        except InvalidInput as wrong:
            error, body = str(wrong), b""
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(error)
        connection.send_bytes(body)


def main(address: str, place: str) -> None:
    """Load the graph, say so, and fork a child for every connection."""
    path = Path(place)
    graph = None if path.is_dir() else ox.Store()
    if graph is not None:
        graph.bulk_load(path=place, format=ox.RdfFormat.N_QUADS, lenient=True)  # we wrote it ourselves
        path.unlink()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are forgotten at once
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed for the program is not for us
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(sys.stdout.fileno(), READY)
        while True:
            waiting, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in waiting:
                return
            client, _ = listener.accept()
            if os.fork():
                client.close()
                continue
            listener.close()
            # A graph on disk has threads of its own, which do not survive a fork: each child opens it.
            _serve(graph or ox.Store.read_only(place), Connection(client.detach()))
            os._exit(0)

"""SPARQL 1.1 queries over the graph of a store: read only, each in a process of its own with limits.

The engine is Oxigraph. A graph that fits is loaded into memory, a larger one into a folder that is kept for as long as
the store does not change. The default graph is the union of all named graphs.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg import facts, rdf
from kg.rdf import dataset as graph
from kg.sparql_forms import FORMS
from kg.sparql_graph import LoadedGraph
from kg.sparql_text import checked, gives_graph, named_graphs
from kg.sparql_worker import Request
from kg.store import Store
from ontology.errors import Conflict, InvalidInput
from ontology.terms import Base

__all__ = ["Answer", "Engine", "Limits", "graph"]
TOGETHER: Final = 4
"""Queries that run at the same time; further ones wait their turn."""
IN_MEMORY: Final = 512 * 2**20
"""Bytes of N-Quads up to which a graph is held in memory, which takes about three times as much."""
FACTS: Final = "graph/facts/"
"""The graph of the facts that users brought, under the base; no run is called so."""
TRIPLE_END: Final = " .\n"
PATIENCE: Final = 20
"""While a store keeps changing, its graph is made anew at most every so many times as long as making it takes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a query may take: seconds, rows and bytes of its answer, and bytes of memory."""

    seconds: float = 10.0
    rows: int = 10_000
    size: int = 16 * 2**20
    memory: int = 2**30


class Answer(NamedTuple):
    """An answer as it is written, in one of the forms of `kg.sparql_forms`."""

    form: str
    body: bytes


class Engine:
    """Answers queries over a store, whose records have IRIs under `base`.

    `state` gives a text that is another one whenever the store has changed. `folder` is where a graph too large for
    memory is kept; without one it goes with the engine. May be used by several threads; `close` ends its processes.
    """

    def __init__(
        self,
        store: Store,
        state: Callable[[], str],
        *,
        folder: Path | None = None,
        base: Base | None = None,
        in_memory: int = IN_MEMORY,
        patience: float = PATIENCE,
    ) -> None:
        self._store = store
        self._state = state
        self._folder = folder
        self.base = base or Base()
        self._in_memory = in_memory
        self._patience = patience
        self._turns = threading.BoundedSemaphore(TOGETHER)
        self._lock = threading.Lock()
        self._loaded: LoadedGraph | None = None
        self._known = ("", 0.0)

    def query(
        self,
        query: str,
        form: str = "",
        limits: Limits | None = None,
        *,
        default_graphs: Sequence[str] = (),
        named: Sequence[str] = (),
    ) -> Answer:
        """The answer to a query in one of the forms of `kg.sparql_forms`; if none is named, JSON or Turtle.

        `default_graphs` and `named` choose graphs by IRI, in place of those that the query chooses. Raises
        `InvalidInput` for what is no query, is refused or goes beyond the limits, `Conflict` if too many others run.
        """
        limits = limits or Limits()
        found = checked(query)
        chosen = named_graphs(found)
        form = form or ("turtle" if gives_graph(found) else "json")
        if form not in FORMS:
            raise InvalidInput(f"there is no form {form[:40]!r} of answers; there are: {', '.join(FORMS)}")
        request = Request(
            query, form, limits.seconds, limits.rows, limits.size, limits.memory, tuple(chosen), tuple(default_graphs),
            tuple(named),
        )  # fmt: skip
        if not self._turns.acquire(timeout=limits.seconds):
            raise Conflict(f"{TOGETHER} other queries are running; try again when they are done")
        try:
            return Answer(form, self._current().ask(request))
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the processes; the next query starts new ones."""
        with self._lock:
            if self._loaded is not None:
                self._loaded.close()
            self._loaded = None

    def _current(self) -> LoadedGraph:
        """The graph as the store is now, or was a short while ago."""
        state = self._state()
        with self._lock:
            before, until = self._known
            if self._loaded is not None and (state == before or time.monotonic() < until):
                return self._loaded
            begun = time.monotonic()
            loaded = self._load(state)
            if self._loaded is not None:
                self._loaded.close()
            self._loaded = loaded
            self._known = (state, time.monotonic() + self._patience * (time.monotonic() - begun))
            return loaded

    def _load(self, state: str) -> LoadedGraph:
        kept = self._folder / sha256(state.encode()).hexdigest()[:16] if self._folder is not None else None
        if kept is not None and kept.is_dir():
            return LoadedGraph(kept)
        work = TemporaryDirectory(prefix="crossmedia-")
        quads = Path(work.name) / "graph.nq"
        with quads.open("wb") as file:
            rdf.export(self._store, file, base=self.base)
            named = f" <{self.base.iri}{FACTS}> .\n"
            file.writelines(f"{line.removesuffix(TRIPLE_END)}{named}".encode() for line in facts.lines(self._store))
        if quads.stat().st_size <= self._in_memory:
            return LoadedGraph(quads, work)
        if kept is None:
            return LoadedGraph(_built(quads, Path(work.name) / "graph"), work)
        _keep(quads, kept)
        work.cleanup()
        return LoadedGraph(kept)


def _keep(quads: Path, kept: Path) -> None:
    """Build a graph in its folder, in place of those of other states."""
    kept.parent.mkdir(exist_ok=True)
    for old in kept.parent.iterdir():
        shutil.rmtree(old, ignore_errors=True)
    new = _built(quads, kept.with_suffix(f".{os.getpid()}"))
    try:
        new.rename(kept)
    except OSError:  # another program was faster
        shutil.rmtree(new)


def _built(quads: Path, folder: Path) -> Path:
    """A graph on disk from its quads."""
    made = ox.Store(str(folder))
    made.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS, lenient=True)  # we wrote it ourselves
    made.flush()
    return folder

"""Store to RDF and back, without loss: N-Quads, N-Triples, Turtle and JSON-LD.

N-Quads and N-Triples are written straight from the records; Turtle and JSON-LD go from those lines through Oxigraph's
parser and serialiser. All stream: memory does not grow with the graph, and equal graphs give equal files. In N-Quads
and JSON-LD the links of each run stand in a named graph of their own; nothing is lost without the graphs, since each
link names its run.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, BinaryIO, Final, Literal, TypeVar, cast, get_args

import pyoxigraph as ox

from kg.rdf_lines import Lines
from kg.rdf_read import Reading
from kg.store import Store
from ontology.errors import InvalidInput, StoreUnavailable
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.terms import PREFIXES, Base
from ontology.topic import Topic, TopicChange, TopicShare

if TYPE_CHECKING:
    from rdflib import Dataset

T = TypeVar("T")
Form = Literal["nquads", "ntriples", "turtle", "jsonld"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
SUFFIXES: Final[dict[str, Form]] = {".nq": "nquads", ".nt": "ntriples", ".ttl": "turtle", ".jsonld": "jsonld"}

BATCH: Final = 2000
TOGETHER: Final = 16
"""Pieces of text that are written at once: few enough to stay where memory is used again and not asked for anew."""
IN_MEMORY: Final = 256 * 2**20
"""A file of more bytes is read by way of a folder on disk."""

_FORMATS: Final[dict[Form, ox.RdfFormat]] = {
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def form_of(path: Path) -> Form:
    """The syntax that the name of a file tells. Raises `InvalidInput`."""
    if path.suffix not in SUFFIXES:
        raise InvalidInput(f"{path} does not tell its syntax by its name: {', '.join(SUFFIXES)}, or name it")
    return SUFFIXES[path.suffix]


def lines(store: Store, *, base: Base | None = None, quads: bool = True, vectors: bool = False) -> Iterator[str]:
    """The graph as N-Quads, or N-Triples without `quads`, in pieces of whole lines, one or a few a record.

    The order is that of the kinds and then of ids. `vectors` tells the views as well; payloads, marks and settings are
    never told.
    """
    write = Lines(base or Base(), quads=quads)
    yield write.start()
    yield from map(write.source, store.scan(Source))
    yield from map(write.object, store.scan(MediaObject))
    yield from map(write.annotation, store.scan(Annotation))
    yield from map(write.correlation, store.scan(Correlation))
    for batch in _batches(store.scan(Event), BATCH // 10):
        told = {piece.object for event in batch for aspect in event.aspects for piece in aspect.evidence}
        sources = {item.id: item.source for item in store.get(MediaObject, told).values()}
        for event in batch:
            yield from write.event(event, sources)
    yield from map(write.failure, store.scan(Failure))
    yield from map(write.decision, store.scan(Decision))
    for topic in store.scan(Topic):
        yield from write.topic(topic)
    yield from map(write.topic_share, store.scan(TopicShare))
    yield from map(write.topic_change, store.scan(TopicChange))
    if vectors:
        yield from _vectors(store, write)


def _vectors(store: Store, write: Lines) -> Iterator[str]:
    for batch in _batches(store.scan(MediaObject), BATCH):
        ids = [item.id for item in batch]
        for name in store.view_names():
            view = store.view(name, ids)
            for item, fragment, row in zip(view.ids, view.fragments, view.matrix, strict=True):
                yield write.vector(name, item, fragment, row)


def export(
    store: Store, output: BinaryIO, form: Form = "nquads", *, base: Base | None = None, vectors: bool = False
) -> None:
    """Write the graph of a store in one of the syntaxes, in UTF-8."""
    quads = form in ("nquads", "jsonld")
    pieces = lines(store, base=base, quads=quads, vectors=vectors)
    if form in ("nquads", "ntriples"):
        for batch in _batches(pieces, TOGETHER):
            output.write("".join(batch).encode())
        return
    told = ox.parse(_file(pieces), format=ox.RdfFormat.N_QUADS)
    statements: Iterable[ox.Quad | ox.Triple] = told if quads else (quad.triple for quad in told)
    prefixes = {name: str(namespace) for name, namespace in PREFIXES.items()}
    ox.serialize(statements, output, format=_FORMATS[form], prefixes=prefixes)  # type: ignore[arg-type]


def _file(pieces: Iterator[str]) -> IO[bytes]:
    return cast("IO[bytes]", _Pieces(pieces))


class _Pieces(io.RawIOBase):
    """Pieces of text as a file that is read once."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = _batches(pieces, TOGETHER)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            batch = next(self._pieces, None)
            if batch is None:
                return b""
            self._rest = "".join(batch).encode()
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def load(store: Store, path: Path, form: Form | None = None) -> int:
    """Add all records that a file tells to a store, all or none; gives how many.

    The syntax is that of the name if `form` is None. Raises `InvalidInput` for what is no such file or tells a record
    wrongly.
    """
    with parsed(path, form or form_of(path)) as graph, store.transaction():
        reading, number = Reading(graph), 0
        for batch in _batches(reading.records(), BATCH):
            store.add(batch)
            number += len(batch)
        for view in reading.vectors(BATCH):
            store.put_view(view)
    return number


@contextmanager
def parsed(path: Path, form: Form) -> Iterator[ox.Store]:
    """The graph of a file for the length of a block, in memory or, if it is large, on disk."""
    try:
        large = path.stat().st_size > IN_MEMORY
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    with TemporaryDirectory(prefix="crossmedia-") as folder:
        graph = ox.Store(folder) if large else ox.Store()
        try:
            graph.bulk_load(path=str(path), format=_FORMATS[form])
        except (SyntaxError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} is not {form}: {error}") from error
        except OSError as error:
            raise StoreUnavailable(f"{path} cannot be loaded: {error}") from error
        yield graph
        del graph  # lets go of the files before the folder goes


def dataset(store: Store, *, base: Base | None = None) -> Dataset:
    """A copy of the graph of a store in memory as an rdflib dataset, whose queries Oxigraph runs.

    The default graph is the union of all. What is added to it does not come back into the store.
    """
    from oxrdflib import OxigraphStore
    from rdflib import Dataset

    graph = ox.Store()
    graph.bulk_load(_file(lines(store, base=base)), format=ox.RdfFormat.N_QUADS)
    return Dataset(store=OxigraphStore(store=graph), default_union=True)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    turn = iter(items)
    while batch := list(islice(turn, size)):
        yield batch

"""A graph of RDF to work on for the length of a block: that of a store, or that of a file in any of the syntaxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox

from kg import facts
from kg.rdf import SUFFIXES, export, parsed
from kg.store import Store
from ontology.errors import InvalidInput
from ontology.terms import Base

XML_SUFFIXES: Final = (".rdf", ".owl", ".xml")
LARGEST_XML: Final = 256 * 2**20

_ENTITY: Final = re.compile(rb"<!ENTITY\s+(.*?)>", re.DOTALL)
# Short names of namespaces, as ontology editors write them; nothing that grows when it is put in, nothing from outside.
_HARMLESS: Final = re.compile(rb"""[\w.-]+\s+(?:"[^"&%]{0,200}"|'[^'&%]{0,200}')\s*""")


@contextmanager
def of_store(store: Store, base: Base | None = None) -> Iterator[ox.Store]:
    """All that a store tells, without vectors but with the facts kept; in memory if it is small, on disk else."""
    with TemporaryDirectory(prefix="crossmedia-") as folder:
        file = Path(folder) / "graph.nq"
        with file.open("wb") as output:
            export(store, output, "nquads", base=base)
            output.writelines(line.encode() for line in facts.lines(store))
        with parsed(file, "nquads") as graph:
            yield graph


@contextmanager
def of_file(path: Path) -> Iterator[ox.Store]:
    """What a file tells: N-Quads, N-Triples, Turtle, JSON-LD or RDF/XML, by the ending of its name.

    Nothing outside the file is read. Raises `InvalidInput` for what is no such file, and for RDF/XML whose entities
    could make it grow.
    """
    if path.suffix in XML_SUFFIXES:
        yield _xml(path)
    elif path.suffix in SUFFIXES:
        with parsed(path, SUFFIXES[path.suffix]) as graph:
            yield graph
    else:
        known = ", ".join((*SUFFIXES, *XML_SUFFIXES))
        raise InvalidInput(f"{path} does not tell its syntax by its name: it must end in one of {known}")


def _xml(path: Path) -> ox.Store:
    try:
        if path.stat().st_size > LARGEST_XML:
            raise InvalidInput(f"{path} is too large for RDF/XML ({path.stat().st_size} bytes); use N-Triples")
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidInput(f"{path} is RDF/XML in UTF-16; only UTF-8 is read")
    for entity in _ENTITY.findall(content):
        if not _HARMLESS.fullmatch(entity):
            raise InvalidInput(f"{path} declares an entity that is no short name: {entity[:60]!r}")
    graph = ox.Store()
    try:
        graph.bulk_load(content, format=ox.RdfFormat.RDF_XML, base_iri=path.resolve().as_uri())
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not RDF/XML: {error}") from error
    return graph

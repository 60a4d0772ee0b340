"""SPARQL over a store: the engine that the command line and the service share, and when its graph is out of date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.deciding import REVISION
from kg.sqlite import SQLiteStore
from kg.sqlite_schema import FILE
from kg.store import Record, Store
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.terms import DEFAULT_BASE, Base
from ontology.topic import Topic, TopicChange, TopicShare

if TYPE_CHECKING:
    from kg.sparql import Engine

NAME: Final = "crossmedia.sparql"
FOLDER: Final = "sparql"
"""Where in the folder of a store a graph lies that is too large for memory."""
KINDS: Final[tuple[type[Record], ...]] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip
SETTINGS: Final = ("related", "topics", REVISION, "facts")


def engine(store: Store, base: Base | None = None) -> Engine:
    """What answers SPARQL over a store; the base is that of the environment if none is given."""
    from kg.sparql import Engine

    folder = store.path / FOLDER if isinstance(store, SQLiteStore) else None
    chosen = base or Base(os.environ.get("CROSSMEDIA_BASE", DEFAULT_BASE))
    return Engine(store, lambda: f"{chosen.iri} {state(store)}", folder=folder, base=chosen)


def state(store: Store) -> str:
    """A text that is another one when the store has changed.

    A store in a folder is asked by its files, which every write touches; another one by how many records it holds and
    by what builds, decisions and imports note in it.
    """
    if isinstance(store, SQLiteStore):
        return " ".join(map(_touched, (store.path / FILE, store.path / f"{FILE}-wal")))
    return repr(([store.count(kind) for kind in KINDS], [store.setting(name) for name in SETTINGS]))


def _touched(file: Path) -> str:
    """When a file was last written and how large it is; nothing for one that is empty or not there."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns}:{found.st_size}" if found.st_size else ""

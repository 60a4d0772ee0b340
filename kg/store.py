"""Where the graph is kept: what every backend does, and nothing that only one could do.

A store takes and gives the records of `ontology.model`. Adding is idempotent (same id, same content: nothing changes),
reading is batched, and removing an object removes all that was derived from it. Besides records a store keeps, for each
object, its *views* (vectors) and *payloads* (bytes such as a parse or a thumbnail), and for each stage of the pipeline
how far it came, so that a build can stop at any moment and go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import numpy as np

from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Modality, Source
from ontology.topic import About, Topic, TopicChange, TopicShare

Record = Source | MediaObject | Annotation | Correlation | Event | Failure | Decision | Topic | TopicShare | TopicChange
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class View:
    """Vectors of one kind: row i of `matrix` (n x d, float32) shows segment `fragments[i]` of object `ids[i]`."""

    name: str
    ids: tuple[str, ...]
    fragments: tuple[str, ...]
    matrix: np.ndarray


class Store(Protocol):
    """A graph backend. Every method may raise `StoreUnavailable`; unknown ids are left out of answers, not errors."""

    # Transactions. Writes outside one are a transaction each; a block that raises leaves the store as it was.
    def transaction(self) -> AbstractContextManager[None]:
        """A block of writes, kept together. Blocks nest: an inner one joins the outer one, which alone commits."""

    def close(self) -> None:
        """Let go of files and connections; nothing may be asked afterwards."""

    # Records.
    def add(self, records: Iterable[Record]) -> None:
        """Insert or replace by id, all or nothing. What a record refers to (the source of an object; the objects of an
        annotation, link or event; the examples and the broader topic of a topic; both ends of a share) must be in the
        store or in the same batch, in whatever order, else `InvalidInput`; decisions and changes of topics may be about
        what is not there. What was derived from an object, event or topic that is replaced stays."""

    def get(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The records with these ids, in the order asked for, unknown ones left out. Batched: any number of ids."""

    def scan(self, kind: type[R]) -> Iterator[R]:
        """All records of a kind, ordered by id (annotations by object and position); memory stays bounded."""

    def count(self, kind: type[Record]) -> int:
        """How many records of a kind there are."""

    def remove(self, kind: type[Record], ids: Iterable[str]) -> int:
        """Remove records; say how many were there. With an object go its annotations, views, payloads, stage marks,
        correlations, the shares of topics in it and its place among their examples, and its membership and evidence in
        events (an event left without members goes too, as does an aspect left without evidence; the sources of one that
        lost evidence are counted anew). With an event or a topic go its shares, and topics that were part of one that
        goes are part of none. Its source stays, and so do decisions about it; removing a source that has objects is a
        `Conflict`."""

    # Questions.
    def annotations(self, objects: Iterable[str], kind: str | None = None) -> dict[str, list[Annotation]]:
        """For each known object asked for, what was read from it, in order of time, then of characters, then of id."""

    def neighbours(
        self,
        objects: Iterable[str],
        *,
        kinds: Sequence[str] | None = None,
        modality: Modality | None = None,
        limit: int | None = None,
    ) -> list[Correlation]:
        """Links that touch any of the objects, heaviest first (then by id); `modality` is that of the other end;
        rejected ones are left out; `limit` counts links in all."""

    def events_of(self, objects: Iterable[str]) -> dict[str, list[str]]:
        """For each known object the ids of its events, by its weight in them, then by id."""

    def topic_shares(
        self,
        ids: Iterable[str],
        of: About | Literal["topic"],
        *,
        about: About | None = None,
        limit: int | None = None,
    ) -> list[TopicShare]:
        """The shares of topics in those objects or events, or of those topics in anything, as `of` says; heaviest first
        (then by id); `about` wants those in objects or in events alone; `limit` counts shares in all."""

    def search(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[tuple[str, float]]:
        """Full-text search over title, text and everything annotated as speech or ocr: (object id, score > 0), best
        first. `query` is plain words, never syntax: nothing that a person types is an error. All words count, not all
        must be there."""

    # Views and payloads of objects.
    def put_view(self, view: View) -> None:
        """Keep vectors; those of the same object and name are replaced. `InvalidInput` for an unknown object,
        for numbers that are not finite, and for another width than that of the vectors kept under the name."""

    def view(self, name: str, objects: Iterable[str] | None = None) -> View:
        """The vectors of that name, by object id and fragment; an unknown name gives none (0 x 0)."""

    def view_names(self) -> list[str]:
        """The names under which vectors are kept, sorted."""

    def put_payloads(self, name: str, payloads: Mapping[str, bytes]) -> None:
        """Keep bytes for each object in place of those of that name; `InvalidInput` for an unknown object."""

    def payloads(self, name: str, objects: Iterable[str]) -> dict[str, bytes]:
        """The bytes of that name, in the order of the objects asked for, those without left out."""

    # How far a stage came, and small named values (JSON text) such as settings and fingerprints.
    def mark(self, stage: str, versions: Mapping[str, str]) -> None:
        """Note for each object the version at which `stage` is done with it."""

    def marks(self, stage: str) -> dict[str, str]:
        """The version noted for each object that the stage is done with."""

    def setting(self, name: str) -> str | None:
        """The value kept under a name, or None."""

    def set_setting(self, name: str, value: str | None) -> None:
        """Keep a value under a name; None forgets it."""

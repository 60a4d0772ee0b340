"""Makes one store equal to another by sending what differs: an embedded store to a Neo4j server, and back.

Records are compared by the digest of their content, so what is equal is not sent, and what is gone is removed. Each
batch is a transaction that also notes how far it came; a sync that was stopped anywhere, by a killed program or a
killed server, goes on where it was when it is run again, since it compares again. Payloads, marks and settings, which
tell how a graph was made, stay where they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

import numpy as np

from kg.neo4j_codec import digest
from kg.neo4j_views import vector_digest
from kg.store import Record, Store, View
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic, TopicChange, TopicShare, broader_first

T = TypeVar("T")
Told = Callable[[str, int], object]
"""What is told how far a sync came: the name of a part, and how many records of it were looked at."""

NOTE: Final = "sync"
"""The setting of the target that says how far the last sync came."""

BATCH: Final[Mapping[type[Any], int]] = {
    Source: 2000, MediaObject: 1000, Annotation: 5000, Correlation: 10_000, Event: 200, Failure: 2000, Decision: 2000,
    Topic: 200, TopicShare: 10_000, TopicChange: 2000,
}  # fmt: skip
OBJECTS: Final = 500
VECTORS: Final = 500


@runtime_checkable
class Digested(Protocol):
    """A store that keeps the digests of its records."""

    def digests(self, kind: type[Record]) -> Iterator[tuple[str, str]]:
        """Id and digest of every record of a kind but annotations, in order of id."""

    def annotation_digests(self, objects: Iterable[str]) -> dict[str, str]:
        """The digests of what was read from objects, by id."""

    def vector_digests(self, name: str, objects: Iterable[str]) -> dict[str, dict[str, str]]:
        """For each object that has vectors of that name, the digests of them by fragment."""


@dataclass(slots=True)
class Sent:
    """What a sync did: how many records of each kind, and vectors, were sent, and how many removed."""

    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)


def sync(source: Store, target: Store, *, vectors: bool = False, told: Told = lambda part, count: None) -> Sent:
    """Make the records of `target`, and if asked its vectors, those of `source`. Neither may be written by others.

    May be stopped at any moment and run again.
    """
    work = _Work(source, target, told)
    if vectors:
        work.forget_vectors()
    work.records(Source, removing=False)
    work.records(MediaObject)
    work.annotations()
    for kind in (Correlation, Event, Failure, Decision):
        work.records(kind)
    work.topics()
    work.records(TopicShare)
    work.records(TopicChange)
    work.records(Source)
    if vectors:
        work.vectors()
    target.set_setting(NOTE, json.dumps(work.note() | {"finished": True}))
    return work.sent


def total(source: Store, vectors: bool) -> int:
    """How many records, and vectors if asked, a sync will look at."""
    objects = source.count(MediaObject)
    return sum(map(source.count, BATCH)) + (objects * len(source.view_names()) if vectors else 0)


def differences(
    ours: Iterator[tuple[str, str]], theirs: Iterator[tuple[str, str]]
) -> Iterator[tuple[str, bool | None]]:
    """Walk through two lists of ids with digests, both in order: each id, and what is to be done with theirs.

    True to send ours, False to remove theirs, None for nothing.

    >>> list(differences(iter([("a", "1"), ("b", "1")]), iter([("b", "1"), ("c", "1")])))
    [('a', True), ('b', None), ('c', False)]
    """
    end = ("", "")
    mine, their = next(ours, end), next(theirs, end)
    while mine is not end or their is not end:
        if their is end or (mine is not end and mine[0] < their[0]):
            yield mine[0], True
            mine = next(ours, end)
        elif mine is end or their[0] < mine[0]:
            yield their[0], False
            their = next(theirs, end)
        else:
            yield mine[0], None if mine[1] == their[1] else True
            mine, their = next(ours, end), next(theirs, end)


class _Work:
    """One sync on its way."""

    def __init__(self, source: Store, target: Store, told: Told) -> None:
        self.source, self.target, self.told = source, target, told
        self.sent = Sent()
        self._part = ""

    def note(self) -> dict[str, Any]:
        return {"finished": False, "part": self._part, "added": self.sent.added, "removed": self.sent.removed}

    def records(self, kind: type[Any], *, removing: bool = True) -> None:
        """Send the records of a kind that differ, and remove those that are gone."""
        self._part = kind.__name__
        changes = differences(_digests(self.source, kind), _digests(self.target, kind))
        for batch in _batched(changes, BATCH[kind]):
            wanted = [id_ for id_, send in batch if send]
            gone = [id_ for id_, send in batch if send is False] if removing else []
            self._send(kind, self.source.get(kind, wanted).values(), gone)
            if removing:
                self.told(self._part, len(batch) - len(gone))

    def topics(self) -> None:
        """Send the topics that differ, broader ones first, and remove those that are gone."""
        self._part = Topic.__name__
        changes = list(differences(_digests(self.source, Topic), _digests(self.target, Topic)))
        wanted = self.source.get(Topic, [id_ for id_, send in changes if send])
        for batch in _batched(broader_first(wanted.values()), BATCH[Topic]):
            self._send(Topic, batch, ())
        self._send(Topic, (), [id_ for id_, send in changes if send is False])
        self.told(self._part, sum(send is not False for _, send in changes))

    def annotations(self) -> None:
        """Send what was read from objects where it differs, and remove what is gone."""
        self._part = Annotation.__name__
        for objects in _batched((item.id for item in self.source.scan(MediaObject)), OBJECTS):
            ours = [read for part in self.source.annotations(objects).values() for read in part]
            theirs = _annotation_digests(self.target, objects)
            gone = list(theirs.keys() - {read.id for read in ours})
            for batch in _batched((read for read in ours if theirs.get(read.id) != digest(read)), BATCH[Annotation]):
                self._send(Annotation, batch, ())
            self._send(Annotation, (), gone)
            self.told(self._part, len(ours))

    def _send(self, kind: type[Record], records: Iterable[Record], gone: Iterable[str]) -> None:
        records, gone = list(records), list(gone)
        if records or gone:
            with self.target.transaction():
                self.target.add(records)
                self.sent.removed[kind.__name__] += self.target.remove(kind, gone)
                self.sent.added[kind.__name__] += len(records)
                self.target.set_setting(NOTE, json.dumps(self.note()))

    def forget_vectors(self) -> None:
        """Remove the objects that have vectors of a name which they have no more; all of them is sent anew.

        In a store, vectors are replaced by others or go with their object.
        """
        self._part = "Vector"
        for name in self.target.view_names():
            for objects in _batched((item.id for item in self.source.scan(MediaObject)), VECTORS):
                ours, theirs = _vector_digests(self.source, name, objects), _vector_digests(self.target, name, objects)
                self._send(MediaObject, (), sorted(theirs.keys() - ours.keys()))

    def vectors(self) -> None:
        """Send the vectors of objects where they differ."""
        self._part = "Vector"
        for name in self.source.view_names():
            for objects in _batched((item.id for item in self.source.scan(MediaObject)), VECTORS):
                ours, theirs = _vector_digests(self.source, name, objects), _vector_digests(self.target, name, objects)
                self._send_vectors(name, [item for item in ours if theirs.get(item) != ours[item]])
                self.told(self._part, len(objects))

    def _send_vectors(self, name: str, objects: list[str]) -> None:
        if objects:
            view = self.source.view(name, objects)
            with self.target.transaction():
                self.target.put_view(view)
                self.sent.added["Vector"] += len(view.ids)
                self.target.set_setting(NOTE, json.dumps(self.note()))


def _digests(store: Store, kind: type[Any]) -> Iterator[tuple[str, str]]:
    if isinstance(store, Digested):
        return store.digests(kind)
    return ((record.id, digest(record)) for record in store.scan(kind))


def _annotation_digests(store: Store, objects: Iterable[str]) -> dict[str, str]:
    if isinstance(store, Digested):
        return store.annotation_digests(objects)
    return {read.id: digest(read) for part in store.annotations(objects).values() for read in part}


def _vector_digests(store: Store, name: str, objects: Iterable[str]) -> dict[str, dict[str, str]]:
    if isinstance(store, Digested):
        return store.vector_digests(name, objects)
    return _by_object(store.view(name, objects))


def _by_object(view: View) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for item, fragment, vector in zip(view.ids, view.fragments, view.matrix.astype("<f4"), strict=True):
        found.setdefault(item, {})[fragment] = vector_digest(np.ascontiguousarray(vector).tobytes())
    return found


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch

"""What lists are chosen from: a line in memory for each event and object, so that a filter need not read the store.

Lines are read again when a build has changed the graph, when the number of events or objects is another, and now and
then for whatever else was written: reading takes at most a twentieth of the time. What a list then shows is always read
from the store.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kg.store import Store
from ontology.model import Event, MediaObject, Modality

PATIENCE: Final = 20
RELATED: Final = "related"
"""The setting in which a build notes what the graph was made of."""

State = tuple[int, int, str | None]


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """What objects are filtered by."""

    id: str
    modality: Modality
    source: str
    collection: str
    document: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """What events are filtered and ordered by; `told` is title, summary and answers, case folded."""

    id: str
    told: str
    start: datetime | None
    end: datetime | None
    size: int
    sources: frozenset[str]
    modalities: frozenset[Modality]


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines by id, as they were at `state`; old from `expires` on."""

    state: State
    expires: float
    events: tuple[EventLine, ...]
    objects: tuple[ObjectLine, ...]


def object_line(item: MediaObject) -> ObjectLine:
    """The line of an object."""
    return ObjectLine(item.id, item.modality, item.source, item.collection, item.document, item.published)


def event_line(event: Event, known: dict[str, ObjectLine]) -> EventLine:
    """The line of an event, with the sources and media of its members."""
    told = "\n".join((event.title, event.summary, *(aspect.value for aspect in event.aspects))).casefold()
    members = [known[member.object] for member in event.members if member.object in known]
    sources = frozenset(line.source for line in members)
    modalities = frozenset(line.modality for line in members)
    return EventLine(event.id, told, event.start, event.end, len(event.members), sources, modalities)


class Catalogue:
    """The lines of a store, kept between requests and shared by threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._lines: Lines | None = None

    def lines(self) -> Lines:
        """The lines, read again if they may no longer be true."""
        state = (self._store.count(Event), self._store.count(MediaObject), self._store.setting(RELATED))
        lines = self._lines
        if lines is not None and lines.state == state and time.monotonic() < lines.expires:
            return lines
        # While one thread reads, the others go on with lines of the same state.
        waiting = lines is None or lines.state != state
        if not self._lock.acquire(blocking=waiting):
            assert lines is not None
            return lines
        try:
            if self._lines is lines:
                self._lines = self._read(state)
            assert self._lines is not None
            return self._lines
        finally:
            self._lock.release()

    def published(self) -> dict[str, datetime]:
        """When each object was published, those without a time left out."""
        return {line.id: line.published for line in self.lines().objects if line.published is not None}

    def _read(self, state: State) -> Lines:
        begun = time.monotonic()
        objects = tuple(object_line(item) for item in self._store.scan(MediaObject))
        known = {line.id: line for line in objects}
        events = tuple(event_line(event, known) for event in self._store.scan(Event))
        now = time.monotonic()
        return Lines(state, now + PATIENCE * (now - begun), events, objects)

"""Which events and objects a list shows: the filters and orders that the HTTP API and the pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from api.catalogue import EventLine, ObjectLine
from ontology.model import Modality

Order = Literal["newest", "oldest", "largest"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What an event must be to be shown. None asks for nothing.

    `words` must all be in its title, summary or answers, in any case; [start, end] must touch its time, which one
    without time never does; it must have a member from `source` (an id), and one of `modality`.
    """

    words: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    source: str | None = None
    modality: Modality | None = None

    def _touches(self, event: EventLine) -> bool:
        if self.start is None and self.end is None:
            return True
        begin, finish = event.start or event.end, event.end or event.start
        if begin is None or finish is None:
            return False
        return finish >= (self.start or FIRST) and begin <= (self.end or LAST)

    def select(self, events: Sequence[EventLine], order: Order = "newest") -> list[EventLine]:
        """The events asked for: by start (those without time last) or by number of members, ties by id."""
        words = (self.words or "").casefold().split()
        chosen = [
            event
            for event in events
            if (self.source is None or self.source in event.sources)
            and (self.modality is None or self.modality in event.modalities)
            and self._touches(event)
            and all(word in event.told for word in words)
        ]
        chosen.sort(key=lambda event: event.id)
        if order == "largest":
            return sorted(chosen, key=lambda event: -event.size)
        newest = order == "newest"
        missing = FIRST if newest else LAST
        return sorted(chosen, key=lambda event: event.start or event.end or missing, reverse=newest)


@dataclass(frozen=True, slots=True)
class ObjectFilter:
    """What an object must be to be shown. None asks for nothing; `start` and `end` bound when it was published."""

    modality: Modality | None = None
    source: str | None = None
    collection: str | None = None
    document: str | None = None
    start: datetime | None = None
    end: datetime | None = None

    def _published_then(self, item: ObjectLine) -> bool:
        if self.start is None and self.end is None:
            return True
        return item.published is not None and (self.start or FIRST) <= item.published <= (self.end or LAST)

    def select(self, objects: Sequence[ObjectLine]) -> list[ObjectLine]:
        """The objects asked for, in the order given."""
        return [
            item
            for item in objects
            if self.modality in (None, item.modality)
            and self.source in (None, item.source)
            and self.collection in (None, item.collection)
            and self.document in (None, item.document)
            and self._published_then(item)
        ]

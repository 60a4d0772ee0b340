"""Objects and events as the cards that every page shows them on, read in a few batches whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.service import service
from api.web.wording import heading
from kg.curation import merged_sources
from ontology.model import Decision, Event, MediaObject, Modality, Source

# Members looked at for an event's photo: the heaviest ones that can have a picture.
PHOTO_CANDIDATES: Final = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One object: what to call it, the name of its source, and whether there is a thumbnail."""

    item: MediaObject
    heading: str
    source: str
    thumbnail: bool

    @property
    def id(self) -> str:
        """The id of the object."""
        return self.item.id

    @property
    def modality(self) -> Modality:
        """The medium of the object."""
        return self.item.modality


@dataclass(frozen=True, slots=True)
class EventCard:
    """One event: the object whose thumbnail is its photo, the numbers of members by medium and of sources."""

    event: Event
    photo: MediaObject | None
    media: tuple[tuple[Modality, int], ...]
    sources: int
    places: tuple[str, ...]


def with_thumbnail(items: Iterable[MediaObject]) -> set[str]:
    """The ids of those that have a thumbnail."""
    return set(
        service().store.payloads("thumbnail", [item.id for item in items if item.modality in ("image", "video")])
    )


def cards(ids: Iterable[str], pictures: int = 200) -> dict[str, Card]:
    """Cards of the objects that are kept, in the order given; thumbnails for the first `pictures` that can have one."""
    store = service().store
    items = store.get(MediaObject, dict.fromkeys(ids))
    sources = store.get(Source, {item.source for item in items.values()})
    visual = [item for item in items.values() if item.modality in ("image", "video")]
    shown = with_thumbnail(visual[:pictures])
    return {
        key: Card(
            item, heading(item), sources[item.source].name if item.source in sources else item.source, key in shown
        )
        for key, item in items.items()
    }


def event_cards(events: Sequence[Event]) -> list[EventCard]:
    """A card for each event, in the order given."""
    items = service().store.get(MediaObject, {member.object for event in events for member in event.members})
    members = [[items[member.object] for member in event.members if member.object in items] for event in events]
    visual = [[item for item in group if item.modality in ("image", "video")] for group in members]
    candidates = [sorted(group, key=lambda item: item.modality != "image")[:PHOTO_CANDIDATES] for group in visual]
    merged = merged_sources(service().store.scan(Decision))
    shown = with_thumbnail(item for group in candidates for item in group)
    return [
        EventCard(
            event,
            next((item for item in group if item.id in shown), None),
            tuple(sorted(Counter(item.modality for item in kept).items(), key=lambda pair: -pair[1])),
            len({merged.get(item.source, item.source) for item in kept}),
            tuple(aspect.value for aspect in event.aspect("where")[:2]),
        )
        for event, kept, group in zip(events, members, candidates, strict=True)
    ]

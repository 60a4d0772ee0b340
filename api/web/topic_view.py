"""What the pages of topics show: a line for each in the list, and one with its words, objects, events and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.service import service
from api.topic_views import Slice, own_words, timeline
from api.web.cards import Card, EventCard, cards, event_cards
from ontology.model import MODALITIES, Annotation, Event, Member, Modality
from ontology.topic import Topic, TopicShare, TopicWord

WIDTH: Final = 1000
HEIGHT: Final = 100
PICTURES: Final = 4
EVENTS: Final = 12
OF_TOPIC: Final = 0.25
"""Share of a topic in an event from which its page names the event."""
FIELDS: Final[Mapping[str, str]] = {
    "words": "Words", "phrases": "Phrases", "who": "Who", "where": "Where", "named": "Works and things",
    "labels": "Pictures show", "spoken": "Said aloud", "why": "Why", "how": "How",
}  # fmt: skip
"""How fields are called."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin of time as a bar, in a box of 1000 x 100: as high as what belongs to the topic, against its highest."""

    x: float
    width: float
    height: float
    slice: Slice


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in the list: pictures that show it, how much of what it has a share in, its time, and its parts."""

    topic: Topic
    pictures: tuple[Card, ...]
    objects: int
    events: int
    bars: tuple[Bar, ...]
    parts: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """What one collection says: the terms that set it apart, and those that it says most."""

    name: str
    own: tuple[TopicWord, ...]
    most: tuple[TopicWord, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An object that shows the topic, and why."""

    card: Card
    member: Member


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the topic with the share of the topic in it."""

    card: EventCard
    weight: float


@dataclass(frozen=True, slots=True)
class TopicView:
    """All that the page of a topic shows."""

    topic: Topic
    broader: Topic | None
    parts: tuple[Topic, ...]
    fields: tuple[tuple[str, tuple[TopicWord, ...]], ...]
    voices: tuple[Voice, ...]
    shown: dict[Modality, tuple[Shown, ...]]
    speech: dict[str, list[Annotation]]
    events: tuple[Told, ...]
    objects: int
    bars: tuple[Bar, ...]
    span: tuple[datetime, datetime] | None


def bars_of(slices: Sequence[Slice]) -> tuple[Bar, ...]:
    """Slices of time as bars that fill the box from left to right, with a little room between."""
    highest = max((one.weight for one in slices), default=0.0)
    step = WIDTH / max(len(slices), 1)
    return tuple(
        Bar(round(step * number, 2), round(0.92 * step, 2), round(HEIGHT * one.weight / highest, 2), one)
        for number, one in enumerate(slices)
        if highest
    )


def topic_lines(topics: Sequence[Topic]) -> list[TopicLine]:
    """The topics of a list, the parts of each below it."""
    store, published = service().store, service().catalogue.published()
    by_topic: dict[str, list[TopicShare]] = {topic.id: [] for topic in topics}
    for share in store.topic_shares(list(by_topic), "topic"):
        by_topic[share.topic].append(share)
    pictured = cards(member.object for topic in topics for member in topic.examples)
    lines: dict[str, TopicLine] = {}
    parts: dict[str, list[TopicLine]] = {}
    for topic in reversed(topics):
        below = tuple(reversed(parts.get(topic.id, [])))
        shares = by_topic[topic.id]
        known = (pictured[member.object] for member in topic.examples if member.object in pictured)
        pictures = [card for card in known if card.thumbnail] + [card for part in below for card in part.pictures[:2]]
        lines[topic.id] = TopicLine(
            topic,
            tuple(pictures[:PICTURES]),
            sum(share.about == "object" for share in shares),
            sum(share.about == "event" for share in shares),
            bars_of(timeline(shares, published)),
            below,
        )
        if topic.parent in by_topic:
            parts.setdefault(topic.parent, []).append(lines[topic.id])
    return [lines[topic.id] for topic in topics if topic.parent not in by_topic]


def topic_view(topic: Topic) -> TopicView:
    """What the page of a topic shows, read in a fixed number of batches."""
    store = service().store
    shares = store.topic_shares([topic.id], "topic")
    slices = timeline(shares, service().catalogue.published())
    run = [other for other in store.scan(Topic) if other.run == topic.run]
    known = cards(member.object for member in topic.examples)
    shown = [Shown(known[member.object], member) for member in topic.examples if member.object in known]
    heard = [one.card.id for one in shown if one.card.modality in ("audio", "video")]
    return TopicView(
        topic,
        next((other for other in run if other.id == topic.parent), None),
        tuple(sorted((one for one in run if one.parent == topic.id), key=lambda one: (-one.share, one.id))),
        tuple((name, words) for name in topic.fields if (words := topic.told(name))),
        _voices(topic),
        {name: found for name in MODALITIES if (found := tuple(one for one in shown if one.card.modality == name))},
        store.annotations(heard, "speech"),
        _events([share for share in shares if share.about == "event" and share.weight >= OF_TOPIC]),
        sum(share.about == "object" for share in shares),
        bars_of(slices),
        (slices[0].start, slices[-1].end) if slices else None,
    )


def _voices(topic: Topic) -> tuple[Voice, ...]:
    """What each collection says, those that are most apart first."""
    voices = []
    for name in topic.collections:
        most = sorted((word for word in topic.told("words", name)), key=lambda word: (-word.weight, word.value))
        voices.append(Voice(name, tuple(own_words(topic, name)[:12]), tuple(most[:6])))
    return tuple(sorted(voices, key=lambda voice: -sum(word.apart for word in voice.own)))


def _events(shares: Sequence[TopicShare]) -> tuple[Told, ...]:
    found = service().store.get(Event, [share.subject for share in shares[:EVENTS]])
    weights = {share.subject: share.weight for share in shares}
    return tuple(Told(card, weights[card.event.id]) for card in event_cards(list(found.values())))


def topics_of(of: str, id_: str) -> list[tuple[Topic, float]]:
    """The topics of an object or an event with their shares, the largest first."""
    shares = service().store.topic_shares([id_], "object" if of == "object" else "event")
    known = service().store.get(Topic, [share.topic for share in shares])
    return [(known[share.topic], share.weight) for share in shares if share.topic in known]

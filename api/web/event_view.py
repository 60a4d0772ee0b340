"""What the page of an event shows: the six answers with their evidence, and its objects by medium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.service import service
from api.web.cards import Card, cards
from api.web.decisions import about, latest_first, named
from api.web.topic_view import topics_of
from api.web.wording import shortened
from kg.curation import merged_sources
from ontology.errors import InvalidInput
from ontology.model import (
    ASPECTS,
    MODALITIES,
    Annotation,
    Aspect,
    AspectName,
    Decision,
    Event,
    Evidence,
    Modality,
    Segment,
    stable_id,
)
from ontology.topic import Topic

SHOWN: Final[Mapping[Modality, int]] = {"text": 60, "image": 48, "audio": 12, "video": 12}
SIDE_BY_SIDE: Final = 3
QUOTE_LENGTH: Final = 280
CONTEXT_LENGTH: Final = 90
OPEN_EVIDENCE: Final = 2
MOST_PARTS: Final = 200


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of evidence: the object on its card, where in it, what it says there, and the words around."""

    card: Card
    fragment: str
    segment: Segment
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of an aspect; the first quotes are open, the rest can be opened."""

    aspect: Aspect
    open: tuple[Quote, ...]
    more: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One of the six with its answers: the best ones side by side, then the others."""

    name: AspectName
    best: tuple[Answer, ...]
    others: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """The members of one medium: as many as the page shows, and how many there are."""

    modality: Modality
    cards: tuple[Card, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A member on the strip of time: where from left to right in per mille, in the lane of its medium."""

    card: Card
    x: int
    lane: int


@dataclass(frozen=True, slots=True)
class Part:
    """A member with why it belongs; an event cannot be without its founder."""

    card: Card
    weight: float
    reason: str
    founder: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """All that the page shows."""

    event: Event
    photo: Card | None
    questions: tuple[Question, ...]
    galleries: dict[Modality, Gallery]
    speech: dict[str, list[Annotation]]
    sources: int
    marks: tuple[Mark, ...]
    span: tuple[datetime, datetime] | None
    members: tuple[Part, ...]
    decisions: list[Decision]
    named: dict[str, tuple[str, str | None]]
    topics: list[tuple[Topic, float]]


def segment_of(object_id: str, fragment: str) -> Segment:
    """A segment from a fragment as kept; one that cannot be read is the whole object."""
    try:
        return Segment.parse(object_id, fragment)
    except InvalidInput:
        return Segment(object_id)


def quote_of(evidence: Evidence, card: Card) -> Quote:
    """A piece of evidence with its own words, or with those that its characters stand for and the words around them."""
    segment = segment_of(evidence.object, evidence.segment)
    text = evidence.text
    if segment.chars and text in ("", card.item.reading[slice(*segment.chars)]):
        return Quote(card, evidence.segment, segment, *in_context(card.item.reading, *segment.chars))
    return Quote(card, evidence.segment, segment, shortened(text, QUOTE_LENGTH))


def in_context(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Characters [start, end) of a text, the words before and the words after on the same line."""
    start, end = min(start, len(text)), min(end, len(text))
    before = text[max(0, start - CONTEXT_LENGTH) : start].rpartition("\n")[2]
    after = text[end : end + CONTEXT_LENGTH].partition("\n")[0]
    if start > len(before) and text[start - len(before) - 1] != "\n":
        before = "…" + before.partition(" ")[2]
    if end + len(after) < len(text) and text[end + len(after)] != "\n":
        after = after.rpartition(" ")[0] + "…"
    return shortened(text[start:end], QUOTE_LENGTH), before, after


def varied(evidence: tuple[Evidence, ...], known: Mapping[str, Card]) -> list[Evidence]:
    """Evidence whose object is kept, reordered so that each medium is seen early; else in the order given."""
    seen: dict[Modality, int] = dict.fromkeys(MODALITIES, 0)
    ranked = []
    for position, piece in enumerate(evidence):
        if piece.object in known:
            modality = known[piece.object].modality
            ranked.append((seen[modality], position, piece))
            seen[modality] += 1
    return [piece for _, _, piece in sorted(ranked, key=lambda entry: entry[:2])]


def answer_of(aspect: Aspect, known: Mapping[str, Card]) -> Answer:
    """An answer with its quotes."""
    quotes = tuple(quote_of(piece, known[piece.object]) for piece in varied(aspect.evidence, known))
    return Answer(aspect, quotes[:OPEN_EVIDENCE], quotes[OPEN_EVIDENCE:])


def question_of(event: Event, name: AspectName, known: Mapping[str, Card]) -> Question:
    """One of the six questions with its answers."""
    answers = tuple(answer_of(aspect, known) for aspect in event.aspect(name))
    return Question(name, answers[:SIDE_BY_SIDE], answers[SIDE_BY_SIDE:])


def span_of(members: list[Card]) -> tuple[datetime, datetime] | None:
    """When the first and the last member were published; None if that is one moment or not known."""
    times = [card.item.published for card in members if card.item.published]
    return (min(times), max(times)) if times and min(times) < max(times) else None


def marks_of(members: list[Card], span: tuple[datetime, datetime] | None, lanes: list[Modality]) -> tuple[Mark, ...]:
    """The members that have a time, on a strip from the first to the last, a lane a medium."""
    if span is None:
        return ()
    first, length = span[0], span[1] - span[0]
    return tuple(
        Mark(card, round(1000 * ((card.item.published - first) / length)), lanes.index(card.modality))
        for card in members
        if card.item.published
    )


def parts_of(event: Event, known: Mapping[str, Card]) -> tuple[Part, ...]:
    """The heaviest members that are kept."""
    return tuple(
        Part(known[member.object], member.weight, member.reason, stable_id("event", member.object) == event.id)
        for member in event.members[:MOST_PARTS]
        if member.object in known
    )


def event_view(event: Event) -> EventView:
    """What the page of an event shows, read in eight batches."""
    told = [piece.object for aspect in event.aspects for piece in aspect.evidence]
    known = cards([*(member.object for member in event.members), *told])
    members = [known[member.object] for member in event.members if member.object in known]
    galleries = {}
    for modality in MODALITIES:
        group = [card for card in members if card.modality == modality]
        if group:
            galleries[modality] = Gallery(modality, tuple(group[: SHOWN[modality]]), len(group))
    heard = [card.id for name in ("audio", "video") if name in galleries for card in galleries[name].cards]
    decided = latest_first()
    said, merged = about(event.id, decided), merged_sources(decided)
    span = span_of(members)
    pictured = [card for name in ("image", "video") if name in galleries for card in galleries[name].cards]
    return EventView(
        event,
        next((card for card in pictured if card.thumbnail), None),
        tuple(question_of(event, name, known) for name in ASPECTS),
        galleries,
        service().store.annotations(heard, "speech"),
        len({merged.get(card.item.source, card.item.source) for card in members}),
        marks_of(members, span, list(galleries)),
        span,
        parts_of(event, known),
        said,
        named(said),
        topics_of("event", event.id),
    )

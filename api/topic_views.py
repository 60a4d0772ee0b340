"""Topics as the command line, the HTTP API and the pages show them: in lines, whole, and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from api.present import Json
from kg.store import Store
from ontology.model import MediaObject, Member, isoformat
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

BINS: Final = 40
"""Bins of time that a topic is shown in, at most."""
STEPS: Final = (1, 2, 7, 14, 30, 61, 91, 182, 365, 730, 1826, 3652, 36525)
"""Days of a bin."""
TAIL: Final = 0.01
"""What belongs to a topic before and after its time, as a share of the whole."""
SURE: Final = 1.96
"""z-score from which a collection is apart by a word."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A bin of time: objects published in it, and how much of them belongs to the topic, in objects."""

    start: datetime
    end: datetime
    objects: int
    weight: float

    @property
    def share(self) -> float:
        """The share of the topic in what was published then."""
        return self.weight / self.objects if self.objects else 0.0


def ordered(topics: Iterable[Topic]) -> list[Topic]:
    """Topics by run; broader ones by their share, each followed by its parts, then by id."""
    known = {topic.id: topic for topic in topics}
    parts: dict[str | None, list[Topic]] = {}
    for topic in sorted(known.values(), key=lambda topic: (topic.run, -topic.share, topic.id)):
        parts.setdefault(topic.parent if topic.parent in known else None, []).append(topic)
    return [one for topic in parts.pop(None, []) for one in (topic, *parts.pop(topic.id, ()))]


def own_words(topic: Topic, collection: str) -> list[TopicWord]:
    """The terms that set a collection apart, of all fields, the surest first."""
    words = (word for word in topic.words if word.collection == collection and word.apart >= SURE)
    return sorted(words, key=lambda word: (-word.apart, word.field, word.value))


def timeline(shares: Iterable[TopicShare], published: Mapping[str, datetime]) -> list[Slice]:
    """The share of a topic in what was published in each bin of time, over the time in which all but a hundredth before
    and after belongs to it.

    `published` says when each object of the collection was published, and holds no others.
    """
    weights = {share.subject: share.weight for share in shares if share.subject in published}
    if not weights:
        return []
    days = {item: int(time.timestamp() // 86_400) for item, time in published.items()}
    first, last = _span(sorted((days[item], weight) for item, weight in weights.items()))
    step = next((step for step in STEPS if (last - first) / step < BINS), STEPS[-1])
    count = (last - first) // step + 1
    objects, sums = [0] * count, [0.0] * count
    for item, day in days.items():
        if first <= day <= last:
            at = (day - first) // step
            objects[at] += 1
            sums[at] += weights.get(item, 0.0)
    edges = [datetime.fromtimestamp((first + at * step) * 86_400, UTC) for at in range(count + 1)]
    return [Slice(edges[at], edges[at + 1], objects[at], sums[at]) for at in range(count)]


def _span(days: Sequence[tuple[int, float]]) -> tuple[int, int]:
    """The first and last day between which all but the tails lies, of days in order with their weights."""
    whole = sum(weight for _, weight in days)
    told, inside = 0.0, []
    for day, weight in days:
        if told + weight > TAIL * whole and told < (1 - TAIL) * whole:
            inside.append(day)
        told += weight
    return (inside[0], inside[-1]) if inside else (days[0][0], days[-1][0])


def topic_line(topic: Topic) -> Json:
    """A topic in short."""
    return {
        "id": topic.id,
        "run": topic.run,
        "label": topic.label,
        "share": topic.share,
        "stability": topic.stability,
        "parent": topic.parent,
        "words": [word.value for word in topic.told("words")],
    }


def topic_dict(topic: Topic) -> Json:
    """A topic with all its words by field, what sets collections apart, and the objects that show it."""
    return topic_line(topic) | {
        "concepts": list(topic.concepts),
        "fields": {name: [word_dict(word) for word in topic.told(name)] for name in topic.fields},
        "collections": [collection_dict(topic, name) for name in topic.collections],
        "examples": [example_dict(member) for member in topic.examples],
    }


def collection_dict(topic: Topic, collection: str) -> Json:
    """What a collection says of a topic: its words by field, and those that set it apart."""
    told = {name: [word_dict(word) for word in topic.told(name, collection)] for name in topic.fields}
    own = [word_dict(word) | {"field": word.field} for word in own_words(topic, collection)]
    return {"name": collection, "fields": {name: words for name, words in told.items() if words}, "apart": own}


def word_dict(word: TopicWord) -> Json:
    """A term with its probability, and how far it sets its collection apart."""
    return {"value": word.value, "weight": word.weight, "apart": word.apart}


def example_dict(member: Member) -> Json:
    """An object that shows a topic, and why."""
    return {"object": member.object, "weight": member.weight, "reason": member.reason}


def share_dict(share: TopicShare) -> Json:
    """The share of a topic in something."""
    return {
        "topic": share.topic,
        "about": share.about,
        "subject": share.subject,
        "weight": share.weight,
        "method": share.method,
        "run": share.run,
    }


def slice_dict(slice_: Slice) -> Json:
    """A bin of time."""
    return {
        "start": isoformat(slice_.start),
        "end": isoformat(slice_.end),
        "objects": slice_.objects,
        "weight": slice_.weight,
        "share": slice_.share,
    }


def change_dict(change: TopicChange) -> Json:
    """What became of topics."""
    return {
        "run": change.run,
        "fit": change.fit,
        "change": change.change,
        "before": list(change.before),
        "after": list(change.after),
    }


def history(store: Store, run: str | None = None) -> list[TopicChange]:
    """What became of topics, fit by fit."""
    found = (change for change in store.scan(TopicChange) if run in (None, change.run))
    return sorted(found, key=lambda change: (change.run, change.fit, change.change, change.before, change.after))


def successors(store: Store, topic_id: str) -> list[str]:
    """The topics of today that one that is gone went into, however often they changed since."""
    into: dict[str, set[str]] = {}
    for change in store.scan(TopicChange):
        for before in change.before:
            into.setdefault(before, set()).update(change.after)
    found, turn = {topic_id}, [topic_id]
    while turn:
        fresh = into.get(turn.pop(), set()) - found
        found |= fresh
        turn += fresh
    return sorted(store.get(Topic, sorted(found - {topic_id})))


def published_in(items: Sequence[MediaObject]) -> dict[str, datetime]:
    """When objects were published, those without a time left out."""
    return {item.id: item.published for item in items if item.published is not None}


def described(name: str, run: Mapping[str, Any]) -> Json:
    """A run without what is noted for the program alone."""
    return {"run": name} | {key: value for key, value in run.items() if key != "state"}

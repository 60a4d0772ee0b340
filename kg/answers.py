"""What answers each of the ready questions from a store: any store, by nothing but the records.

Each function takes the store and the parameters and gives rows as `docs/reference/questions.md` says, in that order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from kg.store import Store
from ontology.model import Annotation, Aspect, Correlation, Event, Failure, MediaObject, Source

Row = tuple[Any, ...]
Values = Mapping[str, Any]


def events_between(store: Store, values: Values) -> list[Row]:
    """Events that touch a period."""
    touching = []
    for event in store.scan(Event):
        begin, finish = event.start or event.end, event.end or event.start
        if begin and finish and finish >= values["from"] and begin <= values["to"]:
            touching.append((begin, (event.id, event.title, event.start, event.end)))
    return [row for _, row in sorted(touching, key=lambda entry: (entry[0], entry[1][0]))]


def event_evidence(store: Store, values: Values) -> list[Row]:
    """Evidence of an event in every medium."""
    event = _event(store, values["event"])
    if event is None:
        return []
    pieces = [(aspect, piece) for aspect in event.aspects for piece in aspect.evidence]
    objects = store.get(MediaObject, {piece.object for _, piece in pieces})
    return [
        (aspect.name, aspect.value, objects[piece.object].modality, piece.object, piece.segment, piece.text)
        for aspect, piece in pieces
    ]


def why_linked(store: Store, values: Values) -> list[Row]:
    """Links between two objects."""
    rows = [
        (link.kind, link.scope, link.weight, link.method, link.status, link.reason)
        for end, link in _links(store, values["object"])
        if end == values["other"]
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[3]))


def first_told(store: Store, values: Values) -> list[Row]:
    """Sources by when they first told of an event."""
    event = _event(store, values["event"])
    members = store.get(MediaObject, [member.object for member in event.members]) if event else {}
    first: dict[str, tuple[datetime, str]] = {}
    for item in members.values():
        if item.published is not None:
            told = (item.published, item.id)
            first[item.source] = min(first.get(item.source, told), told)
    sources = store.get(Source, first)
    rows = [(source, sources[source].name, *told) for source, told in first.items()]
    return sorted(rows, key=lambda row: (row[2], row[0]))


def related_photos(store: Store, values: Values) -> list[Row]:
    """Photos linked to an object by a weight or more."""
    links = [(end, link) for end, link in _links(store, values["object"]) if link.weight >= values["weight"]]
    objects = store.get(MediaObject, {end for end, _ in links})
    rows = [
        (end, objects[end].title, link.weight, link.kind, link.method, link.reason)
        for end, link in links
        if objects[end].modality == "image"
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[3], row[4]))


def near_duplicates(store: Store, values: Values) -> list[Row]:
    """Near duplicates of an object."""
    links = [(end, link) for end, link in _links(store, values["object"]) if link.kind == "near_duplicate"]
    objects = store.get(MediaObject, {end for end, _ in links})
    rows = [
        (end, objects[end].modality, objects[end].source, link.weight, link.method, link.reason) for end, link in links
    ]
    return sorted(rows, key=lambda row: (-row[3], row[0], row[4]))


def conflicting_values(store: Store, values: Values) -> list[Row]:
    """Different answers to one question about an event, and who gives each."""
    event = _event(store, values["event"])
    answers = event.aspect(values["aspect"]) if event else ()
    if len({answer.value for answer in answers}) < 2:
        return []
    rows = [row for answer in answers for row in _by_source(store, answer)]
    return sorted(rows, key=lambda row: (-row[1], row[0], row[2], row[3]))


def _by_source(store: Store, answer: Aspect) -> Iterator[Row]:
    objects: defaultdict[str, set[str]] = defaultdict(set)
    for item in store.get(MediaObject, {piece.object for piece in answer.evidence}).values():
        objects[item.source].add(item.id)
    for source, ids in objects.items():
        yield answer.value, answer.score, source, len(ids)


def objects_of_source(store: Store, values: Values) -> list[Row]:
    """What a source published."""
    return [
        (item.id, item.modality, item.title, item.published)
        for item in store.scan(MediaObject)
        if item.source == values["source"]
    ]


def actor_at_place(store: Store, values: Values) -> list[Row]:
    """Events with an actor at a place."""
    actor, place = values["actor"].lower(), values["place"].lower()
    rows = {
        (event.id, event.title, event.start, who.value, where.value)
        for event in store.scan(Event)
        for who in event.aspect("who")
        if actor in who.value.lower()
        for where in event.aspect("where")
        if place in where.value.lower()
    }
    return sorted(rows, key=lambda row: (row[0], row[3], row[4]))


def recordings_saying(store: Store, values: Values) -> list[Row]:
    """Where recordings say words."""
    recordings = {item.id: item.title for item in store.scan(MediaObject) if item.modality in ("audio", "video")}
    words = values["words"].lower()

    def says(speech: Annotation) -> bool:
        return speech.segment.time is not None and words in speech.value.lower()

    rows = [
        (item, recordings[item], speech.segment.time[0], speech.value)
        for item, spoken in store.annotations(recordings, "speech").items()
        for speech in spoken
        if says(speech) and speech.segment.time is not None
    ]
    return sorted(rows, key=lambda row: (row[0], row[2], row[3]))


def between_events(store: Store, values: Values) -> list[Row]:
    """Links from the members of one event to those of another, and the members that both have."""
    events = store.get(Event, [values["event"], values["other"]])
    if values["event"] not in events or values["other"] not in events:
        return []
    ours = {member.object: member.weight for member in events[values["event"]].members}
    theirs = {member.object: member.weight for member in events[values["other"]].members}
    rows: list[Row] = [
        (item, item, "member_of_both", min(ours[item], theirs[item]), "") for item in ours.keys() & theirs.keys()
    ]
    for link in store.neighbours(ours):
        for one, other in ((link.subject, link.target), (link.target, link.subject)):
            if one in ours and other in theirs:
                rows.append((one, other, link.kind, link.weight, link.reason))
    return sorted(rows, key=lambda row: (-row[3], row[0], row[1], row[2], row[4]))


def failures_by_stage(store: Store, values: Values) -> list[Row]:
    """Numbers of entries by stage and severity."""
    del values  # there are none
    numbers: defaultdict[tuple[str, str], int] = defaultdict(int)
    for failure in store.scan(Failure):
        numbers[failure.stage, failure.severity] += 1
    return [(*key, number) for key, number in sorted(numbers.items())]


def _event(store: Store, event: str) -> Event | None:
    return store.get(Event, [event]).get(event)


def _links(store: Store, item: str) -> Iterator[tuple[str, Correlation]]:
    """Links of an object that were not rejected, with their other end."""
    for link in store.neighbours([item]):
        yield (link.target if link.subject == item else link.subject), link

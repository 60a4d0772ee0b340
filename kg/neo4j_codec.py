"""How records become properties of nodes and relationships, and back; and the digest of a record's content.

Times become Neo4j's own times by `datetime()` in the statements, mappings and the evidence of links are JSON text. A
value that is None is no property. Everything that Neo4j could refuse is refused here, before anything is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from kg.neo4j_topic_codec import change_properties, share_properties, topic_properties
from kg.store import Record
from ontology.errors import InvalidInput
from ontology.model import (
    Annotation,
    Correlation,
    Decision,
    Event,
    Failure,
    MediaObject,
    Source,
    stable_id,
)
from ontology.topic import Topic, TopicChange, TopicShare

Properties = dict[str, Any]

# Equal content is written in one way only: sorted, without blanks, all letters as they are.
JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
KINDS: Final[tuple[type[Record], ...]] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip
LONGEST_ID: Final = 8000
"""Bytes of an id in UTF-8: what an index of Neo4j can hold."""
LARGEST: Final = 2**63
NAME: Final = 80


def by_kind(records: Iterable[Record]) -> dict[type[Record], dict[str, Any]]:
    """Sort a batch by kind and id, the last of equal ids alone. Raises `InvalidInput` for what is no record."""
    batch: dict[type[Record], dict[str, Any]] = {kind: {} for kind in KINDS}
    for record in records:
        if type(record) not in batch:
            raise InvalidInput(f"not a record that a store keeps: {record!r:.80}")
        batch[type(record)][record.id] = record
    return batch


def digest(record: Record) -> str:
    """A hash of the content of a record, 32 hex digits: equal records have equal ones, of whatever store.

    Raises `InvalidInput` for text that is not valid Unicode.
    """
    return _hash(JSON.encode(PROPERTIES[type(record)](record)))


def encoded(record: Record) -> Properties:
    """A record as a row for a statement: `id`, `digest`, and its properties.

    Raises `InvalidInput` for what Neo4j cannot keep: an id that is too long, a number that is too large, bad Unicode.
    """
    properties = PROPERTIES[type(record)](record)
    for name in ("id", "document", "parent"):
        check_id(properties.get(name) or "")
    for value in properties.values():
        if isinstance(value, int) and value >= LARGEST:
            raise InvalidInput(f"{type(record).__name__} {record.id!r} has a number that is too large: {value}")
    return properties | {"digest": _hash(JSON.encode(properties))}


def check_id(text: str) -> str:
    """Give back an id that an index can hold, else raise `InvalidInput`."""
    if len(text) * 4 > LONGEST_ID and len(text.encode("utf-8", "surrogatepass")) > LONGEST_ID:
        raise InvalidInput(f"an id of more than {LONGEST_ID} bytes cannot be kept: {text[:60]!r}...")
    return text


def bindable(texts: Iterable[str]) -> list[str]:
    """Each text once, in order; one that is no valid Unicode is left out, since no store knows it."""
    return [text for text in dict.fromkeys(texts) if text.isascii() or _encodes(text)]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hash(text: str) -> str:
    try:
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"not valid Unicode text at position {error.start}: {error.object[:60]!r}") from error


def time_text(time: datetime | None) -> str | None:
    """Write a time with its microseconds."""
    return None if time is None else time.isoformat()


def _source(source: Source) -> Properties:
    return {"id": source.id, "name": source.name, "kind": source.kind, "url": source.url}


def _object(item: MediaObject) -> Properties:
    return {
        "id": item.id, "modality": item.modality, "source": item.source, "collection": item.collection,
        "published": time_text(item.published), "document": item.document, "title": item.title, "text": item.text,
        "location": item.location, "checksum": item.checksum, "media_type": item.media_type, "licence": item.licence,
        "language": item.language, "url": item.url, "metadata": JSON.encode(dict(item.metadata)),
        "key": stable_id("object", item.id), "name": _name(item),
    }  # fmt: skip


def _name(item: MediaObject) -> str:
    """What to call an object in a picture of the graph: its title, the first of its words, or the name of its file."""
    words = " ".join((item.title or item.text[:NAME]).split())
    return words[:NAME] or PurePosixPath(item.location).name or item.id


def _annotation(annotation: Annotation) -> Properties:
    segment = annotation.segment
    time, chars = segment.time or (None, None), segment.chars or (None, None)
    return {
        "id": annotation.id, "object": segment.object, "segment": segment.fragment,
        "time_start": _float(time[0]), "time_end": _float(time[1]), "char_start": chars[0], "char_end": chars[1],
        "region": ",".join(map(str, segment.region)) if segment.region else None,
        "kind": annotation.kind, "type": annotation.type, "value": annotation.value,
        "score": float(annotation.score), "method": annotation.method,
    }  # fmt: skip


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)


def _link(link: Correlation) -> Properties:
    evidence = JSON.encode([[piece.object, piece.segment, piece.text] for piece in link.evidence])
    return {
        "id": link.id, "subject": link.subject, "target": link.target, "kind": link.kind, "scope": link.scope,
        "weight": float(link.weight), "method": link.method, "version": link.version, "run": link.run,
        "reason": link.reason, "status": link.status, "evidence": evidence,
    }  # fmt: skip


def _event(event: Event) -> Properties:
    return {
        "id": event.id, "title": event.title, "start": time_text(event.start), "end": time_text(event.end),
        "summary": event.summary, "key": stable_id("event", event.id),
        "members": [[member.object, float(member.weight), member.reason] for member in event.members],
        "aspects": [
            [aspect.name, aspect.value, float(aspect.score), int(aspect.sources),
             [[piece.object, piece.segment, piece.text] for piece in aspect.evidence]]
            for aspect in event.aspects
        ],
    }  # fmt: skip


def _failure(failure: Failure) -> Properties:
    return {
        "id": failure.id, "collection": failure.collection, "item": failure.item, "stage": failure.stage,
        "reason": failure.reason, "severity": failure.severity,
    }  # fmt: skip


def _decision(decision: Decision) -> Properties:
    return {
        "id": decision.id, "action": decision.action, "subject": decision.subject, "target": decision.target,
        "kind": decision.kind, "note": decision.note, "by": decision.by, "at": time_text(decision.at),
    }  # fmt: skip


PROPERTIES: Final[Mapping[type[Any], Callable[[Any], Properties]]] = {
    Source: _source, MediaObject: _object, Annotation: _annotation, Correlation: _link, Event: _event,
    Failure: _failure, Decision: _decision, Topic: topic_properties, TopicShare: share_properties,
    TopicChange: change_properties,
}  # fmt: skip

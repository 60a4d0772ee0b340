"""Records from the properties of nodes and relationships; the way in is `kg.neo4j_codec`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from kg.neo4j_codec import Properties
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Decision,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Segment,
    Source,
)


def time_read(text: str | None) -> datetime | None:
    """Read a time as Neo4j writes it."""
    return None if text is None else datetime.fromisoformat(text)


def source_of(kept: Properties) -> Source:
    """The source that a node was made from."""
    return Source(kept["id"], kept["name"], kept["kind"], kept.get("url"))


def object_of(kept: Properties) -> MediaObject:
    """The object that a node was made from; `source`, `document` and `published` as text beside the properties."""
    return MediaObject(
        kept["id"], kept["modality"], kept["source"], kept["collection"], time_read(kept["published"]),
        kept["document"], kept["title"], kept["text"], kept["location"], kept["checksum"], kept["media_type"],
        kept.get("licence"), kept.get("language"), kept.get("url"), json.loads(kept["metadata"]),
    )  # fmt: skip


def annotation_of(kept: Properties) -> Annotation:
    """The annotation that a node was made from; `object` beside the properties."""
    region = kept.get("region")
    segment = Segment(
        kept["object"],
        chars=(kept["char_start"], kept["char_end"]) if "char_start" in kept else None,
        region=tuple(map(int, region.split(","))) if region else None,  # type: ignore[arg-type]
        time=(kept["time_start"], kept["time_end"]) if "time_start" in kept else None,
    )
    return Annotation(segment, kept["kind"], kept["value"], kept["score"], kept["method"], kept["type"])


def link_of(kept: Properties) -> Correlation:
    """The link that a relationship was made from; `subject` and `target` beside the properties."""
    evidence = tuple(Evidence(*piece) for piece in json.loads(kept["evidence"]))
    return Correlation(
        kept["subject"], kept["target"], kept["kind"], kept["scope"], kept["weight"], kept["method"], kept["version"],
        kept["run"], kept["reason"], kept["status"], evidence,
    )  # fmt: skip


def failure_of(kept: Properties) -> Failure:
    """The failure that a node was made from."""
    return Failure(kept["collection"], kept["item"], kept["stage"], kept["reason"], kept["severity"])


def decision_of(kept: Properties) -> Decision:
    """The decision that a node was made from; `at` as text."""
    return Decision(
        kept["action"], kept["subject"], kept.get("target"), kept["kind"], kept["note"], kept["by"],
        datetime.fromisoformat(kept["at"]),
    )  # fmt: skip


def event_of(kept: Properties, members: Iterable[Member], aspects: Iterable[Aspect]) -> Event:
    """The event that a node was made from."""
    start, end = time_read(kept["start"]), time_read(kept["end"])
    return Event(kept["id"], kept["title"], start, end, kept["summary"], tuple(members), tuple(aspects))

"""Records as plain dicts that can be written as JSON: the same on the command line and over HTTP.

Times are ISO 8601 in UTC with seconds, segments are media fragments, scores and weights are as they are kept. The
location of content is left out: it names folders of the machine that the store is on.
"""

from __future__ import annotations

import json
from typing import Any

from api.hits import Hit
from ontology.model import (
    ASPECTS,
    Annotation,
    Aspect,
    Correlation,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Source,
    isoformat,
)

Json = dict[str, Any]


def json_text(value: object, *, indent: int | None = None) -> str:
    """Write a value as JSON, in the letters of its own language; a number that JSON has not is an error."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def evidence_dict(evidence: Evidence) -> Json:
    """Where something was read: object, segment as a fragment, what it says there."""
    return {"object": evidence.object, "segment": evidence.segment, "text": evidence.text}


def aspect_dict(aspect: Aspect) -> Json:
    """One answer with its score, the number of sources that give it, and evidence."""
    return {
        "value": aspect.value,
        "score": aspect.score,
        "sources": aspect.sources,
        "evidence": [evidence_dict(evidence) for evidence in aspect.evidence],
    }


def event_line(event: Event) -> Json:
    """An event as one line of an export: its objects by weight, all six aspects, the best answer first."""
    return {
        "id": event.id,
        "title": event.title,
        "start": isoformat(event.start),
        "end": isoformat(event.end),
        "summary": event.summary,
        "objects": [member.object for member in event.members],
        "aspects": {name: [aspect_dict(aspect) for aspect in event.aspect(name)] for name in ASPECTS},
    }


def source_dict(source: Source) -> Json:
    """Who published."""
    return {"id": source.id, "name": source.name, "kind": source.kind, "url": source.url}


def object_dict(item: MediaObject, source: Source | None = None) -> Json:
    """An object; with its `source` given, the name of that too, else None."""
    return {
        "id": item.id,
        "modality": item.modality,
        "source": {"id": item.source, "name": source.name if source else None},
        "collection": item.collection,
        "published": isoformat(item.published),
        "document": item.document,
        "title": item.title,
        "text": item.text,
        "media_type": item.media_type,
        "checksum": item.checksum,
        "licence": item.licence,
        "language": item.language,
        "url": item.url,
        "metadata": dict(item.metadata),
    }


def annotation_dict(annotation: Annotation) -> Json:
    """Something read from a segment of an object."""
    return {
        "id": annotation.id,
        "segment": annotation.segment.fragment,
        "kind": annotation.kind,
        "type": annotation.type,
        "value": annotation.value,
        "score": annotation.score,
        "method": annotation.method,
    }


def correlation_dict(link: Correlation) -> Json:
    """A link with its weight, the method, version and run that made it, and why."""
    return {
        "id": link.id,
        "subject": link.subject,
        "target": link.target,
        "kind": link.kind,
        "scope": link.scope,
        "weight": link.weight,
        "method": link.method,
        "version": link.version,
        "run": link.run,
        "status": link.status,
        "reason": link.reason,
        "evidence": [evidence_dict(evidence) for evidence in link.evidence],
    }


def hit_dict(hit: Hit, item: MediaObject | None = None) -> Json:
    """A hit; with the object it found given, what to show of that too."""
    shown: Json = {"object": hit.object, "score": hit.score, "reasons": list(hit.reasons)}
    if item is not None:
        shown |= {"modality": item.modality, "title": item.title, "published": isoformat(item.published)}
    return shown


def failure_dict(failure: Failure) -> Json:
    """An item that could not be taken, at what stage, and why."""
    return {
        "collection": failure.collection,
        "item": failure.item,
        "stage": failure.stage,
        "severity": failure.severity,
        "reason": failure.reason,
    }

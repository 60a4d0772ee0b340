"""What several sides say of one object (its side-car, its content, its folder), and whose word counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Final

from kg.readers import values
from kg.readers.item import Problems
from ontology.errors import InvalidInput
from ontology.model import MediaObject, Modality, Source, stable_id


@dataclass(frozen=True, slots=True)
class Details:
    """Everything about an object but its content; None is what nobody said."""

    id: str | None = None
    title: str | None = None
    text: str | None = None
    source: Source | None = None
    published: datetime | None = None
    document: str | None = None
    licence: str | None = None
    language: str | None = None
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def or_else(self, *others: Details) -> Details:
        """Fill what is missing from the others, the first that knows; metadata key by key, and what else is known of
        the source by those who name the same one."""
        sides = (self, *others)
        said = {
            name: next((value for side in sides if (value := getattr(side, name)) is not None), None)
            for name in _SINGLE
        }
        if isinstance(said["source"], Source):
            said["source"] = _fuller(said["source"], [side.source for side in sides])
        merged = {key: value for side in reversed(sides) for key, value in side.metadata.items()}
        return Details(**said, metadata=merged)


def _fuller(source: Source, others: Iterable[Source | None]) -> Source:
    for other in others:
        if other is not None and other.id == source.id:
            source = fuller(source, other)
    return source


def fuller(source: Source, other: Source) -> Source:
    """The source with the kind and address that the other record of it has."""
    return replace(source, kind=source.kind or other.kind, url=source.url or other.url)


_SINGLE: Final = tuple(one.name for one in fields(Details) if one.name != "metadata")

CHECKS: Final[Mapping[str, Callable[[object], object]]] = {
    "id": values.identifier,
    "title": values.line,
    "text": values.body,
    "source": values.source,
    "published": values.time,
    "document": values.identifier,
    "licence": values.line,
    "language": values.language,
    "url": values.url,
    "metadata": values.metadata,
}
SHARED: Final = ("source", "published", "document", "licence", "language", "metadata")
"""What can hold for many objects, so what the defaults of a folder may give."""


def checked(
    stated: Mapping[str, object], problems: Problems, item: str | None = None, allowed: Collection[str] = tuple(CHECKS)
) -> Details:
    """Details from keys and values; what is unknown or unfit is left out and noted as a warning for `item`."""
    said: dict[str, object] = {}
    for key, value in stated.items():
        if key not in allowed:
            problems.warn(f"unknown key {values.shown(key)}; known are {', '.join(allowed)}", item)
        elif value is not None:
            try:
                said[key] = CHECKS[key](value)
            except InvalidInput as error:
                problems.warn(f"'{key}' {error}", item)
    return Details(**said)  # type: ignore[arg-type]


def fitting(stated: Mapping[str, object]) -> Details:
    """Details from what a page says in its markup; what is unfit is left out unsaid, since no user could mend it."""
    said: dict[str, object] = {}
    for key, value in stated.items():
        with suppress(InvalidInput):
            said[key] = CHECKS[key](value)
    return Details(**said)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Content:
    """Where an object's content lies and what it is. `place` is its path within the collection, empty for rows."""

    modality: Modality
    media_type: str
    checksum: str
    location: str
    place: str = ""


def identity(details: Details, content: Content) -> str:
    """The id that was given, or else one of the source, the document, the place in the collection and the content.

    The place keeps exact copies apart; it is relative, so a collection can be moved.
    """
    assert details.source is not None
    parts = (details.source.id, details.document or "", content.place, content.checksum)
    return details.id or stable_id("object", *parts)


def media_object(details: Details, content: Content, collection: str) -> MediaObject:
    """The record of one object. `details` must name a source."""
    assert details.source is not None
    return MediaObject(
        id=identity(details, content),
        modality=content.modality,
        source=details.source.id,
        collection=collection,
        published=details.published,
        document=details.document,
        title=details.title or "",
        text=details.text or "",
        location=content.location,
        checksum=content.checksum,
        media_type=content.media_type,
        licence=details.licence,
        language=details.language,
        url=details.url,
        metadata=dict(details.metadata),  # a plain one, which travels between processes
    )

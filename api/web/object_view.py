"""What the page of an object shows: its content with a segment marked, what was read from it, what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.content import content_path, served_type
from api.resources.objects import other_end
from api.service import service
from api.web.cards import Card, cards
from api.web.decisions import about, latest_first, named
from api.web.topic_view import topics_of
from ontology.errors import Conflict, NotFound
from ontology.model import Annotation, Correlation, Decision, Event, MediaObject, Segment
from ontology.topic import Topic

SHOWN_LINKS: Final = 120
PICTURES: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
PLAYED: Final = {"image": "image/", "audio": "audio/", "video": "video/"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, marked or not; `first` is the one that a link leads to."""

    text: str
    marked: bool
    first: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """A stored link with the object at its other end."""

    link: Correlation
    card: Card


@dataclass(frozen=True, slots=True)
class ObjectView:
    """All that the page shows. `trouble` says why the content cannot be shown, `size` is that of the picture."""

    card: Card
    segment: Segment
    title: tuple[Run, ...]
    text: tuple[Run, ...]
    trouble: str | None
    shown: bool
    size: tuple[int, int] | None
    annotations: dict[str, list[Annotation]]
    events: list[Event]
    groups: tuple[tuple[str, tuple[Related, ...]], ...]
    links: int
    decisions: list[Decision]
    named: dict[str, tuple[str, str | None]]
    topics: list[tuple[Topic, float]]


def runs(text: str, start: int, end: int) -> tuple[Run, ...]:
    """A text in runs, characters [start, end) marked.

    >>> [(run.text, run.marked) for run in runs("a fire broke out", 2, 6)]
    [('a ', False), ('fire', True), (' broke out', False)]
    """
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    pieces = [(text[:start], False), (text[start:end], True), (text[end:], False)] if start < end else [(text, False)]
    return tuple(Run(piece, marked, marked) for piece, marked in pieces if piece)


def marked_text(item: MediaObject, segment: Segment) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Title and text in runs; the characters of a segment count in the reading, title and text with a line between."""
    start, end = segment.chars or (0, 0)
    offset = len(item.title) + 1 if item.title else 0
    title, text = runs(item.title, start, end), runs(item.text, start - offset, end - offset)
    if any(run.first for run in title):
        text = tuple(Run(run.text, run.marked) for run in text)
    return title, text


def upright_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture in pixels, the right way up; None if it is no picture."""
    from PIL import ExifTags, Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=PICTURES) as picture:
            turned = picture.getexif().get(ExifTags.Base.Orientation, 1) >= 5
            return (picture.height, picture.width) if turned else (picture.width, picture.height)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def look_at_content(item: MediaObject, segment: Segment) -> tuple[str | None, bool, tuple[int, int] | None]:
    """Why the content cannot be shown (or None), whether a browser shows it, and its size if a box needs it."""
    if item.modality == "text":
        return None, False, None
    try:
        path = content_path(item, service().content_root)
    except (NotFound, Conflict) as error:
        return str(error), False, None
    shown = served_type(item.media_type)[0].startswith(PLAYED[item.modality])
    boxed = shown and item.modality == "image" and segment.region is not None
    return None, shown, upright_size(path) if boxed else None


def by_kind(annotations: Iterable[Annotation]) -> dict[str, list[Annotation]]:
    """Annotations by kind: what was said and written in order, the others by score, each value once."""
    kinds: dict[str, list[Annotation]] = {}
    for annotation in annotations:
        kinds.setdefault(annotation.kind, []).append(annotation)
    for kind in kinds.keys() - {"speech", "ocr", "shot", "voice"}:
        best: dict[tuple[str, str], Annotation] = {}
        for annotation in sorted(kinds[kind], key=lambda read: -read.score):
            best.setdefault((annotation.type, annotation.value), annotation)
        kinds[kind] = list(best.values())
    return kinds


def grouped(
    links: list[Correlation], others: Mapping[str, Card], object_id: str
) -> tuple[tuple[str, tuple[Related, ...]], ...]:
    """Links in two groups, to other media and to the same medium, heaviest first."""
    related = [
        Related(link, others[other_end(link, object_id)]) for link in links if other_end(link, object_id) in others
    ]
    groups = [(scope, tuple(entry for entry in related if entry.link.scope == scope)) for scope in ("inter", "intra")]
    return tuple((scope, entries) for scope, entries in groups if entries)


def object_view(item: MediaObject, segment: Segment) -> ObjectView:
    """What the page of an object shows, read in a fixed number of batches."""
    store = service().store
    links = store.neighbours([item.id])
    shown_links = links[:SHOWN_LINKS]
    known = cards([item.id, *(other_end(link, item.id) for link in shown_links)])
    told = store.events_of([item.id]).get(item.id, [])
    title, text = marked_text(item, segment)
    said = about(item.id, latest_first())
    trouble, shown, size = look_at_content(item, segment)
    return ObjectView(
        known[item.id],
        segment,
        title,
        text,
        trouble,
        shown,
        size,
        by_kind(store.annotations([item.id]).get(item.id, [])),
        list(store.get(Event, told).values()),
        grouped(shown_links, known, item.id),
        len(links),
        said,
        named(said),
        topics_of("object", item.id),
    )

"""From an object to its views: the content is opened once for all views that are wanted of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from correlate.features import image, video
from correlate.features.codebook import Learned
from correlate.features.encoders import Encoders
from correlate.features.look import Look
from correlate.features.understanding import Rows, Understanding
from correlate.features.views import VIEWS, ViewKind
from ontology.errors import InvalidInput
from ontology.model import Failure, MediaObject, Modality, Segment

Samples = dict[str, list[Any]]
"""For each view what the subjects of one object give for learning its codebook."""

LONGEST: Final = 512
"""Pixels of the longest side at which a picture is read from its file."""

STAGE: Final = "views"

HOLDS: Final[dict[Modality, tuple[Modality, ...]]] = {
    "text": ("text",),
    "image": ("image", "text"),
    "audio": ("audio", "text"),
    "video": ("image", "audio", "video", "text"),
}
"""The media that an object of a medium may hold; words may be said or written in any."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object and the names of the views that are wanted of it.

    `parse` is that of its words, for views of text; `learned` holds the codebooks by the names of their views (None:
    the collection holds nothing to learn it from).
    """

    item: MediaObject
    names: tuple[str, ...]
    parse: bytes = b""
    learned: Mapping[str, Learned | None] = field(default_factory=dict)


def views_of(wanted: Sequence[Wanted], encoders: Encoders) -> list[Understanding | Failure]:
    """The views of each object, in the order of `wanted`.

    A view has a row a subject: the whole object, or the key frame of a shot. Zeros are left out, and so are views whose
    codebook is None. An object that cannot be read becomes a `Failure`, and the others go on.
    """
    return [_views(one, encoders) for one in wanted]


def samples_of(wanted: Sequence[Wanted], encoders: Encoders) -> list[Samples]:
    """What each object gives for learning the codebooks of the views that are wanted; nothing if it cannot be read."""
    return [_samples(one, encoders) for one in wanted]


def _views(wanted: Wanted, encoders: Encoders) -> Understanding | Failure:
    rows: dict[str, Rows] = {}
    try:
        for kind, fragment, subject in _subjects(wanted, encoders):
            if kind.book is not None and wanted.learned[kind.name] is None:
                continue
            vector = kind.vector(subject, wanted.learned.get(kind.name))
            if vector.any():
                rows[kind.name] = (*rows.get(kind.name, ()), (fragment, vector))
    except InvalidInput as error:
        return Failure(wanted.item.collection, wanted.item.id, STAGE, str(error))
    return Understanding(wanted.item.id, views=rows)


def _samples(wanted: Wanted, encoders: Encoders) -> Samples:
    found: Samples = {name: [] for name in wanted.names}
    try:
        for kind, _, subject in _subjects(wanted, encoders):
            found[kind.name].append(kind.sample(subject))
    except InvalidInput:
        # The reason is told when the object's views are made.
        return {}
    return found


def _subjects(wanted: Wanted, encoders: Encoders) -> Iterator[tuple[ViewKind, str, Any]]:
    """Each subject that the object holds with each view that is wanted of it, and its fragment."""
    kinds = [VIEWS[name] for name in wanted.names]
    for medium in HOLDS[wanted.item.modality]:
        mine = [kind for kind in kinds if kind.medium == medium]
        if mine:
            for fragment, subject in _OPEN[medium](wanted, encoders):
                yield from ((kind, fragment, subject) for kind in mine)


def _looks(wanted: Wanted, encoders: Encoders) -> Iterator[tuple[str, Look]]:
    item, content = wanted.item, Path(wanted.item.location)
    if item.modality == "image":
        yield "", Look(image.load(content, LONGEST), encoders)
        return
    clip = video.shots(content)
    for shot, frame in zip(clip.shots, video.key_frames(content, clip.shots), strict=True):
        yield Segment(item.id, time=(shot.start, shot.end)).fragment, Look(frame, encoders)


_OPEN: Final = {"image": _looks}

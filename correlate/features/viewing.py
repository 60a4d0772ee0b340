"""From an object to its views: the content is opened once for all views that are wanted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from correlate.features import image, video
from correlate.features.audio import decode
from correlate.features.codebook import Learned
from correlate.features.container import Tracks, tracks
from correlate.features.encoders import Encoders
from correlate.features.film import Film
from correlate.features.hearing import Hearing
from correlate.features.look import Look
from correlate.features.understanding import Rows, Understanding
from correlate.features.views import VIEWS, ViewKind
from correlate.features.words import restore
from ontology.errors import InvalidInput
from ontology.model import Failure, MediaObject, Modality, Segment

if TYPE_CHECKING:
    from spacy.tokens import Doc

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
    complaints = []
    for opened in _media(wanted, encoders):
        try:
            for kind, fragment, subject in opened:
                if kind.book is None or wanted.learned[kind.name] is not None:
                    vector = kind.vector(subject, wanted.learned.get(kind.name))
                    if vector.any():
                        rows[kind.name] = (*rows.get(kind.name, ()), (fragment, vector))
        except InvalidInput as error:
            complaints.append(str(error))
    told = Failure(wanted.item.collection, wanted.item.id, STAGE, "; ".join(complaints) or "-")
    if complaints and not rows:
        return told
    return Understanding(wanted.item.id, views=rows, warnings=(replace(told, severity="warning"),) * bool(complaints))


def _samples(wanted: Wanted, encoders: Encoders) -> Samples:
    found: Samples = {name: [] for name in wanted.names}
    for opened in _media(wanted, encoders):
        # Why a medium cannot be read is told when the object's views are made.
        with suppress(InvalidInput):
            for kind, _, subject in opened:
                found[kind.name].append(kind.sample(subject))
    return found


def _media(wanted: Wanted, encoders: Encoders) -> Iterator[Iterator[tuple[ViewKind, str, Any]]]:
    """For each medium that the object holds and that is wanted: each subject with each view of it and its fragment."""
    content = _Content(wanted, encoders)
    kinds = [VIEWS[name] for name in wanted.names]
    for medium in HOLDS[wanted.item.modality]:
        mine = [kind for kind in kinds if kind.medium == medium]
        if mine:
            yield ((kind, fragment, subject) for fragment, subject in content.of(medium) for kind in mine)


class _Content:
    """The content of one object, opened as far as it is asked for."""

    def __init__(self, wanted: Wanted, encoders: Encoders) -> None:
        self._wanted = wanted
        self._encoders = encoders
        self._path = Path(wanted.item.location)

    def of(self, medium: Modality) -> Iterator[tuple[str, Any]]:
        """Its subjects of a medium, each with its fragment: a picture for each shot, else one; none if it has none."""
        openings: dict[Modality, Callable[[], Iterator[tuple[str, Any]]]] = {
            "image": self._looks,
            "audio": self._sounds,
            "video": self._films,
            "text": self._texts,
        }
        return openings[medium]()

    def _looks(self) -> Iterator[tuple[str, Look]]:
        item = self._wanted.item
        if item.modality == "image":
            yield "", Look(image.load(self._path, LONGEST), self._encoders)
        elif self._tracks.pictures:
            for shot, frame in zip(self._clip.shots, video.key_frames(self._path, self._clip.shots), strict=True):
                yield Segment(item.id, time=(shot.start, shot.end)).fragment, Look(frame, self._encoders)

    def _sounds(self) -> Iterator[tuple[str, Hearing]]:
        if self._tracks.sound:
            yield "", Hearing(decode(self._path))

    def _films(self) -> Iterator[tuple[str, Film]]:
        if self._tracks.pictures:
            yield "", Film(self._path, self._clip)

    def _texts(self) -> Iterator[tuple[str, Doc]]:
        if self._wanted.parse:
            yield "", restore(self._wanted.parse)

    @cached_property
    def _tracks(self) -> Tracks:
        return tracks(self._path)

    @cached_property
    def _clip(self) -> video.Clip:
        return video.shots(self._path)

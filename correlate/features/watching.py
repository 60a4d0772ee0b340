"""From a video to what is known of it: its key frames treated as pictures are, its sound track as recordings are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from correlate.features import picture, video
from correlate.features.audio import decode
from correlate.features.container import tracks
from correlate.features.encoders import Encoders
from correlate.features.image import thumbnail
from correlate.features.listening import Heard, listen, warnings
from correlate.features.understanding import Rows, Understanding
from ontology.errors import InvalidInput
from ontology.model import Annotation, Failure, MediaObject, Segment

_UNSEEN: Final = "holds no moving pictures: its sound alone is taken"


def perceive_videos(
    items: Sequence[MediaObject], contents: Sequence[Path], encoders: Encoders
) -> list[Understanding | Failure]:
    """What each video holds, in the order of `items`; `contents` are their files.

    Gives annotations `shot`, of each shot's key frame `label` and `ocr` (with the shot's seconds), of the sound track
    `voice` and `speech`; the views of a picture with a row for each shot, and `audio`; and the payload `thumbnail`, the
    key frame of the longest shot. A video that cannot be read becomes a `Failure`, and the others go on. One without
    sound is whole; one that is damaged or without moving pictures is taken as far as it goes, with a warning.
    """
    return [_perceive(item, content, encoders) for item, content in zip(items, contents, strict=True)]


def _perceive(item: MediaObject, content: Path, encoders: Encoders) -> Understanding | Failure:
    try:
        held = tracks(content)
        if not any(held):
            raise InvalidInput(f"{content.name} holds neither moving pictures nor sound")
        seen = _watch(item, content, encoders) if held.pictures else Understanding(item.id)
        heard = _hear(item, content, encoders) if held.sound else Heard()
    except InvalidInput as error:
        return Failure(item.collection, item.id, "perceive", str(error))
    complaints = [warning.reason for warning in seen.warnings] if held.pictures else [f"{content.name} {_UNSEEN}"]
    views = {**seen.views, **({"audio": heard.rows} if heard.rows else {})}
    return Understanding(
        item.id,
        (*seen.annotations, *heard.annotations),
        views,
        seen.payloads,
        warnings(item, (*complaints, *heard.complaints)),
    )


def _hear(item: MediaObject, content: Path, encoders: Encoders) -> Heard:
    """A sound track that cannot be decoded does not take the pictures with it."""
    try:
        return listen(item, decode(content), encoders)
    except InvalidInput as error:
        return Heard(complaints=(f"sound: {error}",))


def _watch(item: MediaObject, content: Path, encoders: Encoders) -> Understanding:
    clip = video.shots(content)
    longest = max(clip.shots, key=lambda shot: shot.end - shot.start)
    found: list[Annotation] = []
    rows: dict[str, Rows] = {}
    payloads: dict[str, bytes] = {}
    for shot, frame in zip(clip.shots, video.key_frames(content, clip.shots), strict=True):
        where, size = Segment(item.id, time=(shot.start, shot.end)), frame.size
        frame.thumbnail((picture.LONGEST, picture.LONGEST), Image.Resampling.LANCZOS)
        annotations, views = picture.look(frame, where, encoders, size)
        found += [Annotation(where, "shot", "shot", shot.score, video.METHOD), *annotations]
        rows = {name: (*rows.get(name, ()), *views.get(name, ())) for name in {**rows, **views}}
        if shot is longest:
            payloads["thumbnail"] = thumbnail(frame)
    return Understanding(item.id, tuple(found), rows, payloads, warnings(item, [clip.damage] if clip.damage else []))

"""From a picture to what is known of it: what it shows, what is written in it, how it looks, a thumbnail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from correlate.features import image, ocr, phash
from correlate.features.encoders import Encoders
from correlate.features.understanding import Rows, Understanding
from ontology.errors import InvalidInput
from ontology.model import Annotation, Failure, MediaObject, Segment

LONGEST: Final = 1280
"""Pixels of the longest side at which a picture is looked at; places are told in those of the original."""


def perceive_images(
    items: Sequence[MediaObject], contents: Sequence[Path], encoders: Encoders
) -> list[Understanding | Failure]:
    """What each picture holds, in the order of `items`; `contents` are their files.

    Gives annotations `label` (type `imagenet`) and `ocr` (with a region in pixels of the upright original), views
    `image`, `label`, `phash` (not for a picture of one colour) and, with a joint encoder, `joint`, and the payload
    `thumbnail`. A picture that cannot be read becomes a `Failure`, and the others go on.
    """
    return [_perceive(item, content, encoders) for item, content in zip(items, contents, strict=True)]


def _perceive(item: MediaObject, content: Path, encoders: Encoders) -> Understanding | Failure:
    try:
        size = image.upright_size(content)
        picture = image.load(content, LONGEST)
    except InvalidInput as error:
        return Failure(item.collection, item.id, "perceive", str(error))
    annotations, views = look(picture, Segment(item.id), encoders, size)
    return Understanding(item.id, annotations, views, {"thumbnail": image.thumbnail(picture)})


def look(
    picture: Image.Image, where: Segment, encoders: Encoders, size: tuple[int, int] | None = None
) -> tuple[tuple[Annotation, ...], Mapping[str, Rows]]:
    """Annotations and views of one picture that is segment `where` of an object (a key frame has a time).

    `size` is the width and height in which regions are told, by default the picture's own.
    """
    embedding, probabilities = encoders.image.encode([picture])
    rows = {"image": embedding[0], "label": encoders.labels.embed(probabilities)[0]}
    code = phash.codes([picture])[0]
    if code.any():
        rows["phash"] = code
    if encoders.joint is not None:
        rows["joint_image"] = encoders.joint.encode_image([picture])[0]
    shown = [
        Annotation(where, "label", name, score, image.METHOD, "imagenet")
        for name, score in image.labels(probabilities[0])
    ]
    written = _written(picture, where, encoders, size or picture.size)
    return (*shown, *written), {name: ((where.fragment, row),) for name, row in rows.items()}


def _written(picture: Image.Image, where: Segment, encoders: Encoders, size: tuple[int, int]) -> list[Annotation]:
    """The lines of writing, their boxes scaled to a picture of `size`."""
    across, down = size[0] / picture.width, size[1] / picture.height
    found = []
    for line in encoders.ocr.lines(picture):
        x, y, width, height = line.box
        left, top = int(x * across), int(y * down)
        region = (left, top, max(1, round((x + width) * across) - left), max(1, round((y + height) * down) - top))
        segment = Segment(where.object, region=region, time=where.time)
        found.append(Annotation(segment, "ocr", line.text, line.score, ocr.METHOD))
    return found

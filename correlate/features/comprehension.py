"""From the words of an object, in whatever voice, to a parse, the names in it, and a vector for each voice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from correlate.features import words
from correlate.features.encoders import Encoders
from correlate.features.reading import Reading, Voice
from correlate.features.text import TextEncoder
from correlate.features.understanding import Rows, Understanding
from ontology.model import Failure, MediaObject

if TYPE_CHECKING:
    from spacy.tokens import Doc

VOICES: Final[tuple[Voice, ...]] = ("text", "speech", "ocr")

WINDOW: Final = 480
"""Characters of speech or writing that make one vector, about as much as the encoder reads."""

MAX_WINDOWS: Final = 32


def comprehend(items: Sequence[MediaObject], readings: Sequence[Reading], encoders: Encoders) -> list[Understanding]:
    """What the words of each object say, in the order of `items`; `readings` are theirs.

    Gives annotations `mention`, the payload `parse` (not for an object without words) and the views `text`, `speech`
    and `ocr`, each only where there are such words. With a joint encoder own words also have a view `joint_text`. A
    reading that is longer than what is parsed comes with a warning.
    """
    docs = words.parse(reading.text for reading in readings)
    views = _views(readings, encoders)
    return [
        _comprehend(item, reading, doc, views[row])
        for row, (item, reading, doc) in enumerate(zip(items, readings, docs, strict=True))
    ]


def _comprehend(item: MediaObject, reading: Reading, doc: Doc, views: dict[str, Rows]) -> Understanding:
    if not reading.text.strip():
        return Understanding(item.id)
    beyond = len(reading.text) - words.MAX_CHARS
    reason = f"only the first {words.MAX_CHARS:,} of {len(reading.text):,} characters were parsed"
    warning = Failure(item.collection, item.id, "parse", reason, "warning")
    return Understanding(
        item.id,
        tuple(words.mentions(reading, doc)),
        views,
        {"parse": words.dump(doc)},
        (warning,) if beyond > 0 else (),
    )


def _views(readings: Sequence[Reading], encoders: Encoders) -> list[dict[str, Rows]]:
    """For each reading a vector for each voice that speaks in it."""
    views: list[dict[str, Rows]] = [{} for _ in readings]
    for voice in VOICES:
        texts = [reading.voice(voice) for reading in readings]
        spoken = [row for row, text in enumerate(texts) if text.strip()]
        encode = _opening if voice == "text" else _whole
        for row, vector in zip(spoken, encode(encoders.text, [texts[row] for row in spoken]), strict=True):
            views[row][voice] = (("", vector),)
        if voice == "text" and encoders.joint is not None:
            for row, vector in zip(spoken, encoders.joint.encode_text([texts[row] for row in spoken]), strict=True):
                views[row]["joint_text"] = (("", vector),)
    return views


def _opening(encoder: TextEncoder, texts: Sequence[str]) -> np.ndarray:
    """n x 384: own words by their title and lead, which tell best what they are about."""
    return encoder.encode(texts)


def _whole(encoder: TextEncoder, texts: Sequence[str]) -> np.ndarray:
    """n x 384: speech and writing have no lead, so all of their windows count alike."""
    cut = [list(_windows(text)) for text in texts]
    vectors = encoder.encode([window for windows in cut for window in windows])
    starts = np.cumsum([0, *map(len, cut)])
    means = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for row, (first, after) in enumerate(pairwise(starts)):
        means[row] = vectors[first:after].mean(axis=0)
    unit: np.ndarray = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit


def _windows(text: str) -> Iterator[str]:
    """Lines joined up to the size of a window; at most `MAX_WINDOWS`, spread evenly over the text."""
    windows: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        if windows and len(windows[-1]) + len(line) < WINDOW:
            windows[-1] += "\n" + line
        else:
            windows.append(line)
    step = max(1, -(-len(windows) // MAX_WINDOWS))
    yield from windows[::step]

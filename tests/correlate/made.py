"""A made collection with known happenings, whose vectors come from the words themselves, without any encoder."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from correlate.corpus import Corpus, Rows, document_numbers
from correlate.features.reading import reading_of
from correlate.neighbours import unit_rows
from ontology.model import Annotation, MediaObject, Segment, stable_id

STORIES = {
    "volcano": "ash plume lava eruption crater magma glacier flights cancelled airspace volcano summit smoke seismic",
    "ship": "container vessel canal blocked tugboats stern bow refloated cargo tide dredger stranded pilot convoy",
    "launch": "rocket booster satellite orbit countdown launchpad payload engine ignition telemetry stage mission",
    "flood": "river levee rainfall evacuated sandbags dam overflow rescue boats submerged villages monsoon embankment",
}
COMMON = [
    "people",
    "said",
    "officials",
    "day",
    "city",
    "report",
    "news",
    "early",
    "morning",
    "later",
    "town",
    "local",
    "area",
    "many",
    "several",
]


def sentence(story: str, rng: np.random.Generator, words: int = 30) -> str:
    own = STORIES[story].split()
    return " ".join(rng.choice([*own, *own, *COMMON], size=words))


def word_vector(text: str, width: int = 48) -> np.ndarray:
    """A bag of words hashed into `width` numbers."""
    vector = np.zeros(width, dtype=np.float32)
    for word in text.split():
        vector[zlib.crc32(word.encode()) % width] += 1
    return vector


def picture_vector(story: str, rng: np.random.Generator, width: int = 32) -> np.ndarray:
    direction = np.random.default_rng(zlib.crc32(story.encode())).normal(size=width)
    return (direction + 0.6 * rng.normal(size=width)).astype(np.float32)


def article(name: str, story: str, seed: int, source: str | None = None, day: float | None = None) -> MediaObject:
    rng = np.random.default_rng(seed)
    start = datetime(2020, 1 + 2 * list(STORIES).index(story), 5, tzinfo=UTC)
    return MediaObject(
        name,
        "text",
        source or f"source-{seed % 5}",
        published=start + timedelta(days=day if day is not None else seed % 3),
        document=name,
        title=f"{story} {rng.integers(100)}",
        text=sentence(story, rng),
        checksum=stable_id("c", name),
    )


def picture(name: str, story: str, document: str | None, checksum: str = "") -> MediaObject:
    return MediaObject(name, "image", "source-0", document=document, checksum=checksum or stable_id("c", name))


def made_corpus(
    items: Sequence[MediaObject],
    pictures: dict[str, str],
    codes: dict[str, np.ndarray] | None = None,
    spoken: dict[str, str] | None = None,
    written: dict[str, str] | None = None,
) -> Corpus:
    """A corpus of `items`; `pictures` names the story that each picture shows (its label too)."""
    items = sorted(items, key=lambda item: item.id)
    annotations = []
    for item in items:
        read: list[Annotation] = []
        if item.id in pictures:
            read.append(Annotation(Segment(item.id), "label", pictures[item.id], 0.8, "test", "imagenet"))
        if spoken and item.id in spoken:
            read.append(Annotation(Segment(item.id, time=(1.0, 9.0)), "speech", spoken[item.id], 0.9, "test"))
        if written and item.id in written:
            read.append(Annotation(Segment(item.id, region=(0, 0, 9, 9)), "ocr", written[item.id], 0.9, "test"))
        annotations.append(tuple(read))
    readings = [reading_of(item, read) for item, read in zip(items, annotations, strict=True)]
    views = {}
    for voice in ("text", "speech", "ocr"):
        rows = [(at, word_vector(reading.voice(voice))) for at, reading in enumerate(readings) if reading.voice(voice)]
        views[voice] = _rows(rows)
    shown = [(at, item.id) for at, item in enumerate(items) if item.id in pictures]
    seeds = {name: zlib.crc32(name.encode()) for _, name in shown}
    views["image"] = _rows(
        [(at, picture_vector(pictures[name], np.random.default_rng(seeds[name]))) for at, name in shown]
    )
    codes = codes or {}
    random = {name: np.where(np.random.default_rng(seeds[name]).normal(size=64) > 0, 1.0, -1.0) for _, name in shown}
    views["phash"] = _rows([(at, codes.get(name, random[name])) for at, name in shown], unit=False)
    return Corpus(tuple(items), tuple(readings), tuple(annotations), views, document_numbers(items))


def _rows(rows: list[tuple[int, np.ndarray]], unit: bool = True) -> Rows:
    if not rows:
        return Rows(np.empty(0, dtype=np.intp), np.empty((0, 0), dtype=np.float32))
    matrix = np.stack([row for _, row in rows]).astype(np.float32)
    return Rows(np.array([at for at, _ in rows], dtype=np.intp), unit_rows(matrix) if unit else matrix)


def newsroom(each: int = 8) -> tuple[Corpus, dict[str, str]]:
    """Four happenings of `each` articles with a photo, a logo in every third document, a lone photo and a recording
    each; gives the corpus and the happening of each object.
    """
    items: list[MediaObject] = []
    pictures: dict[str, str] = {}
    truth: dict[str, str] = {}
    codes: dict[str, np.ndarray] = {}
    spoken: dict[str, str] = {}
    logo = np.where(np.random.default_rng(99).normal(size=64) > 0, 1.0, -1.0)
    for number, story in enumerate(STORIES):
        for at in range(each):
            name = f"{number}{at:02d}"
            seed = 100 * number + at
            items.append(article(name, story, seed))
            photo = picture(f"{name}-photo", story, name)
            items.append(photo)
            truth |= {name: story, photo.id: story}
            pictures[photo.id] = story
            if at % 3 == 0:
                mark = picture(f"{name}-logo", "logo", name, checksum="logo")
                items.append(mark)
                pictures[mark.id], codes[mark.id], truth[mark.id] = "logo", logo, story
        alone = picture(f"lone-{number}", story, None)
        items.append(alone)
        pictures[alone.id], truth[alone.id] = story, story
        voice = replace(picture(f"voice-{number}", story, None), modality="audio")
        items.append(voice)
        spoken[voice.id], truth[voice.id] = sentence(story, np.random.default_rng(7 + number)), story
    return made_corpus(items, pictures, codes, spoken), truth

"""What views give of the collections of `bench.views`: read once, so that codebooks can be learned on any part."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from correlate.datasets import flickr
from correlate.features import image, words
from correlate.features.audio import RATE, Sound, decode
from correlate.features.encoders import Encoders
from correlate.features.film import Film
from correlate.features.hearing import Hearing
from correlate.features.look import Look
from correlate.features.viewing import LONGEST
from correlate.features.views import VIEWS, ViewKind, comparable

Matrix = np.ndarray
TIMED = 40
"""Subjects on which the cost of a view is measured, each opened anew, so that nothing is shared with other views."""
PIECE = 4 * RATE
PIECES = 6
MUSIC = (
    "147793", "442789", "Hungarian", "Karissa", "Kevin_MacLeod_-_P_I", "Kevin_MacLeod_-_Vibe", "admiralbob77",
    "sorohanro",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Collection:
    """What each view read of n subjects, by the name of the view."""

    read: dict[str, list[Any]]

    def matrix(self, name: str, learn_from: Sequence[int] | None = None) -> Matrix:
        """The view of all subjects (n, width) as a cosine compares it; a codebook is learned on some of them only."""
        kind, parts = VIEWS[name], self.read[name]
        if kind.book is None:
            rows = np.stack(parts)
        else:
            chosen = range(len(parts)) if learn_from is None else learn_from
            learned = kind.learn([kind.book.sample(parts[row]) for row in chosen])
            assert learned is not None, name
            rows = np.stack([kind.book.place(part, learned) for part in parts])
        return np.asarray(comparable(name, rows.astype(np.float32)))


def of_medium(medium: str) -> list[ViewKind]:
    """The views of a medium, in the order of the registry."""
    return [kind for kind in VIEWS.values() if kind.medium == medium]


def read(kinds: Iterable[ViewKind], subjects: Iterable[Any]) -> Collection:
    """Read every view of every subject."""
    kinds = list(kinds)
    found: dict[str, list[Any]] = {kind.name: [] for kind in kinds}
    for subject in subjects:
        # Views of one sort of parts share them.
        parts = {read: read(subject) for read in {kind.read for kind in kinds}}
        for kind in kinds:
            found[kind.name].append(parts[kind.read])
    return Collection(found)


def cost(kind: ViewKind, subjects: Iterable[Any]) -> float:
    """Milliseconds of processor time of a view for one subject, without opening it; the first few warm up."""
    subjects = list(subjects)
    first, timed = subjects[: len(subjects) // 4 + 1], subjects[len(subjects) // 4 + 1 :]
    samples = [kind.read(subject) for subject in first]
    learned = None if kind.book is None else kind.learn([kind.book.sample(parts) for parts in samples])
    started = time.process_time()
    for subject in timed:
        kind.vector(subject, learned)
    return 1000 * (time.process_time() - started) / len(timed)


def looks(paths: Iterable[Path], encoders: Encoders) -> Iterable[Look]:
    """Pictures, opened one at a time."""
    return (Look(image.load(path, LONGEST), encoders) for path in paths)


def photos(folder: Path) -> tuple[Sequence[Path], Sequence[str], Matrix]:
    """The photos of flickr8k-1k, their captions, and the photo of each caption."""
    captioned = flickr(folder)
    return captioned.pictures, captioned.captions, captioned.owners


def docs(texts: Sequence[str]) -> list[Any]:
    """Parses of texts."""
    return list(words.parse(texts))


def news(folder: Path) -> tuple[list[str], Matrix, list[Path], Matrix]:
    """The articles of news-events and the event of each; the photos and the event of each."""
    rows = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    events = np.unique([row["event_id"] for row in rows], return_inverse=True)[1]
    pictured = [place for place, row in enumerate(rows) if row.get("image")]
    paths = [folder / rows[place]["image"] for place in pictured]
    return [f"{row['title']}\n{row['text']}" for row in rows], events, paths, events[pictured]


def recordings(data: Path) -> tuple[list[Hearing], Matrix, Matrix]:
    """Pieces of 4 seconds of recordings, at most 6 each; the recording and the kind (speech, music, animal) of each."""
    spoken = [*sorted((data / "pocketsphinx-speech").rglob("*.wav")), *sorted((data / "whisper-jfk").glob("*.flac"))]
    others = sorted((data / "librosa-audio" / "audio").glob("*.ogg"))
    pieces, owners, kinds = [], [], []
    for owner, path in enumerate([*spoken, *others]):
        samples = decode(path).samples
        for start in range(0, max(1, min(PIECES * PIECE, len(samples) - PIECE + 1)), PIECE):
            pieces.append(Hearing(Sound(samples[start : start + PIECE])))
            owners.append(owner)
            kinds.append(_kind(path))
    return pieces, np.array(owners), np.unique(kinds, return_inverse=True)[1]


def _kind(path: Path) -> str:
    if path.name.startswith(MUSIC):
        return "music"
    return "animal" if any(name in path.name for name in ("whistling", "humpback", "pibble")) else "speech"


def clips(folder: Path) -> tuple[list[Film], Matrix]:
    """The clips of threatexchange-neardup, and the family of each."""
    paths = sorted((folder / "tmk" / "sample-videos").glob("*.mp4"))
    return [Film(path) for path in paths], np.unique([path.name.split("-")[0] for path in paths], return_inverse=True)[
        1
    ]

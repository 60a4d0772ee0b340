"""The pictures of a video: its shots, and one frame that stands for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from correlate.features.container import (
    MAX_PIXELS,
    declared_seconds,
    frames,
    moving_picture,
    opened,
    origin,
    require_decoder,
    shortfall,
)
from correlate.features.cuts import Signatures, boundaries, signature
from ontology.errors import InvalidInput

METHOD: Final = "shots-1"
LIMIT_SECONDS: Final = 4 * 3600.0
LIMIT_FRAMES: Final = 1_000_000

_PART: Final = 30.0  # seconds that one key frame stands for at most
_MOST_SHOTS, _MOST_PARTS = 120, 80  # 200 key frames a video, whatever is in it
_SMALL: Final = (64, 36)
_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Shot:
    """Seconds [start, end) of a video that were taken in one go, and the moment that shows them best.

    A shot of more than 30 s comes in parts. `score` in [0, 1] says how clearly it begins; 1 for the first.
    """

    start: float
    end: float
    key_time: float
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Clip:
    """What was seen of a video: shots in order, and in words what could not be decoded (empty for a whole file)."""

    shots: tuple[Shot, ...]
    damage: str = ""


def shots(path: Path, limit_seconds: float = LIMIT_SECONDS) -> Clip:
    """Find the shots of a video: at most 200, the clearest beginnings first, and parts of long ones.

    Times count from the moment that a player calls 0. Damaged packets are passed over; a cut-off file is kept as far as
    it goes, and `Clip.damage` says so. Raises `InvalidInput` for what is no video file, for one without moving pictures
    (a cover is none) or without a frame, for frames over 8192 x 4320, for more than `limit_seconds` and for more than
    1,000,000 frames.
    """
    with opened(path) as container:
        stream = _stream(path, container)
        declared, damage = declared_seconds(container, stream), list[str]()
        seen = _signatures(path, container, stream, damage, limit_seconds)
    if not len(seen):
        raise InvalidInput(f"{path.name} holds no frame of video" + (f" ({damage[0]})" if damage else ""))
    interval = float(np.median(np.diff(seen.times))) if len(seen) > 1 else 0.04
    end = float(seen.times[-1]) + interval
    return Clip(tuple(_parts(seen, end)), shortfall(end - float(seen.times[0]), declared, damage))


def key_frames(path: Path, clip: Sequence[Shot]) -> Iterator[Image.Image]:
    """The key frame of each shot in order, upright, RGB, at full size; one at a time, since together they may be large.

    Raises `InvalidInput` when the file has become another one since its shots were found.
    """
    # Decoded once more from the start: seeking is quicker, but lands elsewhere in files without a good index.
    wanted = iter(clip)
    shot = next(wanted, None)
    with opened(path) as container:
        beginning = origin(container)
        for index, frame in enumerate(frames(container, _stream(path, container), VideoFrame, [])):
            if shot is None:
                return
            while shot is not None and _time(frame, index, beginning) >= shot.key_time - 0.001:
                picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
                yield picture.rotate(frame.rotation, expand=True)
                shot = next(wanted, None)
    if shot is not None:
        raise InvalidInput(f"{path.name} has no frame at {shot.key_time:.2f} seconds any more")


def moments(path: Path, step: float, size: tuple[int, int]) -> Iterator[tuple[float, np.ndarray]]:
    """Pictures of a video that lie `step` seconds apart or, where it has fewer, all: the time of each, and the picture
    in grey as (height, width) uint8 of `size` (width, height)."""
    with opened(path) as container:
        beginning, last = origin(container), -step
        for index, frame in enumerate(frames(container, _stream(path, container), VideoFrame, [])):
            time = _time(frame, index, beginning)
            if time - last >= step - 0.001:
                yield time, frame.reformat(*size, format="gray", interpolation="AREA").to_ndarray()
                last = time


def _stream(path: Path, container: InputContainer) -> VideoStream:
    stream = moving_picture(container)
    if stream is None:
        raise InvalidInput(f"{path.name} holds no moving pictures")
    require_decoder(path, stream)
    if stream.width * stream.height > MAX_PIXELS:
        raise InvalidInput(f"{path.name} has frames of {stream.width} x {stream.height}, over {MAX_PIXELS} pixels")
    return stream


def _time(frame: VideoFrame, index: int, beginning: float) -> float:
    """Seconds from the beginning; of a raw stream without time stamps, at 25 frames a second."""
    return index / 25 if frame.time is None else max(0.0, frame.time - beginning)


def _signatures(
    path: Path, container: InputContainer, stream: VideoStream, damage: list[str], limit_seconds: float
) -> Signatures:
    """Look at every frame in small."""
    times, batch, beginning = list[float](), list[np.ndarray](), origin(container)
    made: list[tuple[np.ndarray, np.ndarray]] = []
    for frame in frames(container, stream, VideoFrame, damage):
        times.append(_time(frame, len(times), beginning))
        if times[-1] > limit_seconds or len(times) > LIMIT_FRAMES:
            raise InvalidInput(f"{path.name} is longer than {limit_seconds:g} seconds or {LIMIT_FRAMES:,} frames")
        small = frame.reformat(*_SMALL, format="rgb24", interpolation="AREA")
        batch.append(small.to_ndarray())
        if len(batch) == _BATCH:
            made.append(signature(np.stack(batch)))
            batch.clear()
    if batch:
        made.append(signature(np.stack(batch)))
    if not made:
        return Signatures(np.empty(0), np.empty((0, 72), np.uint16), np.empty((0, 144), np.uint8))
    colours, thumbs = (np.concatenate(parts) for parts in zip(*made, strict=True))
    return Signatures(np.maximum.accumulate(times), colours, thumbs)


def _parts(seen: Signatures, end: float) -> Iterator[Shot]:
    """Shots, those of more than 30 s (in a long video: of more than an 80th of it) in equal parts."""
    found = boundaries(seen, _MOST_SHOTS - 1)
    starts = [0, *found[:, 0].astype(int).tolist(), len(seen)]
    scores = [1.0, *np.minimum(1, found[:, 1] / 2).tolist()]
    longest = max(_PART, (end - float(seen.times[0])) / _MOST_PARTS)
    for score, (first, after) in zip(scores, pairwise(starts), strict=True):
        start = float(seen.times[first])
        stop = end if after == len(seen) else float(seen.times[after])
        edges = np.linspace(start, stop, max(1, int(np.ceil((stop - start) / longest))) + 1)
        inner = np.searchsorted(seen.times, edges[1:-1] - 1e-6).tolist()
        for (low, high), (begin, cease) in zip(pairwise([first, *inner, after]), pairwise(edges.tolist()), strict=True):
            # A part in which no frame begins shows the one before.
            key = float(seen.times[_typical(seen, low if high > low else low - 1, max(high, low))])
            yield Shot(round(begin, 2), round(cease, 2), key, round(score, 3))
            score = 1.0


def _typical(seen: Signatures, first: int, after: int) -> int:
    """The frame of a shot most like the mean of all; not at its edges, and not black if any other is there."""
    margin = (after - first) // 10
    index = np.arange(first + margin, after - margin)
    bright = index[seen.thumbs[index].max(1) >= 32]
    index = bright if len(bright) else index
    colours, thumbs = seen.colours[index].astype(np.float32), seen.thumbs[index].astype(np.float32)
    total = max(1.0, float(colours[0].sum()))
    away = np.abs(colours - colours.mean(0)).sum(1) / (2 * total) + np.abs(thumbs - thumbs.mean(0)).mean(1) / 64
    return int(index[np.argmin(away)])

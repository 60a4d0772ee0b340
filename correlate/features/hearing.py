"""A recording as its views hear it: frames of sound, their loudness in bands, their cepstrum and pitches, each once.

Cepstra are those of S. Davis and P. Mermelstein (IEEE Transactions on Acoustics, Speech and Signal Processing 28(4),
1980); pitches those of M. Bartsch and G. Wakefield ("To catch a chorus", WASPAA 2001).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from correlate.features.audio import RATE, Sound
from correlate.features.scaling import Floats

ORDERS: Final = np.arange(1, 20)
"""Of the cepstral coefficients; order 0 is loudness."""

_WINDOW: Final = 1024
_HOP: Final = 512
_BLOCK: Final = 4096  # frames at a time: about 2 minutes, 25 MB
_BANDS: Final = 40
_FLOOR: Final = 1e-5  # of the loudest band: 50 dB down, where codecs differ
_QUIET: Final = 40.0  # decibels below the loudest frame
_REACH: Final = 2  # frames to either side that a change is measured over
_LONG: Final = 4  # windows of pitches are so many times longer: semitones lie close in the bass
_LOWEST, _HIGHEST = 110.0, 5000.0  # hertz in which pitches are looked for
_SEMITONE: Final = 0.35  # deviation of a pitch's reach, in semitones


class Hearing:
    """One mono recording at 16 kHz."""

    def __init__(self, sound: Sound) -> None:
        self.sound = sound

    @cached_property
    def silent(self) -> bool:
        """Nothing but zeros, or what is left of them."""
        return not self._analysed[0].any()

    @property
    def shape(self) -> Floats:
        """Of each frame (n, 5): centroid and 85 % roll-off in octaves above 1 kHz, log10 flatness, share of zero
        crossings, spread around the centroid in octaves."""
        return self._analysed[1]

    @cached_property
    def levels(self) -> Floats:
        """Decibels in 40 mel bands (n, 40), from 50 below the loudest."""
        bands = self._analysed[0]
        return np.asarray(10 * np.log10(np.maximum(bands, bands.max() * _FLOOR)), np.float32)

    @cached_property
    def loudness(self) -> Floats:
        """Decibels of each frame (n,)."""
        bands = self._analysed[0]
        return np.asarray(10 * np.log10(np.maximum(bands.sum(1), bands.max() * _FLOOR)), np.float32)

    @cached_property
    def heard(self) -> NDArray[np.bool_]:
        """The frames (n,) that are at most 40 dB quieter than the loudest."""
        return np.asarray(self.loudness > self.loudness.max() - _QUIET)

    @cached_property
    def cepstrum(self) -> Floats:
        """Mel-frequency cepstral coefficients 1 to 19 (n, 19)."""
        return np.asarray(fft.dct(self.levels, norm="ortho", axis=1)[:, ORDERS], np.float32)

    @cached_property
    def rise(self) -> Floats:
        """By how many decibels each frame's bands rise over the frame before, in the mean (n,): onsets."""
        return np.asarray(np.maximum(np.diff(self.levels, axis=0, prepend=self.levels[:1]), 0).mean(axis=1))

    @cached_property
    def pitches(self) -> Floats:
        """The shares of the 12 pitch classes from C to B in each long frame (m, 12); silent frames are left out."""
        found = np.concatenate([power @ _pitch_bank().T for _, power in _spectra(self.sound, _LONG)])
        strength = found.sum(axis=1)
        held = strength > strength.max() * 10 ** (-_QUIET / 10)
        return np.asarray(found[held] / strength[held, None], np.float32)

    @cached_property
    def _analysed(self) -> tuple[Floats, Floats]:
        """Per frame the power in the bands (n, 40), and its shape (n, 5)."""
        mel, bands, shapes = _mel_bank(), [], []
        for block, power in _spectra(self.sound, 1):
            bands.append(power @ mel.T)
            shapes.append(_shape(block, power))
        return np.concatenate(bands), np.concatenate(shapes)


def changes(series: Floats) -> Floats:
    """How fast each column of (n, d) changes at each frame, per frame: the slope over two frames to either side.

    Source: S. Furui, IEEE Transactions on Acoustics, Speech and Signal Processing 34(1), 1986 (delta coefficients).
    """
    padded = np.pad(series, ((_REACH, _REACH), (0, 0)), mode="edge")
    steps = np.arange(-_REACH, _REACH + 1)
    slopes = sum(step * padded[_REACH + step : _REACH + step + len(series)] for step in steps)
    return np.asarray(slopes / (steps**2).sum(), np.float32)


def _spectra(sound: Sound, times: int) -> Iterator[tuple[Floats, Floats]]:
    """Windowed frames of 64 ms, or so many times longer, half overlapping, and their power: blocks of both."""
    size = _WINDOW * times
    padded = np.pad(sound.samples, (0, max(0, size - len(sound.samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: _HOP * times]
    window = np.hanning(size).astype(np.float32)
    for start in range(0, len(frames), _BLOCK // times):
        block = frames[start : start + _BLOCK // times] * window
        yield block, np.abs(fft.rfft(block, axis=1)) ** 2


def _shape(block: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Centroid and roll-off in octaves above 1 kHz, log10 flatness, share of zero crossings, spread: (n x 5)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE).astype(np.float32)
    total = power.sum(1) + 1e-20
    centroid = np.log2((power @ hertz / total + 1) / 1000)
    roll_off = np.log2((hertz[np.argmax(power.cumsum(1) >= 0.85 * total[:, None], axis=1)] + 1) / 1000)
    lifted = np.maximum(power, power.max(1, keepdims=True) * 1e-9) + 1e-20
    flatness = (np.log(lifted).mean(1) - np.log(lifted.mean(1))) / np.log(10)
    crossings = np.diff(np.signbit(block), axis=1).mean(1)
    octaves = np.log2((hertz + 1) / 1000)
    middle = power @ octaves / total
    spread = np.sqrt(np.maximum(power @ octaves**2 / total - middle**2, 0))
    return np.stack([centroid, roll_off, flatness, crossings, spread], axis=1)


def _mel_bank() -> np.ndarray:
    """Triangular filters, evenly spaced in mel from 60 to 7,600 Hz: (40 x bins)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    low, high = 2595 * np.log10(1 + np.array([60, 7600]) / 700)
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (hertz - left) / (middle - left), (right - hertz) / (right - middle)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def _pitch_bank() -> np.ndarray:
    """How much each frequency counts for each pitch class, a Gaussian of a third of a semitone: (12 x bins)."""
    hertz = np.fft.rfftfreq(_WINDOW * _LONG, 1 / RATE)
    semitones = 12 * np.log2(np.maximum(hertz, 1.0) / 440) + 9
    away = (semitones - np.arange(12)[:, None] + 6) % 12 - 6
    inside = (hertz >= _LOWEST) & (hertz <= _HIGHEST)
    return np.asarray(np.exp(-((away / _SEMITONE) ** 2) / 2) * inside, np.float32)

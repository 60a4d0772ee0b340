"""Where one shot ends and the next begins, from small signatures of the frames.

Hard cuts are peaks of the difference between neighbouring frames over an adaptive threshold, dissolves are peaks of the
difference across a second between two calm sides (the twin comparison of Zhang, Kankanhalli and Smoliar, Automatic
partitioning of full-motion video, Multimedia Systems 1(1), 1993), fades are stretches of black.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter

_HARD: Final = 0.2
_ABOVE_LOCAL: Final = 4.0  # times the median difference of the second around: movement is no cut
_GRADUAL: Final = 0.35
_BLACK: Final = 32  # of 255: no cell of the thumbnail is brighter
_SHORTEST: Final = 0.5  # seconds between two boundaries
_FLASH: Final = 0.2  # seconds after which the old picture is back
_FASTEST: Final = 240.0  # frames a second
_SLIDES: Final = 4.0  # frames a second
_REACH: Final = 0.5  # seconds to either side of a dissolve

_HUES, _SATURATIONS, _VALUES = 8, 3, 3
_COLOURS: Final = _HUES * _SATURATIONS * _VALUES


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """What is kept of n frames: `times` (n,) in seconds, rising; `colours` (n, 72) uint16, pixels per hue, saturation
    and value; `thumbs` (n, 144) uint8, the grey picture of 16 x 9.
    """

    times: np.ndarray
    colours: np.ndarray
    thumbs: np.ndarray

    def __len__(self) -> int:
        return len(self.times)

    def distance(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """How different frames are, in [0, 1]: half by colours wherever they lie, half by brightness where it lies."""
        colours = np.abs(self.colours[first].astype(np.int32) - self.colours[second]).sum(1)
        thumbs = np.abs(self.thumbs[first].astype(np.int16) - self.thumbs[second]).mean(1)
        total = 2 * max(1, int(self.colours[0].sum()))
        return np.asarray(0.5 * colours / total + 0.5 * np.minimum(1, thumbs / 64), np.float32)


def signature(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours and thumbnails of small RGB pictures, (n, 36, 64, 3) uint8, as `Signatures` keeps them."""
    count = len(pictures)
    value = pictures.max(-1).astype(np.int16)
    spread = value - pictures.min(-1)
    bins = _hue(pictures, value, spread) * _SATURATIONS * _VALUES
    bins += np.minimum(_SATURATIONS - 1, spread * _SATURATIONS // np.maximum(value, 1)) * _VALUES
    bins += np.minimum(_VALUES - 1, value * _VALUES // 256)
    flat = bins.reshape(count, -1) + np.arange(count)[:, None] * _COLOURS
    colours = np.bincount(flat.ravel(), minlength=count * _COLOURS).reshape(count, _COLOURS)
    grey = pictures @ np.array([0.299, 0.587, 0.114], np.float32)
    thumbs = grey.reshape(count, 9, 4, 16, 4).mean((2, 4)).reshape(count, -1)
    return colours.astype(np.uint16), thumbs.astype(np.uint8)


def _hue(pictures: np.ndarray, value: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Hue in 8 steps; grey has hue 0, so that noise in dark corners does not jump between colours."""
    red, green, blue = np.moveaxis(pictures.astype(np.float32), -1, 0)
    safe = np.maximum(spread, 1)
    sixth = np.where(
        value == red, (green - blue) / safe, np.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    coloured = spread * 8 > value
    return np.where(coloured, (sixth / 6 % 1 * _HUES).astype(np.int64) % _HUES, 0)


def boundaries(frames: Signatures, most: int = 1000) -> np.ndarray:
    """The first frame of every shot but the first: indices, rising, each with its strength: (m, 2).

    They lie 0.5 s apart, and the `most` strongest are kept. A fade has strength 3, a hard cut 1 to 2, a dissolve less.
    """
    if len(frames) < 3:
        return np.empty((0, 2))
    # Broken time stamps may say a million frames a second: windows must not grow with that.
    rate = min(_FASTEST, (len(frames) - 1) / max(float(frames.times[-1] - frames.times[0]), 1e-3))
    black, fades = _black(frames, round(_SHORTEST * rate))
    changes = np.concatenate([_hard(frames, rate), _dissolves(frames, rate)])
    candidates = np.concatenate([fades, changes[~black[changes[:, 0].astype(int)]]])
    taken: list[np.ndarray] = []
    for candidate in candidates[np.lexsort((candidates[:, 0], -candidates[:, 1]))]:
        time = frames.times[int(candidate[0])]
        gap = _SHORTEST if candidate[1] >= 1 else max(2 * _REACH, 3 / rate)
        if all(abs(time - frames.times[int(other[0])]) >= gap for other in taken):
            taken.append(candidate)
        if len(taken) == most:
            break
    return np.array(sorted(taken, key=lambda one: float(one[0]))).reshape(-1, 2)


def _black(frames: Signatures, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """Which frames lie in or near a black stretch (n,), and a boundary in the middle of each that is not at an end."""
    black = frames.thumbs.max(1) < _BLACK
    edges = np.flatnonzero(np.diff(np.concatenate([[False], black, [False]]).astype(np.int8))).reshape(-1, 2)
    inner = edges[(edges[:, 0] > 0) & (edges[:, 1] < len(frames))]
    near = maximum_filter1d(black.astype(np.uint8), 2 * margin + 1) > 0
    return near, np.stack([inner.sum(1) // 2, np.full(len(inner), 3.0)], axis=1)


def _hard(frames: Signatures, rate: float) -> np.ndarray:
    """Hard cuts, with strength 1 to 2."""
    index = np.arange(1, len(frames))
    step = frames.distance(index - 1, index)
    # In a slide show nothing moves between the pictures, so there is nothing usual to stand out from.
    usual = median_filter(step, size=2 * round(rate / 2) + 1, mode="nearest") if rate >= _SLIDES else 0.0
    flash = round(_FLASH * rate)
    after = frames.distance(index - 1, np.minimum(index + flash, len(frames) - 1))
    before = frames.distance(np.maximum(index - 1 - flash, 0), index)
    peak = step == maximum_filter1d(step, 2 * round(_SHORTEST / 2 * rate) + 1)
    found = (step > np.maximum(_HARD, _ABOVE_LOCAL * usual)) & (np.minimum(before, after) > _HARD) & peak
    return np.stack([index[found], 1 + step[found]], axis=1)


def _dissolves(frames: Signatures, rate: float) -> np.ndarray:
    """Gradual changes between two calm sides, with strength below 1."""
    reach = max(1, round(_REACH * rate))
    index = np.arange(2 * reach, len(frames) - 2 * reach)
    if not len(index):
        return np.empty((0, 2))
    across = frames.distance(index - reach, index + reach)
    before = frames.distance(index - 2 * reach, index - reach)
    after = frames.distance(index + reach, index + 2 * reach)
    peak = across == maximum_filter1d(across, 2 * reach + 1)
    found = (across > _GRADUAL) & (np.maximum(before, after) < across / 2) & peak
    return np.stack([index[found], across[found] * 0.999], axis=1)

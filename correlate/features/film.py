"""A clip as its views see it: how its pictures move from one moment to the next, and how it is cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from correlate.features.look import Bytes
from correlate.features.scaling import Floats, Matrix, standard
from correlate.features.video import Clip, moments, shots

_SIZE: Final = (128, 72)
_STEP: Final = 0.2  # seconds between the two pictures of a pair
_PAIRS: Final = 600
_DIRECTIONS: Final = 8
_CELLS: Final = 4
_STILL: Final = 0.01  # widths a second
_OCTAVES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds

# Where the numbers of 14 clips lie, and about how far others may spread.
_MOTION_CENTRE: Final = np.array([-1.2, 0.38, 0.3, 0.55, 0.0, *[0.35] * _DIRECTIONS, *[0.24] * _CELLS**2])
_MOTION_SPREAD: Final = np.array([0.5, 0.2, 0.3, 0.2, 0.1, *[0.12] * _DIRECTIONS, *[0.08] * _CELLS**2])
_SHOTS_CENTRE: Final = np.array([0.6, 0.7, 0.25, 0.9, *[0.3] * 6])
_SHOTS_SPREAD: Final = np.array([0.5, 0.5, 0.3, 0.2, *[0.3] * 6])


class Film:
    """The moving pictures of one file."""

    def __init__(self, path: Path, clip: Clip | None = None) -> None:
        self.path = path
        self._clip = clip

    @cached_property
    def clip(self) -> Clip:
        """Its shots."""
        return self._clip or shots(self.path)

    @cached_property
    def movements(self) -> Matrix:
        """What moves in each of at most 600 pairs of moments 0.2 s apart, evenly spread, none across a cut: (n, 28), as
        `movement` gives it."""
        return np.array([movement(flow(*pair)) for pair in self._pairs()]).reshape(-1, 4 + _DIRECTIONS + _CELLS**2)

    def _pairs(self) -> Iterator[tuple[Bytes, Bytes, float]]:
        # Times of shots are rounded to hundredths.
        starts = np.array([shot.start - 0.006 for shot in self.clip.shots])
        stride = max(1, math.ceil(self.clip.shots[-1].end / _STEP / _PAIRS))
        for number, ((before, first), (after, second)) in enumerate(pairwise(moments(self.path, _STEP, _SIZE))):
            cut = np.searchsorted(starts, after) > np.searchsorted(starts, before)
            if number % stride == 0 and not cut:
                yield first, second, after - before


def flow(first: Bytes, second: Bytes, seconds: float) -> Floats:
    """How each part of one grey picture moves until the next, to the right and down, in widths a second: (h, w, 2).

    Source: G. Farnebäck, "Two-frame motion estimation based on polynomial expansion", SCIA 2003.
    """
    import cv2

    start = np.zeros((*first.shape, 2), np.float32)
    moved = cv2.calcOpticalFlowFarneback(first, second, start, 0.5, 3, 13, 2, 5, 1.1, 0)
    return np.asarray(moved / (first.shape[1] * seconds), np.float32)


def movement(flow: Floats) -> Matrix:
    """What moves in one flow (h, w, 2): mean speed, share of still parts, speed of the mean, mean speed away from the
    middle, and the speed that goes in each of 8 directions (the first to the right, then down) and is in each of 4 x 4
    places; (28,), all speeds in widths a second."""
    height, width = flow.shape[:2]
    speed = np.hypot(flow[..., 0], flow[..., 1])
    down, across = np.indices((height, width))
    away = np.stack([across - (width - 1) / 2, down - (height - 1) / 2], axis=-1)
    outward = (flow * away).sum(axis=-1) / np.maximum(np.hypot(*np.moveaxis(away, -1, 0)), 0.5)
    turn = np.arctan2(flow[..., 1], flow[..., 0]) / (2 * np.pi) * _DIRECTIONS
    direction = np.round(turn).astype(np.intp) % _DIRECTIONS
    place = (down * _CELLS // height) * _CELLS + across * _CELLS // width
    size = speed.size
    directions = np.bincount(direction.ravel(), speed.ravel(), minlength=_DIRECTIONS) / size
    places = np.bincount(place.ravel(), speed.ravel(), minlength=_CELLS**2) / size
    whole = [speed.mean(), (speed < _STILL).mean(), np.hypot(*flow.mean(axis=(0, 1))), outward.mean()]
    return np.concatenate([whole, directions, places])


def motion(film: Film) -> Floats:
    """How fast, how evenly, in what directions and where a clip moves: (29,), standard; zeros for a single picture.

    Logarithm of the mean speed and its deviation over time, share of still parts, how far all moves as one (a camera
    that turns) and outward (one that comes near); roots of the shares of 8 directions and of 4 x 4 places in all
    movement. Source: S. Jeannin and A. Divakaran, "MPEG-7 visual motion descriptors", IEEE TCSVT 11(6), 2001.
    """
    moves = film.movements
    if not len(moves):
        return np.zeros(5 + _DIRECTIONS + _CELLS**2, np.float32)
    levels = np.log10(moves[:, 0] + 1e-3)
    mean = moves.mean(axis=0)
    shares = mean[2:] / max(mean[0], 1e-9)
    found = [levels.mean(), levels.std(), mean[1], *shares[:2], *np.sqrt(shares[2:])]
    return standard(found, _MOTION_CENTRE, _MOTION_SPREAD)


def shot_lengths(film: Film) -> Floats:
    """How a clip is cut: (10,), standard.

    Logarithms of the cuts a minute and of the mean length, deviation of the logarithms of the lengths, how clearly
    shots begin, and the roots of the shares of shots of up to 1, 2, 4, 8, 16 and more seconds. Source: N. Vasconcelos
    and A. Lippman, "Statistical models of video structure for content analysis", IEEE TIP 9(1), 2000.
    """
    lengths = np.array([max(shot.end - shot.start, 0.01) for shot in film.clip.shots])
    scores = [shot.score for shot in film.clip.shots[1:]]
    levels = np.log10(lengths)
    shares = np.bincount(np.searchsorted(_OCTAVES, lengths), minlength=len(_OCTAVES) + 1) / len(lengths)
    cuts = np.log10(1 + 60 * (len(lengths) - 1) / lengths.sum())
    found = [cuts, levels.mean(), levels.std(), np.mean(scores) if scores else 1.0, *np.sqrt(shares)]
    return standard(found, _SHOTS_CENTRE, _SHOTS_SPREAD)

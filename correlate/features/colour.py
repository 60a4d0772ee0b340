"""What colours a picture has: how much of each, where, and how they lie together."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from correlate.features.look import Bytes, Look
from correlate.features.scaling import Floats, Matrix, hellinger, standard, unit

Labels = NDArray[np.intp]

_GREY: Final = 0.15
"""Saturation (of 1) and value below which a hue is noise."""
_DISTANCES: Final = (1, 3, 5, 7)
_GRID: Final = 5

# Means and deviations of the nine moments (mean, deviation, cube root of the third moment of L*, a*, b*) of the
# cells of 200 photos.
_MOMENT_CENTRE: Final = np.array([47.0, -0.6, 5.5, 14.0, 4.6, 6.7, 0.8, 1.7, 0.9])
_MOMENT_SPREAD: Final = np.array([20.0, 8.6, 15.0, 7.8, 4.4, 5.2, 14.0, 5.5, 7.3])


def colour_histogram(look: Look) -> Floats:
    """How much of a picture has each colour: (200,), Hellinger-scaled.

    16 hues x 3 saturations x 4 values, and 8 greys for what has hardly a hue. Source: M. Swain and D. Ballard, "Color
    indexing", IJCV 7(1), 1991.
    """
    labels = quantized(look.hsv, (16, 3, 4), 8)
    return hellinger(np.bincount(labels.ravel(), minlength=16 * 3 * 4 + 8))


def quantized(hsv: Bytes, steps: tuple[int, int, int], greys: int) -> Labels:
    """The number of the colour of each pixel (h, w): greys first, then hues by saturation and value.

    `hsv` has hues in [0, 180); `steps` are those of hue, saturation and value.
    """
    hue, saturation, value = (hsv[..., channel].astype(np.intp) for channel in range(3))
    hues, saturations, values = steps
    grey = (saturation < _GREY * 255) | (value < _GREY * 255)
    place = hue * hues // 180 * saturations + np.minimum(saturation * saturations // 256, saturations - 1)
    return np.where(grey, value * greys // 256, greys + place * values + value * values // 256)


def colour_moments(look: Look) -> Floats:
    """Mean, deviation and skew of L*, a*, b* in each cell of a 5 x 5 grid: (225,), standard.

    Source: M. Stricker and M. Orengo, "Similarity of color images", SPIE 2420, 1995; the grid is that of NUS-WIDE
    (T.-S. Chua et al., CIVR 2009).
    """
    found = np.concatenate([moments(cell.reshape(-1, 3)) for cell in grid(look.lab, _GRID)])
    count = _GRID * _GRID
    return standard(found, np.tile(_MOMENT_CENTRE, count), np.tile(_MOMENT_SPREAD, count))


def grid(pixels: Matrix, side: int) -> list[Matrix]:
    """A picture (h, w, ...) cut into side x side cells of nearly one size, row by row."""
    return [cell for row in np.array_split(pixels, side) for cell in np.array_split(row, side, axis=1)]


def moments(pixels: Matrix) -> Matrix:
    """The first three moments of pixels (n, 3), in the unit of the pixels: means, deviations, cube roots of the third
    (9,)."""
    mean = pixels.mean(axis=0, dtype=np.float64)
    away = pixels - mean
    squares = away * away
    return np.concatenate([mean, np.sqrt(squares.mean(axis=0)), np.cbrt((squares * away).mean(axis=0))])


def colour_correlogram(look: Look) -> Floats:
    """How often a pixel has its own colour again at distance 1, 3, 5 and 7: (144,), of length 1.

    36 colours: 8 hues x 2 saturations x 2 values and 4 greys. Source: J. Huang et al., "Image indexing using color
    correlograms", CVPR 1997 (the auto-correlogram).
    """
    labels = quantized(look.hsv, (8, 2, 2), 4)
    return unit(autocorrelogram(labels, 36, _DISTANCES).ravel())


def autocorrelogram(labels: Labels, colours: int, distances: tuple[int, ...]) -> Matrix:
    """The probability that a pixel at chessboard distance k of a pixel of colour c has colour c too.

    `labels` (h, w) in [0, colours), at most 127 colours; neighbours outside the picture do not count. Gives (colours,
    distances), 0 for a colour that is not there.
    """
    small = labels.astype(np.uint8)
    return np.stack([_recurrence(small, colours, k) for k in distances], axis=1)


def _recurrence(labels: Bytes, colours: int, k: int) -> Matrix:
    same, pairs = np.zeros(colours), np.zeros(colours)
    # Half of the ring: the other half are the same pairs seen from the other pixel.
    half = [(k, x) for x in range(-k, k + 1)] + [(y, k) for y in range(-k + 1, k)]
    for down, right in half:
        first, second = _shifted(labels, down, right)
        # One count for both questions: which colour the first has, and whether the second has it too.
        both = np.bincount((first * 2 + (first == second)).ravel(), minlength=2 * colours).reshape(colours, 2)
        same += 2 * both[:, 1]
        pairs += both.sum(axis=1) + np.bincount(second.ravel(), minlength=colours)
    return same / np.maximum(pairs, 1)


def _shifted(labels: Bytes, down: int, right: int) -> tuple[Bytes, Bytes]:
    """All pairs of pixels of which the second lies `down` rows and `right` columns (either sign) from the first."""
    (rows, moved_rows), (columns, moved_columns) = (
        _overlap(length, shift) for length, shift in zip(labels.shape, (down, right), strict=True)
    )
    return labels[rows, columns], labels[moved_rows, moved_columns]


def _overlap(length: int, shift: int) -> tuple[slice, slice]:
    """The places along one side whose partner `shift` further lies within it, and those of the partners."""
    count = max(0, length - abs(shift))
    start, moved = max(0, -shift), max(0, shift)
    return slice(start, start + count), slice(moved, moved + count)

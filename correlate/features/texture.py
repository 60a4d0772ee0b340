"""What a picture's surfaces are like: how grey values follow one another, how coarse, in what directions."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from correlate.features.look import Bytes, Look
from correlate.features.scaling import Floats, Matrix, hellinger, standard

PATTERNS: Final = 59
"""Labels of local patterns: 58 uniform ones, and one for the rest."""

_LEVELS: Final = 32
_STEPS: Final = (1, 3)
_DIRECTIONS: Final = ((0, 1), (-1, 1), (-1, 0), (-1, -1))
_TINY: Final = 1e-12
_SIZES: Final = 5  # windows of 2 to 32 pixels
_ANGLES: Final = 16
_EDGE: Final = 12.0  # differences of grey values that make a direction
_RADII: Final = (1, 2, 4)

# Usual values and their spreads over 300 photos: means over directions, then ranges, at distance 1 and at distance 3.
_HARALICK_CENTRE: Final = np.array(
    [
        [0.029, 5.2, 0.94, 49, 0.62, 27.2, 191, 3.62, 4.72, 3.41, 1.46, -0.43, 0.95],
        [0.008, 3.8, 0.044, 0.13, 0.11, 0.033, 3.89, 0.033, 0.36, 2.33, 0.32, 0.12, 0.034],
        [0.021, 17.9, 0.8, 49, 0.47, 27.2, 178, 3.62, 5.23, 11.3, 1.96, -0.26, 0.86],
        [0.005, 9.3, 0.1, 0.38, 0.093, 0.099, 9.5, 0.031, 0.29, 5.24, 0.29, 0.096, 0.074],
    ]
).ravel()
_HARALICK_SPREAD: Final = np.array(
    [
        [0.037, 3, 0.035, 23, 0.1, 7.4, 91, 0.35, 0.61, 1.8, 0.28, 0.097, 0.032],
        [0.007, 2.4, 0.028, 0.1, 0.033, 0.02, 2.46, 0.031, 0.1, 1.38, 0.089, 0.036, 0.023],
        [0.032, 9.8, 0.095, 23, 0.11, 7.4, 87, 0.34, 0.65, 5.7, 0.31, 0.094, 0.077],
        [0.007, 6.2, 0.058, 0.31, 0.037, 0.059, 6.4, 0.027, 0.11, 3.3, 0.11, 0.041, 0.045],
    ]
).ravel()
# Of coarseness, contrast and directionality, then of the roots of the shares of sizes and of directions.
_TAMURA_CENTRE: Final = np.array([3.85, 43, 0.15, 0.31, 0.3, 0.35, 0.43, 0.68, *[0.245] * 16])
_TAMURA_SPREAD: Final = np.array([0.42, 14, 0.14, 0.1, 0.063, 0.06, 0.067, 0.1, *[0.035] * 16])


def glcm(look: Look) -> Floats:
    """Haralick's features of the co-occurrence of 32 grey levels: (52,), standard.

    13 features at distances 1 and 3, each as mean and range over four directions. Source: R. Haralick, K. Shanmugam and
    I. Dinstein, "Textural features for image classification", IEEE SMC 3(6), 1973.
    """
    levels = (look.grey // (256 // _LEVELS)).astype(np.intp)
    found = []
    for step in _STEPS:
        each = np.stack([haralick(cooccurrence(levels, _LEVELS, y * step, x * step)) for y, x in _DIRECTIONS])
        found += [each.mean(axis=0), np.ptp(each, axis=0)]
    return standard(np.concatenate(found), _HARALICK_CENTRE, _HARALICK_SPREAD)


def cooccurrence(levels: NDArray[np.intp], count: int, down: int, right: int) -> Matrix:
    """The shares of pairs of grey levels (count, count) at an offset, seen from both ends: symmetric, sum 1."""
    height, width = levels.shape
    first = levels[max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
    second = levels[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    pairs = np.bincount((first * count + second).ravel(), minlength=count * count).reshape(count, count)
    both: Matrix = (pairs + pairs.T).astype(np.float64)
    return np.asarray(both / max(1.0, both.sum()))


def haralick(shares: Matrix) -> Matrix:
    """The 13 features of a co-occurrence matrix, in the order of the paper (13,).

    Angular second moment, contrast, correlation, variance, inverse difference moment, sum average, sum variance, sum
    entropy, entropy, difference variance, difference entropy, two information measures of correlation. Entropies in
    nats; the correlation of one grey level with itself is 1.
    """
    count = len(shares)
    level = np.arange(count)
    across, down = level[None, :], level[:, None]
    margin = shares.sum(axis=1)
    mean = margin @ level
    variance = margin @ (level - mean) ** 2
    sums = _gathered(across + down, shares)
    gaps = _gathered(np.abs(across - down), shares)
    sum_level = np.arange(len(sums))
    gap_mean = gaps @ level
    correlation = ((across * down * shares).sum() - mean**2) / variance if variance > _TINY else 1.0
    return np.array(
        [
            (shares**2).sum(),
            gaps @ level**2,
            correlation,
            variance,
            (gaps / (1 + level**2)).sum(),
            sums @ sum_level,
            sums @ (sum_level - sums @ sum_level) ** 2,
            _entropy(sums),
            _entropy(shares),
            gaps @ (level - gap_mean) ** 2,
            _entropy(gaps),
            *_information(shares, margin),
        ]
    )


def _gathered(places: NDArray[np.intp], shares: Matrix) -> Matrix:
    """The sums of shares by their place."""
    return np.asarray(np.bincount(places.ravel(), shares.ravel()), np.float64)


def _information(shares: Matrix, margin: Matrix) -> tuple[float, float]:
    whole, single = _entropy(shares), _entropy(margin)
    # The two other entropies of the paper, against and of the product of the margins, are one for such a product.
    product = 2 * single
    first = (whole - product) / single if single > _TINY else 0.0
    return first, float(np.sqrt(max(0.0, 1 - np.exp(-2 * (product - whole)))))


def _entropy(shares: Matrix) -> float:
    held = shares[shares > 0]
    return float(-(held * np.log(held)).sum())


def tamura(look: Look) -> Floats:
    """Coarseness, contrast and directionality, the sizes of windows and the directions of edges: (24,), standard.

    Source: H. Tamura, S. Mori and T. Yamawaki, "Textural features corresponding to visual perception", IEEE SMC 8(6),
    1978; the two histograms (5 sizes, 16 directions) are those that its coarseness and directionality are read from.
    """
    grey = look.grey.astype(np.float64)
    sizes, directions = window_sizes(grey), edge_directions(grey)
    coarseness = float(sizes @ np.arange(1, _SIZES + 1))
    found = [coarseness, contrast(grey), directionality(directions), *np.sqrt(sizes), *np.sqrt(directions)]
    return standard(found, _TAMURA_CENTRE, _TAMURA_SPREAD)


def window_sizes(grey: Matrix) -> Matrix:
    """The share of pixels (5,) around which windows of 2, 4, 8, 16, 32 pixels differ most from their neighbours.

    A picture of one colour has all in the smallest.
    """
    largest = 2**_SIZES
    padded = np.pad(grey, largest, mode="symmetric")
    total = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    gaps = np.stack([_window_gaps(total, grey.shape, 2**k, largest) for k in range(1, _SIZES + 1)])
    best = np.argmax(np.round(gaps, 6), axis=0)
    return np.asarray(np.bincount(best.ravel(), minlength=_SIZES) / best.size)


def _window_gaps(total: Matrix, shape: tuple[int, ...], side: int, margin: int) -> Matrix:
    """The greater difference, across or down, of the means of the two windows that meet at each pixel.

    `total` (h + 2 margin + 1, ...) are the sums of all pixels above and to the left.
    """
    means = (total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]) / side**2
    height, width = shape
    rows, columns = (slice(margin - side // 2, margin - side // 2 + length) for length in (height, width))
    across = np.abs(means[rows, margin : margin + width] - means[rows, margin - side : margin - side + width])
    down = np.abs(means[margin : margin + height, columns] - means[margin - side : margin - side + height, columns])
    return np.asarray(np.maximum(across, down))


def contrast(grey: Matrix) -> float:
    """The deviation of grey values over the fourth root of their kurtosis; 0 for one grey."""
    away = grey - grey.mean()
    variance = float((away**2).mean())
    return 0.0 if variance < _TINY else float(np.sqrt(variance) / ((away**4).mean() / variance**2) ** 0.25)


def edge_directions(grey: Matrix) -> Matrix:
    """The share of each of 16 directions of edges (of 180 degrees) among the pixels that have one; zeros if none."""
    from scipy.ndimage import prewitt

    across, down = prewitt(grey, axis=1, mode="nearest"), prewitt(grey, axis=0, mode="nearest")
    strong = (np.abs(across) + np.abs(down)) / 2 >= _EDGE
    angle = np.arctan2(down[strong], across[strong]) % np.pi
    bins = np.round(angle / np.pi * _ANGLES).astype(np.intp) % _ANGLES
    return np.asarray(np.bincount(bins, minlength=_ANGLES) / max(1, strong.sum()))


def directionality(directions: Matrix) -> float:
    """1 where all edges have one direction, 0 where they have all alike or there are none: by the second moment of
    the histogram (16,) around its highest peak."""
    if not directions.any():
        return 0.0
    away = np.abs(np.arange(_ANGLES) - np.argmax(directions))
    squares = np.minimum(away, _ANGLES - away) ** 2
    return float(max(0.0, 1 - directions @ squares / squares.mean()))


def lbp(look: Look) -> Floats:
    """How often each uniform local binary pattern occurs at radius 1, 2 and 4: (177,), Hellinger-scaled.

    Any rise of brightness that keeps the order of grey values keeps the vector. Source: T. Ojala, M. Pietikäinen and T.
    Mäenpää, "Multiresolution gray-scale and rotation invariant texture classification with local binary patterns", IEEE
    PAMI 24(7), 2002, with neighbours on the square as in their work of 1996, so that nothing is interpolated.
    """
    counts = [np.bincount(lbp_labels(look.grey, radius).ravel(), minlength=PATTERNS) for radius in _RADII]
    return hellinger(np.concatenate([each / each.sum() for each in counts]))


def lbp_labels(grey: Bytes, radius: int) -> Bytes:
    """The label in [0, 59) of the pattern around each pixel that has all 8 neighbours: (h - 2r, w - 2r).

    58 patterns with at most two changes between neighbours, by their number; all others are 58.
    """
    r, (height, width) = radius, grey.shape
    around = ((-r, -r), (-r, 0), (-r, r), (0, r), (r, r), (r, 0), (r, -r), (0, -r))
    centre = grey[r : height - r, r : width - r]
    code = np.zeros(centre.shape, np.uint8)
    for bit, (y, x) in enumerate(around):
        neighbour = grey[r + y : height - r + y, r + x : width - r + x]
        code |= (neighbour >= centre).astype(np.uint8) << np.uint8(bit)
    return _UNIFORM[code]


def _uniform() -> Bytes:
    codes = np.arange(256, dtype=np.uint8)
    turned = ((codes << 1) | (codes >> 7)).astype(np.uint8)
    changes = np.unpackbits((codes ^ turned)[:, None], axis=1).sum(axis=1)
    table = np.full(256, 58, np.uint8)
    table[changes <= 2] = np.arange(58)
    return table


_UNIFORM: Final = _uniform()

"""What forms a picture has: where edges run in what direction, and how its masses lie around its middle."""

from __future__ import annotations

from functools import cache
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from correlate.features.gabor import square
from correlate.features.look import Bytes, Look
from correlate.features.scaling import Floats, Matrix, hellinger, unit

_BLOCKS: Final = 1100
_EDGE: Final = 11.0
_ROOT: Final = float(np.sqrt(2))
# Filters on the means of the four quarters of a block: vertical, horizontal, 45 and 135 degrees, none of these.
_EDGES: Final = np.array([[1, -1, 1, -1], [1, 1, -1, -1], [_ROOT, 0, 0, -_ROOT], [0, _ROOT, -_ROOT, 0], [2, -2, -2, 2]])
_CELL: Final = 16
_ANGLES: Final = 9
_CUT: Final = 0.2
_DISC: Final = 128
_ORDER: Final = 12


def edge_histogram(look: Look) -> Floats:
    """The share of blocks with each of five sorts of edges in each of 4 x 4 parts: (80,), Hellinger-scaled.

    Zeros for a picture without edges. Source: ISO/IEC 15938-3 (MPEG-7 Visual), edge histogram descriptor, unquantized;
    C. Won, D. Park and S.-J. Park, ETRI Journal 24(1), 2002.
    """
    return hellinger(edge_shares(look.grey).ravel())


def edge_shares(grey: Bytes) -> Matrix:
    """For each of 4 x 4 parts, row by row, the share of its blocks with each sort of edge: (16, 5)."""
    height, width = grey.shape
    half = max(1, int(np.sqrt(height * width / _BLOCKS) / 2))
    rows, columns = height // (2 * half), width // (2 * half)
    fitted = grey[: rows * 2 * half, : columns * 2 * half].astype(np.float64)
    quarters = fitted.reshape(rows, 2, half, columns, 2, half).mean(axis=(2, 5))
    strength = np.abs(np.einsum("rycx,fyx->rcf", quarters, _EDGES.reshape(5, 2, 2)))
    kind = np.where(strength.max(axis=-1) >= _EDGE, strength.argmax(axis=-1), 5)
    part = (np.arange(rows) * 4 // rows)[:, None] * 4 + (np.arange(columns) * 4 // columns)[None, :]
    counts = np.bincount((part * 6 + kind).ravel(), minlength=96).reshape(16, 6)
    shares: Matrix = counts[:, :5] / np.maximum(1, counts.sum(axis=1, keepdims=True))
    return shares


def hog(look: Look) -> Floats:
    """Histograms of 9 directions of gradients in 8 x 8 cells, normalized in overlapping blocks of 2 x 2: (1764,).

    Source: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005, on the picture
    squeezed into 128 x 128.
    """
    down, across = np.gradient(square(look.grey) * 255)
    cells = oriented(np.hypot(across, down), np.arctan2(down, across) % np.pi / np.pi)
    count = len(cells) - 1
    blocks = [cells[y : y + count, x : x + count] for y in (0, 1) for x in (0, 1)]
    stacked = np.concatenate(blocks, axis=2)
    for most in (_CUT, 1.0):
        stacked = np.minimum(stacked / np.sqrt((stacked**2).sum(axis=2, keepdims=True) + 1), most)
    return unit(stacked.ravel())


def oriented(strength: Matrix, turn: Matrix) -> Matrix:
    """Gradients gathered in cells of 16 pixels: (cells, cells, 9), each shared between the two nearest directions.

    `turn` in [0, 1) of a half circle.
    """
    place = turn * _ANGLES - 0.5
    lower = np.floor(place)
    share = place - lower
    cell = np.arange(len(strength)) // _CELL
    count = len(strength) // _CELL
    base = (cell[:, None] * count + cell[None, :]) * _ANGLES
    total = np.zeros(count * count * _ANGLES)
    for angle, weight in ((lower, 1 - share), (lower + 1, share)):
        bins = base + angle.astype(np.intp) % _ANGLES
        total += np.bincount(bins.ravel(), (strength * weight).ravel(), minlength=len(total))
    return total.reshape(count, count, _ANGLES)


def zernike(look: Look) -> Floats:
    """Magnitudes of the Zernike moments up to order 12 of the disc in the middle, without the mean: (48,), length 1.

    They stay as they are when the picture turns. Zeros for a picture of one grey. Source: A. Khotanzad and Y. Hong,
    "Invariant image recognition by Zernike moments", IEEE PAMI 12(5), 1990.
    """
    import cv2

    height, width = look.grey.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = look.grey[top : top + side, left : left + side]
    disc = cv2.resize(middle, (_DISC, _DISC), interpolation=cv2.INTER_AREA if side > _DISC else cv2.INTER_LINEAR)
    magnitudes = zernike_moments(np.asarray(disc, np.float64))[1:]
    # What is left of one grey are the errors of a disc made of squares.
    return unit(magnitudes if magnitudes.max() > 1e-6 else np.zeros_like(magnitudes))


def zernike_moments(disc: Matrix) -> Matrix:
    """|Z_nm| of a square picture within its circle, m >= 0, n to 12, by n then m, relative to the mean: (49,)."""
    inside, basis = _zernike_basis(len(disc))
    values = disc.ravel()[inside]
    # The mean is taken out first: on a disc of squares it would leak into the higher moments.
    level = values.mean()
    found: Matrix = np.abs(basis @ (values - level)) / max(level, 1.0)
    found[0] = 1.0
    return found


@cache
def _zernike_basis(side: int) -> tuple[NDArray[np.intp], NDArray[np.complex128]]:
    """Which pixels lie in the disc, and the conjugate basis at each of them: (49, pixels)."""
    axis = (2 * np.arange(side) + 1 - side) / side
    x, y = np.meshgrid(axis, axis)
    radius, angle = np.hypot(x, y).ravel(), np.arctan2(y, x).ravel()
    inside = np.flatnonzero(radius <= 1)
    radius, angle = radius[inside], angle[inside]
    orders = [(n, m) for n in range(_ORDER + 1) for m in range(n % 2, n + 1, 2)]
    rows = [(n + 1) * _radial(n, m, radius) * np.exp(-1j * m * angle) / len(inside) for n, m in orders]
    return inside, np.stack(rows)


def _radial(n: int, m: int, radius: Matrix) -> Matrix:
    total = np.zeros_like(radius)
    for s in range((n - m) // 2 + 1):
        below = factorial(s) * factorial((n + m) // 2 - s) * factorial((n - m) // 2 - s)
        total += (-1) ** s * factorial(n - s) / below * radius ** (n - 2 * s)
    return total

"""What small parts of a picture look like: descriptors of keypoints and of a dense grid, a row a part."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from correlate.features.look import Bytes, Look
from correlate.features.scaling import Floats, Matrix
from correlate.features.texture import PATTERNS, lbp_labels

SIFT_WIDTH: Final = 128
GLOH_WIDTH: Final = 17 * 16

_MOST: Final = 400
_PATCH: Final = 41
_REACH: Final = 6.0  # of a keypoint's size (a diameter): the radius that SIFT looks at, too
_RINGS: Final = (0.27, 0.6, 1.0)  # of the radius; the paper's 6, 11 and 15 pixels, the innermost widened
_SECTORS, _ANGLES = 8, 16
_CELL, _STEP = 24, 12


def sift(look: Look) -> Floats:
    """SIFT descriptors of at most 400 keypoints as RootSIFT, (n, 128) of length 1; n = 0 where there is no corner.

    Source: D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 60(2), 2004; R. Arandjelovic and
    A. Zisserman, CVPR 2012.
    """
    import cv2

    _, found = cv2.SIFT.create(_MOST).detectAndCompute(look.grey, None)
    return np.zeros((0, SIFT_WIDTH), np.float32) if found is None else _roots(np.asarray(found[:_MOST], np.float64))


def gloh(look: Look) -> Floats:
    """Gradients around SIFT's keypoints in 17 log-polar places x 16 directions, (n, 272), square roots of shares.

    Source: K. Mikolajczyk and C. Schmid, "A performance evaluation of local descriptors", IEEE PAMI 27(10), 2005;
    a codebook is learned on all 272 numbers, without the projection to 128.
    """
    import cv2

    points = cv2.SIFT.create(_MOST).detect(look.grey, None)[:_MOST]
    places = np.array([(*point.pt, point.size, np.deg2rad(point.angle)) for point in points]).reshape(-1, 4)
    return _roots(log_polar(_patches(look.grey, places)))


def log_polar(patches: Matrix) -> Matrix:
    """Histograms of the gradients of upright square patches (n, 41, 41) in the disc that they hold: (n, 272)."""
    down, across = np.gradient(patches.astype(np.float32), axis=(1, 2))
    angle = np.arctan2(down, across) * np.float32(_ANGLES / (2 * np.pi))
    lower = np.floor(angle)
    share = angle - lower
    place, weight = _places()
    strength = np.hypot(across, down) * weight
    base = (np.arange(len(patches))[:, None, None] * 17 + place) * _ANGLES
    total = np.zeros(len(patches) * GLOH_WIDTH)
    for bins, part in ((lower, 1 - share), (lower + 1, share)):
        index = base + bins.astype(np.intp) % _ANGLES
        total += np.bincount(index.ravel(), (strength * part).ravel(), minlength=len(total))
    return total.reshape(-1, GLOH_WIDTH)


@cache
def _places() -> tuple[NDArray[np.intp], Matrix]:
    """The place of each pixel of a patch in [0, 17), and how much it counts: nothing outside the disc."""
    axis = np.linspace(-1, 1, _PATCH)
    x, y = np.meshgrid(axis, axis)
    radius = np.hypot(x, y)
    sector = np.floor(np.arctan2(y, x) % (2 * np.pi) / (2 * np.pi) * _SECTORS).astype(np.intp) % _SECTORS
    ring = np.searchsorted(_RINGS, radius)
    place = np.where(ring == 0, 0, 1 + (np.minimum(ring, 2) - 1) * _SECTORS + sector)
    return place, np.where(radius <= 1, np.exp(-(radius**2)), 0.0).astype(np.float32)


def _patches(grey: Bytes, places: Matrix) -> Floats:
    """The surroundings of keypoints (x, y, size, angle in radians), turned upright and brought to one size."""
    import cv2

    if not len(places):
        return np.zeros((0, _PATCH, _PATCH), np.float32)
    axis = np.linspace(-1, 1, _PATCH)
    across, down = np.meshgrid(axis, axis)
    x, y, size, angle = (column[:, None, None] for column in places.T)
    reach = _REACH * size / 2
    columns = x + reach * (across * np.cos(angle) - down * np.sin(angle))
    rows = y + reach * (across * np.sin(angle) + down * np.cos(angle))
    columns, rows = (part.reshape(-1, _PATCH).astype(np.float32) for part in (columns, rows))
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    read = cv2.remap(smooth, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, np.float32).reshape(-1, _PATCH, _PATCH)


def dense_lbp(look: Look) -> Floats:
    """Histograms of uniform patterns in cells of 24 pixels, 12 apart: (n, 59), square roots of shares.

    Source: T. Ojala et al., IEEE PAMI 24(7), 2002; T. Ahonen, A. Hadid and M. Pietikäinen, IEEE PAMI 28(12), 2006.
    """
    labels = lbp_labels(look.grey, 1)
    step_rows, step_columns = ((side - _CELL) // _STEP + 1 for side in labels.shape)
    windows = np.lib.stride_tricks.sliding_window_view(labels, (_CELL, _CELL))[::_STEP, ::_STEP]
    cells = windows[:step_rows, :step_columns].reshape(-1, _CELL * _CELL).astype(np.intp)
    flat = cells + np.arange(len(cells))[:, None] * PATTERNS
    counts = np.bincount(flat.ravel(), minlength=len(cells) * PATTERNS)
    return _roots(counts.reshape(-1, PATTERNS).astype(np.float64))


def _roots(counts: Matrix) -> Floats:
    """Square roots of the shares of rows (n, d), of length 1; rows without anything are left out."""
    sums = counts.sum(axis=1, keepdims=True)
    held = sums[:, 0] > 0
    return np.asarray(np.sqrt(counts[held] / sums[held]), np.float32)

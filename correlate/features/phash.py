"""A picture's perceptual hash: copies that were resized, recompressed or toned keep almost all of its 64 bits.

Source: Zauner, Implementation and benchmarking of perceptual image hash functions, 2010, section 3.2 (pHash): the signs
of the 8 x 8 lowest frequencies of the picture in grey against their median. It does not find crops, borders or turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

BITS: Final = 64

_SIDE: Final = 32
_LOW: Final = 8
_FLAT: Final = 2.0
"""Standard deviation of the grey values (0 to 255) below which the bits would be noise."""


@cache
def _cosines() -> np.ndarray:
    """The first 8 rows of the discrete cosine transform (type II) of 32 values."""
    steps = np.arange(_SIDE) + 0.5
    rows: np.ndarray = np.cos(np.pi / _SIDE * np.outer(np.arange(_LOW), steps))
    return rows


def codes(images: Sequence[Image.Image]) -> np.ndarray:
    """Give n x 64 float32 codes of -1 and +1. A picture of one colour has no code: a row of zeros."""
    if not images:
        return np.zeros((0, BITS), np.float32)
    small = [image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS) for image in images]
    grey = np.stack([np.asarray(image, np.float64) for image in small])
    low = (_cosines() @ grey @ _cosines().T).reshape(len(images), BITS)
    signs = np.where(low > np.median(low, axis=1, keepdims=True), 1.0, -1.0)
    signs[grey.std(axis=(1, 2)) < _FLAT] = 0.0
    return signs.astype(np.float32)


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Bits that differ between all rows of `a` (n x 64) and `b` (m x 64): n x m, 0 to 64.

    A row of zeros is 32 from every row, itself included: as far as two pictures that have nothing in common.
    """
    gaps: np.ndarray = (BITS - a @ b.T) / 2
    return gaps

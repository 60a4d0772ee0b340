"""How numbers of different kinds become vectors that a cosine can compare."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Matrix = NDArray[np.floating[Any]]

MOST: Final = 3.0
"""Spreads beyond which a number says no more."""


def unit(vector: ArrayLike) -> Floats:
    """A vector (d,) at length 1 as float32; zeros stay zeros."""
    values = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(values))
    return np.asarray(values / length if length > 0 else values, dtype=np.float32)


def hellinger(counts: ArrayLike) -> Floats:
    """The square roots of shares (d,), length 1: their inner product is the Bhattacharyya coefficient.

    Source: R. Arandjelovic and A. Zisserman, "Three things everyone should know to improve object retrieval", CVPR
    2012.
    """
    return unit(np.sqrt(np.asarray(counts, dtype=np.float64)))


def standard(values: ArrayLike, centre: ArrayLike, spread: ArrayLike) -> Floats:
    """Numbers (d,) of different kinds, each from its usual `centre` in its usual `spread`, cut at 3, length 1."""
    away = (np.asarray(values, dtype=np.float64) - np.asarray(centre)) / np.asarray(spread)
    return unit(away.clip(-MOST, MOST))

"""Who is near whom: exact k nearest neighbours by inner product, in blocks that keep memory bounded."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK: Final = 1024


def nearest(queries: Floats, database: Floats, k: int, same: bool = False) -> tuple[NDArray[np.intp], Floats]:
    """Give for each query row the k database rows with the largest inner product, best first, ties by position.

    Parameters
    ----------
    queries : (q, d) float32
    database : (n, d) float32
    k : int
        How many; n (or n - 1) where there are fewer.
    same : bool
        The queries are the database: a row is not its own neighbour.

    Returns
    -------
    indices : (q, k) intp
    similarities : (q, k) float32
    """
    k = max(0, min(k, len(database) - int(same)))
    indices = np.empty((len(queries), k), dtype=np.intp)
    similarities = np.empty((len(queries), k), dtype=np.float32)
    if k == 0:
        return indices, similarities
    for start in range(0, len(queries), BLOCK):
        block = queries[start : start + BLOCK] @ database.T
        rows = np.arange(len(block))
        if same:
            block[rows, start + rows] = -np.inf
        top = np.argpartition(-block, k - 1, axis=1)[:, :k]
        values = np.take_along_axis(block, top, axis=1)
        order = np.lexsort((top, -values), axis=1)
        indices[start : start + len(block)] = np.take_along_axis(top, order, axis=1)
        similarities[start : start + len(block)] = np.take_along_axis(values, order, axis=1)
    return indices, similarities


def unit_rows(matrix: NDArray[np.floating]) -> Floats:
    """Scale rows to length 1; rows of zeros stay zeros. (n, d) to (n, d) float32."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled = np.divide(matrix, norms, out=np.zeros_like(matrix, dtype=np.float32), where=norms > 0, casting="same_kind")
    return np.asarray(scaled)

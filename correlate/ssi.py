"""Supervised semantic indexing: a score of low rank, learned from single triplets."""

from __future__ import annotations

import numpy as np
from numba import njit

from correlate.base import Labels, Matrix
from correlate.bilinear import BilinearRanker, Kernels
from correlate.triplets import draw_triplets
from ontology.errors import InvalidInput


class SSI(BilinearRanker):
    """Stochastic gradient descent on max(0, 1 - x' U V' (y - y')) for a query x, a relevant y and another y'.

    A triplet with a loss moves U by rate x (V' (y - y'))' and V by rate (y - y') (U' x)'; queries of the first and of
    the second view alternate, so both directions are served. The identity that the paper adds to U V' is for views that
    share their columns, and is left out. Rates fall evenly to 0.

    Parameters
    ----------
    n_components : int
        Width of the shared space.
    rate : float
        First step size, above 0.
    epochs : float
        Triplets drawn for each direction, as a multiple of n, above 0.
    kernel, width, landmarks
        As in `correlate.bilinear`.
    random_state : int
        Of the start and the draws.

    Source: B. Bai et al., "Supervised semantic indexing", CIKM 2009.
    """

    def __init__(
        self,
        n_components: int = 10,
        rate: float = 0.03,
        epochs: float = 50.0,
        kernel: Kernels = "linear",
        width: float = 1.0,
        landmarks: int = 300,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.rate = rate
        self.epochs = epochs
        self.kernel = kernel
        self.width = width
        self.landmarks = landmarks
        self.random_state = random_state

    def _learn(self, X: Matrix, Y: Matrix, labels: Labels, names: tuple[str, str]) -> tuple[Matrix, Matrix]:
        if self.rate <= 0 or self.epochs <= 0:
            raise InvalidInput(f"rate and epochs above 0 are needed, got {self.rate}, {self.epochs}")
        rng = np.random.default_rng(self.random_state)
        U, V = (0.1 * rng.standard_normal((view.shape[1], self.n_components)) for view in (X, Y))
        draws = draw_triplets(labels, 2 * max(1, round(self.epochs * len(X))), self.random_state)
        _descend(X, Y, U, V, *draws, float(self.rate))
        return U, V


@njit(cache=True, nogil=True)
def _descend(X, Y, U, V, queries, good, bad, rate):  # type: ignore[no-untyped-def]
    """Move U and V in place."""
    steps = len(queries)
    for step in range(steps):
        if step % 2 == 0:
            x, y = X[queries[step]], Y[good[step]] - Y[bad[step]]
        else:
            x, y = X[good[step]] - X[bad[step]], Y[queries[step]]
        left, right = x @ U, y @ V
        if left @ right < 1.0:
            size = rate * (1.0 - step / steps)
            for at in range(len(x)):
                U[at] += (size * x[at]) * right
            for at in range(len(y)):
                V[at] += (size * y[at]) * left

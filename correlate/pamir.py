"""PAMIR: a passive-aggressive model that ranks rows of one view for a query of another."""

from __future__ import annotations

import numpy as np
from numba import njit

from correlate.base import Labels, Matrix
from correlate.bilinear import BilinearRanker, Kernels, factors
from correlate.triplets import draw_triplets
from ontology.errors import InvalidInput


class PAMIR(BilinearRanker):
    """One matrix W, moved no more than a drawn triplet asks for, and averaged over all steps.

    For a query x, a relevant y and another y' the loss is l = max(0, 1 - x' W (y - y')). Each step takes the W nearest
    to the last that has none, or gives up at C: W += min(C, l / ||V||^2) V with V = x (y - y')'. Steps with queries of
    the first and of the second view alternate, so one W serves both directions. The average of all W is cut to rank
    `n_components`.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where a view has fewer columns.
    C : float
        Longest step, above 0.
    epochs : float
        Triplets drawn for each direction, as a multiple of n, above 0.
    kernel, width, landmarks
        As in `correlate.bilinear`.
    random_state : int
        Of the draws.

    Source: D. Grangier and S. Bengio, "A discriminative kernel-based approach to rank images from text queries", IEEE
    TPAMI 30, 2008, with the linear kernel. The paper stops early on held-out queries; the average does without.
    """

    def __init__(
        self,
        n_components: int = 64,
        C: float = 0.1,
        epochs: float = 50.0,
        kernel: Kernels = "linear",
        width: float = 1.0,
        landmarks: int = 300,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.C = C
        self.epochs = epochs
        self.kernel = kernel
        self.width = width
        self.landmarks = landmarks
        self.random_state = random_state

    def _learn(self, X: Matrix, Y: Matrix, labels: Labels, names: tuple[str, str]) -> tuple[Matrix, Matrix]:
        if self.C <= 0 or self.epochs <= 0:
            raise InvalidInput(f"C and epochs above 0 are needed, got {self.C}, {self.epochs}")
        draws = draw_triplets(labels, 2 * max(1, round(self.epochs * len(X))), self.random_state)
        return factors(_average(X, Y, *draws, float(self.C)), self.n_components)


@njit(cache=True, nogil=True)
def _average(X, Y, queries, good, bad, C):  # type: ignore[no-untyped-def]
    """The mean of all W: a step counts in as many of them as follow."""
    W, mean = np.zeros((X.shape[1], Y.shape[1])), np.zeros((X.shape[1], Y.shape[1]))
    steps = len(queries)
    for step in range(steps):
        if step % 2 == 0:
            x, y = X[queries[step]], Y[good[step]] - Y[bad[step]]
        else:
            x, y = X[good[step]] - X[bad[step]], Y[queries[step]]
        loss, size = 1.0 - (x @ W) @ y, (x @ x) * (y @ y)
        if loss > 0 and size > 0:
            moved = min(C, loss / size)
            for at in range(len(x)):
                W[at] += (moved * x[at]) * y
                mean[at] += (moved * x[at] * (steps - step) / steps) * y
    return mean

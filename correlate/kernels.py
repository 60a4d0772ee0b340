"""Kernels, and the finite maps that stand for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]
Name = Literal["linear", "rbf", "chi2"]

NAMES: Final = ("linear", "rbf", "chi2")
SAMPLE: Final = 1000
"""Rows that a median of distances is measured on."""


def distances(X: Matrix, Y: Matrix, name: str) -> Matrix:
    """What a kernel decays with: squared Euclidean distances, or chi-squared ones sum (x - y)^2 / (x + y): (n, m)."""
    if name == "chi2":
        from sklearn.metrics.pairwise import additive_chi2_kernel

        return np.asarray(-additive_chi2_kernel(X, Y))
    squares = (X**2).sum(axis=1)[:, None] + (Y**2).sum(axis=1)[None, :] - 2 * X @ Y.T
    return np.asarray(np.maximum(squares, 0.0))


@dataclass(frozen=True, slots=True)
class Kernel:
    """k(x, y) = x y, or exp(-distance / scale), fitted to a view."""

    name: str
    centre: Matrix
    scale: float

    @classmethod
    def fit(cls, X: Matrix, name: str, width: float) -> Kernel:
        """Fit to rows (n, d): the scale is `width` x the median distance, of at most 1,000 rows evenly spaced.

        A linear kernel is taken about the mean row. Raises `InvalidInput` for values below 0 under `chi2`.
        """
        if name not in NAMES or width <= 0:
            raise InvalidInput(f"a kernel {', '.join(NAMES)} and a width > 0 are needed, got {name!r}, {width}")
        if name == "chi2" and X.min() < 0:
            raise InvalidInput(f"a chi-squared kernel compares histograms, but the smallest value is {X.min():g}")
        centre = X.mean(axis=0) if name == "linear" else np.zeros(X.shape[1])
        scale = 1.0
        if name != "linear":
            some = X[np.unique(np.linspace(0, len(X) - 1, SAMPLE).astype(int))]
            between = distances(some, some, name)[np.triu_indices(len(some), 1)]
            scale = width * (float(np.median(between)) or float(between.mean()) or 1.0)
        return cls(name, centre, scale)

    def __call__(self, X: Matrix, Y: Matrix) -> Matrix:
        """Kernel of the rows of two matrices: (n, m)."""
        if self.name == "linear":
            return np.asarray((X - self.centre) @ (Y - self.centre).T)
        # Chi-squared distances of a new row may be asked of values below 0; such a value is no count, and counts as 0.
        if self.name == "chi2":
            X, Y = np.maximum(X, 0.0), np.maximum(Y, 0.0)
        return np.asarray(np.exp(-distances(X, Y, self.name) / self.scale))


@dataclass(frozen=True, slots=True)
class KernelMap:
    """Rows phi(x) with phi(x) phi(y)' = k(x, y) for all rows when every training row is a landmark, nearly so else.

    With K_LL = V E V' of the landmarks, phi(x) = k(x, L) V E^{-1/2}; directions without weight are left out.
    Source: C. Williams and M. Seeger, "Using the Nystroem method to speed up kernel machines", NIPS 2000.
    """

    kernel: Callable[[Matrix, Matrix], Matrix]
    landmarks: Matrix
    root: Matrix

    @classmethod
    def fit(cls, kernel: Callable[[Matrix, Matrix], Matrix], landmarks: Matrix) -> KernelMap:
        """Prepare the map of a kernel from landmark rows (r, d)."""
        values, vectors = np.linalg.eigh(kernel(landmarks, landmarks))
        kept = values > values[-1] * 1e-10
        return cls(kernel, landmarks, vectors[:, kept] / np.sqrt(values[kept]))

    def __call__(self, X: Matrix) -> Matrix:
        """Map rows: (n, d) to (n, at most r)."""
        return np.asarray(self.kernel(X, self.landmarks) @ self.root)

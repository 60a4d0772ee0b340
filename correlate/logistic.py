"""From coordinates to the probabilities of labels, kept as two arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Logistic:
    """p(c | x) in proportion to exp(x weights_c + intercept_c): `weights` (d, C), `intercept` (C,), labels sorted.

    Columns are brought to unit variance before the penalty is laid on them, so that one `C` suits all spaces. Source:
    multinomial logistic regression with a ridge, D. Cox 1966; S. le Cessie and J. van Houwelingen 1992.
    """

    weights: Matrix
    intercept: Matrix

    @classmethod
    def fit(cls, X: Matrix, y: NDArray[np.generic], C: float) -> Logistic:
        """Learn from rows (n, d) and two labels or more (n,); `C` is the inverse of the penalty, above 0."""
        from sklearn.linear_model import LogisticRegression

        spread = X.std(axis=0)
        # A column that is constant but for rounding has no scale of its own, and is left out.
        kept = spread > 1e-12 * np.maximum(np.abs(X).max(axis=0), np.finfo(float).tiny)
        scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=kept)
        mean = X.mean(axis=0)
        model = LogisticRegression(C=C, max_iter=2000).fit((X - mean) * scale, y)
        weights, intercept = model.coef_.T * scale[:, None], model.intercept_
        if weights.shape[1] == 1:  # of two labels only the odds of the second are kept
            weights, intercept = np.hstack([0 * weights, weights]), np.r_[0.0, intercept]
        return cls(weights, intercept - mean @ weights)

    def __call__(self, X: Matrix) -> Matrix:
        """Probabilities (m, C) of rows (m, d)."""
        return np.asarray(softmax(X @ self.weights + self.intercept, axis=1))

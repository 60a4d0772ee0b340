"""Learning coupled feature spaces: regression to labels that picks features and ties the views by rank."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy.linalg import svd

from correlate.base import Labels, LinearModel, Matrix, Views
from correlate.ridge_labels import indicators
from ontology.errors import InvalidInput


class LCFS(LinearModel):
    """Regress every view on the labels with few features of each, and predictions of low rank together.

    Minimises sum_m ||X_m U_m - Y||^2 + sparsity sum_m ||U_m||_{2,1} + coupling ||[X_1 U_1 ... X_M U_M]||_* by
    iteratively reweighted least squares: with R_m = diag(1 / 2 ||u_i||) and S = (P P')^{-1/2} / 2 of the predictions P,
    U_m = (X_m' X_m + sparsity R_m + coupling X_m' S X_m)^{-1} X_m' Y. Columns are scaled to unit mean square first, so
    that one penalty suits all. As in the paper the nuclear norm runs over the predictions of all views side by side.

    Parameters
    ----------
    sparsity, coupling : float
        Weights of the two norms, relative to n, at least 0.
    iterations : int
        Rounds of reweighting; 10 to 20 are enough.

    Source: K. Wang et al., "Learning coupled feature spaces for cross-modal matching", ICCV 2013, algorithm 1.
    """

    supervised: ClassVar[bool] = True

    def __init__(self, sparsity: float = 0.01, coupling: float = 0.001, iterations: int = 15) -> None:
        self.sparsity = sparsity
        self.coupling = coupling
        self.iterations = iterations

    def _fit(self, views: Views, y: Labels | None) -> None:
        if min(self.sparsity, self.coupling) < 0 or self.iterations < 1:
            raise InvalidInput("sparsity >= 0, coupling >= 0 and iterations >= 1 are needed")
        self.classes_, Y = indicators(y)
        self.means_ = {name: view.mean(axis=0, dtype=np.float64) for name, view in views.items()}
        centred = {name: view - self.means_[name] for name, view in views.items()}
        scales = {name: 1 / np.maximum(np.sqrt((view**2).mean(axis=0)), 1e-12) for name, view in centred.items()}
        # A constant column has no scale of its own and stays out.
        scaled = {name: view * np.where(scales[name] < 1e11, scales[name], 0.0) for name, view in centred.items()}
        U = {name: _solve(X, Y, np.full(X.shape[1], 1e-3 * len(Y)), X, 0.0) for name, X in scaled.items()}
        self.objectives_ = [self._objective(scaled, U, Y)]
        for _ in range(self.iterations):
            left, s, _ = svd(np.hstack([scaled[name] @ U[name] for name in scaled]), full_matrices=False)
            floor = 1e-3 * s[0]
            for name, X in scaled.items():
                norms = np.linalg.norm(U[name], axis=1)
                rows = self.sparsity * len(Y) / (2 * np.maximum(norms, 1e-3 * norms.max()))
                # (P P')^{-1/2} X: within the span of the predictions by their singular values, the floor outside of it.
                inside = left.T @ X
                bent = X / floor + left @ ((1 / np.maximum(s, floor) - 1 / floor)[:, None] * inside)
                U[name] = _solve(X, Y, rows, bent, self.coupling * np.sqrt(len(Y)) / 2)
            self.objectives_.append(self._objective(scaled, U, Y))
        self.axes_ = {name: U[name] * np.where(scales[name] < 1e11, scales[name], 0.0)[:, None] for name in scaled}

    def _objective(self, X: Views, U: Views, Y: Matrix) -> float:
        predictions = {name: X[name] @ U[name] for name in X}
        fit = sum(float(((each - Y) ** 2).sum()) for each in predictions.values())
        rows = sum(float(np.linalg.norm(each, axis=1).sum()) for each in U.values())
        rank = float(np.linalg.norm(np.hstack(list(predictions.values())), "nuc"))
        return fit + self.sparsity * len(Y) * rows + self.coupling * float(np.sqrt(len(Y))) * rank


def _solve(X: Matrix, Y: Matrix, rows: Matrix, bent: Matrix, coupling: float) -> Matrix:
    """(X'X + diag(rows) + coupling X' bent)^{-1} X' Y."""
    gram = X.T @ X + coupling * (X.T @ bent)
    gram[np.diag_indices_from(gram)] += rows + 1e-10 * np.trace(gram) / len(gram)
    return np.asarray(np.linalg.solve(gram, X.T @ Y))

"""Sparse CCA, one view by few features and the other by few samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.base import Labels, LinearModel, Matrix, Views, two_views
from correlate.proximal import descend, soft_threshold
from ontology.errors import InvalidInput

Pair = tuple[Matrix, Matrix]


class SparseCCA(LinearModel):
    """Primal-dual sparse CCA: the first view is read in its features, the second in its samples.

    For a seed sample k, minimises ||X w - K e||^2 + mu ||w||_1 + gamma ||e without e_k||_1 under 0 <= e <= 1, e_k = 1
    with the linear kernel K = Y Y', in turn for w (a lasso) and e (a lasso in a box). Then the found projections are
    taken out of both views, and the sample with most left becomes the next seed. `weights_` holds the sparse (w, e) of
    each component, `axes_` what they do to a row that nothing was taken out of. (`correlate.pmd` has the other sparse
    CCA, sparse in the features of both views.)

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where nothing is left.
    sparsity, dual_sparsity : float
        mu and gamma as shares, in [0, 1), of the values from which all weights are 0.
    iterations : int
        At most this many turns a component; it ends when the objective gains less than 1e-4 of itself.

    Source: D. Hardoon and J. Shawe-Taylor, "Sparse canonical correlation analysis", Machine Learning 83, 2011. The
    paper sets mu and gamma from the data; here they are shares, to be chosen by cross-validation.
    """

    def __init__(
        self, n_components: int = 16, sparsity: float = 0.05, dual_sparsity: float = 0.05, iterations: int = 30
    ) -> None:
        self.n_components = n_components
        self.sparsity = sparsity
        self.dual_sparsity = dual_sparsity
        self.iterations = iterations

    def _fit(self, views: Views, y: Labels | None) -> None:
        left, right = two_views(self, views)
        if self.n_components < 1 or not all(0 <= share < 1 for share in (self.sparsity, self.dual_sparsity)):
            raise InvalidInput("n_components >= 1 and 0 <= sparsity, dual_sparsity < 1 are needed")
        sides = {name: _Side.of(view.astype(np.float64)) for name, view in views.items()}
        X, Y = sides[left], sides[right]
        start, self.weights_ = X.energy, []
        axes: list[Pair] = []
        while len(axes) < self.n_components and X.energy > 1e-8 * start and Y.energy > 0:
            w, e = self._component(X.rows, Y.rows)
            dual = Y.rows.T @ e
            if np.linalg.norm(X.rows @ w) < 1e-10 * np.sqrt(start) or not dual.any():
                break
            self.weights_.append((w, e))
            axes.append((X.take_out(w), Y.take_out(dual)))
        if not axes:
            raise InvalidInput(f"views {left!r} and {right!r} share nothing that sparse weights find")
        self.means_ = {left: X.mean, right: Y.mean}
        self.axes_ = {left: np.stack([a for a, _ in axes], 1), right: np.stack([b for _, b in axes], 1)}

    def _component(self, X: Matrix, Y: Matrix) -> Pair:
        seed = int((np.linalg.norm(X, axis=1) * np.linalg.norm(Y, axis=1)).argmax())
        e: Matrix = np.zeros(len(Y))
        e[seed] = 1.0
        w: Matrix = np.zeros(X.shape[1])
        gram, spread = X.T @ X, Y.T @ Y
        curvatures = (2 * float(np.linalg.norm(gram, 2)), 2 * float(np.linalg.norm(spread, 2)) ** 2)
        # Both penalties stay as the seed sets them. Tied to what is found they would vanish with it: all samples
        # together make nothing where rows are centred, and nothing is what no weights explain.
        aim = Y @ Y[seed]
        mu = self.sparsity * 2 * float(np.abs(X.T @ aim).max())
        gamma = self.dual_sparsity * 2 * float(np.abs(Y @ (Y.T @ aim)).max())
        before = np.inf
        for _ in range(self.iterations):
            target = X.T @ (Y @ (Y.T @ e))
            found = _lasso(gram, target, mu, w, curvatures[0])
            if not found.any():
                break
            w, e = found, _samples(X @ found, Y, seed, e, gamma, curvatures[1])
            left = X @ w - Y @ (Y.T @ e)
            now = float(left @ left + mu * np.abs(w).sum() + gamma * (e.sum() - 1))
            if before - now <= 1e-4 * abs(now):
                break
            before = now
        return w, e


def _lasso(gram: Matrix, target: Matrix, mu: float, start: Matrix, curvature: float) -> Matrix:
    """The w that minimises w' gram w - 2 w' target + mu ||w||_1."""
    return descend(lambda w: 2 * (gram @ w - target), lambda w, size: soft_threshold(w, size * mu), start, curvature)


def _samples(target: Matrix, Y: Matrix, seed: int, start: Matrix, gamma: float, curvature: float) -> Matrix:
    """The e that minimises ||target - K e||^2 + gamma ||e without e_seed||_1 in the box."""
    pull = Y @ (Y.T @ target)

    def step(e: Matrix, size: float) -> Matrix:
        kept = np.clip(e - size * gamma, 0.0, 1.0)
        kept[seed] = 1.0
        return np.asarray(kept)

    return descend(lambda e: 2 * (Y @ (Y.T @ (Y @ (Y.T @ e))) - pull), step, start, curvature, iterations=200)


@dataclass(slots=True)
class _Side:
    """Rows, centred and each column of unit deviation, from which components are taken out one by one; `path` (d, d)
    turns a row as it came (less the mean) into one with the same components taken out.
    """

    mean: Matrix
    rows: Matrix
    path: Matrix

    @classmethod
    def of(cls, view: Matrix) -> _Side:
        mean = view.mean(axis=0)
        spread = view.std(axis=0)
        scale = np.where(spread > 1e-12 * max(float(np.abs(view).max()), 1e-300), 1 / np.maximum(spread, 1e-300), 0.0)
        return cls(mean, (view - mean) * scale, np.diag(scale))

    @property
    def energy(self) -> float:
        return float((self.rows**2).sum())

    def take_out(self, weights: Matrix) -> Matrix:
        """Remove the component rows @ weights from every row; gives its axis for rows as they came, scaled such that
        the projections of the fitted rows have unit length.
        """
        component = self.rows @ weights
        length = float(np.linalg.norm(component))
        axis = self.path @ weights / length
        loads = self.rows.T @ component / length
        self.rows = self.rows - np.outer(component / length, loads)
        self.path = self.path - np.outer(axis, loads)
        return axis

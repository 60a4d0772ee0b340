"""Metric learning across media: a bilinear similarity that tells what belongs together."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from correlate.base import Labels, LinearModel, Matrix, Views, two_views
from correlate.linalg import principal_axes
from correlate.proximal import descend, shrink_spectrum
from ontology.errors import InvalidInput


class LRBS(LinearModel):
    """Low-rank bilinear similarity s(x, z) = x' M z + b, learned from all pairs of rows of two views.

    Minimises the mean over pairs of log(1 + exp(-t s)) + penalty ||M||_*, where t is 1 for rows of one label and -1 for
    others, and both kinds of pairs weigh the same. It is convex; accelerated proximal gradient finds the least. The
    views are whitened on the principal axes that keep `energy` of their variance, so that one penalty suits all.
    M = U S V' gives the space: U S^(1/2) and V S^(1/2), compared by the dot product.

    Parameters
    ----------
    penalty : float
        Weight of the nuclear norm, as a share, in (0, 1), of the one from which M vanishes.
    energy : float
        Share, in (0, 1], of each view's variance that is kept.
    rows : int
        At most so many rows are compared, drawn at random; the cost is rows^2 a step.
    random_state : int
        Seed of the draw.

    Source: C. Kang, S. Liao, Y. He, J. Wang, W. Niu, S. Xiang and C. Pan, "Cross-modal similarity learning: a low rank
    bilinear formulation", CIKM 2015.
    """

    metric: ClassVar[Any] = "dot"
    supervised: ClassVar[bool] = True

    def __init__(self, penalty: float = 0.05, energy: float = 0.98, rows: int = 2000, random_state: int = 0) -> None:
        self.penalty = penalty
        self.energy = energy
        self.rows = rows
        self.random_state = random_state

    def _fit(self, views: Views, y: Labels | None) -> None:
        left, right = two_views(self, views)
        if not 0 < self.penalty < 1 or not 0 < self.energy <= 1 or self.rows < 2:
            raise InvalidInput("0 < penalty < 1, 0 < energy <= 1 and 2 rows or more are needed")
        labels = np.asarray(y)
        drawn = np.sort(np.random.default_rng(self.random_state).permutation(len(labels))[: self.rows])
        self.means_ = {name: view.mean(axis=0, dtype=np.float64) for name, view in views.items()}
        whitening = {name: self._whitening(view - self.means_[name], name) for name, view in views.items()}
        rows = {name: (view[drawn] - self.means_[name]) @ whitening[name] for name, view in views.items()}
        same = np.equal.outer(labels[drawn], labels[drawn])
        u, s, vt = np.linalg.svd(self._similarity(rows[left], rows[right], same), full_matrices=False)
        kept = s > 1e-9 * max(s[0], np.finfo(float).tiny)
        roots = np.sqrt(s[kept])
        self.axes_ = {left: whitening[left] @ (u[:, kept] * roots), right: whitening[right] @ (vt[kept].T * roots)}

    def _whitening(self, X: Matrix, name: str) -> Matrix:
        if not X.any():
            raise InvalidInput(f"view {name!r} does not vary")
        axes = principal_axes(X, self.energy)
        return np.asarray(axes / np.sqrt(((X @ axes) ** 2).mean(axis=0)))

    def _similarity(self, X: Matrix, Z: Matrix, same: NDArray[np.bool_]) -> Matrix:
        weights: Matrix = np.where(same, 0.5 / max(same.sum(), 1), 0.5 / max((~same).sum(), 1))
        signs: Matrix = np.where(same, 1.0, -1.0)
        ones = np.ones((len(X), 1))

        def pull(scores: Matrix) -> Matrix:
            return np.asarray(-weights * signs * expit(-signs * scores))

        # The offset b is the product of a column of ones on each side: a corner of M that the penalty leaves alone.
        X, Z = np.hstack([X, ones]), np.hstack([Z, ones])
        start = np.zeros((X.shape[1], Z.shape[1]))
        penalty = self.penalty * float(np.linalg.norm((X.T @ pull(0 * weights) @ Z)[:-1, :-1], 2))
        corner = np.zeros_like(start)
        corner[:-1, :-1], corner[-1, -1] = 1.0, 1.0

        def step(M: Matrix, size: float) -> Matrix:
            moved = M * corner
            moved[:-1, :-1] = shrink_spectrum(moved[:-1, :-1], size * penalty)
            return moved

        lipschitz = 0.25 * _curvature(X, Z, weights)
        found = descend(lambda M: X.T @ pull(X @ M @ Z.T) @ Z, step, start, lipschitz, tolerance=1e-4)
        return np.asarray(found[:-1, :-1])


def _curvature(X: Matrix, Z: Matrix, weights: Matrix, turns: int = 30) -> float:
    """Largest eigenvalue of M -> X' (weights * X M Z') Z, by power iteration, with a margin."""
    M = np.ones((X.shape[1], Z.shape[1]))
    size = 1.0
    for _ in range(turns):
        M = X.T @ (weights * (X @ (M / np.linalg.norm(M)) @ Z.T)) @ Z
        size = float(np.linalg.norm(M))
    return 1.1 * size

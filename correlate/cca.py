"""Canonical correlation analysis: directions in which two views vary together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular, svd

from correlate.base import CrossModalModel, Matrix, Views
from ontology.errors import InvalidInput


class CCA(CrossModalModel):
    """CCA of two views with a ridge on each side, axes weighted by their correlations.

    Maximises corr(X a, Y b) in turn. With covariances Cxx + rx I = Lx Lx', Cyy + ry I = Ly Ly', the singular value
    decomposition U S V' of Lx^-1 Cxy Ly^-T gives a = Lx^-T u, b = Ly^-T v. After the Gram matrices nothing has n rows.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where a view has fewer columns.
    ridge : float
        r = ridge x mean variance of the view's columns, at least 0.
    weighted : bool
        Scale each axis by its canonical correlation, so that weak axes count less in a cosine.

    Source: H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936; ridge: H. Vinod, "Canonical
    ridge and econometrics of joint production", J. Econometrics 4, 1976.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> shared = rng.normal(size=(200, 2))
    >>> views = {"image": shared @ rng.normal(size=(2, 5)), "text": shared @ rng.normal(size=(2, 4))}
    >>> CCA(n_components=2, ridge=1e-6).fit(views).correlations_.round(2)
    array([1., 1.])
    """

    def __init__(self, n_components: int = 64, ridge: float = 0.1, weighted: bool = True) -> None:
        self.n_components = n_components
        self.ridge = ridge
        self.weighted = weighted

    def _fit(self, views: Views, y: NDArray[np.generic] | None) -> None:
        if len(views) != 2:
            raise InvalidInput(f"CCA takes two views, got {', '.join(views)}")
        if self.n_components < 1 or self.ridge < 0:
            raise InvalidInput(f"n_components >= 1 and ridge >= 0 are needed, got {self.n_components}, {self.ridge}")
        (left, X), (right, Y) = views.items()
        self.means_ = {left: X.mean(axis=0), right: Y.mean(axis=0)}
        one, two = (_Side.of(view - self.means_[name], self.ridge) for name, view in views.items())
        whitened = solve_triangular(one.factor, one.rows.T @ two.rows / len(X), lower=True)
        whitened = solve_triangular(two.factor, whitened.T, lower=True).T
        u, s, vt = svd(whitened, full_matrices=False)
        k = min(self.n_components, len(s))
        signs = np.sign(u[np.abs(u[:, :k]).argmax(axis=0), np.arange(k)])
        self.correlations_ = np.clip(s[:k], 0.0, 1.0)
        scale = signs * (self.correlations_ if self.weighted else 1.0)
        self.axes_ = {left: one.axes(u[:, :k]) * scale, right: two.axes(vt[:k].T) * scale}

    def _project(self, X: Matrix, view: str) -> Matrix:
        return np.asarray((X - self.means_[view]) @ self.axes_[view])


@dataclass(frozen=True, slots=True)
class _Side:
    """Centred rows in coordinates of their own row space where they are fewer than columns (nothing varies outside of
    it, so the solution is the same), and the Cholesky factor of their ridged covariance.
    """

    rows: Matrix
    basis: Matrix | None
    factor: Matrix

    @classmethod
    def of(cls, view: Matrix, ridge: float) -> _Side:
        mean_variance = float((view**2).sum()) / view.size
        if mean_variance <= 0:
            raise InvalidInput("a view does not vary")
        basis = qr(view.T, mode="economic")[0] if len(view) < view.shape[1] else None
        rows = view if basis is None else view @ basis
        covariance = rows.T @ rows / len(rows)
        # Without any ridge a rank-deficient view has no inverse; the floor is far below what a figure shows.
        covariance[np.diag_indices_from(covariance)] += max(ridge, 1e-10) * mean_variance
        return cls(rows, basis, np.linalg.cholesky(covariance))

    def axes(self, directions: Matrix) -> Matrix:
        found = solve_triangular(self.factor, directions, lower=True, trans="T")
        return np.asarray(found if self.basis is None else self.basis @ found)

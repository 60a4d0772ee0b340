"""Canonical correlation analysis: directions in which two views vary together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from correlate.base import Matrix, MomentModel, two_views
from correlate.linalg import Moments, whitened_svd
from ontology.errors import InvalidInput

Ridge = float | Mapping[str, float]


class CCA(MomentModel):
    """CCA of two views with a ridge on each side, axes weighted by their correlations.

    Maximises corr(X a, Y b) in turn. With covariances Cxx + rx I = Lx Lx', Cyy + ry I = Ly Ly', the singular value
    decomposition U S V' of Lx^-1 Cxy Ly^-T gives a = Lx^-T u, b = Ly^-T v. After the Gram matrices nothing has n rows.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where a view has fewer columns.
    ridge : float or mapping of view to float
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

    def __init__(self, n_components: int = 64, ridge: Ridge = 0.1, weighted: bool = True) -> None:
        self.n_components = n_components
        self.ridge = ridge
        self.weighted = weighted

    def _axes(self, moments: Moments) -> dict[str, Matrix]:
        left, right = two_views(self, moments.columns)
        ridges = {left: self.ridge, right: self.ridge} if isinstance(self.ridge, int | float) else dict(self.ridge)
        if set(ridges) != {left, right} or min(ridges.values()) < 0 or self.n_components < 1:
            raise InvalidInput(
                f"n_components >= 1 and ridge >= 0 for {left} and {right} are needed, got {self.n_components}, {ridges}"
            )
        one, two = (moments.ridged(name, ridges[name]) for name in (left, right))
        a, s, b = whitened_svd(one, two, moments.covariance(left, right), self.n_components)
        self.correlations_ = np.clip(s, 0.0, 1.0)
        scale = self.correlations_ if self.weighted else np.ones(len(s))
        return {left: a * scale, right: b * scale}

"""Penalised matrix decomposition: sparse axes from the covariance between two views."""

from __future__ import annotations

import numpy as np

from correlate.base import Matrix, MomentModel, two_views
from correlate.linalg import Moments
from correlate.proximal import unit_within_l1
from ontology.errors import InvalidInput


class PMD(MomentModel):
    """Sparse CCA with each view's own covariance taken as the identity.

    For Z, the correlations between the columns of two views, maximises u' Z v under ||u||_2 <= 1, ||v||_2 <= 1,
    ||u||_1 <= share sqrt(p), ||v||_1 <= share sqrt(q), in turn for u and v; then takes u' Z v u v' from Z for the next
    pair. With share = 1 the pairs are the singular vectors of Z.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where Z has no rank left.
    share : float
        Of the greatest l1 norm that a unit vector can have, in (0, 1]; bounds below 1 count as 1 (one column).
    iterations : int
        At most this many turns a pair.

    Source: D. Witten, R. Tibshirani and T. Hastie, "A penalized matrix decomposition, with applications to sparse
    principal components and canonical correlation analysis", Biostatistics 10, 2009, algorithms 1 to 3.
    """

    def __init__(self, n_components: int = 16, share: float = 0.5, iterations: int = 100) -> None:
        self.n_components = n_components
        self.share = share
        self.iterations = iterations

    def _axes(self, moments: Moments) -> dict[str, Matrix]:
        left, right = two_views(self, moments.columns)
        if self.n_components < 1 or not 0 < self.share <= 1 or self.iterations < 1:
            raise InvalidInput(
                f"n_components >= 1 and 0 < share <= 1 are needed, got {self.n_components}, {self.share}"
            )
        scales = {name: column_scales(moments, name) for name in (left, right)}
        Z = scales[left][:, None] * moments.covariance(left, right) * scales[right]
        pairs: list[tuple[Matrix, Matrix]] = []
        strengths: list[float] = []
        for _ in range(min(self.n_components, *Z.shape)):
            u, v, strength = self._pair(Z)
            if strengths and strength < 1e-8 * strengths[0]:
                break
            pairs.append((u, v))
            strengths.append(strength)
            Z = Z - strength * np.outer(u, v)
        self.strengths_ = np.array(strengths)
        u, v = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
        return {left: u * scales[left][:, None], right: v * scales[right][:, None]}

    def _pair(self, Z: Matrix) -> tuple[Matrix, Matrix, float]:
        bounds = [max(1.0, self.share * np.sqrt(width)) for width in Z.shape]
        v = np.linalg.svd(Z, full_matrices=False)[2][0]
        v = v * (1.0 if v[np.abs(v).argmax()] > 0 else -1.0)
        for _ in range(self.iterations):
            u = unit_within_l1(Z @ v, bounds[0])
            before, v = v, unit_within_l1(Z.T @ u, bounds[1])
            if np.abs(v - before).max() < 1e-7:
                break
        return u, v, float(u @ Z @ v)


def column_scales(moments: Moments, name: str) -> Matrix:
    """1 / standard deviation of each column; 0 for one that does not vary."""
    spread = np.sqrt(np.maximum(np.diag(moments.covariance(name)), 0.0))
    return np.where(spread > 1e-12 * max(float(spread.max()), 1e-300), 1 / np.maximum(spread, 1e-300), 0.0)

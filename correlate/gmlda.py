"""Generalised multiview linear discriminant analysis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from correlate.base import Matrix
from correlate.gma import GMA, label_means


class GMLDA(GMA):
    """GMA with the scatter between labels as what should vary, and the scatter within them as what should not.

    Parameters
    ----------
    n_components : int or None
        Width of the shared space; None takes one less than there are labels, which is all that their means span.
    alignment : float
        How much the label means of the views must agree, against how well each view separates labels by itself.
    energy : float
        Share of each view's variance that is kept at first, in (0, 1].
    ridge : float
        On the scatter within, in its mean diagonal, above 0.

    Source: A. Sharma et al., CVPR 2012 (see `correlate.gma`), table 1.
    """

    def __init__(
        self, n_components: int | None = None, alignment: float = 10.0, energy: float = 0.95, ridge: float = 0.01
    ) -> None:
        self.n_components = n_components
        self.alignment = alignment
        self.energy = energy
        self.ridge = ridge

    def _scatters(self, X: Matrix, y: NDArray[np.intp]) -> tuple[Matrix, Matrix]:
        means = label_means(X, y)
        between = means.T @ means
        return between, X.T @ X / len(X) - between

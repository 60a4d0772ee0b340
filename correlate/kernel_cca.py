"""Kernel CCA: canonical correlations between curved features of two views, exact or from landmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from correlate.base import CrossModalModel, Labels, Matrix, Views, two_views
from correlate.cca import CCA
from correlate.kernels import Kernel, KernelMap
from ontology.errors import InvalidInput


class KernelCCA(CrossModalModel):
    """CCA of the feature maps of two kernels, with a ridge on each side.

    Maximises a' Kx Ky b under a'(Kx^2 + r Kx)a = b'(Ky^2 + r Ky)b = 1 with centred kernels. It is solved as linear CCA
    of maps phi with phi phi' = K: with all rows as landmarks that is the same problem, and with `landmarks` rows drawn
    from the views it is its Nystroem approximation, O(n r^2) instead of O(n^3). A linear kernel gives CCA.

    Parameters
    ----------
    n_components : int
        Width of the shared space.
    kernel : "linear", "rbf" or "chi2", or a mapping of view to one of them
        `chi2` is for histograms.
    width : float
        Of the kernels, in median distances of the view's rows.
    ridge : float
        r / n in mean variances of the mapped view; without one every kernel correlates perfectly.
    landmarks : int or None
        Rows that stand for all; None takes all.
    weighted : bool
        Scale each axis by its canonical correlation.
    random_state : int
        Seed of the draw of landmarks.

    Source: S. Akaho, "A kernel method for canonical correlation analysis", IMPS 2001; D. Hardoon, S. Szedmak and
    J. Shawe-Taylor, "Canonical correlation analysis: an overview with application to learning methods", Neural
    Computation 16, 2004; low rank: F. Bach and M. Jordan, "Kernel independent component analysis", JMLR 3, 2002.
    """

    def __init__(
        self,
        n_components: int = 64,
        kernel: str | Mapping[str, str] = "rbf",
        width: float = 1.0,
        ridge: float = 1.0,
        landmarks: int | None = None,
        weighted: bool = True,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.kernel = kernel
        self.width = width
        self.ridge = ridge
        self.landmarks = landmarks
        self.weighted = weighted
        self.random_state = random_state

    def _fit(self, views: Views, y: Labels | None) -> None:
        names = two_views(self, views)
        rows: Views = {name: view.astype(np.float64) for name, view in views.items()}
        count = len(rows[names[0]])
        if self.landmarks is not None and self.landmarks < 2:
            raise InvalidInput(f"2 landmarks or more are needed, got {self.landmarks}")
        rng = np.random.default_rng(self.random_state)
        drawn = rng.permutation(count)[: self.landmarks] if self.landmarks else np.arange(count)
        landmarks: Views = {name: view[np.sort(drawn)] for name, view in rows.items()}
        kernels = self._kernels(rows, landmarks)
        self.maps_ = {name: KernelMap.fit(kernels[name], landmarks[name]) for name in names}
        mapped = {name: self.maps_[name](view) for name, view in rows.items()}
        self.cca_ = CCA(self.n_components, self.ridge, self.weighted).fit(mapped)
        self.correlations_ = self.cca_.correlations_

    def _kernels(self, rows: Views, landmarks: Views) -> Mapping[str, Callable[[Matrix, Matrix], Matrix]]:
        """The kernel of each view, fitted to its rows."""
        chosen = {name: self.kernel if isinstance(self.kernel, str) else self.kernel.get(name, "") for name in rows}
        return {name: Kernel.fit(view, chosen[name], self.width) for name, view in rows.items()}

    def _project(self, X: Matrix, view: str) -> Matrix:
        return self.cca_.transform(self.maps_[view](X.astype(np.float64)), view)

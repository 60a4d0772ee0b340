"""A method that was learned on one source, for another source whose rows look different and are neither paired nor
labelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from correlate.base import CrossModalModel, Labels, Matrix, Views, check_view
from correlate.cca import CCA
from correlate.early_fusion import comparable
from ontology.errors import InvalidInput


class SubspaceAlignment(CrossModalModel):
    """Learns on the source, aligned to the target: each view's principal axes of the source are turned to those of the
    target, and a method learns there; new rows are taken to be of the target.

    With axes P_s of the source and P_t of the target (d, k), columns of both brought to mean 0 and unit variance each
    by its own, source rows become X_s P_s P_s' P_t and target rows X_t P_t. A view without target rows stays as it is.

    Parameters
    ----------
    model : CrossModalModel or None
        What learns on the aligned source; CCA if none is given. One that learns from labels asks for them.
    target : mapping of view to rows (m, width of the view), or None
        Rows of the target, of as many views as there are, not paired.
    n_components : int
        k, cut to what both sides have.

    Source: B. Fernando, A. Habrard, M. Sebban and T. Tuytelaars, "Unsupervised visual domain adaptation using subspace
    alignment", ICCV 2013.
    """

    metric: ClassVar[Any] = "dot"

    def __init__(
        self,
        model: CrossModalModel | None = None,
        target: Mapping[str, ArrayLike] | None = None,
        n_components: int = 64,
    ) -> None:
        self.model = model
        self.target = target
        self.n_components = n_components

    def _fit(self, views: Views, y: Labels | None) -> None:
        target = {name: check_view(rows, name) for name, rows in (self.target or {}).items()}
        if self.n_components < 1 or set(target) - set(views):
            raise InvalidInput("n_components >= 1 and target rows of fitted views are needed")
        self.means_: dict[str, Matrix] = {}
        self.axes_: dict[str, Matrix] = {}
        aligned = {name: self._align(views[name], rows, name) for name, rows in target.items()}
        self.fitted_ = clone(self.model) if self.model is not None else CCA()
        self.fitted_.fit(views | aligned, y)

    def _align(self, source: Matrix, target: Matrix, name: str) -> Matrix:
        """Take in where the target's rows go, and give the source's rows there: (n, k)."""
        if target.shape[1] != source.shape[1] or len(target) < 2:
            raise InvalidInput(f"2 rows or more of {source.shape[1]} columns are needed of target {name!r}")
        sides = []
        for rows in (source, target):
            mean = rows.mean(axis=0, dtype=np.float64)
            spread = rows.std(axis=0, dtype=np.float64)
            scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-7 * np.abs(mean) + 1e-150)
            _, s, vt = np.linalg.svd((rows - mean) * scale, full_matrices=False)
            if not s[0] > 0:
                raise InvalidInput(f"view {name!r} does not vary")
            sides.append((mean, scale, vt[s > s[0] * 1e-8][: self.n_components].T))
        (mean, scale, own), (self.means_[name], there, axes) = sides
        self.axes_[name] = there[:, None] * axes
        return np.asarray((source - mean) * scale @ own @ (own.T @ axes))

    def _project(self, X: Matrix, view: str) -> Matrix:
        aligned = (X - self.means_[view]) @ self.axes_[view] if view in self.axes_ else X
        return comparable(self.fitted_, self.fitted_.transform(aligned, view))

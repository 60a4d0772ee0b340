"""What the methods that learn to rank share: a bilinear score of low rank between two views.

The score of rows x and y of two views is x' W y with W = U V', so U and V are axes of one shared space, and the dot
product of projections is the score. A method writes a constructor and `_learn`, which gives U and V.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from correlate.base import CrossModalModel, Labels, Matrix, Views, two_views
from correlate.kernels import Kernel, KernelMap
from correlate.linalg import leading_svd
from ontology.errors import InvalidInput

Kernels = str | Mapping[str, str]


class BilinearRanker(CrossModalModel):
    """Learns from labels which rows of one view should rank first when a row of the other asks: those of its label.

    Where only the pairs are known, `y = numpy.arange(n)` makes each row's own partner the one that is relevant.

    Parameters
    ----------
    kernel : "linear", "rbf" or "chi2", or a mapping of view to one of them
        What a row is seen by: its own columns, or its likeness to some rows of its view; `chi2` is for histograms.
    width : float
        Of the kernels, in median distances of the view's rows.
    landmarks : int
        Rows that likeness is measured to, 2 or more, evenly chosen among the labels.

    What is seen of a view is centred, and scaled as a whole such that its rows have a mean square length of 1.

    Who draws rows, or follows subgradients, carries the last digit of a value, or the place of a row, far. So rows are
    put into an order that depends on what they hold alone, and learning starts from values in single precision.
    """

    metric: ClassVar[Any] = "dot"
    supervised: ClassVar[bool] = True
    n_components: int
    kernel: Kernels
    width: float
    landmarks: int

    def _fit(self, views: Views, y: Labels | None) -> None:
        left, right = two_views(self, views)
        if self.n_components < 1 or self.landmarks < 2:
            raise InvalidInput(
                f"n_components >= 1, landmarks >= 2 are needed, got {self.n_components}, {self.landmarks}"
            )
        single = {name: _single(view) for name, view in views.items()}
        places = np.unique(np.asarray(y), return_inverse=True)[1]
        order = np.lexsort([*single[right].T, *single[left].T, places])
        self.maps_: dict[str, KernelMap] = {}
        self.means_: dict[str, Matrix] = {}
        seen = {name: self._see(view[order], name) for name, view in single.items()}
        lengths = {name: float(np.sqrt((view**2).sum(axis=1).mean())) for name, view in seen.items()}
        for name, length in lengths.items():
            if length <= 1e-12 * max(float(np.abs(self.means_[name]).max()), 1e-300):
                raise InvalidInput(f"view {name!r} does not vary")
        X, Y = (seen[name] / lengths[name] for name in (left, right))
        U, V = self._learn(X, Y, places[order], (left, right))
        self.axes_ = {left: U / lengths[left], right: V / lengths[right]}

    def _see(self, rows: Matrix, name: str) -> Matrix:
        """Learn how a view is seen, and see it."""
        kernel = self.kernel if isinstance(self.kernel, str) else self.kernel.get(name, "linear")
        if kernel != "linear":
            chosen = np.unique(np.linspace(0, len(rows) - 1, self.landmarks).astype(int))
            self.maps_[name] = KernelMap.fit(Kernel.fit(rows, kernel, self.width), rows[chosen])
        seen = self._mapped(rows, name)
        self.means_[name] = seen.mean(axis=0)
        return np.asarray(seen - self.means_[name])

    def _mapped(self, X: Matrix, view: str) -> Matrix:
        return self.maps_[view](X.astype(np.float64)) if view in self.maps_ else X.astype(np.float64)

    def _project(self, X: Matrix, view: str) -> Matrix:
        return np.asarray((self._mapped(X, view) - self.means_[view]) @ self.axes_[view])

    @abstractmethod
    def _learn(self, X: Matrix, Y: Matrix, labels: Labels, names: tuple[str, str]) -> tuple[Matrix, Matrix]:
        """Axes U (p, k) and V (q, k) from aligned rows X (n, p) and Y (n, q) and labels 0.. (n,)."""


def _single(view: Matrix) -> Matrix:
    """Values rounded to single precision, save columns that vary too little around their mean for that."""
    varies = view.std(axis=0, dtype=np.float64) > 1e-4 * np.abs(view.mean(axis=0, dtype=np.float64))
    return np.where(varies, view.astype(np.float32), view.astype(np.float64))


def factors(W: Matrix, k: int) -> tuple[Matrix, Matrix]:
    """U (p, k) and V (q, k) such that U V' is the best W (p, q) of rank k, the strength shared by both."""
    u, s, v = leading_svd(W, k)
    return u * np.sqrt(s), v * np.sqrt(s)

"""Ridge regression to labels: the plain baseline that many richer methods do not beat."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from correlate.base import Labels, LinearModel, Matrix, Views
from correlate.linalg import ridge_regression
from ontology.errors import InvalidInput


class RidgeLabels(LinearModel):
    """A ridge regression of each view on the labels; the predicted indicators are the shared space.

    Each view's rows X and the (n, C) indicators of the labels Y are centred, and W minimises ||X W - Y||^2 +
    r ||W||^2. The space has as many components as there are labels; any number of views.

    Parameters
    ----------
    ridge : float
        r = ridge x the mean sum of squares of a column, at least 0.

    Source: A. Hoerl and R. Kennard, "Ridge regression", Technometrics 12, 1970; as a baseline of cross-modal retrieval
    it is LCFS (`correlate.lcfs`) with a plain penalty.
    """

    supervised: ClassVar[bool] = True

    def __init__(self, ridge: float = 0.1) -> None:
        self.ridge = ridge

    def _fit(self, views: Views, y: Labels | None) -> None:
        if self.ridge < 0:
            raise InvalidInput(f"ridge >= 0 is needed, got {self.ridge}")
        self.classes_, targets = indicators(y)
        self.means_ = {name: view.mean(axis=0, dtype=np.float64) for name, view in views.items()}
        self.axes_ = {
            name: ridge_regression(view - self.means_[name], targets, self.ridge) for name, view in views.items()
        }


def indicators(y: Labels | None) -> tuple[Labels, Matrix]:
    """The distinct labels (C,) and their centred indicators (n, C)."""
    classes, places = np.unique(np.asarray(y), return_inverse=True)
    found = np.eye(len(classes))[places]
    return classes, found - found.mean(axis=0)

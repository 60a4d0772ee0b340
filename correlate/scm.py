"""Semantic correlation matching: what correlates, then what it means."""

from __future__ import annotations

from typing import ClassVar

from correlate.base import CrossModalModel, Labels, Matrix, Views
from correlate.cca import CCA
from correlate.sm import SM


class SCM(CrossModalModel):
    """Logistic regression on the canonical components of each view; the probabilities of the labels are the space.

    Parameters
    ----------
    n_components : int
        Canonical components between the two views.
    ridge : float
        Of the CCA, in mean variances of a column, at least 0.
    C : float
        Inverse of the penalty of the logistic regression, above 0.

    Source: N. Rasiwasia et al., "A new approach to cross-modal multimedia retrieval", ACM MM 2010, section 3.4.
    """

    supervised: ClassVar[bool] = True

    def __init__(self, n_components: int = 9, ridge: float = 0.01, C: float = 1.0) -> None:
        self.n_components = n_components
        self.ridge = ridge
        self.C = C

    def _fit(self, views: Views, y: Labels | None) -> None:
        self.correlation_ = CCA(self.n_components, self.ridge, weighted=False).fit(views)
        spaces = {name: self.correlation_.transform(view, name) for name, view in views.items()}
        self.meaning_ = SM(self.C).fit(spaces, y)

    def _project(self, X: Matrix, view: str) -> Matrix:
        return self.meaning_.transform(self.correlation_.transform(X, view), view)

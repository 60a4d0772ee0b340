"""Semantic matching: each medium is brought to what it probably means."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from correlate.base import CrossModalModel, Labels, Matrix, Views
from correlate.logistic import Logistic
from ontology.errors import InvalidInput


class SM(CrossModalModel):
    """A multinomial logistic regression of each view; the probabilities of the labels are the shared space.

    Any number of views. Columns are brought to the same spread first, so that one `C` suits all views.

    Parameters
    ----------
    C : float
        Inverse of the penalty on the weights, above 0.
    root : bool
        Take signed square roots of the values first, which suits histograms.

    Source: N. Rasiwasia et al., "A new approach to cross-modal multimedia retrieval", ACM MM 2010, section 3.3;
    J. Costa Pereira et al., IEEE TPAMI 36, 2014.
    """

    supervised: ClassVar[bool] = True

    def __init__(self, C: float = 1.0, root: bool = False) -> None:
        self.C = C
        self.root = root

    def _fit(self, views: Views, y: Labels | None) -> None:
        if self.C <= 0:
            raise InvalidInput(f"C > 0 is needed, got {self.C}")
        labels = np.asarray(y)
        self.classifiers_ = {name: Logistic.fit(self._prepare(view), labels, self.C) for name, view in views.items()}
        self.classes_ = np.unique(labels)

    def _project(self, X: Matrix, view: str) -> Matrix:
        return self.classifiers_[view](self._prepare(X))

    def _prepare(self, X: Matrix) -> Matrix:
        X = X.astype(np.float64)
        return np.asarray(np.sign(X) * np.sqrt(np.abs(X))) if self.root else X

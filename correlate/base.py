"""How media are linked: the one contract of every correlation method, and the checks at its border.

A method learns from aligned *views* (row i of each shows the same thing) one shared space, and then projects one view
at a time into it, because a query has one modality. A new method writes a docstring with its source, a constructor,
`_fit` and `_project`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]
Views = dict[str, Matrix]


class CrossModalModel(BaseEstimator, ABC):  # type: ignore[misc]
    """A method that brings views of several media into one space, where `metric` compares them."""

    metric: ClassVar[Literal["cosine", "hamming", "jaccard"]] = "cosine"

    def fit(self, views: Mapping[str, ArrayLike], y: ArrayLike | None = None) -> Self:
        """Learn from two or more aligned views, each (n, its own width), and labels (n,) where the method uses them."""
        checked = check_views(views)
        labels = None if y is None else np.asarray(y)
        count = len(next(iter(checked.values())))
        if labels is not None and labels.shape != (count,):
            raise InvalidInput(f"labels must have shape ({count},), got {labels.shape}")
        self._fit(checked, labels)
        self.widths_ = {name: view.shape[1] for name, view in checked.items()}
        return self

    def transform(self, X: ArrayLike, view: str) -> Matrix:
        """Project rows of one view into the shared space: (m, width of the view) to (m, n_components)."""
        check_is_fitted(self, "widths_")
        if view not in self.widths_:
            raise InvalidInput(f"no view {view!r} was fitted; there are {', '.join(sorted(self.widths_))}")
        rows = check_view(X, view)
        if rows.shape[1] != self.widths_[view]:
            raise InvalidInput(f"view {view!r} has {self.widths_[view]} columns, got {rows.shape[1]}")
        return self._project(rows, view)

    @abstractmethod
    def _fit(self, views: Views, y: NDArray[np.generic] | None) -> None: ...

    @abstractmethod
    def _project(self, X: Matrix, view: str) -> Matrix: ...


def check_view(X: ArrayLike, name: str) -> Matrix:
    """Give a view as a finite (n, d) float64 array. Raises `InvalidInput` naming the view."""
    try:
        view = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"view {name!r} is not a matrix of numbers") from error
    if view.ndim != 2 or view.shape[1] == 0:
        raise InvalidInput(f"view {name!r} must be a matrix with columns, got shape {view.shape}")
    if not np.isfinite(view).all():
        raise InvalidInput(f"view {name!r} holds values that are not finite")
    return view


def check_views(views: Mapping[str, ArrayLike]) -> Views:
    """Check two or more aligned views, n >= 2 rows each."""
    if len(views) < 2:
        raise InvalidInput(f"two or more views are needed, got {len(views)}")
    checked = {name: check_view(view, name) for name, view in views.items()}
    rows = {name: len(view) for name, view in checked.items()}
    if len(set(rows.values())) != 1 or min(rows.values()) < 2:
        raise InvalidInput(f"views must be aligned, with 2 rows or more; rows: {rows}")
    return checked

"""How media are linked: the one contract of every correlation method, and the checks at its border.

A method learns from aligned *views* (row i of each shows the same thing) one shared space, and then projects one view
at a time into it, because a query has one modality. A new method writes a docstring with its source, a constructor,
`_fit` and `_project`; one that finds a linear map of each view from covariances writes `_axes` only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from itertools import permutations
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from correlate.linalg import Moments
from correlate.metrics import mean_average_precision
from correlate.similarity import compare
from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]
Labels = NDArray[np.generic]
Views = dict[str, Matrix]


class CrossModalModel(BaseEstimator, ABC):  # type: ignore[misc]
    """A method that brings views of several media into one space, where `metric` compares them.

    One that learns from labels says so in `supervised`, and `fit` then asks for them.
    """

    metric: ClassVar[Literal["cosine", "dot", "hamming", "jaccard"]] = "cosine"
    supervised: ClassVar[bool] = False

    def fit(self, views: Mapping[str, ArrayLike], y: ArrayLike | None = None) -> Self:
        """Learn from two or more aligned views, each (n, its own width), and labels (n,) where the method uses them."""
        checked = check_views(views)
        self._fit(checked, check_labels(y, len(next(iter(checked.values()))), self))
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

    def score(self, views: Mapping[str, ArrayLike], y: ArrayLike | None = None) -> float:
        """Mean average precision in [0, 1] of retrieval across views, averaged over directions.

        Each row asks in its view for rows of another one: those of its label (n,), or its own partner without labels.
        """
        checked = check_views(views)
        count = len(next(iter(checked.values())))
        labels = np.arange(count) if y is None else check_labels(y, count)
        relevant = labels[:, None] == labels[None, :]
        spaces = {name: self.transform(view, name) for name, view in checked.items()}
        found = [
            mean_average_precision(compare(spaces[query], spaces[database], self.metric), relevant)
            for query, database in permutations(spaces, 2)
        ]
        return float(np.mean(found))

    @abstractmethod
    def _fit(self, views: Views, y: Labels | None) -> None: ...

    @abstractmethod
    def _project(self, X: Matrix, view: str) -> Matrix: ...


class LinearModel(CrossModalModel):
    """A method that ends with a mean and axes of each view: `means_` (d,) and `axes_` (d, k)."""

    def _project(self, X: Matrix, view: str) -> Matrix:
        return np.asarray((X - self.means_[view]) @ self.axes_[view])


class MomentModel(LinearModel):
    """A linear method that needs no more of the views than their covariances, and so takes them in batches too."""

    def fit_batches(self, batches: Iterable[Mapping[str, ArrayLike]]) -> Self:
        """Learn from aligned batches of rows, each seen once; memory does not grow with their number."""
        moments = Moments()
        for batch in batches:
            checked = check_views(batch, least=1)
            widths = {name: view.shape[1] for name, view in checked.items()}
            if moments.count and widths != moments.columns:
                raise InvalidInput(f"a batch has views {widths}, those before had {moments.columns}")
            moments.add(checked)
        if moments.count < 2:
            raise InvalidInput(f"2 rows or more are needed, got {moments.count}")
        self._take(moments)
        self.widths_ = dict(moments.columns)
        return self

    def _fit(self, views: Views, y: Labels | None) -> None:
        self._take(Moments.of(views))

    def _take(self, moments: Moments) -> None:
        axes = self._axes(moments)
        self.means_ = {name: moments.mean(name) for name in axes}
        self.axes_ = {name: moments.lift(name, found) for name, found in axes.items()}

    @abstractmethod
    def _axes(self, moments: Moments) -> dict[str, Matrix]: ...


def two_views(model: CrossModalModel, names: Iterable[str]) -> tuple[str, str]:
    """The names of two views; raises `InvalidInput` for another number."""
    found = tuple(names)
    if len(found) != 2:
        raise InvalidInput(f"{type(model).__name__} takes two views, got {', '.join(found)}")
    return found[0], found[1]


def check_view(X: ArrayLike, name: str) -> Matrix:
    """Give a view as a finite, dense (n, d) array: float32 stays, all else becomes float64, sparse becomes dense.

    Raises `InvalidInput` naming the view.
    """
    dense: Any = X.toarray() if issparse(X) else X  # type: ignore[union-attr]
    try:
        view = np.asarray(dense)
        if view.dtype != np.float32:
            view = view.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"view {name!r} is not a matrix of numbers") from error
    if view.ndim != 2 or view.shape[1] == 0:
        raise InvalidInput(f"view {name!r} must be a matrix with columns, got shape {view.shape}")
    # The sum is quick and finite if all values are; if it is not, it may have run over, so all are looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(view.sum())
    if not finite and not np.isfinite(view).all():
        raise InvalidInput(f"view {name!r} holds values that are not finite")
    return view


def check_views(views: Mapping[str, ArrayLike], least: int = 2) -> Views:
    """Check two or more aligned views, n >= `least` rows each."""
    if len(views) < 2:
        raise InvalidInput(f"two or more views are needed, got {len(views)}")
    checked = {name: check_view(view, name) for name, view in views.items()}
    rows = {name: len(view) for name, view in checked.items()}
    if len(set(rows.values())) != 1 or min(rows.values()) < least:
        raise InvalidInput(f"views must be aligned, with {least} rows or more; rows: {rows}")
    return checked


def check_labels(y: ArrayLike | None, count: int, model: CrossModalModel | None = None) -> Any:
    """Give labels as (n,). Raises `InvalidInput` if there are none, or only one, where the `model` learns from them."""
    labels = None if y is None else np.asarray(y)
    if labels is not None and labels.shape != (count,):
        raise InvalidInput(f"labels must have shape ({count},), got {labels.shape}")
    if model is not None and model.supervised:
        if labels is None:
            raise InvalidInput(f"{type(model).__name__} learns from labels: give y, one for each of the {count} rows")
        if len(np.unique(labels)) < 2:
            raise InvalidInput(f"{type(model).__name__} needs two labels or more, got {np.unique(labels).tolist()}")
    return labels

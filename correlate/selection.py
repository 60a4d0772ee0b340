"""Selection of features of many kinds, in all media at once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from correlate.base import Labels, LinearModel, Matrix, Views
from correlate.blocks import Blocks, block_spans
from correlate.linalg import ridge_regression
from correlate.proximal import descend, shrink_rows
from correlate.ridge_labels import indicators
from ontology.errors import InvalidInput


class HeterogeneousSelection(LinearModel):
    """Regression of all views to the labels that keeps few columns, and few blocks of columns, over all media.

    Minimises sum_m ||X_m U_m - Y||^2 / 2n + sparsity s sum_mj ||U_mj||_2 + grouping s sum_mg sqrt|g| ||U_mg||_F with
    columns of unit variance; j runs over columns and g over blocks, of all media in one sum, so that media and kinds
    of features compete for what is kept. s is the size at which the last column goes, so 0 <= sparsity < 1 keeps some.
    Then a ridge regression on the kept columns takes the shrinking back. `selected_` says which were kept.

    Parameters
    ----------
    sparsity, grouping : float
        Weights of the two norms, in [0, 1).
    blocks : mapping of view to widths of its blocks, or None
        As `correlate.blocks.side_by_side` gives them; a view that is not named is one block.
    ridge : float
        Of the regression on what was kept, in mean variances of a column.

    Source: F. Wu, Y. Yuan and Y. Zhuang, "Heterogeneous feature selection by group lasso with logistic regression", ACM
    MM 2010; F. Wu, Y. Han, Q. Tian and Y. Zhuang, "Multi-label boosting for image annotation by structural grouping
    sparsity", ACM MM 2010 (both norms). They select for one medium, by a logistic loss for each label; here the loss is
    squared and the norms run over labels and media.
    """

    supervised: ClassVar[bool] = True

    def __init__(
        self, sparsity: float = 0.1, grouping: float = 0.0, blocks: Blocks | None = None, ridge: float = 0.1
    ) -> None:
        self.sparsity = sparsity
        self.grouping = grouping
        self.blocks = blocks
        self.ridge = ridge

    def _fit(self, views: Views, y: Labels | None) -> None:
        if not 0 <= self.sparsity < 1 or not 0 <= self.grouping < 1 or self.ridge < 0:
            raise InvalidInput("0 <= sparsity < 1, 0 <= grouping < 1 and ridge >= 0 are needed")
        self.classes_, Y = indicators(y)
        spans = block_spans(self.blocks, {name: view.shape[1] for name, view in views.items()})
        self.means_ = {name: view.mean(axis=0, dtype=np.float64) for name, view in views.items()}
        centred = {name: view - self.means_[name] for name, view in views.items()}
        scales = {name: _scales(view, self.means_[name]) for name, view in centred.items()}
        scaled = {name: view * scales[name] for name, view in centred.items()}
        crosses = {name: X.T @ Y / len(Y) for name, X in scaled.items()}
        size = max(float(np.linalg.norm(cross, axis=1).max()) for cross in crosses.values())
        if size == 0:
            raise InvalidInput("no column of any view varies with the labels")
        self.selected_ = {}
        self.axes_ = {}
        for name, X in scaled.items():
            sizes = (self.sparsity * size, self.grouping * size)
            self.selected_[name] = np.linalg.norm(_solve(X, crosses[name], sizes, spans[name]), axis=1) > 0
            if not self.selected_[name].any():
                raise InvalidInput(f"no column of view {name!r} is kept: less sparsity or grouping is needed")
            kept = ridge_regression(X[:, self.selected_[name]], Y, self.ridge)
            self.axes_[name] = np.zeros((X.shape[1], Y.shape[1]))
            self.axes_[name][self.selected_[name]] = kept * scales[name][self.selected_[name], None]


def _scales(X: Matrix, mean: Matrix) -> Matrix:
    """One over the spread of each centred column; 0 for one that is constant but for rounding."""
    spread = np.sqrt((X**2).mean(axis=0))
    return np.asarray(np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-7 * np.abs(mean) + 1e-150))


def _solve(X: Matrix, cross: Matrix, sizes: tuple[float, float], spans: list[tuple[int, int]]) -> Matrix:
    gram = X.T @ X / len(X)

    def step(U: Matrix, size: float) -> Matrix:
        # Columns lie within blocks, so one norm after the other is the step of their sum.
        kept = shrink_rows(U, size * sizes[0])
        for start, stop in spans:
            flat = kept[start:stop].reshape(1, -1)
            kept[start:stop] = shrink_rows(flat, size * sizes[1] * np.sqrt(stop - start)).reshape(stop - start, -1)
        return kept

    lipschitz = float(np.linalg.norm(gram, 2))
    return np.asarray(descend(lambda U: gram @ U - cross, step, np.zeros_like(cross), lipschitz))

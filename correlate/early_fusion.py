"""Fusion of features before a method sees them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from correlate.base import CrossModalModel, Labels, Matrix, Views
from correlate.blocks import Balance, Blocks, block_spans, cut
from correlate.cca import CCA
from correlate.similarity import unit


class EarlyFusion(CrossModalModel):
    """Features of several kinds as one view: each block is brought to equal total variance, then one method takes all.

    Parameters
    ----------
    model : CrossModalModel or None
        What learns from the fused views; CCA if none is given. One that learns from labels asks for them.
    blocks : mapping of view to widths of its blocks, or None
        As `correlate.blocks.side_by_side` gives them; a view that is not named is one block.

    Source: C. Snoek, M. Worring and A. Smeulders, "Early versus late fusion in semantic video analysis", ACM MM 2005.
    """

    metric: ClassVar[Any] = "dot"

    def __init__(self, model: CrossModalModel | None = None, blocks: Blocks | None = None) -> None:
        self.model = model
        self.blocks = blocks

    def _fit(self, views: Views, y: Labels | None) -> None:
        self.spans_ = block_spans(self.blocks, {name: view.shape[1] for name, view in views.items()})
        self.balances_ = {
            name: [Balance.of(part) for part in cut(view, self.spans_[name])] for name, view in views.items()
        }
        self.fused_ = clone(self.model) if self.model is not None else CCA()
        self.fused_.fit({name: self._fuse(view, name) for name, view in views.items()}, y)

    def _project(self, X: Matrix, view: str) -> Matrix:
        return comparable(self.fused_, self.fused_.transform(self._fuse(X, view), view))

    def _fuse(self, X: Matrix, view: str) -> Matrix:
        parts = zip(cut(X, self.spans_[view]), self.balances_[view], strict=True)
        return np.hstack([balance(part) for part, balance in parts])


def comparable(model: CrossModalModel, space: Matrix) -> Matrix:
    """Projections of a model such that their dot product is the model's own similarity."""
    return unit(space) if model.metric == "cosine" else space

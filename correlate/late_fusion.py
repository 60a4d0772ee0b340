"""Fusion of what methods found on each kind of feature."""

from __future__ import annotations

from itertools import product
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import clone

from correlate.base import CrossModalModel, Labels, Matrix, Views, two_views
from correlate.blocks import Blocks, block_spans
from correlate.cca import CCA
from correlate.early_fusion import comparable
from correlate.evaluate import folds_of
from ontology.errors import InvalidInput

Flags = NDArray[np.bool_]
PAIRS: Final = 200_000
"""Pairs of rows that weights are learned from, at most."""


class LateFusion(CrossModalModel):
    """One method for each pair of a block of one view and a block of the other; their similarities are added.

    The weights are those of a logistic regression, none below 0, that tells from the similarities of a pair of rows
    whether they belong together (one label, or without labels one row). The similarities are those of rows that a
    model did not learn from. What is fused again is a space: the dot product of two projections is the weighted sum.

    Parameters
    ----------
    model : CrossModalModel or None
        What learns from each pair of blocks; CCA if none is given. One that learns from labels asks for them.
    blocks : mapping of view to widths of its blocks, or None
        As `correlate.blocks.side_by_side` gives them; a view that is not named is one block.
    folds : int
        Parts that the rows are held out in, for the weights.
    random_state : int
        Seed of the folds and of the pairs that are drawn.

    Source: C. Snoek, M. Worring and A. Smeulders, ACM MM 2005; weights by logistic regression: N. Brummer and J. du
    Preez, "Application-independent evaluation of speaker detection", Computer Speech and Language 20, 2006.
    """

    metric: ClassVar[Any] = "dot"

    def __init__(
        self,
        model: CrossModalModel | None = None,
        blocks: Blocks | None = None,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.blocks = blocks
        self.folds = folds
        self.random_state = random_state

    def _fit(self, views: Views, y: Labels | None) -> None:
        names = two_views(self, views)
        if self.folds < 2:
            raise InvalidInput(f"2 folds or more are needed, got {self.folds}")
        self.spans_ = block_spans(self.blocks, {name: view.shape[1] for name, view in views.items()})
        counts = [len(self.spans_[name]) for name in names]
        self.pairs_ = list(product(range(counts[0]), range(counts[1])))
        self.places_ = {name: at for at, name in enumerate(names)}
        self.weights_ = self._weights(views, y) if len(self.pairs_) > 1 else np.ones(1)
        self.models_ = [self._learn(views, y, pair) for pair in self.pairs_]

    def _learn(self, views: Views, y: Labels | None, pair: tuple[int, int]) -> CrossModalModel:
        model = clone(self.model) if self.model is not None else CCA()
        return model.fit({name: self._block(view, name, pair) for name, view in views.items()}, y)

    def _block(self, X: Matrix, view: str, pair: tuple[int, int]) -> Matrix:
        start, stop = self.spans_[view][pair[self.places_[view]]]
        return X[:, start:stop]

    def _weights(self, views: Views, y: Labels | None) -> Matrix:
        """Weights (pairs,) that add up to 1, from similarities of rows that were held out."""
        rng = np.random.default_rng(self.random_state)
        count = len(next(iter(views.values())))
        meaning = np.arange(count) if y is None else np.asarray(y)
        fold = folds_of(np.zeros(count) if y is None else meaning, self.folds, self.random_state)
        found, together = [], []
        for held_out in range(self.folds):
            rest, new = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
            same = np.equal.outer(meaning[new], meaning[new])
            drawn = _drawn(same.ravel(), PAIRS // self.folds, rng)
            part = {name: view[rest] for name, view in views.items()}
            models = [self._learn(part, None if y is None else y[rest], pair) for pair in self.pairs_]
            asked = {name: view[new] for name, view in views.items()}
            spaces = [self._spaces(model, asked, pair) for model, pair in zip(models, self.pairs_, strict=True)]
            found.append(np.stack([(left @ right.T).ravel()[drawn] for left, right in spaces], axis=1))
            together.append(same.ravel()[drawn])
        slopes = _slopes(np.vstack(found), np.concatenate(together))
        return slopes / slopes.sum() if slopes.any() else np.full(len(slopes), 1 / len(slopes))

    def _spaces(self, model: CrossModalModel, views: Views, pair: tuple[int, int]) -> list[Matrix]:
        return [comparable(model, model.transform(self._block(view, name, pair), name)) for name, view in views.items()]

    def _project(self, X: Matrix, view: str) -> Matrix:
        parts = zip(self.models_, self.pairs_, self.weights_, strict=True)
        return np.hstack(
            [
                np.sqrt(weight) * comparable(model, model.transform(self._block(X, view, pair), view))
                for model, pair, weight in parts
            ]
        )


def _drawn(together: Flags, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places of pairs: at most `count`, half of them together if there are so many."""
    kinds = [np.flatnonzero(together), np.flatnonzero(~together)]
    return np.concatenate([np.sort(rng.permutation(kind)[: count // 2]) for kind in kinds])


def _slopes(found: Matrix, together: Flags) -> Matrix:
    """Slopes >= 0 of a logistic regression in which both kinds of pairs weigh the same: (pairs,)."""
    scale = np.maximum(found.std(axis=0), 1e-12)
    X = (found - found.mean(axis=0)) / scale
    signs = np.where(together, 1.0, -1.0)
    weights = np.where(together, 0.5 / max(together.sum(), 1), 0.5 / max((~together).sum(), 1))

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        margins = signs * (X @ parameters[:-1] + parameters[-1])
        pull = -weights * signs * expit(-margins)
        return float((weights * np.logaddexp(0, -margins)).sum()), np.r_[X.T @ pull, pull.sum()]

    start = np.r_[np.ones(X.shape[1]), 0.0]
    bounds = [(0.0, None)] * X.shape[1] + [(None, None)]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[:-1] / scale)

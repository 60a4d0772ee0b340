"""How two projections are compared, which often matters more than how they were learned.

`compare` is the plain measure of a method. `Similarity` is learned on the training part: projections may be centred,
turned into probabilities of labels, or scaled against hubs with the training queries as a bank; nothing of what is
asked or searched later is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from correlate.belonging import Belonging
from correlate.hubs import spread_of, usual
from correlate.logistic import Logistic
from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]

FORMS: Final = ("cosine", "dot", "centred", "posterior")
"""`centred`: cosine after each view's training mean and each row's own mean are taken away. `posterior`: the dot
product of the labels' probabilities, which is the probability that both have the same label."""


def unit(rows: Matrix) -> Matrix:
    """Rows of unit length in float64; rows of zeros stay."""
    rows = np.asarray(rows, dtype=np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1.0))


def compare(queries: Matrix, database: Matrix, metric: str) -> Matrix:
    """Similarities (q, n), higher is nearer: `cosine`, `dot`, `hamming` (minus the share of signs that differ) or
    `jaccard` (of the sets of positive coordinates).
    """
    if metric == "cosine":
        return np.asarray(unit(queries) @ unit(database).T)
    if metric == "dot":
        return np.asarray(queries @ database.T)
    if metric == "hamming":
        return np.asarray(_signs(queries) @ _signs(database).T / queries.shape[1] - 1) / 2
    if metric == "jaccard":
        left, right = (np.asarray(rows > 0, dtype=np.float64) for rows in (queries, database))
        shared = left @ right.T
        either = left.sum(axis=1)[:, None] + right.sum(axis=1)[None, :] - shared
        return np.asarray(shared / np.where(either > 0, either, 1.0))
    raise InvalidInput(f"no metric {metric!r}; there are cosine, dot, hamming, jaccard")


def _signs(rows: Matrix) -> Matrix:
    return np.where(rows > 0, 1.0, -1.0)


@dataclass(slots=True)
class Similarity:
    """A measure between views of one shared space, learned from training projections.

    Parameters
    ----------
    form : one of `FORMS`
    hubs : bool
        Take half of what is usual for a database item from its similarities, as local scaling does. Usual is measured
        against the training rows of the query's view (a query bank).

    Source of the bank: S. Bogolin et al., "Cross modal retrieval with querybank normalisation", CVPR 2022; of the
    probabilities: J. Costa Pereira et al., "On the role of correlation and abstraction in cross-modal multimedia
    retrieval", IEEE TPAMI 36, 2014.
    """

    form: str = "cosine"
    hubs: bool = False
    _mapped: dict[str, Matrix] = field(default_factory=dict, repr=False)
    _means: dict[str, Matrix] = field(default_factory=dict, repr=False)
    _classifiers: dict[str, Logistic] = field(default_factory=dict, repr=False)
    _belonging: dict[tuple[str, str], Belonging] = field(default_factory=dict, repr=False)

    def fit(self, spaces: Mapping[str, Matrix], y: NDArray[np.generic] | None = None) -> Similarity:
        """Learn from training projections {view: (n, k)} and labels (n,), which only `posterior` uses."""
        if self.form not in FORMS:
            raise InvalidInput(f"no form of similarity {self.form!r}; there are {', '.join(FORMS)}")
        self._means = {name: space.mean(axis=0) for name, space in spaces.items()}
        if self.form == "posterior":
            if y is None:
                raise InvalidInput("posterior similarity learns from labels, and there are none")
            self._classifiers = {name: Logistic.fit(space, y, 1.0) for name, space in spaces.items()}
        self._mapped = {name: self._map(space, name) for name, space in spaces.items()}
        return self

    def calibrate(self, spaces: Mapping[str, Matrix], y: NDArray[np.generic] | None = None) -> Similarity:
        """Learn what similarities within and between views are worth, from aligned rows that the model did not learn
        from: those of one label (n,) belong together, or without labels those of one row.
        """
        mapped = {name: self._map(space, name) for name, space in spaces.items()}
        count = len(next(iter(mapped.values())))
        labels = np.arange(count) if y is None else y
        together = labels[:, None] == labels[None, :]
        for left, right in product(mapped, repeat=2):
            excluded = np.eye(count) > (0 if left == right else 1)
            levels = self._levels(mapped[left], right), self._levels(mapped[right], left)
            similarities = mapped[left] @ mapped[right].T
            found = Belonging.fit(spread_of(similarities, *levels, excluded), similarities, together, ~excluded)
            if found is not None:
                self._belonging[left, right] = found
        return self

    def between(self, queries: Matrix, query_view: str, database: Matrix, database_view: str) -> Matrix:
        """Similarities (q, n) of projections of two views, higher is nearer."""
        database = self._map(database, database_view)
        found = self._map(queries, query_view) @ database.T
        if self.hubs:
            found = found - self._levels(database, query_view)[None, :] / 2
        return np.asarray(found)

    def probability(self, queries: Matrix, query_view: str, database: Matrix, database_view: str) -> Matrix:
        """Probabilities (q, n) that objects of two views (or of one) belong together, comparable across views and
        methods. Raises `InvalidInput` where `calibrate` had nothing to learn from.
        """
        belonging = self._belonging.get((query_view, database_view))
        if belonging is None:
            raise InvalidInput(f"it was not learned what similarities of {query_view} and {database_view} are worth")
        asking, searched = self._map(queries, query_view), self._map(database, database_view)
        levels = self._levels(asking, database_view), self._levels(searched, query_view)
        return belonging.between(asking @ searched.T, *levels)

    def _levels(self, mapped: Matrix, bank: str) -> Matrix:
        """What is usual for objects among the training rows of a view."""
        return usual(mapped @ self._mapped[bank].T)

    def _map(self, space: Matrix, view: str) -> Matrix:
        if self.form == "dot":
            return space
        if self.form == "cosine":
            return unit(space)
        if self.form == "posterior":
            return self._classifiers[view](space)
        moved = space - self._means[view]
        return unit(moved - moved.mean(axis=1, keepdims=True))

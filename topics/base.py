"""What is learned over a collection: the one contract of every topic model, and the checks at its border.

A model learns from *views of counts* (row i of each counts what one field or medium of document i holds) topics: in
each view a distribution over its vocabulary. It then tells of any documents, by any subset of the views, what share
each topic has. A new model writes a docstring with its source, a constructor and `_fit`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ontology.errors import InvalidInput
from topics.completion import halves, log_likelihood
from topics.expected import fold_in
from topics.stacking import Counts, Key, Labels, Layout, Matrix

Views = Mapping[str, ArrayLike | csr_matrix]


class TopicModel(BaseEstimator, ABC):  # type: ignore[misc]
    """Topics over views of counts, and over collections that are compared.

    Attributes
    ----------
    topic_word_ : dict
        `topic_word_[view]` is p(word given topic), shape (topics, words of the view), rows sum to 1; models that tell
        collections apart also have `topic_word_[view, collection]`: the topic as that collection tells it.
    doc_topic_ : ndarray (documents, topics)
        p(topic given document) of the documents learned from, rows sum to 1.
    alpha_ : ndarray (topics,)
        Parameters of the Dirichlet prior of a document's topics; if the prior is another one, its mean.
    """

    topic_word_: dict[Key, Matrix]
    doc_topic_: Matrix
    alpha_: Matrix

    def fit(self, views: Views, collections: Sequence[str] | None = None) -> Self:
        """Learn from one or more aligned views, each (n, its vocabulary), and the collection of each document (n,)."""
        counts = check_some(views)
        self._fit(counts, check_collections(collections, counts))
        self.widths_ = {name: view.shape[1] for name, view in counts.items()}
        return self

    def partial_fit(self, views: Views, collections: Sequence[str] | None = None) -> Self:
        """Learn from further documents, of which any of the known views are given; the first call fits.

        What was learned counts on as the documents that it was learned from; vocabularies stay. `doc_topic_` is then of
        these documents.
        """
        if not hasattr(self, "widths_"):
            return self.fit(views, collections)
        counts = self._known(views)
        self._learn_on(counts, check_collections(collections, counts))
        return self

    def transform(self, views: Views, collections: Sequence[str] | None = None) -> Matrix:
        """The share of each topic in documents of which any views are known: (m, topics), rows sum to 1.

        A document without any counts has the prior's mean. Where the model tells collections apart, `collections` says
        whose words to expect; without it, and for a collection that was not learned, those common to all.
        """
        counts = self._known(views)
        return self._project(counts, check_collections(collections, counts))

    def score(self, views: Views, collections: Sequence[str] | None = None) -> float:
        """Mean log-likelihood a token, in nats, higher is better: half of each document is seen, the other half told.

        The halves are those of `topics.completion.halves`; every model is scored alike.
        """
        seen, hidden = halves(self._known(views))
        return self._likelihood(seen, hidden, check_collections(collections, seen))

    def tell(self, seen: Views, hidden: Views, collections: Sequence[str] | None = None) -> float:
        """Mean log-likelihood a token of the `hidden` views of documents whose `seen` views are known, in nats.

        So a caption is told from its picture, or any field from any others.
        """
        known, told = self._known(seen), self._known(hidden)
        rows = next(iter(known.values())).shape[0], next(iter(told.values())).shape[0]
        if rows[0] != rows[1]:
            raise InvalidInput(f"what is seen and what is hidden must be of the same documents, got {rows}")
        return self._likelihood(known, told, check_collections(collections, known))

    @property
    def layout(self) -> Layout:
        """Where the words of each view and collection lie in one table of all."""
        return Layout.of({key: matrix.shape[1] for key, matrix in self.topic_word_.items()})

    @property
    def collections_(self) -> list[str]:
        """The collections that the model tells apart, sorted; empty if it does not."""
        return sorted({key[1] for key in self.topic_word_ if isinstance(key, tuple)})

    @abstractmethod
    def _fit(self, counts: Counts, collections: Labels | None) -> None: ...

    @abstractmethod
    def _learn_on(self, counts: Counts, collections: Labels | None) -> None: ...

    def _project(self, counts: Counts, collections: Labels | None) -> Matrix:
        layout = self.layout
        return fold_in(layout.documents(counts, collections), layout.table(self.topic_word_), self.alpha_)

    def _telling(self, seen: Counts, hidden: Counts, collections: Labels | None) -> dict[str, Matrix]:
        """The shares (m, topics) by which each view is told: one for all of a document's views.

        Of what is hidden nothing but the number of tokens may be used.
        """
        return dict.fromkeys(self.widths_, self._project(seen, collections))

    def _likelihood(self, seen: Counts, hidden: Counts, collections: Labels | None) -> float:
        layout = self.layout
        table, shares = layout.table(self.topic_word_), self._telling(seen, hidden, collections)
        parts = {name: layout.documents({name: view}, collections) for name, view in hidden.items()}
        tokens = np.array([part.sizes.sum() for part in parts.values()])
        if not tokens.any():
            raise InvalidInput("nothing is hidden: there is nothing to tell")
        told = [log_likelihood(parts[name], shares[name], table) for name in np.array(list(parts))[tokens > 0]]
        return float(np.average(told, weights=tokens[tokens > 0]))

    def _known(self, views: Views) -> Counts:
        check_is_fitted(self, "widths_")
        counts = check_counts(views)
        for name, view in counts.items():
            if name not in self.widths_:
                raise InvalidInput(f"no view {name!r} was fitted; there are {', '.join(sorted(self.widths_))}")
            if view.shape[1] != self.widths_[name]:
                raise InvalidInput(f"view {name!r} has {self.widths_[name]} columns, got {view.shape[1]}")
        return counts


def check_counts(views: Views) -> Counts:
    """Give one or more aligned views as sparse matrices of amounts above 0. Raises `InvalidInput` naming the view."""
    if not views:
        raise InvalidInput("one view of counts or more is needed, got none")
    counts = {name: _check_view(view, name) for name, view in views.items()}
    rows = {name: view.shape[0] for name, view in counts.items()}
    if len(set(rows.values())) != 1 or min(rows.values()) < 1:
        raise InvalidInput(f"views must be aligned, with a document or more; documents: {rows}")
    return counts


def check_some(views: Views) -> Counts:
    """The same of views to learn from, which must hold anything."""
    counts = check_counts(views)
    if not sum(view.nnz for view in counts.values()):
        raise InvalidInput(f"no document holds anything in {', '.join(counts)}")
    return counts


def _check_view(view: ArrayLike | csr_matrix, name: str) -> csr_matrix:
    try:
        counts = csr_matrix(view, dtype=np.float64, copy=True)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"view {name!r} is not a matrix of counts") from error
    if np.ndim(view) != 2 or counts.shape[1] == 0:
        raise InvalidInput(f"view {name!r} must be a matrix with columns, got shape {np.shape(view)}")
    if not np.isfinite(counts.data).all() or (counts.data < 0).any():
        raise InvalidInput(f"view {name!r} holds values that are no counts: they must be finite and not below 0")
    counts.sum_duplicates()
    counts.eliminate_zeros()
    return counts


def check_collections(collections: Sequence[str] | None, counts: Counts) -> Labels | None:
    """Give the collection of each document as texts (n,)."""
    if collections is None:
        return None
    labels = np.asarray(collections, dtype=np.str_)
    length = next(iter(counts.values())).shape[0]
    if labels.shape != (length,):
        raise InvalidInput(f"collections must have shape ({length},), got {labels.shape}")
    return labels


def check_at_least(name: str, value: float, least: float, *, strictly: bool = False) -> None:
    """Raise `InvalidInput` for a parameter below its range."""
    if not (value > least if strictly else value >= least):
        raise InvalidInput(f"{name} must be {'above' if strictly else 'at least'} {least}, got {value!r}")

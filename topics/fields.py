"""Models whose fields have topics of their own, which go together instead of being the same."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from topics.base import TopicModel
from topics.expected import smooth
from topics.lda import LDA
from topics.simd import padded, rows
from topics.stacking import Counts, Key, Labels, Matrix, Table


class FieldTopics(TopicModel):
    """A document has a distribution over topics in every field; for who asks for one, they stand side by side.

    `doc_topic_` holds the shares of all fields' topics, each field's divided by the number of fields.
    `topic_word_[view]` has a row for every topic: for those of the view what they say; for those of another field the
    words that the view has in documents of that topic, the mean over documents weighed by the topic's share.

    Attributes
    ----------
    fields_ : dict
        `fields_[view]` is a slice: which of all topics are the view's own.
    together_ : ndarray (topics, topics)
        How much of each two topics is in the same documents: the sum of products of their shares.
    """

    fields_: dict[str, slice]
    tables_: dict[str, Table]
    together_: Matrix

    @abstractmethod
    def _shares(self, seen: Counts, hidden: Counts) -> Matrix:
        """The shares of the topics of all fields, side by side: (m, topics), each field's sum to 1."""

    def _begin(self, counts: Counts, topics: dict[str, int], eta: float, seed: int) -> Matrix:
        """What LDA gives over all fields that have equally many topics: `tables_`, and the shares side by side."""
        self.fields_, self.together_ = side_by_side(topics), np.zeros((sum(topics.values()),) * 2)
        self.tables_ = {name: rows(view.shape[1], padded(topics[name])) for name, view in counts.items()}
        shares = np.empty((next(iter(counts.values())).shape[0], sum(topics.values())))
        for number in sorted(set(topics.values())):
            alike = {name: counts[name] for name in counts if topics[name] == number}
            model = LDA(number, eta=eta, random_state=seed).fit(alike)
            for name in alike:
                self.tables_[name][:, :number] = model.topic_word_[name].T
                shares[:, self.fields_[name]] = model.doc_topic_
        return shares

    def _smooth(self, expected: dict[str, Table], eta: float) -> None:
        """Write what follows from expected counts of words into the tables."""
        for name, span in self.fields_.items():
            table = self.tables_[name]
            smooth(expected[name], table, 0, len(table), eta, span.stop - span.start)

    def _empty(self) -> dict[str, Table]:
        return {name: rows(*table.shape) for name, table in self.tables_.items()}

    def _project(self, counts: Counts, collections: Labels | None) -> Matrix:
        return self._shares(counts, {}) / len(self.fields_)

    def _telling(self, seen: Counts, hidden: Counts, collections: Labels | None) -> dict[str, Matrix]:
        shares = self._shares(seen, hidden)
        told = {}
        for name, span in self.fields_.items():
            told[name] = np.zeros_like(shares)
            told[name][:, span] = shares[:, span]
        return told

    def _keep(self, shares: Matrix) -> None:
        """Tell what was learned, from the shares of the documents (documents, topics)."""
        self.doc_topic_ = shares / len(self.fields_)
        self.together_ = self.together_ + shares.T @ shares
        found: dict[Key, Matrix] = {}
        for name, span in self.fields_.items():
            own = self.tables_[name][:, : span.stop - span.start].T.astype(np.float64)
            together = self.together_[:, span]
            found[name] = together / np.maximum(together.sum(axis=1, keepdims=True), 1e-300) @ own
            found[name][span] = own
            found[name] /= found[name].sum(axis=1, keepdims=True)
        self.topic_word_ = found


def side_by_side(topics: dict[str, int]) -> dict[str, slice]:
    """A slice for each field, one after the other.

    >>> side_by_side({"words": 3, "labels": 2})
    {'words': slice(0, 3, None), 'labels': slice(3, 5, None)}
    """
    ends = np.cumsum([0, *topics.values()]).tolist()
    return {name: slice(start, end) for name, start, end in zip(topics, ends, ends[1:], strict=False)}

"""A topic's words in several collections: what all share, mixed with what each says in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from topics.expected import first_table
from topics.stacking import Documents, Key, Layout, Matrix, Table

NOTHING: Final = 1e-3
"""An expected count below it is left with the common words: it says nothing, and most are such."""
START: Final = 0.8
"""The share of common words that learning begins with."""
ROUNDS: Final = 2
"""How often counts are divided anew after each batch."""


@njit(cache=True, fastmath=True)
def _weight(count):  # type: ignore[no-untyped-def]
    """exp(digamma(count)): what an expected count is worth, its uncertainty counted in; about count - 1/2."""
    return (count + np.float32(0.5) + np.float32(1 / 24) / (count + np.float32(1))) * np.exp(-np.float32(1) / count)


@njit(nogil=True, cache=True, fastmath=True)
def _divide(expected, starts, common, own, known, eta, own_eta, topics):  # type: ignore[no-untyped-def]
    """Divide the expected counts of each word in each collection between common and own words.

    `common` (words, topics) and `own` (collections, words, topics) hold counts from before and get the new ones;
    `known` (collections, 3, topics) holds the weights of a common and of an own word, and gets the sum of common
    counts.
    """
    words = common.shape[0]
    fresh = np.empty(topics, dtype=np.float32)
    for w in range(words):
        fresh[:] = 0
        for c in range(starts.size):
            for t in range(topics):
                count = expected[starts[c] + w, t]
                shared = count
                if count > NOTHING:
                    one = known[c, 0, t] * _weight(common[w, t] + eta)
                    other = known[c, 1, t] * _weight(own[c, w, t] + own_eta)
                    shared = count * one / (one + other + np.float32(1e-30))
                own[c, w, t] = count - shared
                known[c, 2, t] += shared
                fresh[t] += shared
        for t in range(topics):
            common[w, t] = fresh[t]


@njit(nogil=True, cache=True)
def _mix(table, starts, common, own, scales, eta, own_eta, topics):  # type: ignore[no-untyped-def]
    """table = share x p(word | common) + (1 - share) x p(word | own), with factors from `scales` (collections, 2,
    topics)."""
    for c in range(starts.size):
        for w in range(common.shape[0]):
            for t in range(topics):
                shared = (common[w, t] + eta) * scales[c, 0, t]
                table[starts[c] + w, t] = shared + (own[c, w, t] + own_eta) * scales[c, 1, t]


@dataclass(frozen=True, slots=True)
class Prior:
    """Dirichlet parameters of common and own words, beta parameters of the share of common words."""

    eta: float
    own_eta: float
    common: float
    own: float


class Mixture:
    """Common and own words of one view in C collections, whose rows begin at `starts` (C,) in the table."""

    def __init__(self, starts: NDArray[np.int64], words: int, topics: int, prior: Prior) -> None:
        self.starts, self.topics, self.prior = starts, topics, prior
        self.common = np.zeros((words, topics), dtype=np.float32)
        self.own = np.zeros((len(starts), words, topics), dtype=np.float32)
        self.share = np.full((len(starts), topics), START)

    def pool(self, expected: Table, table: Table) -> None:
        """Take all words for common ones: learning begins so, and a topic is the same in every collection."""
        length = len(self.common)
        self.common[:] = sum(expected[start : start + length, : self.topics] for start in self.starts)
        words = (self.common + self.prior.eta) / (self.common.sum(axis=0, dtype=np.float64) + self.prior.eta * length)
        for collection, start in enumerate(self.starts):
            table[start : start + length, : self.topics] = words
            self.own[collection] = (1 - START) * expected[start : start + length, : self.topics]

    def learn(self, expected: Table, table: Table) -> None:
        """Divide expected counts (rows, topics), and write what follows from them into the table."""
        prior, shape = self.prior, (len(self.starts), 3, self.topics)
        for _ in range(ROUNDS):
            known = np.zeros(shape, dtype=np.float32)
            known[:, 0] = self.share / (self.common.sum(axis=0, dtype=np.float64) + prior.eta * len(self.common))
            known[:, 1] = (1 - self.share) / (self.own.sum(axis=1, dtype=np.float64) + prior.own_eta * len(self.common))
            etas = np.float32(prior.eta), np.float32(prior.own_eta)
            _divide(expected, self.starts, self.common, self.own, known, *etas, self.topics)
            own = self.own.sum(axis=1, dtype=np.float64)
            self.share = (known[:, 2] + prior.common) / (known[:, 2] + own + prior.common + prior.own)
        self.write(table)

    def take_over(self, former: Mixture, places: list[int]) -> None:
        """Go on from another mixture, whose collections are at these places among those of this one."""
        self.common[:] = former.common
        self.own[places], self.share[places] = former.own, former.share

    def words(self) -> Matrix:
        """p(word given topic) of the common words: (topics, words)."""
        counts = self.common.T.astype(np.float64) + self.prior.eta
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    def own_words(self, collection: int) -> Matrix:
        """p(word given topic) of a collection's own words: (topics, words)."""
        counts = self.own[collection].T.astype(np.float64) + self.prior.own_eta
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    def write(self, table: Table) -> None:
        """Write p(word given topic) of every collection into the table."""
        prior, words = self.prior, len(self.common)
        scales = np.empty((len(self.starts), 2, self.topics), dtype=np.float32)
        scales[:, 0] = self.share / (self.common.sum(axis=0, dtype=np.float64) + prior.eta * words)
        scales[:, 1] = (1 - self.share) / (self.own.sum(axis=1, dtype=np.float64) + prior.own_eta * words)
        etas = np.float32(prior.eta), np.float32(prior.own_eta)
        _mix(table, self.starts, self.common, self.own, scales, *etas, self.topics)


def alike(documents: Documents, layout: Layout, topics: int, seed: int) -> Table:
    """A first table whose rows are the same in all collections, so that a topic begins alike everywhere."""
    widths: dict[Key, int] = {key[0]: span.stop - span.start for key, span in layout.spans.items()}
    pooled = Layout.of(widths)
    row = np.empty(layout.size, dtype=np.int32)
    for key, span in layout.spans.items():
        row[span] = np.arange(pooled.spans[key[0]].start, pooled.spans[key[0]].stop)
    together = Documents(documents.starts, row[documents.places], documents.amounts)
    return first_table(together, pooled.size, topics, seed)[row]

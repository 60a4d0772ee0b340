"""What each collection says of a topic, and what sets it apart from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.stacking import Labels, Matrix

PRIOR: Final = 100.0
"""Tokens that the prior counts for: words as all collections have them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How C collections tell a topic in one field: expected `counts` (C, words), and `apart` (C, words), z-scores of
    log-odds, above 0 where a collection says a word more than the others do."""

    counts: Matrix
    apart: Matrix

    @property
    def weights(self) -> Matrix:
        """p(word given topic) as each collection has it: (C, words), rows sum to 1, or to 0 without a count."""
        return np.asarray(self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1e-12))


class Tokens:
    """Counts (documents, words) divided among topics: each token by the topic shares of its document (documents,
    topics) and p(word given topic) in `words` (topics, words)."""

    def __init__(self, counts: csr_matrix, shares: Matrix, words: Matrix) -> None:
        self._amounts = counts.data
        self._owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        self._word = counts.indices
        self._width = counts.shape[1]
        self._shares, self._words = shares, words
        chances = np.zeros(len(self._word))
        for topic in range(shares.shape[1]):
            chances += self._chance(topic)
        self._chances = np.maximum(chances, 1e-300)

    def _chance(self, topic: int) -> Matrix:
        return np.asarray(self._shares[self._owner, topic] * self._words[topic, self._word])

    def of(self, topic: int) -> csr_matrix:
        """The expected counts of one topic: (documents, words)."""
        amounts = self._amounts * self._chance(topic) / self._chances
        return csr_matrix((amounts, (self._owner, self._word)), shape=(len(self._shares), self._width))

    def told(self, topic: int, labels: Labels, collections: NDArray[np.str_]) -> Telling:
        """How collections (named in `labels` for each document) tell one topic."""
        place = np.searchsorted(collections, labels)
        amounts = self._amounts * self._chance(topic) / self._chances
        cells = place[self._owner] * self._width + self._word
        counts = np.bincount(cells, weights=amounts, minlength=len(collections) * self._width)
        return contrast(np.asarray(counts, dtype=np.float64).reshape(len(collections), self._width))


def contrast(counts: Matrix, prior: float = PRIOR) -> Telling:
    """Log-odds of each word in each collection (C, words) against all others, with an informative Dirichlet prior.

    The prior is `prior` tokens of the words of all collections together: what is rare has to be said often to count.

    Source: B. Monroe, M. Colaresi, K. Quinn, "Fightin' words: lexical feature selection and evaluation for identifying
    the content of political conflict", Political Analysis 16, 2008, eqs. 15 and 22, with the variance of both parts of
    an odds, since a word may be half of a field.
    """
    whole = counts.sum(axis=0)
    total = max(float(whole.sum()), 1e-12)
    pseudo = np.maximum(prior * whole / total, 1e-9)
    here, there = counts + pseudo, whole - counts + pseudo
    size = counts.sum(axis=1, keepdims=True) + pseudo.sum()
    rest = total - counts.sum(axis=1, keepdims=True) + pseudo.sum()
    others, beyond = np.maximum(size - here, 1e-9), np.maximum(rest - there, 1e-9)
    odds = np.log(here / others) - np.log(there / beyond)
    return Telling(counts, np.asarray(odds / np.sqrt(1 / here + 1 / others + 1 / there + 1 / beyond)))

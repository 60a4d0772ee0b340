"""Which words tell a topic to a person: one step, the same for every model.

The most probable words of a topic are often words of everything. Here a word has to occur together with the topic more
often than by chance (normalised pointwise mutual information), and to count among the topic's own words (class TF-IDF);
a word that only a handful of the topic's documents hold is left out. Where documents are too short for counting, a
word's share of the topic decides.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.stacking import Matrix

LEAST: Final = 0.04
"""Share of a topic's documents that have to hold a word."""
SHORT: Final = 20.0
"""Mean tokens of a document below which counting documents says too little."""


def weights(counts: csr_matrix, shares: Matrix, least: float = LEAST) -> Matrix:
    """How well each word tells each topic: (topics, words), 0 for words that do not.

    From counts (documents, words) and the topic shares of the same documents (documents, topics). A document belongs to
    a topic by its share. With n documents, n_w that hold the word, n_z that belong to the topic and n_wz both,
    NPMI = log(n n_wz / (n_w n_z)) / -log(n_wz / n), and class TF-IDF = f_wz log(1 + A / f_w) with f_wz the word's share
    of the topic's tokens and A the mean tokens of a topic.

    Sources: G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", GSCL 2009; M.
    Grootendorst, "BERTopic", arXiv 2203.05794, 2022, eq. 2.
    """
    here = csr_matrix((np.ones(len(counts.data)), counts.indices, counts.indptr), shape=counts.shape)
    total = float(counts.shape[0])
    belong = shares.sum(axis=0)[:, None]
    hold = np.asarray(here.sum(axis=0))
    both = np.asarray(shares.T @ here)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(both * total / (hold * belong)) / -np.log(both / total)
    npmi = np.where(both > 0, np.minimum(np.nan_to_num(npmi, nan=0.0, posinf=1.0), 1.0), 0.0)
    tokens = np.asarray(shares.T @ counts)
    frequency = tokens / np.maximum(tokens.sum(axis=1, keepdims=True), 1e-12)
    rarity = np.log1p(tokens.sum() / len(tokens) / np.maximum(tokens.sum(axis=0), 1e-12))
    own = np.sqrt(frequency * rarity)
    if counts.sum() < SHORT * total:
        return np.asarray(np.maximum(npmi, 0.0) ** 0.5 * own * np.sqrt(frequency))
    return np.asarray(np.where(both >= least * belong, np.maximum(npmi, 0.0) * own, 0.0))


def top_words(counts: csr_matrix, shares: Matrix, number: int = 10, least: float = LEAST) -> NDArray[np.intp]:
    """The words that tell each topic best, best first; ties keep the order of the vocabulary: (topics, number)."""
    return np.argsort(-weights(counts, shares, least), axis=1, kind="stable")[:, :number]

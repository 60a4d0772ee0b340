"""How topics are told in words: those of each field, what each collection says and what sets it apart, and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ontology.model import MediaObject
from ontology.topic import TopicWord
from topics.contrast import Telling, Tokens
from topics.naming import label
from topics.stacking import Counts, Labels, Matrix
from topics.wording import weights

TOLD: Final = ("words", "phrases", "who", "where", "named", "labels", "spoken", "why", "how")
"""The fields by which topics are told, in this order."""
NUMBER: Final[Mapping[str, int]] = {"words": 16, "phrases": 10, "who": 10, "where": 10, "named": 6, "labels": 8}
OTHER_NUMBER: Final = 8
COMPARED: Final = ("words", "phrases", "who", "where", "labels")
"""The fields in which collections are compared."""
COMMON_NUMBER, OWN_NUMBER = 4, 8
"""Terms of a collection in a field: the most frequent ones, and those that set it apart."""
SURE: Final = 1.96
"""z-score from which a collection is said to be apart by a term (two-sided 5 %)."""
ENOUGH: Final = 20.0
"""Tokens of a topic that a collection has to have in a field to be compared in it."""
HELD: Final = 2.0
"""Times that a collection has to say a term that sets it apart."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """What is known of K topics when they are told: counts of documents (d, vocabulary) and objects (n, vocabulary),
    shares of documents (d, K), of objects by what they hold themselves (n, K), and p(term given topic) of the fields
    that were learned from. `row` (n,) is the document of each object, `twins` names by number the copies of an object,
    `labels` (d,) the collection of each document.
    """

    items: Sequence[MediaObject]
    row: NDArray[np.intp]
    vocabularies: Mapping[str, Sequence[str]]
    documents: Counts
    objects: Counts
    shares: Matrix
    own: Matrix
    words: Mapping[str, Matrix]
    labels: Labels | None
    twins: Mapping[int, frozenset[int]] = field(default_factory=dict)


def words_of(sitter: Sitter) -> list[tuple[TopicWord, ...]]:
    """The terms that tell each topic, by field: in all collections, and as each collection has them."""
    count = sitter.shares.shape[1]
    told: list[list[TopicWord]] = [[] for _ in range(count)]
    for name in TOLD:
        if name in sitter.documents and sitter.documents[name].nnz:
            for topic, words in enumerate(_field(sitter, name)):
                told[topic] += words
    return [tuple(words) for words in told]


def _field(sitter: Sitter, name: str) -> Iterator[list[TopicWord]]:
    counts, vocabulary = sitter.documents[name], sitter.vocabularies[name]
    chances = sitter.words[name] if name in sitter.words else _estimated(counts, sitter.shares)
    telling = weights(counts, sitter.shares)
    tokens = Tokens(counts, sitter.shares, chances)
    names = None if sitter.labels is None or name not in COMPARED else np.unique(sitter.labels)
    for topic, row in enumerate(telling):
        best = [at for at in np.argsort(-row, kind="stable")[: NUMBER.get(name, OTHER_NUMBER)] if row[at] > 0]
        words = [TopicWord(name, vocabulary[at], float(chances[topic, at])) for at in best]
        if names is not None and sitter.labels is not None:
            words += _compared(name, vocabulary, names.tolist(), tokens.told(topic, sitter.labels, names))
        yield words


def _estimated(counts: csr_matrix, shares: Matrix) -> Matrix:
    """p(term given topic) of a field that was not learned from, by the shares of the documents that hold each term."""
    told = np.asarray(shares.T @ counts) + 1e-9
    return np.asarray(told / told.sum(axis=1, keepdims=True))


def _compared(name: str, vocabulary: Sequence[str], collections: Sequence[str], told: Telling) -> Iterator[TopicWord]:
    """The terms of each collection: those that set it apart first, then those that it says most."""
    shares = told.weights
    for number, collection in enumerate(collections):
        if told.counts[number].sum() < ENOUGH:
            continue
        apart, held = told.apart[number], told.counts[number]
        own = [at for at in np.argsort(-apart, kind="stable") if apart[at] >= SURE and held[at] >= HELD][:OWN_NUMBER]
        most = [at for at in np.argsort(-held, kind="stable")[:COMMON_NUMBER] if held[at] >= 1]
        for at in dict.fromkeys((*own, *most)):
            yield TopicWord(name, vocabulary[at], min(1.0, float(shares[number, at])), collection, float(apart[at]))


def labels_of(words: Sequence[Sequence[TopicWord]]) -> list[str]:
    """What to call each topic."""
    return [
        label({name: [w.value for w in told if w.field == name and not w.collection] for name in TOLD})
        for told in words
    ]


def joined(sitter: Sitter, groups: Sequence[Sequence[int]]) -> Sitter:
    """The topics with those of each group as one: the groups come first, then those that are in none."""
    alone = sorted(set(range(sitter.shares.shape[1])) - {at for group in groups for at in group})
    join = np.zeros((sitter.shares.shape[1], len(groups) + len(alone)))
    for number, group in enumerate((*groups, *([at] for at in alone))):
        join[list(group), number] = 1.0
    weighed = join * sitter.shares.sum(axis=0)[:, None]
    weighed /= np.maximum(weighed.sum(axis=0), 1e-12)
    words = {name: np.asarray(weighed.T @ matrix) for name, matrix in sitter.words.items()}
    return replace(sitter, shares=sitter.shares @ join, own=sitter.own @ join, words=words, labels=None)

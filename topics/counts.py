"""Views of counts from a graph: for each document how often each word, phrase, name, label, visual word, spoken word,
time or place occurs.

A row is a document, that is, all objects that were published as one; a column is a term of the field's vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import MediaObject
from topics.lexicon import Lexicon, by_document, count_in, learned, phrases_in, vectors_of
from topics.terms import Terms, held_in


@dataclass(frozen=True, slots=True)
class Fields:
    """n documents and their views of counts.

    `documents` names each row by its first object, `objects` lists all of a row, `sources` gives the source of the
    first. `views[field]` is (n, vocabulary), `vocabularies[field]` names its columns in the order of the alphabet.
    """

    documents: tuple[str, ...]
    objects: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...]
    views: dict[str, csr_matrix]
    vocabularies: dict[str, tuple[str, ...]]


def count_terms(
    texts: Sequence[Iterable[str]], fewest: int = 1, most: float = 1.0
) -> tuple[csr_matrix, tuple[str, ...]]:
    """Count terms: (texts, vocabulary), with those that `fewest` texts or more hold, and at most a share `most` of
    them.

    >>> counts, words = count_terms([["flood", "river", "flood"], ["river"]])
    >>> words, counts.toarray().tolist()
    (('flood', 'river'), [[2, 1], [0, 1]])
    """
    told = [list(text) for text in texts]
    every = tuple(sorted({term for text in told for term in text}))
    counts = count_in(told, every)
    holding = np.diff(counts.tocsc().indptr)
    kept = np.flatnonzero((holding >= fewest) & (holding <= max(most * len(told), fewest)))
    return counts[:, kept], tuple(every[at] for at in kept)


def phrases(texts: Sequence[Terms], fewest: int = 5, threshold: float = 0.5) -> list[Terms]:
    """The phrases of two words in each text, joined by a space: pairs whose NPMI is `threshold` or more, by gensim.

    >>> phrases([["prime", "minister"], ["prime", "minister"], ["other"]], fewest=2)
    [['prime minister'], ['prime minister'], []]
    """
    return phrases_in(texts, learned(texts, fewest, threshold))


def fields_of(store: Store, fewest: int = 2, most: float = 0.5) -> Fields:
    """All fields of a graph that hold anything: those of `topics.terms.held_in`, and `phrases` (pairs of words),
    `looks` (visual words: clusters of pictures and frames) and `sounds` (audio words: clusters of stretches of sound).

    A term of words, phrases, labels and answers has to occur in `fewest` documents and in no more than a share `most`
    of them.
    """
    held = held_in(store, store.scan(MediaObject))
    if not held.items:
        raise InvalidInput("the store holds no objects: there is nothing to count")
    vectors = vectors_of(store, held)
    lexicon = Lexicon.learn(held, vectors, fewest, most)
    counts = by_document(lexicon.count(held, vectors), held.row)
    groups = held.groups()
    return Fields(
        tuple(group[0].id for group in groups),
        tuple(tuple(item.id for item in group) for group in groups),
        tuple(group[0].source for group in groups),
        counts,
        lexicon.vocabularies,
    )

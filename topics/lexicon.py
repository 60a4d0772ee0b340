"""The columns of views of counts: which terms make up the vocabulary of each field, learned once and kept, so that
later objects are counted in the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from kg.store import Store
from topics.stacking import Counts
from topics.terms import Held, Terms

CODED: Final[Mapping[str, str]] = {"looks": "image", "sounds": "audio"}
"""Fields whose terms are clusters of vectors, and the views that these are in."""
CUT: Final = ("words", "written", "spoken", "phrases", "labels", "why", "how")
"""Fields of which terms that too few or too many documents hold are left out."""
SAMPLE: Final = 20_000
"""Vectors that clusters are learned from, at most."""
CLUSTERS: Final = (8, 500)

Vectors = dict[str, tuple[NDArray[np.intp], NDArray[np.float32]]]
"""For each coded field the object of each vector, and the vectors."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`vocabularies[field]` names the columns in the order of the alphabet; `codebooks[field]` (terms, d) are the
    centres of clusters of vectors, of which term i is that around centre i."""

    vocabularies: dict[str, tuple[str, ...]]
    codebooks: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def learn(cls, held: Held, vectors: Vectors, fewest: int = 2, most: float = 0.5) -> Self:
        """The vocabularies of all fields that hold anything.

        A term of words, phrases and labels has to occur in `fewest` documents, and in no more than a share `most`.
        """
        codebooks = {name: _codebook(matrix) for name, (_, matrix) in vectors.items() if len(matrix)}
        terms = held.terms | {"phrases": phrases_in(held.terms["words"], learned(held.terms["words"]))}
        found = {name: _vocabulary(texts, held, fewest, most, name in CUT) for name, texts in terms.items()}
        coded = {name: tuple(f"{name} {number:03}" for number in range(len(codebooks[name]))) for name in codebooks}
        return cls({name: words for name, words in sorted((found | coded).items()) if words}, codebooks)

    def count(self, held: Held, vectors: Vectors) -> Counts:
        """How often each object holds each term: for each field a matrix (objects, vocabulary)."""
        counts: Counts = {}
        for name, vocabulary in self.vocabularies.items():
            if name in self.codebooks:
                counts[name] = _coded(self.codebooks[name], vectors.get(name), len(held.items))
            else:
                texts = phrases_in(held.terms["words"], vocabulary) if name == "phrases" else held.terms[name]
                counts[name] = count_in(texts, vocabulary)
        return counts


def vectors_of(store: Store, held: Held) -> Vectors:
    """The vectors of the coded fields that the objects have, in the order of the objects; of length 1 each."""
    place = {item.id: at for at, item in enumerate(held.items)}
    found: Vectors = {}
    for name, view_name in CODED.items():
        view = store.view(view_name, list(place))
        if len(view.ids):
            owners = np.fromiter((place[item] for item in view.ids), dtype=np.intp, count=len(view.ids))
            lengths = np.linalg.norm(view.matrix, axis=1, keepdims=True)
            found[name] = owners, np.asarray(view.matrix / np.maximum(lengths, 1e-12), dtype=np.float32)
    return found


def by_document(counts: Counts, row: NDArray[np.intp]) -> Counts:
    """Counts of objects (n, vocabulary) summed over the objects of each document (documents, vocabulary)."""
    shape = (int(row.max(initial=-1)) + 1, len(row))
    join = csr_matrix((np.ones(len(row)), (row, np.arange(len(row)))), shape=shape)
    return {name: csr_matrix(join @ view) for name, view in counts.items()}


def count_in(texts: Sequence[Iterable[str]], vocabulary: Sequence[str]) -> csr_matrix:
    """How often each text holds each term of a vocabulary: (texts, vocabulary).

    >>> count_in([["flood", "river", "flood"], ["sea"]], ("flood", "river")).toarray().tolist()
    [[2, 1], [0, 0]]
    """
    place = {term: number for number, term in enumerate(vocabulary)}
    columns = [[place[term] for term in text if term in place] for text in texts]
    lengths = [len(row) for row in columns]
    flat = np.fromiter(chain.from_iterable(columns), dtype=np.int32, count=sum(lengths))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    counts = csr_matrix((np.ones(len(flat), dtype=np.int64), flat, starts), shape=(len(texts), len(vocabulary)))
    counts.sum_duplicates()
    return counts


def learned(texts: Sequence[Terms], fewest: int = 5, threshold: float = 0.5) -> set[str]:
    """Phrases of two words, joined by a space: pairs whose NPMI is `threshold` or more, by gensim.

    >>> learned([["prime", "minister"], ["prime", "minister"], ["other"]], fewest=2)
    {'prime minister'}
    """
    from gensim.models.phrases import Phrases

    model = Phrases(texts, min_count=fewest, threshold=threshold, scoring="npmi", delimiter="\x1f")
    return {pair.replace("\x1f", " ") for pair in model.export_phrases()}


def phrases_in(texts: Sequence[Terms], known: Iterable[str]) -> list[Terms]:
    """The known phrases in each text, from left to right; a term stands in one phrase at most.

    >>> phrases_in([["prime", "minister", "spoke"]], ["minister spoke", "prime minister"])
    [['prime minister']]
    """
    wanted = set(known)
    return [list(_pairs(text, wanted)) for text in texts]


def _pairs(text: Terms, known: set[str]) -> Iterator[str]:
    before = None
    for term in text:
        pair = f"{before} {term}"
        if before is not None and pair in known:
            yield pair
            before = None
        else:
            before = term


def _vocabulary(texts: list[Terms], held: Held, fewest: int, most: float, cut: bool) -> tuple[str, ...]:
    vocabulary = tuple(sorted(set(chain.from_iterable(texts))))
    if not cut or not vocabulary:
        return vocabulary
    counts = by_document({"terms": count_in(texts, vocabulary)}, held.row)["terms"]
    holding = np.diff(counts.tocsc().indptr)
    kept = np.flatnonzero((holding >= fewest) & (holding <= max(most * counts.shape[0], fewest)))
    return tuple(vocabulary[at] for at in kept)


def _codebook(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Centres of clusters of vectors, about as many as the square root of their number."""
    from sklearn.cluster import KMeans

    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(np.intp)]
    different = len(np.unique(sample, axis=0))
    count = min(different, int(np.clip(2 * np.sqrt(len(vectors)), *CLUSTERS)))
    return np.asarray(KMeans(count, n_init=1, random_state=0).fit(sample).cluster_centers_, dtype=np.float32)


def _coded(
    codebook: NDArray[np.float32], told: tuple[NDArray[np.intp], NDArray[np.float32]] | None, n: int
) -> csr_matrix:
    shape = (n, len(codebook))
    if told is None:
        return csr_matrix(shape, dtype=np.int64)
    owners, vectors = told
    nearest = (vectors @ codebook.T - (codebook**2).sum(axis=1) / 2).argmax(axis=1)
    return csr_matrix((np.ones(len(owners), dtype=np.int64), (owners, nearest)), shape=shape)

"""Copies: the same content, texts that share long runs of words, pictures that look the same when made small.

Texts: 5-word shingles; the score is containment, the shared share of the shorter one (A. Broder, "On the resemblance
and containment of documents", 1997), computed exactly on a sparse matrix. Shingles that three or more texts of one
source have in common are site boiler-plate and do not count. Pictures: 64-bit DCT hashes (C. Zauner, 2010), compared
by Hamming distance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from correlate.corpus import Corpus, Indices, Matrix, similarity

SHINGLE: Final = 5
BOILER_PLATE_TEXTS: Final = 3
CONTAINED: Final = 0.5
"""From half its shingles on, the shorter text is a copy (or a long quotation) of the other."""
SHORTEST: Final = 8
"""Texts with fewer shingles are too short to tell a copy from a coincidence, unless they are equal."""
HASH_BITS: Final = 8
"""Up to so many of 64 bits may differ between copies of a picture."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Pairs of objects, `first` < `second`, with a score in (0, 1] and the way in which they are copies."""

    first: Indices
    second: Indices
    score: NDArray[np.float64]
    way: str


def exact_copies(corpus: Corpus) -> Copies:
    """Objects of one modality whose content has the same checksum."""
    keys = [f"{item.modality} {item.checksum}" if item.checksum else f"id {item.id}" for item in corpus.items]
    return _cliques(keys, "the same content")


def text_copies(corpus: Corpus) -> Copies:
    """Objects whose words are contained in one another, of whatever medium and voice."""
    words = [re.findall(r"\w+", reading.text.casefold()) for reading in corpus.readings]
    shingles, counts = _shingle_matrix(words, [item.source for item in corpus.items])
    shared = (shingles @ shingles.T).tocoo()
    upper = shared.row < shared.col
    first, second, common = shared.row[upper].astype(np.intp), shared.col[upper].astype(np.intp), shared.data[upper]
    shorter = np.minimum(counts[first], counts[second])
    score = common / np.maximum(shorter, 1)
    keep = (score >= CONTAINED) & (shorter >= SHORTEST)
    return Copies(first[keep], second[keep], score[keep], "the same wording")


def image_copies(corpus: Corpus) -> Copies:
    """Pictures (and clips, by any key frame) whose hashes differ in at most `HASH_BITS` bits."""
    rows = corpus.view("phash")
    if not len(rows.owners):
        return Copies(*(np.empty(0, dtype=np.intp),) * 2, np.empty(0), "the same picture")
    agreement = similarity(rows, rows)
    distance = (64 - agreement) / 2
    first, second = np.nonzero(np.triu(distance <= HASH_BITS, k=1))
    score = 1.0 - distance[first, second] / 64
    return Copies(rows.objects[first], rows.objects[second], score, "the same picture")


def families(copies: Sequence[Copies], count: int) -> Indices:
    """Number the families of copies, (count,): objects joined by any chain of copies have one number."""
    first = np.concatenate([found.first for found in copies]) if copies else np.empty(0, dtype=np.intp)
    second = np.concatenate([found.second for found in copies]) if copies else np.empty(0, dtype=np.intp)
    graph = csr_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _cliques(keys: Sequence[str], way: str) -> Copies:
    _, owner = np.unique(np.asarray(keys, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(owner, kind="stable")
    runs = np.split(order, np.flatnonzero(np.diff(owner[order])) + 1)
    pairs = [np.stack(np.triu_indices(len(run), 1)) for run in runs if len(run) > 1]
    members = [run for run in runs if len(run) > 1]
    if not pairs:
        return Copies(*(np.empty(0, dtype=np.intp),) * 2, np.empty(0), way)
    first = np.concatenate([run[pair[0]] for run, pair in zip(members, pairs, strict=True)])
    second = np.concatenate([run[pair[1]] for run, pair in zip(members, pairs, strict=True)])
    return Copies(first, second, np.ones(len(first)), way)


def _shingle_matrix(texts: Sequence[list[str]], sources: Sequence[str]) -> tuple[csr_matrix, Matrix]:
    """Which of the shingles that several texts share is in which text, and how many each has; no boiler-plate."""
    # Shingles are numbered by a rolling polynomial over word numbers; only those in two texts or more are kept.
    vocabulary: dict[str, int] = {}
    numbers = [
        np.array([vocabulary.setdefault(word, len(vocabulary)) for word in text], dtype=np.uint64) for text in texts
    ]
    hashed = [np.unique(_rolling(row)) for row in numbers]
    owner = np.repeat(np.arange(len(texts)), [len(row) for row in hashed])
    joined = np.concatenate([*hashed, np.empty(0, dtype=np.uint64)])
    _, column, frequency = np.unique(joined, return_inverse=True, return_counts=True)
    keep = frequency[column] > 1
    width = len(frequency)
    matrix = csr_matrix((np.ones(int(keep.sum())), (owner[keep], column[keep])), shape=(len(texts), width))
    boiler_plate = _boiler_plate(matrix, sources)
    counts = np.array([len(row) for row in hashed]) - np.asarray(boiler_plate.sum(axis=1)).ravel()
    return csr_matrix(matrix - boiler_plate), counts


def _rolling(row: NDArray[np.uint64]) -> NDArray[np.uint64]:
    if len(row) < SHINGLE:
        return np.empty(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(row + np.uint64(1), SHINGLE)
    with np.errstate(over="ignore"):
        multipliers = np.uint64(0x9E3779B97F4A7C15) ** np.arange(1, SHINGLE + 1, dtype=np.uint64)
        return np.asarray((windows * multipliers).sum(axis=1, dtype=np.uint64))


def _boiler_plate(matrix: csr_matrix, sources: Sequence[str]) -> csr_matrix:
    _, publisher = np.unique(np.asarray(sources, dtype=object).astype(str), return_inverse=True)
    shape = int(publisher.max(initial=-1)) + 1, len(publisher)
    select = csr_matrix((np.ones(len(publisher)), (publisher, np.arange(len(publisher)))), shape=shape)
    common = (select @ matrix).tocsr()
    common.data = (common.data >= BOILER_PLATE_TEXTS).astype(float)
    common.eliminate_zeros()
    return csr_matrix((select.T @ common).multiply(matrix))

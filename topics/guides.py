"""Concepts of a vocabulary as guides of topics: a field of its own, in which a document holds a concept as often as it
holds words of it.

What a document says of a concept counts once more as the concept, whichever of its words were used. So documents that
share a concept are drawn into one topic even if they share none of its words; where all else that they say speaks
against it, the collection decides. It works with every model that learns from several fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix, hstack

from topics.stacking import Counts, Matrix

FIELD: Final = "concepts"
STRENGTH: Final = 2
"""How often a word of a concept counts as the concept."""
SURE: Final = 0.5
"""Share of what is said of a concept that has to belong to a topic that it is said to guide."""


@dataclass(frozen=True, slots=True)
class Guides:
    """The concepts that guide, by IRI, what each is called, and how often documents hold them (documents, concepts)."""

    concepts: tuple[str, ...]
    labels: tuple[str, ...]
    counts: csr_matrix

    def topics(self, shares: Matrix) -> dict[int, list[int]]:
        """For each topic the numbers of the concepts that guided it, by the shares of documents (documents, topics)."""
        held = np.asarray(self.counts.T @ shares)
        held /= np.maximum(held.sum(axis=1, keepdims=True), 1e-12)
        found: dict[int, list[int]] = {}
        for number in np.flatnonzero(held.max(axis=1) >= SURE):
            found.setdefault(int(held[number].argmax()), []).append(int(number))
        return found


def guides_of(
    concepts: Mapping[str, tuple[str, Sequence[str]]],
    counts: Counts,
    vocabularies: Mapping[str, Sequence[str]],
    most: int,
) -> Guides | None:
    """The guides of concepts (by IRI: what each is called, and all words for it) whose words the documents hold.

    `most` concepts at most guide, those whose words are held most often; None if no word of any is held.
    """
    places = [{term.casefold(): at for at, term in enumerate(vocabularies[name])} for name in counts]
    views = list(counts.values())
    held: dict[str, csr_matrix] = {}
    for iri, (_, words) in concepts.items():
        terms = {" ".join(word.casefold().split()) for word in words}
        told = [
            view[:, sorted(place[term] for term in terms if term in place)]
            for view, place in zip(views, places, strict=True)
        ]
        column = csr_matrix(sum(part.sum(axis=1) for part in told if part.shape[1]))
        if column.nnz:
            held[iri] = column
    kept = sorted(sorted(held, key=lambda iri: (-held[iri].sum(), iri))[:most])
    if not kept:
        return None
    matrix = csr_matrix(hstack([held[iri] for iri in kept])) * STRENGTH
    return Guides(tuple(kept), tuple(concepts[iri][0] for iri in kept), matrix)

"""The space of words: what is told in text, speech and writing, compared by terms and by meaning at once.

Objects that tell enough are compared with one another. Those with a few words only (writing in a picture, a short
caption, a shout) are compared with what is told, in a space of their own: few words are near much or nothing, by
chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from correlate.corpus import Corpus, Indices, Matrix, Rows
from correlate.hubs import Scaling, fit_scaling
from correlate.neighbours import unit_rows
from correlate.terms import Terms, terms_of

VOICES: Final = ("text", "speech", "ocr")
TOLD: Final = 8
"""An object with fewer words, not counting writing in pictures, says too little to found an event."""


@dataclass(frozen=True, slots=True)
class Words:
    """`told` (m,) are the objects that tell enough and `brief` (b,) those with a few words, both ascending.

    `scores` (m, m) and `brief_scores` (b, m) compare them with what is told: higher is nearer, unit spread. The rows of
    `terms` are those of `told`, then of `brief`; `vectors` and `brief_vectors` are their meanings, and
    `meaning_scaling` is for what is compared by meaning alone.
    """

    told: Indices
    brief: Indices
    terms: Terms
    vectors: Rows
    brief_vectors: Rows
    scores: Matrix
    meaning_scaling: Scaling
    brief_scores: Matrix
    brief_scaling: Scaling

    @property
    def meaning_scores(self) -> Matrix:
        """Scores (m, m) of what is told by meaning alone."""
        vectors = self.vectors.matrix
        return self.meaning_scaling.apply((vectors @ vectors.T).astype(np.float64))


def words_of(corpus: Corpus) -> Words:
    """Compare all objects with words: mean of locally scaled TF-IDF and sentence-embedding cosines."""
    vectors = meanings([corpus.view(voice) for voice in VOICES])
    enough = np.array([_tells(corpus, int(place)) for place in vectors.owners], dtype=bool)
    told, brief = vectors.of(vectors.owners[enough]), vectors.of(vectors.owners[~enough])
    readings = [corpus.readings[place].text for place in (*told.owners, *brief.owners)]
    terms = terms_of(readings, fitted=len(told.owners))
    similarities = terms.similarities(len(told.owners))
    count = len(told.owners)
    meaning = (told.matrix @ told.matrix.T).astype(np.float64)
    brief_meaning = (brief.matrix @ told.matrix.T).astype(np.float64)
    document, brief_document = corpus.document[told.owners], corpus.document[brief.owners]
    excluded = document[:, None] == document[None, :]
    meaning_scaling = fit_scaling(meaning, excluded)
    by_terms = fit_scaling(similarities[:count], excluded).apply(similarities[:count])
    scores = (by_terms + meaning_scaling.apply(meaning)) / 2
    mixed = (similarities[count:] + brief_meaning) / 2
    scaling = fit_scaling(mixed, brief_document[:, None] == document[None, :])
    brief_scores = scaling.apply(mixed)
    return Words(told.owners, brief.owners, terms, told, brief, scores, meaning_scaling, brief_scores, scaling)


def meanings(rows: Sequence[Rows]) -> Rows:
    """One vector an object from its vectors in every voice: the mean direction of what it says."""
    owners = np.concatenate([row.owners for row in rows])
    if not len(owners):
        return rows[0]
    stacked = np.concatenate([row.matrix for row in rows if len(row.owners)])
    objects, place = np.unique(owners, return_inverse=True)
    sums = np.zeros((len(objects), stacked.shape[1]), dtype=np.float32)
    np.add.at(sums, place, stacked)
    return Rows(objects, unit_rows(sums))


def _tells(corpus: Corpus, place: int) -> bool:
    reading = corpus.readings[place]
    return len(f"{reading.voice('text')} {reading.voice('speech')}".split()) >= TOLD

"""Which topics of a fit are those of the fit before: they keep their ids, and what was split or merged is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from ontology.model import stable_id
from ontology.topic import TopicChange
from topics.alignment import similarity, successions, transport
from topics.stacking import Matrix

ALIKE: Final = 0.3
"""Similarity (1 - Hellinger distance) below which one topic cannot have come from another."""
NEXT_BEST: Final = 0.5
"""How alike a topic has to be to one that it came from, as a share of how alike it is to the one most like it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """K topics as one distribution each over the terms of all fields: `words` (K, terms) with `terms` named, and the
    share of each topic (K,)."""

    terms: tuple[tuple[str, str], ...]
    words: Matrix
    shares: Matrix

    @classmethod
    def of(cls, topic_word: Mapping[str, Matrix], vocabularies: Mapping[str, Sequence[str]], shares: Matrix) -> Spoken:
        """The fields of topics side by side, each counting the same."""
        terms = tuple((field, term) for field in topic_word for term in vocabularies[field])
        words = np.concatenate(list(topic_word.values()), axis=1)
        return cls(terms, words / np.maximum(words.sum(axis=1, keepdims=True), 1e-12), shares)

    def over(self, terms: Mapping[tuple[str, str], int]) -> Matrix:
        """The distributions over other terms, each known by its place: (K, terms)."""
        words = np.zeros((len(self.words), len(terms)))
        words[:, [terms[term] for term in self.terms]] = self.words
        return words


@dataclass(frozen=True, slots=True)
class Inherited:
    """The id of each new topic, and what became of those before."""

    ids: tuple[str, ...]
    changes: tuple[TopicChange, ...]
    alike: Matrix
    """Similarity of each new topic to the one whose id it has, (K,); 0 for one that is new."""


def alongside(before: Spoken, after: Spoken) -> tuple[Matrix, Matrix]:
    """The distributions of two sets of topics over the terms of both."""
    terms = {term: place for place, term in enumerate(dict.fromkeys((*before.terms, *after.terms)))}
    return before.over(terms), after.over(terms)


def inherit(run: str, fit: int, ids: Sequence[str], before: Spoken | None, after: Spoken) -> Inherited:
    """Give each new topic the id of the one before that most of it came from, or a new id.

    Flows between topics are the optimal transport plan of their shares; topics that are not alike are not the same,
    whatever flows. An id goes to one topic at most.
    """
    fresh = [stable_id("topic", run, str(fit), str(number)) for number in range(len(after.words))]
    if before is None:
        return Inherited(tuple(fresh), (), np.zeros(len(fresh)))
    old, new = alongside(before, after)
    alike = similarity(old, new)
    near = (alike >= ALIKE) & (alike >= NEXT_BEST * alike.max(axis=0))
    plan = np.where(near, transport(old, new, before.shares, after.shares), 0.0)
    rows, columns = linear_sum_assignment(-plan)
    kept = {int(column): int(row) for row, column in zip(rows, columns, strict=True) if plan[row, column] > 0}
    named = tuple(ids[kept[number]] if number in kept else fresh[number] for number in range(len(fresh)))
    known = np.array([alike[kept[number], number] if number in kept else 0.0 for number in range(len(fresh))])
    return Inherited(named, _changes(run, fit, plan, ids, named), known)


def _changes(run: str, fit: int, plan: Matrix, before: Sequence[str], after: Sequence[str]) -> tuple[TopicChange, ...]:
    """What became of topics, those left out that stayed what they were."""
    told = []
    for succession in successions(plan):
        if succession.change != "kept":
            ids = (
                tuple(sorted(before[at] for at in succession.before)),
                tuple(sorted(after[at] for at in succession.after)),
            )
            told.append(TopicChange(run, fit, succession.change, *ids))
    return tuple(told)


def stability(of: Spoken, others: Sequence[Spoken]) -> Matrix:
    """How alike each topic is to the one that takes its place in other fits, on average: (K,), in [0, 1]."""
    found = np.zeros(len(of.words))
    for other in others:
        mine, theirs = alongside(of, other)
        alike = similarity(mine, theirs)
        rows, columns = linear_sum_assignment(-alike)
        found[rows] += alike[rows, columns] / len(others)
    return found

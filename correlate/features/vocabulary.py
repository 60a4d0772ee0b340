"""From the terms of a text to one vector, by a vocabulary that is learned once on a collection's own texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from correlate.features.codebook import Learned
from correlate.features.scaling import Floats, unit

_LONGEST: Final = 60
_ENOUGH: Final = 10  # texts from which on a term in half of them says nothing


@dataclass(frozen=True)
class _Vocabulary:
    """The `size` terms that most texts of a collection hold: at least two of them, and at most half of many."""

    size: int
    counts: ClassVar[bool] = False

    @property
    def version(self) -> str:
        """Its kind and size."""
        return f"{type(self).__name__.lower()}-{self.size}"

    def sample(self, parts: Sequence[str]) -> list[str]:
        """Its different terms."""
        return sorted({term for term in parts if len(term) <= _LONGEST})

    def learn(self, samples: Sequence[Sequence[str]]) -> Learned | None:
        """`terms` (k,) in the order of the alphabet, `rarity` (k,): inverse document frequencies."""
        held = Counter(term for sample in samples for term in sample)
        most = len(samples) / 2 if len(samples) >= _ENOUGH else len(samples)
        kept = [(-count, term) for term, count in held.items() if 2 <= count <= most]
        terms = np.array(sorted(term for _, term in sorted(kept)[: self.size]), dtype=np.str_)
        if not len(terms):
            return None
        frequency = np.array([held[str(term)] for term in terms])
        return {"terms": terms, "rarity": np.log((1 + len(samples)) / (1 + frequency)) + 1}

    def occurrences(self, parts: Sequence[str], learned: Learned) -> NDArray[np.float64]:
        """How often each term of the vocabulary occurs: (size,), zeros behind the last term."""
        terms = np.asarray(learned["terms"])
        found = np.zeros(self.size)
        if parts:
            asked, amounts = np.unique(np.array(parts, dtype=np.str_), return_counts=True)
            place = np.minimum(np.searchsorted(terms, asked), len(terms) - 1)
            known = terms[place] == asked
            found[place[known]] = amounts[known]
        return found


@dataclass(frozen=True)
class Counts(_Vocabulary):
    """How often each term of the vocabulary occurs: whole numbers (size,)."""

    counts: ClassVar[bool] = True

    def place(self, parts: Sequence[str], learned: Learned) -> Floats:
        """Counts (size,)."""
        return self.occurrences(parts, learned).astype(np.float32)


@dataclass(frozen=True)
class Weights(_Vocabulary):
    """Logarithms of term frequencies times inverse document frequencies, length 1: (size,).

    Source: G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
    """

    def place(self, parts: Sequence[str], learned: Learned) -> Floats:
        """Length 1, or zeros where no term is known."""
        found = self.occurrences(parts, learned)
        rarity = np.zeros(self.size)
        rarity[: len(learned["rarity"])] = learned["rarity"]
        return unit(np.log1p(found) * rarity)

"""The correlation graph: from a corpus to weighted, explained links and to the odds that two documents belong together.

First the words say which documents tell of one happening (groups of a collection that nobody labelled). These groups
then tell what a score in each other space is worth, so that a weight of 0.8 means the same for two texts, for a text
and a recording and for two pictures. The documents' odds add up the spaces' strongest support and that of time;
events are found on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from correlate.belonging import Belonging
from correlate.bridging import DEFAULT
from correlate.calibration import Calibrator, fit_calibrator
from correlate.corpus import Corpus, Indices, Matrix
from correlate.curated import NOTHING, Decided, curate, settle
from correlate.duplicates import Copies, exact_copies, families, image_copies, text_copies
from correlate.grouping import groups
from correlate.spaces import Space, spaces_of
from correlate.timing import time_support
from correlate.wordspace import Words, words_of

SUPPORT: Final = 3.0
"""No single space but words speaks for or against a pair of documents with more log-odds than this."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A space, what similarities in it are worth, and the probability of each of its pairs."""

    space: Space
    belonging: Belonging
    probability: Matrix


@dataclass(frozen=True, slots=True)
class Links:
    """What links a corpus of n objects in d documents.

    `odds` (d, d) are log-odds that two documents belong together, `told` (d,) marks those with enough words to found an
    event, `boiler_plate` (n,) the pictures that stand beside anything. Texts are linked by `word_calibrator`, on terms
    and meaning together; `meaning` is for a new text, to which the collection's term weights do not reach.
    """

    words: Words
    word_calibrator: Calibrator
    meaning: Belonging
    spaces: tuple[Calibrated, ...]
    copies: tuple[Copies, ...]
    copy_weight: float
    boiler_plate: NDArray[np.bool_]
    odds: Matrix
    told: NDArray[np.bool_]
    family: Indices
    decided: Decided = NOTHING


UNSURE: Final = Calibrator(slope=1.0, intercept=-2.0, base=0.12)
"""For collections too small or too uniform to calibrate on: only clear likeness counts."""


def link(corpus: Corpus, decided: Decided = NOTHING, method: str = DEFAULT) -> Links:
    """Link a corpus, obeying what people decided. The same corpus gives the same links, in whatever order.

    `method` names how pictures and words are brought together, one of `correlate.bridging.METHODS`.
    """
    words = words_of(corpus)
    documents = int(corpus.document.max(initial=-1)) + 1
    told = np.zeros(documents, dtype=bool)
    told[corpus.document[words.told]] = True
    scores = _by_document(words.scores, corpus.document[words.told], corpus.document[words.told], documents)
    group = np.full(documents, -1, dtype=np.intp)
    group[told] = groups(scores[np.ix_(told, told)])
    group = settle(group, np.where(np.isfinite(scores), scores, 0.0), told, decided)
    pairs = _Pairs(corpus, group)

    copies = (exact_copies(corpus), text_copies(corpus), image_copies(corpus))
    boiler_plate = _boiler_plate(corpus, copies, pairs)
    usable = np.flatnonzero(~boiler_plate)
    word_calibrator = pairs.calibrate(words.told, words.told, words.scores) or UNSURE
    meaning = Belonging(words.meaning_scaling, pairs.calibrate(words.told, words.told, words.meaning_scores) or UNSURE)
    spaces = []
    for space in spaces_of(corpus, words, usable, group, method):
        calibrator = pairs.calibrate(space.left, space.right, space.scores)
        if calibrator is not None:
            belonging = Belonging(space.scaling, calibrator)
            spaces.append(Calibrated(space, belonging, calibrator.probability(space.scores)))
    copy_weight = pairs.copy_weight(copies, boiler_plate)

    has_words = np.isfinite(scores)
    odds = np.where(has_words, word_calibrator.log_odds(np.where(has_words, scores, 0.0)), _blind(word_calibrator))
    odds = odds + time_support(corpus.days(), np.where(has_words, scores, -np.inf))
    odds = odds + _strongest_support(spaces, corpus.document, documents)
    odds = _join_copies(odds, copies, copy_weight, corpus.document, boiler_plate)
    odds = curate(odds, told, decided)
    family = families([_without(found, boiler_plate) for found in copies], len(corpus))
    return Links(
        words, word_calibrator, meaning, tuple(spaces), copies, copy_weight, boiler_plate, odds, told, family, decided
    )


class _Pairs:
    """Which pairs of objects are known to belong together, as far as the words tell."""

    def __init__(self, corpus: Corpus, group: Indices) -> None:
        self._document = corpus.document
        self._group = group[corpus.document]

    def together(self, first: Indices, second: Indices) -> NDArray[np.bool_]:
        same_group = (self._group[first] == self._group[second]) & (self._group[first] >= 0)
        return np.asarray(same_group | (self._document[first] == self._document[second]))

    def known(self, first: Indices, second: Indices) -> NDArray[np.bool_]:
        return np.asarray((self._group[first] >= 0) & (self._group[second] >= 0))

    def calibrate(self, left: Indices, right: Indices, scores: Matrix) -> Calibrator | None:
        first, second = np.broadcast_to(left[:, None], scores.shape), np.broadcast_to(right[None, :], scores.shape)
        other = self._document[first] != self._document[second]
        counted = self.known(first, second) & other
        return fit_calibrator(scores[counted], self.together(first, second)[counted]) if counted.any() else None

    def copy_weight(self, copies: Sequence[Copies], boiler_plate: NDArray[np.bool_]) -> float:
        """How probable it is that copies belong together: their share here, with 19 of 20 imagined pairs."""
        together, known = 19.0, 20.0
        for found in (_without(copy, boiler_plate) for copy in copies):
            counted = self.known(found.first, found.second)
            together += float(self.together(found.first, found.second)[counted].sum())
            known += float(counted.sum())
        return together / known


def _boiler_plate(corpus: Corpus, copies: Sequence[Copies], pairs: _Pairs) -> NDArray[np.bool_]:
    """Pictures whose copies stand beside documents of different happenings: logos, placeholders, file photos."""
    pictures = np.array([item.modality == "image" for item in corpus.items], dtype=bool)
    found = [_only(copy, pictures) for copy in copies]
    family = families(found, len(corpus))
    first, second = np.concatenate([f.first for f in found]), np.concatenate([f.second for f in found])
    counted = pairs.known(first, second) & (corpus.document[first] != corpus.document[second])
    first, second = first[counted], second[counted]
    apart = ~pairs.together(first, second)
    count = len(corpus)
    total, strange = np.bincount(family[first], minlength=count), np.bincount(family[first][apart], minlength=count)
    return np.asarray(pictures & (strange[family] > total[family] / 2))


def _only(copies: Copies, keep: NDArray[np.bool_]) -> Copies:
    chosen = keep[copies.first] & keep[copies.second]
    return Copies(copies.first[chosen], copies.second[chosen], copies.score[chosen], copies.way)


def _without(copies: Copies, dropped: NDArray[np.bool_]) -> Copies:
    return _only(copies, ~dropped)


def _by_document(scores: Matrix, left: Indices, right: Indices, documents: int) -> Matrix:
    """The greatest score between objects of two documents, both ways; -inf where there is none."""
    table = np.full((documents, documents), -np.inf)
    np.maximum.at(table, (left[:, None], right[None, :]), scores)
    return np.asarray(np.maximum(table, table.T))


def _strongest_support(spaces: Sequence[Calibrated], document: Indices, documents: int) -> Matrix:
    """What spaces other than words say of each two documents: (d, d), 0 where none compares them.

    They look at the same pictures and sounds, so their support is not added up: the one that speaks for a pair most
    does.
    """
    strongest = np.full((documents, documents), -np.inf)
    for calibrated in spaces:
        np.maximum(strongest, _space_support(calibrated, document, documents), out=strongest)
    return np.where(np.isfinite(strongest), strongest, 0.0)


def _space_support(calibrated: Calibrated, document: Indices, documents: int) -> Matrix:
    space = calibrated.space
    table = _by_document(space.scores, document[space.left], document[space.right], documents)
    seen = np.isfinite(table)
    support = calibrated.belonging.calibrator.support(np.where(seen, table, 0.0))
    return np.where(seen, np.clip(support, -SUPPORT, SUPPORT), -np.inf)


def _blind(calibrator: Calibrator) -> float:
    base = min(max(calibrator.base, 1e-6), 1 - 1e-6)
    return float(np.log(base / (1 - base)))


def _join_copies(
    odds: Matrix, copies: Sequence[Copies], weight: float, document: Indices, boiler_plate: NDArray[np.bool_]
) -> Matrix:
    joined = odds.copy()
    sure = float(np.log(weight / (1 - weight)))
    for found in copies:
        kept = _without(found, boiler_plate)
        first, second = document[kept.first], document[kept.second]
        for left, right in ((first, second), (second, first)):
            np.maximum.at(joined, (left, right), sure)
    return joined

"""What a parsed text says and how it is put: its words, runs of words, names, and how sentences are built."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from correlate.features.scaling import Floats, unit
from correlate.features.words import NAMES, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Doc

PARTS: Final = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM",
    "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
"""The universal parts of speech."""
_SHORTEST: Final = 2


def content_words(doc: Doc) -> list[str]:
    """The lemmas of words that say something, in order: of letters, at least two, no function words."""
    kept = (token for token in doc if token.is_alpha and not token.is_stop)
    return [token.lemma_.lower() for token in kept if len(token.lemma_) >= _SHORTEST]


def runs(doc: Doc) -> list[str]:
    """All runs of two and three words within sentences, joined by spaces.

    Source: W. Cavnar and J. Trenkle, "N-gram-based text categorization", SDAIR 1994, on words.
    """
    found = []
    for sentence in doc.sents:
        words = [token.lower_ for token in sentence if token.is_alpha]
        for size in (2, 3):
            found += [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
    return found


def names(doc: Doc) -> list[str]:
    """The names of persons, places, organizations and the like, in lower case, in order."""
    found = [trimmed(entity) for entity in doc.ents if entity.label_ in NAMES]
    return [" ".join(name.text.lower().split()) for name in found if name is not None]


def parts_of_speech(doc: Doc) -> Floats:
    """The share of each part of speech, and of each pair of neighbours in a sentence: (17 + 289,), length 1.

    Roots of shares; zeros for a text without a word. It says how a text is written, not what about. Source: S.
    Argamon-Engelson, M. Koppel and G. Avneri, "Style-based text categorization", AAAI workshop 1998.
    """
    place = {part: number for number, part in enumerate(PARTS)}
    single, pairs = np.zeros(len(PARTS)), np.zeros((len(PARTS), len(PARTS)))
    for sentence in doc.sents:
        numbers = [place[token.pos_] for token in sentence if token.pos_ in place]
        np.add.at(single, numbers, 1)
        for before, after in pairwise(numbers):
            pairs[before, after] += 1
    shares = [each.ravel() / max(1.0, each.sum()) for each in (single, pairs)]
    return unit(np.sqrt(np.concatenate(shares)))

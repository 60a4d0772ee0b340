"""A title and a short extractive summary of an event: sentences of its objects that stand for the others.

Source: G. Erkan and D. Radev, "LexRank: graph-based lexical centrality as salience in text summarization", J.
Artificial Intelligence Research 22, 2004, here with the centroid instead of the random walk, and J. Carbonell and J.
Goldstein, "The use of MMR", SIGIR 1998, against saying the same twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from topics.aspects.story import FURNITURE, Told

if TYPE_CHECKING:
    from spacy.tokens import Span

EARLY: Final = 12
"""Sentences of an object that are looked at: what happened is said early."""
SHORTEST, LONGEST = 6, 45
"""Words of a sentence that can stand for others."""
NOVELTY: Final = 0.6
"""How much a sentence counts for itself against what it repeats of those already taken."""
TITLE: Final = 110
FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: tuple[str, ...]
    rank: int
    told: int
    spoken: bool


def title(told: Sequence[Told]) -> str:
    """The title that most others agree with; of an event without titles, its most central sentence, cut to a line."""
    sentences = [sentence for number, one in enumerate(told) for sentence in _sentences(one, number)]
    titles = [
        (one.item.title, number) for number, one in enumerate(told) if one.item.title and one.item.modality == "text"
    ]
    titles = titles or [(one.item.title, number) for number, one in enumerate(told) if one.item.title]
    if titles:
        heads = [_Sentence(text, tuple(_stems(text)), 0, number, False) for text, number in titles]
        central = _centrality([*heads, *sentences])[: len(heads)]
        return _line(heads[int(np.argmax(np.round(central, 9)))].text)
    if sentences:
        return _line(sentences[int(np.argmax(np.round(_centrality(sentences), 9)))].text)
    return _line(told[0].reading.text) if told and told[0].reading.text else "Untitled"


def summarize(told: Sequence[Told], sentences: int = 3) -> str:
    """At most so many sentences that stand for what is told, not saying the same twice, in the order of publication."""
    found = [sentence for number, one in enumerate(told) for sentence in _sentences(one, number)]
    if not found:
        return ""
    weights = _weights(found)
    worth = _centrality(found) * np.array([1.0 / (1 + 0.15 * s.rank) * (0.8 if s.spoken else 1.0) for s in found])
    taken: list[int] = []
    while len(taken) < min(sentences, len(found)):
        repeated = (weights @ weights[taken].T).max(axis=1) if taken else np.zeros(len(found))
        gain = NOVELTY * worth / worth.max() - (1 - NOVELTY) * repeated if worth.max() > 0 else -repeated
        gain[taken] = -np.inf
        gain[repeated > 0.7] = -np.inf
        if not np.isfinite(gain.max()):
            break
        taken.append(int(np.argmax(np.round(gain, 9))))
    order = sorted(taken, key=lambda at: (told[found[at].told].item.published or FAR, found[at].told, found[at].rank))
    return " ".join(found[at].text for at in order)


def _sentences(one: Told, number: int) -> Iterator[_Sentence]:
    rank = 0
    title_end = len(one.item.title) if one.item.title else -1
    for sentence in one.doc.sents:
        text = " ".join(sentence.text.split())
        voice = one.reading.piece(sentence.start_char).voice if one.reading.pieces else "text"
        if (
            sentence.start_char < title_end
            or voice == "ocr"
            or rank >= EARLY
            or not _well_formed(sentence, text, voice)
        ):
            continue
        yield _Sentence(
            text, tuple(_stems(" ".join(token.lemma_ for token in sentence))), rank, number, voice == "speech"
        )
        rank += 1


def _well_formed(sentence: Span, text: str, voice: str) -> bool:
    words = len(text.split())
    finite = any(token.pos_ in ("VERB", "AUX") for token in sentence)
    ended = voice == "speech" or text[-1:] in ".!?”\"'’"
    return SHORTEST <= words <= LONGEST and finite and ended and text[:1].isupper() and not FURNITURE.search(text)


def _stems(text: str) -> Iterator[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    for word in text.casefold().split():
        stem = word.strip(".,;:!?\"'“”‘’()[]-–—")
        if len(stem) > 2 and stem not in ENGLISH_STOP_WORDS:
            yield stem


def _weights(sentences: Sequence[_Sentence]) -> NDArray[np.float64]:
    """TF-IDF of the sentences with unit rows: (n, vocabulary)."""
    vocabulary = {word: at for at, word in enumerate(sorted({word for s in sentences for word in s.words}))}
    counts = np.zeros((len(sentences), max(len(vocabulary), 1)))
    for row, sentence in enumerate(sentences):
        for word in sentence.words:
            counts[row, vocabulary[word]] += 1
    frequency = (counts > 0).sum(axis=0)
    weights = np.log1p(counts) * np.log((1 + len(sentences)) / np.maximum(frequency, 1))
    norms = np.linalg.norm(weights, axis=1, keepdims=True)
    return np.divide(weights, norms, out=np.zeros_like(weights), where=norms > 0)


def _centrality(sentences: Sequence[_Sentence]) -> NDArray[np.float64]:
    """Cosine of each sentence with the mean of all, every object counting alike: (n,)."""
    weights = _weights(sentences)
    owners = np.array([sentence.told for sentence in sentences])
    share = 1.0 / np.bincount(owners)[owners]
    centre = (weights * share[:, None]).sum(axis=0)
    norm = float(np.linalg.norm(centre))
    return np.asarray(weights @ centre / norm if norm > 0 else np.zeros(len(sentences)))


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE else f"{line[:TITLE].rsplit(' ', 1)[0]}…"

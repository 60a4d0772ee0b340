"""An event in one line and in a few sentences, both taken from its objects' own words.

Sentences are chosen by centrality among all sentences (degree centrality over TF-IDF cosines: Erkan and Radev, JAIR
2004, "LexRank") and against repetition (maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). Well-formed
sentences early in a text come first, then what is said in recordings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from topics.aspects.story import FURNITURE, Story, Told, form, is_content

if TYPE_CHECKING:
    from spacy.tokens import Span

MAX_TITLE: Final = 140
MAX_SENTENCE: Final = 320
#: Sentences of one object, and objects, that are looked at.
EARLY, MAX_OBJECTS = 10, 200
FEWEST_WORDS, MOST_WORDS = 6, 55
#: How much centrality counts against newness.
RELEVANCE: Final = 0.7
#: Sentences that agree to this degree say the same.
REPEATED: Final = 0.55
#: What a sentence of speech counts beside a printed one.
SPOKEN: Final = 0.6
#: Where and when an agency filed a text: "PARIS, April 15 -".
_DATELINE: Final = re.compile(
    r"^[A-Z][A-Z .'-]{2,40}(?:, [A-Z][a-z]+)*,? ?(?:\([A-Za-z ]+\) ?)?(?:[A-Z][a-z]{2,8}\.? \d{1,2} ?)?"
    r"[-\N{EN DASH}\N{EM DASH}]+ +(?=[A-Z])"
)
_LINK: Final = re.compile(r"https?://\S+|www\.\S+|^RT\s+@\w+:?|(?:\s#\w+)+$", re.IGNORECASE)
_SITE: Final = re.compile(r"\s+[|\N{EM DASH}\N{EN DASH}-]\s+(?:\S+\s?){1,4}$|\s+\|.*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that may stand in a summary."""

    text: str
    words: tuple[str, ...]
    weight: float
    position: int


def title(told: Sequence[Told], vectors: np.ndarray | None = None) -> str:
    """Give the cleaned title of the most central object; else a sentence, else what a picture shows.

    At most 140 characters; empty where there is neither.

    Parameters
    ----------
    told
        The objects of the event.
    vectors
        Sentence embeddings (n, d) of the objects, rows as in `told`; without them words are compared.
    """
    titled = [row for row, one in enumerate(told) if clean_title(one.item.title)]
    if titled:
        chosen = [told[row] for row in titled]
        words = [_counts_of(clean_title(one.item.title).lower()) for one in chosen]
        near = _centrality(words) if vectors is None else _closeness(np.asarray(vectors)[titled])
        score = np.round(near * np.array([_shape(one) for one in chosen]), 9)
        best = min(range(len(chosen)), key=lambda row: (-score[row], chosen[row].item.id))
        return clean_title(chosen[best].item.title)
    sentence = summarize(told, vectors, sentences=1)
    if sentence:
        return _cut(sentence.rstrip("."), MAX_TITLE)
    labels = sorted((label for one in told for label in one.labels), key=lambda label: (-label.score, label.value))
    return labels[0].value.split(",")[0].strip().capitalize() if labels else ""


def clean_title(text: str) -> str:
    """A title without the site's name behind it and without line breaks, cut at a word."""
    text = " ".join(text.split())
    stripped = _SITE.sub("", text)
    return _cut(stripped if len(stripped.split()) >= 4 else text, MAX_TITLE)


def summarize(told: Sequence[Told], vectors: np.ndarray | None = None, sentences: int = 3) -> str:
    """Give the `sentences` most telling sentences of the objects in one line; empty where there is none.

    Parameters
    ----------
    told
        The objects of the event.
    vectors
        Sentence embeddings (n, d) of the objects, rows as in `told`: sentences of central objects count more.
    sentences
        How many sentences to take at most.
    """
    near = np.ones(len(told)) if vectors is None else _closeness(np.asarray(vectors))
    order = sorted(range(len(told)), key=lambda row: told[row].item.id)[:MAX_OBJECTS]
    lines = _gather(told, order, near, strict=True) or _gather(told, order, near, strict=False)
    return " ".join(line.text for line in _choose(lines, sentences))


def _gather(told: Sequence[Told], order: Sequence[int], near: np.ndarray, strict: bool) -> list[Line]:
    """The lines of all objects, each text once, ordered by text."""
    lines: dict[str, Line] = {}
    for row in order:
        for line in _lines(told[row], float(near[row]), strict):
            known = lines.get(line.text)
            if known is None or known.weight < line.weight:
                lines[line.text] = line
    return [lines[text] for text in sorted(lines)]


def _choose(lines: Sequence[Line], number: int) -> list[Line]:
    """The most central lines that do not repeat each other; then in the order in which texts tell."""
    if not lines:
        return []
    matrix = _tfidf([line.words for line in lines])
    central = np.asarray(matrix @ np.asarray(matrix.mean(axis=0)).ravel()).ravel()
    relevance = central / max(float(central.max()), 1e-12) * np.array([line.weight for line in lines])
    repeated = np.zeros(len(lines))
    chosen: list[int] = []
    for _ in range(number):
        gain = RELEVANCE * relevance - (1 - RELEVANCE) * repeated
        gain[chosen] = -np.inf
        gain[repeated >= REPEATED] = -np.inf
        best = int(np.argmax(np.round(gain, 9)))
        if not np.isfinite(gain[best]):
            break
        chosen.append(best)
        repeated = np.maximum(repeated, np.asarray((matrix @ matrix[[best]].T).todense()).ravel())
    first, *rest = (lines[row] for row in chosen)
    return [first, *sorted(rest, key=lambda line: (line.position, line.text))]


def _lines(told: Told, weight: float, strict: bool) -> list[Line]:
    """The early sentences of an object: well-formed ones, or in posts (not `strict`) whatever has a few words."""
    story = Story(told)
    lines = []
    for sentence in story.sentences:
        tokens = story.tokens(sentence)
        if sentence.title or sentence.voice == "ocr" or sentence.body >= EARLY:
            continue
        text = _DATELINE.sub("", " ".join(_LINK.sub(" ", tokens.text).split()))
        spoken = sentence.voice == "speech"
        if len(text) > MAX_SENTENCE or len(text.split()) < (FEWEST_WORDS if strict else 3):
            continue
        if strict and not (_well_formed(text, spoken) and _finite(tokens)):
            continue
        if text[-1].isalnum():
            text += "."
        words = tuple(form(token) for token in tokens if is_content(token))
        early = 1.0 / (1.0 + 0.15 * sentence.body)
        lines.append(Line(text, words, weight * early * (SPOKEN if spoken else 1.0), sentence.body))
    return lines


def _finite(tokens: Span) -> bool:
    """Whether a sentence has a verb and begins with something other than a pronoun that points back."""
    return any(token.pos_ in {"VERB", "AUX"} for token in tokens) and tokens[0].tag_ not in {"PRP", "PRP$"}


def _well_formed(text: str, spoken: bool) -> bool:
    """Whether a sentence can stand by itself: a length, a beginning and an end, no question, no page furniture."""
    if FURNITURE.search(text) or len(text.split()) > MOST_WORDS or text.endswith("?"):
        return False
    if text.count('"') % 2 or text.count("(") != text.count(")"):
        return False
    return spoken or ((text[0].isupper() or text[0].isdigit()) and text[-1] in '.!"\N{RIGHT DOUBLE QUOTATION MARK}')


def _counts_of(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.findall(r"[^\W_]+", text) if len(word) > 3)


def _tfidf(texts: Sequence[tuple[str, ...]]) -> sparse.csr_array:
    """TF-IDF rows of unit length, (texts, words)."""
    vocabulary = {word: column for column, word in enumerate(sorted({word for text in texts for word in text}))}
    rows = [row for row, text in enumerate(texts) for _ in text]
    columns = [vocabulary[word] for text in texts for word in text]
    shape = (len(texts), max(1, len(vocabulary)))
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    known = np.bincount(counts.indices, minlength=shape[1]) if counts.nnz else np.zeros(shape[1])
    counts.data = 1.0 + np.log(counts.data)
    weighted = counts.multiply(np.log((1 + len(texts)) / (1 + known)) + 1.0).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1.0 / np.maximum(length, 1e-12)) @ weighted)


def _centrality(texts: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Mean cosine of each text to all, (n,)."""
    matrix = _tfidf(texts)
    return np.asarray(matrix @ np.asarray(matrix.mean(axis=0)).ravel()).ravel()


def _closeness(vectors: np.ndarray) -> np.ndarray:
    """Cosine of each row to the mean direction, in [0, 1], (n,)."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    centre = unit.mean(axis=0)
    return np.asarray(np.clip(unit @ (centre / max(float(np.linalg.norm(centre)), 1e-12)), 0.0, 1.0))


def _shape(one: Told) -> float:
    """How much a title looks like a headline: printed, of usual length and case."""
    text = clean_title(one.item.title)
    words = len(text.split())
    usual = 1.0 if 4 <= words <= 16 else 0.7
    return (
        usual * (0.7 if text.isupper() or text.endswith("?") else 1.0) * (1.0 if one.item.modality == "text" else 0.8)
    )


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:- ") + "\N{HORIZONTAL ELLIPSIS}"

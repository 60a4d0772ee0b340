"""One object as the aspects read it: parsed words cut into sentences, each with its place, without page furniture.

The six aspect modules look only at a `Story`: they propose spans of its words as answers, with plain features that say
where the span stands and what it is made of. `candidate.py` weighs the features.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from correlate.features.reading import Reading, Voice
from correlate.features.words import legible
from ontology.errors import InvalidInput
from ontology.model import Annotation, MediaObject

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

#: Sentences beyond these are not searched: news and clips say early what happened.
MAX_SENTENCES: Final = 40
MAX_SENTENCE_TOKENS: Final = 120

#: Page furniture: invitations to share, subscribe or watch, and credits, whatever the site.
FURNITURE: Final = re.compile(
    r"click (?:here|to )|opens in new window|sign up|subscri(?:be|bing)|newsletter|(?:share|follow us|like us) on"
    r"|inbox|try again later|cookies?\b|all rights reserved|copyright|read more|read also|more on this|related:"
    r"|scroll down|loading|javascript|advertisement|terms of (?:use|service)|privacy policy|your browser"
    r"|watch (?:live|now)"
    r"|getty images|image source|media playback|comments? below|share this|log ?in\b",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(r"^(?:(?:media|image) caption|photo|video|credit|play video)\b[: ]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What one object tells: its record, its words with their parse, and what its pictures show.

    `doc` is the spaCy parse of the legible part of `reading.text` with tags, dependencies, lemmas and entities (see
    `correlate.features.words`); `labels` are the `label` annotations of the object; `source` names who published it.
    """

    item: MediaObject
    reading: Reading
    doc: Doc
    labels: tuple[Annotation, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if self.doc.text != legible(self.reading.text):
            raise InvalidInput(f"the parse of object {self.item.id!r} is not of its reading")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens [start, end) of a story. `rank` counts sentences from 0; `body` counts those outside the title."""

    start: int
    end: int
    rank: int
    body: int
    title: bool
    voice: Voice


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tokens [start, end) as a possible answer. `key` is equal for spans that mean the same within the object."""

    start: int
    end: int
    key: str
    features: dict[str, float]


class Story:
    """The sentences of one object and the counts that several aspects need; made once an object, then only read."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.doc = told.doc
        self.sentences = tuple(_sentences(told))

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each content word (see `form`) stands in the searched sentences."""
        return Counter(
            form(token) for sentence in self.sentences for token in self.tokens(sentence) if is_content(token)
        )

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Content words of the title."""
        titles = [sentence for sentence in self.sentences if sentence.title]
        return frozenset(form(token) for sentence in titles for token in self.tokens(sentence) if is_content(token))

    @cached_property
    def lead_words(self) -> frozenset[str]:
        """Content words of the first two sentences outside the title."""
        leads = [sentence for sentence in self.sentences if not sentence.title and sentence.body < 2]
        return frozenset(form(token) for sentence in leads for token in self.tokens(sentence) if is_content(token))

    @cached_property
    def chunks(self) -> dict[int, list[tuple[int, int, int]]]:
        """Base noun phrases (start, end, head) by the start of the sentence that has the head; pronouns left out."""
        home = {position: one.start for one in self.sentences for position in range(one.start, one.end)}
        chunks: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for chunk in self.doc.noun_chunks:
            head = chunk.root
            if head.i in home and head.pos_ != "PRON":
                chunks[home[head.i]].append((chunk.start, chunk.end, head.i))
        return chunks

    @cached_property
    def entities(self) -> dict[int, list[Span]]:
        """Named entities by the start of the sentence that has them."""
        home = {position: one.start for one in self.sentences for position in range(one.start, one.end)}
        entities: dict[int, list[Span]] = defaultdict(list)
        for entity in self.doc.ents:
            if entity.start in home and home.get(entity.end - 1) == home[entity.start]:
                entities[home[entity.start]].append(entity)
        return entities

    @cached_property
    def quoted(self) -> frozenset[int]:
        """Positions of tokens between quotation marks of one sentence."""
        inside: set[int] = set()
        for sentence in self.sentences:
            marks = [t.i for t in self.tokens(sentence) if t.text in {'"', "“", "”", "``", "''"}]
            for first, last in zip(marks[::2], marks[1::2], strict=False):
                inside.update(range(first + 1, last))
        return frozenset(inside)

    def tokens(self, sentence: Sentence) -> Span:
        """The words of a sentence."""
        return self.doc[sentence.start : sentence.end]

    def place(self, sentence: Sentence, token: int) -> dict[str, float]:
        """Features of a position that every aspect shares: all in [0, 1]."""
        return {
            "title": float(sentence.title),
            "lead": float(not sentence.title and sentence.body == 0),
            "second": float(not sentence.title and sentence.body == 1),
            "near": 0.0 if sentence.title else 1.0 / (1 + sentence.body),
            "deep": min(sentence.body, 20) / 20,
            "inside": min(token - sentence.start, 20) / 20,
            "quoted": float(token in self.quoted),
        }


def form(token: Token) -> str:
    """The word for counting: lower-case lemma, or the lower-case form of a name."""
    return str(token.lower_ if token.pos_ == "PROPN" else token.lemma_.lower())


def is_content(token: Token) -> bool:
    """Whether a word carries meaning of its own."""
    return bool(token.is_alpha or token.like_num) and not token.is_stop and token.pos_ not in {"PUNCT", "SPACE", "SYM"}


def _sentences(told: Told) -> Iterator[Sentence]:
    """Cut at sentence ends and line breaks; leave furniture and single words out, a repeated sentence too."""
    title_end = len(told.item.title)
    rank = body = 0
    seen: set[str] = set()
    for start, end in _lines(told.doc):
        first = told.doc[start].idx
        text = told.doc[start:end].text
        title = first < title_end
        if (not title and (FURNITURE.search(text) or (_CREDIT.match(text) and end - start < 6))) or text in seen:
            continue
        seen.add(text)
        yield Sentence(start, end, rank, body, title, told.reading.piece(first).voice)
        rank += 1
        body += not title
        if rank >= MAX_SENTENCES:
            return


def _lines(doc: Doc) -> Iterator[tuple[int, int]]:
    """Token ranges between sentence ends and line breaks, without white space at their edges."""
    start = 0
    for token in doc:
        if token.i > start and (token.is_sent_start or token.i - start >= MAX_SENTENCE_TOKENS):
            yield from _trimmed(doc, start, token.i)
            start = token.i
        if "\n" in token.text:
            yield from _trimmed(doc, start, token.i)
            start = token.i + 1
    yield from _trimmed(doc, start, len(doc))


def _trimmed(doc: Doc, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and doc[start].is_space:
        start += 1
    while start < end and doc[end - 1].is_space:
        end -= 1
    if any(token.is_alpha for token in doc[start:end]):
        yield start, end

"""The parse of a text in English: sentences, parts of speech, lemmas, dependencies and names.

A parse is made once and kept as a few bytes a word; whoever needs it later restores it without the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from correlate.features.reading import Reading
from correlate.features.weights import WEIGHTS, locate
from ontology.model import Annotation

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

MAX_CHARS: Final = 20_000
"""Characters of a text that are parsed; what follows is left unread (the opening of a text tells what it is about)."""

MAX_RUN: Final = 200
"""Longest run without white space; the tokenizer's time grows with the square of a run's length."""

NAMES: Final = frozenset(
    ("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")
)
"""Entity types that name something; dates, times and amounts are in the parse but are no mentions."""

METHOD: Final = WEIGHTS["spacy-en"].fingerprint
MAX_NAME: Final = 100
"""Characters of the longest name; anything longer is a list or a line that the model took for one."""

_BATCH: Final = 64
_ATTRIBUTES: Final = ("SPACY", "TAG", "POS", "LEMMA", "DEP", "HEAD", "ENT_IOB", "ENT_TYPE")


@cache
def parser() -> Language:
    """The parsing pipeline, loaded once a process from checked files."""
    import spacy

    return spacy.load(locate("spacy-en"))


def legible(text: str) -> str:
    """The part of a text that is parsed, made safe for the tokenizer: as long as it was, up to `MAX_CHARS` characters.

    Lone surrogates become question marks, and a run without white space is broken every `MAX_RUN` characters.
    """
    kept = text[:MAX_CHARS].encode("utf-8", "replace").decode()
    return re.sub(rf"\S{{{MAX_RUN}}}(?=\S)", lambda run: run[0][:-1] + " ", kept)


def _paragraphs(text: str) -> list[str]:
    """The text cut after line breaks, but not where the next line goes on in lower case; joined, they are the text."""
    parts = [part for part in re.split(r"(?<=[.!?]\n)|(?<=\n)(?![a-z\s])", text) if part]
    return parts or [""]


def parse(texts: Iterable[str]) -> Iterator[Doc]:
    """Parse each text's legible part, in order; a text's parse does not depend on the texts around it.

    Titles, by-lines and paragraphs are parsed apart, so no sentence and no name reaches from one into the next.
    """
    from spacy.tokens import Doc

    parts = ((part, row) for row, text in enumerate(texts) for part in _paragraphs(legible(text)))
    parsed = parser().pipe(parts, as_tuples=True, batch_size=_BATCH)
    for _, group in groupby(parsed, key=itemgetter(1)):
        docs = [doc for doc, _ in group]
        whole = docs[0] if len(docs) == 1 else Doc.from_docs(docs, ensure_whitespace=False)
        assert whole is not None
        yield whole


@cache
def _vocab() -> Vocab:
    """What a restored parse needs to know of English: no weights."""
    from spacy.lang.en import English
    from spacy.vocab import create_vocab

    return create_vocab("en", English.Defaults)


def dump(doc: Doc) -> bytes:
    """A parse as bytes, about 2.5 for each character of the text."""
    from spacy.tokens import DocBin

    return bytes(DocBin(attrs=list(_ATTRIBUTES), docs=[doc]).to_bytes())


def restore(content: bytes) -> Doc:
    """The parse that `dump` wrote, with all attributes, sentences, names and noun chunks; loads no model."""
    from spacy.tokens import DocBin

    return next(DocBin().from_bytes(content).get_docs(_vocab()))


@cache
def _precision() -> dict[str, float]:
    """For each type of name the share that the model got right of those it named, on its own test set."""
    meta = json.loads((locate("spacy-en") / "meta.json").read_text("utf-8"))
    return {label: round(scores["p"], 3) for label, scores in meta["performance"]["ents_per_type"].items()}


def mentions(reading: Reading, doc: Doc) -> list[Annotation]:
    """The names in a parsed reading, in order.

    `value` is the name without article, possessive ending and marks around it, `type` its spaCy entity type, `score`
    the model's precision for that type on its own test set.
    """
    found = []
    for entity in doc.ents:
        name = trimmed(entity) if entity.label_ in NAMES else None
        if name is None:
            continue
        segment = reading.segment(name.start_char, name.end_char)
        value = " ".join(name.text.split())
        found.append(Annotation(segment, "mention", value, _precision()[entity.label_], METHOD, entity.label_))
    return found


def trimmed(entity: Span) -> Span | None:
    """The entity without what does not belong to the name at its ends; None if no name is left."""
    kept = [token.i for token in entity if not (token.is_space or token.is_punct or token.is_quote)]
    if kept and entity.doc[kept[0]].lower_ in {"the", "a", "an"}:
        kept = kept[1:]
    if kept and entity.doc[kept[-1]].tag_ == "POS":
        kept = kept[:-1]
    if not kept:
        return None
    name = entity.doc[kept[0] : kept[-1] + 1]
    is_name = len(name.text) <= MAX_NAME and sum(map(str.isalpha, name.text)) >= 2
    return name if is_name else None

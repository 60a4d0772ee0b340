"""Views of counts from a graph: for each document how often each word, phrase, name, label, spoken word or place
occurs.

A row is a document, that is, all objects that were published as one; a column is a term of the field's vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_matrix

from correlate.features.reading import Reading, Voice, reading_of
from correlate.features.words import restore
from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import Annotation, Event, MediaObject

if TYPE_CHECKING:
    from spacy.tokens import Doc

ENTITIES: Final = {
    "who": frozenset(("PERSON", "ORG", "NORP")),
    "where": frozenset(("GPE", "LOC", "FAC")),
    "named": frozenset(("PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")),
}
"""Entity types that make up a field."""
CONTENT: Final = frozenset(("NOUN", "PROPN", "VERB", "ADJ"))
SHORTEST: Final = 3
BATCH: Final = 64

Terms = list[str]


@dataclass(frozen=True, slots=True)
class Fields:
    """n documents and their views of counts.

    `documents` names each row by its first object, `objects` lists all of a row, `sources` gives the source of the
    first. `views[field]` is (n, vocabulary), `vocabularies[field]` names its columns in the order of the alphabet.
    """

    documents: tuple[str, ...]
    objects: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...]
    views: dict[str, csr_matrix]
    vocabularies: dict[str, tuple[str, ...]]


def count_terms(
    texts: Sequence[Iterable[str]], fewest: int = 1, most: float = 1.0
) -> tuple[csr_matrix, tuple[str, ...]]:
    """Count terms: (texts, vocabulary), with those that `fewest` texts or more hold, and at most a share `most` of
    them.

    >>> counts, words = count_terms([["flood", "river", "flood"], ["river"]])
    >>> words, counts.toarray().tolist()
    (('flood', 'river'), [[2, 1], [0, 1]])
    """
    counted = [Counter(text) for text in texts]
    frequency = Counter(term for text in counted for term in text)
    highest = most * len(texts)
    vocabulary = tuple(sorted(term for term, held in frequency.items() if fewest <= held <= max(highest, fewest)))
    place = {term: number for number, term in enumerate(vocabulary)}
    rows = [[(place[term], count) for term, count in sorted(text.items()) if term in place] for text in counted]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    columns = np.array([column for row in rows for column, _ in row], dtype=np.int32)
    amounts = np.array([count for row in rows for _, count in row], dtype=np.int64)
    return csr_matrix((amounts, columns, starts), shape=(len(texts), len(vocabulary))), vocabulary


def phrases(texts: Sequence[Terms], fewest: int = 5, threshold: float = 0.5) -> list[Terms]:
    """The phrases of two words in each text, joined by a space: pairs whose NPMI is `threshold` or more, by gensim.

    >>> phrases([["prime", "minister"], ["prime", "minister"], ["other"]], fewest=2)
    [['prime minister'], ['prime minister'], []]
    """
    from gensim.models.phrases import Phrases

    model = Phrases(texts, min_count=fewest, threshold=threshold, scoring="npmi", delimiter="\x1f")
    return [[term.replace("\x1f", " ") for term in model[text] if "\x1f" in term] for text in texts]


def fields_of(store: Store, fewest: int = 2, most: float = 0.5, bins: str = "%Y-%m-%d") -> Fields:
    """All fields of a graph that hold anything.

    `words` and `phrases` (content words as lemmas, of what is written), `spoken` (of what is said), `who`, `where` and
    `named` (names by type), `labels` (what pictures show), `when` (the time of publication in `bins`), `why` and `how`
    (the words of events' answers that were read from the document). A term of words, phrases and labels has to occur in
    `fewest` documents and in no more than a share `most` of them.
    """
    items = list(store.scan(MediaObject))
    if not items:
        raise InvalidInput("the store holds no objects: there is nothing to count")
    row = _rows(items)
    length = max(row.values()) + 1
    terms: dict[str, list[Terms]] = {}

    def put(field: str, item: str, found: Iterable[str]) -> None:
        terms.setdefault(field, [[] for _ in range(length)])[row[item]].extend(found)

    for item, reading, parse, read in _told(store, items):
        for field, found in _fields(reading, parse, read).items():
            put(field, item.id, found)
    for field, item_id, found in _answers(store):
        if item_id in row:
            put(field, item_id, found)
    dates = _dates(items, row)
    terms["when"] = [[dates[number].strftime(bins)] if number in dates else [] for number in range(length)]
    if "words" in terms:
        terms["phrases"] = phrases(terms["words"])
    counted = {
        field: count_terms(texts, *((fewest, most) if field in ("words", "phrases", "labels", "spoken") else ()))
        for field, texts in terms.items()
    }
    kept = {field: pair for field, pair in sorted(counted.items()) if pair[1]}
    return _joined(items, row, {f: pair[0] for f, pair in kept.items()}, {f: pair[1] for f, pair in kept.items()})


def _rows(items: Sequence[MediaObject]) -> dict[str, int]:
    """The row of each object: that of its document, in the order of the documents' first objects."""
    numbers: dict[tuple[str, str], int] = {}
    return {
        item.id: numbers.setdefault(("document", item.document) if item.document else ("object", item.id), len(numbers))
        for item in items
    }


def _dates(items: Sequence[MediaObject], row: Mapping[str, int]) -> dict[int, datetime]:
    """When each document was published first, where anything says so."""
    dates: dict[int, datetime] = {}
    for item in items:
        if item.published is not None:
            number = row[item.id]
            dates[number] = min(item.published, dates.get(number, item.published))
    return dates


def _joined(
    items: Sequence[MediaObject],
    row: Mapping[str, int],
    views: dict[str, csr_matrix],
    vocabularies: dict[str, tuple[str, ...]],
) -> Fields:
    members: list[list[MediaObject]] = [[] for _ in range(max(row.values()) + 1)]
    for item in items:
        members[row[item.id]].append(item)
    return Fields(
        tuple(group[0].id for group in members),
        tuple(tuple(item.id for item in group) for group in members),
        tuple(group[0].source for group in members),
        views,
        vocabularies,
    )


def _told(
    store: Store, items: Sequence[MediaObject]
) -> Iterator[tuple[MediaObject, Reading, Doc | None, list[Annotation]]]:
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        ids = [item.id for item in batch]
        read, parses = store.annotations(ids), store.payloads("parse", ids)
        for item in batch:
            parse = restore(parses[item.id]) if item.id in parses else None
            yield item, reading_of(item, read[item.id]), parse, read[item.id]


def _fields(reading: Reading, parse: Doc | None, read: Sequence[Annotation]) -> dict[str, Terms]:
    """The terms of one object."""
    found: dict[str, Terms] = {}
    voices: dict[Voice, str] = {"text": "words", "ocr": "words", "speech": "spoken"}
    for token in parse if parse is not None else ():
        if token.pos_ in CONTENT and token.is_alpha and not token.is_stop and len(token.lemma_) >= SHORTEST:
            found.setdefault(voices[reading.piece(token.idx).voice], []).append(token.lemma_.lower())
    for annotation in read:
        if annotation.kind == "label":
            found.setdefault("labels", []).append(annotation.value)
        elif annotation.kind == "mention":
            for field, types in ENTITIES.items():
                if annotation.type in types:
                    found.setdefault(field, []).append(annotation.value)
    return found


def _answers(store: Store) -> Iterator[tuple[str, str, Terms]]:
    """Field, object and words of what events answer to why and how."""
    for event in store.scan(Event):
        for name in ("why", "how"):
            for aspect in event.aspect(name):
                words = [word.lower() for word in aspect.value.split() if word.isalpha() and len(word) >= SHORTEST]
                for item_id in {evidence.object for evidence in aspect.evidence}:
                    yield name, item_id, words

"""What each object of a graph holds, field by field, as terms: words, names by type, labels, answers, times.

Reading the parse of a text again takes milliseconds, so what was found in an object may be kept with it; it is read
anew when the object was looked at or parsed again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from correlate.corpus import document_numbers
from correlate.features.reading import Reading, Voice, reading_of
from correlate.features.words import restore
from kg.store import Store
from ontology.model import Annotation, Event, MediaObject, stable_id

if TYPE_CHECKING:
    from spacy.tokens import Doc

ENTITIES: Final = {
    "who": frozenset(("PERSON", "ORG", "NORP")),
    "where": frozenset(("GPE", "LOC", "FAC")),
    "named": frozenset(("PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")),
}
"""Entity types that make up a field."""
READ: Final = ("words", "written", "spoken", *ENTITIES, "labels")
"""The fields that are read from an object alone."""
CONTENT: Final = frozenset(("NOUN", "PROPN", "VERB", "ADJ"))
SHORTEST: Final = 3
BATCH: Final = 64
PAYLOAD: Final = "terms"
VERSION: Final = "1"
"""Changes when other terms are found in the same object."""

Terms = list[str]
Found = dict[str, Terms]


@dataclass(frozen=True, slots=True)
class Held:
    """n objects, ordered by id, and their terms: `terms[field][i]` are those of object i as they come in it.

    `row` (n,) is the number of each object's document, from 0, in the order of the documents' first objects.
    """

    items: tuple[MediaObject, ...]
    row: NDArray[np.intp]
    terms: dict[str, list[Terms]]

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return int(self.row.max(initial=-1)) + 1

    def groups(self) -> list[list[MediaObject]]:
        """The objects of each document."""
        members: list[list[MediaObject]] = [[] for _ in range(self.documents)]
        for item, number in zip(self.items, self.row, strict=True):
            members[number].append(item)
        return members


def held_in(store: Store, items: Iterable[MediaObject], *, keep: bool = False) -> Held:
    """The terms of objects of a graph; `keep` notes what was found with the objects, a batch in a transaction.

    Fields are `words` (content words as lemmas, written or said), `written` and `spoken` (the two apart), `who`,
    `where` and `named` (names by type), `labels` (what pictures show), `why` and `how` (the words of events' answers
    that were read from the object) and `when` (the day on which the document was published, with its first object).
    """
    ordered = tuple(items)
    terms: dict[str, list[Terms]] = {field: [[] for _ in ordered] for field in (*READ, "why", "how", "when")}
    place = {item.id: at for at, item in enumerate(ordered)}
    for item_id, found in _found(store, ordered, keep):
        for field, words in found.items():
            terms[field][place[item_id]] = words
    for field, item_id, words in _answers(store, place):
        terms[field][place[item_id]].extend(words)
    held = Held(ordered, document_numbers(ordered), terms)
    _, first = np.unique(held.row, return_index=True)
    for at, time in zip(first, dates_of(held), strict=True):
        terms["when"][at] += [] if time is None else [time.strftime("%Y-%m-%d")]
    return held


def dates_of(held: Held) -> list[datetime | None]:
    """When each document was published first, where anything says so."""
    published = ([item.published for item in group if item.published is not None] for group in held.groups())
    return [min(times, default=None) for times in published]


def _found(store: Store, items: Sequence[MediaObject], keep: bool) -> Iterator[tuple[str, Found]]:
    marks = store.marks("parse"), store.marks("perceive")
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        ids = [item.id for item in batch]
        kept = store.payloads(PAYLOAD, ids)
        states = {id_: stable_id("terms", VERSION, *(mark.get(id_, "") for mark in marks)) for id_ in ids}
        known = {id_: found for id_ in kept if (found := _loads(kept[id_], states[id_])) is not None}
        fresh = dict(_read(store, [item for item in batch if item.id not in known]))
        # An object that no stage has marked may change without a trace.
        lasting = {id_: _dumps(found, states[id_]) for id_, found in fresh.items() if id_ in marks[0]}
        if keep and lasting:
            store.put_payloads(PAYLOAD, lasting)
        yield from (known | fresh).items()


def _dumps(found: Found, state: str) -> bytes:
    return zlib.compress(json.dumps([state, found], ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def _loads(content: bytes, state: str) -> Found | None:
    """What was kept, if it was found in this state."""
    then, found = json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))
    return found if then == state else None


def _read(store: Store, items: Sequence[MediaObject]) -> Iterator[tuple[str, Found]]:
    ids = [item.id for item in items]
    read, parses = store.annotations(ids), store.payloads("parse", ids)
    for item in items:
        parse = restore(parses[item.id]) if item.id in parses else None
        yield item.id, _terms(reading_of(item, read[item.id]), parse, read[item.id])


def _terms(reading: Reading, parse: Doc | None, read: Sequence[Annotation]) -> Found:
    """The terms of one object."""
    found: Found = {field: [] for field in READ}
    voices: dict[Voice, str] = {"text": "written", "ocr": "written", "speech": "spoken"}
    for token in parse if parse is not None else ():
        if token.pos_ in CONTENT and token.is_alpha and not token.is_stop and len(token.lemma_) >= SHORTEST:
            lemma = token.lemma_.lower()
            found["words"].append(lemma)
            found[voices[reading.piece(token.idx).voice]].append(lemma)
    for annotation in read:
        if annotation.kind == "label":
            found["labels"].append(annotation.value)
        elif annotation.kind == "mention":
            for field, types in ENTITIES.items():
                if annotation.type in types:
                    found[field].append(annotation.value)
    return {field: terms for field, terms in found.items() if terms}


def _answers(store: Store, known: Iterable[str]) -> Iterator[tuple[str, str, Terms]]:
    """Field, object and words of what events answer to why and how."""
    wanted = set(known)
    for event in store.scan(Event):
        for name in ("why", "how"):
            for aspect in event.aspect(name):
                words = [word for word in aspect.value.lower().split() if _tells(word)]
                for item_id in sorted({evidence.object for evidence in aspect.evidence} & wanted):
                    yield name, item_id, words


def _tells(word: str) -> bool:
    return word.isalpha() and len(word) >= SHORTEST and word not in ENGLISH_STOP_WORDS

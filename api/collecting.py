"""From the store to what linking and telling look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from correlate.corpus import Corpus, Rows, document_numbers
from correlate.features.reading import Reading, reading_of
from correlate.features.views import beside, comparable
from kg.store import Store, View
from ontology.model import Annotation, MediaObject

VIEWS: Final = ("text", "speech", "ocr", "image", "label", "phash", "audio", "joint_image", "joint_text")


def corpus_of(store: Store, merged: Mapping[str, str] = MappingProxyType({})) -> Corpus:
    """Everything in the store, objects ordered by id. `merged` gives for sources that are one with others the id that
    stands for them all.
    """
    items = tuple(
        replace(item, source=merged[item.source]) if item.source in merged else item for item in store.scan(MediaObject)
    )
    ids = [item.id for item in items]
    read = store.annotations(ids)
    annotations = tuple(tuple(read.get(item_id, ())) for item_id in ids)
    place = {item_id: at for at, item_id in enumerate(ids)}
    further = beside(store.view_names())
    views = {name: _rows(store, name, place) for name in (*VIEWS, *further)}
    readings = tuple(reading_of(item, seen) for item, seen in zip(items, annotations, strict=True))
    return Corpus(items, readings, annotations, views, document_numbers(items), further)


def readings_of(items: Iterable[MediaObject], read: dict[str, list[Annotation]]) -> list[Reading]:
    """The reading of each object with what was annotated in it."""
    return [reading_of(item, read.get(item.id, ())) for item in items]


def view_of(name: str, rows: Sequence[tuple[str, str, np.ndarray]]) -> View:
    """A view from (object id, fragment, vector) rows; vectors of one width."""
    ids, fragments, vectors = zip(*rows, strict=True)
    return View(name, ids, fragments, np.stack(vectors).astype(np.float32))


def _rows(store: Store, name: str, place: dict[str, int]) -> Rows:
    view = store.view(name)
    owners = np.fromiter((place[item_id] for item_id in view.ids), dtype=np.intp, count=len(view.ids))
    return Rows(owners, comparable(name, view.matrix))

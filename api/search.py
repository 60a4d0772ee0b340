"""Searching: words, a file of any medium, or a kept object find objects of every medium, each with its reasons."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from api.collecting import readings_of
from api.fusing import DEEP, Ranking, Sense, add, fuse, once, top
from api.hits import Hit
from api.understanding import EncoderChoice, Result, Work, comprehend_batch, perceive_batch, start
from api.viewing import views_of_new
from correlate.bridging import project
from correlate.corpus import Matrix, Rows, similarity
from correlate.features.encoders import Encoders
from correlate.features.understanding import Understanding
from correlate.features.views import comparable
from correlate.index import Index, Part, Side
from correlate.neighbours import Floats, unit_rows
from correlate.reasons import likeness, sense
from correlate.spaces import MEANING
from correlate.wordspace import VOICES, meanings
from kg.readers import read
from kg.store import Store
from ontology.errors import InvalidInput, NotFound
from ontology.model import Annotation, Failure, MediaObject, Modality

RELATED: Final = 0.25
"""Sentences less similar in meaning than this (cosine) have nothing to do with one another."""
COPY_BITS: Final = 8
FLOOR: Final = 0.05
PICTURE_REASONS: Final = {
    "label": "shows what is named by",
    "joint": "looks as described by",
    "learned": "looks like the photos that stand with",
}
NEW_REASONS: Final = {
    ("words", "image"): "says the like",
    ("label", "image"): "tells of what the picture shows",
    ("label", "text"): "shows what the words tell of",
    ("joint", "image"): "describes such a picture",
    ("joint", "text"): "looks as the words describe",
    ("learned", "image"): "stands with photos that look like this",
    ("learned", "text"): "looks like the photos that stand with such words",
}


class StoreSearcher:
    """Searches one store, from any number of threads; the index is read again when the graph has changed."""

    def __init__(self, store: Store, choice: EncoderChoice | None = None) -> None:
        self._store = store
        self._choice = choice or EncoderChoice()
        self._encoders_kept: Encoders | None = None
        self._index_text: str | None = None
        self._lock = threading.Lock()
        self._index: Index | None = None

    def words(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects that plain words describe: by the words themselves, by their meaning, by what pictures show, and the
        companions of what was found. The score is that of the fused rankings, 1 for the first in all.
        """
        if not query.strip():
            return []
        matched: Ranking = [(key, score, "contains the words") for key, score in self._store.search(query, limit=DEEP)]
        vector = self._encoders().text.encode([query])
        fused = fuse([matched, self._by_meaning(vector)], self._by_pictures(vector))
        for hit in self._companions(fused):
            fused.setdefault(hit.object, hit)
        return self._chosen(fused.values(), modality, limit)

    def content(self, path: Path, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects like the file at `path`: copies, look-alikes, and other media that belong with it. The score is the
        probability that the two belong together.
        """
        item, understood, annotations = self._understand(path)
        found: dict[str, Hit] = {}
        for key, score, reason in self._same_content(item):
            add(found, key, score, reason)
        for key, score, reason in self._compare(understood):
            add(found, key, score, reason)
        words = readings_of([item], {item.id: list(annotations)})[0].text
        for hit in self.words(words[:400], limit=DEEP) if len(words.split()) >= 4 else ():
            if hit.object not in found:
                add(found, hit.object, 0.5 * hit.score, "; ".join(hit.reasons))
        return self._chosen(found.values(), modality, limit)

    def related(self, object_id: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects linked to a kept one; several links to one object count together (1 - product of 1 - weight)."""
        if object_id not in self._store.get(MediaObject, [object_id]):
            raise NotFound(f"there is no object {object_id!r}")
        links = (
            (sense(link.kind, link.method), (link.target if link.subject == object_id else link.subject), link)
            for link in self._store.neighbours([object_id], modality=modality)
        )
        found: dict[str, Hit] = {}
        for key, weight, reason in once((by, other, link.weight, link.reason) for by, other, link in links):
            add(found, key, weight, reason)
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.object))[:limit]

    def _by_meaning(self, vector: Floats) -> Ranking:
        ranking: dict[str, float] = {}
        for name in VOICES:
            view = self._store.view(name)
            if len(view.ids):
                for key, cosine in zip(view.ids, (view.matrix @ vector[0]).tolist(), strict=True):
                    ranking[key] = max(ranking.get(key, -1.0), cosine)
        near = [
            (key, cosine, f"similar in meaning ({cosine:.2f})") for key, cosine in ranking.items() if cosine >= RELATED
        ]
        return top(near)

    def _by_pictures(self, vector: Floats) -> list[Ranking]:
        """Pictures by the names of what they show, and by what stands beside pictures like them."""
        rankings = []
        for part in self._learned().parts:
            if part.kind in PICTURE_REASONS:
                cosines = self._cosines(part, vector, part.left, "text")
                weights = part.towards(part.left).query(cosines)[0].tolist()
                reason = f"{PICTURE_REASONS[part.kind]} such words"
                near = zip(part.left.objects, cosines[0].tolist(), weights, strict=True)
                found = ((key, weight, reason) for key, cosine, weight in near if cosine >= RELATED and weight >= FLOOR)
                rankings.append(top(found)[: DEEP // 5])
        return rankings

    def _companions(self, fused: dict[str, Hit]) -> list[Hit]:
        """What stands in one document with the best hits."""
        best = sorted(fused.values(), key=lambda hit: (-hit.score, hit.object))[: DEEP // 4]
        scores = {hit.object: hit.score for hit in best}
        found = []
        for link in self._store.neighbours(scores, kinds=["same_document"]):
            for one, other in ((link.subject, link.target), (link.target, link.subject)):
                if one in scores:
                    found.append(Hit(other, round(0.9 * scores[one], 6), (f"{link.reason} as a text found",)))
        return sorted(found, key=lambda hit: (-hit.score, hit.object))

    def _understand(self, path: Path) -> tuple[MediaObject, Understanding | None, tuple[Annotation, ...]]:
        """Look at a file as the pipeline looks at an object."""
        self._encoders()
        items = list(read(path))
        objects = [record for item in items for record in item.records if isinstance(record, MediaObject)]
        if not objects:
            raise InvalidInput("; ".join(f.reason for item in items for f in item.failures) or "the file holds nothing")
        item = objects[0]
        seen = None if item.modality == "text" else _unwrap(perceive_batch([Work(item)])[0])
        annotations = seen.annotations if seen else ()
        further = views_of_new(self._store, item) if seen else None
        if seen and further:
            seen = replace(seen, views={**seen.views, **_unwrap(further).views})
        reading = readings_of([item], {item.id: list(annotations)})[0]
        if reading.text:
            words = _unwrap(comprehend_batch([Work(item, reading)])[0])
            views = {**(seen.views if seen else {}), **words.views}
            seen = Understanding(item.id, annotations, views, {})
        return item, seen, annotations

    def _same_content(self, item: MediaObject) -> Ranking:
        same = [
            kept.id
            for kept in self._store.scan(MediaObject)
            if kept.checksum == item.checksum and kept.modality == item.modality
        ]
        return [(key, 1.0, "the same content") for key in same] if item.checksum else []

    def _compare(self, understood: Understanding | None) -> Ranking:
        """Compare the views of a new object with those of all, each in its own space."""
        if understood is None:
            return []
        found: list[tuple[Sense, str, float, str]] = []
        for part in self._learned().parts:
            for mine, theirs, view in ((part.left, part.right, "image"), (part.right, part.left, "text")):
                rows = _rows(understood, mine.view)
                if len(rows) and not (part.symmetric and mine is part.right):
                    cosines = self._cosines(part, rows, theirs, view).max(axis=0, keepdims=True)
                    weights = part.towards(theirs).query(cosines)[0].tolist()
                    reason = _reason(part, view)
                    found += [
                        (sense(part.kind, part.method), key, weight, reason)
                        for key, weight in zip(theirs.objects, weights, strict=True)
                        if weight >= FLOOR
                    ]
        return self._picture_copies(understood) + once(found)

    def _cosines(self, part: Part, rows: Floats, side: Side, view: str) -> Matrix:
        """Cosines (q, m) of new rows, `view` by name in the learned projection, with the objects of a side."""
        place = {key: at for at, key in enumerate(side.objects)}
        if side.view == MEANING:
            theirs = meanings([self._rows(name, place) for name in VOICES])
        else:
            theirs = self._rows(side.view, place)
        if part.model is not None:
            rows = project(part.model, rows, view)
            theirs = Rows(theirs.owners, project(part.model, theirs.matrix, "text" if view == "image" else "image"))
        return similarity(Rows(np.arange(len(rows)), rows), theirs)

    def _rows(self, name: str, place: dict[str, int]) -> Rows:
        view = self._store.view(name, place)
        owners = np.array([place[key] for key in view.ids], dtype=np.intp)
        return Rows(owners, comparable(name, view.matrix))

    def _picture_copies(self, understood: Understanding) -> Ranking:
        mine = [row for _, row in understood.views.get("phash", ())]
        view = self._store.view("phash")
        if not mine or not len(view.ids):
            return []
        distance = (64 - (view.matrix @ np.stack(mine).T).max(axis=1)) / 2
        weight = self._learned().copy_weight
        return [
            (view.ids[place], weight * (1 - float(distance[place]) / 64), "the same picture")
            for place in np.flatnonzero(distance <= COPY_BITS)
        ]

    def _learned(self) -> Index:
        text = self._store.setting("index")
        with self._lock:
            if text != self._index_text or self._index is None:
                self._index = Index.loads(text) if text else Index((), 0.0)
                self._index_text = text
            return self._index

    def _encoders(self) -> Encoders:
        with self._lock:
            if self._encoders_kept is None:
                start(self._choice)
                self._encoders_kept = self._choice.encoders()
            return self._encoders_kept

    def _chosen(self, hits: Iterable[Hit], modality: Modality | None, limit: int) -> list[Hit]:
        best = sorted(hits, key=lambda hit: (-hit.score, hit.object))
        if modality is not None:
            items = self._store.get(MediaObject, [hit.object for hit in best])
            best = [hit for hit in best if items[hit.object].modality == modality]
        return best[:limit]


def _rows(understood: Understanding, view: str) -> Floats:
    """The vectors of a new object that a side of a space compares: (q, d), q = 0 where it has none."""
    if view == MEANING:
        spoken = [row for name in VOICES for _, row in understood.views.get(name, ())]
        return unit_rows(np.sum(spoken, axis=0)[None, :]) if spoken else np.empty((0, 0), dtype=np.float32)
    if view not in understood.views:
        return np.empty((0, 0), np.float32)
    return comparable(view, np.stack([row for _, row in understood.views[view]]))


def _reason(part: Part, view: str) -> str:
    if part.kind == "neighbour":
        return likeness(part.method, "s")
    return NEW_REASONS[part.kind, view]


def _unwrap(result: Result) -> Understanding:
    if isinstance(result, Failure):
        raise InvalidInput(result.reason)
    return result

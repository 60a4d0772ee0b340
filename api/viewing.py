"""The stage of views that were asked for by name: each object gets those that it lacks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.codebooks import Kept, learn_codebook, read_codebooks, sample_of
from api.jobs import Progress, Workers
from api.keeping import batches, clear, keep
from api.understanding import Result, loaded
from correlate.features.viewing import HOLDS, STAGE, Samples, Wanted, samples_of, views_of
from correlate.features.views import VIEWS, ViewKind, beside, named
from kg.store import Store
from ontology.model import Failure, MediaObject

BATCH: Final = 8

Versions = Mapping[str, Mapping[str, str]]
"""For each view, for each object that can have it, what it hangs on."""


def chosen(store: Store) -> list[ViewKind]:
    """The views that the store is built with besides the standing ones."""
    return named(json.loads(store.setting("views") or "[]"))


def choose(store: Store, names: Sequence[str]) -> None:
    """Build with these views, too, from now on. Raises `InvalidInput` for a name that is none."""
    asked = [*names, *(kind.name for kind in chosen(store))]
    wished = [kind.name for kind in named(asked) if not kind.standing]
    store.set_setting("views", json.dumps(wished) if wished else None)


def stages(store: Store) -> list[str]:
    """The stages under which is noted for each object how far each chosen view came."""
    return [_stage(kind.name) for kind in chosen(store)]


def view(store: Store, workers: Workers, progress: Progress) -> int:
    """Make the views that objects lack. Gives the number of objects that got any."""
    kinds = chosen(store)
    if not kinds:
        return 0
    unreadable = {f.item for f in store.scan(Failure) if f.stage == "perceive" and f.severity == "error"}
    items = [item for item in store.scan(MediaObject) if item.id not in unreadable]
    kept = _codebooks(store, workers, kinds, items, progress)
    learned = {name: book.learned for name, book in kept.items()}
    versions = _versions(kinds, kept, items, store.marks("parse"))
    left = [Wanted(item, names, learned=learned) for item, names in _lacking(store, items, versions)]
    with progress.stage("views", len(left)) as bar:
        queue = (_with_parses(store, batch) for batch in batches(left, BATCH))
        for works, results in workers.run(view_batch, queue, died_viewing):
            with store.transaction():
                clear(store, STAGE, [work.item.id for work in works], ())
                keep(store, results)
                for name, marks in versions.items():
                    done = [work.item.id for work in works if name in work.names]
                    store.mark(_stage(name), {item_id: marks[item_id] for item_id in done})
            bar.update(len(works))
    return len(left)


def views_of_new(store: Store, item: MediaObject) -> Result | None:
    """The chosen views of pictures, sound and movement of an object that the store does not hold; None if none are.

    Only views whose codebook has been learned; to be called where `start` was.
    """
    kinds = [VIEWS[name] for name in beside(kind.name for kind in chosen(store))]
    kinds = [kind for kind in kinds if kind.medium in HOLDS[item.modality]]
    kept = {name: book.learned for name, book in read_codebooks(store, kinds).items()}
    names = tuple(kind.name for kind in kinds if kind.book is None or kind.name in kept)
    return view_batch([Wanted(item, names, learned=kept)])[0] if names else None


def view_batch(works: Sequence[Wanted]) -> list[Result]:
    """Make the views that are wanted of some objects."""
    return views_of(works, loaded())


def sample_batch(works: Sequence[Wanted]) -> list[Samples]:
    """What some objects give for learning codebooks."""
    return samples_of(works, loaded())


def died_viewing(work: Wanted) -> Result:
    """The failure of an object that ends the process that makes its views."""
    reason = "the process that made its views was ended by the system: the content is broken, or takes too much memory"
    return Failure(work.item.collection, work.item.id, STAGE, reason)


def died_sampling(work: Wanted) -> Samples:
    """An object that ends the process teaches nothing; it fails when its views are made."""
    return {name: [] for name in work.names}


def _codebooks(
    store: Store, workers: Workers, kinds: Sequence[ViewKind], items: Sequence[MediaObject], progress: Progress
) -> dict[str, Kept]:
    """The codebook of each view that has one: learned now where none is kept that serves."""
    kept = read_codebooks(store, kinds)
    missing: dict[str, list[MediaObject]] = {}
    for kind in kinds:
        sample = sample_of(kind, items) if kind.book is not None else []
        if kind.book is not None and not (kind.name in kept and kept[kind.name].serves(kind, len(sample))):
            missing[kind.name] = sample
    asked: dict[str, list[str]] = {}
    for name, sample in missing.items():
        for item in sample:
            asked.setdefault(item.id, []).append(name)
    works = [Wanted(item, tuple(asked[item.id])) for item in items if item.id in asked]
    gathered: dict[str, Samples] = {}
    with progress.stage("sample", len(works)) as bar:
        queue = (_with_parses(store, batch) for batch in batches(works, BATCH))
        for batch, results in workers.run(sample_batch, queue, died_sampling):
            gathered |= {work.item.id: found for work, found in zip(batch, results, strict=True)}
            bar.update(len(batch))
    return kept | {name: learn_codebook(store, VIEWS[name], sample, gathered) for name, sample in missing.items()}


def _versions(
    kinds: Sequence[ViewKind], kept: Mapping[str, Kept], items: Sequence[MediaObject], parsed: Mapping[str, str]
) -> Versions:
    """Its making, its codebook, and the words that it is read from."""
    found: dict[str, dict[str, str]] = {}
    for kind in kinds:
        making = f"{kind.version} {kept[kind.name].digest}" if kind.name in kept else kind.version
        words = parsed if kind.medium == "text" else {}
        found[kind.name] = {
            item.id: f"{making} {words.get(item.id, '')}" for item in items if kind.medium in HOLDS[item.modality]
        }
    return found


def _lacking(
    store: Store, items: Sequence[MediaObject], versions: Versions
) -> list[tuple[MediaObject, tuple[str, ...]]]:
    """The objects that lack any view, each with the names of those that it lacks."""
    done = {name: store.marks(_stage(name)) for name in versions}
    lacking = []
    for item in items:
        names = [name for name, marks in versions.items() if done[name].get(item.id) != marks.get(item.id)]
        if names:
            lacking.append((item, tuple(names)))
    return lacking


def _with_parses(store: Store, works: Sequence[Wanted]) -> list[Wanted]:
    reads = [work.item.id for work in works if any(VIEWS[name].medium == "text" for name in work.names)]
    parses = store.payloads("parse", reads)
    return [replace(work, parse=parses.get(work.item.id, b"")) for work in works]


def _stage(name: str) -> str:
    return f"view {name}"

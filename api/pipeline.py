"""The stages in order: how everything meets.

    ingest -> perceive -> parse -> views -> relate (link, detect, describe) -> topics

`ingest`, `perceive`, `parse` and `views` look at one object at a time and note for each how far it came, so that a
build that is stopped at any moment goes on where it was and a new object costs one object. `relate` is a function of
all that was read from all objects; what it gives is written as a difference to what is there, in one transaction, and
events whose members did not change are not told again. So a resumed, a repeated and a fresh build end in the same
graph. Views with a codebook, made only where they are asked for, hang on when it was learned; and `topics` has a
history, see `api.topic_runs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from api import notes, relating, topic_runs, viewing
from api.collecting import readings_of
from api.jobs import Progress, Workers, default_workers
from api.keeping import batches, clear, keep
from api.understanding import EncoderChoice, Work, comprehend_batch, died, perceive_batch, start
from correlate.bridging import DEFAULT, check_method
from kg.readers import count, read
from kg.readers.item import Item
from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import Failure, MediaObject, stable_id
from ontology.topic import Topic

INGEST_BATCH: Final = 64
PERCEIVE_BATCH: Final = 4
PARSE_BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """How to build: processes (None: one a processor), which encoders, by which method pictures and words are brought
    together, and whether topics are told.
    """

    workers: int | None = None
    encoders: EncoderChoice = field(default_factory=EncoderChoice)
    method: str = DEFAULT
    topics: bool = True


@dataclass(slots=True)
class Report:
    """What a build did, in objects, and how many events and topics there are now."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    left_out: int = 0
    perceived: int = 0
    parsed: int = 0
    viewed: int = 0
    events: int = 0
    events_told: int = 0
    links: int = 0
    topics: int = 0
    failures: int = 0


def build(
    store: Store,
    path: Path,
    *,
    mapping: Path | None = None,
    collection: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    restore: bool = False,
) -> Report:
    """Read a collection into the store and bring the graph up to date.

    Objects of this collection that it no longer holds are removed. Objects that a person removed stay out, unless
    `restore`. Raises `InvalidInput` or `NotFound` if the collection or its mapping cannot be read at all; what is wrong
    with single items is kept as `Failure` records.
    """
    report = Report()
    progress = progress or Progress(quiet=True)
    _ingest(store, path, mapping, collection, report, progress, restore)
    update(store, settings or Settings(), progress, report)
    return report


def update(store: Store, settings: Settings, progress: Progress, report: Report | None = None) -> Report:
    """Do what is left to do: every stage after ingest."""
    report = report or Report()
    count_workers = default_workers() if settings.workers is None else settings.workers
    with Workers(count_workers, start, (settings.encoders,)) as workers:
        _perceive(store, workers, settings.encoders, report, progress)
        _parse(store, workers, settings.encoders, report, progress)
        report.viewed = viewing.view(store, workers, progress)
    report.links, report.events, report.events_told = relating.relate(
        store, settings.encoders, check_method(settings.method), progress
    )
    if settings.topics:
        topic_runs.update(store, progress)
    report.topics = store.count(Topic)
    report.failures = store.count(Failure)
    return report


def remove(
    store: Store, ids: Sequence[str], settings: Settings | None = None, progress: Progress | None = None
) -> Report:
    """Remove objects with all that was derived from them, and relate what is left as if they had never been."""
    known = store.get(MediaObject, ids)
    unknown = [item_id for item_id in ids if item_id not in known]
    if unknown:
        raise InvalidInput(f"no object with id {', '.join(map(repr, unknown))}; nothing was removed")
    report = Report()
    with store.transaction():
        report.removed = store.remove(MediaObject, ids)
        notes.set_left_out(store, notes.left_out(store) | set(ids))
    return update(store, settings or Settings(), progress or Progress(quiet=True), report)


def retry(store: Store, settings: Settings | None = None, progress: Progress | None = None) -> Report:
    """Take up again only what failed: items that could not be read, objects that could not be perceived or
    parsed, or whose views could not be made."""
    progress = progress or Progress(quiet=True)
    report = Report()
    failed = [failure for failure in store.scan(Failure) if failure.severity == "error"]
    objects = store.get(MediaObject, [failure.item for failure in failed if failure.stage != "ingest"])
    with store.transaction():
        for stage in ("perceive", "parse", *viewing.stages(store)):
            store.mark(stage, dict.fromkeys(objects, ""))
        store.remove(Failure, [failure.id for failure in failed if failure.item in objects])
    for collection in sorted({failure.collection for failure in failed if failure.stage == "ingest"}):
        names = {failure.item for failure in failed if failure.collection == collection}
        path, mapping = notes.origin(store, collection)
        items = [item for item in read(path, mapping, collection) if item.name in names]
        known = [item.id for item in store.scan(MediaObject) if item.collection == collection]
        _take(store, items, set(known), notes.left_out(store), report)
        store.remove(Failure, _mended(failed, items, collection))
    return update(store, settings or Settings(), progress, report)


def _mended(failed: Iterable[Failure], items: Iterable[Item], collection: str) -> list[str]:
    still = {failure.id for item in items for failure in item.failures}
    return [f.id for f in failed if f.collection == collection and f.stage == "ingest" and f.id not in still]


def _ingest(
    store: Store,
    path: Path,
    mapping: Path | None,
    collection: str | None,
    report: Report,
    progress: Progress,
    restore: bool,
) -> None:
    name = path.resolve().name if collection is None else collection
    notes.set_origin(store, name, path, mapping)
    if restore:
        notes.set_left_out(store, set())
    left_out = notes.left_out(store)
    known = {item.id for item in store.scan(MediaObject) if item.collection == name}
    old_failures = {f.id for f in store.scan(Failure) if f.collection == name and f.stage == "ingest"}
    gone = set(known)
    with progress.stage("ingest", count(path, mapping)) as bar:
        for batch in batches(read(path, mapping, name), INGEST_BATCH):
            gone -= _take(store, batch, known, left_out, report)
            old_failures -= {failure.id for item in batch for failure in item.failures}
            bar.update(len(batch))
    with store.transaction():
        report.removed += store.remove(MediaObject, sorted(gone))
        store.remove(Failure, sorted(old_failures))


def _take(store: Store, batch: Sequence[Item], known: set[str], left_out: set[str], report: Report) -> set[str]:
    """Keep one batch of items in one transaction; give the ids of the objects that it holds."""
    records = [record for item in batch for record in item.records]
    objects = {record.id: record for record in records if isinstance(record, MediaObject)}
    there = store.get(MediaObject, objects)
    new = {key: item for key, item in objects.items() if there.get(key) != item and key not in left_out}
    # A collection that was only moved is not looked at again.
    changed = [key for key in new if key in there and replace(there[key], location=new[key].location) != new[key]]
    with store.transaction():
        # What was derived from the former content goes with it, links too: they have to be made again even if the new
        # content gives the same ones.
        if store.remove(MediaObject, changed):
            store.set_setting("related", None)
        store.add(record for record in records if not isinstance(record, MediaObject))
        store.add(new.values())
        store.add(failure for item in batch for failure in item.failures)
    report.changed += len(changed)
    added = sum(key not in there for key in new)
    report.added += added
    report.left_out += len(left_out & set(objects))
    report.unchanged += len(objects) - added - len(changed) - len(left_out & set(objects))
    return set(objects)


def _perceive(store: Store, workers: Workers, choice: EncoderChoice, report: Report, progress: Progress) -> None:
    done = store.marks("perceive")
    version = choice.version("perceive")
    left = [item for item in store.scan(MediaObject) if item.modality != "text" and done.get(item.id) != version]
    left.sort(key=lambda item: (item.modality, item.id))
    queue = (
        [Work(item) for item in batch]
        for modality in ("video", "audio", "image")
        for batch in batches((item for item in left if item.modality == modality), PERCEIVE_BATCH)
    )
    with progress.stage("perceive", len(left)) as bar:
        for works, results in workers.run(perceive_batch, queue, died):
            with store.transaction():
                clear(store, "perceive", [work.item.id for work in works], ("label", "ocr", "speech", "shot", "voice"))
                keep(store, results)
                store.mark("perceive", {work.item.id: version for work in works})
            report.perceived += len(works)
            bar.update(len(works))


def _parse(store: Store, workers: Workers, choice: EncoderChoice, report: Report, progress: Progress) -> None:
    done, version = store.marks("parse"), choice.version("parse")
    left: list[Work] = []
    marks: dict[str, str] = {}
    for items in batches(store.scan(MediaObject), 256):
        for item, reading in zip(items, readings_of(items, store.annotations([i.id for i in items])), strict=True):
            # The words may have changed with the encoders that hear and read them.
            mark = stable_id(version, reading.text, *(piece.segment.fragment for piece in reading.pieces))
            if done.get(item.id) != mark:
                marks[item.id] = mark
                left.append(Work(item, reading))
    with progress.stage("parse", len(left)) as bar:
        for works, results in workers.run(comprehend_batch, batches(left, PARSE_BATCH), died):
            with store.transaction():
                clear(store, "parse", [work.item.id for work in works], ("mention",))
                keep(store, results)
                store.mark("parse", {work.item.id: marks[work.item.id] for work in works})
            report.parsed += len(works)
            bar.update(len(works))

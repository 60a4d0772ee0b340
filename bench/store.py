"""Rates of a store: adding records, reading them in batches, links, and vectors. `python -m bench.store [FOLDER]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from kg.sqlite import SQLiteStore
from kg.store import Record, View
from ontology.model import Annotation, Correlation, Event, MediaObject, Member, Segment, Source

OBJECTS, LINKS, BATCH, WIDTH = 20_000, 100_000, 2_000, 384
WORDS = [f"word{number}" for number in range(20_000)]


@contextmanager
def timed(what: str, items: int) -> Iterator[None]:
    """Print how long the block took, and how many items a second of processor time that is."""
    wall, own = time.perf_counter(), time.process_time()
    yield
    _print(what, time.perf_counter() - wall, time.process_time() - own, items)


def mean(what: str, times: int, items: int, call: Callable[[int], object]) -> None:
    """Time a call that is made several times."""
    call(0)
    wall, own = time.perf_counter(), time.process_time()
    for turn in range(times):
        call(turn)
    _print(what, (time.perf_counter() - wall) / times, (time.process_time() - own) / times, items)


def _print(what: str, wall: float, own: float, items: int) -> None:
    print(f"{what:<44}{wall * 1000:>10.2f} ms{own * 1000:>10.2f} ms CPU{items / own:>12,.0f} a CPU second")


def objects(rng: np.random.Generator) -> list[MediaObject]:
    """Texts of 120 words with a Zipf-like vocabulary."""
    words = np.minimum(rng.zipf(1.3, (OBJECTS, 120)) - 1, len(WORDS) - 1)
    start = datetime(2011, 3, 11, tzinfo=UTC)
    return [
        MediaObject(
            f"object-{number:06}", "text", "source-1", "made", start + timedelta(minutes=number),
            title=" ".join(WORDS[word] for word in row[:8]), text=" ".join(WORDS[word] for word in row),
            location=f"folder/item-{number}.txt", checksum=f"{number:064x}", media_type="text/plain", language="en",
        )
        for number, row in enumerate(words)
    ]  # fmt: skip


def main() -> None:
    """Fill a new store and ask it."""
    rng = np.random.default_rng(0)
    items = objects(rng)
    mentions = [
        Annotation(
            Segment(item.id, chars=(10 * place, 10 * place + 5)), "mention", f"Name {place}", 0.9, "made", "PERSON"
        )
        for item in items
        for place in range(3)
    ]
    lines = [
        Annotation(
            Segment(item.id, time=(0.5 * place, 0.5 * place + 0.4)), "speech", f"spoken {place} here", 0.8, "made"
        )
        for item in items[:2000]
        for place in range(20)
    ]
    ends = np.sort(rng.integers(0, OBJECTS, (LINKS, 2)), axis=1)
    links = [
        Correlation(
            items[a].id, items[b].id, "neighbour", "intra", round(float(weight), 4), "made", "1", "run", "near in text"
        )
        for (a, b), weight in zip(ends, rng.random(LINKS), strict=True)
        if a < b
    ]
    events = [
        Event(f"event-{number:05}", "Made", None, None, "", tuple(Member(item.id, 0.5, "made") for item in members))
        for number, members in enumerate(np.reshape(np.array(items, dtype=object), (-1, 10)))
    ]
    matrix = rng.standard_normal((OBJECTS, WIDTH)).astype(np.float32)
    ids = [item.id for item in items]

    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        store = SQLiteStore(folder)
        store.add([Source("source-1", "Made")])

        def load(what: str, records: list[Record]) -> None:
            with timed(what, len(records)):
                for start in range(0, len(records), BATCH):
                    store.add(records[start : start + BATCH])

        load(f"add {len(items)} objects of 120 words", list(items))
        load(f"add {len(mentions)} mentions", list(mentions))
        load(f"add {len(lines)} spoken lines", list(lines))
        load(f"add {len(links)} links", list(links))
        load(f"add {len(events)} events of 10 members", list(events))
        load("add the objects again (nothing changes)", list(items))
        load("add the links again (nothing changes)", list(links))
        with timed(f"put_view {OBJECTS} x {WIDTH}", OBJECTS):
            for start in range(0, OBJECTS, BATCH):
                part = slice(start, start + BATCH)
                store.put_view(View("text", tuple(ids[part]), ("",) * BATCH, matrix[part]))
        mean("get of 1000 objects", 20, 1000, lambda turn: store.get(MediaObject, ids[turn * 900 : turn * 900 + 1000]))
        mean("get of 1 object", 1000, 1, lambda turn: store.get(MediaObject, [ids[turn]]))
        mean("neighbours of 1 object", 1000, 1, lambda turn: store.neighbours([ids[turn]], limit=20))
        mean(
            "neighbours of 1000 objects", 5, 1000, lambda turn: store.neighbours(ids[turn * 1000 : turn * 1000 + 1000])
        )
        mean(
            "annotations of 1000 objects",
            5,
            1000,
            lambda turn: store.annotations(ids[turn * 1000 : turn * 1000 + 1000]),
        )
        mean("search, two rare words", 100, 1, lambda turn: store.search(f"word{500 + turn} word{900 + turn}"))
        mean("search, the most frequent word", 10, 1, lambda turn: store.search("word0"))
        mean(f"view of {OBJECTS} x {WIDTH}", 5, OBJECTS, lambda turn: store.view("text"))
        mean("view of 1000 objects", 10, 1000, lambda turn: store.view("text", ids[turn * 1000 : turn * 1000 + 1000]))
        with timed("scan of all links", len(links)):
            assert sum(1 for _ in store.scan(Correlation)) == store.count(Correlation)
        with timed("remove 1000 objects and what hangs by them", 1000):
            store.remove(MediaObject, ids[:1000])
        store.close()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        print(f"{'size on disk':<44}{size / 2**20:>10.1f} MiB")


if __name__ == "__main__":
    main()

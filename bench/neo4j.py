"""Rates of a Neo4j store: loading objects and links in batches, comparing, asking; and the memory that it takes.

`python -m bench.neo4j [OBJECTS LINKS]`; 10,000 and 100,000 if not given, 100,000 and 1,000,000 for the full size. A
server of its own is started for it and stopped.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import numpy as np

from kg import neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_server import Server
from kg.store import Record, View
from ontology.model import Correlation, Event, MediaObject, Member, Source

OBJECTS, LINKS = 10_000, 100_000
OBJECT_BATCH, LINK_BATCH, PROBES = 2_000, 10_000, 200
WORDS = [f"word{number}" for number in range(5_000)]


def memory(server: Server) -> str:
    """What the server and this program hold, in MiB: now, and at most."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    now, most = (int(found) // 1024 for name in ("VmRSS", "VmHWM") for found in re.findall(rf"{name}:\s+(\d+)", status))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"server {now} MiB now, {most} at most; this program {own} at most"


@contextmanager
def timed(what: str, items: int) -> Iterator[None]:
    """Print how long the block took, and how many items a second that is."""
    begin = time.perf_counter()
    yield
    seconds = time.perf_counter() - begin
    print(f"{what:<46}{seconds:>9.1f} s{items / seconds:>12,.0f} a second", flush=True)


def mean(what: str, call: Callable[[int], object]) -> None:
    """Time a call that is made often, after a few to warm up."""
    for turn in range(10):
        call(turn)
    begin = time.perf_counter()
    for turn in range(PROBES):
        call(turn)
    print(f"{what:<46}{(time.perf_counter() - begin) / PROBES * 1000:>9.1f} ms", flush=True)


def objects(number: int, rng: np.random.Generator) -> Iterator[MediaObject]:
    """Texts of 30 words."""
    for place in range(number):
        words = [WORDS[word] for word in rng.integers(0, len(WORDS), 30)]
        yield MediaObject(
            f"object-{place:06}", "text", "source", "made", title=" ".join(words[:6]), text=" ".join(words)
        )


def links(objects: int, number: int, rng: np.random.Generator) -> Iterator[Correlation]:
    """Different pairs of objects, each once."""
    kinds = ("neighbour", "caption", "transcript", "near_duplicate")
    steps = number // objects
    for step in range(1, steps + 1):
        for place in range(objects):
            a, b = sorted((place, (place + step * step + step) % objects))
            if a != b:
                yield Correlation(
                    f"object-{a:06}", f"object-{b:06}", kinds[step % 4], "intra", round(float(rng.random()), 4),
                    f"made-{step}", "1", "run", "both mention: word1, word2",
                )  # fmt: skip


def load(store: Neo4jStore, records: Iterable[Record], size: int) -> None:
    """Add in batches, each a transaction."""
    rest = iter(records)
    while batch := list(islice(rest, size)):
        store.add(batch)


def main() -> None:
    """Fill a new server and ask it."""
    number, linked = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (OBJECTS, LINKS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with timed("start", 1):
            server = neo4j_server.start(home)
        try:
            with closing(Neo4jStore(server.login)) as store:
                measure(store, server, number, linked)
        finally:
            neo4j_server.stop(home)


def measure(store: Neo4jStore, server: Server, number: int, linked: int) -> None:
    """Print the rates."""
    rng = np.random.default_rng(0)
    print(memory(server))
    store.add([Source("source", "Source")])
    with timed(f"{number:,} objects, batches of {OBJECT_BATCH:,}", number):
        load(store, objects(number, np.random.default_rng(1)), OBJECT_BATCH)
    print(memory(server))
    with timed(f"{linked:,} links, batches of {LINK_BATCH:,}", linked):
        load(store, links(number, linked, rng), LINK_BATCH)
    print(memory(server))
    assert (store.count(MediaObject), store.count(Correlation)) == (number, linked)
    with timed("objects again, nothing to write", number):
        load(store, objects(number, np.random.default_rng(1)), OBJECT_BATCH)
    with timed("ids and digests of all links", linked):
        assert sum(1 for _ in store.digests(Correlation)) == linked
    ids = [f"object-{place:06}" for place in rng.integers(0, number, PROBES)]
    store.add(
        Event(f"event-{n}", "E", None, None, "", tuple(Member(id_, 0.5, "") for id_ in dict.fromkeys(ids[n : n + 20])))
        for n in range(100)
    )
    mean("links of an object", lambda turn: store.neighbours([ids[turn]], limit=20))
    mean("its events", lambda turn: store.events_of([ids[turn]]))
    mean("words", lambda turn: store.search(f"{WORDS[turn]} {WORDS[turn + 1]}"))
    vectors = rng.normal(size=(2_000, 384)).astype(np.float32)
    with timed("2,000 vectors of 384, with an index", 2_000):
        store.put_view(View("text", tuple(f"object-{n:06}" for n in range(2_000)), ("",) * 2_000, vectors))
    print(memory(server))


if __name__ == "__main__":
    main()

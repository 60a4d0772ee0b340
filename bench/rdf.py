"""RDF beside pyoxigraph and rdflib: writing, joins, loading. `python -m bench.rdf [STORE] [--pairs N]`.

The two sides of a race run in turn (A B A B, one pair first that does not count; loading with a process for each side),
and the verdict is the median of the pairwise ratios of processor seconds, with the least and the greatest. Without a
store a made one is used, of about 200,000 triples. Answers and numbers of lines are compared in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox

from kg import rdf
from kg.sparql import Engine, Limits
from kg.sqlite import SQLiteStore
from kg.store import Record
from ontology.model import Annotation, Correlation, Event, Evidence, MediaObject, Member, Segment, Source
from ontology.terms import PREFIXES

OBJECTS = 1500
LEAST = 0.5
"""Seconds that a timed region takes at least: what is shorter is repeated."""
SPACES = {name: str(space) for name, space in PREFIXES.items()}

# Joins of three to six patterns, an aggregate, and a star.
JOINS = {
    "links between near objects": """SELECT (COUNT(*) AS ?n) { ?l sim:element ?a, ?b ; sim:weight ?w .
        ?a schema:publisher ?s . ?b schema:publisher ?s . ?a x:modality "text" FILTER(?a != ?b && ?w > 0.5) }""",
    "mentions by source": """SELECT ?s (COUNT(?m) AS ?n) { ?m x:kind "mention" ; oa:hasTarget/oa:hasSource ?o .
        ?o schema:publisher ?s } GROUP BY ?s ORDER BY DESC(?n) LIMIT 10""",
    "friends of friends": """SELECT (COUNT(*) AS ?n) { ?k sim:element ?a, ?b . ?l sim:element ?b, ?c .
        ?a schema:publisher ?s . ?c schema:publisher ?s FILTER(?k != ?l && ?a != ?b && ?b != ?c) }""",
    "all of some objects": "SELECT * { ?o dcterms:isPartOf ?c ; dcterms:title ?t ; ?p ?v } LIMIT 5000",
}


def make(store: SQLiteStore) -> None:
    """Texts with mentions, links with evidence, events."""
    rng = np.random.default_rng(0)
    sources = [Source(f"source-{n}", f"Source {n}") for n in range(20)]
    items = [
        MediaObject(
            f"object-{n:05}", "text" if n % 3 else "image", f"source-{rng.integers(20)}", "made",
            title=f"Title of object {n} in the archive", text="words of it " * 20, checksum=f"{n:064x}",
        )
        for n in range(OBJECTS)
    ]  # fmt: skip
    records: list[Record] = [*sources, *items]
    for item in items:
        for place in range(3):
            start = int(rng.integers(2000))
            read = Segment(item.id, chars=(start, start + 5))
            records.append(Annotation(read, "mention", f"Name {place}", 0.9, "made", "PERSON"))
    ends = np.sort(rng.integers(0, OBJECTS, (OBJECTS * 3, 2)), axis=1)
    for (a, b), weight in zip(ends.tolist(), rng.random(len(ends)).tolist(), strict=True):
        if a < b:
            first, second = items[a].id, items[b].id
            evidence = (Evidence(first, "char=0,5", "Title"),)
            reason = f"near by {weight:.2f}"
            made = Correlation(first, second, "neighbour", "intra", weight, "made", "1", "run", reason)
            records.append(replace(made, evidence=evidence))
    for number, members in enumerate(np.reshape(np.array([item.id for item in items]), (-1, 10)).tolist()):
        told = tuple(Member(member, 0.5, "made") for member in members)
        records.append(Event(f"event-{number:05}", f"Event {number}", None, None, "", told))
    store.add(records)


def cpu(call: Callable[[], object], times: int) -> float:
    """Processor seconds of a call made several times, processes that ended meanwhile included."""
    begun = _used()
    for _ in range(times):
        call()
    return _used() - begun


def _used() -> float:
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def race(name: str, ours: Callable[[], object], theirs: Callable[[], object], pairs: int, goal: str, per: int) -> None:
    """Run both sides in turn; a ratio is our processor seconds by theirs."""
    times = max(1, int(LEAST / max(1e-3, min(cpu(ours, 1), cpu(theirs, 1)))) + 1)
    found = [(cpu(ours, times), cpu(theirs, times)) for _ in range(pairs + 1)][1:]
    _print(name, found, times, goal, per)


def _print(name: str, found: list[tuple[float, float]], times: int, goal: str, per: int) -> None:
    ratios = [ours / theirs for ours, theirs in found]
    mine, other = (statistics.median(side) / times for side in zip(*found, strict=True))
    print(
        f"{name:<46} {mine * 1000:>9.1f} ms {other * 1000:>9.1f} ms  ours/theirs {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f})  goal {goal}  {per / mine / 1000:>7.0f} k/s",
        flush=True,
    )


def joins(store: SQLiteStore, quads: Path, pairs: int) -> None:
    """Queries over the engine's processes beside the same graph in this process. Answers are compared first."""
    alone = ox.Store()
    alone.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    limits = Limits(seconds=600, rows=10**6, size=2**30)

    def direct(query: str) -> bytes:
        found = alone.query(query, prefixes=SPACES, use_default_graph_as_union=True)
        return bytes(found.serialize(format=ox.QueryResultsFormat.JSON))  # type: ignore[arg-type]

    with closing(Engine(store, lambda: "same", in_memory=2**40)) as engine:
        for name, query in JOINS.items():
            told, expected = engine.query(query, "json", limits).body, direct(query)
            assert _rows(told) == _rows(expected), name
            times = max(1, int(LEAST / _wall(lambda q=query: direct(q))) + 1)  # type: ignore[misc]

            def ours(query: str = query, times: int = times) -> float:
                return _asking(engine, query, limits, times)

            found = [(ours(), cpu(lambda q=query: direct(q), times)) for _ in range(pairs + 1)][1:]  # type: ignore[misc]
            _print(f"join: {name}", found, times, "<= 1.2", 1)


def _rows(body: bytes) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(body)["results"]["bindings"])


def _wall(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _asking(engine: Engine, query: str, limits: Limits, times: int) -> float:
    """Processor seconds of queries, in this process and in those that answer."""
    assert engine._loaded is not None
    before = _used() + _living(engine._loaded._process.pid)
    for _ in range(times):
        engine.query(query, "json", limits)
    return _used() + _living(engine._loaded._process.pid) - before


def _living(parent: int) -> float:
    """Processor seconds so far of a process and of its children, which live on."""
    ticks = 0
    listed = subprocess.run(["ps", "--ppid", str(parent), "-o", "pid="], capture_output=True, text=True, check=False)
    for pid in (parent, *map(int, listed.stdout.split())):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def alone(code: str, *arguments: str) -> tuple[float, float]:
    """Processor seconds and peak memory (MiB) of a piece of code in a process of its own, without its imports."""
    program = (
        "import sys, time\nimport pyoxigraph as ox, rdflib\nfrom pathlib import Path\n"
        "from kg import rdf\nfrom kg.sqlite import SQLiteStore\n"
        "begun = time.process_time()\n" + code + "\n"
        "used = time.process_time() - begun\n"
        "print(used, Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    command = [sys.executable, "-c", program, *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, peak = map(float, told.split()[-2:])
    return seconds, peak / 1024


LOAD = "graph = ox.Store()\ngraph.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES, lenient=True)"
RDFLIB = "rdflib.Graph().parse(sys.argv[1], format='nt')"
IMPORT = "store = SQLiteStore(sys.argv[2])\nrdf.load(store, Path(sys.argv[1]))\nstore.close()"


def loading(triples: Path, number: int, pairs: int) -> None:
    """Loading for queries, and importing into a store, beside rdflib, whose slow side runs as often."""
    for name, code, goal in (("load for queries", LOAD, "<= 0.1"), ("import into a store", IMPORT, "none")):
        found, peaks = [], []
        for _ in range(pairs):
            with tempfile.TemporaryDirectory() as folder:
                ours, theirs = alone(code, str(triples), folder), alone(RDFLIB, str(triples))
            found.append((ours[0], theirs[0]))
            peaks.append((ours[1], theirs[1]))
        _print(f"{name}, beside rdflib", found, 1, goal, number)
        print(f"{'':<46} peak {peaks[-1][0]:.0f} MiB beside {peaks[-1][1]:.0f} MiB")


def writing(store: SQLiteStore, work: Path, number: int, pairs: int) -> None:
    """Our lines beside Oxigraph's serialiser: disk to disk, memory to file, and from SQLite beside its memory."""
    triples, folder = work / "graph.nt", work / "disk"
    memory = ox.Store()
    memory.bulk_load(path=str(triples), format=ox.RdfFormat.N_TRIPLES)
    disk = ox.Store(str(folder))
    disk.bulk_load(path=str(triples), format=ox.RdfFormat.N_TRIPLES)
    disk.flush()
    held = _Held(store)

    def ours(source: object) -> None:
        with (work / "ours.nt").open("wb") as file:
            rdf.export(source, file, "ntriples")  # type: ignore[arg-type]

    def theirs(graph: ox.Store) -> None:
        graph.dump(str(work / "theirs.nt"), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())

    goal = "<= 1.43 (0.7 of the rate)"
    race("write N-Triples: disk to disk", lambda: ours(store), lambda: theirs(disk), pairs, goal, number)
    race("write N-Triples: memory to disk", lambda: ours(held), lambda: theirs(memory), pairs, goal, number)
    race("write N-Triples: SQLite beside memory", lambda: ours(store), lambda: theirs(memory), pairs, "none", number)
    lines = {(work / f"{side}.nt").read_bytes().count(b"\n") for side in ("ours", "theirs")}
    assert lines == {number}, lines


class _Held:
    """The records of a store in memory, as an export reads them."""

    def __init__(self, store: SQLiteStore) -> None:
        kinds = (Source, MediaObject, Annotation, Correlation, Event)
        self._kept = {kind: list(store.scan(kind)) for kind in kinds}
        self._objects = {item.id: item for item in self._kept[MediaObject]}

    def scan(self, kind: Any) -> object:
        return iter(self._kept.get(kind, ()))

    def get(self, kind: Any, ids: set[str]) -> dict[str, object]:
        return {id_: self._objects[id_] for id_ in ids}


def main() -> None:
    """Run all races."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("store", nargs="?")
    options.add_argument("--pairs", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        store = SQLiteStore(chosen.store or work / "store")
        if not chosen.store:
            make(store)
        for form, suffix in (("ntriples", "nt"), ("nquads", "nq")):
            with (work / f"graph.{suffix}").open("wb") as file:
                rdf.export(store, file, form)  # type: ignore[arg-type]
        number = (work / "graph.nt").read_bytes().count(b"\n")
        print(f"{number:,} triples, {(work / 'graph.nt').stat().st_size / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")
        writing(store, work, number, chosen.pairs)
        joins(store, work / "graph.nq", chosen.pairs)
        loading(work / "graph.nt", number, chosen.pairs)
        store.close()


if __name__ == "__main__":
    main()

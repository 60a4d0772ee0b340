"""Making stores equal: only what differs is sent, stopped anywhere it goes on, and the way back gives the same."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_codec import digest as record_digest
from kg.snapshot import digest, snapshot
from kg.sqlite import SQLiteStore
from kg.store import Store, View
from kg.syncing import NOTE, Digested, differences, sync
from ontology.errors import StoreUnavailable
from ontology.model import Annotation, Correlation, Event, MediaObject, Segment, Source
from tests.kg.test_store_cascade import Graph, emptied, graphs, put
from tests.kg.test_store_contract import EVENT, GRAPH, OBJECTS, fill
from tests.neo4j_lender import Lender, LentStore

OpenStore = Callable[[Path], Store]
ids = st.dictionaries(st.text(max_size=2), st.sampled_from("12"), max_size=6)


@given(ids, ids)
def test_differences_are_what_comparing_whole_lists_gives(ours: dict[str, str], theirs: dict[str, str]) -> None:
    wanted = {
        id_: False if id_ not in ours else None if ours[id_] == theirs.get(id_) else True for id_ in ours | theirs
    }
    found = list(differences(iter(sorted(ours.items())), iter(sorted(theirs.items()))))
    assert found == sorted(wanted.items())


def test_equal_records_have_equal_digests_and_others_have_not() -> None:
    assert record_digest(OBJECTS[0]) == record_digest(replace(OBJECTS[0]))
    assert len({record_digest(record) for record in GRAPH}) == len(GRAPH)
    assert record_digest(OBJECTS[0]) != record_digest(replace(OBJECTS[0], licence=None))
    whole = Segment("o", time=(1, 2))
    one, other = Annotation(whole, "k", "v", 1, "m"), Annotation(Segment("o", time=(1.0, 2.0)), "k", "v", 1.0, "m")
    assert one == other
    assert record_digest(one) == record_digest(other)


def test_there_and_back_gives_the_same(store: Store, tmp_path: Path, examples: Callable[[int], int]) -> None:
    start, middle, end = SQLiteStore(tmp_path / "start"), store, SQLiteStore(tmp_path / "end")

    @given(graph=graphs())
    @settings(max_examples=examples(40), deadline=None)
    def check(graph: Graph) -> None:
        emptied(start)
        put(start, graph)
        # What the example before left in the other two has to go.
        sync(start, middle, vectors=True)
        sync(middle, end, vectors=True)
        assert snapshot(middle)["events"] == snapshot(start)["events"]
        assert digest(end) == digest(middle) == digest(start)
        again = sync(start, middle, vectors=True)
        assert not again.added
        assert not any(again.removed.values())

    with closing(start), closing(end):
        check()


def test_only_what_differs_is_sent(open_store: OpenStore, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "s")) as store, closing(open_store(tmp_path / "t")) as target:
        fill(store)
        first = sync(store, target)
        assert sum(first.added.values()) == len(GRAPH)
        store.add([replace(OBJECTS[0], title="Changed"), replace(EVENT, summary="Otherwise")])
        store.remove(MediaObject, ["o2"])
        second = sync(store, target)
        # The event was told by o2 as well: the target has dropped its part by the time that events are compared.
        assert second.added == {"MediaObject": 1, "Event": 1}
        assert second.removed["MediaObject"] == 1
        assert snapshot(target) | {"views": {}} == snapshot(store) | {"views": {}}
        assert target.view_names() == [], "vectors go if asked for"
        assert sync(store, target, vectors=True).added == {"Vector": 1}
        assert digest(target) == digest(store)
        assert json.loads(target.setting(NOTE) or "")["finished"] is True


def test_a_source_whose_objects_are_gone_goes_last(open_store: OpenStore, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "s")) as store, closing(open_store(tmp_path / "t")) as target:
        fill(store)
        sync(store, target)
        store.remove(MediaObject, ["o2", "o3"])
        store.remove(Source, ["s2"])
        sync(store, target)
        assert snapshot(target)["sources"] == snapshot(store)["sources"]


def test_progress_is_told_for_every_record(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "s")) as store, closing(SQLiteStore(tmp_path / "t")) as target:
        fill(store)
        told: list[int] = []
        sync(store, target, told=lambda part, count: told.append(count))
        assert sum(told) == len(GRAPH)


@pytest.mark.service
def test_a_neo4j_store_keeps_digests_and_an_embedded_one_does_not(neo4j_lender: Lender, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "s")) as store, closing(neo4j_lender.open(tmp_path)) as target:
        assert isinstance(target, Digested)
        assert not isinstance(store, Digested)


def test_vectors_of_another_object_stay(open_store: OpenStore, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "s")) as store, closing(open_store(tmp_path / "t")) as target:
        fill(store)
        sync(store, target, vectors=True)
        store.put_view(View("text", ("o1",), ("",), np.array([[5, 6]], np.float32)))
        assert sync(store, target, vectors=True).added == {"Vector": 1}
        assert target.view("text").matrix.tolist() == [[5, 6], [3, 4]]
        assert target.count(Event) == 1


# Stopped in the middle.


OBJECTS_SENT = 2500


def many(store: Store) -> None:
    """A graph that takes seconds to send, in several batches."""
    ids = [f"o{number:05}" for number in range(OBJECTS_SENT)]
    store.add([Source("s", "Source"), *(MediaObject(id_, "text", "s", text=f"{id_} common") for id_ in ids)])
    store.add(Correlation(a, b, "neighbour", "intra", 0.5, "m", "1", "r", "why") for a, b in pairwise(ids))
    store.add(Annotation(Segment(id_, chars=(0, 4)), "mention", "word", 0.5, "m") for id_ in ids)


CLIENT = """
import sys
from kg import neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_session import Login
from kg.sqlite import SQLiteStore
from kg.syncing import sync
target = Neo4jStore(Login(sys.argv[2], "neo4j", sys.stdin.readline().strip()))
sync(SQLiteStore(sys.argv[1]), target, told=lambda part, count: print(part, flush=True))
"""


@pytest.mark.service
@pytest.mark.slow
def test_a_client_that_is_killed_goes_on_where_it_was(neo4j_lender: Lender, tmp_path: Path) -> None:
    folder = tmp_path / "neo4j"
    login = neo4j_lender.server_of(folder).login
    with closing(SQLiteStore(tmp_path / "s")) as store:
        many(store)
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(tmp_path / "s"), login.address],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(login.password + "\n")
        client.stdin.flush()
        while client.stdout.readline() != "MediaObject\n":
            assert client.poll() is None
        client.kill()
        client.communicate()
        with closing(neo4j_lender.open(folder)) as target:
            assert isinstance(target, LentStore)
            there = target.count(MediaObject)
            assert there >= 1000
            assert json.loads(target.setting(NOTE) or "")["finished"] is False
            assert sync(store, target).added["MediaObject"] == OBJECTS_SENT - there
            assert digest(target) == digest(store)


@pytest.mark.service
@pytest.mark.slow
def test_a_server_that_is_killed_is_reported_and_the_sync_goes_on(neo4j_lender: Lender, tmp_path: Path) -> None:
    folder = tmp_path / "neo4j"
    with closing(SQLiteStore(tmp_path / "s")) as store:
        many(store)
        neo4j_lender.open(folder).close()
        server = neo4j_lender.server_of(folder)
        with (
            closing(Neo4jStore(server.login, patience=3)) as target,
            killed_later(neo4j_lender) as now,
            pytest.raises(StoreUnavailable, match=r"went away|cannot be reached"),
        ):
            sync(store, target, told=lambda part, count: now.set() if part == "MediaObject" else None)
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            Neo4jStore(server.login, patience=1)
        again = neo4j_lender.start()
        assert again.password_file.read_text() == server.password_file.read_text()
        with closing(Neo4jStore(again.login)) as target:
            there = target.count(MediaObject)
            assert there >= 1000, "what was acknowledged is there"
            sent = sync(store, target).added
            assert sent["MediaObject"] == OBJECTS_SENT - there, "what is there is not sent again"
            assert digest(target) == digest(store)
        neo4j_lender.stop()
        assert neo4j_server.running(Path(again.home)) is None
        assert not (Path(again.home) / "server.json").exists()


@contextmanager
def killed_later(lender: Lender) -> Iterator[threading.Event]:
    """Kill the server a moment after an event is set, at the latest at the end of the block."""
    now = threading.Event()

    def kill() -> None:
        now.wait()
        time.sleep(0.1)
        lender.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield now
    finally:
        now.set()
        killer.join()

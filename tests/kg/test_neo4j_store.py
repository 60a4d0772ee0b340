"""What the Neo4j store does beyond the contract of all stores: its errors, its graph, other programs beside it."""

import multiprocessing
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.neo4j import Neo4jStore
from kg.neo4j_gate import Gate
from kg.neo4j_schema import KEYS, LINK_TYPES, MEDIA, NEAREST, QUESTIONS
from kg.neo4j_session import Connection, Login
from kg.neo4j_words import expression
from kg.snapshot import snapshot
from kg.store import View
from ontology.errors import InvalidInput, StoreUnavailable
from ontology.model import Correlation, MediaObject, Source
from tests.kg.test_questions import ATTACK
from tests.kg.test_questions import fill as fill_hostile
from tests.kg.test_store_contract import GRAPH, fill
from tests.neo4j_lender import Lender, LentStore, wipe

CYPHER = ("' }) DETACH DELETE n //", "`) MATCH (n) DETACH DELETE n //", "\\u0027 OR 1=1", "$id", "}) RETURN 1 UNION")


@pytest.fixture
def store(neo4j_lender: Lender, tmp_path: Path) -> Iterator[LentStore]:
    with closing(neo4j_lender.open(tmp_path)) as opened:
        yield opened


# Who does not answer, and who is not let in.


def closed_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_no_server_is_said_soon() -> None:
    with pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1:\d+ cannot be reached"):
        Neo4jStore(Login(f"bolt://127.0.0.1:{closed_port()}", password="x"), patience=1)


@pytest.mark.parametrize("address", ["", "x", "http://127.0.0.1:7474", "bolt://", "bolt://127.0.0.1:port"])
def test_what_is_no_address_is_said_so(address: str) -> None:
    with pytest.raises((InvalidInput, StoreUnavailable), match=r"address|reached"):
        Neo4jStore(Login(address, password="x"), patience=1)


class Fake:
    """A server that shakes hands for Bolt 4.4 and says that it is what it is told to be; or says nothing sensible."""

    def __init__(self, agent: str | None) -> None:
        self._agent = agent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.recv(20)
        if self._agent is None:
            connection.sendall(b"HTTP")
            return
        connection.sendall(bytes((0, 0, 4, 4)))
        while connection.recv(65536):
            name = self._agent.encode()
            fields = b"\xa2\x86server" + bytes((0xD0, len(name))) + name + b"\x8dconnection_id\x81x"
            message = b"\xb1\x70" + fields
            connection.sendall(struct.pack(">H", len(message)) + message + b"\0\0")

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("agent", ["Neo4j/4.4.41", "Neo4j/5.22.0", "Memgraph/2.0"])
def test_an_old_server_and_one_of_another_kind_are_refused(agent: str) -> None:
    with closing(Fake(agent)) as server, pytest.raises(StoreUnavailable, match=rf"is {agent}; .*Neo4j 5\.23 or newer"):
        Neo4jStore(Login(server.address, password="x"), patience=2)


def test_what_speaks_no_bolt_is_said_so() -> None:
    with closing(Fake(None)) as server, pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1"):
        Neo4jStore(Login(server.address, password="x"), patience=2)


@pytest.mark.service
@pytest.mark.parametrize("changed", [{"password": "wrong"}, {"user": "nobody"}, {"password": ""}])
def test_a_wrong_password_is_said_so(store: LentStore, changed: dict[str, str]) -> None:
    login = replace(store._connection.login, **changed)
    with pytest.raises(StoreUnavailable, match=f"refuses the user '{login.user}'") as caught:
        Neo4jStore(login, patience=2)
    assert "wrong" not in str(caught.value)


@pytest.mark.service
def test_a_database_that_is_not_there_is_said_so(store: LentStore) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        Neo4jStore(replace(store._connection.login, database="nowhere"), patience=2)


def test_a_login_does_not_tell_its_password() -> None:
    assert "secret" not in repr(Login("bolt://127.0.0.1", password="secret"))


@pytest.mark.service
def test_a_database_of_somebody_else_stays_as_it_is(neo4j_lender: Lender, tmp_path: Path) -> None:
    server = neo4j_lender.server_of(tmp_path)
    wipe(server, all_of_it=True)
    with closing(Connection(server.login, 5)) as theirs:
        theirs.alone("CREATE (:Film {title: 'Theirs'})")
        with pytest.raises(StoreUnavailable, match="holds another graph"):
            Neo4jStore(server.login)
        assert theirs.alone("MATCH (n) RETURN count(n)") == [[1]]
    wipe(server, all_of_it=True)
    neo4j_lender.open(tmp_path).close()


@pytest.mark.service
def test_a_newer_schema_is_refused(neo4j_lender: Lender, tmp_path: Path) -> None:
    neo4j_lender.open(tmp_path).close()
    server = neo4j_lender.server_of(tmp_path)
    with closing(Connection(server.login, 5)) as connection:
        connection.alone("MATCH (store:Crossmedia) SET store.version = 99")
        with pytest.raises(StoreUnavailable, match="schema version 99"):
            Neo4jStore(server.login)
        connection.alone("MATCH (store:Crossmedia) SET store.version = 2")


@pytest.mark.service
def test_a_database_of_the_version_before_is_brought_up(neo4j_lender: Lender, tmp_path: Path) -> None:
    neo4j_lender.open(tmp_path).close()
    server = neo4j_lender.server_of(tmp_path)
    with closing(Connection(server.login, 5)) as connection:
        for name in ("unique_ABOUT", "unique_Topic", "unique_TopicChange"):
            connection.alone(f"DROP CONSTRAINT {name}")
        connection.alone("MATCH (store:Crossmedia) SET store.version = 1")
        Neo4jStore(server.login).close()
        kept = {name for (name,) in connection.alone("SHOW CONSTRAINTS YIELD name")}
        assert {"unique_ABOUT", "unique_Topic", "unique_TopicChange", "unique_Event"} <= kept
        assert connection.alone("MATCH (store:Crossmedia) RETURN store.version") == [[2]]


@pytest.mark.service
def test_a_closed_store_says_so(store: LentStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.count(MediaObject)
    with pytest.raises(StoreUnavailable, match="closed"), store.transaction():
        pass


# What goes into the graph, and what does not.


@pytest.mark.service
def test_nothing_that_users_bring_becomes_a_part_of_a_statement(store: LentStore) -> None:
    fill_hostile(store)
    for text in CYPHER:
        store.add([Source(text, text), MediaObject(text, "text", text, text, document=text, title=text, text=text)])
        subject, target = sorted((text, ATTACK))
        store.add([Correlation(subject, target, text, "intra", 0.5, text, text, text, text)])
        store.put_view(View(text, (text,), (text,), np.ones((1, 2), np.float32)))
        store.put_payloads(text, {text: b"x"})
        store.mark(text, {text: text})
        store.set_setting(text, text)
        store.search(text)
        assert store.get(MediaObject, [text])[text].title == text
        assert store.neighbours([text], kinds=[text])[0].kind == text
        assert store.view(text).ids == (text,)
        assert store.marks(text) == {text: text}
        assert store.setting(text) == text
    labels = {label for (label,) in store.query("CALL db.labels()", {})}
    types = {name for (name,) in store.query("CALL db.relationshipTypes()", {})}
    assert labels - {"Film"} <= {*KEYS, *MEDIA.values(), *(label for label, _ in NEAREST.values())}
    fixed = {"PUBLISHED_BY", "PART_OF", "READ_FROM", "TOLD_BY", "EVIDENCE", "SAYS", "ABOUT", "BROADER", "SHOWN_BY"}
    assert types <= {*LINK_TYPES, *QUESTIONS.values(), *fixed}


@pytest.mark.service
def test_the_graph_is_as_the_schema_says(store: LentStore) -> None:
    fill(store)
    told = store.query(
        "MATCH (e:Event)-[told:TOLD_BY]->(o:MediaObject)-[:PUBLISHED_BY]->(s:Source) "
        "RETURN o.id, told.weight, told.reason, s.name, labels(o) ORDER BY o.id",
        {},
    )
    assert told == [
        ["o1", 0.5, "told", "First", ["MediaObject", "Text"]],
        ["o3", 0.9, "seen", "Second", ["MediaObject", "Video"]],
    ]
    said = store.query(
        "MATCH (:Event)-[:WHERE]->(a:Aspect)-[r:EVIDENCE]->(o) MATCH (a)-[:SAYS]->(v:Value) "
        "RETURN v.value, o.id, r.segment, r.text ORDER BY r.position",
        {},
    )
    assert said == [["Sendai", "o1", "char=0,5", "Title"], ["Sendai", "o2", "", "caption"]]
    assert store.query("MATCH (:Document {id: 'd1'})<-[:PART_OF]-(o) RETURN o.published.year", {}) == [[2011]]
    assert store.query("MATCH (:MediaObject)-[r:TRANSCRIPT]->() RETURN r.status", {}) == [["confirmed"]]


@pytest.mark.service
def test_what_only_served_removed_records_goes_with_them(store: LentStore) -> None:
    fill(store)
    store.remove(MediaObject, ["o1", "o2", "o3"])
    store.remove(Source, ["s1", "s2"])
    left = {label for (labels,) in store.query("MATCH (n) RETURN DISTINCT labels(n)", {}) for label in labels}
    assert left == {"Crossmedia", "Failure", "Decision", "Topic", "TopicChange"}


@pytest.mark.service
def test_a_document_goes_when_its_last_object_leaves_it(store: LentStore) -> None:
    first = MediaObject("a", "text", "s", document="d")
    store.add([Source("s", "S"), first, MediaObject("b", "image", "s", document="d")])
    store.add([replace(first, document=None), MediaObject("b", "audio", "s", document="e")])
    assert store.query("MATCH (d:Document) RETURN d.id", {}) == [["e"]]
    assert store.query("MATCH (o:MediaObject {id: 'b'}) RETURN labels(o)", {}) == [[["MediaObject", "Audio"]]]


@pytest.mark.service
def test_an_id_that_no_index_can_hold_is_invalid_input(store: LentStore) -> None:
    fill(store)
    before = snapshot(store)
    for wrong in (MediaObject("x" * 8001, "text", "s1"), Source("é" * 4001, "name")):
        with pytest.raises(InvalidInput, match="8000 bytes"):
            store.add([wrong])
    store.add([Source("é" * 4000, "name")])
    store.remove(Source, ["é" * 4000])
    assert snapshot(store) == before


@pytest.mark.service
def test_nearest_vectors_are_found_by_the_index(store: LentStore) -> None:
    rng = np.random.default_rng(0)
    store.add([Source("s", "S"), *(MediaObject(f"o{n}", "text", "s") for n in range(20))])
    matrix = rng.normal(size=(20, 384)).astype(np.float32)
    matrix[7] = matrix[3] + 0.01
    matrix[9] = 0
    store.put_view(View("text", tuple(f"o{n}" for n in range(20)), ("",) * 20, matrix))
    store.query("CALL db.awaitIndexes(60)", {})
    found = store.query(
        "MATCH (v:Vector:TextVector {object: 'o3'}) CALL db.index.vector.queryNodes('nearest_text', 2, v.embedding) "
        "YIELD node RETURN node.object",
        {},
    )
    assert sorted(found) == [["o3"], ["o7"]]
    np.testing.assert_array_equal(store.view("text", ["o7", "o9"]).matrix, matrix[[7, 9]])


@pytest.mark.service
def test_pages_are_noted_where_they_are(store: LentStore) -> None:
    fill(store)
    store.add([MediaObject("a/b ä", "image", "s1")])
    assert store.set_pages("http://127.0.0.1:8000/") == 5
    assert store.set_pages("http://127.0.0.1:8000") == 0
    page, thumbnail = store.query("MATCH (o:MediaObject {id: 'a/b ä'}) RETURN o.page, o.thumbnail", {})[0]
    assert page == "http://127.0.0.1:8000/objects/a%2Fb%20%C3%A4"
    assert thumbnail == "http://127.0.0.1:8000/api/v1/media/a%2Fb%20%C3%A4/thumbnail"
    before = snapshot(store)
    store.add(GRAPH)
    assert snapshot(store) == before
    for wrong in ("127.0.0.1:8000", "javascript:alert(1)"):
        with pytest.raises(InvalidInput, match="not the address of a service"):
            store.set_pages(wrong)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ""),
        ("--- !", ""),
        ('"Rescue" AND rescue', '"rescue" OR "and"'),
        ("Zürich Zu\u0308rich", '"zurich"'),
        ("U.S. Saint-Denis*", '"u.s" OR "saint-denis"'),
        ("title:x^2 a\\b [1 TO 2]", '"title" OR "x" OR "2" OR "a" OR "b" OR "1" OR "to"'),
    ],
)
def test_queries_are_quoted_words(query: str, wanted: str) -> None:
    assert expression(query) == wanted


# Blocks, threads and other programs.


@pytest.mark.service
def test_a_second_writer_waits_for_the_first(store: LentStore) -> None:
    store.add([Source("s", "S")])
    order: list[str] = []
    with closing(Neo4jStore(store._connection.login)) as other:

        def write() -> None:
            other.add([MediaObject("second", "text", "s")])
            order.append("second")

        thread = threading.Thread(target=write)
        with store.transaction():
            store.add([MediaObject("first", "text", "s")])
            thread.start()
            thread.join(0.5)
            assert thread.is_alive()
            assert other.count(MediaObject) == 0, "readers go on with the last committed state"
            order.append("first")
        thread.join()
    assert order == ["first", "second"]
    assert store.count(MediaObject) == 2


@pytest.mark.service
def test_errors_of_the_caller_pass_through_a_block(store: LentStore) -> None:
    with pytest.raises(UnicodeEncodeError), store.transaction():
        "\ud800".encode()
    with pytest.raises(OverflowError), store.transaction():
        raise OverflowError
    store.add([Source("s", "S")])


@pytest.mark.service
def test_a_forked_program_gets_a_connection_of_its_own(store: LentStore) -> None:
    store.add([Source("s", "S")])

    def look() -> None:
        sys.exit(store.count(MediaObject) + 10 * store.count(Source))

    with store.transaction():
        store.add([MediaObject("o", "text", "s")])
        child = multiprocessing.get_context("fork").Process(target=look)
        child.start()
        child.join()
        assert child.exitcode == 10, "it sees what is committed, not what its parent is about to write"
    assert store.count(MediaObject) == 1


@pytest.mark.service
def test_programs_that_prepare_a_database_at_once_share_it(neo4j_lender: Lender, tmp_path: Path) -> None:
    server = neo4j_lender.server_of(tmp_path)
    wipe(server, all_of_it=True)
    login = server.login
    errors: list[BaseException] = []

    def opened(name: str) -> None:
        try:
            with closing(Neo4jStore(login)) as store:
                store.add([Source(name, name)])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=opened, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with closing(neo4j_lender.open(tmp_path)) as store:
        assert [source.id for source in store.scan(Source)] == ["a", "b", "c"]


def test_readers_pass_a_gate_together_and_a_commit_alone() -> None:
    gate, seen = Gate(), list[Any]()
    both = threading.Barrier(2)

    def read() -> None:
        with gate.reading():
            both.wait(5)
            seen.append("read")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert seen == ["read", "read"]
    gate.close()
    late = threading.Thread(target=lambda: seen.append(gate.reading().__enter__()))
    late.start()
    late.join(0.1)
    assert late.is_alive()
    gate.open()
    late.join()
    assert len(seen) == 3

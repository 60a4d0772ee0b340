"""What the SQLite store does beyond the contract of all stores: its file, its errors, other programs beside it."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.snapshot import digest
from kg.sqlite import SQLiteStore
from kg.sqlite_words import match_expression
from kg.store import Record
from ontology.errors import Conflict, InvalidInput, NotFound, StoreUnavailable
from ontology.model import Annotation, Correlation, Decision, MediaObject, Member, Segment, Source
from ontology.topic import Topic, TopicShare

SOURCE = Source("s", "Source")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path / "store", patience=0.2)) as opened:
        opened.add([SOURCE])
        yield opened


def texts(start: int, stop: int) -> list[MediaObject]:
    return [MediaObject(f"o{number:05}", "text", "s", text=f"word{number} common") for number in range(start, stop)]


# Opening.


def test_the_folder_is_made(tmp_path: Path) -> None:
    SQLiteStore(tmp_path / "a" / "b").close()
    assert (tmp_path / "a" / "b" / "crossmedia.db").is_file()


def test_open_without_create_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no store"):
        SQLiteStore.open(tmp_path / "s", create=False)
    assert list(tmp_path.iterdir()) == []
    SQLiteStore.open(tmp_path / "s", create=True).close()
    SQLiteStore.open(tmp_path / "s", create=False).close()


@pytest.mark.parametrize("create", [True, False])
def test_a_file_is_no_folder(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="file"):
        SQLiteStore.open(tmp_path / "file", create=create)
    with pytest.raises(StoreUnavailable):
        SQLiteStore(tmp_path / "file" / "below")


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "crossmedia.db").mkdir()
    with pytest.raises(StoreUnavailable, match=r"crossmedia\.db"):
        SQLiteStore(tmp_path)


def test_what_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "crossmedia.db").write_text("not a database " * 1000)
    with pytest.raises(StoreUnavailable, match="not a database"):
        SQLiteStore(tmp_path)
    assert (tmp_path / "crossmedia.db").read_text() == "not a database " * 1000


def test_a_database_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crossmedia.db")) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = (tmp_path / "crossmedia.db").read_bytes()
    with pytest.raises(StoreUnavailable, match="not one of crossmedia"):
        SQLiteStore(tmp_path)
    assert (tmp_path / "crossmedia.db").read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    SQLiteStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "crossmedia.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreUnavailable, match="version 99"):
        SQLiteStore(tmp_path)


TABLES_SINCE = {1: ("decision",), 2: ("topic_change", "topic_share", "topic_example", "topic")}


@pytest.mark.parametrize("version", TABLES_SINCE)
def test_a_store_of_a_version_before_is_brought_up(tmp_path: Path, version: int) -> None:
    with closing(SQLiteStore(tmp_path)) as store:
        store.add([SOURCE, *texts(0, 5)])
    with closing(sqlite3.connect(tmp_path / "crossmedia.db")) as db:
        for table in (table for since, tables in TABLES_SINCE.items() if since >= version for table in tables):
            db.execute(f"DROP TABLE {table}")
        db.execute(f"PRAGMA user_version = {version}")
    note = Decision("annotate", "o1", None, "object", "a note", "anna", datetime(2024, 5, 6, tzinfo=UTC))
    topic = Topic("t", "run", "a topic", (), (Member("o00001", 1, "says so"),))
    share = TopicShare("t", "object", "o00002", 0.5, "LDA", "run")
    with closing(SQLiteStore(tmp_path)) as store:
        store.add([note, share, topic])
        assert [item.id for item in store.scan(MediaObject)] == [item.id for item in texts(0, 5)]
    with closing(SQLiteStore(tmp_path)) as store:
        assert [*store.scan(Decision), *store.scan(Topic), *store.scan(TopicShare)] == [note, topic, share]


def test_a_damaged_database_is_reported(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path)) as store:
        store.add([SOURCE, *texts(0, 500)])
    file = tmp_path / "crossmedia.db"
    content = file.read_bytes()
    file.write_bytes(content[:16384] + bytes(len(content) - 16384))
    with pytest.raises(StoreUnavailable, match=r"crossmedia\.db"), closing(SQLiteStore(tmp_path)) as store:
        list(store.scan(MediaObject))


def test_a_closed_store_says_so(store: SQLiteStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.count(MediaObject)
    with pytest.raises(StoreUnavailable, match="closed"), store.transaction():
        pass


def test_closing_leaves_one_file(store: SQLiteStore) -> None:
    store.add(texts(0, 10))
    store.close()
    assert [file.name for file in store.path.iterdir()] == ["crossmedia.db"]


# The file.


def test_adding_the_same_again_writes_nothing(store: SQLiteStore) -> None:
    link = Correlation("o00000", "o00001", "k", "intra", 0.5, "m", "1", "r", "why")
    line = Annotation(Segment("o00000", time=(0, 1)), "speech", "said", 0.5, "m")
    records: list[Record] = [*texts(0, 50), link, line]

    def put() -> bytes:
        store.add(records)
        store.mark("parse", {"o00000": "1"})
        store.put_payloads("parse", {"o00000": b"x"})
        store.set_setting("run", "1")
        return (store.path / "crossmedia.db-wal").read_bytes()

    assert put() == put()


def test_the_index_holds_what_the_documents_say(store: SQLiteStore) -> None:
    line = Annotation(Segment("o00003", time=(0, 1)), "speech", "said", 0.5, "m")
    store.add([*texts(0, 20), line])
    store.add([MediaObject("o00003", "text", "s", text="changed")])
    store.remove(MediaObject, ["o00001", "o00002"])
    store.add([Annotation(Segment("o00004"), "ocr", "written", 0.5, "m")])
    with closing(sqlite3.connect(store.path / "crossmedia.db")) as db:
        index = db.execute("SELECT rowid, title, text, annotated FROM words ORDER BY rowid").fetchall()
        assert index == db.execute("SELECT key, title, text, annotated FROM document ORDER BY key").fetchall()
        assert len(index) == 18
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("", ""),
        ("--- !", ""),
        ('"Rescue" AND rescue', '"rescue" OR "and"'),
        ("U.S. don’t Saint-Denis", '"u.s" OR "don’t" OR "saint-denis"'),  # noqa: RUF001
        ("a,b;c", '"a" OR "b" OR "c"'),
    ],
)
def test_queries_are_quoted_words(query: str, expression: str) -> None:
    assert match_expression(query) == expression


def test_a_number_too_large_to_keep_is_invalid_input(store: SQLiteStore) -> None:
    store.add(texts(0, 1))
    with pytest.raises(InvalidInput):
        store.add([Annotation(Segment("o00000", chars=(0, 2**70)), "mention", "x", 0.5, "m")])


# Blocks, threads and other programs.


def test_an_inner_block_that_raises_is_undone_alone(store: SQLiteStore) -> None:
    with store.transaction():
        store.add(texts(0, 1))
        with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012 - the block is what is tested
            store.add(texts(1, 2))
            raise ZeroDivisionError
        store.add(texts(2, 3))
    assert [item.id for item in store.scan(MediaObject)] == ["o00000", "o00002"]


def test_errors_of_the_caller_pass_through_a_block(store: SQLiteStore) -> None:
    with pytest.raises(UnicodeEncodeError), store.transaction():
        "\ud800".encode()
    with pytest.raises(OverflowError), store.transaction():
        raise OverflowError
    store.add(texts(0, 1))


def test_a_second_writer_waits_and_then_gives_up(store: SQLiteStore) -> None:
    with closing(SQLiteStore(store.path, patience=0.1)) as other:
        with store.transaction():
            store.add(texts(0, 1))
            with pytest.raises(Conflict, match="somebody else is writing"):
                other.add(texts(1, 2))
            with pytest.raises(Conflict), other.transaction():
                pass
            assert other.count(MediaObject) == 0, "readers go on with the last committed state"
        other.add(texts(1, 2))
        assert other.count(MediaObject) == 2


def test_a_second_writer_goes_on_when_the_first_is_done(store: SQLiteStore) -> None:
    begun = threading.Event()

    def write() -> None:
        with store.transaction():
            begun.set()
            store.add(texts(0, 200))

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    with closing(SQLiteStore(store.path, patience=20)) as other:
        other.add(texts(200, 201))
        assert other.count(MediaObject) == 201
    thread.join()


def test_a_store_can_be_opened_and_read_while_somebody_writes(store: SQLiteStore) -> None:
    with store.transaction():
        store.add(texts(0, 1))
        with closing(SQLiteStore.open(store.path, create=False, patience=0.0)) as other:
            assert other.count(Source) == 1
            assert other.count(MediaObject) == 0
        store.add(texts(1, 2))
    assert store.count(MediaObject) == 2


@pytest.mark.parametrize("name", ["crossmedia.db", "."])
def test_what_cannot_be_written_cannot_be_opened(
    store: SQLiteStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the system's answer and not by file modes, which do not bind a superuser.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != store.path / name)
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        SQLiteStore(store.path)


def test_connections_go_with_their_threads(store: SQLiteStore) -> None:
    for _ in range(5):
        thread = threading.Thread(target=store.count, args=(MediaObject,))
        thread.start()
        thread.join()
    assert len(store._sessions) == 1


def test_a_forked_program_gets_a_connection_of_its_own(store: SQLiteStore) -> None:
    def look() -> None:
        sys.exit(store.count(MediaObject))

    with store.transaction():
        store.add(texts(0, 5))
        child = multiprocessing.get_context("fork").Process(target=look)
        child.start()
        child.join()
        assert child.exitcode == 0, "it sees what is committed, not what its parent is about to write"
    assert store.count(MediaObject) == 5


def run(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program that has this project's packages."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


OPENER = """
import sys
from kg.sqlite import SQLiteStore
from ontology.model import MediaObject, Source
store = SQLiteStore(sys.argv[1])
store.add([Source("s", "Source"), MediaObject(sys.argv[2], "text", "s")])
store.close()
"""


def test_programs_that_start_at_once_share_a_new_store(tmp_path: Path) -> None:
    programs = [run(OPENER, tmp_path / "s", f"o{number}") for number in range(4)]
    for program in programs:
        _, errors = program.communicate(timeout=60)
        assert (program.returncode, errors) == (0, "")
    with closing(SQLiteStore(tmp_path / "s")) as store:
        assert [item.id for item in store.scan(MediaObject)] == ["o0", "o1", "o2", "o3"]


KILLED = """
import sys, time
from kg.snapshot import digest
from kg.sqlite import SQLiteStore
from ontology.model import Annotation, MediaObject, Segment, Source
def records(start, stop):
    for number in range(start, stop):
        yield MediaObject(f"o{number:05}", "text", "s", text=f"word{number} common")
        yield Annotation(Segment(f"o{number:05}", time=(0, 1)), "speech", f"said{number}", 0.5, "m")
store = SQLiteStore(sys.argv[1])
store.add([Source("s", "Source"), *records(0, 300)])
print(digest(store), flush=True)
with store.transaction():
    store.add(records(300, 6000))
    store.remove(MediaObject, [f"o{number:05}" for number in range(100)])
    print("in the middle", flush=True)
    time.sleep(60)
"""


def test_a_killed_program_leaves_the_last_committed_state(tmp_path: Path) -> None:
    program = run(KILLED, tmp_path / "s")
    assert program.stdout is not None
    committed = program.stdout.readline().strip()
    assert program.stdout.readline() == "in the middle\n"
    program.send_signal(signal.SIGKILL)
    program.communicate()
    with closing(SQLiteStore(tmp_path / "s", patience=1)) as store:
        assert digest(store) == committed
        assert len(store.search("common", limit=1000)) == 300
        assert store.search("word299 said299", limit=1)[0][0] == "o00299"
        assert store.search("word300") == []
        store.add(texts(300, 301))
        assert store.search("word300")

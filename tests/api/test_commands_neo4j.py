"""The commands for Neo4j: a server of one's own, the graph on it and back, and what is said when something is wrong."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from kg import neo4j_server
from kg.snapshot import digest
from kg.sqlite import SQLiteStore
from ontology.model import Event, MediaObject
from tests.api.neo4j_demo import FERRY, fill
from tests.neo4j_lender import Lender


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small store; no server of the user's runs."""
    monkeypatch.setattr(neo4j_server, "default_home", lambda: tmp_path / "home")
    with closing(SQLiteStore(tmp_path / "store")) as store:
        fill(store)
    return tmp_path / "store"


@pytest.fixture
def options(neo4j_lender: Lender, tmp_path: Path) -> list[str]:
    """What names an empty server."""
    neo4j_lender.open(tmp_path / "server").close()
    server = neo4j_lender.server_of(tmp_path / "server")
    return ["--url", server.login.address, "--password-file", str(server.password_file), "--quiet", "--format", "json"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.service
def test_there_and_back(folder: Path, options: list[str], tmp_path: Path) -> None:
    first = run("sync", "neo4j", "--store", folder, "--with-vectors", "--pages", "http://127.0.0.1:8000", *options)
    assert first.exit_code == 0, first.output
    assert json.loads(first.output)["sent"]["Event"] == 2
    again = run("sync", "neo4j", "--store", folder, "--with-vectors", *options)
    assert json.loads(again.output) == {"sent": {}, "removed": {}}
    back = run("sync", "embedded", "--store", tmp_path / "back", *options)
    assert json.loads(back.output)["sent"]["Vector"] == 4
    with closing(SQLiteStore(folder)) as one, closing(SQLiteStore(tmp_path / "back")) as other:
        assert digest(one) == digest(other)


@pytest.mark.service
def test_pages_are_known_to_later_syncs(folder: Path, options: list[str], neo4j_lender: Lender, tmp_path: Path) -> None:
    run("sync", "neo4j", "--store", folder, "--pages", "http://127.0.0.1:8000", *options)
    with closing(SQLiteStore(folder)) as store:
        store.add([MediaObject("new", "text", "coast"), Event("e", "E", None, None, "", FERRY.members)])
    assert run("sync", "neo4j", "--store", folder, *options).exit_code == 0
    with closing(neo4j_lender.open(tmp_path / "server")) as there:
        pages = there.query("MATCH (n) WHERE n:MediaObject OR n:Event RETURN count(n), count(n.page)", {})
    assert pages == [[14, 14]]


@pytest.mark.service
def test_a_wrong_password_is_told_in_a_line(folder: Path, options: list[str], tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("not the password\n")
    told = run("sync", "neo4j", "--store", folder, *options[:2], "--password-file", tmp_path / "wrong")
    assert told.exit_code == 5
    assert "refuses the user 'neo4j'" in told.output
    assert "not the password" not in told.output
    assert len(told.output.splitlines()) == 1


def test_without_a_server_it_is_said_how_to_get_one(folder: Path) -> None:
    for command in (("sync", "neo4j"), ("sync", "embedded")):
        told = run(*command, "--store", folder)
        assert told.exit_code == 5
        assert "`crossmedia neo4j start` starts one, --url names another" in told.output
    assert "no Neo4j server of yours runs" in run("neo4j", "status").output
    assert json.loads(run("neo4j", "status", "--format", "json").output) == {"running": False}
    assert run("neo4j", "stop").exit_code == 3


@pytest.mark.parametrize(
    ("options", "message", "code"),
    [
        (["--url", "bolt://127.0.0.1:1"], "--url needs --password-file", 2),
        (["--url", "bolt://127.0.0.1:1", "--password-file", "nowhere"], "'nowhere' cannot be read", 2),
        (["--url", "ftp://x", "--password-file", "FILE"], "no address of a Neo4j server", 2),
        (["--url", "bolt://127.0.0.1:1", "--password-file", "FILE"], "cannot be reached", 5),
    ],
)
def test_wrong_options_are_told(folder: Path, tmp_path: Path, options: list[str], message: str, code: int) -> None:
    (tmp_path / "password").write_text("x\n")
    told = run("sync", "neo4j", "--store", folder, *(str(tmp_path / "password") if o == "FILE" else o for o in options))
    assert (told.exit_code, message in told.output) == (code, True), told.output


def test_memory_is_a_number_with_a_letter(folder: Path) -> None:
    told = run("neo4j", "start", "--heap", "lots")
    assert told.exit_code == 2
    assert "--heap must be a number" in told.output


@pytest.mark.service
def test_a_server_that_runs_says_where(folder: Path, neo4j_lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    neo4j_lender.open(folder).close()
    server = neo4j_lender.server_of(folder)
    monkeypatch.setattr(neo4j_server, "default_home", lambda: Path(server.home))
    told = json.loads(run("neo4j", "start", "--format", "json").output)
    assert told["browser"] == server.browser
    assert Path(told["style"]).is_file()
    assert Path(told["queries"]).is_dir()
    assert server.login.password not in run("neo4j", "status").output
    assert run("sync", "neo4j", "--store", folder, "--quiet").exit_code == 0
    with closing(neo4j_lender.open(folder)) as store:
        assert store.count(Event) == 2

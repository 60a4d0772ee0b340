"""The launcher: what it needs is said when it is missing, and a server starts, is found, and stops."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import neo4j_assembly, neo4j_server
from kg.neo4j_assembly import assemble, cache, java
from ontology.errors import NotFound, StoreUnavailable
from tests.neo4j_lender import Lender


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make a program that does what a script says; no others are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for needed in ("sh", "cat", "mkdir", "sleep"):
        (folder / needed).symlink_to(f"/bin/{needed}")
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o700)

    return make


JAVA_17 = "echo 'openjdk version \"17.0.9\" 2023-10-17' >&2"


def test_without_java_it_is_said_which_is_needed(programs: Callable[[str, str], None]) -> None:
    with pytest.raises(StoreUnavailable, match="needs Java 17 or 21, but there is no program `java`"):
        java()


@pytest.mark.parametrize("said", ['openjdk version "11.0.20" 2023-07-18', 'java version "1.8.0_202"', "no Java here"])
def test_another_java_is_refused(programs: Callable[[str, str], None], said: str) -> None:
    programs("java", f"echo '{said}' >&2")
    with pytest.raises(StoreUnavailable, match=r"needs Java 17 or 21, but .*java is: .*(11|1\.8|no Java)"):
        java()


def test_without_maven_it_is_said_what_to_do(programs: Callable[[str, str], None], tmp_path: Path) -> None:
    programs("java", JAVA_17)
    with pytest.raises(StoreUnavailable, match=r"no program `mvn`; install it, or use a server of your own with --url"):
        neo4j_server.start(tmp_path / "home", cached=tmp_path / "cache")
    assert neo4j_server.running(tmp_path / "home") is None


def test_what_maven_complains_of_is_told_and_nothing_half_is_kept(
    programs: Callable[[str, str], None], tmp_path: Path
) -> None:
    programs("mvn", "echo '[INFO] x'; echo '[ERROR] Could not resolve org.neo4j:neo4j'; exit 1")
    with pytest.raises(StoreUnavailable, match=r"Could not resolve org\.neo4j:neo4j"):
        assemble(tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["assembling"]


def test_what_was_fetched_is_fetched_once(programs: Callable[[str, str], None], tmp_path: Path) -> None:
    programs("mvn", 'for a in "$@"; do case $a in -DoutputDirectory=*) mkdir "${a#*=}";; esac; done')
    assert assemble(tmp_path) == tmp_path / f"neo4j-{neo4j_assembly.VERSION}"
    programs("mvn", "exit 1")
    assert assemble(tmp_path).is_dir()


def test_a_server_that_does_not_start_says_why(programs: Callable[[str, str], None], tmp_path: Path) -> None:
    (tmp_path / f"neo4j-{neo4j_assembly.VERSION}").mkdir()
    script = 'case "$*" in *Community*) echo "Exception: no such setting";; *) ' + JAVA_17 + ";; esac"
    programs("java", script)
    with pytest.raises(StoreUnavailable, match=r"did not start: Exception: no such setting \(see .*console\.log\)"):
        neo4j_server.start(tmp_path / "home", cached=tmp_path)


def test_what_does_not_run_cannot_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no Neo4j server"):
        neo4j_server.stop(tmp_path)


def test_a_process_that_took_the_number_is_no_server(tmp_path: Path) -> None:
    note = {"pid": os.getpid(), "bolt": 1, "http": 2, "home": str(tmp_path / "home-of-a-server")}
    (tmp_path / "server.json").write_text(json.dumps(note))
    assert neo4j_server.running(tmp_path) is None


def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache() == tmp_path / "crossmedia"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache() == tmp_path / ".cache" / "crossmedia"


@pytest.mark.service
def test_a_server_is_private_and_listens_on_loopback_alone(neo4j_lender: Lender, tmp_path: Path) -> None:
    neo4j_lender.open(tmp_path).close()
    server = neo4j_lender.server_of(tmp_path)
    home = Path(server.home)
    assert neo4j_server.running(home) == server
    assert neo4j_server.start(home) == server, "one that runs is given as it is"
    for file in ("password", "server.json"):
        assert stat.S_IMODE((home / file).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    password = server.password_file.read_text().strip()
    assert len(password) >= 32
    assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
    settings = (home / "conf" / "neo4j.conf").read_text()
    assert "server.default_listen_address=127.0.0.1\n" in settings
    assert "auth_enabled" not in settings

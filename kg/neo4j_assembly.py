"""Assembles a Neo4j Community server with Neo4j Browser from the Java package registry, once for a version.

Neo4j is a program of its own under the GPLv3: it is fetched by the user's Maven into the user's cache, spoken to over
the network, and no part of this project.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ontology.errors import StoreUnavailable

VERSION: Final = "5.26.12"
BROWSER: Final = "5.24.0"
PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
JAVA: Final = (17, 21)
PATIENCE: Final = 900
"""Seconds for the download of some 130 MB."""

ARTIFACTS: Final = (
    ("org.neo4j.app", "neo4j-server", VERSION),
    ("org.neo4j", "neo4j", VERSION),
    ("org.neo4j.client", "neo4j-browser", BROWSER),
)


def cache() -> Path:
    """The folder of this project in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crossmedia"


def assemble(folder: Path | None = None) -> Path:
    """The folder with the jars of the server, fetched if they are not there. Raises `StoreUnavailable`."""
    kept = (folder or cache()) / f"neo4j-{VERSION}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with alone(kept.parent / "assembling"):
        if not kept.is_dir():
            _fetch(kept)
    return kept


def java() -> str:
    """The Java to run the server with. Raises `StoreUnavailable` if there is none that it runs on."""
    wanted = " or ".join(map(str, JAVA))
    program = shutil.which("java")
    if program is None:
        raise StoreUnavailable(f"a Neo4j server needs Java {wanted}, but there is no program `java`; install a JRE")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) not in JAVA:
        raise StoreUnavailable(f"a Neo4j server needs Java {wanted}, but {program} is: {said.partition(chr(10))[0]}")
    return program


def _fetch(kept: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreUnavailable(
            "the Neo4j server is fetched with Maven, but there is no program `mvn`; install it, "
            "or use a server of your own with --url"
        )
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="neo4j-") as made:
        (Path(made) / "pom.xml").write_text(_pom())
        jars = Path(made) / "jars"
        command = [
            maven,
            "-B",
            "-q",
            "-f",
            f"{made}/pom.xml",
            PLUGIN,
            f"-DoutputDirectory={jars}",
            "-DincludeScope=runtime",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise StoreUnavailable(f"Maven did not fetch the Neo4j server within {PATIENCE} s") from error
        if done.returncode:
            said = [line for line in done.stdout.splitlines() if "ERROR" in line] or [done.stderr.strip()]
            raise StoreUnavailable(f"Maven could not fetch the Neo4j server: {said[0][:400]}")
        jars.rename(kept)


def _pom() -> str:
    needed = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in ARTIFACTS
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>crossmedia</groupId><artifactId>neo4j</artifactId>"
        f"<version>{VERSION}</version><dependencies>{needed}</dependencies></project>"
    )


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let one program at a time into the block."""
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

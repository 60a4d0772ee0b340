"""A small launcher: a Neo4j server of one's own, on loopback, with a password, on ports that are free.

For tests and for users without containers. Everything that the server keeps lies in one folder, its home; `server.json`
there says where it listens, `password` (readable by its owner alone) how to log in.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kg.neo4j_assembly import alone, assemble, cache, java
from kg.neo4j_session import Connection, Login, change_first_password
from ontology.errors import NotFound, StoreUnavailable

HOST: Final = "127.0.0.1"
USER: Final = "neo4j"
START: Final = 120.0
STOP: Final = 60.0
OPENED: Final = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its process, where it listens, and its folder."""

    pid: int
    bolt: int
    http: int
    home: str

    @property
    def login(self) -> Login:
        """How to log in."""
        return Login(f"bolt://{HOST}:{self.bolt}", USER, self.password_file.read_text().strip())

    @property
    def password_file(self) -> Path:
        """The file with the password."""
        return Path(self.home) / "password"

    @property
    def browser(self) -> str:
        """The address of Neo4j Browser, with what it needs to know to offer the log-in to this server."""
        return f"http://{HOST}:{self.http}/browser/?dbms=bolt%3A%2F%2F{USER}%40{HOST}%3A{self.bolt}&db=neo4j"


def default_home() -> Path:
    """The folder of the server that the command line starts."""
    return cache() / "neo4j-home"


def running(home: Path | None = None) -> Server | None:
    """The server of a folder if it runs."""
    file = (home or default_home()) / "server.json"
    if not file.is_file():
        return None
    server = Server(**json.loads(file.read_text()))
    return server if server.home in _command_of(server.pid) else None


def start(home: Path | None = None, *, heap: str = "768m", cached: Path | None = None) -> Server:
    """Start the server of a folder, or give it if it runs; `heap` is how much memory Java may use.

    Raises `StoreUnavailable` if Java or Maven is missing, the server cannot be fetched, or does not start.
    """
    folder = (home or default_home()).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(folder / "starting"):
        found = running(folder)
        if found is not None:
            return found
        program, jars = java(), assemble(cached)
        bolt, web = _free_ports()
        _configure(folder, bolt, web)
        server = Server(_launch(program, jars, folder, heap), bolt, web, str(folder))
        _private(folder / "server.json").write_text(json.dumps(asdict(server)))
        _wait(lambda: _answers(server), START, f"the Neo4j server did not start within {START:.0f} s")
        _log_in(server)
        return server


def stop(home: Path | None = None) -> None:
    """Stop the server of a folder. Raises `NotFound` if none runs."""
    folder = home or default_home()
    server = running(folder)
    if server is None:
        raise NotFound(f"no Neo4j server of {folder} runs")
    os.kill(server.pid, signal.SIGTERM)
    _wait(lambda: running(folder) is None, STOP, f"the Neo4j server (process {server.pid}) did not stop")
    (folder / "server.json").unlink()


def _free_ports() -> tuple[int, int]:
    with closing(socket.socket()) as one, closing(socket.socket()) as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _configure(folder: Path, bolt: int, web: int) -> None:
    (folder / "conf").mkdir(exist_ok=True)
    settings = {
        "server.default_listen_address": HOST,
        "server.bolt.listen_address": f":{bolt}",
        "server.http.listen_address": f":{web}",
        "server.memory.pagecache.size": "256m",
        "db.lock.acquisition.timeout": "60s",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    }
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    (folder / "conf" / "neo4j.conf").write_text(text)


def _launch(program: str, jars: Path, folder: Path, heap: str) -> int:
    """Start Java as a process that outlives this one; give its number."""
    command = [program, "-Xms128m", f"-Xmx{heap}"]
    command += [f"--add-opens={opened}=ALL-UNNAMED" for opened in OPENED]
    command += ["--enable-native-access=ALL-UNNAMED", "-cp", f"{jars}/*", "org.neo4j.server.CommunityEntryPoint"]
    command += [f"--home-dir={folder}", f"--config-dir={folder}/conf"]
    # The shell is there to let go of the server: nobody has to wait for the end of it.
    shell = ["sh", "-c", 'log=$1; shift; "$@" >"$log" 2>&1 & echo $!', "sh", str(folder / "console.log"), *command]
    done = subprocess.run(shell, capture_output=True, text=True, check=True, start_new_session=True)
    return int(done.stdout)


def _command_of(pid: int) -> str:
    """The command line of a process, empty if it is gone."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False).stdout


def _answers(server: Server) -> bool:
    if server.home not in _command_of(server.pid):
        raise StoreUnavailable(f"the Neo4j server did not start: {_complaint(Path(server.home) / 'console.log')}")
    connection = http.client.HTTPConnection(HOST, server.http, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _complaint(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    wrong = [line for line in lines if "ERROR" in line or "Exception" in line]
    return f"{(wrong or lines or ['it said nothing'])[0][:400]} (see {log})"


def _log_in(server: Server) -> None:
    """Give a new server its password; a server that has it already is left alone."""
    file = server.password_file
    if not file.exists():
        _private(file).write_text(secrets.token_urlsafe(24) + "\n")
    try:
        Connection(server.login, patience=10.0).close()
    except StoreUnavailable:
        change_first_password(server.login)


def _private(file: Path) -> Path:
    """An empty file that its owner alone may read."""
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return file


def _wait(done: Callable[[], bool], seconds: float, complaint: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise StoreUnavailable(complaint)
        time.sleep(0.1)

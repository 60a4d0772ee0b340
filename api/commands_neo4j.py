"""Commands for Neo4j: a server of one's own, and the graph on it, for Neo4j Browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from api import output
from api.options import common, opened
from api.output import Format
from ontology.errors import InvalidInput, StoreUnavailable

if TYPE_CHECKING:
    from kg.neo4j import Neo4jStore
    from kg.neo4j_server import Server
    from kg.neo4j_session import Login
    from kg.syncing import Sent

PAGES: Final = "pages"
"""The setting on the server that says where the pages are that its nodes lead to."""

F = TypeVar("F", bound=Callable[..., Any])


def server_options(command: F) -> F:
    """The options that say which server is meant."""

    @click.option("--url", envvar="CROSSMEDIA_NEO4J_URL", help="Bolt address; that of `neo4j start` if not given.")
    @click.option("--user", envvar="CROSSMEDIA_NEO4J_USER", default="neo4j", show_default=True, help="Who logs in.")
    @click.option(
        "--password-file",
        type=click.Path(path_type=Path),
        envvar="CROSSMEDIA_NEO4J_PASSWORD_FILE",
        help="File with the password of the user.",
    )
    @click.option("--database", default="neo4j", show_default=True, help="Database of the server.")
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


@click.group()
def neo4j() -> None:
    """A Neo4j server of your own, with Neo4j Browser, on this machine."""


@neo4j.command()
@click.option("--heap", default="768m", show_default=True, help="Memory that the server may use, such as 2g.")
@common
def start(heap: str, folder: Path, form: Format) -> None:
    """Start it, and fetch it first if need be (some 130 MB, with Maven)."""
    from kg import neo4j_server

    del folder  # every command takes --store; these do not depend on it
    if not heap[:-1].isdigit() or heap[-1:] not in "kmg":
        raise InvalidInput(f"--heap must be a number with k, m or g, such as 768m, got {heap!r}")
    _tell(neo4j_server.start(heap=heap), form)


@neo4j.command()
@common
def stop(folder: Path, form: Format) -> None:
    """Stop it; what it holds stays."""
    from kg import neo4j_server

    del folder
    neo4j_server.stop()
    if form != "text":
        output.one({"running": False}, form)


@neo4j.command()
@common
def status(folder: Path, form: Format) -> None:
    """Whether it runs, where, and how to log in."""
    from kg import neo4j_server

    del folder
    _tell(neo4j_server.running(), form)


def _tell(server: Server | None, form: Format) -> None:
    if server is None:
        if form == "text":
            click.echo("no Neo4j server of yours runs; `crossmedia neo4j start` starts one")
        else:
            output.one({"running": False}, form)
        return
    from kg.neo4j_queries import FOLDER, STYLE

    told = {
        "running": True, "browser": server.browser, "bolt": server.login.address, "user": server.login.user,
        "password_file": str(server.password_file), "process": server.pid, "style": str(STYLE), "queries": str(FOLDER),
    }  # fmt: skip
    if form != "text":
        output.one(told, form)
        return
    click.echo(f"Neo4j Browser  {told['browser']}\nBolt           {told['bolt']}")
    click.echo(f"User           {told['user']}\nPassword       in {told['password_file']}")
    click.echo(f"Style          {told['style']}\nQueries        {told['queries']}")


@click.group()
def sync() -> None:
    """Make a graph on a Neo4j server equal to that of the store, or the other way round."""


@sync.command(name="neo4j")
@server_options
@click.option("--with-vectors", is_flag=True, help="Send vectors too, for look-alikes; they are much.")
@click.option("--pages", metavar="URL", help="Where `serve` runs, for links from nodes to pages; later syncs know it.")
@click.option("--quiet", is_flag=True, help="No progress bars.")
@common
def to_neo4j(with_vectors: bool, pages: str | None, quiet: bool, folder: Path, form: Format, **server: Any) -> None:
    """Send what differs from the store to a Neo4j server. Stopped, it goes on where it was when run again."""
    from api.jobs import alone

    with opened(folder) as store, alone(folder), _opened_server(**server) as target:
        sent = _sync(store, target, with_vectors, quiet)
        address = pages or target.setting(PAGES)
        if address is not None:
            target.set_pages(address)
            target.set_setting(PAGES, address)
    _report(sent, form)


@sync.command()
@server_options
@click.option("--quiet", is_flag=True, help="No progress bars.")
@common
def embedded(quiet: bool, folder: Path, form: Format, **server: Any) -> None:
    """Send what differs from a Neo4j server to the store; what the server does not hold is removed from it."""
    from api.jobs import alone

    with _opened_server(**server) as source, opened(folder, create=True) as store, alone(folder):
        sent = _sync(source, store, bool(source.view_names()), quiet)
    _report(sent, form)


def _sync(source: Any, target: Any, vectors: bool, quiet: bool) -> Sent:
    from api.jobs import Progress
    from kg.syncing import sync as synchronise
    from kg.syncing import total

    with Progress(quiet).stage("sync", total(source, vectors)) as bar:
        return synchronise(source, target, vectors=vectors, told=lambda part, count: bar.update(count))


@contextmanager
def _opened_server(url: str | None, user: str, password_file: Path | None, database: str) -> Iterator[Neo4jStore]:
    from kg.neo4j import Neo4jStore

    store = Neo4jStore(_login(url, user, password_file, database))
    try:
        yield store
    finally:
        store.close()


def _login(url: str | None, user: str, password_file: Path | None, database: str) -> Login:
    """How to log in to the server that is named, or to one's own."""
    from kg import neo4j_server
    from kg.neo4j_session import Login

    if url is None:
        server = neo4j_server.running()
        if server is None:
            raise StoreUnavailable(
                "no Neo4j server of yours runs; `crossmedia neo4j start` starts one, --url names another"
            )
        return server.login
    if password_file is None:
        raise InvalidInput("--url needs --password-file, a file with the password")
    try:
        return Login(url, user, password_file.read_text(encoding="utf-8").strip(), database)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--password-file {str(password_file)!r} cannot be read: {error}") from error


def _report(sent: Sent, form: Format) -> None:
    if form != "text":
        output.one({"sent": sent.added, "removed": {kind: n for kind, n in sent.removed.items() if n}}, form)
        return
    for kind, number in sent.added.items():
        click.echo(f"{number:>9} {kind} sent")
    for kind, number in sent.removed.items():
        if number:
            click.echo(f"{number:>9} {kind} removed")
    if not sent.added and not any(sent.removed.values()):
        click.echo("nothing differs")

"""The command line: thin commands over the pipeline, the store and the search."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from functools import wraps
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from api import output
from api.commands_curate import annotate, confirm, decisions, merge, reject, withdraw_decisions
from api.commands_graph import communities, graph, path_between
from api.commands_neo4j import neo4j, sync
from api.commands_ontology import infer, validate, vocabulary
from api.commands_rdf import ask, export_rdf, import_rdf, sparql
from api.commands_topics import topics
from api.options import common, opened
from api.output import Format
from ontology.errors import Conflict, CrossmediaError, InvalidInput, NotFound, StoreUnavailable
from ontology.model import MODALITIES, Event, Failure, MediaObject, Modality

if TYPE_CHECKING:
    from api.hits import Hit
    from api.search import StoreSearcher
    from kg.store import Store

F = TypeVar("F", bound=Callable[..., Any])

EXIT_CODES: Final = {InvalidInput: 2, NotFound: 3, Conflict: 4, StoreUnavailable: 5}


class Group(click.Group):
    """Says what went wrong in one line and gives each class of error an exit code of its own."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error of the project becomes a message on the error stream."""
        try:
            return super().invoke(ctx)
        except CrossmediaError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))


def working(command: F) -> F:
    """The options of commands that look at media."""

    @click.option("--workers", type=click.IntRange(0, 64), help="Processes; one a processor if not given.")
    @click.option("--quiet", is_flag=True, help="No progress bars.")
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


modality_option = click.option("--modality", type=click.Choice(MODALITIES), help="Only objects of this medium.")
limit_option = click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most.")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crossmedia")
def main() -> None:
    """Events with evidence in every medium, from a pile of texts, pages, photos, recordings and clips."""


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="TOML file that names the fields of a table.")
@click.option("--collection", help="Name of the collection; that of the folder or file if not given.")
@click.option("--joint", type=click.Path(path_type=Path), help="Folder of a CLIP-style encoder to use as well.")
@click.option("--method", metavar="NAME", help="How pictures and words are brought together; CCA at first.")
@click.option("--views", metavar="NAME,...", help="Further views to make from now on; `crossmedia views` lists them.")
@click.option("--restore", is_flag=True, help="Take in again what was removed.")
@click.option(
    "--topics/--no-topics", "tell_topics", default=True, show_default=True, help="Tell the topics of what is new."
)
@working
@common
def build(
    path: Path,
    mapping: Path | None,
    collection: str | None,
    joint: Path | None,
    method: str | None,
    views: str | None,
    restore: bool,
    tell_topics: bool,
    workers: int | None,
    quiet: bool,
    folder: Path,
    form: Format,
) -> None:
    """Read the collection at PATH and bring the graph and its events up to date."""
    from api import notes, pipeline, viewing
    from api.jobs import Progress, alone

    with opened(folder, create=True) as store, alone(folder):
        if joint is not None:
            notes.set_joint(store, joint)
        if method is not None:
            notes.set_method(store, method)
        if views is not None:
            viewing.choose(store, [name.strip() for name in views.split(",")])
        settings = pipeline.Settings(workers, notes.encoder_choice(store), notes.method(store), tell_topics)
        report = pipeline.build(
            store,
            path,
            mapping=mapping,
            collection=collection,
            settings=settings,
            progress=Progress(quiet),
            restore=restore,
        )
        output.report(report, form, folder)


@main.command()
@click.option("--limit", type=click.IntRange(1), help="At most; all if not given.")
@common
def events(limit: int | None, folder: Path, form: Format) -> None:
    """List the events, the latest first; as JSON lines for other programs."""
    with opened(folder) as store:
        output.events(latest_first(store.scan(Event))[:limit], form)


@main.command()
@click.argument("event_id", metavar="ID")
@common
def event(event_id: str, folder: Path, form: Format) -> None:
    """Tell one event in six aspects with its evidence."""
    with opened(folder) as store:
        found = store.get(Event, [event_id])
        if not found:
            raise NotFound(f"there is no event {event_id!r}; `crossmedia events` lists them")
        objects = store.get(MediaObject, [member.object for member in found[event_id].members])
        output.event(found[event_id], objects, form)


@main.command()
@click.argument("object_id", metavar="OBJECT")
@modality_option
@limit_option
@common
def related(object_id: str, modality: Modality | None, limit: int, folder: Path, form: Format) -> None:
    """Objects linked to one, of any medium, with the reasons."""
    with opened(folder) as store:
        _print_hits(store, searcher(store).related(object_id, modality=modality, limit=limit), form)


@main.command()
@click.argument("query", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path), help="Search by a file of any medium.")
@click.option("--object", "object_id", help="Search by an object of the store.")
@modality_option
@limit_option
@common
def search(
    query: str | None,
    path: Path | None,
    object_id: str | None,
    modality: Modality | None,
    limit: int,
    folder: Path,
    form: Format,
) -> None:
    """Search by words (QUERY), by a file of any medium, or by an object."""
    if sum(given is not None for given in (query, path, object_id)) != 1:
        raise InvalidInput("give one of: words to search for, --file, --object")
    with opened(folder) as store:
        finder = searcher(store)
        if path is not None:
            hits = finder.content(path, modality=modality, limit=limit)
        elif object_id is not None:
            hits = finder.related(object_id, modality=modality, limit=limit)
        else:
            hits = finder.words(query or "", modality=modality, limit=limit)
        _print_hits(store, hits, form)


@main.command()
@common
def status(folder: Path, form: Format) -> None:
    """What the store holds, and every item that failed, at what stage and why."""
    from api.counts import counts

    with opened(folder) as store:
        failures = list(store.scan(Failure))
        objects = store.get(MediaObject, [failure.item for failure in failures])
        output.status(counts(store), failures, objects, form)


@main.command()
@working
@common
def retry(workers: int | None, quiet: bool, folder: Path, form: Format) -> None:
    """Take up again only what failed."""
    from api import notes, pipeline
    from api.jobs import Progress, alone

    with opened(folder) as store, alone(folder):
        settings = pipeline.Settings(workers, notes.encoder_choice(store), notes.method(store))
        output.report(pipeline.retry(store, settings, Progress(quiet)), form, folder)


@main.command()
@click.argument("object_ids", metavar="OBJECT...", nargs=-1, required=True)
@working
@common
def remove(object_ids: tuple[str, ...], workers: int | None, quiet: bool, folder: Path, form: Format) -> None:
    """Remove objects with everything derived from them; later builds leave them out."""
    from api import notes, pipeline
    from api.jobs import Progress, alone

    with opened(folder) as store, alone(folder):
        settings = pipeline.Settings(workers, notes.encoder_choice(store), notes.method(store))
        output.report(pipeline.remove(store, object_ids, settings, Progress(quiet)), form, folder)


@main.command()
@common
def models(folder: Path, form: Format) -> None:
    """The learned weights in use: name, task, origin, licence, size."""
    from correlate.features.weights import WEIGHTS

    del folder  # every command takes --store; this one does not depend on it
    output.models(list(WEIGHTS.values()), form)


@main.command()
@common
def views(folder: Path, form: Format) -> None:
    """The views that a build can make: name, medium, level, form, width, cost for one object, what it shows."""
    from correlate.features.views import VIEWS

    del folder  # every command takes --store; this one does not depend on it
    output.views(list(VIEWS.values()), form)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--allow-host", "names", multiple=True, help="Further host name to answer to.")
@click.option(
    "--key-file", type=click.Path(path_type=Path), help="File of who may decide over HTTP: `name: key` lines."
)
@click.option("--neo4j-browser", envvar="CROSSMEDIA_NEO4J_BROWSER", metavar="URL", help="Where events lead to as well.")
@common
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    key_file: Path | None,
    neo4j_browser: str | None,
    folder: Path,
    form: Format,
) -> None:
    """Serve the pages and the HTTP API."""
    import waitress

    from api.app import LOOPBACK, create_app
    from api.keys import Keys
    from api.resources.neo4j import configure

    writers = Keys.read(key_file)
    with opened(folder) as store:
        listener = _listen(host, port)
        app = create_app(store, searcher(store), hosts=(*LOOPBACK, *names), writers=writers)
        configure(app, neo4j_browser)
        address = f"http://{host}:{listener.getsockname()[1]}"
        output.serving(address, folder, form)
        waitress.serve(app, sockets=[listener], threads=8, ident=None)


def latest_first(found: Iterable[Event]) -> list[Event]:
    """Events by start, those without one last, then by id."""
    return sorted(found, key=lambda event: (-event.start.timestamp() if event.start else inf, event.id))


def searcher(store: Store) -> StoreSearcher:
    """The search over a store with the encoders that it was built with."""
    from api import notes
    from api.search import StoreSearcher

    return StoreSearcher(store, notes.encoder_choice(store))


def _print_hits(store: Store, hits: list[Hit], form: Format) -> None:
    output.hits(hits, store.get(MediaObject, [hit.object for hit in hits]), form)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Conflict(f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port") from error
    return listener


main.add_command(neo4j)
main.add_command(sync)
main.add_command(validate)
main.add_command(infer)
main.add_command(vocabulary)
for command in (confirm, reject, merge, annotate, decisions, withdraw_decisions, graph, path_between, communities):
    main.add_command(command)
for command in (export_rdf, import_rdf, ask, sparql, topics):
    main.add_command(command)

if __name__ == "__main__":
    main()

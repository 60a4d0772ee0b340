"""Commands that look at the graph as a network: files for other programs and back, paths, communities."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from api import output
from api.commands_curate import line, whoever
from api.options import common, opened
from api.output import Format
from ontology.errors import Conflict, InvalidInput
from ontology.model import Decision

if TYPE_CHECKING:
    from kg.network_writing import GraphFormat
    from kg.store import Store


class Moment(click.ParamType[datetime]):
    """A date or time in ISO 8601, in UTC if it has no zone; a date alone is its first or last second."""

    name = "time"

    def __init__(self, end: bool = False) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read a time."""
        try:
            read = datetime.fromisoformat(str(value))
            if self._end and len(str(value)) <= 10:
                read = datetime.combine(read.date(), time(23, 59, 59))
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"not a date or time in ISO 8601: {str(value)[:80]!r}", param, ctx)


@click.group()
def graph() -> None:
    """Files of the graph for other programs, such as Gephi, and back."""


@graph.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--graph-format", type=click.Choice(["graphml", "gexf", "json"]), default="graphml", show_default=True)
@click.option("--event", help="Only the objects, answers and sources of one event.")
@click.option("--kind", "kinds", multiple=True, help="Only edges of this kind (`link` is every link); may be repeated.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    type=click.Choice(["object", "event", "source", "aspect"]),
    help="Only such nodes.",
)
@click.option("--since", type=Moment(), help="Only what was published or happened from then on.")
@click.option("--until", type=Moment(end=True), help="Only what was published or happened until then.")
@click.option("--least", type=click.FloatRange(0, 1), default=0.0, help="Least weight of an edge.")
@click.option("--limit", type=click.IntRange(1), help="At most so many nodes, those with the most weight.")
@click.option("--layout", is_flag=True, help="With positions to draw nodes at; for up to 2000 nodes.")
@click.option("--rejected", is_flag=True, help="With links that were rejected.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def export(path: Path, graph_format: GraphFormat, force: bool, folder: Path, form: Format, **wish: Any) -> None:
    """Write the graph, or a part of it, to FILE (`-` for standard output) with weights, reasons, status and times."""
    from kg.network_writing import write

    if str(path) != "-" and path.exists() and not force:
        raise Conflict(f"{str(path)!r} is there already; --force writes over it")
    with opened(folder) as store:
        network, places = _network(store, **wish)
        text = write(network, graph_format, store.scan(Decision), places)
        if str(path) == "-":
            sys.stdout.writelines(text)
            return
        _write(path, text)
    if form == "text":
        click.echo(f"{len(network.nodes)} nodes and {len(network.edges)} edges in {path}")
    else:
        output.one({"file": str(path), "nodes": len(network.nodes), "edges": len(network.edges)}, form)


def _network(
    store: Store,
    event: str | None,
    kinds: tuple[str, ...],
    nodes: tuple[Any, ...],
    since: datetime | None,
    until: datetime | None,
    least: float,
    limit: int | None,
    layout: bool,
    rejected: bool,
) -> tuple[Any, dict[str, tuple[float, float]]]:
    from kg.network import NODE_KINDS, Wanted, bounded
    from kg.network_building import network_of
    from kg.network_layout import places

    wanted = Wanted(nodes or NODE_KINDS, kinds or None, event, since, until, least, rejected)
    network = network_of(store, wanted)
    if limit is not None:
        network = bounded(network, limit, () if event is None else (f"event:{event}",))
    return network, places(network) if layout else {}


def _write(path: Path, text: Iterable[str]) -> None:
    """All or nothing: what was there stays until the new file is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        try:
            # A lone surrogate, which UTF-8 has no way to write, becomes a question mark.
            with part.open("w", encoding="utf-8", errors="replace", newline="") as file:
                file.writelines(text)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be written: {error.strerror}") from error


@graph.command(name="import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--by", envvar="CROSSMEDIA_BY", help="Who changed the file; your name on this machine if not given.")
@click.option("--dry-run", is_flag=True, help="Say what would be decided, and decide nothing.")
@common
def import_(path: Path, by: str | None, dry_run: bool, folder: Path, form: Format) -> None:
    """Take what was confirmed, rejected and noted in a FILE (GraphML or JSON) as decisions.

    Nothing else is taken from it: objects, links and events come from builds.
    """
    from api.curating import decision_dict
    from kg.deciding import decide
    from kg.network_reading import read, wishes

    with opened(folder) as store:
        found = wishes(read(path), store, whoever(by), datetime.now(UTC))
        links = [] if dry_run else decide(store, found)
    if form != "text":
        output.one({"decisions": list(map(decision_dict, found)), "links_changed": len(links)}, form)
        return
    for decision in found:
        click.echo(line(decision))
    click.echo(f"{len(found)} decisions, {len(links)} links changed")


@click.command(name="path")
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("--most", type=click.IntRange(1, 20), default=1, show_default=True, help="So many ways at most.")
@click.option("--kind", "kinds", multiple=True, help="Only edges of this kind; links and memberships if not given.")
@click.option("--least", type=click.FloatRange(0, 1), default=0.0, help="Least weight of an edge.")
@common
def path_between(
    start: str, end: str, most: int, kinds: tuple[str, ...], least: float, folder: Path, form: Format
) -> None:
    """Why A and B, objects or events, hang together: the surest path between them, with the reason for each step.

    Further paths use none of the links of those before.
    """
    from api.networks import WALKED, path_dict, resolve
    from kg.network import NODE_KINDS, Wanted
    from kg.network_building import network_of
    from kg.network_matrix import snapshot
    from kg.network_paths import best_paths

    with opened(folder) as store:
        network = network_of(store, Wanted(NODE_KINDS, kinds or WALKED, least=least))
    matrix = snapshot(network)
    paths = best_paths(network, matrix, resolve(matrix, start), resolve(matrix, end), most)
    nodes = {node.key: node for node in network.nodes}
    shown = [path_dict(path, nodes) for path in paths]
    if form != "text":
        output.rows(shown, form)
        return
    for path in shown:
        click.secho(f"{path['weight']:.3f}", bold=True)
        click.echo(f"  {path['nodes'][0]['label']}  [{path['nodes'][0]['key']}]")
        for step, node in zip(path["steps"], path["nodes"][1:], strict=True):
            click.echo(f"    {step['weight']:.2f} {step['kind']}: {step.get('reason', '')}")
            click.echo(f"  {node['label']}  [{node['key']}]")
    if not shown:
        click.echo("they do not hang together")


@click.command()
@click.option("--resolution", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="Higher: smaller.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many, largest first.")
@click.option("--least", type=click.FloatRange(0, 1), default=0.0, help="Least weight of an edge.")
@common
def communities(resolution: float, limit: int, least: float, folder: Path, form: Format) -> None:
    """Groups of objects and events with more links among them than chance would put there."""
    from api.networks import WALKED, community_rows
    from kg.network import Wanted
    from kg.network_building import network_of

    with opened(folder) as store:
        network = network_of(store, Wanted(("object", "event"), WALKED, least=least))
    rows = community_rows(network, resolution)[:limit]
    if form != "text":
        output.rows(rows, form)
        return
    for row in rows:
        central = cast("list[dict[str, Any]]", row["central"])
        names = "; ".join(" ".join(node["label"].split())[:60] for node in central)
        click.echo(f"{row['size']:>5} nodes  {row['events']:>3} events  {names}")
    click.echo(f"{len(rows)} communities")

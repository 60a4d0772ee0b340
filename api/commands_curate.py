"""Commands by which a person decides: confirm, reject, merge, annotate; list what was decided; take it back."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from api import output
from api.options import common, opened
from api.output import Format
from api.present import correlation_dict
from ontology.model import Action, Correlation, Decision

F = TypeVar("F", bound=Callable[..., Any])


def deciding(command: F) -> F:
    """The options of commands that decide."""

    @click.option("--note", default="", help="Why, in your words.")
    @click.option("--by", envvar="CROSSMEDIA_BY", help="Who decides; your name on this machine if not given.")
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


def whoever(by: str | None) -> str:
    """Who decides: who is named, else the person who is logged in."""
    return by or getpass.getuser()


kind_option = click.option("--kind", default="", help="Only links of this kind between the two.")


@click.command()
@click.argument("things", metavar="LINK | A B", nargs=-1, required=True)
@kind_option
@deciding
@common
def confirm(things: tuple[str, ...], kind: str, note: str, by: str | None, folder: Path, form: Format) -> None:
    """Confirm that two objects, or an object and an event, belong together; LINK is the id of a link."""
    _decide("confirm", things, note, by, folder, form, kind)


@click.command()
@click.argument("things", metavar="LINK | A B", nargs=-1, required=True)
@kind_option
@deciding
@common
def reject(things: tuple[str, ...], kind: str, note: str, by: str | None, folder: Path, form: Format) -> None:
    """Reject that two objects, or an object and an event, belong together; LINK is the id of a link."""
    _decide("reject", things, note, by, folder, form, kind)


@click.command()
@click.argument("things", metavar="A B", nargs=2)
@deciding
@common
def merge(things: tuple[str, ...], note: str, by: str | None, folder: Path, form: Format) -> None:
    """Say that two events, or two sources, are one; the next build tells them as one."""
    _decide("merge", things, note, by, folder, form)


@click.command()
@click.argument("thing", metavar="ID")
@click.argument("words", metavar="NOTE")
@click.option("--by", envvar="CROSSMEDIA_BY", help="Who says so; your name on this machine if not given.")
@common
def annotate(thing: str, words: str, by: str | None, folder: Path, form: Format) -> None:
    """Put a NOTE on an object, an event, a source or a link."""
    _decide("annotate", [thing], words, by, folder, form)


def _decide(
    action: Action, things: Sequence[str], note: str, by: str | None, folder: Path, form: Format, kind: str = ""
) -> None:
    from api.curating import said
    from kg.deciding import decide

    with opened(folder) as store:
        decision = said(store, action, things, note, whoever(by), datetime.now(UTC), kind)
        _print_done([decision], decide(store, [decision]), form)


@click.command()
@click.option("--about", "thing", help="Only decisions on the thing with this id.")
@common
def decisions(thing: str | None, folder: Path, form: Format) -> None:
    """List what people decided, the oldest first."""
    from api.curating import decision_dict
    from kg.curation import in_time

    with opened(folder) as store:
        found = [d for d in in_time(store.scan(Decision)) if thing is None or thing in (d.subject, d.target)]
    if form != "text":
        output.rows(map(decision_dict, found), form)
        return
    for decision in found:
        click.echo(line(decision))
    click.echo(f"{len(found)} decisions")


@click.command(name="withdraw")
@click.argument("ids", metavar="DECISION...", nargs=-1, required=True)
@common
def withdraw_decisions(ids: tuple[str, ...], folder: Path, form: Format) -> None:
    """Take decisions back: what was decided before them holds again, or nothing."""
    from kg.deciding import withdraw

    with opened(folder) as store:
        taken = store.get(Decision, ids)
        _print_done(taken.values(), withdraw(store, ids), form)


def _print_done(done: Iterable[Decision], links: Sequence[Correlation], form: Format) -> None:
    if form != "text":
        from api.curating import decision_dict

        output.one({"decisions": [decision_dict(d) for d in done], "links": list(map(correlation_dict, links))}, form)
        return
    for decision in done:
        click.echo(line(decision))
    for link in links:
        click.echo(f"  {link.status:<9} {link.kind} {link.subject} - {link.target} ({link.weight:.2f})")


def line(decision: Decision) -> str:
    """A decision in one line for people."""
    things = decision.subject if decision.target is None else f"{decision.subject} - {decision.target}"
    kind = f" ({decision.kind})" if decision.kind else ""
    note = f": {' '.join(decision.note.split())}" if decision.note else ""
    return f"{decision.id}  {decision.at:%Y-%m-%d %H:%M}  {decision.by}  {decision.action} {things}{kind}{note}"

"""What commands print: text for people, JSON and JSON lines for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from api.hits import Hit
from api.present import event_line, failure_dict, hit_dict, json_text
from ontology.model import ASPECTS, Event, Failure, MediaObject, isoformat

if TYPE_CHECKING:
    from api.pipeline import Report
    from correlate.features.views import ViewKind
    from correlate.features.weights import Weights

Format = Literal["text", "json", "jsonl"]


def rows(entries: Iterable[dict[str, Any]], form: Format) -> None:
    """Print entries as one JSON array or as a line each."""
    if form == "json":
        click.echo(json_text(list(entries), indent=2))
    else:
        for entry in entries:
            click.echo(json_text(entry))


def one(entry: dict[str, Any], form: Format) -> None:
    """Print a single entry as JSON."""
    click.echo(json_text(entry, indent=2 if form == "json" else None))


def events(found: Sequence[Event], form: Format) -> None:
    """A list of events."""
    if form != "text":
        rows(map(event_line, found), form)
        return
    for event in found:
        click.echo(f"{event.id}  {_day(event)}  {len(event.members):>3} objects  {event.title}")
    click.echo(f"{len(found)} events")


def event(found: Event, objects: Mapping[str, MediaObject], form: Format) -> None:
    """One event with aspects, evidence and objects."""
    if form != "text":
        one(event_line(found), form)
        return
    click.secho(found.title, bold=True)
    click.echo(f"{found.id}  {isoformat(found.start) or '?'} to {isoformat(found.end) or '?'}\n\n{found.summary}")
    for name in ASPECTS:
        click.secho(f"\n{name}", bold=True)
        for answer in found.aspect(name):
            said = "1 source" if answer.sources == 1 else f"{answer.sources} sources"
            click.echo(f"  {answer.value}  ({answer.score:.2f}, {said})")
            for evidence in answer.evidence[:3]:
                place = f"{evidence.object}#{evidence.segment}" if evidence.segment else evidence.object
                click.echo(f"      {place}: {_short(evidence.text)}")
    click.secho("\nobjects", bold=True)
    for member in found.members:
        item = objects[member.object]
        click.echo(f"  {member.weight:.2f}  {item.modality:<5}  {item.id}  {_short(item.title or item.text)}")


def hits(found: Sequence[Hit], objects: Mapping[str, MediaObject], form: Format) -> None:
    """What a search found."""
    if form != "text":
        rows((hit_dict(hit, objects.get(hit.object)) for hit in found), form)
        return
    for hit in found:
        item = objects[hit.object]
        click.echo(f"{hit.score:.2f}  {item.modality:<5}  {hit.object}  {_short(item.title or item.text)}")
        click.echo(f"      {'; '.join(hit.reasons)}")
    if not found:
        click.echo("nothing found")


def report(done: Report, form: Format, folder: Path) -> None:
    """What a build did."""
    if form != "text":
        one(asdict(done), form)
        return
    click.echo(
        f"{done.added} added, {done.changed} changed, {done.removed} removed, {done.unchanged} unchanged; "
        f"{done.perceived} looked at or listened to, {done.parsed} parsed"
        f"{f', {done.viewed} given further views' if done.viewed else ''}"
    )
    if done.left_out:
        click.echo(f"{done.left_out} left out because they were removed before (--restore takes them in)")
    counted = f"{done.links} links, {done.events} events ({done.events_told} told anew), {done.topics} topics"
    click.echo(f"{counted} in {folder}")
    if done.failures:
        click.echo(f"{done.failures} entries in `crossmedia status`")


def status(
    numbers: Mapping[str, Any], failures: Sequence[Failure], objects: Mapping[str, MediaObject], form: Format
) -> None:
    """Counts and failures; an object that failed is shown by where it lies, too."""
    if form == "json":
        one({**numbers, "failures": [failure_dict(failure) for failure in failures]}, form)
        return
    if form == "jsonl":
        rows(map(failure_dict, failures), form)
        return
    for name, number in numbers.items():
        click.echo(f"{name:<12} {number}")
    for failure in failures:
        place = f" ({objects[failure.item].location})" if failure.item in objects else ""
        click.echo(f"{failure.severity:<8} {failure.stage:<9} {failure.item}{place}: {failure.reason}")


def models(weights: Sequence[Weights], form: Format) -> None:
    """The learned weights."""
    if form != "text":
        rows(
            (
                {
                    "name": w.name,
                    "task": w.task,
                    "package": w.package,
                    "version": w.version,
                    "origin": w.origin,
                    "licence": w.licence,
                    "size": w.size,
                    "files": dict(w.files),
                    "note": w.note,
                }
                for w in weights
            ),
            form,
        )
        return
    for w in weights:
        click.echo(f"{w.name:<20} {w.size / 1e6:>6.1f} MB  {w.licence:<12} {w.package} {w.version}: {w.task}")
        click.echo(f"{'':<20} {w.origin}{f' ({w.note})' if w.note else ''}")


def views(kinds: Sequence[ViewKind], form: Format) -> None:
    """The views that a build can make."""
    if form != "text":
        entries = (
            {
                "name": kind.name, "medium": kind.medium, "level": kind.level, "form": kind.form, "width": kind.width,
                "milliseconds": kind.cost, "standing": kind.standing, "shows": kind.shows,
            }
            for kind in kinds
        )  # fmt: skip
        rows(entries, form)
        return
    for kind in kinds:
        made = "always made" if kind.standing else f"{kind.cost:g} ms"
        said = f"{kind.medium:<6} {kind.level:<8} {kind.form:<7} {kind.width:>5}"
        click.echo(f"{kind.name:<19} {said}  {made:<12} {kind.shows}")


def serving(address: str, folder: Path, form: Format) -> None:
    """Where the service is."""
    if form == "text":
        click.echo(f"crossmedia serves {folder} on {address} (stop with Ctrl-C)")
    else:
        one({"address": address, "store": str(folder)}, form)


def _day(event: Event) -> str:
    return event.start.strftime("%Y-%m-%d") if event.start else "----------"


def _short(text: str, most: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

"""Commands of topics: learn them, list them, show one, say what became of them, compare runs and collections."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from api import output
from api.options import common, opened
from api.output import Format
from api.topic_runs import DEFAULT
from ontology.errors import NotFound
from ontology.model import MediaObject
from ontology.topic import Topic

if TYPE_CHECKING:
    from kg.store import Store
    from topics.learning import Compare

MODEL: Final = "AspectTopicModel"
COMPARED: Final = ("source", "kind", "collection", "month", "year", "nothing")
SHOWN: Final = 10

run_option = click.option("--run", "name", default=DEFAULT, show_default=True, help="Name of the run.")


@click.group()
def topics() -> None:
    """Topics of a graph: what documents have in common, as each collection tells it, in every medium."""


@topics.command()
@run_option
@click.option("--model", default=MODEL, show_default=True, help="The model that learns.")
@click.option("--topics", "number", type=click.IntRange(1, 2000), help="How many; chosen if not given.")
@click.option("--field", "fields", multiple=True, help="A field to learn from; may be repeated.")
@click.option(
    "--compare",
    type=click.Choice(COMPARED),
    default="source",
    show_default=True,
    help="Which collections are compared.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Where learning begins.")
@click.option(
    "--stability",
    "repeats",
    type=click.IntRange(0, 20),
    default=0,
    show_default=True,
    help="Fits from other starts, and of other samples, to compare with.",
)
@click.option("--guide/--no-guide", default=True, show_default=True, help="Let the kept vocabulary guide topics.")
@click.option("--quiet", is_flag=True, help="No progress bars.")
@common
def fit(
    name: str,
    model: str,
    number: int | None,
    fields: tuple[str, ...],
    compare: str,
    seed: int,
    repeats: int,
    guide: bool,
    quiet: bool,
    folder: Path,
    form: Format,
) -> None:
    """Learn the topics of the store anew; those that are found again keep their ids."""
    from api import topic_runs
    from api.jobs import Progress, alone
    from topics.learning import Compare, Options
    from topics.run import Wish

    options = Options(model, number, fields, cast(Compare, compare), seed)
    with opened(folder) as store, alone(folder):
        report = topic_runs.learn(store, Wish(name, options, repeats), Progress(quiet), guide=guide)
        described = topic_runs.run_named(store, name)
        changes = [change for change in _history(store, name) if change["fit"] == described["fit"]]
        if form != "text":
            output.one(
                {"run": name, "topics": report.topics, "objects": report.told, "changes": changes}
                | {key: described[key] for key in ("model", "fit", "documents", "fields", "stability")},
                form,
            )
            return
        _tell_run(name, described)
        _tell_changes(changes)


def _tell_run(name: str, described: dict[str, Any]) -> None:
    click.secho(name, bold=True)
    click.echo(
        f"{described['topics']} topics of {described['documents']} documents by {described['model']} (fit "
        f"{described['fit']}), from {', '.join(described['fields'])}"
    )
    if described["compared"]:
        click.echo(f"compared: {', '.join(described['compared'])}")
    alike = described["stability"]
    if alike["starts"] is not None:
        click.echo(f"found again from other starts: {alike['starts']:.2f}, in other samples: {alike['samples']:.2f}")


def _history(store: Store, name: str) -> list[dict[str, Any]]:
    from api.topic_views import change_dict, history

    return [change_dict(change) for change in history(store, name)]


def _tell_changes(changes: list[dict[str, Any]]) -> None:
    for change in changes:
        ends = (", ".join(change[end]) or "-" for end in ("before", "after"))
        click.echo(f"fit {change['fit']}  {change['change']:<6}  {' -> '.join(ends)}")


@topics.command(name="list")
@click.option("--run", "name", help="Only topics of this run.")
@common
def list_topics(name: str | None, folder: Path, form: Format) -> None:
    """List the topics, the largest first, each broader one followed by its parts."""
    from api.topic_views import ordered, topic_line

    with opened(folder) as store:
        found = ordered(topic for topic in store.scan(Topic) if name in (None, topic.run))
    if form != "text":
        output.rows(map(topic_line, found), form)
        return
    for topic in found:
        steady = "    " if topic.stability is None else f"{topic.stability:.2f}"
        click.echo(f"{topic.id}  {topic.share:.3f}  {steady}  {'  ' if topic.parent else ''}{topic.label}")
    click.echo(f"{len(found)} topics")


@topics.command()
@click.argument("topic_id", metavar="ID")
@common
def show(topic_id: str, folder: Path, form: Format) -> None:
    """Tell one topic: its words by field, what sets collections apart, what shows it, its events and its time."""
    from api.topic_views import published_in, share_dict, slice_dict, successors, timeline, topic_dict

    with opened(folder) as store:
        found = store.get(Topic, [topic_id])
        if not found:
            later = successors(store, topic_id)
            hint = f"it went into {', '.join(later)}" if later else "`crossmedia topics list` lists them"
            raise NotFound(f"there is no topic {topic_id!r}; {hint}")
        topic = found[topic_id]
        shares = store.topic_shares([topic_id], "topic")
        slices = timeline(shares, published_in(list(store.scan(MediaObject))))
        events = [share for share in shares if share.about == "event"]
        if form != "text":
            told = {"events": list(map(share_dict, events)), "timeline": list(map(slice_dict, slices))}
            output.one(topic_dict(topic) | told, form)
            return
        objects = store.get(MediaObject, [member.object for member in topic.examples])
    _tell_topic(topic)
    click.secho("\nshown by", bold=True)
    for member in topic.examples:
        item = objects[member.object]
        click.echo(f"  {member.weight:.2f}  {item.modality:<5}  {item.id}  {member.reason}")
    click.secho("\nevents", bold=True)
    for share in events[:SHOWN]:
        click.echo(f"  {share.weight:.2f}  {share.subject}")
    click.secho("\nover time", bold=True)
    for one in slices:
        click.echo(f"  {one.start:%Y-%m-%d}  {one.weight:>7.1f} of {one.objects:>4}  {'#' * round(40 * one.share)}")


def _tell_topic(topic: Topic) -> None:
    from api.topic_views import own_words

    click.secho(topic.label, bold=True)
    steady = "" if topic.stability is None else f", found again {topic.stability:.2f}"
    click.echo(f"{topic.id}  {topic.share:.3f} of all{steady}\n")
    for name in topic.fields:
        words = topic.told(name)
        if words:
            click.echo(f"  {name:<8} {', '.join(word.value for word in words[:SHOWN])}")
    for collection in topic.collections:
        own = own_words(topic, collection)
        if own:
            click.echo(f"  own of {collection}: {', '.join(word.value for word in own[:SHOWN])}")


@topics.command(name="runs")
@common
def list_runs(folder: Path, form: Format) -> None:
    """List the runs: which model learned how many topics of what."""
    from api import topic_runs
    from api.topic_views import described

    with opened(folder) as store:
        known = topic_runs.runs(store)
    if form != "text":
        output.rows((described(name, run) for name, run in known.items()), form)
        return
    for name, run in known.items():
        _tell_run(name, run)


@topics.command()
@click.option("--run", "name", help="Only of this run.")
@common
def changes(name: str | None, folder: Path, form: Format) -> None:
    """What became of topics at each fit: which were split, merged, new or gone."""
    from api.topic_views import change_dict, history

    with opened(folder) as store:
        found = [change_dict(change) for change in history(store, name)]
    if form != "text":
        output.rows(found, form)
        return
    _tell_changes(found)
    click.echo(f"{len(found)} changes")


@topics.command(name="forget")
@click.argument("name", metavar="RUN")
@common
def forget_run(name: str, folder: Path, form: Format) -> None:
    """Forget a run with its topics."""
    from api import topic_runs
    from api.jobs import alone

    with opened(folder) as store, alone(folder):
        number = topic_runs.forget(store, name)
    if form == "text":
        click.echo(f"{number} topics forgotten")
    else:
        output.one({"forgotten": number}, form)


@topics.command()
@click.argument("one", metavar="RUN")
@click.argument("other", metavar="OTHER")
@common
def align(one: str, other: str, folder: Path, form: Format) -> None:
    """Which topics of two runs are the same, and how alike they are."""
    from api.topic_runs import learned_of
    from topics.counterparts import paired

    with opened(folder) as store:
        pairs = paired(learned_of(store, one), learned_of(store, other))
        labels = {topic.id: topic.label for topic in store.scan(Topic)}
    if form != "text":
        output.rows(map(asdict, pairs), form)
        return
    for pair in pairs:
        click.echo(f"{pair.similarity:.2f}  {labels.get(pair.one, pair.one)}  =  {labels.get(pair.other, pair.other)}")
    click.echo(f"{len(pairs)} pairs")


@topics.command()
@run_option
@click.option("--by", type=click.Choice(COMPARED[:-1]), default="source", show_default=True, help="What the parts are.")
@common
def compare(name: str, by: str, folder: Path, form: Format) -> None:
    """Learn each collection, or window of time, by itself, and say which topics of the run it has.

    By month or year it also says which topics came and went from one window to the next.
    """
    from api.topic_runs import compared

    with opened(folder) as store:
        found = compared(store, name, cast("Compare", by))
        labels = {topic.id: topic.label for topic in store.scan(Topic)}
    if form != "text":
        output.rows(map(asdict, found), form)
        return
    for part in found:
        click.secho(f"{part.name}, {part.documents} documents", bold=True)
        for strand in part.strands:
            same = f"{strand.similarity:.2f}" if strand.known else "new "
            told = f"{', '.join(strand.words)}" + (f"  =  {labels[strand.topic]}" if strand.topic in labels else "")
            click.echo(f"  {strand.share:.2f}  {same}  {strand.topic}  {told}")
        if by in ("month", "year"):
            for what, ids in (("came", part.came), ("went", part.went)):
                click.echo(f"  {what}: {'; '.join(labels.get(id_, id_) for id_ in ids) or '-'}")

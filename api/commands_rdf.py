"""Commands of the graph as linked data: to a file and back, ready questions, and SPARQL."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from api import output
from api.commands_ontology import base_option
from api.options import common, opened
from api.output import Format
from kg.sparql_forms import FORMS
from ontology.errors import Conflict, InvalidInput
from ontology.terms import Base

RDF_FORMATS = ("nquads", "ntriples", "turtle", "jsonld")
format_option = click.option(
    "--rdf-format", type=click.Choice(RDF_FORMATS), help="Syntax of the file; what its name tells if not given."
)


@click.command("export")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@format_option
@click.option("--with-vectors", is_flag=True, help="With the vectors of all views, which make the file much larger.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@base_option
@common
def export_rdf(
    path: Path, rdf_format: Any, with_vectors: bool, force: bool, iri: str, folder: Path, form: Format
) -> None:
    """Write the whole graph as RDF to FILE (`-` for standard output): .nq, .nt, .ttl or .jsonld.

    Every record is told without loss, curated status, segments, evidence and provenance included; thumbnails and
    parses, which a build makes anew, are not.
    """
    from kg import rdf

    base = Base(iri)
    if str(path) == "-":
        with opened(folder) as store:
            rdf.export(store, sys.stdout.buffer, rdf_format or "nquads", base=base, vectors=with_vectors)
        return
    chosen = rdf_format or rdf.form_of(path)
    if path.exists() and not force:
        raise Conflict(f"{str(path)!r} is there already; --force writes over it")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with opened(folder) as store:
        try:
            with part.open("wb") as file:
                rdf.export(store, file, chosen, base=base, vectors=with_vectors)
            part.replace(path)
        except OSError as error:
            raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
    if form == "text":
        click.echo(f"{path.stat().st_size:,} bytes of {chosen} in {path}")
    else:
        output.one({"path": str(path), "bytes": path.stat().st_size}, form)


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@format_option
@common
def import_rdf(path: Path, rdf_format: Any, folder: Path, form: Format) -> None:
    """Add all records of a FILE that `export` wrote to the store, which is made if it is missing; all or none."""
    from api.jobs import alone
    from kg import rdf

    chosen = rdf_format or rdf.form_of(path)
    with opened(folder, create=True) as store, alone(folder):
        number = rdf.load(store, path, chosen)
    if form == "text":
        click.echo(f"{number} records in {folder}")
    else:
        output.one({"records": number}, form)


@click.command()
@click.argument("name", metavar="[QUESTION]", required=False)
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--sparql", "as_sparql", is_flag=True, help="Print the question as a SPARQL query, and do not ask it.")
@common
def ask(name: str | None, values: tuple[str, ...], as_sparql: bool, folder: Path, form: Format) -> None:
    """Ask one of the ready questions, such as `ask why-linked object=A other=B`; without one, list them."""
    from kg import questions
    from kg.sparql_text import filled

    if name is None:
        _list(form)
        return
    given = dict(_pair(value) for value in values)
    asked = questions.question(name)
    if as_sparql:
        click.echo(filled(asked, list(questions.read(asked, given).values())), nl=False)
        return
    with opened(folder) as store:
        rows = [[questions.told(value) for value in row] for row in questions.ask(store, name, given)]
    if form == "text":
        _table(asked.columns, [list(map(_shown, row)) for row in rows])
    else:
        output.rows((dict(zip(asked.columns, row, strict=True)) for row in rows), form)


def _list(form: Format) -> None:
    from kg.questions import QUESTIONS

    for asked in QUESTIONS.values():
        names = [parameter.name for parameter in asked.parameters]
        if form == "text":
            click.echo(f"{asked.name:<20} {asked.text} {' '.join(f'{name}=…' for name in names)}".rstrip())
        else:
            output.one({"name": asked.name, "question": asked.text, "parameters": names}, "jsonl")


def _pair(value: str) -> tuple[str, str]:
    name, equals, text = value.partition("=")
    if not equals:
        raise InvalidInput(f"a parameter is written NAME=VALUE, got {value[:80]!r}")
    return name, text


@click.command()
@click.argument("query", required=False)
@click.option(
    "--file", "path", type=click.Path(path_type=Path), help="Read the query from a file (`-`: standard input)."
)
@click.option(
    "--as", "answer", type=click.Choice(FORMS), help="Syntax of the answer; a table, or Turtle, if not given."
)
@click.option("--seconds", type=click.FloatRange(0.01, 3600), default=60.0, show_default=True, help="Time it may take.")
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows that it may give.")
@base_option
@common
def sparql(
    query: str | None,
    path: Path | None,
    answer: str | None,
    seconds: float,
    rows: int,
    iri: str,
    folder: Path,
    form: Format,
) -> None:
    """Ask the graph in SPARQL 1.1. It is only read; prefixes need not be declared."""
    from api import querying
    from kg.sparql import Limits

    if (query is None) == (path is None):
        raise InvalidInput("give either a query or --file")
    text = query if path is None else _read(path)
    assert text is not None
    limits = Limits(seconds=seconds, rows=rows, size=2**30, memory=4 * 2**30)
    with opened(folder) as store, closing(querying.engine(store, Base(iri))) as engine:
        found = engine.query(text, answer or "", limits)
    if answer or found.form != "json":
        click.echo(found.body, nl=not found.body.endswith(b"\n"))
    else:
        _answer(json.loads(found.body), form)


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error


def _answer(told: dict[str, Any], form: Format) -> None:
    """Rows of an answer, or yes and no."""
    if "boolean" in told:
        click.echo(("yes" if told["boolean"] else "no") if form == "text" else json.dumps(told["boolean"]))
        return
    names = told["head"]["vars"]
    found = [[row.get(name, {}).get("value", "") for name in names] for row in told["results"]["bindings"]]
    if form == "text":
        _table(names, found)
    else:
        output.rows((dict(zip(names, row, strict=True)) for row in found), form)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 60) -> None:
    """Columns as wide as what stands in them, long texts cut."""
    cells = [[_cut(value, widest) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in (columns, *cells):
        click.echo("  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())
    if not rows:
        click.echo("nothing found")


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

"""Commands of the ontology: what breaks its shapes, what follows from it, and what users bring to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from api import output
from api.options import common, opened
from api.output import Format
from ontology.terms import DEFAULT_BASE, Base

if TYPE_CHECKING:
    import pyoxigraph as ox

base_option = click.option(
    "--base", "iri", default=DEFAULT_BASE, envvar="CROSSMEDIA_BASE", show_default=True, help="IRIs of records start so."
)


@contextmanager
def _graph(path: Path | None, folder: Path, iri: str) -> Iterator[ox.Store]:
    """The graph of a file, or that of the store if there is none."""
    from kg import graphs

    if path is not None:
        with graphs.of_file(path) as graph:
            yield graph
    else:
        with opened(folder) as store, graphs.of_store(store, Base(iri)) as graph:
            yield graph


@click.command()
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--first", type=click.IntRange(1), help="Tell at most so many violations of each shape.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first violation.")
@base_option
@common
def validate(path: Path | None, first: int | None, fail_fast: bool, iri: str, folder: Path, form: Format) -> None:
    """Check the store, or a FILE of RDF, against the SHACL shapes of the ontology.

    The exit code is 0 if nothing breaks a shape, and 1 if something does.
    """
    from kg import shacl

    number = 0
    with _graph(path, folder, iri) as graph:
        for number, violation in enumerate(shacl.violations(graph, first=first, fail_fast=fail_fast), start=1):  # noqa: B007
            if form == "text":
                about = f" {violation.path}" if violation.path else ""
                click.echo(f"{violation.shape} <{violation.focus}>{about}: {violation.message}")
            else:
                output.one(asdict(violation), "jsonl")
    if form == "text":
        click.echo(f"{number} violations" if number else "nothing breaks a shape")
    click.get_current_context().exit(1 if number else 0)


@click.command()
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--output", "target", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="Write there.")
@base_option
@common
def infer(path: Path | None, target: IO[str], iri: str, folder: Path, form: Format) -> None:
    """Write what follows from the store, or from a FILE of RDF, by the ontology (OWL 2 RL), as N-Triples.

    Only triples that are not there yet are written. A graph that contradicts the ontology is an error.
    """
    from kg import inference

    del form  # N-Triples are for programs and for people
    with _graph(path, folder, iri) as graph:
        found = inference.inferred(graph)
    target.writelines(found)


@click.group()
def vocabulary() -> None:
    """Concepts and facts that you bring: SKOS vocabularies that guide topics, RDF about whom and what events name."""


@vocabulary.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--language", default="en", show_default=True, help="Language of the labels.")
@common
def import_concepts(path: Path, language: str, folder: Path, form: Format) -> None:
    """Keep the SKOS concepts of FILE (Turtle, N-Triples, N-Quads, JSON-LD or RDF/XML) to guide topics."""
    from kg import skos

    concepts = skos.read(path, language)
    with opened(folder) as store:
        number = skos.keep(store, concepts)
    _tell({"read": len(concepts), "kept": number}, f"{len(concepts)} concepts read, {number} kept", form)


@vocabulary.command("facts")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@base_option
@common
def import_facts(path: Path, iri: str, folder: Path, form: Format) -> None:
    """Keep what FILE tells of whom and what events name, by IRI or by label."""
    from kg import facts, graphs

    with graphs.of_file(path) as graph, opened(folder) as store:
        number = facts.bring(store, graph, Base(iri))
    _tell({"new": number}, f"{number} new facts", form)


@vocabulary.command("list")
@common
def list_concepts(folder: Path, form: Format) -> None:
    """List the concepts that are kept."""
    from kg import skos

    with opened(folder) as store:
        concepts = skos.kept_in(store)
    if form != "text":
        output.rows(map(asdict, concepts), form)
        return
    for concept in concepts:
        click.echo(f"{concept.label}  <{concept.iri}>")
    click.echo(f"{len(concepts)} concepts")


@vocabulary.command("forget")
@click.option("--scheme", help="Only the concepts of this scheme, by its IRI.")
@click.option("--facts", "also_facts", is_flag=True, help="Forget the facts instead.")
@common
def forget(scheme: str | None, also_facts: bool, folder: Path, form: Format) -> None:
    """Forget the concepts, or the facts."""
    from kg import facts, skos

    with opened(folder) as store:
        number = facts.forget(store) if also_facts else skos.forget(store, scheme)
    _tell({"forgotten": number}, f"{number} forgotten", form)


def _tell(entry: dict[str, int], text: str, form: Format) -> None:
    if form == "text":
        click.echo(text)
    else:
        output.one(entry, form)

"""The Cypher that lies beside this module: queries to save in Neo4j Browser, and the twelve ready questions.

Whatever a query is asked about is a parameter. Where a query has to stand in an address, as in a link to Neo4j Browser,
an event is named by its `key`, a hash in hexadecimal: nothing that came from outside gets into its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kg.answers import Row
from kg.questions import question, read
from ontology.errors import InvalidInput
from ontology.model import stable_id

if TYPE_CHECKING:
    from kg.neo4j import Neo4jStore

FOLDER: Final = files("kg") / "cypher"
STYLE: Final = files("kg") / "browser" / "style.grass"


@dataclass(frozen=True, slots=True)
class Saved:
    """A query for Neo4j Browser: what it shows, and its parameters with what each is."""

    name: str
    title: str
    parameters: Mapping[str, str]
    text: str


@cache
def saved() -> Mapping[str, Saved]:
    """The queries to save in Neo4j Browser, by name."""
    paths = sorted((path for path in FOLDER.iterdir() if path.name.endswith(".cypher")), key=lambda path: path.name)
    return {query.name: query for query in (_read(path.name[: -len(".cypher")], path.read_text()) for path in paths)}


def _read(name: str, text: str) -> Saved:
    """A query starts with comments: the title, then a line for each parameter."""
    title, *rest = [line[2:].strip() for line in text.splitlines() if line.startswith("//")]
    return Saved(name, title, dict(line.split(": ", 1) for line in rest), text)


def ask(store: Neo4jStore, name: str, given: Mapping[str, str]) -> list[Row]:
    """The rows that answer one of the ready questions, as `kg.questions.ask`, but by the server alone.

    Raises `NotFound` for an unknown question, `InvalidInput` for its parameters.
    """
    asked = question(name)
    values = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in read(asked, given).items()
    }
    text = (FOLDER / "questions" / f"{asked.name}.cypher").read_text()
    return [tuple(map(_plain, row)) for row in store.query(text, values)]


def _plain(value: Any) -> Any:
    """The driver's times become Python's."""
    return value.to_native().astimezone(UTC) if hasattr(value, "to_native") else value


def browser_link(browser: str, event: str) -> str:
    """The address that opens an event in Neo4j Browser; `browser` is that of Neo4j Browser, with its own parameters.

    >>> browser_link("http://127.0.0.1:7474/browser/?dbms=bolt://127.0.0.1:7687", "e'1")[:75]
    'http://127.0.0.1:7474/browser/?dbms=bolt%3A%2F%2F127.0.0.1%3A7687&cmd=edit&'

    Raises `InvalidInput` unless `browser` is an http or https address.
    """
    parts = urlsplit(browser)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput(f"not an address of Neo4j Browser: {browser[:200]!r}")
    text = saved()["event"].text.replace("{id: $event}", f"{{key: '{stable_id('event', event)}'}}")
    asked = [*parse_qsl(parts.query), ("cmd", "edit"), ("arg", text)]
    return urlunsplit(parts._replace(query=urlencode(asked, quote_via=quote)))

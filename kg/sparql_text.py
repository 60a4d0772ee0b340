"""The text of a query, before it is run: what is refused, which graphs it asks, and how values get into it.

A query is cut into the tokens of SPARQL 1.1, so that a word in a text, a comment or an IRI is never taken for one of
the language, nor the other way round. What is no query at all is left for the engine to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from kg.questions import Question
from kg.rdf_literals import double, literal, moment
from ontology.errors import InvalidInput
from ontology.terms import PREFIXES

LONGEST: Final = 65_536
"""Characters of a query."""

Token = tuple[str, str]

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+|\#[^\n\r]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<text>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\.)*)
    |(?P<word>\w+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_UPDATES: Final = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
_PROLOGUE: Final = frozenset(("PREFIX", "BASE"))
_GRAPH_FORMS: Final = frozenset(("CONSTRUCT", "DESCRIBE"))
_VALUES: Final = re.compile(r"(VALUES \([^)]*\) \{ \()(UNDEF(?: UNDEF)*)(\) \})")


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query with their sort, without blanks and comments; words of the language in capitals.

    >>> list(tokens("SELECT ?service # SERVICE"))
    [('word', 'SELECT'), ('variable', '?service')]
    """
    for match in _TOKEN.finditer(query):
        sort = match.lastgroup or "other"
        if sort != "blank":
            yield sort, match[0].upper() if sort == "word" and match[0].isascii() else match[0]


def checked(query: str) -> list[Token]:
    """The tokens of a query that may be run. Raises `InvalidInput` for updates, and for asking another server."""
    if len(query) > LONGEST:
        raise InvalidInput(f"the query has {len(query)} characters, at most {LONGEST} are taken")
    found = list(tokens(query))
    if ("word", "SERVICE") in found:
        raise InvalidInput("SERVICE is refused: no other server is asked")
    verb = _verb(found)
    if verb in _UPDATES:
        raise InvalidInput(f"{verb} is refused: the graph is only read; ask with SELECT, ASK, CONSTRUCT or DESCRIBE")
    return found


def _verb(found: Sequence[Token]) -> str:
    """The first word after the prologue."""
    return next((text for sort, text in found if sort == "word" and text not in _PROLOGUE), "")


def gives_graph(found: Sequence[Token]) -> bool:
    """Whether the query answers with triples, not with rows or yes and no."""
    return _verb(found) in _GRAPH_FORMS


def named_graphs(found: Sequence[Token]) -> list[str]:
    """The graphs that the query itself chooses by FROM, as it writes them resolved by its prefixes."""
    prefixes = {f"{name}:": str(namespace) for name, namespace in PREFIXES.items()}
    for (_, word), (_, name), (_, iri) in zip(found, found[1:], found[2:], strict=False):
        if word == "PREFIX":
            prefixes[name] = iri[1:-1]
    chosen = []
    for place, token in enumerate(found):
        if token == ("word", "FROM"):
            after = place + 2 if found[place + 1 : place + 2] == [("word", "NAMED")] else place + 1
            chosen += [_resolved(*graph, prefixes) for graph in found[after : after + 1]]
    return chosen


def _resolved(sort: str, text: str, prefixes: dict[str, str]) -> str:
    if sort == "iri":
        return text[1:-1]
    prefix, colon, local = text.partition(":")
    return prefixes.get(prefix + colon, "") + local


@cache
def ready(name: str) -> str:
    """The text of a ready query, its parameters open."""
    return (Path(__file__).parent / "queries" / f"{name}.rq").read_text("utf-8")


def filled(asked: Question, values: Sequence[str | float | datetime]) -> str:
    """A ready query with values for its parameters, in their order: each stands there as a literal of its own.

    Nothing in a value can end that literal, which tests show. A query without values is given as it is.
    """
    if not values:
        return ready(asked.name)
    written = " ".join(map(_literal, values))
    return _VALUES.sub(lambda match: f"{match[1]}{written}{match[3]}", ready(asked.name), count=1)


def _literal(value: str | float | datetime) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return literal(value) if isinstance(value, str) else double(value)

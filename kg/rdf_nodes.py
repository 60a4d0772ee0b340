"""What stands in a graph of RDF about a node, as Python values; what is not there as it should be is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from ontology.errors import InvalidInput
from ontology.terms import RDF

Node = ox.NamedNode | ox.BlankNode
Told = dict[str, list[Any]]

_TYPE: Final = ox.NamedNode(RDF.type)
_MISSING: Final = object()


class Nodes:
    """Looks nodes up. Raises `InvalidInput` where something is missing, doubled, or no such value."""

    def __init__(self, graph: ox.Store) -> None:
        self._graph = graph
        # Nodes that many records share are looked up once.
        self._shared = lru_cache(maxsize=65_536)(self._about)

    def _of_class(self, class_: str) -> Iterator[Node]:
        for quad in self._graph.quads_for_pattern(None, _TYPE, ox.NamedNode(class_), None):
            if not isinstance(quad.subject, ox.Triple):
                yield quad.subject

    def _about(self, node: Node) -> Told:
        """All values of a node by property."""
        told: Told = {}
        for quad in self._graph.quads_for_pattern(node, None, None, None):
            values = told.setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)
        return told

    def _term(self, node: Node, told: Told, property_: str, default: Any = _MISSING) -> Any:
        values = told.get(property_, ())
        if len(values) == 1:
            return values[0]
        if values or default is _MISSING:
            raise InvalidInput(f"{node} needs one <{property_}>, there are {len(values)}")
        return default

    def _value(self, node: Node, told: Told, property_: str) -> str:
        return str(self._literal(node, property_, self._term(node, told, property_)).value)

    def _text(self, node: Node, property_: str) -> str:
        return self._value(node, self._shared(node), property_)

    def _optional(self, node: Node, told: Told, property_: str, default: str | None) -> Any:
        term = self._term(node, told, property_, None)
        return default if term is None else self._literal(node, property_, term).value

    def _literal(self, node: Node, property_: str, term: Any) -> ox.Literal:
        if not isinstance(term, ox.Literal):
            raise InvalidInput(f"{node} needs a literal as <{property_}>, there is {term}")
        return term

    def _node(self, node: Node, told: Told, property_: str) -> Node:
        term = self._term(node, told, property_)
        if isinstance(term, ox.Literal):
            raise InvalidInput(f"{node} needs a node as <{property_}>, there is {term}")
        return term  # type: ignore[no-any-return]

    def _number(self, node: Node, told: Told, property_: str) -> float:
        return float(self._converted(node, told, property_, float, "number"))

    def _whole(self, node: Node, told: Told, property_: str) -> int:
        return int(self._converted(node, told, property_, int, "whole number"))

    def _converted(self, node: Node, told: Told, property_: str, convert: Callable[[str], Any], what: str) -> Any:
        text = self._value(node, told, property_)
        try:
            return convert(text)
        except (ValueError, OverflowError):
            raise InvalidInput(f"{node} needs a {what} as <{property_}>, there is {text[:80]!r}") from None

    def _moment(self, node: Node, told: Told, property_: str) -> datetime | None:
        if property_ not in told:
            return None
        moment: datetime = self._converted(node, told, property_, _utc, "time with its zone")
        return moment


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)

"""Does a graph satisfy the shapes of `ontology/shapes.ttl`? SHACL (W3C, 2017), checked by pyshacl a piece at a time.

The records of each kind are checked in pieces of a thousand, each with all that is told of them and the classes of what
they name: shapes ask for no more, and memory stays bounded however large the graph is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from rdflib import SH, Graph, Literal, URIRef
from rdflib.term import Node

from ontology import terms
from ontology.terms import PREFIXES, RDF

SHAPES: Final = Path(terms.__file__).with_name("shapes.ttl")
PIECE: Final = 1000
BLANK: Final = "urn:blank-node:"
"""pyshacl takes only nodes with a name as a focus: blank nodes get one for the check."""
QUOTED: Final = "urn:quoted-triple"

_TYPE: Final = ox.NamedNode(RDF.type)


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a graph breaks a shape: `shape` (its name), `focus` (the node), `path` (the property, as a prefixed name,
    empty for the node itself), `value` (the value that is wrong, empty for one that is missing or doubled).
    """

    shape: str
    focus: str
    path: str
    value: str
    message: str


def violations(graph: ox.Store, *, first: int | None = None, fail_fast: bool = False) -> Iterator[Violation]:
    """Every violation, by shape and then by node; at most `first` of each shape, or one in all with `fail_fast`."""
    for shape in sorted(map(str, _shapes().subjects(URIRef(RDF.type), SH.NodeShape))):
        found = _of_shape(graph, URIRef(shape), fail_fast)
        for violation in islice(found, 1 if fail_fast else first):
            yield violation
            if fail_fast:
                return


@cache
def _shapes() -> Graph:
    return Graph().parse(SHAPES)


def _of_shape(graph: ox.Store, shape: URIRef, abort: bool) -> Iterator[Violation]:
    turn = iter(sorted(_targets(graph, shape)))
    while nodes := list(islice(turn, PIECE)):
        with _quiet():
            found = _in_piece(_piece(graph, nodes), shape, nodes, abort)
        yield from found


@contextmanager
def _quiet() -> Iterator[None]:
    """Without rdflib's warnings of literals that are not of their type: those become violations."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _targets(graph: ox.Store, shape: URIRef) -> set[URIRef]:
    """The nodes that a shape is about."""
    classes = [ox.NamedNode(str(class_)) for class_ in _shapes().objects(shape, SH.targetClass)]
    predicates = [ox.NamedNode(str(predicate)) for predicate in _shapes().objects(shape, SH.targetSubjectsOf)]
    found = [graph.quads_for_pattern(None, _TYPE, class_, None) for class_ in classes]
    found += [graph.quads_for_pattern(None, predicate, None, None) for predicate in predicates]
    return {URIRef(_name(quad.subject)) for quads in found for quad in quads}


def _piece(graph: ox.Store, nodes: Iterable[URIRef]) -> Graph:
    """All that is told of nodes, and the classes of what they name."""
    piece, named = Graph(bind_namespaces="none"), set()
    for node in nodes:
        blank = ox.BlankNode(node.removeprefix(BLANK)) if node.startswith(BLANK) else None
        for quad in graph.quads_for_pattern(blank or ox.NamedNode(node), None, None, None):
            piece.add((node, URIRef(quad.predicate.value), _term(quad.object)))
            if isinstance(quad.object, ox.NamedNode | ox.BlankNode):
                named.add(quad.object)
    for other in named:
        for quad in graph.quads_for_pattern(other, _TYPE, None, None):
            piece.add((_term(other), URIRef(RDF.type), _term(quad.object)))
    return piece


def _name(node: Any) -> str:
    return f"{BLANK}{node.value}" if isinstance(node, ox.BlankNode) else str(node.value)


def _term(term: Any) -> URIRef | Literal:
    """A term of Oxigraph as one of rdflib; a quoted triple, which rdflib lacks, as a value that no shape takes."""
    if isinstance(term, ox.Triple):
        return Literal(str(term), datatype=URIRef(QUOTED))
    if not isinstance(term, ox.Literal):
        return URIRef(_name(term))
    if term.language:
        return Literal(term.value, lang=term.language, normalize=False)
    return Literal(term.value, datatype=_datatype(term.datatype.value), normalize=False)


@cache
def _datatype(iri: str) -> URIRef | None:
    return None if iri == terms.XSD.string else URIRef(iri)


def _in_piece(piece: Graph, shape: URIRef, nodes: list[URIRef], abort: bool) -> list[Violation]:
    from pyshacl import validate

    conforms, report, _ = validate(
        piece, shacl_graph=_shapes(), use_shapes=[shape], focus_nodes=[*nodes], abort_on_first=abort, inplace=True
    )
    if conforms:
        return []
    results = report.subjects(URIRef(RDF.type), SH.ValidationResult)
    return sorted(
        (_violation(report, result, shape) for result in results),
        key=lambda one: (one.focus, one.path, one.message, one.value),
    )


def _violation(report: Graph, result: Node, shape: URIRef) -> Violation:
    def told(property_: URIRef) -> str:
        value = report.value(result, property_)
        return "" if value is None else str(value).replace(BLANK, "_:")

    name = str(shape).rpartition("#")[2]
    return Violation(name, told(SH.focusNode), _prefixed(told(SH.resultPath)), told(SH.value), told(SH.resultMessage))


def _prefixed(iri: str) -> str:
    """A term as queries write it; what has no prefix stays."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(str(namespace)):
            return f"{prefix}:{iri.removeprefix(str(namespace))}"
    return iri

"""What follows from a graph by the ontology: OWL 2 RL (W3C, 2012, section 4.3), on request.

owlrl closes the ontology with the vocabularies that it reuses, once; that is small. What it then says of classes and
properties is applied to the graph as SPARQL updates in Oxigraph until nothing new follows, so that large graphs take
seconds. Of the rules of the profile those are applied that these ontologies can fire: sub-classes (cax-sco),
sub-properties (prp-spo1), chains (prp-spo2), domains (prp-dom), ranges (prp-rng), inverses (prp-inv), symmetric and
transitive properties (prp-symp, prp-trp), `owl:sameAs` (eq-sym, eq-trans, eq-rep-s, eq-rep-o), and of contradictions
disjoint classes (cax-dw). Triples that hold of everything (`owl:Thing`, being the same as oneself) are left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pyoxigraph as ox
from rdflib import OWL, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology import terms
from ontology.errors import Conflict
from ontology.terms import RDF

ONTOLOGY: Final = Path(terms.__file__).with_name("crossmedia.ttl")
VOCABULARIES: Final = ONTOLOGY.with_name("vocabularies")
IN_MEMORY: Final = 2_000_000
"""A graph of more triples (they take about 1 kB each) is worked on by way of a folder on disk."""

_NEW: Final = "urn:crossmedia:inferred"
_TYPE: Final = f"<{RDF.type}>"
_SAME: Final = f"<{OWL.sameAs}>"
_TRIVIAL: Final = {OWL.Thing, RDFS.Resource, RDFS.Literal, OWL.Nothing}


class Rule(NamedTuple):
    """If the `pattern` holds, so does `then`; `pairs` are the values of ?p and ?q, empty for none."""

    pattern: str
    then: str
    pairs: tuple[tuple[str, str], ...] = ()

    def update(self) -> str:
        """The rule as a SPARQL update that adds what is not there."""
        values = " ".join(f"(<{p}> <{q}>)" for p, q in self.pairs)
        given = f"VALUES (?p ?q) {{ {values} }} " if values else ""
        return (
            f"INSERT {{ {self.then} GRAPH <{_NEW}> {{ {self.then} }} }} "
            f"WHERE {{ {given}{self.pattern} FILTER NOT EXISTS {{ {self.then} }} }}"
        )


SAMENESS: Final = (
    Rule(f"?a {_SAME} ?b FILTER (?a != ?b && !isLiteral(?b))", f"?b {_SAME} ?a ."),
    Rule(f"?a {_SAME} ?b . ?b {_SAME} ?c FILTER (?a != ?c)", f"?a {_SAME} ?c ."),
    Rule(f"?a {_SAME} ?b . ?a ?r ?o FILTER (?r != {_SAME} && !isLiteral(?b))", "?b ?r ?o ."),
    Rule(f"?a {_SAME} ?b . ?s ?r ?a FILTER (?r != {_SAME})", "?s ?r ?b ."),
)


def inferred(graph: ox.Store) -> list[str]:
    """All triples that follow from a graph and are not in it, as sorted lines of N-Triples.

    The graph is read as the union of its named graphs, and is left as it was. Raises `Conflict` if a node would have to
    be of two classes that exclude each other: anything follows from that.
    """
    with _copied(graph) as work:
        _expand(work)
        if wrong := _contradictions(work):
            raise Conflict(f"the graph contradicts the ontology {len(wrong)} times; first: {wrong[0]}")
        new = ox.NamedNode(_NEW)
        return sorted(f"{quad.triple} .\n" for quad in work.quads_for_pattern(None, None, None, new))


def _contradictions(work: ox.Store) -> list[str]:
    """Nodes of two classes that exclude each other, a sentence each, sorted."""
    values = " ".join(f"(<{p}> <{q}>)" for p, q in _pairs(_closed(), OWL.disjointWith) if p < q)
    found = work.query(f"SELECT ?s ?p ?q {{ VALUES (?p ?q) {{ {values} }} ?s a ?p , ?q }}")
    assert isinstance(found, ox.QuerySolutions)
    return sorted(f"{row['s']} cannot be both {row['p']} and {row['q']}" for row in found)


@contextmanager
def _copied(graph: ox.Store) -> Iterator[ox.Store]:
    """All triples in one graph that can be added to."""
    with TemporaryDirectory(prefix="crossmedia-") as folder:
        work = ox.Store() if len(graph) <= IN_MEMORY else ox.Store(folder)
        work.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in graph)
        yield work
        del work  # lets go of the files before the folder goes


def _expand(work: ox.Store) -> None:
    """Apply the rules until nothing new follows."""
    size = -1
    while size != len(work):
        size = len(work)
        for rule in (*_rules(), *SAMENESS):
            work.update(rule.update())


@cache
def _rules() -> tuple[Rule, ...]:
    """The rules that the ontologies fire."""
    closed = _closed()
    inverse = set(_pairs(closed, OWL.inverseOf))
    inverse |= {(q, p) for p, q in inverse} | {(p, p) for p in _of_kind(closed, OWL.SymmetricProperty)}
    transitive = tuple((p, p) for p in _of_kind(closed, OWL.TransitiveProperty))
    ranges = tuple(pair for pair in _pairs(closed, RDFS.range) if not pair[1].startswith(str(terms.XSD)))
    typed = f"?s {_TYPE} ?q ."
    rules = (
        Rule("?s ?p ?o", "?s ?q ?o .", _pairs(closed, RDFS.subPropertyOf)),
        Rule("?a ?p ?b FILTER (!isLiteral(?b))", "?b ?q ?a .", tuple(sorted(inverse))),
        Rule("?a ?p ?b . ?b ?q ?c", "?a ?q ?c .", transitive),
        *_chains(closed),
        Rule("?s ?p ?o", typed, _pairs(closed, RDFS.domain)),
        Rule("?o ?p ?s FILTER (!isLiteral(?s))", typed, ranges),
        Rule(f"?s {_TYPE} ?p", typed, _pairs(closed, RDFS.subClassOf)),
    )
    return tuple(rule for rule in rules if rule.pairs or "?p" not in rule.pattern)


@cache
def _closed() -> Graph:
    """The ontology and the vocabularies with all that follows from them about classes and properties."""
    with warnings.catch_warnings():
        # owlrl still uses what rdflib calls outdated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import owlrl

        graph = Graph()
        for file in (ONTOLOGY, *sorted(VOCABULARIES.glob("*.ttl"))):
            graph.parse(file)
        _tell_pairs(graph)
        semantics = owlrl.OWLRL_Semantics
        owlrl.DeductiveClosure(semantics, rdfs_closure=False, axiomatic_triples=False).expand(graph)
    return graph


def _tell_pairs(graph: Graph) -> None:
    """Say of each two of classes that exclude each other that they do."""
    for members in list(graph.objects(None, OWL.members)):
        classes = list(Collection(graph, members))
        for one in classes:
            for other in classes:
                if one != other:
                    graph.add((one, OWL.disjointWith, other))


def _pairs(graph: Graph, property_: URIRef) -> tuple[tuple[str, str], ...]:
    """What a property of the ontologies relates by name, without what is trivially so."""
    found = {
        (str(one), str(other))
        for one, other in graph.subject_objects(property_)
        if isinstance(one, URIRef) and isinstance(other, URIRef) and one != other and not {one, other} & _TRIVIAL
    }
    return tuple(sorted(found))


def _of_kind(graph: Graph, kind: Node) -> list[str]:
    return sorted(str(property_) for property_ in graph.subjects(URIRef(RDF.type), kind))


def _chains(graph: Graph) -> Iterator[Rule]:
    for property_, links in sorted(graph.subject_objects(OWL.propertyChainAxiom)):
        steps = [f"?v{n} <{step}> ?v{n + 1}" for n, step in enumerate(Collection(graph, links))]
        yield Rule(" . ".join(steps), f"?v0 <{property_}> ?v{len(steps)} .")

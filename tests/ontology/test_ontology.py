"""The ontology: every field has a property, every term is described or known to its vocabulary, OWL 2 RL holds."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib import namespace as closed
from rdflib.collection import Collection
from rdflib.term import Node

from ontology import model, terms, topic
from ontology.errors import InvalidInput
from ontology.model import Decision, MediaObject, Segment
from ontology.terms import CLASSES, FIELDS, PREFIXES, Base, exact_fragment

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "ontology"
ONTOLOGY = Graph().parse(FOLDER / "crossmedia.ttl")
SHAPES = Graph().parse(FOLDER / "shapes.ttl")
VENDORED = {file.stem: Graph().parse(file) for file in sorted((FOLDER / "vocabularies").glob("*.ttl"))}

# The vocabularies that rdflib carries as closed lists of terms.
CARRIED = (
    closed.DCAT, closed.DCTERMS, closed.GEO, closed.OWL, closed.PROV, closed.RDF, closed.RDFS, closed.SDO, closed.SH,
    closed.SKOS, closed.TIME, closed.VANN, closed.VOID, closed.XSD,
)  # fmt: skip

RECORDS = list(
    dict.fromkeys(
        kind
        for module in (model, topic)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind)
    )
)
OWN = sorted({URIRef(str(term)) for term in ONTOLOGY.subjects() if str(term).startswith(terms.ONTOLOGY)})

# Records and their properties.


def untold(kinds: list[type]) -> list[str]:
    """Fields of records that no property tells."""
    told = {(kind, field) for kind, properties in FIELDS.items() for field in properties}
    return [
        f"{kind.__name__}.{field.name}" for kind in kinds for field in fields(kind) if (kind, field.name) not in told
    ]


def test_every_field_of_every_record_has_a_property() -> None:
    assert len(RECORDS) == 15
    assert untold(RECORDS) == []
    assert set(CLASSES) == set(FIELDS) == set(RECORDS)


def test_a_field_without_a_property_is_noticed() -> None:
    @dataclass(frozen=True)
    class Longer(Decision):
        extra: str

    assert untold([Longer])[-1] == "Longer.extra"


def test_no_property_tells_a_field_that_is_not_there() -> None:
    known = {kind: {field.name for field in fields(kind)} for kind in RECORDS}
    assert {kind: set(properties) - known[kind] for kind, properties in FIELDS.items()} == {
        kind: set() for kind in FIELDS
    }


def test_the_first_class_of_a_record_is_its_own_and_the_others_are_above_it() -> None:
    for kind, (first, *others) in CLASSES.items():
        assert first == f"{terms.ONTOLOGY}{kind.__name__}"
        above = {str(term) for term in ONTOLOGY.transitive_objects(URIRef(first), RDFS.subClassOf)}
        assert set(others) <= above


# Terms.


def unknown(iris: set[str]) -> list[str]:
    """IRIs that no vocabulary has."""
    return sorted(iri for iri in iris if not _known(iri))


def _known(iri: str) -> bool:
    if iri.startswith(terms.ONTOLOGY):
        return URIRef(iri) in OWN
    for name, graph in VENDORED.items():
        if iri.startswith(str(PREFIXES[name])):
            return (URIRef(iri), RDF.type, None) in graph
    return any(URIRef(iri) in vocabulary for vocabulary in CARRIED)


def named_in(graph: Graph) -> set[str]:
    """All terms that a file names, without what it is about or quotes."""
    found = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    found |= {str(term.datatype) for term in graph.objects() if isinstance(term, Literal) and term.datatype}
    aside = ("https://w3id.org/crossmedia/shapes#", "http://www.apache.org/")
    return {iri for iri in found if not iri.startswith(aside)} - {"https://w3id.org/crossmedia/ontology"}


def test_every_reused_term_is_in_its_vocabulary() -> None:
    mapped = {iri for namespace in PREFIXES.values() for iri in namespace}
    assert unknown(mapped) == []
    assert unknown(named_in(ONTOLOGY)) == []
    assert unknown(named_in(SHAPES)) == []
    assert unknown({term for file in _examples() for term in named_in(file) if _in_vocabulary(term)}) == []


def _in_vocabulary(iri: str) -> bool:
    return any(iri.startswith(str(namespace)) for namespace in PREFIXES.values())


def test_a_term_that_no_vocabulary_has_is_noticed() -> None:
    wrong = {
        "https://schema.org/contentURL", "http://www.w3.org/ns/oa#hasSelektor", f"{terms.ONTOLOGY}nothing",
        "http://purl.org/ontology/similarity/wheight", "http://nowhere.example/term", "http://www.w3.org/ns/prov#agnet",
    }  # fmt: skip
    assert set(unknown(wrong)) == wrong
    with pytest.raises(AttributeError, match="prov#agnet is not a term that the project uses"):
        _ = terms.PROV.agnet


def test_every_term_that_is_listed_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*ROOT.glob("kg/*.py"), FOLDER / "terms.py"])
    told = named_in(ONTOLOGY) | named_in(SHAPES)
    unused = [
        f"{prefix}:{name}"
        for prefix, namespace in PREFIXES.items()
        for name in namespace._names
        if not re.search(rf"\b{prefix.upper()}\.{name}\b", code) and f"{namespace}{name}" not in told
    ]
    assert unused == []


def test_the_list_of_own_terms_is_that_of_the_ontology() -> None:
    assert sorted(terms.X) == [str(term) for term in OWN]


@pytest.mark.parametrize("term", OWN, ids=lambda term: term.rpartition("#")[2])
def test_every_own_term_is_described(term: URIRef) -> None:
    for property_ in (RDFS.label, RDFS.comment, SKOS.example):
        assert len(list(ONTOLOGY.objects(term, property_))) == 1
    kinds = set(ONTOLOGY.objects(term, RDF.type))
    assert len(kinds & {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}) == 1
    if OWL.Class not in kinds:
        assert len(list(ONTOLOGY.objects(term, RDFS.domain))) == 1
        assert len(list(ONTOLOGY.objects(term, RDFS.range))) == 1
    (example,) = ONTOLOGY.objects(term, SKOS.example)
    assert term in set(_parsed(str(example)).all_nodes()) | set(_parsed(str(example)).predicates())


def _parsed(example: str) -> Graph:
    prefixes = "\n".join(f"@prefix {name}: <{namespace}> ." for name, namespace in PREFIXES.items())
    return Graph().parse(data=f"{prefixes}\n{example}", format="turtle", publicID=terms.DEFAULT_BASE)


def _examples() -> Iterator[Graph]:
    return (_parsed(str(example)) for example in ONTOLOGY.objects(None, SKOS.example))


def test_the_examples_together_contradict_nothing() -> None:
    import pyoxigraph as ox

    from kg import inference

    together = Graph()
    for example in _examples():
        together += example
    graph = ox.Store()
    graph.bulk_load(together.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
    told = f"<{terms.DEFAULT_BASE}event/e> <{terms.X.toldBy}> <{terms.DEFAULT_BASE}object/text-1> .\n"
    assert told not in inference.inferred(graph)  # it is an example itself
    graph.update(f"DELETE WHERE {{ ?e <{terms.X.toldBy}> ?o }}")
    assert told in inference.inferred(graph)


# The profile.

RL_DATATYPES = {
    RDFS.Literal, XSD.string, XSD.integer, XSD.nonNegativeInteger, XSD.double, XSD.float, XSD.decimal, XSD.boolean,
    XSD.dateTime, XSD.dateTimeStamp, XSD.anyURI, XSD.base64Binary, XSD.hexBinary,
}  # fmt: skip
ANNOTATIONS = {
    closed.DCTERMS.title, closed.DCTERMS.abstract, closed.DCTERMS.license, closed.VANN.preferredNamespacePrefix,
    closed.VANN.preferredNamespaceUri, OWL.versionInfo, RDFS.label, RDFS.comment, RDFS.seeAlso, SKOS.example,
}  # fmt: skip
AXIOMS = {
    RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.propertyChainAxiom, OWL.members,
    RDF.first, RDF.rest,
}  # fmt: skip
KINDS = {OWL.Ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}


def outside_rl(graph: Graph) -> list[str]:
    """Statements that OWL 2 RL does not have, of an ontology with named classes and no restrictions."""
    wrong = []
    for subject, property_, value in graph:
        if property_ in ANNOTATIONS:
            continue
        if property_ not in AXIOMS or not _fits(graph, subject, property_, value):
            wrong.append(f"{subject} {property_} {value}")
    return sorted(wrong)


def _fits(graph: Graph, subject: Node, property_: Node, value: Node) -> bool:
    own = isinstance(subject, URIRef)
    if property_ == RDF.type:
        return (value in KINDS and own) or (value == OWL.AllDisjointClasses and not own)
    if property_ in (RDFS.subClassOf, RDFS.domain):
        return own and isinstance(value, URIRef) and value not in (OWL.Thing, RDFS.Literal)
    if property_ == RDFS.range:
        literal = (subject, RDF.type, OWL.DatatypeProperty) in graph
        return value in RL_DATATYPES if literal else isinstance(value, URIRef) and value not in RL_DATATYPES
    if property_ == OWL.propertyChainAxiom:
        return (subject, RDF.type, OWL.ObjectProperty) in graph and len(Collection(graph, value)) >= 2
    return isinstance(value, URIRef) or property_ in (OWL.members, RDF.rest)


def test_the_ontology_is_in_the_profile_owl_2_rl() -> None:
    assert outside_rl(ONTOLOGY) == []


@pytest.mark.parametrize(
    "statement",
    [
        "x:Event rdfs:subClassOf [ owl:unionOf ( x:Source x:View ) ] .",
        "x:Event rdfs:subClassOf [ a owl:Restriction ; owl:onProperty x:member ; owl:someValuesFrom x:Member ] .",
        "owl:Thing rdfs:subClassOf [ ] .",
        "x:score rdfs:range xsd:dayTimeDuration .",
        "x:member rdfs:range xsd:string .",
        "x:member a owl:ReflexiveProperty .",
        "x:score owl:propertyChainAxiom ( x:member x:score ) .",
        "x:Event owl:disjointUnionOf ( x:Member x:View ) .",
    ],
)
def test_what_is_outside_the_profile_is_noticed(statement: str) -> None:
    more = Graph().parse(data=(FOLDER / "crossmedia.ttl").read_text(encoding="utf-8") + statement, format="turtle")
    assert outside_rl(more) != []


def test_reused_terms_are_used_as_what_they_are() -> None:
    """A sub-property of a property of things leads to things, and so on for the vendored vocabularies."""
    every = Graph()
    for graph in VENDORED.values():
        every += graph
    for one, other in ONTOLOGY.subject_objects(RDFS.subPropertyOf):
        kinds = set(every.objects(other, RDF.type)) | set(ONTOLOGY.objects(other, RDF.type))
        assert not kinds or set(ONTOLOGY.objects(one, RDF.type)) & kinds
    for other in set(ONTOLOGY.objects(None, RDFS.subClassOf)):
        kinds = set(every.objects(other, RDF.type))
        assert not kinds or kinds & {OWL.Class, RDFS.Class}


# IRIs.


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_other_ids_have_other_iris_and_none_leaves_its_place(one: str, other: str) -> None:
    base = Base("http://example.org/graph/")
    for make in (base.source, base.object, base.event, base.collection, base.entity, base.run, base.graph):
        assert (make(one) == make(other)) == (one == other)
        rest = make(one).removeprefix("http://example.org/graph/")
        assert re.fullmatch(r"[a-z]+/[A-Za-z0-9._~%-]*", rest)
        assert not re.search(r"(^|/)\.{1,2}(/|$)", rest)
    assert base.member(one, other) != base.member(other, one) or one == other


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_part_lies_within_its_object(item: str, fragment: str) -> None:
    base = Base()
    iri = base.segment(item, fragment)
    assert iri.startswith(f"{base.object(item)}#")
    assert re.fullmatch(r"[A-Za-z0-9._~%=,&-]+", iri.partition("#")[2])
    assert base.segment(item, "") == base.object(item)


times = st.floats(0, 1e5, allow_nan=False)


@given(st.tuples(times, times).map(sorted), st.tuples(times, times).map(sorted))
def test_exact_fragments_keep_every_decimal(one: list[float], other: list[float]) -> None:
    first, second = (Segment("o", time=(span[0], span[1])) for span in (one, other))
    assert (exact_fragment(first) == exact_fragment(second)) == (first == second)
    assert Segment.parse("o", exact_fragment(first)) == first


def test_a_media_fragment_stays_as_it_is() -> None:
    whole = Segment("o", chars=(0, 5), region=(1, 2, 3, 4), time=(0.125, 2.5))
    assert exact_fragment(whole) == whole.fragment == "char=0,5&t=0.125,2.5&xywh=1,2,3,4"
    assert Base().segment("o", whole.fragment).endswith("object/o#char=0,5&t=0.125,2.5&xywh=1,2,3,4")


@pytest.mark.parametrize(
    "iri",
    ["", "graph/", "http://example.org/x", "http://example.org/#", "http://a b/", "http://a/<x>/", 'x:"/', "x\n:/"],
)
def test_a_base_that_is_no_iri_or_joins_wrongly_is_refused(iri: str) -> None:
    with pytest.raises(InvalidInput, match="base of IRIs"):
        Base(iri)


def test_the_terms_cost_nothing_to_import() -> None:
    code = "import sys, ontology.terms; print([n for n in ('rdflib', 'pyoxigraph', 'numpy') if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# Documents.


def test_the_page_of_the_ontology_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "ontology_page.py")]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    page = (ROOT / "docs" / "reference" / "ontology.md").read_text(encoding="utf-8")
    assert page == made, "python scripts/ontology_page.py > docs/reference/ontology.md writes it anew"


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_the_page_of_the_mapping_says_what_the_code_says(kind: type) -> None:
    page = (ROOT / "docs" / "reference" / "rdf-mapping.md").read_text(encoding="utf-8")
    section = re.search(rf"^\*\*{kind.__name__}\*\*(.*?)\n\n(.*?)\n\n", page, re.MULTILINE | re.DOTALL)
    assert section is not None
    heading = section[1].replace("\n", " ")
    assert all(f"`{_short(class_)}`" in heading for class_ in CLASSES[kind])
    for field, property_ in FIELDS[kind].items():
        assert any(
            f"`{field}`" in row.split("|")[1] and f"`{_short(property_)}`" in row for row in section[2].splitlines()
        ), field
    if kind is MediaObject:
        assert all(f"`{_short(class_)}`" in heading for class_ in terms.MODALITY_CLASSES.values())


def _short(iri: str) -> str:
    (prefix,) = (name for name, namespace in PREFIXES.items() if iri.startswith(str(namespace)))
    return f"{prefix}:{iri.removeprefix(str(PREFIXES[prefix]))}"


def test_vendored_files_tell_their_origin_and_licence() -> None:
    for name in VENDORED:
        head = (FOLDER / "vocabularies" / f"{name}.ttl").read_text(encoding="utf-8").partition("\n\n")[0]
        assert head.startswith("# ")
        assert re.search(r"licen[cs]e|\(MIT\)", head, re.IGNORECASE)
        assert "whole" in head or head.count("Extract:") == 1

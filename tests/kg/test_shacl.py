"""The shapes: no graph of ours breaks one, each of their constraints can be broken, and a breach is told exactly."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from rdflib import RDF, SH, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from api.cli import main
from kg import graphs as rdf_graphs
from kg import shacl
from kg.rdf import export, lines
from kg.sqlite import SQLiteStore
from kg.store import Store
from ontology import terms
from ontology.errors import InvalidInput
from ontology.terms import GEO, SIM, X
from tests.kg.test_store_cascade import Graph as MadeGraph
from tests.kg.test_store_cascade import graphs
from tests.kg.test_store_contract import GRAPH, fill

BASE = terms.Base()
SHAPES = Graph().parse(shacl.SHAPES)
PLACE = f'<http://places.example/geometry> <{GEO.asWKT}> "POINT (141 38)"^^<{GEO}wktLiteral> .\n'


def told(store: Store) -> str:
    """A store with its vectors as N-Triples, and a place that was imported."""
    return "".join(lines(store, quads=False, vectors=True)) + PLACE


def loaded(text: str) -> ox.Store:
    graph = ox.Store()
    graph.bulk_load(text.encode(), format=ox.RdfFormat.N_QUADS)
    return graph


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A graph with a record of every kind."""
    with closing(SQLiteStore(tmp_path_factory.mktemp("sample"))) as store:
        fill(store)
        return told(store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with a record of every kind."""
    with closing(SQLiteStore(tmp_path / "store")) as store:
        store.add(GRAPH)
    return tmp_path / "store"


# Graphs that are as they should be.


def test_a_graph_with_every_kind_of_record_breaks_nothing(sample: str) -> None:
    graph = loaded(sample)
    assert list(shacl.violations(graph)) == []
    kinds = {str(quad.object.value) for quad in graph.quads_for_pattern(None, ox.NamedNode(str(RDF.type)), None, None)}
    assert {str(target) for target in SHAPES.objects(None, SH.targetClass)} <= kinds


@settings(max_examples=15, deadline=None)
@given(graph=graphs())
def test_no_graph_that_a_store_can_hold_breaks_a_shape(
    tmp_path_factory: pytest.TempPathFactory, graph: MadeGraph
) -> None:
    with closing(SQLiteStore(tmp_path_factory.mktemp("made"))) as store:
        store.add(graph.records)
        with rdf_graphs.of_store(store, terms.Base("http://other.example/base/")) as made:
            assert list(shacl.violations(made)) == []


# Every constraint, broken.


class Constraint(NamedTuple):
    """One constraint of a shape: on which property (None: on the node itself), of which kind, with what parameter."""

    shape: URIRef
    path: URIRef | None
    kind: URIRef
    parameter: Node

    def __repr__(self) -> str:
        path = "node" if self.path is None else self.path.rpartition("/")[2].rpartition("#")[2]
        return f"{self.shape.rpartition('#')[2]}-{path}-{self.kind.rpartition('#')[2]}"


NODE_SHAPES = [URIRef(name) for name in sorted(map(str, SHAPES.subjects(RDF.type, SH.NodeShape)))]


def constraints(shape: URIRef) -> Iterator[Constraint]:
    """All constraints of a shape."""
    aside = {SH.path, SH.property, SH.targetClass, SH.targetSubjectsOf, SH.message, RDF.type}
    for holder in [shape, *SHAPES.objects(shape, SH.property)]:
        path = SHAPES.value(holder, SH.path)
        assert path is None or isinstance(path, URIRef)
        for kind, parameter in SHAPES.predicate_objects(holder):
            if kind not in aside:
                assert isinstance(kind, URIRef)
                yield Constraint(shape, path, kind, parameter)


def first_with(data: Graph, constraint: Constraint) -> Node:
    """A node that a shape is about, with a value of the property if there is one."""
    classes = SHAPES.objects(constraint.shape, SH.targetClass)
    used = SHAPES.objects(constraint.shape, SH.targetSubjectsOf)
    nodes = [node for class_ in classes for node in data.subjects(RDF.type, class_)]
    nodes += [node for property_ in used for node in data.subjects(property_)]
    assert nodes
    return max(sorted(nodes, key=str), key=lambda node: len(list(data.objects(node, constraint.path))))


OTHERS = {
    XSD.dateTime: ("2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"),
    XSD.double: ("0.123", "0.321"),
    XSD.integer: ("77", "78"),
    XSD.base64Binary: ("AAAA", "AAAB"),
}


def other(value: Node) -> Node:
    """Another value that is as good."""
    if isinstance(value, Literal) and value.datatype in OTHERS:
        one, another = OTHERS[value.datatype]
        return Literal(another if str(value) == one else one, datatype=value.datatype)
    return Literal(f"{value}x", datatype=value.datatype) if isinstance(value, Literal) else URIRef(f"{value}-other")


def breach(data: Graph, node: Node, constraint: Constraint) -> None:
    """Change a graph so that a node breaks a constraint."""
    path, kind = constraint.path, constraint.kind.rpartition("#")[2]
    if path is None:  # the only one: a note has no target, all else has one
        data.remove((node, URIRef(X.target), None))
        data.set((node, URIRef(X.action), Literal("merge")))
        return
    values = sorted(data.objects(node, path), key=str)
    datatype = next((value.datatype for value in values if isinstance(value, Literal)), None)
    replaced: dict[str, Node] = {
        "datatype": Literal("no", datatype=XSD.hexBinary),
        "in": Literal("neither"),
        "class": URIRef("http://nowhere.example/thing"),
        "or": URIRef("http://nowhere.example/thing"),
        "minLength": Literal(""),
        "minInclusive": Literal("-1", datatype=datatype),
        "maxInclusive": Literal("1.5", datatype=datatype),
    }
    if kind == "minCount":
        data.remove((node, path, None))
    elif kind == "maxCount":
        for _ in range(1 + int(str(constraint.parameter))):
            values.append(other(values[-1] if values else Literal("a")))
            data.add((node, path, values[-1]))
    elif kind == "lessThanOrEquals":
        assert isinstance(constraint.parameter, URIRef)
        dated = constraint.shape.endswith("Event")
        data.set((node, path, Literal("2999-01-01T00:00:00Z" if dated else "9999", datatype=datatype)))
        data.set((node, constraint.parameter, Literal("2000-01-01T00:00:00Z" if dated else "7", datatype=datatype)))
    else:
        data.set((node, path, replaced[kind]))


@pytest.mark.parametrize("shape", NODE_SHAPES, ids=lambda shape: shape.rpartition("#")[2])
def test_each_constraint_can_be_broken(sample: str, shape: URIRef) -> None:
    whole = Graph().parse(data=sample, format="nt")
    for constraint in constraints(shape):
        data = Graph()
        data += whole
        node = first_with(data, constraint)
        breach(data, node, constraint)
        assert set(data) != set(whole), constraint
        found = list(shacl._of_shape(loaded(data.serialize(format="nt")), shape, False))
        path = "" if constraint.path is None else shacl._prefixed(str(constraint.path))
        assert [one for one in found if (one.focus, one.path) == (str(node), path)], constraint


def test_every_kind_of_record_has_a_shape() -> None:
    assert sum(len(list(constraints(shape))) for shape in NODE_SHAPES) > 180
    aimed_at = {target.rpartition("#")[2] for target in map(str, SHAPES.objects(None, SH.targetClass))}
    assert {kind.__name__ for kind in terms.CLASSES} <= aimed_at


# What is told.


def test_a_breach_is_told_with_its_place_and_value(sample: str) -> None:
    link = next(quad.subject for quad in loaded(sample).quads_for_pattern(None, ox.NamedNode(SIM.method), None, None))
    graph = loaded(sample + f'{link} <{SIM.weight}> "1.5"^^<{XSD.double}> .\n')
    several, large = sorted(shacl.violations(graph), key=lambda one: one.value)
    assert (large.shape, large.focus, large.path, large.value) == ("Correlation", link.value, "sim:weight", "1.5")
    assert several.value == ""
    assert "More than 1 values" in several.message


def test_the_same_graph_gives_the_same_report_whatever_its_order_and_graphs(sample: str) -> None:
    broken = [line for line in sample.splitlines(keepends=True) if X.kind not in line and X.score not in line]
    reports = [
        list(shacl.violations(loaded("".join(text))))
        for text in (broken, broken[::-1], [line.replace(" .\n", " <http://g.example/1> .\n") for line in broken])
    ]
    assert reports[0] == reports[1] == reports[2]
    assert len(reports[0]) > 5


def test_first_and_fail_fast_bound_the_report(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "".join(line for line in sample.splitlines(keepends=True) if X.kind not in line)
    graph = loaded(broken)
    every = list(shacl.violations(graph))
    assert [one.shape for one in every] == ["Annotation"] * 4 + ["Correlation"] * 2 + ["Decision"] * 3 + [
        "TopicShare"
    ] * 3
    two = [shape for shape in ("Annotation", "Correlation", "Decision", "TopicShare") for _ in range(2)]
    assert [one.shape for one in shacl.violations(graph, first=2)] == two
    assert list(shacl.violations(graph, fail_fast=True)) == every[:1]
    monkeypatch.setattr(shacl, "PIECE", 1)
    assert list(shacl.violations(graph)) == every


def test_graphs_of_others_are_checked_too() -> None:
    node = f'_:a <{RDF.type}> <{X.Source}> .\n_:a <{terms.DCTERMS.identifier}> "s"@en .\n'
    quoted = f"_:a <{terms.SCHEMA.name}> <<( <http://a.example/s> <http://a.example/p> <http://a.example/o> )>> .\n"
    found = list(shacl.violations(loaded(node + quoted)))
    assert [(one.path, one.message.partition(" ")[0]) for one in found] == [
        ("dcterms:identifier", "Value"), ("schema:name", "Value"),
    ]  # fmt: skip
    assert found[0].focus.startswith("_:")


# On the command line.


def run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, arguments)
    return answer.exit_code, answer.output


def test_the_command_ends_with_0_for_a_sound_store_and_1_for_a_broken_file(folder: Path, tmp_path: Path) -> None:
    assert run("validate", "--store", str(folder)) == (0, "nothing breaks a shape\n")
    with closing(SQLiteStore(folder)) as store, (tmp_path / "graph.ttl").open("wb") as output:
        export(store, output, "turtle")
    assert run("validate", str(tmp_path / "graph.ttl"))[0] == 0
    text = (tmp_path / "graph.ttl").read_text(encoding="utf-8")
    (tmp_path / "broken.ttl").write_text(text.replace('x:scope "intra"', 'x:scope "both"'), encoding="utf-8")
    code, output_text = run("validate", str(tmp_path / "broken.ttl"))
    assert code == 1
    assert output_text.startswith("Correlation <https://w3id.org/crossmedia/correlation/correlation-")
    assert output_text.endswith("1 violations\n")
    code, output_text = run("validate", str(tmp_path / "broken.ttl"), "--format", "jsonl", "--first", "1")
    assert (code, json.loads(output_text)["value"]) == (1, "both")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("graph.txt", "", 2),
        ("graph.ttl", "<a <b> .", 2),
        ("graph.nq", "\x00", 2),
        ("graph.jsonld", '{"@context": "http://nowhere.example/context"}', 2),
        ("graph.rdf", "<rdf:RDF", 2),
        ("graph.rdf", '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r/>', 2),
        ("graph.rdf", '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r/>', 2),
        ("missing.ttl", None, 2),
    ],
)
def test_what_is_no_rdf_is_refused_in_a_line(tmp_path: Path, name: str, content: str | None, code: int) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    answer = run("validate", str(tmp_path / name))
    assert answer[0] == code
    assert answer[1].startswith("Error: ")
    assert name in answer[1]


def test_rdf_xml_with_short_names_is_read(tmp_path: Path) -> None:
    file = tmp_path / "vocabulary.owl"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY x "https://w3id.org/crossmedia/ontology#">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://a.example/s">'
        '<rdf:type rdf:resource="&x;Source"/></rdf:Description></rdf:RDF>',
        encoding="utf-8",
    )
    with rdf_graphs.of_file(file) as graph:
        assert [one.path for one in shacl.violations(graph)] == ["dcterms:identifier", "schema:name"]


def test_a_store_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    assert run("validate", "--store", str(tmp_path / "none"))[0] == 3
    with pytest.raises(InvalidInput), rdf_graphs.of_file(tmp_path / "a.csv"):
        pass

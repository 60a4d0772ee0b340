"""What follows from a graph: the same as owlrl says, whatever the size and the named graphs."""

import warnings
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from rdflib import OWL, Graph, URIRef
from rdflib.term import Node

from api.cli import main
from kg import inference
from kg.rdf import lines
from kg.sqlite import SQLiteStore
from ontology.errors import Conflict
from ontology.terms import RDF, SCHEMA, SEM, SIM, Base, X
from tests.kg.test_store_cascade import Graph as MadeGraph
from tests.kg.test_store_cascade import graphs
from tests.kg.test_store_contract import GRAPH

Triple = tuple[Node, Node, Node]

BASE = Base()
EXAMPLE = "http://example.org/"


def loaded(text: str) -> ox.Store:
    graph = ox.Store()
    graph.bulk_load(text.encode(), format=ox.RdfFormat.N_QUADS)
    return graph


def triple(subject: str, property_: str, value: str) -> str:
    return f"<{subject}> <{property_}> <{value}> .\n"


def ours(text: str) -> set[Triple]:
    """What we say, as rdflib compares it."""
    return set(Graph().parse(data="".join(inference.inferred(loaded(text))), format="nt"))


def by_owlrl(text: str) -> set[Triple]:
    """What owlrl says of the nodes of a graph, without what holds of everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import owlrl

        data, ontologies = Graph().parse(data=text, format="nt"), Graph()
        for file in (inference.ONTOLOGY, *sorted(inference.VOCABULARIES.glob("*.ttl"))):
            ontologies.parse(file)
        every = data + ontologies
        semantics = owlrl.OWLRL_Semantics
        owlrl.DeductiveClosure(semantics, rdfs_closure=False, axiomatic_triples=False).expand(every)
    nodes = {term for triple in data for term in triple[::2] if isinstance(term, URIRef)}
    nodes -= set(ontologies.subjects())
    return {
        (subject, property_, value)
        for subject, property_, value in every
        if subject in nodes
        and (subject, property_, value) not in data
        and not (property_ == OWL.sameAs and subject == value)
        and value not in inference._TRIVIAL
    }


@pytest.mark.slow
@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(graph=graphs())
def test_made_graphs_give_what_owlrl_says(tmp_path_factory: pytest.TempPathFactory, graph: MadeGraph) -> None:
    with closing(SQLiteStore(tmp_path_factory.mktemp("made"))) as store:
        store.add(graph.records)
        text = "".join(lines(store, quads=False))
    assert ours(text) == by_owlrl(text)


def test_things_that_are_the_same_share_what_is_told_of_them() -> None:
    text = (
        triple(EXAMPLE + "a", str(OWL.sameAs), EXAMPLE + "b")
        + triple(EXAMPLE + "b", str(OWL.sameAs), EXAMPLE + "c")
        + triple(EXAMPLE + "event", SEM.hasActor, EXAMPLE + "a")
        + triple(EXAMPLE + "c", f"{SEM}hasSubEvent", EXAMPLE + "d")
    )
    found = set(inference.inferred(loaded(text)))
    assert triple(EXAMPLE + "event", SEM.hasActor, EXAMPLE + "c") in found
    assert triple(EXAMPLE + "a", f"{SEM}hasSubEvent", EXAMPLE + "d") in found
    assert triple(EXAMPLE + "d", f"{SEM}subEventOf", EXAMPLE + "b") in found
    assert ours(text) == by_owlrl(text)


def test_members_classes_and_properties_above_follow(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path)) as store:
        store.add(GRAPH)
        text = "".join(lines(store))
    found = set(inference.inferred(loaded(text)))
    event = BASE.event("e1")
    assert triple(event, X.toldBy, BASE.object("o1")) in found
    assert triple(event, f"{SEM}eventProperty", BASE.aspect("e1", 0)) in found
    assert triple(event, RDF.type, f"{SCHEMA}Event") in found
    assert triple(BASE.member("e1", "o1"), SIM.element, event) in found
    assert triple(BASE.object("o1"), f"{SCHEMA}subjectOf", event) not in found


def test_the_result_does_not_depend_on_order_graphs_or_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SQLiteStore(tmp_path)) as store:
        store.add(GRAPH)
        text = "".join(lines(store, quads=False)).splitlines(keepends=True)
    expected = inference.inferred(loaded("".join(text)))
    assert expected == sorted(set(expected))
    assert inference.inferred(loaded("".join(reversed(text)))) == expected
    named = [line.replace(" .\n", f" <{EXAMPLE}{number % 3}> .\n") for number, line in enumerate(text)]
    graph = loaded("".join(named))
    size = len(graph)
    monkeypatch.setattr(inference, "IN_MEMORY", 0)
    assert inference.inferred(graph) == expected
    assert len(graph) == size


def test_nothing_more_follows_from_what_followed() -> None:
    text = triple(EXAMPLE + "e", RDF.type, X.Event) + triple(EXAMPLE + "e", X.hasCause, EXAMPLE + "a")
    once = inference.inferred(loaded(text))
    assert len(once) > 5
    assert inference.inferred(loaded(text + "".join(once))) == []


def test_a_node_of_two_classes_that_exclude_each_other_is_an_error() -> None:
    wrong = triple(EXAMPLE + "x", RDF.type, X.Source) + triple(EXAMPLE + "x", X.member, EXAMPLE + "y")
    with pytest.raises(Conflict, match=r"example.org/x> cannot be both .*ontology#Event> and .*ontology#Source>"):
        inference.inferred(loaded(wrong))


def test_literals_and_blank_nodes_do_no_harm() -> None:
    text = (
        f'_:a <{X.member}> "no node" .\n_:a <{X.member}> _:b .\n<{EXAMPLE}s> <{OWL.sameAs}> "text" .\n'
        f"<{EXAMPLE}s> <{X.reason}> <<( <{EXAMPLE}a> <{EXAMPLE}p> <{EXAMPLE}o> )>> .\n"
    )
    found = inference.inferred(loaded(text))
    assert any(line.startswith("_:") and X.Member in line for line in found)
    assert all(not line.startswith('"') for line in found)


def test_the_command_writes_what_follows_and_refuses_contradictions(tmp_path: Path) -> None:
    file, target = tmp_path / "graph.nt", tmp_path / "follows.nt"
    text = triple(EXAMPLE + "e", RDF.type, X.Event)
    file.write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(main, ["infer", str(file)])
    assert (answer.exit_code, answer.output) == (0, "".join(inference.inferred(loaded(text))))
    assert CliRunner().invoke(main, ["infer", str(file), "--output", str(target)]).exit_code == 0
    assert target.read_text(encoding="utf-8") == answer.output
    file.write_text(text + triple(EXAMPLE + "e", RDF.type, X.Source), encoding="utf-8")
    target.unlink()
    answer = CliRunner().invoke(main, ["infer", str(file), "--output", str(target)])
    assert answer.exit_code == 4
    assert "contradicts the ontology" in answer.output
    assert not target.exists()

"""What users bring: concepts of SKOS with their labels, and facts about those whom events name."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from api.cli import main
from kg import facts, graphs, shacl, skos
from kg.skos import Concept
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput
from ontology.terms import Base
from tests.kg.test_store_contract import GRAPH

PREFIX = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix schema: <https://schema.org/> .
@prefix : <http://topics.example/> .
"""
TOPICS = f"""{PREFIX}
:disaster a skos:Concept ; skos:prefLabel "disaster"@en , "Katastrophe"@de ; skos:inScheme :scheme .
:flood a skos:Concept ; skos:prefLabel "flood"@en-GB ; skos:altLabel "high   water"@en , "Hochwasser"@de ;
    skos:hiddenLabel "floood" ; skos:broader :disaster ; skos:exactMatch <http://other.example/flood> .
:quake a skos:Concept ; skos:prefLabel "earthquake"@en ; skos:broader :quake .
:disaster skos:narrower :quake .
:fremd a skos:Concept ; skos:prefLabel "nur deutsch"@de .
[] a skos:Concept ; skos:prefLabel "nameless"@en .
:other skos:prefLabel "no concept"@en .
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    """A store with a record of every kind."""
    with closing(SQLiteStore(tmp_path / "store")) as opened:
        opened.add(GRAPH)
        yield opened


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    """A vocabulary."""
    (tmp_path / "topics.ttl").write_text(TOPICS, encoding="utf-8")
    return tmp_path / "topics.ttl"


def name(part: str) -> str:
    return f"http://topics.example/{part}"


# Concepts.


def test_concepts_are_read_with_the_labels_of_a_language(topics: Path) -> None:
    disaster, flood, quake = skos.read(topics)
    assert disaster == Concept(name("disaster"), "disaster", ("disaster",), (name("scheme"),))
    assert flood == Concept(
        name("flood"), "flood", ("flood", "floood", "high water"), (), (name("disaster"),),
        ("http://other.example/flood",),
    )  # fmt: skip
    assert quake == Concept(name("quake"), "earthquake", ("earthquake",), (), (name("disaster"),))
    assert [concept.label for concept in skos.read(topics, "de")] == ["Katastrophe", "nur deutsch"]
    with pytest.raises(InvalidInput, match="no SKOS concept with a preferred label in 'fr'"):
        skos.read(topics, "fr")


def test_a_concept_guides_with_the_labels_of_all_that_is_narrower(topics: Path) -> None:
    words = skos.guide_words(skos.read(topics))
    assert words == {
        name("disaster"): ("disaster", "earthquake", "flood", "floood", "high water"),
        name("flood"): ("flood", "floood", "high water"),
        name("quake"): ("earthquake",),
    }


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_guide_words_of_any_hierarchy_are_those_within_reach(pairs: list[tuple[int, int]]) -> None:
    concepts = [
        Concept(str(n), str(n), (str(n),), broader=tuple(sorted({str(b) for a, b in pairs if a == n})))
        for n in range(7)
    ]
    reach = {n: {n} for n in range(7)}
    for _ in range(7):
        for lower, upper in pairs:
            reach[upper] |= reach[lower]
    assert skos.guide_words(concepts) == {str(n): tuple(sorted(map(str, reach[n]))) for n in range(7)}


def test_concepts_are_kept_with_a_store_until_they_are_forgotten(store: SQLiteStore, topics: Path) -> None:
    assert skos.kept_in(store) == []
    concepts = skos.read(topics)
    assert skos.keep(store, concepts) == 3
    assert skos.keep(store, [Concept(name("flood"), "deluge", ("deluge",)), Concept("urn:x", "x", ("x",))]) == 4
    assert [concept.label for concept in skos.kept_in(store)] == ["disaster", "deluge", "earthquake", "x"]
    assert skos.forget(store, name("scheme")) == 1
    assert [concept.label for concept in skos.kept_in(store)] == ["deluge", "earthquake", "x"]
    assert skos.forget(store) == 3
    assert store.setting(skos.SETTING) is None


def test_too_many_concepts_are_refused(topics: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skos, "MOST", 2)
    with pytest.raises(InvalidInput, match="holds 3 concepts; at most 2"):
        skos.read(topics)


# Facts.

PLACES = f"""{PREFIX}
:p1 schema:name "SENDAI"@en ; schema:url <http://sendai.example/> ; geo:hasGeometry :g1 ; schema:about [ ] .
:g1 geo:asWKT "POINT (140.9 38.3)"^^geo:wktLiteral .
:p2 schema:name "Elsewhere" ; schema:url <http://elsewhere.example/> .
<https://w3id.org/crossmedia/entity/A> schema:description "the first of all" .
<https://w3id.org/crossmedia/entity/nobody> schema:description "nobody" .
"""


def test_facts_are_matched_by_iri_and_by_label(store: SQLiteStore, tmp_path: Path) -> None:
    file = tmp_path / "places.ttl"
    file.write_text(PLACES, encoding="utf-8")
    with graphs.of_file(file) as graph:
        assert facts.bring(store, graph) == 6
        assert facts.bring(store, graph) == 0
    told = "".join(facts.lines(store))
    sendai = Base().entity("Sendai")
    assert f"<{sendai}> <http://www.w3.org/2004/02/skos/core#exactMatch> <{name('p1')}> .\n" in told
    assert "POINT (140.9 38.3)" in told
    assert "the first of all" in told
    assert "lsewhere" not in told
    assert "nobody" not in told
    assert "_:" not in told
    assert facts.lines(store) == sorted(facts.lines(store))
    with graphs.of_store(store) as graph:
        assert list(shacl.violations(graph)) == []
    assert facts.forget(store) == 6
    assert facts.lines(store) == []


def test_a_place_that_is_no_place_breaks_a_shape(store: SQLiteStore, tmp_path: Path) -> None:
    file = tmp_path / "places.ttl"
    file.write_text(PLACES.replace('"^^geo:wktLiteral', '"'), encoding="utf-8")
    with graphs.of_file(file) as graph:
        facts.bring(store, graph)
    with graphs.of_store(store) as graph:
        assert [one.shape for one in shacl.violations(graph)] == ["Geometry"]


def test_facts_about_nobody_and_too_many_facts_are_refused(
    store: SQLiteStore, topics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "places.ttl").write_text(PLACES, encoding="utf-8")
    with graphs.of_file(topics) as graph, pytest.raises(InvalidInput, match="nothing is told of the 2 names"):
        facts.bring(store, graph)
    monkeypatch.setattr(facts, "MOST", 3)
    too_many = pytest.raises(InvalidInput, match="6 facts are too many, at most 3")
    with graphs.of_file(tmp_path / "places.ttl") as graph, too_many:
        facts.bring(store, graph)
    assert facts.lines(store) == []


# On the command line.


def test_the_commands_bring_list_and_forget(store: SQLiteStore, topics: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        answer = CliRunner().invoke(main, ["vocabulary", *arguments, "--store", str(tmp_path / "store")])
        return answer.exit_code, answer.output

    assert run("import", str(topics)) == (0, "3 concepts read, 3 kept\n")
    assert run("import", str(topics), "--language", "de", "--format", "json")[0] == 0
    assert run("list")[1].splitlines()[-1] == "4 concepts"
    assert json.loads(run("list", "--format", "jsonl")[1].splitlines()[0])["label"] == "Katastrophe"
    (tmp_path / "places.ttl").write_text(PLACES, encoding="utf-8")
    assert run("facts", str(tmp_path / "places.ttl")) == (0, "6 new facts\n")
    assert run("forget", "--facts") == (0, "6 forgotten\n")
    assert run("forget") == (0, "4 forgotten\n")
    assert run("import", str(tmp_path / "none.ttl"))[0] == 2
    assert run("facts", str(topics))[0] == 2

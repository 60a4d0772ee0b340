"""Cypher: the ready questions answer as the store does, and the queries to save are what their heads say."""

import re
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import neo4j_queries
from kg.neo4j import Neo4jStore
from kg.questions import QUESTIONS, ask
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from kg.syncing import sync
from ontology.errors import InvalidInput, NotFound
from ontology.model import ASPECTS, Event, MediaObject, Source
from tests.kg.test_questions import ATTACK, KNOWN, fill
from tests.kg.test_store_cascade import Graph, graphs
from tests.neo4j_lender import Lender

HOSTILE = ("' }) DETACH DELETE n //", '"', "\\", "\\u0027 OR 1=1", "`", "$event", "}\n{", "x" * 5000)


@pytest.fixture(scope="module")
def filled(neo4j_lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with closing(neo4j_lender.open(tmp_path_factory.mktemp("questions"))) as store:
        fill(store)
        yield store


@pytest.mark.service
@pytest.mark.parametrize(("name", "given", "rows"), KNOWN)
def test_questions_have_these_answers_in_cypher(
    filled: Neo4jStore, name: str, given: dict[str, str], rows: list[tuple[Any, ...]]
) -> None:
    assert neo4j_queries.ask(filled, name, given) == rows


@pytest.mark.service
@pytest.mark.parametrize("name", QUESTIONS)
def test_columns_are_named_as_the_question_says(filled: Neo4jStore, name: str) -> None:
    given = {"time": "2011-03-11", "number": 0.5, "aspect": "who"}
    values = {parameter.name: given.get(parameter.sort, "x") for parameter in QUESTIONS[name].parameters}
    text = (neo4j_queries.FOLDER / "questions" / f"{name}.cypher").read_text()
    columns = filled._connection.reading(lambda tx: tx.run(text, values).keys())
    assert tuple(columns) == QUESTIONS[name].columns


@pytest.mark.service
@pytest.mark.parametrize("name", QUESTIONS)
def test_hostile_parameters_find_nothing_and_change_nothing(filled: Neo4jStore, name: str) -> None:
    before = snapshot(filled)
    fixed = {"time": "2011-03-11", "number": "0.5", "aspect": "who"}
    for hostile in HOSTILE:
        given = {parameter.name: fixed.get(parameter.sort, hostile) for parameter in QUESTIONS[name].parameters}
        assert neo4j_queries.ask(filled, name, given) == ask(filled, name, given)
    assert snapshot(filled) == before


@pytest.mark.service
@settings(deadline=None, max_examples=15)
@given(graph=graphs(), choice=st.randoms(use_true_random=False))
def test_cypher_and_the_embedded_store_agree_on_made_graphs(
    filled: Neo4jStore, tmp_path_factory: pytest.TempPathFactory, graph: Graph, choice: Any
) -> None:
    with closing(SQLiteStore(tmp_path_factory.mktemp("made"))) as store:
        store.add(graph.records)
        sync(store, filled)
        objects = [item.id for item in store.scan(MediaObject)]
        events = [event.id for event in store.scan(Event)] or ["none"]
        sources = [source.id for source in store.scan(Source)]
        for name, asked in QUESTIONS.items():
            given = {
                "event": choice.choice(events), "object": choice.choice(objects), "source": choice.choice(sources),
                "other": choice.choice(events if name == "between-events" else objects), "weight": str(choice.random()),
                "aspect": choice.choice(ASPECTS), "from": "2011-06-01", "to": "2012-06-01",
                "actor": choice.choice("aeiü "), "place": choice.choice("aeiü "), "words": choice.choice("aeiü "),
            }  # fmt: skip
            given = {parameter.name: given[parameter.name] for parameter in asked.parameters}
            assert neo4j_queries.ask(filled, name, given) == ask(store, name, given), (name, given)


def test_what_is_no_question_and_what_is_missing_is_said_so() -> None:
    nobody: Any = None
    with pytest.raises(NotFound, match="no question 'why'"):
        neo4j_queries.ask(nobody, "why", {})
    with pytest.raises(InvalidInput, match="needs a value for 'event'"):
        neo4j_queries.ask(nobody, "first-told", {})


@pytest.mark.parametrize("query", neo4j_queries.saved().values(), ids=lambda query: query.name)
def test_saved_queries_say_what_they_are_and_take(query: neo4j_queries.Saved) -> None:
    assert query.title
    assert set(re.findall(r"\$(\w+)", query.text)) == set(query.parameters)
    assert all(query.parameters.values())
    assert re.search(r"LIMIT \d+|limit: \d+|\[\.\.\d+\]", query.text) or query.name == "why-linked", (
        "what it shows is bounded"
    )


def test_every_question_has_its_cypher_and_nothing_else_lies_there() -> None:
    names = {path.name for path in (neo4j_queries.FOLDER / "questions").iterdir()}
    assert names == {f"{name}.cypher" for name in QUESTIONS}


@given(event=st.text(min_size=1))
@settings(max_examples=50)
def test_nothing_of_an_id_gets_into_a_link(event: str) -> None:
    link = neo4j_queries.browser_link("http://127.0.0.1:7474/browser/?dbms=bolt://127.0.0.1:7687&db=neo4j", event)
    asked = parse_qs(urlsplit(link).query)
    assert asked["dbms"] == ["bolt://127.0.0.1:7687"]
    assert re.sub(r"key: 'event-[0-9a-f]{16}'", "id: $event", asked["arg"][0]) == neo4j_queries.saved()["event"].text


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "127.0.0.1:7474", "file:///etc/passwd", "http://"])
def test_what_is_no_address_of_a_browser_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="not an address of Neo4j Browser"):
        neo4j_queries.browser_link(address, "e")


@pytest.mark.service
def test_the_link_finds_its_event(filled: Neo4jStore) -> None:
    fill(filled)
    for event in (ATTACK, "quake"):
        asked = parse_qs(urlsplit(neo4j_queries.browser_link("http://localhost/", event)).query)["arg"][0]
        found = filled.query(asked, {})
        assert {path.start_node["id"] for (path,) in found} == {event}


def test_times_of_the_driver_become_pythons() -> None:
    assert neo4j_queries._plain("text") == "text"
    assert neo4j_queries._plain(None) is None
    assert isinstance(neo4j_queries._plain(datetime(2011, 3, 11)), datetime)


def test_the_style_names_what_is_in_the_graph_and_nothing_else() -> None:
    from kg.neo4j_schema import ANY_QUESTION, KEYS, LINK_TYPES, MEDIA

    style = neo4j_queries.STYLE.read_text()
    assert set(re.findall(r"^node\.(\w+)", style, re.MULTILINE)) <= {*KEYS, *MEDIA.values()}
    types = set(re.findall(r"^relationship\.(\w+)", style, re.MULTILINE))
    assert types == {*LINK_TYPES, *ANY_QUESTION.split("|"), "TOLD_BY", "EVIDENCE", "SAYS", "PUBLISHED_BY"}


def test_the_files_are_part_of_the_package() -> None:
    assert Path(str(neo4j_queries.FOLDER)).parent.name == "kg"
    assert len(neo4j_queries.saved()) == 10

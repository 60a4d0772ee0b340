"""The pages of the graph, of paths and of decisions, and what a person with a key is offered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import networkx as nx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from api.keys import Keys
from kg.deciding import decide
from kg.sqlite import SQLiteStore
from ontology.model import Correlation, Decision, Event, MediaObject, Member, Source, stable_id
from tests.api.test_pages import text, tree
from tests.kg.decided import decision

KEY = "correct horse battery staple"
HOSTILE = "\"'><script>alert(1)</script>"
LINK = Correlation("a", "b", "neighbour", "intra", 0.5, "words", "1", "run", "near in words")
FOUNDED = stable_id("event", "a")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path / "store")) as opened:
        opened.add([Source("s1", "One"), Source("s2", "Two")])
        opened.add(MediaObject(name, "text", "s1", title=name) for name in ("a", HOSTILE))
        opened.add([MediaObject("b", "text", "s2", title="b")])
        opened.add([LINK, Correlation(HOSTILE, "b", "neighbour", "intra", 0.9, "words", "1", "run", HOSTILE)])
        opened.add([Event(FOUNDED, "E", None, None, "", (Member("a", 1.0, "founds"), Member("b", 0.7, "tells")))])
        yield opened


@pytest.fixture
def reading(store: SQLiteStore, make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(store).test_client()


@pytest.fixture
def deciding(store: SQLiteStore, make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(store, writers=Keys.parse(f"anna: {KEY}", "test")).test_client()


def test_the_graph_shows_nodes_edges_and_why(reading: FlaskClient) -> None:
    page = tree(reading, "/graph")
    lines = {(line.get("data-start"), line.get("data-end")): line for line in page.xpath("//figure//line")}
    assert "near in words" in text(lines["object:a", "object:b"])
    assert ("object:a", f"event:{FOUNDED}") in lines
    keys = {node.get("data-key") for node in page.xpath("//figure//*[@data-key]")}
    assert {"object:a", "object:b", f"event:{FOUNDED}", "source:s1"} <= keys
    assert {end for pair in lines for end in pair} <= keys
    assert "near in words" in [text(cell) for cell in page.xpath("//table//td[5]")]
    assert page.xpath("//figure//script") == []


def test_around_an_object_the_nearest_are_drawn(reading: FlaskClient) -> None:
    page = tree(reading, "/graph?object=a&limit=1")
    assert {node.get("data-key") for node in page.xpath("//figure//*[@data-key]")} == {"object:a", f"event:{FOUNDED}"}
    assert reading.get("/graph?object=a&event=x").status_code == 400
    assert reading.get("/graph?object=nothing").status_code == 404
    assert reading.get("/api/v1/graph?object=a&limit=1").json["nodes"][0]["key"] == f"event:{FOUNDED}"


def test_what_is_drawn_can_be_taken_along(reading: FlaskClient) -> None:
    links = tree(reading, "/graph?object=a&limit=1").xpath("//p[@class='counts']/a/@href")
    graphml, gexf = (next(link for link in links if f"format={form}" in link) for form in ("graphml", "gexf"))
    taken = reading.get(graphml)
    assert taken.headers["Content-Disposition"] == 'attachment; filename="graph.graphml"'
    graph = nx.parse_graphml(taken.text)
    assert set(graph) == {"object:a", f"event:{FOUNDED}"}
    assert {"x", "y", "label", "kind"} <= set(graph.nodes["object:a"])
    assert reading.get(gexf).data.startswith(b"<?xml")
    assert reading.get("/api/v1/graph?format=exe").status_code == 400


def test_a_path_names_each_step_and_its_reason(reading: FlaskClient) -> None:
    page = tree(reading, "/path", query_string={"from": "a", "to": HOSTILE})
    first = page.xpath("//section[@class='way']")[0]
    assert [text(step) for step in first.xpath(".//li/a")] == ["a", "E", "b", HOSTILE]
    assert [text(why) for why in first.xpath(".//p[@class='why']/span[last()]")] == ["founds", "tells", HOSTILE]


def test_without_keys_pages_offer_no_decision(reading: FlaskClient) -> None:
    for address in ("/objects/a", f"/events/{FOUNDED}", "/decisions"):
        page = reading.get(address).text
        assert "data-decide" not in page
        assert "decide.js" not in page


def test_with_keys_each_link_and_member_can_be_decided_on(deciding: FlaskClient) -> None:
    offered = [json.loads(said) for said in tree(deciding, "/objects/a").xpath("//@data-decide")]
    assert offered == [{"action": "confirm", "link": LINK.id}, {"action": "reject", "link": LINK.id}]
    offered = [json.loads(said) for said in tree(deciding, f"/events/{FOUNDED}").xpath("//@data-decide")]
    assert offered == [{"action": word, "subject": "b", "target": FOUNDED} for word in ("confirm", "reject")]
    for said in offered[:1]:
        assert deciding.post("/api/v1/decisions", json=said, headers={"X-Api-Key": KEY}).status_code == 201


def test_what_was_said_is_shown_where_it_belongs(store: SQLiteStore, deciding: FlaskClient) -> None:
    decide(store, [decision("confirm", "a", "b", "neighbour"), decision("annotate", HOSTILE, None, "object", HOSTILE)])
    words = [text(word) for word in tree(deciding, "/decisions").xpath("//li[@class='word']")]
    assert len(words) == 2
    shown = tree(deciding, "/objects/a")
    assert "confirm a and b" in text(shown.xpath("//li[@class='word']")[0])
    assert shown.xpath("//@data-withdraw") == [word.id for word in store.scan(Decision) if word.action == "confirm"]
    assert [json.loads(said)["action"] for said in shown.xpath("//@data-decide")] == ["reject"]
    assert tree(deciding, f"/events/{FOUNDED}").xpath("//li[@class='word']") == []
    assert html.fromstring(deciding.get("/decisions").data).xpath("//script[not(@src)]") == []


def test_sources_that_are_one_count_once(store: SQLiteStore, reading: FlaskClient) -> None:
    assert "2 sources" in text(tree(reading, f"/events/{FOUNDED}").xpath("//header//p[@class='counts']")[0])
    decide(store, [decision("merge", "s1", "s2", "source")])
    assert "1 source" in text(tree(reading, f"/events/{FOUNDED}").xpath("//header//p[@class='counts']")[0])
    assert "1 source" in text(tree(reading, "/").xpath("//main//*[contains(@class, 'event')]")[0])

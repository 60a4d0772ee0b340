"""SPARQL over HTTP: the protocol, the page, the ready questions, and that nothing gets past the limits."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from api.querying import NAME
from api.resources.sparql import NAMES
from kg.questions import QUESTIONS, ask
from kg.snapshot import snapshot
from kg.sparql import Limits
from kg.sparql_forms import GRAPH_FORMS, ROW_FORMS
from kg.sqlite import SQLiteStore
from ontology.model import Event
from ontology.terms import Base
from tests.api.test_answers import ASKED

TITLES = "SELECT ?title { ?e a x:Event ; dcterms:title ?title } ORDER BY ?title"
EVENTS = 'CONSTRUCT WHERE { ?e a x:Event ; dcterms:identifier "quake" ; dcterms:title ?t }'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SERVICE = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"


@pytest.fixture(autouse=True)
def processes_end(app: Flask) -> Iterator[None]:
    yield
    app.extensions[NAME].close()


def get(client: FlaskClient, accept: str | None = None, **parameters: Any) -> Any:
    return client.get("/sparql", query_string=parameters, headers={"Accept": accept} if accept else {})


# The protocol.


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "json"), ("*/*", "json"), ("application/sparql-results+json", "json"), ("application/json", "json"),
        ("application/sparql-results+xml", "xml"), ("text/csv", "csv"), ("text/tab-separated-values", "tsv"),
        ("text/csv;q=0.5,application/sparql-results+xml", "xml"), ("text/turtle,text/csv;q=0.1", "csv"),
    ],
)  # fmt: skip
def test_rows_come_in_the_form_that_is_asked_for(client: FlaskClient, accept: str | None, form: str) -> None:
    answer = get(client, accept, query=TITLES)
    assert answer.status_code == 200
    assert answer.mimetype == ROW_FORMS[form]
    assert "Earthquake off Japan" in answer.text
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "turtle"),
        ("text/turtle", "turtle"),
        ("application/n-triples", "ntriples"),
        ("application/ld+json", "jsonld"),
    ],
)
def test_triples_come_in_the_form_that_is_asked_for(client: FlaskClient, accept: str | None, form: str) -> None:
    answer = get(client, accept, query=EVENTS)
    assert answer.mimetype == GRAPH_FORMS[form]
    formats = {"turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}
    assert len(set(ox.parse(answer.data, format=formats[form]))) == 3


def test_a_query_may_be_sent_in_three_ways(client: FlaskClient) -> None:
    expected = get(client, query=TITLES).data
    assert client.post("/sparql", data={"query": TITLES}).data == expected
    assert client.post("/sparql", data=TITLES, content_type="application/sparql-query").data == expected
    assert get(client, query=TITLES, format="csv").mimetype == "text/csv"


def test_graphs_may_be_chosen(client: FlaskClient) -> None:
    count = "SELECT (COUNT(?l) AS ?n) { ?l a x:Correlation }"
    runs, rest = Base().graph("run-1"), Base().graph()

    def number(**parameters: Any) -> int:
        return int(get(client, "text/csv", query=count, **parameters).text.split()[1])

    assert number() == number(**{"default-graph-uri": runs}) == number(**{"default-graph-uri": [rest, runs]}) == 5
    assert number(**{"default-graph-uri": rest}) == number(**{"named-graph-uri": runs}) == 0
    named = "SELECT (COUNT(?l) AS ?n) { GRAPH ?g { ?l a x:Correlation } }"
    body = {"query": named, "named-graph-uri": runs}
    assert client.post("/sparql", data=body, headers={"Accept": "text/csv"}).text.split() == ["n", "5"]
    address = "/sparql?named-graph-uri=" + runs.replace(":", "%3A")
    sent = client.post(address, data=named, content_type="application/sparql-query", headers={"Accept": "text/csv"})
    assert sent.text.split() == ["n", "5"]


@pytest.mark.parametrize(
    ("parameters", "detail"),
    [
        ({}, "there is no query"),
        ({"query": "  "}, "there is no query"),
        ({"query": "SELECT"}, "the query cannot be run"),
        ({"query": SERVICE}, "SERVICE is refused"),
        ({"query": "LOAD <file:///etc/passwd>"}, "LOAD is refused: the graph is only read"),
        ({"query": "DELETE WHERE { ?s ?p ?o }"}, "DELETE is refused"),
        ({"update": "DELETE WHERE { ?s ?p ?o }"}, "updates are refused"),
        ({"query": "SELECT * FROM <http://127.0.0.1:1/> {}"}, "no graph <http://127.0.0.1:1/>, and none is fetched"),
        ({"query": TITLES, "default-graph-uri": "http://127.0.0.1:1/"}, "there is no graph"),
        ({"query": TITLES, "default-graph-uri": "not an iri"}, "the query cannot be run"),
        ({"query": TITLES, "format": "pdf"}, "format must be one of json, xml"),
        ({"query": TITLES, "format": "turtle"}, "rows or yes and no, which is given as one of: json"),
        ({"query": [TITLES, TITLES]}, "'query' is given 2 times"),
        ({"query": TITLES, "timeout": "0"}, "no parameter 'timeout' here; there are: query, format"),
        ({"query": "ASK { }" + " " * 70_000}, "at most 65536"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_so(client: FlaskClient, parameters: dict[str, Any], detail: str) -> None:
    answer = get(client, "application/json", **parameters)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert detail in answer.json["detail"]
    assert answer.json["instance"] == "/sparql"


def test_bodies_of_other_types_and_forms_that_are_not_given(client: FlaskClient) -> None:
    assert client.post("/sparql", data="x", content_type="application/sparql-update").status_code == 415
    assert client.post("/sparql", json={"query": TITLES}).status_code == 415
    assert client.post("/sparql", data=b"\xff", content_type="application/sparql-query").status_code == 400
    both = client.post("/sparql?query=ASK+%7B%7D", data=TITLES, content_type="application/sparql-query")
    assert "given twice" in both.text
    assert get(client, "image/png", query=TITLES).status_code == 406
    assert client.put("/sparql").status_code == 405
    other_site = client.post("/sparql", data={"query": TITLES}, headers={"Origin": "https://other.example"})
    assert other_site.status_code == 403


def test_limits_hold_and_the_service_goes_on(
    app: Flask, client: FlaskClient, service_store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(service_store)
    monkeypatch.setattr("kg.sparql.Limits", lambda: Limits(seconds=0.5, rows=3, size=20_000))
    for query, detail in (
        (SLOW, "took longer than 0.5 seconds"),
        ("SELECT * { ?s ?p ?o } LIMIT 4", "has 4 rows, at most 3 are given"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "longer than 20,000 bytes"),
    ):
        answer = get(client, query=query)
        assert answer.status_code == 400
        assert detail in answer.json["detail"]
    assert get(client, query="ASK {}").json["boolean"] is True
    assert snapshot(service_store) == before


def test_an_answer_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    tag = get(client, query=TITLES).headers["ETag"]
    again = client.get("/sparql", query_string={"query": TITLES}, headers={"If-None-Match": tag})
    assert again.status_code == 304


# The page.


def page(client: FlaskClient, address: str = "/sparql", status: int = 200, **parameters: Any) -> html.HtmlElement:
    answer = client.get(address, query_string=parameters or None, headers={"Accept": BROWSER})
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "text/html"
    return html.fromstring(answer.text)


def test_a_browser_gets_a_page_to_ask_on(client: FlaskClient) -> None:
    assert client.get("/sparql").mimetype == "text/html"
    empty = page(client)
    assert "SELECT ?event" in empty.xpath("//textarea[@name='query']")[0].text
    shown = page(client, query=TITLES)
    assert shown.xpath("//textarea")[0].text == TITLES
    assert "Earthquake off Japan" in [cell.text_content().strip() for cell in shown.xpath("//td")]
    assert [link.text for link in shown.xpath("//p[@class='count']/a")][1:] == list(ROW_FORMS)
    csv_link = shown.xpath("//a[text()='csv']/@href")[0]
    assert client.get(csv_link).mimetype == "text/csv"
    assert page(client, query="ASK { ?e a x:Event }").xpath("//pre")[0].text_content() == "yes"
    assert "x:Event" in page(client, query=EVENTS).xpath("//pre")[0].text_content()


def test_the_page_says_what_is_wrong_and_keeps_the_query(client: FlaskClient) -> None:
    for query in (SERVICE, "SELECT {{{", "</textarea><script>alert(1)</script>"):
        shown = page(client, status=400, query=query)
        assert shown.xpath("//textarea")[0].text == query
        assert shown.xpath("//*[@role='alert']")[0].text_content()
        assert not shown.xpath("//script[not(@src)]")


def test_what_is_in_the_graph_cannot_run_on_the_page(client: FlaskClient) -> None:
    shown = page(client, query="SELECT * { ?s dcterms:identifier ?id ; dcterms:title ?title }")
    assert any("<script>alert(1)" in cell.text_content() for cell in shown.xpath("//td"))
    assert not shown.xpath("//script[not(@src)]")
    assert not shown.xpath("//img")


# The ready questions.


def test_questions_are_listed(client: FlaskClient) -> None:
    items = json.loads(client.get("/api/v1/questions").data)["items"]
    assert [item["name"] for item in items] == list(QUESTIONS)
    assert {parameter["name"] for item in items for parameter in item["parameters"]} == set(NAMES)


@pytest.mark.parametrize(
    ("parameters", "status", "detail"),
    [
        ({}, 400, "question must be one of events-between"),
        ({"question": "why"}, 404, "there is no question 'why'"),
        ({"question": "why-linked", "object": "a"}, 400, "needs a value for 'other'"),
        ({"question": "why-linked", "object": "a", "other": "b", "event": "c"}, 400, "takes no parameter 'event'"),
        ({"question": "related-photos", "object": "a", "weight": "x"}, 400, "weight must be a number"),
    ],
)
def test_questions_that_cannot_be_answered(
    client: FlaskClient, parameters: dict[str, str], status: int, detail: str
) -> None:
    answer = client.get("/api/v1/answers", query_string=parameters)
    assert answer.status_code == status
    assert detail in json.loads(answer.data)["detail"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_a_page_with_its_answer(client: FlaskClient, service_store: SQLiteStore, name: str) -> None:
    listed = page(client, "/questions")
    assert listed.xpath(f"//a[contains(@href, '{name}')]")[0].text == QUESTIONS[name].text
    form = page(client, "/questions", question=name)
    wanted = [parameter.name for parameter in QUESTIONS[name].parameters]
    assert form.xpath("//main//form//*[self::input[not(@type)] or self::select]/@name") == wanted
    given = ASKED[name]
    shown = page(client, "/questions", **{"question": name, **given})  # type: ignore[arg-type]
    rows = ask(service_store, name, given)
    assert len(shown.xpath("//tbody/tr")) == len(rows)
    assert not shown.xpath("//script[not(@src)]")
    follow = shown.xpath("//details//a/@href")[0]
    there = page(client, follow)
    assert len(there.xpath("//tbody/tr")) == len(rows)
    for link in shown.xpath("//td/a/@href"):
        assert client.get(link).status_code == 200


def test_rows_as_csv_hold_all_that_titles_hold(client: FlaskClient, service_store: SQLiteStore) -> None:
    text = get(client, query=TITLES, format="csv").text
    titles = sorted(event.title for event in service_store.scan(Event))
    assert [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))] == titles

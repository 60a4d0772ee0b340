"""Links from an event to Neo4j Browser: on its page and over HTTP, if the service was told of one."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask

from api.resources.neo4j import configure
from ontology.errors import InvalidInput

BROWSER = "http://127.0.0.1:7474/browser/?dbms=bolt%3A%2F%2F127.0.0.1%3A7687&db=neo4j"


def test_page_and_api_give_the_same_link(app: Flask) -> None:
    configure(app, BROWSER)
    client = app.test_client()
    link = client.get("/api/v1/events/quake/neo4j").get_json()["browser"]
    assert link.startswith(BROWSER)
    assert "MATCH (e:Event {key: 'event-" in parse_qs(urlsplit(link).query)["arg"][0]
    page = client.get("/events/quake").get_data(as_text=True)
    assert link in [unescape(address) for address in re.findall(r'href="([^"]*)"', page)]


def test_without_a_browser_there_is_no_link(app: Flask) -> None:
    client = app.test_client()
    assert "Neo4j" not in client.get("/events/quake").get_data(as_text=True)
    answer = client.get("/api/v1/events/quake/neo4j")
    assert (answer.status_code, answer.get_json()) == (200, {"browser": None})


def test_an_event_that_is_not_there_has_no_link(app: Flask) -> None:
    configure(app, BROWSER)
    assert app.test_client().get("/api/v1/events/nothing/neo4j").status_code == 404


def test_hostile_ids_stay_out_of_links(app: Flask, hostile_id: str) -> None:
    configure(app, BROWSER)
    link = app.test_client().get(f"/api/v1/events/{quote(hostile_id, safe='')}/neo4j").get_json()["browser"]
    assert re.fullmatch(r"[\w.~:/?&=%-]+", link)
    assert re.search(r"key: 'event-[0-9a-f]{16}'", parse_qs(urlsplit(link).query)["arg"][0])


def test_what_is_no_address_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="not an address of Neo4j Browser"):
        configure(app, "javascript:alert(1)")

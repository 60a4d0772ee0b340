"""The twelve questions, asked over HTTP, in SPARQL, in Cypher and of the store: the same rows in the same order."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.querying import NAME
from kg import neo4j_queries
from kg.neo4j import Neo4jStore
from kg.questions import QUESTIONS, ask, read, told
from kg.sparql_text import filled
from kg.sqlite import SQLiteStore
from kg.store import Store
from kg.syncing import sync
from tests.neo4j_lender import Lender

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
ASKED: dict[str, dict[str, str]] = {
    "events-between": {"from": "2011-03-11", "to": "2011-03-12"}, "event-evidence": {"event": "quake"},
    "why-linked": {"object": "story", "other": HOSTILE}, "first-told": {"event": "quake"},
    "related-photos": {"object": "story", "weight": "0.5"}, "near-duplicates": {"object": "photo"},
    "conflicting-values": {"event": "quake", "aspect": "where"}, "objects-of-source": {"source": HOSTILE},
    "actor-at-place": {"actor": "OFFICIALS", "place": "send"}, "recordings-saying": {"words": "tsunami"},
    "between-events": {"event": "quake", "other": HOSTILE}, "failures-by-stage": {},
}  # fmt: skip


@pytest.fixture(autouse=True)
def processes_end(app: Flask) -> Iterator[None]:
    yield
    app.extensions[NAME].close()


@pytest.fixture(scope="module")
def on_server(
    service_store: SQLiteStore, neo4j_lender: Lender, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neo4jStore]:
    """What the service serves, on a Neo4j server as well."""
    with closing(neo4j_lender.open(tmp_path_factory.mktemp("answers"))) as target:
        sync(service_store, target)
        yield target


def by_store(store: Store, name: str) -> list[list[Any]]:
    return [[told(value) for value in row] for row in ask(store, name, ASKED[name])]


def by_http(client: FlaskClient, name: str) -> list[list[Any]]:
    answer = client.get("/api/v1/answers", query_string={"question": name, **ASKED[name]})
    assert answer.json is not None
    assert (answer.json["question"], answer.json["columns"]) == (name, list(QUESTIONS[name].columns))
    rows: list[list[Any]] = answer.json["rows"]
    return rows


def by_sparql(client: FlaskClient, name: str) -> list[list[Any]]:
    """What the endpoint answers to the query of a question."""
    asked = QUESTIONS[name]
    query = filled(asked, list(read(asked, ASKED[name]).values()))
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "application/json"})
    return [
        [_plain(row.get(column)) for column in asked.columns] for row in json.loads(answer.data)["results"]["bindings"]
    ]


def _plain(term: Mapping[str, str] | None) -> Any:
    if term is None:
        return None
    kind = term.get("datatype", "").rpartition("#")[2]
    return {"double": float, "integer": int}.get(kind, str)(term["value"])


def by_cypher(store: Neo4jStore, name: str) -> list[list[Any]]:
    return [[told(value) for value in row] for row in neo4j_queries.ask(store, name, ASKED[name])]


@pytest.mark.parametrize("name", QUESTIONS)
def test_http_sparql_and_the_store_give_the_same_rows(
    client: FlaskClient, service_store: SQLiteStore, name: str
) -> None:
    assert by_http(client, name) == by_sparql(client, name) == by_store(service_store, name) != []


@pytest.mark.service
@pytest.mark.parametrize("name", QUESTIONS)
def test_cypher_sparql_and_http_give_the_same_rows(client: FlaskClient, on_server: Neo4jStore, name: str) -> None:
    assert by_cypher(on_server, name) == by_sparql(client, name) == by_http(client, name) == by_store(on_server, name)
    assert by_cypher(on_server, name)

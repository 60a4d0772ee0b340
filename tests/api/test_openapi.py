"""The description of the HTTP API says what the service does: addresses, methods, parameters and answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.resources.health import description

ROOT = Path(__file__).resolve().parents[2]
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list, "object": dict,
    "null": type(None),
}  # fmt: skip


def problems(value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
    """What of a value is not as a schema of the description says."""
    if "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[name]) for name in names):
        yield f"{where} is {value!r}, not {names}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, schema["items"], f"{where}[{index}]")
    elif isinstance(value, dict):
        yield from (f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            described = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if described:
                yield from problems(item, described, f"{where}.{name}")
            else:
                yield f"{where}.{name} is not described"


def test_what_finds_problems_finds_them() -> None:
    good = {"object": "a", "segment": "", "text": ""}
    schema = {"$ref": "#/components/schemas/Evidence"}
    assert not list(problems(good, schema))
    assert len(list(problems({**good, "object": 1}, schema))) == 1
    assert len(list(problems({"object": "a", "segment": "", "more": 1}, schema))) == 2


def test_every_address_and_method_is_described_and_nothing_else(app: Flask) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.split(".")[0] not in ("pages", "topic_pages", "questions", "network", "decided", "static")
    }
    described = {(path, method) for path, methods in description()["paths"].items() for method in methods}
    assert served == described


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/api/v1/events", "/api/v1/events"),
        ("/api/v1/events/{event_id}", "/api/v1/events/quake"),
        ("/api/v1/sources", "/api/v1/sources"),
        ("/api/v1/objects", "/api/v1/objects"),
        ("/api/v1/objects/{object_id}", "/api/v1/objects/story"),
        ("/api/v1/objects/{object_id}", "/api/v1/objects/photo"),
        ("/api/v1/objects/{object_id}/related", "/api/v1/objects/story/related"),
        ("/api/v1/search", "/api/v1/search?q=tsunami"),
        ("/api/v1/failures", "/api/v1/failures"),
        ("/api/v1/graph", "/api/v1/graph?event=quake"),
        ("/api/v1/paths", "/api/v1/paths?from=quake&to=photo"),
        ("/api/v1/questions", "/api/v1/questions"),
        ("/api/v1/answers", "/api/v1/answers?question=events-between&from=2011-03-11&to=2011-03-12"),
        ("/api/v1/topics", "/api/v1/topics"),
        ("/api/v1/topics/{topic_id}", "/api/v1/topics/t-quake"),
        ("/api/v1/topics/{topic_id}/shares", "/api/v1/topics/t-quake/shares?about=event"),
        ("/api/v1/objects/{object_id}/topics", "/api/v1/objects/photo/topics"),
        ("/api/v1/events/{event_id}/topics", "/api/v1/events/quake/topics"),
        ("/api/v1/topic-runs", "/api/v1/topic-runs"),
        ("/api/v1/topic-changes", "/api/v1/topic-changes?run=topics"),
        ("/healthz", "/healthz"),
    ],
)
def test_answers_are_as_described(client: FlaskClient, path: str, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    schema = description()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert not list(problems(answer.json, schema))
    assert answer.json.get("items") != []


def parameters(path: str) -> list[dict[str, Any]]:
    return [p for p in description()["paths"][path]["get"].get("parameters", ()) if p["in"] == "query"]


@pytest.mark.parametrize("path", [path for path in description()["paths"] if path != "/openapi.json"])
def test_the_described_parameters_are_the_ones_that_are_taken(client: FlaskClient, path: str) -> None:
    address = path.replace("{event_id}", "quake").replace("{object_id}", "photo").replace("{topic_id}", "t-quake")
    refused = client.get(address, query_string={"no-such": "1"})
    if path == "/healthz":
        return
    assert refused.status_code == 400
    named = refused.json["detail"].partition("there are: ")[2].split(", ")
    assert [name for name in named if name != "none"] == [parameter["name"] for parameter in parameters(path)]


@pytest.mark.parametrize("path", [path for path in description()["paths"] if path.startswith("/api")])
def test_described_limits_are_the_ones_that_hold(client: FlaskClient, path: str) -> None:
    for parameter in parameters(path):
        if parameter["name"] == "limit":
            address = path.replace("{object_id}", "story").replace("{topic_id}", "t-quake")
            address = address.replace("{event_id}", "quake")
            schema = parameter["schema"]
            words = {"q": "tsunami"} if path.endswith("search") else {}
            for limit, status in ((schema["minimum"], 200), (schema["maximum"], 200), (schema["maximum"] + 1, 400)):
                assert client.get(address, query_string={"limit": limit, **words}).status_code == status


def test_references_lead_somewhere(client: FlaskClient) -> None:
    served = client.get("/openapi.json")
    assert served.json == description()
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(served.json)))
    assert names == set(served.json["components"]["schemas"])


def test_the_reference_page_names_every_address() -> None:
    page = (ROOT / "docs" / "reference" / "http.md").read_text("utf-8")
    for path, methods in description()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in page

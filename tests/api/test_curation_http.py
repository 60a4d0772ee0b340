"""Deciding over HTTP and on the command line: who may, what is kept, and what a stranger can not do."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from api.cli import main
from api.keys import VARIABLE, Keys
from api.resources.health import description
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput
from ontology.model import Correlation, Decision, Event, MediaObject, Member, Source
from tests.api.test_openapi import problems

KEY = "correct horse battery staple"
OTHER = "another key of sixteen letters"
ADDRESS = "/api/v1/decisions"


def link(subject: str, target: str, kind: str = "neighbour") -> Correlation:
    return Correlation(subject, target, kind, "intra", 0.5, "words", "1", "run", "near")


LINK = link("a", "b")
HOSTILE = "\"'><script>alert(1)</script>\n../x"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path / "store")) as opened:
        opened.add([Source("s1", "One"), Source("s2", "Two")])
        opened.add(MediaObject(name, "text", "s1", title=name) for name in ("a", "b", "c", HOSTILE))
        opened.add([LINK, link("b", "c"), Event("e1", "E", None, None, "", (Member("a", 1.0, "tells"),))])
        opened.add([Event("e2", "F", None, None, "", (Member("c", 1.0, "tells"),))])
        yield opened


@pytest.fixture
def client(store: SQLiteStore, make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(store, writers=Keys.parse(f"anna: {KEY}\nberta: {OTHER}", "test")).test_client()


def send(client: FlaskClient, key: str | None = KEY, **body: Any) -> Any:
    headers = {} if key is None else {"X-Api-Key": key}
    return client.post(ADDRESS, json=body, headers=headers)


# Who may.


def test_without_keys_nobody_decides(store: SQLiteStore, make_app: Callable[..., Flask]) -> None:
    client = make_app(store).test_client()
    for answer in (
        send(client, action="confirm", link=LINK.id),
        send(client, key=None, action="confirm", link=LINK.id),
        client.delete(f"{ADDRESS}/x", headers={"X-Api-Key": KEY}),
    ):
        assert answer.status_code == 403
        assert "without keys" in answer.json["detail"]
    assert store.count(Decision) == 0
    assert client.get(ADDRESS).json["items"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": ""},
        {"X-Api-Key": KEY[:-1]},
        {"X-Api-Key": f"{KEY}x"},
        {"X-Api-Key": "ü" * 20},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Basic {KEY}"},
        {"Cookie": f"X-Api-Key={KEY}"},
    ],
    ids=str,
)
def test_a_wrong_key_is_401_and_nothing_is_kept(
    client: FlaskClient, store: SQLiteStore, headers: dict[str, str]
) -> None:
    before = snapshot(store)
    answer = client.post(ADDRESS, json={"action": "confirm", "link": LINK.id}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert answer.mimetype == "application/problem+json"
    assert client.delete(f"{ADDRESS}/x", headers=headers).status_code == 401
    assert snapshot(store) == before


@pytest.mark.parametrize("headers", [{"X-Api-Key": OTHER}, {"Authorization": f"Bearer {OTHER}"}], ids=str)
def test_the_key_says_who_decides(client: FlaskClient, store: SQLiteStore, headers: dict[str, str]) -> None:
    answer = client.post(ADDRESS, json={"action": "reject", "link": LINK.id, "note": "no"}, headers=headers)
    assert answer.status_code == 201
    (kept,) = store.scan(Decision)
    assert (kept.action, kept.subject, kept.target, kept.kind, kept.by, kept.note) == (
        "reject", "a", "b", "neighbour", "berta", "no",
    )  # fmt: skip
    assert answer.json["decision"]["id"] == kept.id
    assert [found["status"] for found in answer.json["links"]] == ["rejected"]


def test_a_form_of_another_site_decides_nothing(client: FlaskClient, store: SQLiteStore) -> None:
    body = json.dumps({"action": "confirm", "link": LINK.id})
    plain = client.post(ADDRESS, data=body, headers={"X-Api-Key": KEY}, content_type="text/plain")
    assert plain.status_code == 415
    foreign = client.post(ADDRESS, json=json.loads(body), headers={"X-Api-Key": KEY, "Origin": "https://evil.example"})
    assert foreign.status_code == 403
    preflight = client.options(ADDRESS, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert store.count(Decision) == 0


# What is kept.


def test_a_decision_is_listed_shown_and_taken_back(client: FlaskClient, store: SQLiteStore) -> None:
    before = snapshot(store)
    made = send(client, action="reject", subject="b", target="a").json["decision"]
    assert (made["subject"], made["target"], made["kind"], made["by"]) == ("a", "b", "", "anna")
    noted = send(client, action="annotate", subject="e1", note=HOSTILE).json["decision"]
    assert noted["kind"] == "event"
    assert [row["id"] for row in client.get(ADDRESS).json["items"]] == [noted["id"], made["id"]]
    assert client.get(ADDRESS, query_string={"about": "b"}).json["items"] == [made]
    assert client.get(ADDRESS, query_string={"action": "annotate"}).json["total"] == 1
    assert client.get(f"{ADDRESS}/{made['id']}").json == made
    assert store.neighbours(["a"]) == []
    for decision in (noted, made):
        assert client.delete(f"{ADDRESS}/{decision['id']}", headers={"X-Api-Key": KEY}).status_code == 200
    assert snapshot(store) == before
    assert client.delete(f"{ADDRESS}/{made['id']}", headers={"X-Api-Key": KEY}).status_code == 404
    assert client.get(f"{ADDRESS}/nothing").status_code == 404


def test_hostile_ids_and_notes_are_kept_as_they_are(client: FlaskClient, store: SQLiteStore) -> None:
    answer = send(client, action="confirm", subject=HOSTILE, target="a", note=HOSTILE)
    assert answer.status_code == 201
    assert [found["kind"] for found in answer.json["links"]] == ["curated"]
    (kept,) = store.scan(Decision)
    assert {kept.subject, kept.target} == {HOSTILE, "a"}
    assert kept.note == HOSTILE.strip()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"action": "destroy", "link": LINK.id}, 400),
        ({"action": "confirm"}, 400),
        ({"action": "confirm", "subject": "a"}, 404),
        ({"action": "confirm", "subject": "a", "target": "a"}, 400),
        ({"action": "confirm", "subject": "a", "target": "nobody"}, 404),
        ({"action": "confirm", "link": "nothing"}, 404),
        ({"action": "confirm", "link": LINK.id, "subject": "a"}, 400),
        ({"action": "confirm", "subject": "a", "target": 5}, 400),
        ({"action": "confirm", "subject": "a", "target": "b", "by": "somebody else"}, 400),
        ({"action": "merge", "subject": "a", "target": "b"}, 404),
        ({"action": "merge", "subject": "e1", "target": "s1"}, 400),
        ({"action": "merge", "subject": "e1", "target": "e2", "kind": "source"}, 400),
        ({"action": "confirm", "subject": "e1", "target": "e2"}, 400),
        ({"action": "annotate", "subject": "a"}, 400),
        ({"action": "annotate", "subject": "a", "note": "x" * 20_000}, 400),
        ({"action": "annotate", "subject": "a", "note": "\ud800"}, 400),
        ({"action": "annotate", "subject": "a", "note": "x" * 70_000}, 413),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_decided(client: FlaskClient, store: SQLiteStore, body: dict[str, Any], status: int) -> None:
    before = snapshot(store)
    assert send(client, **body).status_code == status
    assert snapshot(store) == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
def test_what_is_no_object_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post(ADDRESS, data=body, content_type="application/json", headers={"X-Api-Key": KEY})
    assert answer.status_code == 400


def test_a_contradiction_is_a_conflict(client: FlaskClient) -> None:
    for subject, target in (("a", "b"), ("b", "c")):
        assert send(client, action="confirm", subject=subject, target=target).status_code == 201
    answer = send(client, action="reject", subject="a", target="c")
    assert answer.status_code == 409
    assert "'a' and 'c'" in answer.json["detail"]


def test_an_id_over_the_network_of_another_kind_is_merged_with_its_like(client: FlaskClient) -> None:
    assert send(client, action="merge", subject="s2", target="s1").json["decision"]["kind"] == "source"
    assert send(client, action="merge", subject="e1", target="e2").json["decision"]["kind"] == "event"


def test_answers_are_as_described(client: FlaskClient) -> None:
    described = description()["paths"]
    made = send(client, action="reject", link=LINK.id)
    answers = [
        (made, described[ADDRESS]["post"], "201"),
        (client.get(ADDRESS), described[ADDRESS]["get"], "200"),
        (client.get(f"{ADDRESS}/{made.json['decision']['id']}"), described[f"{ADDRESS}/{{decision_id}}"]["get"], "200"),
    ]
    for answer, operation, status in answers:
        schema = operation["responses"][status]["content"]["application/json"]["schema"]
        assert not list(problems(answer.json, schema))


# Keys.


def test_keys_of_a_file_of_the_environment_and_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Keys.read(None).who("") is None
    monkeypatch.setenv(VARIABLE, f"carla: {KEY}")
    assert Keys.read(None).who(KEY) == "carla"
    path = tmp_path / "keys"
    path.write_text(f"# people\n\nanna : {OTHER}  \n", "utf-8")
    path.chmod(0o600)
    keys = Keys.read(path)
    assert (keys.who(OTHER), keys.who(KEY), keys.who("\ud800")) == ("anna", None, None)
    assert OTHER not in repr(keys)
    path.chmod(0o640)
    with pytest.raises(InvalidInput, match="chmod 600"):
        Keys.read(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        Keys.read(tmp_path / "missing")


@pytest.mark.parametrize("text", ["anna", "anna: short", f"anna: {KEY}\nanna: {OTHER}"])
def test_keys_that_are_not_clear_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="line") as refused:
        Keys.parse(text, "the file")
    assert KEY not in str(refused.value)


def test_a_service_does_not_start_with_keys_that_cannot_be_read(run: Callable[..., Result], tmp_path: Path) -> None:
    answer = run("serve", "--port", "0", "--key-file", str(tmp_path / "missing"))
    assert answer.exit_code == 2
    assert "file of keys" in answer.output


# The command line.


@pytest.fixture
def run(store: SQLiteStore) -> Callable[..., Result]:
    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--store", str(store.path)], env={"CROSSMEDIA_BY": "dora"})

    return call


def test_deciding_on_the_command_line(run: Callable[..., Result], store: SQLiteStore) -> None:
    before = snapshot(store)
    assert run("reject", LINK.id, "--note", "other street").exit_code == 0
    assert run("confirm", "c", "a").exit_code == 0
    assert run("merge", "e2", "e1").exit_code == 0
    assert run("annotate", "s1", "an agency", "--by", "emil").exit_code == 0
    listed = run("decisions", "--format", "jsonl")
    rows = [json.loads(line) for line in listed.output.splitlines()]
    assert [(row["action"], row["kind"], row["by"]) for row in rows] == [
        ("reject", "neighbour", "dora"), ("confirm", "", "dora"), ("merge", "event", "dora"),
        ("annotate", "source", "emil"),
    ]  # fmt: skip
    assert "other street" in run("decisions", "--about", "b").output
    assert {link.status for link in store.scan(Correlation)} == {"rejected", "proposed", "confirmed"}
    assert run("withdraw", *(row["id"] for row in rows)).exit_code == 0
    assert snapshot(store) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("confirm", "nothing"), 3),
        (("confirm", "a", "nobody"), 3),
        (("reject", "a", "b", "c"), 2),
        (("merge", "e1", "s1"), 2),
        (("annotate", "a", "   "), 2),
        (("withdraw", "nothing"), 3),
    ],
    ids=str,
)
def test_what_cannot_be_decided_on_the_command_line(
    run: Callable[..., Result], store: SQLiteStore, arguments: tuple[str, ...], code: int
) -> None:
    before = snapshot(store)
    answer = run(*arguments)
    assert answer.exit_code == code
    assert answer.output.startswith("Error: ")
    assert snapshot(store) == before

"""What a hostile name, record, page or site tries on the service."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kg.sqlite import SQLiteStore
from ontology.model import Annotation, Correlation, Event, Failure, MediaObject, Source

PAGES = ("/", "/events/quake", "/objects", "/objects/story", "/search", "/search?q=tsunami", "/failures", "/nothing")


@pytest.mark.parametrize("prefix", ["/objects/", "/events/", "/api/v1/objects/", "/api/v1/events/"])
def test_every_id_has_its_address(client: FlaskClient, hostile_id: str, prefix: str) -> None:
    answer = client.get(prefix + quote(hostile_id, safe=""))
    assert answer.status_code == 200
    if prefix.startswith("/api"):
        assert answer.json["id"] == hostile_id


def test_a_hostile_id_is_served_only_what_is_kept_under_it(client: FlaskClient, hostile_id: str) -> None:
    key = quote(hostile_id, safe="")
    assert client.get(f"/api/v1/media/{key}").status_code == 404
    assert client.get(f"/api/v1/media/{key}/thumbnail").status_code == 404
    assert client.get(f"/api/v1/objects/{key}/related").status_code == 200
    assert client.get("/api/v1/search", query_string={"object": hostile_id.strip()}).status_code in (200, 404)


def test_links_to_hostile_ids_lead_to_them(client: FlaskClient, hostile_id: str) -> None:
    listed = client.get("/api/v1/objects?limit=500").json["items"]
    links = next(item["links"] for item in listed if item["id"] == hostile_id)
    assert client.get(links["self"]).json["id"] == hostile_id
    assert client.get(links["page"]).status_code == 200
    shown = html.fromstring(client.get("/objects").data)
    assert links["page"] in shown.xpath("//a/@href")


def scripts_and_traps(page: bytes) -> list[str]:
    """Whatever in a page could run or lead to something that runs, apart from the script of the service."""
    tree = html.fromstring(page)
    found = [script.get("src") or script.text for script in tree.iter("script")]
    found = [source for source in found if source != "/static/pages.js"]
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style" or re.match(r"\s*(javascript|data|vbscript):", value, re.I):
                found.append(f"{element.tag} {name}={value}")
            if name == "href" and re.match(r"[a-z]+:", value) and not value.startswith("https://news.example/"):
                found.append(f"leads to {value}")
    pictures = [image.get("src", "") for image in tree.iter("img")]
    found += [source for source in pictures if not source.startswith("/api/v1/media/")]
    return found


@pytest.mark.parametrize("prefix", ["/objects/", "/events/"])
def test_no_record_puts_a_script_into_a_page(client: FlaskClient, hostile_id: str, prefix: str, attack: str) -> None:
    answer = client.get(prefix + quote(hostile_id, safe=""))
    assert scripts_and_traps(answer.data) == []
    assert attack in html.fromstring(answer.data).text_content()


@pytest.mark.parametrize("address", PAGES)
def test_no_list_puts_a_script_into_a_page(client: FlaskClient, address: str) -> None:
    assert scripts_and_traps(client.get(address).data) == []


def test_no_question_puts_a_script_into_a_page(client: FlaskClient, attack: str) -> None:
    for path, name in (("/search", "q"), ("/", "q"), ("/", "source"), ("/objects", "source"), ("/", "from"),
                       ("/search", "object"), ("/", attack), ("/objects/story", "segment")):  # fmt: skip
        answer = client.get(path, query_string={name: attack})
        assert scripts_and_traps(answer.data) == []
        assert b"alert(1)</script>" not in answer.data
    answer = client.get(f"/{quote(attack)}")
    assert (answer.status_code, scripts_and_traps(answer.data)) == (404, [])


def test_what_finds_traps_finds_them() -> None:
    assert len(scripts_and_traps(b"<p onclick=a><a href=' javascript:a'>x</a><script>a</script><img src=x>")) == 4


@pytest.mark.parametrize("address", [*PAGES, "/api/v1/events", "/api/v1/objects/none", "/static/style.css", "/healthz"])
def test_every_answer_has_the_headers_that_protect(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:5000", 200),
        ("[::1]:5000", 200),
        ("[::1]", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("127.0.0.1.evil.example:80", 400),
        ("evil.example@localhost", 400),
        ("localhost@evil.example", 400),
        ("", 400),
        ("[::1", 400),
        ("localhost:x y", 400),
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/events", "/", "/static/style.css", "/nothing"])
def test_only_names_of_this_machine_are_answered_to(client: FlaskClient, address: str, host: str, status: int) -> None:
    expected = 404 if status == 200 and address == "/nothing" else status
    assert client.get(address, headers={"Host": host}).status_code == expected


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("http://localhost", 200), ("https://evil.example", 403), ("null", 403), ("http://localhost:1", 403),
     ("http://[", 403)],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/search", "/api/v1/search"])
def test_other_sites_cannot_send_files(client: FlaskClient, address: str, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = client.post(address, data={"file": (BytesIO(b"x"), "x")}, headers=headers)
    assert answer.status_code == status
    assert client.get("/api/v1/events", headers=headers).status_code == 200


def test_other_names_can_be_allowed(service_store: SQLiteStore, make_app: Callable[..., Flask]) -> None:
    client = make_app(service_store, hosts=["Media.example", "[2001:db8::1]"]).test_client()
    assert client.get("/healthz", headers={"Host": "media.example:8000"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "[2001:db8::1]:80"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "localhost"}).status_code == 400


def test_no_request_changes_what_is_kept(app: Flask, client: FlaskClient, service_store: SQLiteStore) -> None:
    kinds = (Source, MediaObject, Annotation, Correlation, Event, Failure)
    file = next(Path(service_store.path).glob("*.sqlite*"), None) or service_store.path

    def kept() -> list[object]:
        return [repr(list(service_store.scan(kind))) for kind in kinds] + [file.stat().st_mtime_ns]

    before = kept()
    for rule in app.url_map.iter_rules():
        if "static" not in rule.endpoint:
            address = re.sub(r"<.*?>", "photo", rule.rule).replace("/events/photo", "/events/quake")
            address = address.replace("/topics/photo", "/topics/t-quake")
            expected = (404,) if address.endswith("/decisions/photo") else (200, 400)
            assert client.get(address).status_code in expected
    assert client.post("/search", data={"file": (BytesIO(b"x"), "x")}).status_code == 200
    assert kept() == before


def test_no_rule_takes_a_method_that_changes_things(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST", "DELETE"}
    removing = {rule.rule for rule in app.url_map.iter_rules() if "DELETE" in (rule.methods or ())}
    assert removing == {"/api/v1/decisions/<id:decision_id>"}, "which takes a key"
    assert {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())} == {
        "/search",
        "/api/v1/search",
        "/api/v1/decisions",
        "/sparql",
    }

"""The HTTP API over a small store: what it answers, how it pages, and what each error becomes."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.errors import STATUS
from kg.sqlite import SQLiteStore
from ontology.errors import Conflict, CrossmediaError, InvalidInput, NotFound, StoreUnavailable

V1 = "/api/v1"


def ids(answer: Any, name: str = "id") -> list[str]:
    assert answer.status_code == 200, answer.data
    return [item[name] for item in answer.json["items"]]


def walk(client: FlaskClient, address: str, name: str = "id") -> list[str]:
    """The ids on all pages, following `next`."""
    seen: list[str] = []
    while address:
        answer = client.get(address)
        seen += ids(answer, name)
        address = answer.json["next"]
    assert len(seen) == answer.json["total"]
    return seen


def test_events_are_filtered(client: FlaskClient) -> None:
    assert ids(client.get(f"{V1}/events?q=sendai")) == ["quake"]
    assert ids(client.get(f"{V1}/events?q=sendai+tokyo")) == []
    assert ids(client.get(f"{V1}/events?from=2011-03-11&to=2011-03-11")) == ["quake"]
    assert ids(client.get(f"{V1}/events?from=2011-03-11T10:00:01Z&to=2011-03-12")) == []
    assert ids(client.get(f"{V1}/events?to=2011-03-11T14:00:00%2B09:00")) == ["quake"]
    assert ids(client.get(f"{V1}/events?to=2011-03-11T13:59:59%2B09:00")) == []
    assert sorted(ids(client.get(f"{V1}/events?source=s3"))) == ["quake", "small"]
    assert ids(client.get(f"{V1}/events?modality=audio")) == ["quake"]
    assert ids(client.get(f"{V1}/events?order=largest&limit=1")) == ["quake"]
    assert ids(client.get(f"{V1}/events?limit=200"))[-1] == "small"  # it has no time


def test_one_event_is_as_on_the_command_line(client: FlaskClient) -> None:
    event = client.get(f"{V1}/events/quake").json
    assert event["objects"] == ["story", "photo", "talk", "clip", "report"]
    assert [answer["value"] for answer in event["aspects"]["where"]] == ["Sendai", "Fukushima"]
    assert event["aspects"]["how"] == []
    listed = client.get(f"{V1}/events?q=sendai").json["items"]
    assert listed == [event]


@pytest.mark.parametrize("address", ["events?limit=3", "objects?limit=4", "objects/story/related?limit=2"])
def test_following_next_gives_everything_once(client: FlaskClient, address: str) -> None:
    seen = walk(client, f"{V1}/{address}")
    assert len(seen) == len(set(seen))
    assert len(seen) > 3


def test_the_next_page_keeps_the_filter(client: FlaskClient) -> None:
    assert walk(client, f"{V1}/objects?source=s1&limit=1") == ["photo", "story"]
    assert len(walk(client, f"{V1}/failures?limit=1", "item")) == 2
    assert walk(client, f"{V1}/sources?limit=1")[-3:] == ["s1", "s2", "s3"]


def test_objects_are_filtered_and_lead_on(client: FlaskClient) -> None:
    assert ids(client.get(f"{V1}/objects?modality=audio")) == ["talk"]
    assert ids(client.get(f"{V1}/objects?collection=demo&from=2011-03-11T09:00&to=2011-03-11T10:00")) == [
        "clip",
        "report",
    ]
    (photo,) = client.get(f"{V1}/objects?modality=image&source=s1").json["items"]
    for name, link in photo["links"].items():
        assert client.get(link).status_code == 200, name


def test_an_object_has_what_was_read_from_it(client: FlaskClient) -> None:
    talk = client.get(f"{V1}/objects/talk").json
    assert [(a["segment"], a["value"]) for a in talk["annotations"]] == [
        ("t=0.0,0.9", "This is the radio news."),
        ("t=0.9,1.8", "Sendai was hit by a tsunami."),
    ]
    assert talk["events"] == ["quake"]
    assert talk["source"] == {"id": "s2", "name": "Radio One"}


def test_related_objects_come_with_the_reason(client: FlaskClient) -> None:
    links = client.get(f"{V1}/objects/story/related?modality=audio").json["items"]
    assert [(link["object"]["id"], link["weight"], link["reason"]) for link in links] == [
        ("talk", 0.7, "both name Sendai")
    ]
    everything = client.get(f"{V1}/objects/story/related").json
    assert [link["weight"] for link in everything["items"]] == [0.9, 0.7, 0.6, 0.1]
    assert {(link["run"], link["version"], link["status"]) for link in everything["items"]} == {
        ("run-1", "1", "proposed")
    }


def test_search_by_words_object_and_file(client: FlaskClient, searcher: Any) -> None:
    assert ids(client.get(f"{V1}/search?q=tsunami"), "object") == ["talk", "story"]
    assert ids(client.get(f"{V1}/search?q=tsunami&modality=audio"), "object") == ["talk"]
    assert client.get(f"{V1}/search?q=tsunami&limit=1").json["more"] is True
    assert client.get(f"{V1}/search?q=tsunami&limit=2").json["more"] is False
    assert ids(client.get(f"{V1}/search?object=photo"), "object") == ["story", "clip"]
    found = client.post(f"{V1}/search", data={"file": (BytesIO(b"some bytes"), "my holiday.JPG")})
    assert found.json["items"] == [
        {
            "object": "photo",
            "score": 0.75,
            "reasons": ["looks like the file"],
            "modality": "image",
            "title": "Flooded street",
            "published": "2011-03-11T07:00:00Z",
        }
    ]
    path, content = searcher.seen
    assert (path.name, content) == ("query.jpg", b"some bytes")
    assert not path.exists()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/x.sh", "query.sh"),
        ("/abs/olute", "query"),
        ("a.tar.gz", "query.gz"),
        ("x.j/pg", "query"),
        ("evil.jpg\x00.exe", "query.exe"),
        ("日本.png", "query.png"),
        ("x" * 3000, "query"),
        ("a.verylongextension", "query"),
        ("a.<b>", "query"),
    ],
)
def test_the_name_of_an_upload_is_never_used(client: FlaskClient, searcher: Any, name: str, kept: str) -> None:
    answer = client.post(f"{V1}/search", data={"file": (BytesIO(b"x"), name)})
    assert answer.status_code == 200
    assert searcher.seen[0].name == kept
    assert not searcher.seen[0].exists()


def test_an_upload_that_cannot_be_read_is_refused_and_removed(client: FlaskClient, searcher: Any) -> None:
    answer = client.post(f"{V1}/search", data={"file": (BytesIO(b"unreadable"), "x.bin")})
    assert (answer.status_code, answer.json["detail"]) == (400, "the file is of no medium that can be read")
    assert not searcher.seen[0].exists()
    empty = client.post(f"{V1}/search", data={"file": (BytesIO(b""), "x.jpg")})
    assert (empty.status_code, empty.json["detail"]) == (400, "the file is empty")
    two = client.post(f"{V1}/search", data={"file": [(BytesIO(b"a"), "a"), (BytesIO(b"b"), "b")]})
    assert two.status_code == 400


def problem(answer: Any, status: int) -> str:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body["status"] == status
    assert set(body) == {"type", "title", "status", "detail", "instance"}
    assert "Traceback" not in answer.text
    return str(body["detail"])


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("events?limit=0", "limit must be a whole number from 1 to 200"),
        ("events?limit=-1", "limit"),
        ("events?limit=1e3", "limit"),
        ("events?limit=²", "limit"),
        ("events?limit=99999999999999999999", "limit"),
        ("events?from=yesterday", "from must be a date or time"),
        ("events?from=0001-01-01T00:00:00%2B14:00", "from must be a date or time"),
        ("events?modality=smell", "modality must be one of text, image, audio, video"),
        ("events?order=random", "order must be one of"),
        ("events?cursor=zzz", "not a cursor"),
        ("events?colour=red", "no parameter 'colour'"),
        ("events?q=a&q=b", "given 2 times"),
        ("events?q=" + "a" * 1001, "q has 1001 characters"),
        ("search", "either words in q or"),
        ("search?q=a&object=photo", "either words in q or"),
        ("search?q=%20", "either words in q or"),
        ("objects/story?limit=1", "no parameter 'limit'"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(client: FlaskClient, address: str, says: str) -> None:
    assert says in problem(client.get(f"{V1}/{address}"), 400)


@pytest.mark.parametrize(
    "address",
    ["events/none", "objects/none", "objects/none/related", "search?object=none", "media/none", "media/none/thumbnail",
     "media/story", "media/talk/thumbnail", "nothing", "objects/", "events/" + "x" * 5000],
)  # fmt: skip
def test_what_is_not_there_is_a_404(client: FlaskClient, address: str) -> None:
    assert len(problem(client.get(f"{V1}/{address}"), 404)) < 500


def test_other_refusals(client: FlaskClient) -> None:
    assert problem(client.post(f"{V1}/events"), 405)
    assert set(client.post(f"{V1}/events").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert problem(client.delete(f"{V1}/objects/story"), 405)
    assert problem(client.post(f"{V1}/search", json={"q": "x"}), 415)
    assert problem(client.post(f"{V1}/search", data={"q": "x"}), 415)
    assert problem(client.post(f"{V1}/search", data=b"--", content_type="multipart/form-data"), 400)
    large = b'--a\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' + b"x" * (2**20 + 2**16)
    form = {"content_type": "multipart/form-data; boundary=a"}
    assert problem(client.post(f"{V1}/search", data=large, **form), 413)
    assert problem(client.post(f"{V1}/search?modality=smell", data=large[: 2**19] + b"\r\n--a--\r\n", **form), 400)
    assert client.post(f"{V1}/search", data=large[: 2**20] + b"\r\n--a--\r\n", **form).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(InvalidInput("m"), 400), (NotFound("m"), 404), (Conflict("m"), 409), (StoreUnavailable("/home/x is gone"), 503)],
)
def test_every_error_class_has_its_status(app: Flask, error: CrossmediaError, status: int) -> None:
    def fail() -> None:
        raise error

    app.add_url_rule("/api/fail", view_func=fail)
    app.add_url_rule("/fail", view_func=fail)
    detail = problem(app.test_client().get("/api/fail"), status)
    assert "/home" not in detail
    page = app.test_client().get("/fail")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert set(STATUS) == set(CrossmediaError.__subclasses__())
    assert ("Retry-After" in page.headers) == (status == 503)


@pytest.mark.parametrize("address", ["/api/fail", "/fail"])
def test_a_fault_of_ours_shows_no_trace(app: Flask, address: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("secret inside")

    app.add_url_rule(address, view_func=fail)
    answer = app.test_client().get(address)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "secret inside" in caplog.text
    assert answer.mimetype == ("text/html" if address == "/fail" else "application/problem+json")


def test_a_closed_store_is_a_503(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    store = SQLiteStore(tmp_path)
    client = make_app(store).test_client()
    assert client.get("/healthz").json == {"status": "ok", "counts": dict.fromkeys(
        ("sources", "objects", "annotations", "correlations", "events", "topics", "failures", "decisions"), 0,
    )}  # fmt: skip
    store.close()
    for address in ("/healthz", f"{V1}/events", f"{V1}/objects/a"):
        assert problem(client.get(address), 503)
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("address", [f"{V1}/events", f"{V1}/objects/story", "/healthz", "/", "/openapi.json"])
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_json_is_in_the_letters_of_its_language(client: FlaskClient) -> None:
    key = "naïve-日本-🙂"
    answer = client.get(f"{V1}/objects/{quote(key, safe='')}")
    assert key in answer.text
    assert answer.mimetype == "application/json"

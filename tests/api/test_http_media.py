"""Content over HTTP: whole, in ranges, of the recorded type, and nothing but what a record names."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.content import served_type
from kg.sqlite import SQLiteStore
from ontology.model import MediaObject, Source

MakeApp = Callable[..., Flask]
MEDIA = "/api/v1/media"
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "store")
    store.add([Source("s", "S")])
    yield store
    store.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


def keep(store: SQLiteStore, location: str, media_type: str = "image/png", checksum: str = "") -> None:
    store.add([MediaObject("o", "image", "s", location=location, media_type=media_type, checksum=checksum)])


@pytest.fixture
def client_of_one(store: SQLiteStore, root: Path, make_app: MakeApp) -> FlaskClient:
    (root / "o.bin").write_bytes(CONTENT)
    keep(store, str(root / "o.bin"), checksum=hashlib.sha256(CONTENT).hexdigest())
    return make_app(store).test_client()


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-9", 0, 9), ("bytes=100-", 100, 1023), ("bytes=-5", 1019, 1023)]
)
def test_a_range_is_a_206(client_of_one: FlaskClient, asked: str, start: int, end: int) -> None:
    answer = client_of_one.get(f"{MEDIA}/o", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, CONTENT[start : end + 1])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/1024"


def test_the_whole_says_that_ranges_are_taken(client_of_one: FlaskClient) -> None:
    answer = client_of_one.get(f"{MEDIA}/o")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, CONTENT, "image/png")
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == "1024"
    head = client_of_one.head(f"{MEDIA}/o")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "1024")


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=9-3"])
def test_a_range_outside_is_a_416(client_of_one: FlaskClient, asked: str) -> None:
    answer = client_of_one.get(f"{MEDIA}/o", headers={"Range": asked})
    assert (answer.status_code, answer.mimetype) == (416, "application/problem+json")
    assert answer.headers["Content-Range"] == "bytes */1024" or asked == "bytes=9-3"


def test_content_that_the_client_has_is_not_sent_again(client_of_one: FlaskClient) -> None:
    tag = client_of_one.get(f"{MEDIA}/o").headers["ETag"]
    assert hashlib.sha256(CONTENT).hexdigest() in tag
    assert client_of_one.get(f"{MEDIA}/o", headers={"If-None-Match": tag}).status_code == 304
    old = client_of_one.get(f"{MEDIA}/o", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (old.status_code, old.data) == (200, CONTENT)


def test_changed_content_is_a_409(client_of_one: FlaskClient, root: Path) -> None:
    (root / "o.bin").write_bytes(CONTENT[::-1])
    answer = client_of_one.get(f"{MEDIA}/o")
    assert answer.status_code == 409
    assert str(root) not in answer.text


def test_removed_content_is_a_404(client_of_one: FlaskClient, root: Path) -> None:
    (root / "o.bin").unlink()
    answer = client_of_one.get(f"{MEDIA}/o")
    assert answer.status_code == 404
    assert str(root) not in answer.text


@pytest.mark.parametrize(
    "location", ["", "nothing", "https://news.example/a.png", "file:///etc/passwd", "a\0b", "~/x", ".", "x" * 9000]
)
def test_what_is_no_file_here_is_a_404(store: SQLiteStore, root: Path, make_app: MakeApp, location: str) -> None:
    keep(store, location)
    assert make_app(store, content_root=root).test_client().get(f"{MEDIA}/o").status_code == 404


def test_nothing_outside_the_content_root_is_served(store: SQLiteStore, root: Path, make_app: MakeApp) -> None:
    client = make_app(store, content_root=root).test_client()
    (root / "in.png").write_bytes(b"in")
    (root.parent / "out.png").write_bytes(b"out")
    (root / "link.png").symlink_to(root.parent / "out.png")
    (root / "loop.png").symlink_to(root / "loop.png")
    for location, status in [
        ("in.png", 200), (str(root / "in.png"), 200), ("../out.png", 404), (str(root.parent / "out.png"), 404),
        ("link.png", 404), ("loop.png", 404), ("/dev/zero", 404),
    ]:  # fmt: skip
        keep(store, location)
        assert client.get(f"{MEDIA}/o").status_code == status, location


def test_a_device_is_no_content(store: SQLiteStore, make_app: MakeApp) -> None:
    keep(store, "/dev/zero")
    assert make_app(store).test_client().get(f"{MEDIA}/o").status_code == 404


@pytest.mark.parametrize(
    ("recorded", "sent", "download"),
    [
        ("image/jpeg", "image/jpeg", False),
        ("IMAGE/JPEG; q=1", "image/jpeg", False),
        ("audio/x-wav", "audio/x-wav", False),
        ("video/mp4", "video/mp4", False),
        ("text/html", "text/plain", False),
        ("text/html; charset=x", "text/plain", False),
        ("application/xhtml+xml", "text/plain", False),
        ("image/svg+xml", "text/plain", False),
        ("application/rss+xml", "text/plain", False),
        ("application/pdf", "application/octet-stream", True),
        ("application/javascript", "application/octet-stream", True),
        ("", "application/octet-stream", True),
        ("audio/x\r\nSet-Cookie: a=b", "application/octet-stream", True),
        ("video/<script>", "application/octet-stream", True),
        ("nonsense", "application/octet-stream", True),
    ],
)
def test_nothing_is_sent_that_a_browser_would_run(recorded: str, sent: str, download: bool) -> None:
    assert served_type(recorded) == (sent, download)


@pytest.mark.parametrize("key", ["page", "drawing"])
def test_pages_and_drawings_go_out_as_text(client: FlaskClient, key: str) -> None:
    answer = client.get(f"{MEDIA}/{key}")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == "inline; filename=content.txt"


def test_the_recorded_type_counts_not_the_name(store: SQLiteStore, root: Path, make_app: MakeApp) -> None:
    (root / "o.html").write_bytes(b"<script>")
    keep(store, str(root / "o.html"), "image/png")
    answer = make_app(store).test_client().get(f"{MEDIA}/o")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == ("image/png", "inline; filename=content.png")
    keep(store, str(root / "o.html"), "application/zip")
    answer = make_app(store).test_client().get(f"{MEDIA}/o")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_text_that_was_a_line_of_a_file_is_its_words(store: SQLiteStore, root: Path, make_app: MakeApp) -> None:
    (root / "posts.jsonl").write_text("line one\nline two\n")
    words = "日本 <b>line two</b>"
    checksum = hashlib.sha256(words.encode()).hexdigest()
    location = str(root / "posts.jsonl")
    store.add([MediaObject("o", "text", "s", text=words, location=location, media_type="text/html", checksum=checksum)])
    answer = make_app(store).test_client().get(f"{MEDIA}/o", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data) == (206, words.encode()[:10])
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    store.add([MediaObject("o", "text", "s", text="other", location=location, checksum=checksum)])
    assert make_app(store).test_client().get(f"{MEDIA}/o").status_code == 409


def test_a_thumbnail_is_a_jpeg(client: FlaskClient) -> None:
    answer = client.get(f"{MEDIA}/photo/thumbnail")
    assert (answer.status_code, answer.mimetype, answer.data[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    again = client.get(f"{MEDIA}/photo/thumbnail", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304

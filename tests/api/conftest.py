"""A small store made by hand, with tiny real files of every medium, and the service over it."""

import hashlib
import json
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from api.app import create_app
from api.hits import Hit
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput, NotFound
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Modality,
    Segment,
    Source,
)
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE_IDS = (
    ATTACK,
    "../../etc/passwd",
    "/etc/passwd",
    "..%2f..%2fetc",
    "a//b",
    "a b+c&d=e?f#g",
    "100%",
    "naïve-日本-🙂",
    "line\nbreak",
    "x" * 1500,
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
)


def jpeg(size: tuple[int, int], shade: int) -> bytes:
    """A small picture with something in it."""
    rows, columns = np.mgrid[: size[1], : size[0]]
    pixels = np.stack([rows * 2 % 256, columns * 2 % 256, np.full_like(rows, shade)], axis=-1).astype(np.uint8)
    written = BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=85)
    return written.getvalue()


def write_wave(path: Path) -> None:
    """Two seconds of a tone."""
    tone = (8000 * np.sin(np.arange(16000) * 2 * np.pi * 440 / 8000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(tone.tobytes())


def write_clip(path: Path) -> None:
    """Two seconds of a moving test picture."""
    with av.open(str(path), "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=5)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for at in range(10):
            pixels = np.roll(np.tile(np.linspace(0, 255, 96, dtype=np.uint8), (64, 1)), 8 * at, axis=1)
            frame = av.VideoFrame.from_ndarray(np.stack([pixels] * 3, axis=-1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


class FakeSearcher:
    """Finds what its store's full-text search finds; a file finds the photo; remembers the last file it was given."""

    def __init__(self, store: SQLiteStore) -> None:
        self.store = store
        self.seen: tuple[Path, bytes] | None = None

    def words(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        found = self.store.search(query, modality=modality, limit=limit)
        return [Hit(key, score / (1 + score), (f"has the words {query}", "<b>bold</b>")) for key, score in found]

    def content(self, path: Path, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        self.seen = (path, path.read_bytes())
        if self.seen[1].startswith(b"unreadable"):
            raise InvalidInput("the file is of no medium that can be read")
        return [Hit("photo", 0.75, ("looks like the file",))] if modality in (None, "image") else []

    def related(self, object_id: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        if object_id not in self.store.get(MediaObject, [object_id]):
            raise NotFound(f"no object {object_id!r}")
        links = self.store.neighbours([object_id], modality=modality, limit=limit)
        ends = [link.target if link.subject == object_id else link.subject for link in links]
        return [Hit(end, link.weight, (link.reason,)) for end, link in zip(ends, links, strict=True)]


def at(hour: int, day: int = 11) -> datetime:
    """A time in March 2011."""
    return datetime(2011, 3, day, hour, tzinfo=UTC)


def files(folder: Path) -> dict[str, Path]:
    """Content of every medium."""
    paths = {name: folder / name for name in ("photo.jpg", "talk.wav", "clip.webm", "page.html", "drawing.svg")}
    paths["photo.jpg"].write_bytes(jpeg((120, 80), 160))
    write_wave(paths["talk.wav"])
    write_clip(paths["clip.webm"])
    paths["page.html"].write_text("<script>alert(1)</script>")
    paths["drawing.svg"].write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    return paths


def located(path: Path) -> dict[str, str]:
    """Where content lies and its checksum, as a reader records it."""
    return {"location": str(path), "checksum": hashlib.sha256(path.read_bytes()).hexdigest()}


def objects(paths: dict[str, Path]) -> list[MediaObject]:
    """Objects of every medium, and hostile ones."""
    story = "A strong earthquake struck off Japan on Friday.\nA tsunami reached Sendai within the hour."
    other = "Waves hit the coast near Fukushima, officials said."
    return [
        MediaObject(
            "story", "text", "s1", "demo", at(6), None, "Quake strikes Japan", story, media_type="text/plain",
            url="https://news.example/quake", licence="CC-BY-4.0", language="en", metadata={"author": "A. Reporter"},
        ),
        MediaObject("report", "text", "s2", "demo", at(9), None, "Waves hit coast", other, url="javascript:alert(1)"),
        MediaObject(
            "photo", "image", "s1", "demo", at(7), None, "Flooded street", "A street under water",
            media_type="image/jpeg", **located(paths["photo.jpg"]),
        ),
        MediaObject(
            "talk", "audio", "s2", "demo", at(8), None, "Radio report", media_type="audio/x-wav",
            **located(paths["talk.wav"]),
        ),
        MediaObject(
            "clip", "video", "s3", "demo", at(10), None, "Harbour camera", media_type="video/webm",
            **located(paths["clip.webm"]),
        ),
        MediaObject(
            "page", "text", "s3", "demo", title="A page", media_type="text/html", **located(paths["page.html"]),
        ),
        MediaObject(
            "drawing", "image", "s3", "demo", title="A drawing", media_type="image/svg+xml",
            **located(paths["drawing.svg"]),
        ),
        *(
            MediaObject(
                key, "text", ATTACK, ATTACK, at(12), None, ATTACK, ATTACK, url=ATTACK, metadata={ATTACK: ATTACK},
            )
            for key in HOSTILE_IDS
        ),
    ]  # fmt: skip


def annotations() -> list[Annotation]:
    """What was read from the objects."""
    return [
        Annotation(Segment("talk", time=(0.0, 0.9)), "speech", "This is the radio news.", 0.9, "hearing"),
        Annotation(Segment("talk", time=(0.9, 1.8)), "speech", "Sendai was hit by a tsunami.", 0.8, "hearing"),
        Annotation(Segment("clip", time=(0.0, 1.0)), "shot", "", 1.0, "cuts"),
        Annotation(Segment("clip", time=(1.0, 2.0)), "shot", "", 1.0, "cuts"),
        Annotation(Segment("clip", time=(1.0, 1.0), region=(8, 8, 40, 12)), "ocr", "LIVE HARBOUR", 0.7, "reading"),
        Annotation(Segment("photo"), "label", "street", 0.6, "seeing", "imagenet"),
        Annotation(Segment("photo", region=(10, 20, 60, 30)), "ocr", "STOP", 0.95, "reading"),
        Annotation(Segment("story", chars=(14, 19)), "mention", "Japan", 1.0, "names", "place"),
        *(Annotation(Segment(key), "label", ATTACK, 0.5, ATTACK, ATTACK) for key in HOSTILE_IDS),
        *(Annotation(Segment(key, chars=(0, 3)), "mention", ATTACK, 0.5, ATTACK, ATTACK) for key in HOSTILE_IDS),
    ]


def link(one: str, other: str, kind: str, scope: str, weight: float, reason: str) -> Correlation:
    """A link, its ends in order."""
    subject, target = sorted((one, other))
    evidence = (Evidence(subject, "", "seen"),)
    return Correlation(subject, target, kind, scope, weight, "method", "1", "run-1", reason, evidence=evidence)  # type: ignore[arg-type]


def links() -> list[Correlation]:
    """Links within a medium and between media."""
    return [
        link("story", "report", "neighbour", "intra", 0.6, "both tell of Japan"),
        link("story", "photo", "neighbour", "inter", 0.9, "the words describe the picture"),
        link("story", "talk", "neighbour", "inter", 0.7, "both name Sendai"),
        link("photo", "clip", "near_duplicate", "inter", 0.5, "a frame looks the same"),
        link("story", ATTACK, ATTACK, "intra", 0.1, ATTACK),
    ]


def quake() -> Event:
    """An event with answers to five of the six questions, from every medium, one of them disputed."""
    words = Evidence("story", "char=14,19", "")
    return Event(
        "quake", "Earthquake off Japan", at(5), at(10), "An earthquake and a tsunami hit Japan.",
        (Member("story", 1.0, "seed"), Member("photo", 0.9, "near"), Member("talk", 0.8, "near"),
         Member("clip", 0.7, "near"), Member("report", 0.6, "near")),
        (
            Aspect("who", "officials", 0.7, 1, (Evidence("report", "char=53,62", "officials"),)),
            Aspect("what", "an earthquake struck", 0.9, 2, (words, Evidence("clip", "t=1.0,1.5", "LIVE HARBOUR"))),
            Aspect("when", "11 March 2011", 0.8, 2, (words,)),
            Aspect("where", "Sendai", 0.8, 2, (Evidence("talk", "t=0.9,1.8", "Sendai was hit by a tsunami."),
                                               Evidence("photo", "xywh=10,20,60,30", "STOP"), words)),
            Aspect("where", "Fukushima", 0.5, 1, (Evidence("report", "char=40,49", "Fukushima"),)),
            Aspect("why", "an earthquake", 0.4, 1, (words,)),
        ),
    )  # fmt: skip


def events() -> list[Event]:
    """The event, a small one without time, and one for each hostile id."""
    told = tuple(
        Aspect(name, ATTACK, 0.5, 1, (Evidence(ATTACK, "not a fragment", ATTACK),))
        for name in ("who", "what", "when", "where", "why", "how")
    )
    return [
        quake(),
        Event("small", "A page alone", None, None, "", (Member("page", 1.0, "alone"),)),
        *(Event(key, ATTACK, at(1, 20), at(2, 20), ATTACK, (Member(key, 1.0, ATTACK),), told) for key in HOSTILE_IDS),
    ]


def topics() -> list[Topic | TopicShare | TopicChange]:
    """A topic with all that one can have, the broader one that it is a part of, and one for each hostile id."""
    words = (
        TopicWord("words", "tsunami", 0.25), TopicWord("words", "wave", 0.125), TopicWord("who", "officials", 0.5),
        TopicWord("words", "struck", 0.2, "Example News", 3.5), TopicWord("words", "wave", 0.1, "Example News", 0.5),
        TopicWord("words", "live", 0.2, "Radio One", 2.5),
    )  # fmt: skip
    shown = tuple(Member(key, 0.9, "says tsunami") for key in ("story", "photo", "talk", "clip", "drawing"))
    concepts = ("https://news.example/vocabulary/quake", "javascript:alert(1)")
    hostile = (TopicWord(ATTACK, ATTACK, 0.5), TopicWord("words", ATTACK, 0.5, ATTACK, 3.0))
    return [
        Topic("t-quake", "topics", "tsunami, wave · Japan", words, shown, 0.6, "t-all", 0.8, concepts),
        Topic("t-all", "topics", "tsunami, harbour", words[:2], share=0.9),
        *(
            Topic(key, ATTACK, ATTACK, hostile, (Member(key, 1.0, ATTACK),), 0.1, concepts=(ATTACK,))
            for key in HOSTILE_IDS
        ),
        *(TopicShare("t-quake", "object", key, 0.9, "LDA", "topics") for key in ("story", "photo", "talk")),
        TopicShare("t-quake", "event", "quake", 0.8, "members", "topics"),
        *(TopicShare(key, about, key, 0.5, ATTACK, ATTACK) for key in HOSTILE_IDS for about in ("object", "event")),  # type: ignore[arg-type]
        TopicChange("topics", 2, "merged", ("t-old", "t-quake"), ("t-quake",)),
        TopicChange(ATTACK, 1, "split", (ATTACK,), (ATTACK, "b")),
    ]


def topic_run(name: str) -> dict[str, Any]:
    """What is noted of a run."""
    return {
        "model": name, "fit": 2, "documents": 5, "topics": 1, "fields": ["words", "who"],
        "compared": ["Example News", "Radio One"], "stability": {"starts": 0.75, "samples": 0.5},
        "options": {"topics": None, "fields": [], "compare": "source", "seed": 0, "repeats": 1}, "state": "made",
    }  # fmt: skip


def fill(store: SQLiteStore, folder: Path) -> None:
    """Put all of this into a store."""
    paths = files(folder)
    sources = [("s1", "Example News"), ("s2", "Radio One"), ("s3", "Harbour Board"), (ATTACK, ATTACK)]
    store.add(Source(key, name) for key, name in sources)
    store.add(objects(paths))
    store.add([*annotations(), *links(), *events(), *topics()])
    store.set_setting("topics", json.dumps({"topics": topic_run("LDA"), ATTACK: topic_run(ATTACK)}))
    store.add(
        [Failure("demo", "broken.jpg", "perceive", "no picture"), Failure(ATTACK, ATTACK, ATTACK, ATTACK, "warning")]
    )
    store.put_payloads("thumbnail", {"photo": jpeg((96, 64), 160), "clip": jpeg((96, 64), 60)})


@pytest.fixture(scope="session")
def service_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    """The store; tests only read it."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "content").mkdir()
    store = SQLiteStore(folder / "store")
    fill(store, folder / "content")
    yield store
    store.close()


@pytest.fixture
def searcher(service_store: SQLiteStore) -> FakeSearcher:
    """A searcher over the store."""
    return FakeSearcher(service_store)


class WholeClient(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        return super().open(*arguments, **{"buffered": True} | options)


@pytest.fixture
def make_app(searcher: FakeSearcher) -> Callable[..., Flask]:
    """The service over a store, with options."""

    def make(store: SQLiteStore, **options: Any) -> Flask:
        app = create_app(store, searcher, **options)
        app.test_client_class = WholeClient
        return app

    return make


@pytest.fixture
def app(service_store: SQLiteStore, make_app: Callable[..., Flask]) -> Flask:
    """The service over the small store; uploads up to one MiB."""
    return make_app(service_store, largest_upload=2**20)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the service."""
    return app.test_client()


@pytest.fixture
def told_event() -> Event:
    """The event with answers from every medium."""
    return quake()


@pytest.fixture
def attack() -> str:
    """Text that would run a script if a page did not escape it."""
    return ATTACK


@pytest.fixture(params=HOSTILE_IDS, ids=[f"id{number}" for number in range(len(HOSTILE_IDS))])
def hostile_id(request: pytest.FixtureRequest) -> str:
    """An id of an object and an event that tries to break out of its place."""
    return str(request.param)

"""Records as JSON: the exact line of an event, and that nothing is lost or rounded."""

import json
from datetime import UTC, datetime

import pytest

from api.hits import Hit
from api.present import (
    annotation_dict,
    correlation_dict,
    event_line,
    failure_dict,
    hit_dict,
    json_text,
    object_dict,
    source_dict,
)
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Segment,
    Source,
)

TIME = datetime(2011, 3, 11, 5, 46, 23, tzinfo=UTC)


def test_the_line_of_an_event_is_exactly_this() -> None:
    event = Event(
        "e1", "Quake", TIME, None, "It shook.", (Member("b", 0.9, "near"), Member("a", 0.4, "near")),
        (
            Aspect("where", "Sendai", 1 / 3, 2, (Evidence("b", "t=1.0,2.5", "in Sendai"), Evidence("a"))),
            Aspect("where", "Tokyo", 0.1, 1, (Evidence("a"),)),
        ),
    )  # fmt: skip
    assert event_line(event) == {
        "id": "e1",
        "title": "Quake",
        "start": "2011-03-11T05:46:23Z",
        "end": None,
        "summary": "It shook.",
        "objects": ["b", "a"],
        "aspects": {
            "who": [],
            "what": [],
            "when": [],
            "where": [
                {
                    "value": "Sendai",
                    "score": 1 / 3,
                    "sources": 2,
                    "evidence": [
                        {"object": "b", "segment": "t=1.0,2.5", "text": "in Sendai"},
                        {"object": "a", "segment": "", "text": ""},
                    ],
                },
                {
                    "value": "Tokyo",
                    "score": 0.1,
                    "sources": 1,
                    "evidence": [{"object": "a", "segment": "", "text": ""}],
                },
            ],
            "why": [],
            "how": [],
        },
    }
    assert list(event_line(event)) == ["id", "title", "start", "end", "summary", "objects", "aspects"]


def test_an_object_says_its_source_and_not_where_it_lies() -> None:
    item = MediaObject("o", "image", "s", "c", TIME, location="/home/somebody/o.jpg", metadata={"camera": "x"})
    shown = object_dict(item, Source("s", "News", "agency", "https://news.example"))
    assert shown["source"] == {"id": "s", "name": "News"}
    assert shown["published"] == "2011-03-11T05:46:23Z"
    assert shown["metadata"] == {"camera": "x"}
    assert "somebody" not in json_text(shown)
    assert object_dict(item)["source"] == {"id": "s", "name": None}


def test_the_other_records() -> None:
    annotation = Annotation(Segment("o", time=(1.0, 2.0)), "speech", "hello", 0.5, "m")
    assert annotation_dict(annotation) == {
        "id": annotation.id, "segment": "t=1.0,2.0", "kind": "speech", "type": "", "value": "hello", "score": 0.5,
        "method": "m",
    }  # fmt: skip
    link = Correlation("a", "b", "neighbour", "inter", 0.25, "m", "1", "r", "why", evidence=(Evidence("a", "", "x"),))
    assert correlation_dict(link) == {
        "id": link.id, "subject": "a", "target": "b", "kind": "neighbour", "scope": "inter", "weight": 0.25,
        "method": "m", "version": "1", "run": "r", "status": "proposed", "reason": "why",
        "evidence": [{"object": "a", "segment": "", "text": "x"}],
    }  # fmt: skip
    assert failure_dict(Failure("c", "i", "s", "r", "warning")) == {
        "collection": "c", "item": "i", "stage": "s", "reason": "r", "severity": "warning",
    }  # fmt: skip
    assert source_dict(Source("s", "N")) == {"id": "s", "name": "N", "kind": "", "url": None}
    hit = Hit("o", 1.5, ("a", "b"))
    assert hit_dict(hit) == {"object": "o", "score": 1.5, "reasons": ["a", "b"]}
    shown = hit_dict(hit, MediaObject("o", "audio", "s", title="T"))
    assert (shown["modality"], shown["title"], shown["published"]) == ("audio", "T", None)


def test_json_keeps_letters_and_refuses_what_is_no_json() -> None:
    assert json_text({"a": "日本"}) == '{"a": "日本"}'
    assert json.loads(json_text({"x": 1 / 3})) == {"x": 1 / 3}
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text(float("nan"))

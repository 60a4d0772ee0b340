"""The records: what they refuse, what they derive, and the way of a segment into a fragment and back."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ontology.errors import CrossmediaError, InvalidInput
from ontology.model import (
    ASPECTS,
    MODALITIES,
    STATUSES,
    Annotation,
    Aspect,
    AspectName,
    Correlation,
    Decision,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Segment,
    Source,
    isoformat,
    stable_id,
)

NOON = datetime(2011, 3, 11, 12, tzinfo=UTC)
LINK = Correlation("a", "b", "neighbour", "intra", 0.5, "knn", "1", "run", "near")
ASPECT = Aspect("who", "A", 0.5, 1, (Evidence("a"),))
LINK_CHANGES: list[dict[str, Any]] = [{"subject": "0"}, {"kind": "0"}, {"method": "0"}]
EVENT = Event("e", "Event", None, None, "", (Member("a", 1.0, "why"),))


def test_the_words_of_the_field() -> None:
    assert MODALITIES == ("text", "image", "audio", "video")
    assert ASPECTS == ("who", "what", "when", "where", "why", "how")
    assert STATUSES == ("proposed", "confirmed", "rejected")


# Ids.


def test_stable_ids_are_known() -> None:
    assert stable_id("source", "Example News") == "source-e2fa22fa34cf941b"
    assert Annotation(Segment("o", chars=(0, 5)), "mention", "Tokyo", 0.5, "ner", "GPE").id == "annotation-" + (
        stable_id("x", "o", "char=0,5", "mention", "GPE", "Tokyo", "ner").removeprefix("x-")
    )
    assert LINK.id == stable_id("correlation", "neighbour", "knn", "a", "b")
    assert Failure("c", "f.jpg", "ingest", "why").id == stable_id("failure", "c", "f.jpg", "ingest")
    decided = Decision("confirm", "a", "b", "neighbour", "", "anna", NOON)
    assert decided.id == stable_id("decision", "confirm", "a", "b", "neighbour", "", "anna", NOON.isoformat())


@given(st.lists(st.text(st.characters(exclude_characters="\x1f")), min_size=1), st.data())
def test_other_parts_give_another_id(parts: list[str], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.text(st.characters(exclude_characters="\x1f")), min_size=1))
    assert (stable_id("p", *parts) == stable_id("p", *other)) == (parts == other)
    assert stable_id("p", *parts) != stable_id("q", *parts)


def test_an_id_depends_on_what_is_identified_and_on_nothing_else() -> None:
    base = Annotation(Segment("o"), "label", "wave", 0.5, "net")
    assert replace(base, score=0.75).id == base.id
    others = [
        replace(base, segment=Segment("p")), replace(base, segment=Segment("o", time=(0, 1))),
        replace(base, kind="ocr"), replace(base, value="sea"), replace(base, method="net2"), replace(base, type="v"),
    ]  # fmt: skip
    assert len({base.id, *(other.id for other in others)}) == 7
    assert replace(LINK, weight=1.0, version="2", run="r2", reason="", status="confirmed").id == LINK.id
    assert len({LINK.id, *(replace(LINK, **change).id for change in LINK_CHANGES)}) == 4


# What is refused.


@pytest.mark.parametrize(
    ("record", "changes", "message"),
    [
        (Source("s", "S"), {"id": ""}, "source needs an id"),
        (Source("s", "S"), {"name": ""}, "name"),
        (MediaObject("o", "text", "s"), {"id": ""}, "needs an id"),
        (MediaObject("o", "text", "s"), {"source": ""}, "'o' needs a source"),
        (MediaObject("o", "text", "s"), {"modality": "smell"}, "text, image, audio, video, got 'smell'"),
        (MediaObject("o", "text", "s"), {"published": datetime(2011, 3, 11)}, "must be in UTC"),
        (
            MediaObject("o", "text", "s"),
            {"published": NOON.astimezone(timezone(timedelta(hours=9)))},
            "published of object 'o' must be in UTC",
        ),
        (Segment("o"), {"object": ""}, "needs an object"),
        (Segment("o"), {"chars": (5, 4)}, "chars"),
        (Segment("o"), {"chars": (-1, 4)}, "chars"),
        (Segment("o"), {"time": (2.0, 1.0)}, "time"),
        (Segment("o"), {"time": (float("nan"), 1.0)}, "time"),
        (Segment("o"), {"region": (0, 0, 0, 5)}, "not a box"),
        (Segment("o"), {"region": (0, -1, 5, 5)}, "not a box"),
        (Annotation(Segment("o"), "label", "wave", 0.5, "m"), {"score": 1.01}, "label 'wave'.*1.01"),
        (LINK, {"weight": -0.1}, "weight of neighbour 'a' - 'b'"),
        (LINK, {"weight": float("nan")}, "nan"),
        (LINK, {"subject": "b"}, "subject < target"),
        (LINK, {"subject": "c"}, "subject < target"),
        (LINK, {"scope": "both"}, "intra, inter"),
        (LINK, {"status": "maybe"}, "proposed, confirmed, rejected"),
        (Member("a", 1.0, ""), {"weight": 2.0}, "member 'a'"),
        (ASPECT, {"name": "whose"}, "who, what, when, where, why, how"),
        (ASPECT, {"score": 1.5}, "score of who 'A'"),
        (ASPECT, {"sources": 0}, "needs a source and evidence"),
        (ASPECT, {"evidence": ()}, "needs a source and evidence"),
        (EVENT, {"id": ""}, "id and members"),
        (EVENT, {"members": ()}, "id and members"),
        (EVENT, {"start": datetime(2011, 3, 11)}, "start of event 'e'"),
        (EVENT, {"end": datetime(2011, 3, 11)}, "end of event 'e'"),
        (EVENT, {"start": NOON, "end": NOON - timedelta(seconds=1)}, "ends before it starts"),
    ],
)
def test_what_is_out_of_range_is_refused(record: Any, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        replace(record, **changes)


@given(st.floats())
def test_scores_and_weights_lie_in_the_unit_interval(value: float) -> None:
    try:
        kept = Member("a", value, "")
    except InvalidInput:
        assert not 0 <= value <= 1
    else:
        assert 0 <= kept.weight <= 1


def test_the_ends_of_ranges_are_allowed() -> None:
    assert replace(LINK, weight=0.0).weight == 0
    assert replace(LINK, weight=1.0).weight == 1
    assert Segment("o", chars=(3, 3), time=(1.5, 1.5), region=(0, 0, 1, 1)).chars == (3, 3)
    assert replace(EVENT, start=NOON, end=NOON).start == NOON


def test_invalid_input_is_a_value_error_of_the_project() -> None:
    assert issubclass(InvalidInput, CrossmediaError)
    assert issubclass(InvalidInput, ValueError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "ignore"},
        {"subject": ""},
        {"by": ""},
        {"at": None},
        {"at": datetime(2024, 1, 1)},
        {"target": None},
        {"subject": "b", "target": "a"},
        {"subject": "a", "target": "a"},
        {"action": "annotate", "note": "words"},
        {"action": "annotate", "target": None, "note": ""},
    ],
)
def test_a_decision_that_says_nothing_clear_is_refused(wrong: dict[str, Any]) -> None:
    fields = {"action": "reject", "subject": "a", "target": "b", "kind": "", "note": "", "by": "anna", "at": NOON}
    assert Decision(**fields).target == "b"  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        Decision(**fields | wrong)


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        LINK.weight = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "record",
    [
        Source("s", "S"),
        MediaObject("o", "text", "s", published=NOON),
        MediaObject("o", "text", "s", metadata={"a": "b"}),
        Annotation(Segment("o", time=(0, 1)), "speech", "said", 0.5, "m"),
        LINK,
        EVENT,
        ASPECT,
        Failure("c", "i", "s", "r"),
        Decision("confirm", "a", "b", "neighbour", "", "anna", NOON),
    ],
    ids=lambda record: type(record).__name__,
)
def test_records_travel_between_processes(record: Any) -> None:
    assert pickle.loads(pickle.dumps(record)) == record
    assert copy.deepcopy(record) == record


# What is derived.


@pytest.mark.parametrize(
    ("title", "text", "reading"),
    [("", "", ""), ("", "a text", "a text"), ("A title", "", "A title\n"), ("A title", "a text", "A title\na text")],
)
def test_reading(title: str, text: str, reading: str) -> None:
    assert MediaObject("o", "text", "s", title=title, text=text).reading == reading


def test_objects_hash_by_id() -> None:
    one = MediaObject("o", "text", "s", metadata={"a": "b"})
    assert {one: 1}[replace(one)] == 1
    assert one != replace(one, title="another")


def test_times_are_written_in_utc_with_seconds() -> None:
    assert isoformat(None) is None
    assert isoformat(datetime(2011, 3, 11, 5, 46, 23, 999_999, tzinfo=UTC)) == "2011-03-11T05:46:23Z"


def test_aspects_of_one_name_keep_their_order() -> None:
    named: list[tuple[AspectName, str]] = [("who", "B"), ("why", "x"), ("who", "A")]
    aspects = tuple(replace(ASPECT, name=name, value=value) for name, value in named)
    event = replace(EVENT, aspects=aspects)
    assert [aspect.value for aspect in event.aspect("who")] == ["B", "A"]
    assert event.aspect("how") == ()


# Fragments.


@pytest.mark.parametrize(
    ("segment", "fragment"),
    [
        (Segment("o"), ""),
        (Segment("o", chars=(0, 12)), "char=0,12"),
        (Segment("o", region=(1, 2, 30, 40)), "xywh=1,2,30,40"),
        (Segment("o", time=(12.0, 14.5)), "t=12.0,14.5"),
        (Segment("o", time=(0.0, 0.0005)), "t=0.0,0.001"),
        (Segment("o", time=(12.0, 14.5), region=(0, 0, 64, 48)), "t=12.0,14.5&xywh=0,0,64,48"),
        (Segment("o", (1, 2), (3, 4, 5, 6), (7.0, 8.0)), "char=1,2&t=7.0,8.0&xywh=3,4,5,6"),
    ],
)
def test_known_fragments(segment: Segment, fragment: str) -> None:
    assert segment.fragment == fragment
    if segment.time != (0.0, 0.0005):
        assert Segment.parse("o", fragment) == segment


def spans(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any] | None]:
    return st.none() | st.tuples(values, values).map(lambda pair: (min(pair), max(pair)))


milliseconds = st.integers(0, 10**9).map(lambda number: number / 1000)
positions = st.integers(0, 10**9)
sides = st.integers(1, 10**6)
regions = st.none() | st.tuples(positions, positions, sides, sides)


@given(spans(positions), regions, spans(milliseconds))
def test_a_fragment_leads_back_to_its_segment(chars: Any, region: Any, time: Any) -> None:
    segment = Segment("o", chars, region, time)
    assert Segment.parse("o", segment.fragment) == segment


@given(spans(st.floats(0, 10**7)))
def test_times_are_kept_to_the_millisecond(time: Any) -> None:
    assume(time is not None)
    parsed = Segment.parse("o", Segment("o", time=time).fragment).time
    assert parsed == pytest.approx(time, abs=0.00051)


@pytest.mark.parametrize(
    "fragment",
    [
        "x", "char", "char=", "char=1", "char=1,", "char=1,2,3", "char=a,b", "char=1.5,2", "char=-1,2", "char=5,2",
        "t=1", "t=2,1", "t=1.2.3,4", "t=1,2,3", "t=nan,1", "t=inf,inf", "t=npt:1,2", "xywh=1,2,3", "xywh=1,2,0,4",
        "xywh=percent:1,2,3,4", "xywh=1.5,2,3,4", "time=1,2", "char=1,2;t=1,2", "char=1,2\n", " char=1,2", "#char=1,2",
        "char=\u0661,\u0662", "t=.,.", "char=" + "9" * 5000 + "," + "9" * 5000,
    ],
)  # fmt: skip
def test_anything_else_is_no_fragment(fragment: str) -> None:
    with pytest.raises(InvalidInput):
        Segment.parse("o", fragment)


@pytest.mark.parametrize("time", [(0.0, 1e16), (0.0, float("inf")), (0.0, float("nan"))])
def test_times_of_no_recording_are_refused(time: tuple[float, float]) -> None:
    with pytest.raises(InvalidInput, match="time must be"):
        Segment("o", time=time)


@pytest.mark.parametrize("time", [(-0.0, 1.0), (0.0, 0.0), (12.5, 999_999.25)])
def test_every_time_that_is_allowed_has_a_fragment(time: tuple[float, float]) -> None:
    segment = Segment("o", time=time)
    assert Segment.parse("o", segment.fragment) == segment


def test_a_fragment_names_each_dimension_once() -> None:
    with pytest.raises(InvalidInput, match="names char once"):
        Segment.parse("o", "char=1,2&char=3,4")


def test_equal_segments_have_equal_fragments() -> None:
    assert Segment("o", time=(1, 2)) == Segment("o", time=(1.0, 2.0))
    assert Segment("o", time=(1, 2)).fragment == Segment("o", time=(1.0, 2.0)).fragment


@given(st.text("chartxywh=&0123456789,.-# ", max_size=30))
def test_parsing_hostile_text_gives_a_segment_or_invalid_input(fragment: str) -> None:
    try:
        segment = Segment.parse("o", fragment)
    except InvalidInput:
        return
    assert Segment.parse("o", segment.fragment) == segment


def test_the_evidence_of_a_link_is_in_one_of_its_ends() -> None:
    with pytest.raises(InvalidInput, match="one of its ends"):
        Correlation("a", "b", "words", "intra", 0.5, "m", "1", "r", "why", evidence=(Evidence("c"),))


def test_an_event_names_a_member_once() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        Event("e", "t", None, None, "", (Member("a", 1, ""), Member("a", 0.5, "")))

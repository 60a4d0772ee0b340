"""What every store must do, by known answers. Each test runs over every backend named in conftest.py."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.snapshot import digest, snapshot
from kg.store import Record, Store, View
from ontology.errors import Conflict, InvalidInput
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Decision,
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

OpenStore = Callable[[Path], Store]
KINDS: tuple[type[Record], ...] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip


def item(id_: str, text: str = "", *, modality: Modality = "text", source: str = "s1", title: str = "") -> MediaObject:
    return MediaObject(id_, modality, source, title=title, text=text)


def link(a: str, b: str, weight: float = 0.5, *, kind: str = "neighbour", status: str = "proposed") -> Correlation:
    subject, target = sorted((a, b))
    return Correlation(subject, target, kind, "intra", weight, "knn", "1", "run", "near", status)  # type: ignore[arg-type]


def spoken(object_: str, start: float, text: str, kind: str = "speech") -> Annotation:
    return Annotation(Segment(object_, time=(start, start + 1)), kind, text, 0.5, "asr")


def view(name: str, rows: Mapping[tuple[str, str], Sequence[float]]) -> View:
    ids, fragments = zip(*rows, strict=True)
    return View(name, ids, fragments, np.array(list(rows.values()), dtype=np.float32))


SOURCES = [Source("s1", "First", "newspaper", "https://first.example/"), Source("s2", "Second")]
OBJECTS = [
    MediaObject(
        "o1", "text", "s1", "set", datetime(2011, 3, 11, 5, 46, 23, 120_000, tzinfo=UTC), "d1", "Title", "Text of it",
        "folder/o1.txt", "ab" * 32, "text/plain", "CC-BY-4.0", "en", "https://first.example/o1",
        {"b": "2", "a": "ä\u0000\U0001f30a"},
    ),
    item("o2", "a caption", modality="image", source="s2"),
    item("o3", modality="video", source="s2"),
]  # fmt: skip
ANNOTATIONS = [
    Annotation(Segment("o1", chars=(0, 5)), "mention", "Title", 0.25, "ner", "WORK"),
    Annotation(Segment("o2", region=(1, 2, 30, 40)), "label", "wave", 1.0, "net", "imagenet"),
    Annotation(Segment("o3", time=(0.125, 2.5), region=(0, 0, 5, 5)), "ocr", "LIVE", 0.9, "ocr"),
    Annotation(Segment("o3"), "voice", "0.3", 0.3, "vad"),
]
LINKS = [
    replace(link("o1", "o2", 0.75), evidence=(Evidence("o1", "char=0,5", "Title"), Evidence("o2"))),
    Correlation("o2", "o3", "transcript", "inter", 1 / 3, "m", "2", "r", "why", "confirmed"),
]
EVENT = Event(
    "e1", "Event", datetime(2011, 3, 11, tzinfo=UTC), None, "What happened.",
    (Member("o3", 0.9, "seen"), Member("o1", 0.5, "told")),
    (
        Aspect("where", "Sendai", 0.9, 2, (Evidence("o1", "char=0,5", "Title"), Evidence("o2", "", "caption"))),
        Aspect("who", "A", 0.8, 1, (Evidence("o3", "t=0.125,2.5", "LIVE"),)),
    ),
)  # fmt: skip
FAILURES = [Failure("set", "bad.jpg", "ingest", "no image"), Failure("set", "odd.txt", "ingest", "odd", "warning")]
DECIDED = datetime(2024, 5, 6, 7, 8, 9, 120_001, tzinfo=UTC)
DECISIONS = [
    Decision("confirm", "o2", "o3", "transcript", "", "anna", DECIDED),
    Decision("reject", "gone", "o1", "", "another street", "böb", DECIDED),
    Decision("annotate", "e1", None, "event", "ask the \U0001f30a agency", "anna", DECIDED),
]
WORDS = (
    TopicWord("words", "flüt \U0001f30a", 0.25), TopicWord("who", "A", 1 / 3),
    TopicWord("words", "wave", 0.125, "First", -1.5),
)  # fmt: skip
TOPICS = [
    Topic(
        "t2", "run", "wave, A", WORDS, (Member("o3", 0.9, "shows it"), Member("o1", 0.5, "says it")), 0.625, "t9", 0.5
    ),
    Topic("t9", "run", "all", (), concepts=("http://v.example/a", "http://v.example/b")),
]
SHARES = [
    TopicShare("t2", "object", "o1", 0.75, "LDA", "run"),
    TopicShare("t2", "object", "o3", 1 / 3, "LDA", "run"),
    TopicShare("t2", "event", "e1", 0.5, "members", "run"),
]
CHANGES = [TopicChange("run", 2, "split", ("t2",), ("gone", "t2"))]
GRAPH: list[Record] = [
    *SOURCES, *OBJECTS, *ANNOTATIONS, *LINKS, EVENT, *FAILURES, *DECISIONS, *TOPICS, *SHARES, *CHANGES,
]  # fmt: skip


def fill(store: Store) -> None:
    store.add(GRAPH)
    store.put_view(view("text", {("o1", ""): [1, 2], ("o2", ""): [3, 4]}))
    store.put_payloads("parse", {"o1": b"\x00\xff"})
    store.mark("parse", {"o1": "1", "o2": "1"})


# Records.


@pytest.mark.parametrize("record", GRAPH, ids=lambda record: type(record).__name__)
def test_what_was_added_is_read_back_equal(store: Store, record: Record) -> None:
    store.add(GRAPH)
    assert store.get(type(record), [record.id]) == {record.id: record}
    assert record in list(store.scan(type(record)))


def test_a_batch_may_name_what_it_refers_to_in_any_order(store: Store, embedded: Store) -> None:
    one, other = store, embedded
    one.add(GRAPH)
    other.add(reversed(GRAPH))
    assert snapshot(one) == snapshot(other)


def test_adding_again_changes_nothing(store: Store) -> None:
    fill(store)
    before = snapshot(store)
    fill(store)
    assert snapshot(store) == before
    assert [store.count(kind) for kind in KINDS] == [2, 3, 4, 2, 1, 2, 3, 2, 3, 1]
    assert store.payloads("parse", ["o1"]) == {"o1": b"\x00\xff"}
    assert store.marks("parse") == {"o1": "1", "o2": "1"}


def test_replacing_an_object_keeps_what_was_derived_from_it(store: Store) -> None:
    fill(store)
    before = snapshot(store)
    changed = replace(OBJECTS[0], title="Another", metadata={})
    store.add([changed, Source("s1", "Renamed")])
    after = snapshot(store)
    assert store.get(MediaObject, ["o1"])["o1"] == changed
    assert after["sources"][0]["name"] == "Renamed"
    for part in ("annotations", "correlations", "events", "topics", "topic_shares", "views"):
        assert after[part] == before[part]
    assert store.marks("parse")["o1"] == "1"
    assert "o1" in store.payloads("parse", ["o1"])


@pytest.mark.parametrize(
    "changed",
    [
        replace(ANNOTATIONS[0], score=0.75),
        replace(LINKS[0], weight=0.5, status="rejected", evidence=()),
        replace(EVENT, members=EVENT.members[:1], aspects=EVENT.aspects[1:], end=datetime(2012, 1, 1, tzinfo=UTC)),
        replace(FAILURES[0], reason="another", severity="warning"),
        replace(TOPICS[0], label="other", words=WORDS[1:], examples=TOPICS[0].examples[:0:-1], parent=None),
        replace(SHARES[2], weight=0.25, method="other"),
    ],
    ids=lambda record: type(record).__name__,
)
def test_a_record_replaces_the_one_of_its_id(store: Store, changed: Record) -> None:
    store.add(GRAPH)
    store.add([changed])
    kept = {record.id: record for record in store.scan(type(changed))}
    assert kept == {record.id: record for record in GRAPH if type(record) is type(changed)} | {changed.id: changed}


def test_the_last_of_equal_ids_in_a_batch_is_kept(store: Store) -> None:
    twice = [replace(EVENT, title="first"), replace(EVENT, title="last")]
    store.add([*GRAPH[:5], item("x", "old"), item("x", "new"), *twice])
    assert store.get(MediaObject, ["x"])["x"].text == "new"
    assert store.get(Event, ["e1"])["e1"].title == "last"
    assert store.search("new")
    assert not store.search("old")


def test_get_answers_in_the_order_asked_for_and_leaves_unknown_ids_out(store: Store) -> None:
    fill(store)
    assert list(store.get(MediaObject, ["o3", "nobody", "o1", "o3", "\ud800", ""])) == ["o3", "o1"]
    assert store.get(Event, ["nobody"]) == {}


def test_two_thousand_ids_in_one_call(store: Store) -> None:
    ids = [f"o{number:05}" for number in range(2000)]
    store.add([SOURCES[0], *(item(id_, "word") for id_ in ids)])
    store.add(link(a, b, 0.5) for a, b in pairwise(ids))
    store.add(spoken(id_, 0, "said") for id_ in ids)
    store.put_view(View("v", tuple(ids), ("",) * 2000, np.arange(4000, dtype=np.float32).reshape(2000, 2)))
    asked = ids[::-1]
    assert list(store.get(MediaObject, asked)) == asked
    assert list(store.annotations(asked)) == asked
    assert len(store.neighbours(asked)) == 1999
    assert list(store.events_of(asked)) == asked
    assert store.view("v", asked).ids == tuple(ids)
    assert store.view("v", asked).matrix[17].tolist() == [34, 35]
    assert store.remove(MediaObject, asked) == 2000
    assert [store.count(kind) for kind in (MediaObject, Correlation, Annotation)] == [0, 0, 0]


def test_scan_goes_by_id_and_annotations_by_object_and_position(store: Store) -> None:
    ids = ["é", "Z", "a", "\U0001f30a", "\uffff", "aa", "1"]
    read = [
        Annotation(segment, "label", value, 0.5, "m")
        for segment, value in [
            (Segment("a"), "x"),
            (Segment("a", chars=(0, 9)), "x"),
            (Segment("a", chars=(2, 3)), "x"),
            (Segment("a", time=(0.5, 1)), "x"),
            (Segment("a", time=(0.5, 2), chars=(0, 1)), "x"),
            (Segment("a", time=(10, 11)), "x"),
            (Segment("aa"), "x"),
        ]
    ]
    store.add([SOURCES[0], *map(item, ids), *reversed(read)])
    assert [found.id for found in store.scan(MediaObject)] == sorted(ids)
    assert list(store.scan(Annotation)) == read
    assert store.annotations(["aa", "a", "1", "nobody"]) == {"aa": read[6:], "a": read[:6], "1": []}


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("number", [255, 256, 257, 600])
def test_scan_gives_each_record_once(store: Store, kind: type[Record], number: int) -> None:
    ids = [f"o{n:04}" for n in range(number + 1)]
    store.add([SOURCES[0], *map(item, ids)])
    if kind is TopicShare:
        store.add([Topic("t", "run", "", ())])
    records: dict[type[Record], Iterable[Record]] = {
        MediaObject: (),
        Annotation: (spoken("o0000", n, "said") for n in range(number)),
        Correlation: (link("o0000", id_) for id_ in ids[1:]),
        Event: (Event(f"e{n:04}", "E", None, None, "", (Member("o0000", 1, ""),)) for n in range(number)),
        Failure: (Failure("c", str(n), "stage", "reason") for n in range(number)),
        Decision: (Decision("annotate", f"o{n}", None, "", "note", "anna", DECIDED) for n in range(number)),
        Topic: (Topic(f"t{n:04}", "run", "", WORDS) for n in range(number)),
        TopicShare: (TopicShare("t", "object", id_, 0.5, "m", "run") for id_ in ids[1:]),
        TopicChange: (TopicChange("run", n, "gone", ("t",), ()) for n in range(1, number + 1)),
    }
    store.add(records[kind])
    found = [record.id for record in store.scan(kind)]
    assert len(set(found)) == len(found) == store.count(kind) == number + (kind is MediaObject)
    if kind is not Annotation:
        assert found == sorted(found)


def test_writing_while_scanning(store: Store) -> None:
    ids = [f"o{number:04}" for number in range(300)]
    store.add([SOURCES[0], *map(item, ids)])
    seen = []
    for found in store.scan(MediaObject):
        seen.append(found.id)
        store.add([replace(found, text="changed")])
    assert seen == ids
    assert {found.text for found in store.scan(MediaObject)} == {"changed"}


def test_records_may_be_made_from_the_store_while_they_are_added(store: Store) -> None:
    fill(store)

    def copies() -> Iterator[Record]:
        for found in store.scan(MediaObject):
            yield replace(found, id=f"copy-{next(iter(store.get(MediaObject, [found.id])))}")

    store.add(copies())
    assert store.count(MediaObject) == 6


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (item("x", source="nobody"), "nobody"),
        (Annotation(Segment("x9"), "label", "v", 0.5, "m"), "x9"),
        (link("o1", "x9"), "x9"),
        (replace(EVENT, members=(Member("x9", 1, ""),)), "x9"),
        (replace(EVENT, aspects=(Aspect("who", "A", 1, 1, (Evidence("x9"),)),)), "x9"),
        (replace(TOPICS[0], examples=(Member("x9", 1, ""),)), "x9"),
        (replace(TOPICS[0], parent="t5"), "t5"),
        (replace(SHARES[0], topic="t5"), "t5"),
        (replace(SHARES[0], subject="x9"), "x9"),
        (replace(SHARES[2], subject="o1"), "o1"),
    ],
    ids=[
        "source",
        "annotation",
        "link",
        "member",
        "evidence",
        "example",
        "broader",
        "topic of a share",
        "object of a share",
        "event of a share",
    ],
)
def test_what_a_record_refers_to_must_be_there(store: Store, record: Record, missing: str) -> None:
    fill(store)
    before = snapshot(store)
    with pytest.raises(InvalidInput, match=missing):
        store.add([item("new"), record])
    assert snapshot(store) == before


@pytest.mark.parametrize(
    "record",
    [
        item("\ud800"),
        item("x", "lone \udfff surrogate"),
        replace(item("x"), metadata={"a": "\ud800"}),
        replace(LINKS[0], evidence=(Evidence("o1", "", "\ud800"),)),
        "text",
        None,
    ],
    ids=["id", "text", "metadata", "evidence", "no record", "None"],
)
def test_what_cannot_be_kept_is_invalid_input_and_nothing_is_kept(store: Store, record: Record) -> None:
    fill(store)
    before = snapshot(store)
    with pytest.raises(InvalidInput):
        store.add([item("new"), record])
    assert snapshot(store) == before


# Removing.


def test_removing_an_object_removes_what_was_derived_from_it(store: Store) -> None:
    fill(store)
    assert store.remove(MediaObject, ["o1", "o1", "nobody"]) == 1
    assert list(store.scan(Annotation)) == [ANNOTATIONS[1], ANNOTATIONS[3], ANNOTATIONS[2]]
    assert list(store.scan(Correlation)) == LINKS[1:]
    where = Aspect("where", "Sendai", 0.9, 1, (Evidence("o2", "", "caption"),))
    assert list(store.scan(Event)) == [replace(EVENT, members=EVENT.members[:1], aspects=(where, EVENT.aspects[1]))]
    assert store.view("text").ids == ("o2",)
    assert store.payloads("parse", ["o1"]) == {}
    assert store.marks("parse") == {"o2": "1"}
    assert store.search("Title") == []
    assert list(store.scan(Source)) == SOURCES
    assert list(store.scan(Failure)) == sorted(FAILURES, key=lambda failure: failure.id)
    assert list(store.scan(Decision)) == sorted(DECISIONS, key=lambda decision: decision.id)


def test_an_aspect_without_evidence_and_an_event_without_members_go(store: Store) -> None:
    fill(store)
    store.remove(MediaObject, ["o3"])
    assert store.get(Event, ["e1"])["e1"] == replace(EVENT, members=EVENT.members[1:], aspects=EVENT.aspects[:1])
    store.remove(MediaObject, ["o1"])
    assert store.count(Event) == 0
    assert store.events_of(["o2"]) == {"o2": []}


def test_decisions_outlive_what_they_are_about(store: Store) -> None:
    fill(store)
    store.remove(MediaObject, ["o1", "o2", "o3"])
    store.remove(Source, ["s1", "s2"])
    assert store.count(Event) == 0
    assert list(store.scan(Decision)) == sorted(DECISIONS, key=lambda decision: decision.id)
    store.add([*SOURCES, *OBJECTS])
    assert store.get(Decision, [DECISIONS[0].id]) == {DECISIONS[0].id: DECISIONS[0]}


def test_an_object_that_comes_back_brings_nothing_along(store: Store) -> None:
    fill(store)
    store.remove(MediaObject, ["o1", "o2", "o3"])
    store.add(OBJECTS)
    assert [store.count(kind) for kind in KINDS] == [2, 3, 0, 0, 0, 2, 3, 2, 0, 1]
    assert store.view_names() == []
    assert store.marks("parse") == {}


def test_a_source_with_objects_stays(store: Store) -> None:
    fill(store)
    with pytest.raises(Conflict, match="s2"):
        store.remove(Source, ["s2"])
    store.remove(MediaObject, ["o2", "o3"])
    assert store.remove(Source, ["s2"]) == 1
    assert list(store.scan(Source)) == SOURCES[:1]


def test_removing_other_records_removes_them_alone(store: Store) -> None:
    fill(store)
    assert store.remove(Annotation, [ANNOTATIONS[0].id, ANNOTATIONS[2].id, "nobody"]) == 2
    assert store.remove(Correlation, [LINKS[1].id]) == 1
    assert store.remove(Failure, [FAILURES[0].id]) == 1
    assert store.remove(Event, ["e1"]) == 1
    assert store.remove(Decision, [DECISIONS[1].id, "nobody"]) == 1
    assert [store.count(kind) for kind in KINDS] == [2, 3, 2, 1, 0, 1, 2, 2, 2, 1]
    assert store.search("live") == []
    assert store.search("caption")


# Questions.


@pytest.fixture
def linked(store: Store) -> Store:
    """A text with an image, a video and another text about it."""
    objects = [item("t1"), item("t2"), item("i1", modality="image"), item("v1", modality="video")]
    links = [
        link("t1", "i1", 0.9), link("t1", "v1", 0.8, kind="transcript"), link("t1", "t2", 0.8),
        link("t2", "v1", 0.7), link("t2", "i1", 1.0, status="rejected"), link("i1", "v1", 0.1, status="confirmed"),
    ]  # fmt: skip
    store.add([SOURCES[0], *objects, *links])
    return store


def ends(links: Iterable[Correlation]) -> list[tuple[str, str]]:
    return [(found.subject, found.target) for found in links]


def test_neighbours_come_heaviest_first(linked: Store) -> None:
    tied = sorted([link("t1", "v1", 0.8, kind="transcript"), link("t1", "t2", 0.8)], key=lambda found: found.id)
    assert linked.neighbours(["t1"]) == [link("t1", "i1", 0.9), *tied]
    assert ends(linked.neighbours(["i1"])) == [("i1", "t1"), ("i1", "v1")]
    assert linked.neighbours(["nobody"]) == linked.neighbours([]) == []


def test_equally_heavy_links_come_by_id(linked: Store) -> None:
    tied = [link("t2", "v1", 0.7, kind=f"k{number}") for number in range(20)]
    linked.add(tied)
    ids = [found.id for found in linked.neighbours(["t2"], kinds=[found.kind for found in tied])]
    assert ids == sorted(found.id for found in tied)


def test_a_link_between_two_of_the_objects_comes_once(linked: Store) -> None:
    found = ends(linked.neighbours(["t2", "t1"]))
    assert sorted(found) == [("i1", "t1"), ("t1", "t2"), ("t1", "v1"), ("t2", "v1")]


def test_neighbours_by_kind_modality_and_number(linked: Store) -> None:
    assert ends(linked.neighbours(["t1"], kinds=["transcript", "nothing"])) == [("t1", "v1")]
    assert linked.neighbours(["t1"], kinds=[]) == []
    assert ends(linked.neighbours(["t1"], modality="text")) == [("t1", "t2")]
    assert ends(linked.neighbours(["t2"], modality="text")) == [("t1", "t2")]
    assert ends(linked.neighbours(["t1", "i1"], modality="image")) == [("i1", "t1")]
    assert ends(linked.neighbours(["t1", "i1"], modality="text")) == [("i1", "t1"), ("t1", "t2")]
    assert linked.neighbours(["t1"], modality="audio") == []
    assert ends(linked.neighbours(["t1"], limit=1)) == [("i1", "t1")]
    assert linked.neighbours(["t1"], limit=0) == []
    with pytest.raises(InvalidInput):
        linked.neighbours(["t1"], limit=-1)


def test_events_of_an_object_by_its_weight_in_them(store: Store) -> None:
    store.add([*SOURCES, *OBJECTS])
    for id_, weight in (("e1", 0.2), ("e2", 0.9), ("e3", 0.2)):
        store.add([Event(id_, "E", None, None, "", (Member("o1", weight, ""), Member("o2", 1 - weight, "")))])
    assert store.events_of(["o2", "nobody", "o1", "o3"]) == {
        "o2": ["e1", "e3", "e2"], "o1": ["e2", "e1", "e3"], "o3": []
    }  # fmt: skip


def test_annotations_of_one_kind(store: Store) -> None:
    fill(store)
    assert store.annotations(["o3"], kind="ocr") == {"o3": [ANNOTATIONS[2]]}
    assert store.annotations(["o3", "o1"], kind="mention") == {"o3": [], "o1": [ANNOTATIONS[0]]}


# Search.


@pytest.fixture
def library(store: Store) -> Store:
    """A few objects with words in each place, among others that share none of them."""
    fillers = [item(f"z{number}", f"filler nothing at all about {number}") for number in range(30)]
    store.add(
        [
            SOURCES[0],
            *fillers,
            item("both", "an earthquake and then a tsunami"),
            item("one", "an earthquake and then a quiet night"),
            item("title", "it was early", title="Tsunami!"),
            item("clip", "a caption", modality="video"),
            item("photo", modality="image"),
            spoken("clip", 0, "the reactor is being cooled"),
            spoken("photo", 0, "STATION Zürich", "ocr"),
            spoken("photo", 0, "reactor", "label"),
        ]
    )
    return store


def found(store: Store, query: str, **options: Modality) -> list[str]:
    return [id_ for id_, _ in store.search(query, **options)]  # type: ignore[arg-type]


def test_more_of_the_words_rank_higher(library: Store) -> None:
    assert found(library, "earthquake tsunami")[0] == "both"
    assert set(found(library, "earthquake tsunami")) == {"both", "one", "title"}
    scores = [score for _, score in library.search("earthquake tsunami early")]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_words_are_found_wherever_they_stand(library: Store) -> None:
    assert sorted(found(library, "tsunami")) == ["both", "title"], "each backend ranks by its own BM25"
    assert found(library, "reactors") == ["clip"], "what was said, in another form; labels are no words of it"
    assert found(library, "zurich") == ["photo"], "what was written, without its accent"
    assert found(library, "Zu\u0308rich") == ["photo"], "decomposed"
    assert found(library, "CAPTION reactor") == ["clip"]


def test_search_by_modality_and_number(library: Store) -> None:
    assert found(library, "reactor station", modality="image") == ["photo"]
    assert found(library, "reactor", modality="text") == []
    assert len(library.search("filler", limit=7)) == 7
    assert library.search("filler", limit=0) == []
    with pytest.raises(InvalidInput):
        library.search("filler", limit=-1)


def test_equal_scores_come_by_id(library: Store) -> None:
    library.add([item("tie2", "rarest"), item("tie1", "rarest"), item("tie3", "rarest")])
    assert found(library, "rarest") == ["tie1", "tie2", "tie3"]


def test_the_index_follows_every_change(library: Store) -> None:
    library.add([item("one", "a flood instead")])
    assert found(library, "quiet") == []
    assert found(library, "flood") == ["one"]
    line = spoken("clip", 5, "evacuation ordered")
    library.add([line])
    assert found(library, "evacuation") == ["clip"]
    assert found(library, "reactor") == ["clip"], "the older words stay"
    library.add([item("clip", "another caption", modality="video")])
    assert found(library, "evacuation") == ["clip"], "what was said stays when the object is added again"
    library.remove(Annotation, [line.id])
    assert found(library, "evacuation") == []
    library.remove(MediaObject, ["clip"])
    assert found(library, "reactor caption") == []
    library.add([item("clip", "came back")])
    assert found(library, "reactor") == []


HOSTILE = [
    "", " ", '"', "''", '"a', "a AND", "NOT", "OR OR", "NEAR(a b, 2)", "title:x", "a*", "^a", "-a", "+", "(", "a)",
    "{title} : x", "\x00", "a\x00b", "\ud800", "\U0001f30a", "%", "_", "\\", "; DROP TABLE object", "a-b-c.d'e",
    "''''", "…", "\uff41", "\u0301", "\u202e", "a" * 100_000, "a b " * 50_000, "'" * 1000, "日本語 地震",
    " ".join(f"w{n}" for n in range(10_000)),
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:12]))
def test_nothing_that_a_person_types_is_an_error(library: Store, query: str) -> None:
    for _, score in library.search(query):
        assert score > 0


def test_operators_are_plain_words(library: Store) -> None:
    library.add([item("plain", "neither nor near not", title="AND")])
    assert found(library, "NEAR") == ["plain"]
    assert found(library, "earthquake NOT tsunami")[:1] == ["both"]


def test_any_text_is_a_query(store: Store, examples: Callable[[int], int]) -> None:
    store.add([SOURCES[0], item("o", "some words to be found")])

    @given(st.text())
    @settings(max_examples=examples(200), deadline=None)
    def check(query: str) -> None:
        store.search(query)

    check()


# Views, payloads, marks and settings.


def test_views_come_back_by_object_and_fragment(store: Store) -> None:
    fill(store)
    rows = {("o3", "t=2,3"): [5.5, -1.0], ("o1", "t=9,9"): [0.1, 2e-30], ("o3", "t=0,2"): [7.0, 8.0]}
    store.put_view(view("image", rows))
    kept = store.view("image")
    assert (kept.ids, kept.fragments) == (("o1", "o3", "o3"), ("t=9,9", "t=0,2", "t=2,3"))
    assert kept.matrix.dtype == np.float32
    np.testing.assert_array_equal(kept.matrix, np.array([[0.1, 2e-30], [7, 8], [5.5, -1]], np.float32))
    part = store.view("image", ["o3", "o2", "nobody", "o3"])
    assert part.fragments == ("t=0,2", "t=2,3")
    assert store.view_names() == ["image", "text"]


def test_an_unknown_view_is_empty(store: Store) -> None:
    fill(store)
    for empty in (store.view("nothing"), store.view("text", []), store.view("text", ["o3"])):
        assert empty.ids == empty.fragments == ()
        assert empty.matrix.shape == (0, 0)
        assert empty.matrix.dtype == np.float32
    store.put_view(View("none", (), (), np.zeros((0, 7), np.float32)))
    assert store.view_names() == ["text"]


def test_vectors_are_replaced_and_the_rest_stays(store: Store) -> None:
    fill(store)
    store.put_view(view("text", {("o1", ""): [9, 9]}))
    np.testing.assert_array_equal(store.view("text").matrix, [[9, 9], [3, 4]])


def test_a_view_is_the_callers_to_change(store: Store) -> None:
    fill(store)
    store.view("text").matrix[:] = 0
    assert store.view("text").matrix.any()


def test_vectors_of_any_layout_are_kept_as_they_are(store: Store) -> None:
    fill(store)
    base = np.arange(12, dtype=np.float64).reshape(4, 3)
    store.put_view(View("w", ("o1", "o2", "o3"), ("", "", ""), base.T))
    np.testing.assert_array_equal(store.view("w").matrix, base.T)
    store.put_view(View("bits", ("o1",), ("",), np.array([[-1, 1, 1]], dtype=np.int8)))
    assert store.view("bits").matrix.tolist() == [[-1, 1, 1]]


@pytest.mark.parametrize(
    "wrong",
    [
        view("text", {("o1", ""): [1, 2, 3]}),
        view("text", {("nobody", ""): [1, 2]}),
        view("text", {("o1", ""): [1, float("nan")]}),
        View("text", ("o1",), ("",), np.array([[1e300, 0]])),
        View("text", ("o1",), ("",), np.zeros(2, np.float32)),
        View("text", ("o1",), ("",), np.zeros((1, 0), np.float32)),
        View("text", ("o1", "o2"), ("", ""), np.zeros((1, 2), np.float32)),
        View("text", ("o1",), (), np.zeros((1, 2), np.float32)),
    ],
    ids=["width", "object", "nan", "infinite", "one-dimensional", "no width", "ids", "fragments"],
)
def test_a_wrong_view_is_invalid_input(store: Store, wrong: View) -> None:
    fill(store)
    before = snapshot(store)
    with pytest.raises(InvalidInput, match="text"):
        store.put_view(wrong)
    assert snapshot(store) == before


def test_a_name_without_vectors_may_take_another_width(store: Store) -> None:
    fill(store)
    store.remove(MediaObject, ["o1", "o2"])
    store.put_view(view("text", {("o3", ""): [1, 2, 3]}))
    assert store.view("text").matrix.shape == (1, 3)


def test_payloads(store: Store) -> None:
    fill(store)
    big = bytes(range(256)) * 10_000
    store.put_payloads("thumbnail", {"o3": big, "o2": b""})
    assert list(store.payloads("thumbnail", ["o3", "o1", "o2", "nobody"]).items()) == [("o3", big), ("o2", b"")]
    store.put_payloads("thumbnail", {"o3": b"new"})
    assert store.payloads("thumbnail", ["o3"]) == {"o3": b"new"}
    assert store.payloads("nothing", ["o3"]) == {}
    with pytest.raises(InvalidInput, match="nobody"):
        store.put_payloads("parse", {"o2": b"x", "nobody": b"x"})
    assert store.payloads("parse", ["o2"]) == {}


def test_marks(store: Store) -> None:
    fill(store)
    store.mark("parse", {"o3": "2", "o1": "2"})
    assert store.marks("parse") == {"o1": "2", "o2": "1", "o3": "2"}
    assert store.marks("nothing") == {}
    with pytest.raises(InvalidInput, match="nobody"):
        store.mark("parse", {"nobody": "1"})


def test_settings(store: Store) -> None:
    assert store.setting("run") is None
    store.set_setting("run", '{"k": "ä"}')
    store.set_setting("empty", "")
    assert (store.setting("run"), store.setting("empty")) == ('{"k": "ä"}', "")
    store.set_setting("run", "2")
    assert store.setting("run") == "2"
    store.set_setting("run", None)
    store.set_setting("run", None)
    assert store.setting("run") is None


def test_any_unicode_is_kept_and_lone_surrogates_are_refused(store: Store, examples: Callable[[int], int]) -> None:
    store.add(SOURCES)

    @given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text())
    @settings(max_examples=examples(80), deadline=None)
    def check(id_: str, text: str) -> None:
        record = MediaObject(id_, "text", "s1", id_, title=text, text=text, metadata={id_: text})
        try:
            text.encode()
        except UnicodeEncodeError:
            with pytest.raises(InvalidInput):
                store.add([record])
            return
        store.add([record])
        assert store.get(MediaObject, [id_]) == {id_: record}
        assert store.remove(MediaObject, [id_]) == 1

    check()


# Transactions, threads, reopening.


def test_a_block_that_raises_leaves_the_store_as_it_was(store: Store) -> None:
    fill(store)
    before = snapshot(store)
    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012 - the block is what is tested
        store.remove(MediaObject, ["o1"])
        store.add([item("o9", "something new"), link("o2", "o9")])
        store.put_view(view("v", {("o9", ""): [1.0]}))
        store.mark("parse", {"o9": "1"})
        store.set_setting("run", "x")
        assert store.count(MediaObject) == 3
        assert store.search("new"), "a block sees what it wrote"
        raise ZeroDivisionError
    assert snapshot(store) == before
    assert store.search("new") == []
    assert store.search("Title")
    assert store.marks("parse") == {"o1": "1", "o2": "1"}
    assert store.setting("run") is None


def test_inner_blocks_join_the_outer_one(store: Store) -> None:
    store.add(SOURCES)
    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012 - the block is what is tested
        with store.transaction():
            store.add([item("a")])
        with store.transaction(), store.transaction():
            store.add([item("b")])
        raise ZeroDivisionError
    assert store.count(MediaObject) == 0
    with store.transaction():
        with store.transaction():
            store.add([item("a")])
        store.add([item("b")])
    assert store.count(MediaObject) == 2


def test_a_refused_write_leaves_the_rest_of_its_block(store: Store) -> None:
    with store.transaction():
        store.add([*SOURCES, item("a")])
        with pytest.raises(InvalidInput):
            store.add([item("b"), link("a", "nobody")])
        store.add([item("c")])
    assert [kept.id for kept in store.scan(MediaObject)] == ["a", "c"]


def test_a_store_keeps_everything_when_it_is_opened_again(open_store: OpenStore, tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "s")) as store:
        fill(store)
        store.set_setting("run", "1")
        before, answers = digest(store), store.search("title text caption live")
    with closing(open_store(tmp_path / "s")) as store:
        assert digest(store) == before
        assert store.search("title text caption live") == answers
        assert store.setting("run") == "1"
        assert store.payloads("parse", ["o1"]) == {"o1": b"\x00\xff"}


def test_readers_see_whole_transactions_while_another_thread_writes(store: Store) -> None:
    store.add(SOURCES)
    torn: list[int] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                ids = [f"o{n}" for n in range(200)]
                torn.extend(len(found) for found in [store.get(MediaObject, ids)] if len(found) % 10)
                for event in store.get(Event, ["e"]).values():
                    said = {event.title, *(member.reason for member in event.members), event.aspects[0].value}
                    torn.extend([len(said)] if len(said) > 1 else [])
                store.search("word")
                store.neighbours(ids)
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for start in range(0, 200, 10):
        with store.transaction():
            for number in range(start, start + 10):
                store.add([item(f"o{number}", "word")])
            store.add(link(f"o{n}", f"o{n + 1}") for n in range(start, start + 9))
            told = str(start)
            members = tuple(Member(f"o{n}", 0.5, told) for n in range(start + 10))
            store.add([Event("e", told, None, None, "", members, (Aspect("what", told, 0.5, 1, (Evidence("o0"),)),))])
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert torn == []
    assert store.count(MediaObject) == 200


def test_writers_of_several_threads_lose_nothing(store: Store) -> None:
    store.add(SOURCES)
    errors: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for number in range(25):
                with store.transaction():
                    store.add([item(f"{name}{number}", "word")])
                    store.set_setting(name, str(number))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.count(MediaObject) == 100
    assert len(store.search("word", limit=1000)) == 100
    assert [store.setting(name) for name in "abcd"] == ["24"] * 4


def test_a_picture_tells_stores_apart(store: Store, embedded: Store) -> None:
    one, other = embedded, store
    fill(one)
    fill(other)
    assert digest(one) == digest(other)
    other.mark("parse", {"o3": "1"})
    other.set_setting("run", "1")
    assert digest(one) == digest(other), "how a graph was made is no part of it"
    other.put_view(view("text", {("o1", ""): [1.00001, 2]}))
    assert digest(one) == digest(other), "nor are the last digits of a vector"
    other.put_view(view("text", {("o1", ""): [1.001, 2]}))
    assert digest(one) != digest(other)
    other.put_view(view("text", {("o1", ""): [1, 2]}))
    other.add([replace(OBJECTS[0], licence=None)])
    assert snapshot(one)["objects"] != snapshot(other)["objects"]

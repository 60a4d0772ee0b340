"""Removing an object leaves exactly the graph that would have been made without it: made graphs, naive loops."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.snapshot import snapshot
from kg.store import Record, Store, View
from ontology.model import (
    ASPECTS,
    MODALITIES,
    STATUSES,
    Annotation,
    Aspect,
    Correlation,
    Decision,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Segment,
    Source,
)
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

QUERIES = ("wave", "fire smoke", "wave fire smoke station")
SOURCES = ("s1", "s2", "s3")
KINDS: tuple[type[Record], ...] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip


@dataclass(frozen=True)
class Graph:
    """What goes into a store: records, and for each object vectors, payloads and marks."""

    records: tuple[Record, ...]
    vectors: dict[tuple[str, str, str], tuple[float, float]]
    payloads: dict[str, bytes]
    marks: dict[str, str]


words = st.lists(st.sampled_from(["wave", "fire", "smoke", "station", "ü"]), max_size=4).map(" ".join)
units = st.floats(0, 1)
times = st.integers(0, 10**6).map(lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
fragments = st.sampled_from(["", "char=0,3", "t=0.0,1.5"])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = draw(st.lists(st.text("aé\U0001f30a'%", min_size=1, max_size=3), min_size=1, max_size=6, unique=True))
    some = st.sampled_from(ids)
    objects = draw(st.tuples(*(made_object(id_) for id_ in ids)))
    source = {item.id: item.source for item in objects}
    records: list[Record] = [*(Source(id_, id_.upper()) for id_ in SOURCES), *objects]
    records += draw(st.lists(annotations(some), max_size=8))
    if len(ids) > 1:
        records += draw(st.lists(links(some), max_size=8))
    told = [draw(events(f"e{number}", some, source)) for number in range(draw(st.integers(0, 3)))]
    records += [*told, *draw(topics(some, [event.id for event in told]))]
    records += draw(st.lists(st.builds(Failure, words, some, words, words), max_size=2))
    notes = st.builds(Decision, st.just("annotate"), some, st.none(), words, words.filter(bool), st.just("anna"), times)
    records += draw(st.lists(notes, max_size=2))
    vectors = st.dictionaries(
        st.tuples(st.sampled_from(["text", "image"]), some, fragments), st.tuples(units, units), max_size=6
    )
    payloads = st.dictionaries(some, st.binary(max_size=4), max_size=3)
    return Graph(tuple(records), draw(vectors), draw(payloads), draw(st.dictionaries(some, words, max_size=4)))


def made_object(id_: str) -> st.SearchStrategy[MediaObject]:
    return st.builds(
        MediaObject, st.just(id_), st.sampled_from(MODALITIES), st.sampled_from(SOURCES), words, st.none() | times,
        title=words, text=words, metadata=st.dictionaries(words, words, max_size=2),
    )  # fmt: skip


def annotations(some: st.SearchStrategy[str]) -> st.SearchStrategy[Annotation]:
    spans = st.tuples(st.integers(0, 5), st.integers(5, 9))
    segments = st.builds(Segment, some, st.none() | spans, st.none(), st.none() | spans)
    kinds = st.sampled_from(["speech", "ocr", "label", "mention"])
    return st.builds(Annotation, segments, kinds, words, units, st.sampled_from(["m1", "m2"]))


def links(some: st.SearchStrategy[str]) -> st.SearchStrategy[Correlation]:
    def make(ends: tuple[str, str], kind: str, weight: float, status: Any, texts: list[str]) -> Correlation:
        subject, target = sorted(ends)
        evidence = tuple(Evidence(subject, "", text) for text in texts)
        return Correlation(subject, target, kind, "intra", weight, "m", "1", "r", "why", status, evidence)

    pairs = st.tuples(some, some).filter(lambda pair: pair[0] != pair[1])
    return st.builds(
        make, pairs, st.sampled_from(["a", "b"]), units, st.sampled_from(STATUSES), st.lists(words, max_size=2)
    )


@st.composite
def events(draw: st.DrawFn, id_: str, some: st.SearchStrategy[str], source: dict[str, str]) -> Event:
    members = draw(
        st.lists(st.builds(Member, some, units, words), min_size=1, max_size=4, unique_by=lambda m: m.object)
    )
    start = draw(st.none() | times)
    pieces = st.lists(st.builds(Evidence, some, fragments, words), min_size=1, max_size=4)
    aspects = [
        Aspect(name, value, score, len({source[piece.object] for piece in evidence}), tuple(evidence))
        for name, value, score, evidence in draw(
            st.lists(st.tuples(st.sampled_from(ASPECTS), words, units, pieces), max_size=3)
        )
    ]
    return Event(id_, draw(words), start, start, draw(words), tuple(members), tuple(aspects))


@st.composite
def topics(draw: st.DrawFn, some: st.SearchStrategy[str], told: list[str]) -> list[Record]:
    examples = st.lists(st.builds(Member, some, units, words), max_size=3, unique_by=lambda member: member.object)
    known = st.tuples(st.just("object"), some)
    if told:
        known |= st.tuples(st.just("event"), st.sampled_from(told))
    made: list[Record] = []
    for number in range(draw(st.integers(0, 2))):
        parent = f"t{number - 1}" if number and draw(st.booleans()) else None
        word = TopicWord("words", draw(words), draw(units))
        made.append(Topic(f"t{number}", "run", draw(words), (word,), tuple(draw(examples)), draw(units), parent))
        made += [
            TopicShare(f"t{number}", about, subject, draw(units), "m", "run")  # type: ignore[arg-type]
            for about, subject in draw(st.lists(known, max_size=4, unique=True))
        ]
    gone = TopicChange("run", 1, "gone", ("t",), ())
    return [*made, *draw(st.sampled_from([[], [gone]]))]


def without(graph: Graph, gone: set[str]) -> Graph:
    """The graph that would have been made if some objects had never been there, by plain loops."""
    source = {record.id: record.source for record in graph.records if isinstance(record, MediaObject)}
    records: list[Record] = []
    for record in graph.records:
        match record:
            case MediaObject(id=id_) | Annotation(segment=Segment(object=id_)) if id_ in gone:
                pass
            case Correlation() if {record.subject, record.target} & gone:
                pass
            case Event():
                members = tuple(member for member in record.members if member.object not in gone)
                aspects = tuple(
                    replace(aspect, evidence=left, sources=len({source[piece.object] for piece in left}))
                    for aspect in record.aspects
                    if (left := tuple(piece for piece in aspect.evidence if piece.object not in gone))
                )
                if members:
                    records.append(replace(record, members=members, aspects=aspects))
            case Topic():
                kept = tuple(member for member in record.examples if member.object not in gone)
                records.append(replace(record, examples=kept))
            case TopicShare(about="object", subject=id_) if id_ in gone:
                pass
            case TopicShare(about="event", subject=id_) if id_ not in {r.id for r in records if isinstance(r, Event)}:
                pass
            case _:
                records.append(record)
    return Graph(
        tuple(records),
        {place: vector for place, vector in graph.vectors.items() if place[1] not in gone},
        {id_: content for id_, content in graph.payloads.items() if id_ not in gone},
        {id_: version for id_, version in graph.marks.items() if id_ not in gone},
    )


def put(store: Store, graph: Graph) -> None:
    with store.transaction():
        store.add(graph.records)
        for (name, id_, fragment), vector in graph.vectors.items():
            store.put_view(View(name, (id_,), (fragment,), np.array([vector], np.float32)))
        store.put_payloads("parse", graph.payloads)
        store.mark("parse", graph.marks)


def picture(store: Store) -> dict[str, Any]:
    """All that can be asked of a store."""
    ids = [item.id for item in store.scan(MediaObject)]
    return snapshot(store) | {
        # Which objects are found; how they rank among each other depends on a backend's statistics of words.
        "searches": [sorted(id_ for id_, _ in store.search(query)) for query in QUERIES],
        "neighbours": [store.neighbours([id_], modality="image") for id_ in ids] + [store.neighbours(ids)],
        "annotations": store.annotations(ids),
        "events_of": store.events_of(ids),
        "topic_shares": [store.topic_shares(ids, "object"), store.topic_shares(["t0", "t1"], "topic", about="event")],
        "payloads": store.payloads("parse", ids),
        "marks": store.marks("parse"),
        "counts": [store.count(kind) for kind in KINDS],
    }


def emptied(store: Store) -> Store:
    with store.transaction():
        for kind in (MediaObject, Failure, Decision, Source, Topic, TopicChange):
            store.remove(kind, [record.id for record in store.scan(kind)])
    assert [store.count(kind) for kind in KINDS] == [0] * len(KINDS), "everything else hung by the objects"
    assert store.view_names() == []
    return store


def test_removing_objects_leaves_the_graph_made_without_them(
    store: Store, embedded: Store, examples: Callable[[int], int]
) -> None:
    @given(graphs(), st.data())
    @settings(max_examples=examples(50), deadline=None)
    def check(graph: Graph, data: st.DataObject) -> None:
        ids = [record.id for record in graph.records if isinstance(record, MediaObject)]
        gone = data.draw(st.sets(st.sampled_from(ids), min_size=1))
        whole, rest = emptied(store), emptied(embedded)
        put(whole, graph)
        assert whole.remove(MediaObject, sorted(gone)) == len(gone)
        put(rest, without(graph, gone))
        assert picture(whole) == picture(rest)

    check()


def test_neither_order_nor_repetition_matters(store: Store, embedded: Store, examples: Callable[[int], int]) -> None:
    @given(graphs())
    @settings(max_examples=examples(20), deadline=None)
    def check(graph: Graph) -> None:
        last = {(type(record), record.id): record for record in graph.records}
        one, other = emptied(store), emptied(embedded)
        put(one, graph)
        for _ in range(2):
            for record in last.values():
                other.add([record])
            put(other, replace(graph, records=tuple(reversed(last.values()))))
        assert picture(one) == picture(other)

    check()

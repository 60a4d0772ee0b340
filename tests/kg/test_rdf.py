"""Store to RDF and back: nothing is lost, the same graph gives the same file, and what is wrong is said."""

import io
import random
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg import rdf, rdf_parts
from kg.rdf_literals import canonical, double, literal
from kg.rdf_read import Reading
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from kg.store import Record, Store, View
from ontology.errors import InvalidInput
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
from ontology.terms import SIM, Base, X
from ontology.topic import ABOUT, CHANGES, Topic, TopicChange, TopicShare, TopicWord

FORMATS = {
    "nquads": ox.RdfFormat.N_QUADS, "ntriples": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}  # fmt: skip
KINDS: tuple[type[Record], ...] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip
OpenStore = Callable[[Path], Store]
HOSTILE = (
    "a", "b/c", 'say "x" \\ {y}', "<http://e/> . }", "line\nbreak\r\t", "naïve-日本-🌊", "..", "100%", "%2F", "a#b?c",
    "\x00\x1f\x7f\x85\u2028\ufffe", " ", "x" * 300,
)  # fmt: skip
hostile = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = hostile.filter(bool)
units = st.floats(0, 1)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda time: time.replace(tzinfo=UTC))
spans = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(lambda pair: (min(pair), max(pair)))
places = st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)).map(lambda pair: (min(pair), max(pair)))
boxes = st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 10**6)] * 2)


@st.composite
def hostile_graphs(draw: st.DrawFn) -> list[Record]:
    """Records whose every text is one that could break a file."""
    sources = draw(
        st.lists(
            st.builds(Source, names, names, hostile, st.none() | hostile),
            min_size=1,
            max_size=2,
            unique_by=lambda s: s.id,
        )
    )
    publishers = st.sampled_from([source.id for source in sources])
    ids = draw(st.lists(names, min_size=2, max_size=4, unique=True))
    some = st.sampled_from(ids)
    optional = st.none() | hostile
    objects = [
        draw(st.builds(
            MediaObject, st.just(id_), st.sampled_from(MODALITIES), publishers, hostile, st.none() | moments, optional,
            hostile, hostile, hostile, hostile, hostile, optional, optional, optional,
            st.dictionaries(hostile, hostile, max_size=2),
        ))
        for id_ in ids
    ]  # fmt: skip
    segments = st.builds(Segment, some, st.none() | places, st.none() | boxes, st.none() | spans)
    read = st.builds(Annotation, segments, names, hostile, units, names, hostile)
    fragments = st.sampled_from(["", "char=0,5", "t=1.0,2.5", "t=0.0,1.0&xywh=1,2,3,4"]) | hostile
    evidence = st.lists(st.builds(Evidence, some, fragments, hostile), min_size=1, max_size=3).map(tuple)
    members = st.lists(st.builds(Member, some, units, hostile), min_size=1, max_size=3, unique_by=lambda m: m.object)
    aspects = st.lists(
        st.builds(Aspect, st.sampled_from(ASPECTS), hostile, units, st.integers(1, 9), evidence), max_size=3
    )
    told = [
        Event(id_, draw(hostile), start, start, draw(hostile), tuple(draw(members)), tuple(draw(aspects)))
        for id_, start in draw(st.dictionaries(names, st.none() | moments, max_size=2)).items()
    ]
    failures = st.builds(Failure, hostile, hostile, hostile, hostile, st.sampled_from(["error", "warning"]))
    notes = st.builds(Decision, st.just("annotate"), names, st.none(), hostile, names, names, moments)
    return [
        *sources, *objects, *draw(st.lists(read, max_size=4)), *draw(st.lists(links(ids), max_size=3)), *told,
        *draw(st.lists(failures, max_size=2)), *draw(st.lists(notes, max_size=2)), *draw(topics(members, ids, told)),
    ]  # fmt: skip


@st.composite
def topics(
    draw: st.DrawFn, members: st.SearchStrategy[list[Member]], objects: list[str], events: list[Event]
) -> list[Record]:
    """Topics, of which each may be a part of the one before, with shares in objects and events, and changes."""
    words = st.lists(
        st.builds(TopicWord, names, hostile, units, hostile, st.floats(-1e9, 1e9)),
        max_size=3,
        unique_by=lambda word: (word.field, word.collection, word.value),
    ).map(tuple)
    concepts = st.lists(hostile, max_size=2, unique=True).map(lambda some: tuple(sorted(some)))
    ids: list[str] = draw(st.lists(names, max_size=2, unique=True))
    above = [None, *ids]
    made = [
        Topic(
            id_, draw(names), draw(hostile), draw(words), tuple(draw(members)), draw(units), parent,
            draw(st.none() | units), draw(concepts),
        )
        for id_, parent in zip(ids, above, strict=False)
    ]  # fmt: skip
    known = {"object": objects, "event": [event.id for event in events]}
    shares = [
        TopicShare(id_, about, draw(st.sampled_from(known[about])), draw(units), draw(hostile), draw(names))
        for id_ in ids
        for about in ABOUT
        if known[about]
    ]
    some = st.lists(hostile, min_size=1, max_size=2, unique=True).map(lambda ids: tuple(sorted(ids)))
    changes = st.builds(TopicChange, names, st.integers(1, 10**12), st.sampled_from(CHANGES), some, some | st.just(()))
    return [*made, *shares, *draw(st.lists(changes, max_size=2))]


def links(ids: list[str]) -> st.SearchStrategy[Correlation]:
    def make(ends: list[str], words: list[str], weight: float, status: str, texts: list[str]) -> Correlation:
        first, second = sorted(ends)
        evidence = tuple(Evidence(first, "", text) for text in texts)
        kind, method, version, run, reason = words
        return Correlation(first, second, kind, "inter", weight, method, version, run, reason, status, evidence)  # type: ignore[arg-type]

    pairs = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    five = st.lists(hostile, min_size=5, max_size=5)
    return st.builds(make, pairs, five, units, st.sampled_from(STATUSES), st.lists(hostile, max_size=2))


def written(store: Store, form: rdf.Form = "nquads", **options: object) -> bytes:
    output = io.BytesIO()
    rdf.export(store, output, form, **options)  # type: ignore[arg-type]
    return output.getvalue()


def read_back(content: bytes, path: Path, store: Store, form: rdf.Form = "nquads") -> int:
    path.write_bytes(content)
    return rdf.load(store, path, form)


class Held:
    """As much of a store as an export reads, over records in memory."""

    def __init__(self, records: list[Record]) -> None:
        self.records = {(type(record), record.id): record for record in records}

    def scan(self, kind: type[Record]) -> Iterator[Record]:
        return iter([record for (is_of, _), record in sorted(self.records.items(), key=str) if is_of is kind])

    def get(self, kind: type[Record], ids: Iterable[str]) -> dict[str, Record]:
        return {id_: self.records[kind, id_] for id_ in ids}


# There and back.


@settings(deadline=None, max_examples=60)
@given(graph=hostile_graphs(), form=st.sampled_from(rdf.FORMS))
def test_every_record_comes_back_in_any_syntax(graph: list[Record], form: rdf.Form) -> None:
    held = Held(graph)
    told = ox.Store()
    told.bulk_load(written(cast(Store, held), form), format=FORMATS[form])
    assert {(type(record), record.id): record for record in Reading(told).records()} == held.records


@settings(deadline=None, max_examples=8)
@given(graph=hostile_graphs(), form=st.sampled_from(rdf.FORMS))
def test_a_store_comes_back_in_any_syntax(
    tmp_path_factory: pytest.TempPathFactory, graph: list[Record], form: rdf.Form
) -> None:
    folder = tmp_path_factory.mktemp("graph")
    with closing(SQLiteStore(folder / "one")) as one, closing(SQLiteStore(folder / "other")) as other:
        one.add(graph)
        number = read_back(written(one, form), folder / "file", other, form)
        assert snapshot(other) == snapshot(one)
        assert number == sum(map(len, snapshot(one).values()))


@pytest.mark.parametrize("form", rdf.FORMS)
def test_vectors_come_back_exactly(store: Store, embedded: Store, tmp_path: Path, form: rdf.Form) -> None:
    matrix = np.array([[0.1, -0.0, 1e-38], [3.4e38, 1.5, 2.5]], dtype=np.float32)
    one, other = embedded, store
    one.add([Source("s", "S"), MediaObject("o#1", "video", "s")])
    one.put_view(View("image", ("o#1", "o#1"), ("", "t=0.0,1.5"), matrix))
    one.put_view(View("te xt", ("o#1",), ("",), matrix[:1, :2]))
    read_back(written(one, form, vectors=True), tmp_path / "file", other, form)
    assert other.view_names() == ["image", "te xt"]
    assert other.view("image").fragments == ("", "t=0.0,1.5")
    assert other.view("image").matrix.tobytes() == matrix.tobytes()
    assert b"vector" not in written(one, form)


@given(order=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=10)
def test_the_order_of_lines_means_nothing(tmp_path_factory: pytest.TempPathFactory, order: random.Random) -> None:
    folder = tmp_path_factory.mktemp("graph")
    with closing(SQLiteStore(folder / "one")) as one, closing(SQLiteStore(folder / "other")) as other:
        fill(one)
        lines = written(one).splitlines(keepends=True)
        order.shuffle(lines)
        read_back(b"".join(lines), folder / "file", other)
        assert snapshot(other) == snapshot(one)


def fill(store: Store) -> None:
    first, second = Evidence("o1", "char=0,5", "Title"), Evidence("o2", "xywh=1,2,3,4", "wave")
    store.add([
        Source("s1", "First", "newspaper", "https://first.example/"),
        MediaObject("o1", "text", "s1", "set", datetime(2011, 3, 11, 5, 46, 23, tzinfo=UTC), "d1", "Title", "Text"),
        MediaObject("o2", "image", "s1", "set", document="d1", metadata={"b": "2", "a": "1"}),
        Annotation(Segment("o1", chars=(0, 5)), "mention", "Title", 0.25, "ner", "WORK"),
        Annotation(Segment("o2", time=(0.0, 1 / 3)), "speech", "words", 1.0, "asr"),
        Correlation("o1", "o2", "neighbour", "inter", 1 / 3, "m", "1", "run-1", "near", "confirmed", (second, first)),
        Correlation("o1", "o2", "other", "inter", 0.5, "m", "2", "run-2", "near"),
        Event(
            "e1", "Event", datetime(2011, 3, 11, tzinfo=UTC), None, "Summary",
            (Member("o2", 0.9, "seen"), Member("o1", 0.5, "told")),
            (Aspect("where", "Sendai", 0.9, 1, (second, first)), Aspect("who", "Sendai", 0.8, 1, (first,))),
        ),
        Failure("set", "bad.jpg", "ingest", "no image"),
        Decision("reject", "o1", "o2", "other", "", "anna", datetime(2024, 5, 6, 7, 8, 9, 120_000, tzinfo=UTC)),
        Topic(
            "t1", "topics", "quake", (TopicWord("who", "Sendai", 0.25), TopicWord("who", "Sendai", 0.5, "First", 2.5)),
            (Member("o2", 0.9, "seen"), Member("o1", 0.5, "told")), 0.5, "t2", 0.75, ("http://v.example/quake",),
        ),
        Topic("t2", "topics", "all", ()),
        TopicShare("t1", "object", "o1", 0.75, "LDA", "topics"),
        TopicShare("t1", "event", "e1", 0.5, "members", "topics"),
        TopicChange("topics", 2, "merged", ("t0", "t1"), ("t1",)),
    ])  # fmt: skip


# What stands in the file.


def test_equal_graphs_give_equal_files(store: Store, embedded: Store) -> None:
    one, other = store, embedded
    fill(one)
    records = [record for kind in KINDS for record in one.scan(kind)]
    other.add(reversed(records))
    for form in rdf.FORMS:
        assert written(one, form) == written(other, form) == written(one, form)


def test_all_syntaxes_tell_the_same_and_no_line_twice(store: Store) -> None:
    fill(store)
    triples = written(store, "ntriples").splitlines()
    quads = written(store).splitlines()
    assert len(set(triples)) == len(triples)
    assert len(set(quads)) == len(quads)
    told = set(ox.parse(written(store, "ntriples"), format=ox.RdfFormat.N_TRIPLES))
    assert told == set(ox.parse(written(store, "turtle"), format=ox.RdfFormat.TURTLE))
    named = set(ox.parse(written(store), format=ox.RdfFormat.N_QUADS))
    assert named == set(ox.parse(written(store, "jsonld"), format=ox.RdfFormat.JSON_LD))
    without = {quad.triple for quad in named if not str(quad.subject.value).startswith(Base().graph())}
    assert without == {quad.triple for quad in told}


def test_other_libraries_read_the_same(store: Store) -> None:
    fill(store)
    graph = rdflib.Graph().parse(data=written(store, "ntriples"), format="nt")
    assert len(graph) == len(written(store, "ntriples").splitlines())
    assert rdflib.Graph().parse(data=written(store, "turtle"), format="turtle").isomorphic(graph)


def test_links_stand_in_the_graph_of_their_run_and_all_else_in_one(store: Store) -> None:
    fill(store)
    graph = ox.Store()
    graph.bulk_load(written(store), format=ox.RdfFormat.N_QUADS)
    base = Base()
    assert {node.value for node in graph.named_graphs()} == {base.graph(), base.graph("run-1"), base.graph("run-2")}
    assert not list(graph.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    for run in ("run-1", "run-2"):
        (quad,) = graph.quads_for_pattern(None, ox.NamedNode(SIM.weight), None, ox.NamedNode(base.graph(run)))
        (kept,) = (link for link in store.scan(Correlation) if link.run == run)
        assert str(quad.subject) == f"<{base.correlation(kept.id)}>"
    statuses = graph.query(f"SELECT ?s {{ GRAPH ?g {{ ?l <{X.status}> ?s }} }} ORDER BY ?s")
    assert [row["s"].value for row in statuses] == ["confirmed", "proposed"]  # type: ignore[union-attr]


def test_an_annotation_is_told_so(store: Store) -> None:
    store.add(
        [
            Source("s", "S"),
            MediaObject("o/1", "text", "s"),
            Annotation(Segment("o/1", chars=(0, 5)), "mention", 'a "b"', 0.25, "ner", "GPE"),
        ]
    )
    (made,) = store.scan(Annotation)
    text = written(store, "ntriples", base=Base("http://e/")).decode()
    about = [line for line in text.splitlines() if line.startswith(f"<http://e/annotation/{made.id}> ")]
    assert [line.partition("> ")[2] for line in about] == [
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/crossmedia/ontology#Annotation> .",
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/oa#Annotation> .",
        '<https://w3id.org/crossmedia/ontology#kind> "mention" .',
        "<http://www.w3.org/ns/prov#wasAttributedTo> <http://e/software/ner> .",
        '<https://w3id.org/crossmedia/ontology#valueType> "GPE" .',
        "<http://www.w3.org/ns/oa#hasTarget> <http://e/object/o%2F1#char=0,5> .",
        '<http://www.w3.org/ns/oa#bodyValue> "a \\"b\\"" .',
        '<https://w3id.org/crossmedia/ontology#score> "0.25"^^<http://www.w3.org/2001/XMLSchema#double> .',
    ]
    assert (
        '<http://e/selector/char=0,5> <http://www.w3.org/ns/oa#end> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .'
        in text
    )


def test_the_members_of_an_event_are_what_tells_of_it(store: Store) -> None:
    fill(store)
    base, tells = Base(), "<https://schema.org/subjectOf>"
    lines = [line for line in written(store, "ntriples").decode().splitlines() if tells in line]
    assert lines == [f"<{base.event('e1')}> {tells} <{base.object(item)}> ." for item in ("o2", "o1")]


@given(text=st.text(st.characters(exclude_categories=["Cs"])), number=st.floats(0, 1), time=moments)
@example(text='"""\\', number=5e-324, time=datetime(1, 1, 1, tzinfo=UTC))
def test_literals_say_what_they_were_made_from(text: str, number: float, time: datetime) -> None:
    lines = "".join(f"<a:a> <a:b> {value} .\n" for value in (literal(text), double(number)))
    first, second = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    assert first.object.value == text
    assert float(second.object.value) == number
    assert "\n" not in literal(text)
    assert datetime.fromisoformat(canonical(time)) == time


def test_shared_nodes_that_were_forgotten_are_told_again_and_nothing_is_lost(
    store: Store, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = store, embedded
    fill(one)
    once = written(one).splitlines()
    monkeypatch.setattr(rdf_parts, "REMEMBERED", 1)
    again = written(one).splitlines()
    assert len(again) > len(once)
    assert set(again) == set(once)
    read_back(b"\n".join(again), tmp_path / "file", other)
    assert snapshot(other) == snapshot(one)


def test_memory_does_not_grow_with_the_graph(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdf_parts, "REMEMBERED", 200)

    class Sink(io.BytesIO):
        def write(self, piece: object) -> int:
            return len(piece)  # type: ignore[arg-type]

    def peak(number: int) -> int:
        with closing(open_store(tmp_path / str(number))) as store:
            store.add(
                [Source("s", "S"), *(MediaObject(f"o{n}", "text", "s", text="words " * 50) for n in range(number))]
            )
            store.add(Annotation(Segment(f"o{n}", chars=(n, n + 3)), "mention", "x", 0.5, "m") for n in range(number))
            rdf.export(store, Sink(), "ntriples")
            tracemalloc.start()
            rdf.export(store, Sink(), "ntriples")
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    assert peak(3000) < 1.3 * peak(1000) + 2**20


def test_files_that_are_large_are_read_by_way_of_a_folder(
    store: Store, embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdf, "IN_MEMORY", 10)
    one, other = embedded, store
    fill(one)
    read_back(written(one), tmp_path / "file", other)
    assert snapshot(other) == snapshot(one)


def test_a_dataset_of_rdflib_answers_over_the_union_of_all_graphs(store: Store) -> None:
    fill(store)
    dataset = rdf.dataset(store)
    rows = list(
        dataset.query(f"SELECT ?w {{ ?l <{SIM.element}> <{Base().object('o1')}> ; <{SIM.weight}> ?w }} ORDER BY ?w")
    )
    assert [row[0].toPython() for row in cast(list[Any], rows)] == [1 / 3, 0.5]
    link = next(store.scan(Correlation))
    runs = rdflib.URIRef(Base().graph(link.run))
    assert (
        rdflib.URIRef(Base().correlation(link.id)),
        rdflib.URIRef(X.status),
        rdflib.Literal(link.status),
    ) in dataset.graph(runs)


# What cannot be read.

TWICE = b'<https://w3id.org/crossmedia/event/e1> <http://purl.org/dc/terms/title> "Two" .\n'


def put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(text: bytes) -> bytes:
        assert old in text
        return text.replace(old, new)

    return change


def without(text: bytes, part: bytes, most: int = 10**6) -> bytes:
    found = [line for line in text.splitlines(keepends=True) if part in line][:most]
    assert found
    return b"".join(line for line in text.splitlines(keepends=True) if line not in found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(b'"0.25"', b'"much"'), "needs a number as .*score>, there is 'much'"),
        (put(b'"0.25"', b'"1.5"'), r"score of mention 'Title' must lie in \[0, 1\], got 1.5"),
        (lambda text: without(text, b"ontology#score"), "needs one .*score>, there are 0"),
        (lambda text: without(text, b"similarity/element", 1), "needs two .*element>, there are"),
        (lambda text: text + TWICE, "needs one .*title>, there are 2"),
        (put(b"05:46:23Z", b"05:46:23"), "needs a time with its zone"),
        (put(b"2011-03-11T05:46:23Z", b"yesterday"), "needs a time with its zone as .* 'yesterday'"),
        (lambda text: without(text, b"source/s1> <http://purl.org/dc/terms/identifier"), "needs one .*identifier>"),
        (put(b'"char=0,5"', b'"char=5,0"'), "chars must be"),
        (put(b"publisher> <https://w3id.org/crossmedia/source/s1>", b'publisher> "s1"'), "needs a node as .*publisher"),
        (put(b'kind> "mention"', b"kind> <a:b>"), "needs a literal as .*kind>"),
        (lambda text: text + b"<a b> <c> .\n", "is not nquads"),
        (lambda text: b"\xff\xfe" + text, "is not nquads"),
    ],
)  # fmt: skip
def test_what_is_told_wrongly_is_an_error_and_nothing_is_kept(
    store: Store, embedded: Store, tmp_path: Path, change: Callable[[bytes], bytes], message: str
) -> None:
    one, other = embedded, store
    fill(one)
    other.add([Source("before", "B")])
    before = snapshot(other)
    with pytest.raises(InvalidInput, match=message):
        read_back(change(written(one)), tmp_path / "file", other)
    assert snapshot(other) == before


def test_times_of_other_zones_are_read_as_utc(store: Store, embedded: Store, tmp_path: Path) -> None:
    one, other = embedded, store
    fill(one)
    read_back(put(b"T05:46:23Z", b"T14:46:23+09:00")(written(one)), tmp_path / "file", other)
    assert snapshot(other) == snapshot(one)


def test_files_tell_their_syntax_by_name_or_are_told(store: Store, tmp_path: Path) -> None:
    assert [rdf.form_of(Path(f"x{suffix}")) for suffix in (".nq", ".nt", ".ttl", ".jsonld")] == list(rdf.FORMS)
    with pytest.raises(InvalidInput, match=r"does not tell its syntax by its name: \.nq"):
        rdf.load(store, tmp_path / "graph.xml")
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        rdf.load(store, tmp_path / "graph.nq")
    (tmp_path / "empty.nt").write_bytes(b"")
    assert rdf.load(store, tmp_path / "empty.nt") == 0


def test_reading_a_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    fill(store)
    before = snapshot(store)
    read_back(written(store), tmp_path / "file", store)
    assert snapshot(store) == before


@pytest.mark.parametrize("base", ["", "http://e", "e/", "http://e e/", "http://e/<x>/"])
def test_a_base_that_is_no_iri_is_refused(base: str) -> None:
    with pytest.raises(InvalidInput, match="base of IRIs"):
        Base(base)

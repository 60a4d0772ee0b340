"""The ready questions: known answers, and the same rows from the store and from SPARQL on made graphs."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import rdf
from kg.questions import QUESTIONS, Question, ask, question, read, told
from kg.snapshot import snapshot
from kg.sparql import Engine
from kg.sparql_text import filled
from kg.sqlite import SQLiteStore
from kg.store import Store
from ontology.errors import InvalidInput, NotFound
from ontology.model import (
    ASPECTS,
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
from ontology.terms import PREFIXES, XSD
from tests.kg.test_store_cascade import Graph, graphs

ROOT = Path(__file__).resolve().parents[2]
ATTACK = 'x") } } ; DROP ALL # \\ \' """ <http://e> {'
PYTHON: dict[str, Callable[[str], Any]] = {
    XSD.double: float,
    XSD.integer: int,
    XSD.dateTime: datetime.fromisoformat,
    XSD.string: str,
}


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2011, 3, day, hour, tzinfo=UTC)


def link(
    a: str, b: str, weight: float, kind: str = "neighbour", method: str = "m", status: str = "proposed"
) -> Correlation:
    subject, target = sorted((a, b))
    return Correlation(subject, target, kind, "inter", weight, method, "1", "run", f"{a} and {b}", status)  # type: ignore[arg-type]


def fill(store: Store) -> None:
    """Two events with answers that contradict each other, and a hostile object that takes part in everything."""
    at_story, at_photo = Evidence("story", "char=0,5", "Quake"), Evidence("photo", "", "")
    at_clip, at_attack = Evidence("clip", "t=1.0,2.5", "Sendai"), Evidence(ATTACK, "xywh=1,2,3,4", ATTACK)
    store.add([
        Source("s1", "First"), Source("s2", "Second"), Source(ATTACK, ATTACK),
        MediaObject("story", "text", "s1", published=at(11, 9), title="Story"),
        MediaObject("early", "text", "s1", published=at(11, 6), title="Early"),
        MediaObject("photo", "image", "s2", published=at(11, 6), document=""),
        MediaObject("clip", "video", "s2", title="Clip"),
        MediaObject("talk", "audio", "s2", published=at(12), title="Talk"),
        MediaObject(ATTACK, "image", ATTACK, published=at(12, 1), title=ATTACK),
        Annotation(Segment("clip", time=(1.5, 2.5)), "speech", "The Tsunami came", 0.9, "asr"),
        Annotation(Segment("clip", time=(0.25, 1.0)), "speech", "a TSUNAMI warning", 0.9, "asr"),
        Annotation(Segment("talk", time=(7.0, 8.0)), "speech", "calm seas", 0.9, "asr"),
        Annotation(Segment("talk"), "speech", "tsunami, some time", 0.9, "asr"),
        Annotation(Segment("photo", time=(0.0, 1.0)), "speech", "tsunami on a photo", 0.9, "asr"),
        Annotation(Segment("clip", time=(0.0, 1.0)), "ocr", "tsunami in writing", 0.9, "ocr"),
        link("story", "photo", 0.5), link("story", "photo", 0.5, "words"), link("story", "photo", 0.75, "words", "n"),
        link("story", "clip", 0.9), link("story", "photo", 1.0, "wrong", status="rejected"),
        link("photo", ATTACK, 0.9, "near_duplicate"), link("story", ATTACK, 0.25, ATTACK, ATTACK, "confirmed"),
        Event(
            "quake", "Quake", at(11), at(12), "",
            (Member("story", 0.9, ""), Member("photo", 0.8, ""), Member("early", 0.5, ""), Member("clip", 0.5, "")),
            (
                Aspect("who", "Prime Minister", 0.9, 1, (at_story,)),
                Aspect("where", "off Sendai", 0.9, 2, (at_story, at_clip, at_photo)),
                Aspect("where", "Tokyo", 0.4, 1, (at_photo, at_attack)),
                Aspect("what", "quake", 0.9, 1, (at_clip,)),
            ),
        ),
        Event("later", "Later", None, at(20), "", (Member(ATTACK, 0.5, ""), Member("photo", 0.25, ""))),
        Event(ATTACK, ATTACK, None, None, ATTACK, (Member(ATTACK, 1.0, ATTACK),), (
            Aspect("who", ATTACK, 1.0, 1, (at_attack,)), Aspect("where", ATTACK, 1.0, 1, (at_attack,)),
        )),
        Failure("set", "a", "ingest", "no"), Failure("set", "b", "ingest", "no"),
        Failure("set", "c", "perceive", "odd", "warning"), Failure("set", "d", "perceive", "no"),
    ])  # fmt: skip


# What each is answered with: name, parameters, rows.
KNOWN: list[tuple[str, dict[str, str], list[tuple[Any, ...]]]] = [
    ("events-between", {"from": "2011-03-12", "to": "2011-03-12"}, [("quake", "Quake", at(11), at(12))]),
    ("events-between", {"from": "2011-03-12T00:00:01Z", "to": "2011-03-20"}, [("later", "Later", None, at(20))]),
    ("events-between", {"from": "2011-03-01", "to": "2011-03-10"}, []),
    ("event-evidence", {"event": "quake"}, [
        ("who", "Prime Minister", "text", "story", "char=0,5", "Quake"),
        ("where", "off Sendai", "text", "story", "char=0,5", "Quake"),
        ("where", "off Sendai", "video", "clip", "t=1.0,2.5", "Sendai"),
        ("where", "off Sendai", "image", "photo", "", ""),
        ("where", "Tokyo", "image", "photo", "", ""),
        ("where", "Tokyo", "image", ATTACK, "xywh=1,2,3,4", ATTACK),
        ("what", "quake", "video", "clip", "t=1.0,2.5", "Sendai"),
    ]),
    ("why-linked", {"object": "story", "other": "photo"}, [
        ("words", "inter", 0.75, "n", "proposed", "story and photo"),
        ("neighbour", "inter", 0.5, "m", "proposed", "story and photo"),
        ("words", "inter", 0.5, "m", "proposed", "story and photo"),
    ]),
    ("why-linked", {"object": "photo", "other": "clip"}, []),
    ("why-linked", {"object": ATTACK, "other": "story"}, [
        (ATTACK, "inter", 0.25, ATTACK, "confirmed", f"story and {ATTACK}"),
    ]),
    ("first-told", {"event": "quake"}, [("s1", "First", at(11, 6), "early"), ("s2", "Second", at(11, 6), "photo")]),
    ("first-told", {"event": ATTACK}, [(ATTACK, ATTACK, at(12, 1), ATTACK)]),
    ("related-photos", {"object": "story", "weight": "0.5"}, [
        ("photo", "", 0.75, "words", "n", "story and photo"),
        ("photo", "", 0.5, "neighbour", "m", "story and photo"),
        ("photo", "", 0.5, "words", "m", "story and photo"),
    ]),
    ("related-photos", {"object": "clip", "weight": "0"}, []),
    ("near-duplicates", {"object": "photo"}, [(ATTACK, "image", ATTACK, 0.9, "m", f"photo and {ATTACK}")]),
    ("near-duplicates", {"object": ATTACK}, [("photo", "image", "s2", 0.9, "m", f"photo and {ATTACK}")]),
    ("conflicting-values", {"event": "quake", "aspect": "where"}, [
        ("off Sendai", 0.9, "s1", 1), ("off Sendai", 0.9, "s2", 2), ("Tokyo", 0.4, "s2", 1), ("Tokyo", 0.4, ATTACK, 1),
    ]),
    ("conflicting-values", {"event": "quake", "aspect": "who"}, []),
    ("objects-of-source", {"source": "s2"}, [
        ("clip", "video", "Clip", None), ("photo", "image", "", at(11, 6)), ("talk", "audio", "Talk", at(12)),
    ]),
    ("objects-of-source", {"source": ATTACK}, [(ATTACK, "image", ATTACK, at(12, 1))]),
    ("actor-at-place", {"actor": "minister", "place": "SENDAI"}, [
        ("quake", "Quake", at(11), "Prime Minister", "off Sendai"),
    ]),
    ("actor-at-place", {"actor": "minister", "place": "minister"}, []),
    ("actor-at-place", {"actor": ATTACK, "place": ATTACK}, [(ATTACK, ATTACK, None, ATTACK, ATTACK)]),
    ("recordings-saying", {"words": "tsunami"}, [
        ("clip", "Clip", 0.25, "a TSUNAMI warning"), ("clip", "Clip", 1.5, "The Tsunami came"),
    ]),
    ("between-events", {"event": "quake", "other": "later"}, [
        ("photo", ATTACK, "near_duplicate", 0.9, f"photo and {ATTACK}"),
        ("story", "photo", "words", 0.75, "story and photo"),
        ("story", "photo", "neighbour", 0.5, "story and photo"),
        ("story", "photo", "words", 0.5, "story and photo"),
        ("photo", "photo", "member_of_both", 0.25, ""),
        ("story", ATTACK, ATTACK, 0.25, f"story and {ATTACK}"),
    ]),
    ("between-events", {"event": "quake", "other": ATTACK}, [
        ("photo", ATTACK, "near_duplicate", 0.9, f"photo and {ATTACK}"),
        ("story", ATTACK, ATTACK, 0.25, f"story and {ATTACK}"),
    ]),
    ("failures-by-stage", {}, [("ingest", "error", 2), ("perceive", "error", 1), ("perceive", "warning", 1)]),
]  # fmt: skip


def by_sparql(graph: ox.Store, asked: Question, given: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """The rows that the ready query gives, as Python values."""
    query = filled(asked, list(read(asked, given).values()))
    spaces = {name: str(space) for name, space in PREFIXES.items()}
    found = graph.query(query, prefixes=spaces, use_default_graph_as_union=True)
    return [tuple(value and PYTHON[value.datatype.value](value.value) for value in row) for row in found]  # type: ignore[union-attr]


def graph_of(store: Store) -> ox.Store:
    graph = ox.Store()
    graph.bulk_load("".join(rdf.lines(store)), format=ox.RdfFormat.N_QUADS)
    return graph


@pytest.mark.parametrize(("name", "given", "rows"), KNOWN)
def test_questions_have_these_answers(
    store: Store, name: str, given: dict[str, str], rows: list[tuple[Any, ...]]
) -> None:
    fill(store)
    assert ask(store, name, given) == rows
    assert by_sparql(graph_of(store), question(name), given) == rows


def test_every_question_has_a_known_answer() -> None:
    assert {name for name, _, rows in KNOWN if rows} == set(QUESTIONS)


@settings(deadline=None, max_examples=25)
@given(graph=graphs(), choice=st.randoms(use_true_random=False))
def test_the_store_and_sparql_agree_on_made_graphs(
    tmp_path_factory: pytest.TempPathFactory, graph: Graph, choice: Any
) -> None:
    with closing(SQLiteStore(tmp_path_factory.mktemp("made"))) as store:
        store.add(graph.records)
        made = graph_of(store)
        objects = [item.id for item in store.scan(MediaObject)]
        events = [event.id for event in store.scan(Event)] or ["none"]
        sources = [source.id for source in store.scan(Source)]
        for name, asked in QUESTIONS.items():
            given = {
                "event": choice.choice(events), "object": choice.choice(objects), "source": choice.choice(sources),
                "other": choice.choice(events if name == "between-events" else objects), "weight": str(choice.random()),
                "aspect": choice.choice(ASPECTS), "from": "2011-06-01", "to": "2012-06-01",
                "actor": choice.choice("aeiü "), "place": choice.choice("aeiü "), "words": choice.choice("aeiü "),
            }  # fmt: skip
            given = {parameter.name: given[parameter.name] for parameter in asked.parameters}
            assert by_sparql(made, asked, given) == ask(store, name, given), (name, given)


@pytest.mark.parametrize("name", QUESTIONS)
def test_hostile_parameters_find_nothing_and_change_nothing(store: Store, name: str) -> None:
    fill(store)
    before = snapshot(store)
    asked = question(name)
    graph = graph_of(store)
    size = len(graph)
    fixed = {"time": "2011-03-11", "number": "0.5", "aspect": "who"}
    for hostile in ('") } #', "' OR 1=1 --", "\\", '"""', "?event", "}\n{", "\u202e", "UNDEF", "x" * 5000, "<a:b>"):
        given = {parameter.name: fixed.get(parameter.sort, hostile) for parameter in asked.parameters}
        rows = ask(store, name, given)
        assert by_sparql(graph, asked, given) == rows
        if {parameter.sort for parameter in asked.parameters} == {"id"}:
            assert rows == []
    assert snapshot(store) == before
    assert len(graph) == size


def test_the_engine_answers_them_over_its_processes(store: Store) -> None:
    fill(store)
    asked = question("why-linked")
    query = filled(asked, [ATTACK, "story"])
    with closing(Engine(store, lambda: "1")) as engine:
        assert engine.query(query, "csv").body.decode().splitlines()[0] == ",".join(asked.columns)
        assert len(engine.query(query, "tsv").body.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("why-linked", {"object": "a"}, "needs a value for 'other'"),
        ("why-linked", {"object": "", "other": "b"}, "needs a value for 'object'"),
        ("why-linked", {"object": "a", "other": "b", "third": "c"}, "no parameter 'third'; it takes: object, other"),
        ("failures-by-stage", {"stage": "x"}, "no parameter 'stage'; it takes: none"),
        ("events-between", {"from": "soon", "to": "2011-03-12"}, "from must be a date or time in ISO 8601, got 'soon'"),
        ("related-photos", {"object": "a", "weight": "heavy"}, "weight must be a number, got 'heavy'"),
        ("related-photos", {"object": "a", "weight": "nan"}, "weight must be a number, got 'nan'"),
        ("conflicting-values", {"event": "e", "aspect": "whom"}, "aspect must be one of who, .*, got 'whom'"),
    ],
)
def test_parameters_that_are_wrong_are_said_so(store: Store, name: str, given: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ask(store, name, given)


def test_a_question_that_is_not_there_is_said_so() -> None:
    with pytest.raises(NotFound, match="no question 'why'; there are: events-between, "):
        question("why")


def test_times_are_told_with_all_their_decimals() -> None:
    assert told(datetime(2011, 3, 11, 5, 46, 23, 120_000, tzinfo=UTC)) == "2011-03-11T05:46:23.12Z"
    assert told(at(11)) == "2011-03-11T00:00:00Z"
    assert told(None) is None
    assert told(0.5) == 0.5


def test_the_page_says_what_the_questions_are() -> None:
    page = (ROOT / "docs" / "reference" / "questions.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    assert [row[:2] for row in rows] == [(asked.name, asked.text) for asked in QUESTIONS.values()]
    for (name, _, parameters, columns), asked in zip(rows, QUESTIONS.values(), strict=True):
        assert re.findall(r"`(\w+)`", parameters) == [parameter.name for parameter in asked.parameters]
        assert tuple(re.findall(r"`(\w+)`", columns)) == asked.columns
        assert f"**{name}.**" in page

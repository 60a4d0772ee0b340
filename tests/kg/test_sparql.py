"""SPARQL over a store: answers in every form, nothing changed, nothing asked elsewhere, limits that hold."""

import csv
import io
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import gettempdir

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.questions import QUESTIONS
from kg.rdf_literals import literal
from kg.snapshot import snapshot
from kg.sparql import Engine, Limits, graph
from kg.sparql_forms import GRAPH_FORMS, ROW_FORMS
from kg.sparql_text import checked, filled, gives_graph, named_graphs, tokens
from kg.sqlite import SQLiteStore
from kg.store import Store
from ontology.errors import Conflict, InvalidInput, StoreUnavailable
from ontology.model import Correlation, Event, MediaObject, Member, Source
from ontology.terms import Base

OBJECTS = 30
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
TITLES = "SELECT ?title { ?o a x:MediaObject ; dcterms:title ?title } ORDER BY ?title"


def fill(store: Store) -> None:
    store.add([Source("s", "S")])
    objects = [MediaObject(f"o{n:02}", "text", "s", title=f'Title\n"{n:02}"') for n in range(OBJECTS)]
    store.add(objects)
    links = [Correlation(a.id, b.id, "near", "intra", 0.5, "m", "1", "run 1", "why") for a, b in pairwise(objects)]
    store.add(links[:-1])
    store.add([replace(links[-1], run="run 2")])
    store.add([Event("e", "Event", None, None, "", (Member("o00", 1.0, ""),))])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(tmp_path_factory.mktemp("store"))) as store:
        fill(store)
        yield store


@pytest.fixture(scope="module")
def engine(kept: SQLiteStore) -> Iterator[Engine]:
    with closing(Engine(kept, lambda: "same")) as made:
        yield made


def rows(engine: Engine, query: str, **options: object) -> list[dict[str, str]]:
    told = json.loads(engine.query(query, "json", **options).body)  # type: ignore[arg-type]
    return [{name: term["value"] for name, term in row.items()} for row in told["results"]["bindings"]]


# Answers.


def test_rows_come_in_every_form(engine: Engine) -> None:
    titles = [f'Title\n"{n:02}"' for n in range(OBJECTS)]
    assert [row["title"] for row in rows(engine, TITLES)] == titles
    read = csv.DictReader(io.StringIO(engine.query(TITLES, "csv").body.decode(), newline=""))
    assert [row["title"] for row in read] == titles
    assert engine.query(TITLES, "tsv").body.decode().splitlines()[:2] == ["?title", '"Title\\n\\"00\\""']
    assert engine.query(TITLES, "xml").body.count(b"<result>") == OBJECTS
    assert engine.query(TITLES).form == "json"


def test_triples_come_in_every_form(engine: Engine) -> None:
    query = "CONSTRUCT WHERE { ?e a x:Event ; dcterms:title ?t }"
    told = set(ox.parse(engine.query(query, "ntriples").body, format=ox.RdfFormat.N_TRIPLES))
    assert len(told) == 2
    assert set(ox.parse(engine.query(query, "jsonld").body, format=ox.RdfFormat.JSON_LD)) == told
    answer = engine.query(query)
    assert answer.form == "turtle"
    assert b"a x:Event" in answer.body
    assert b'"Event"' in engine.query(f"DESCRIBE <{Base().event('e')}>").body


@pytest.mark.parametrize(("query", "yes"), [("ASK { ?e a x:Event }", True), ("ASK { ?e a x:Nothing }", False)])
def test_yes_and_no(engine: Engine, query: str, yes: bool) -> None:
    assert json.loads(engine.query(query).body)["boolean"] is yes
    assert engine.query(query, "csv").body.strip() == (b"true" if yes else b"false")


@pytest.mark.parametrize(("query", "form"), [("ASK {}", "turtle"), ("CONSTRUCT WHERE { ?s ?p ?o }", "json")])
def test_a_form_must_fit_the_query(engine: Engine, query: str, form: str) -> None:
    with pytest.raises(InvalidInput, match="which is given as one of: "):
        engine.query(query, form)
    there_are = ", ".join((*ROW_FORMS, *GRAPH_FORMS))
    with pytest.raises(InvalidInput, match=f"no form 'pdf' of answers; there are: {there_are}"):
        engine.query(query, "pdf")


def test_all_graphs_are_asked_unless_some_are_chosen(engine: Engine) -> None:
    count = "SELECT (COUNT(?l) AS ?n) %s { ?l a x:Correlation }"
    first, second = Base().graph("run 1"), Base().graph("run 2")
    assert rows(engine, count % "") == [{"n": str(OBJECTS - 1)}]
    assert rows(engine, count % f"FROM <{second}>") == [{"n": "1"}]
    assert rows(engine, f"PREFIX g: <{Base().iri}graph/> " + count % "FROM g:run%202") == [{"n": "1"}]
    assert rows(engine, count % f"FROM <{first}> FROM <{second}>") == [{"n": str(OBJECTS - 1)}]
    named = "SELECT (COUNT(?l) AS ?n) %s { GRAPH ?g { ?l a x:Correlation } }"
    assert rows(engine, named % f"FROM NAMED <{second}>") == [{"n": "1"}]
    assert rows(engine, named % "") == [{"n": str(OBJECTS - 1)}]
    assert rows(engine, count % "", default_graphs=[second]) == [{"n": "1"}]
    assert rows(engine, count % f"FROM <{first}>", default_graphs=[second]) == [{"n": "1"}]
    assert rows(engine, named % "", named=[first]) == [{"n": str(OBJECTS - 2)}]


@pytest.mark.parametrize(
    "chosen", ["http://127.0.0.1:9/x", "file:///etc/passwd", "https://w3id.org/crossmedia/graph/no"]
)
def test_graphs_that_are_not_there_are_not_fetched(engine: Engine, chosen: str) -> None:
    with pytest.raises(InvalidInput, match=r"there is no graph <.*none is fetched; there are: <https://w3id.org/"):
        engine.query(f"SELECT * FROM <{chosen}> {{ ?s ?p ?o }}")
    with pytest.raises(InvalidInput, match="there is no graph <"):
        engine.query("ASK { ?s ?p ?o }", named=[chosen])


# What is refused.


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }", "DELETE WHERE { ?s ?p ?o }", "LOAD <file:///etc/passwd>", "CLEAR ALL",
        "DROP ALL", "PREFIX a: <a:> WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "CREATE GRAPH <a:a>",
        "COPY DEFAULT TO <a:a>",
        "# SELECT\ninsert data {}",
    ],
)  # fmt: skip
def test_updates_are_refused(engine: Engine, kept: SQLiteStore, update: str) -> None:
    before = snapshot(kept)
    with pytest.raises(InvalidInput, match="refused: the graph is only read"):
        engine.query(update)
    with pytest.raises(InvalidInput):
        engine.query(f"SELECT * {{ ?s ?p ?o }} ; {update}")
    assert snapshot(kept) == before
    assert rows(engine, "SELECT (COUNT(*) AS ?n) { ?e a x:Event }") == [{"n": "1"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "select * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { # a comment\nSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?o<5) SERVICE ?s { ?a ?b ?c } }",
        "SELECT * { ?s ?p 'a\\'b' . SERVICE <http://127.0.0.1:9/> { ?s ?p '''x''y''' } }",
        'SELECT * { ?s ?p """a"b""" . SERVICE ?s {} }',
    ],
)
def test_no_other_server_is_asked(engine: Engine, query: str) -> None:
    with pytest.raises(InvalidInput, match="SERVICE is refused"):
        engine.query(query)


def test_even_a_query_that_got_past_the_check_reaches_no_server(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.sparql.checked", lambda query: list(tokens(query)))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        for host in ("127.0.0.1", "localhost"):
            address = f"http://{host}:{server.getsockname()[1]}/"
            with pytest.raises(InvalidInput, match="it asks for something outside of the graph"):
                engine.query(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
            engine.query(f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?service ?p "SERVICE" }', "SELECT * { ?s ?p 'a # SERVICE' } # SERVICE", "ASK { ?s x:SERVICE ?o }",
        "ASK { <http://e/SERVICE> ?p ?o }", "ASK { ?s ?p 'x'@service }", 'ASK { ?s ?p """"SERVICE"" """ }',
        "ASK { ?s ?p '''it's SERVICE''' }",
    ],
)  # fmt: skip
def test_the_word_alone_is_no_reason(engine: Engine, query: str) -> None:
    engine.query(query)


@pytest.mark.parametrize(
    "query", ["", "SELECT", "SELECT * {{{{", "hello", "SELECT * { ?s ?p 'a }", "ASK { ?s <a b> ?o }", "\0", "\ud800"]
)
def test_what_is_no_query_is_said_so(engine: Engine, query: str) -> None:
    with pytest.raises(InvalidInput):
        engine.query(query)


# Limits.


def test_a_query_that_takes_too_long_is_stopped_and_others_go_on(engine: Engine) -> None:
    begun = time.monotonic()
    with pytest.raises(InvalidInput, match=r"took longer than 0.3 seconds and was stopped"):
        engine.query(SLOW, limits=Limits(seconds=0.3))
    assert time.monotonic() - begun < 8
    assert len(rows(engine, TITLES)) == OBJECTS


def test_a_query_that_needs_too_much_memory_is_stopped(engine: Engine) -> None:
    greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with pytest.raises(InvalidInput, match="needed more than 50,000,000 bytes of memory, or is nested too deeply"):
        engine.query(greedy, limits=Limits(seconds=60, memory=50_000_000))
    with pytest.raises(InvalidInput, match="nested too deeply"):
        engine.query("ASK { FILTER(" + "(" * 30_000 + "1" + ")" * 30_000 + ") }")
    assert len(rows(engine, TITLES)) == OBJECTS


@pytest.mark.parametrize("form", ROW_FORMS)
def test_too_many_rows_are_an_error_not_a_cut(engine: Engine, form: str) -> None:
    assert engine.query(TITLES, form, Limits(rows=OBJECTS)).body
    with pytest.raises(
        InvalidInput, match=f"has {OBJECTS} rows, at most {OBJECTS - 1} are given; ask for less, with LIMIT"
    ):
        engine.query(TITLES, form, Limits(rows=OBJECTS - 1))


@pytest.mark.parametrize("query", [TITLES, "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_too_long_an_answer_is_an_error(engine: Engine, query: str) -> None:
    size = len(engine.query(query).body)
    assert len(engine.query(query, limits=Limits(size=size)).body) == size
    with pytest.raises(InvalidInput, match=f"is longer than {size - 1:,} bytes"):
        engine.query(query, limits=Limits(size=size - 1))


def test_too_long_a_query_is_an_error(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="the query has 70008 characters, at most 65536 are taken"):
        engine.query(f"ASK {{ }} #{' ' * 69_999}")


def test_many_ask_at_the_same_time(engine: Engine) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: len(rows(engine, TITLES)), range(24)))
    assert answers == [OBJECTS] * 24


def test_who_waits_too_long_for_a_turn_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_turns", threading.BoundedSemaphore(1))

    def ask() -> None:
        with suppress(InvalidInput):
            engine.query(SLOW, limits=Limits(seconds=1.5))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    with pytest.raises(Conflict, match="other queries are running"):
        engine.query(TITLES, limits=Limits(seconds=0.1))
    asking.join()


# The graph is that of the store.


def processes() -> int:
    return (
        subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid="], capture_output=True, check=False).stdout.count(
            b"\n"
        )
        - 1
    )


@pytest.mark.parametrize("large", [False, True])
def test_a_store_that_changed_is_asked_as_it_is_now(store: Store, tmp_path: Path, large: bool) -> None:
    fill(store)
    state = ["1"]
    before = processes(), sorted(Path(gettempdir()).glob("crossmedia-*"))
    options = {"in_memory": 0, "folder": tmp_path / "kept"} if large else {}
    with closing(Engine(store, lambda: state[0], patience=0, **options)) as engine:  # type: ignore[arg-type]
        assert len(rows(engine, TITLES)) == OBJECTS
        store.remove(MediaObject, ["o03"])
        assert len(rows(engine, TITLES)) == OBJECTS
        state[0] = "2"
        assert len(rows(engine, TITLES)) == OBJECTS - 1
        assert len(list((tmp_path / "kept").glob("*"))) == large
    assert (processes(), sorted(Path(gettempdir()).glob("crossmedia-*"))) == before


def test_a_graph_on_disk_is_kept_for_the_next_time(
    kept: SQLiteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with closing(Engine(kept, lambda: "same", in_memory=0, folder=tmp_path / "kept")) as engine:
            assert len(rows(engine, TITLES)) == OBJECTS
            with pytest.raises(InvalidInput, match="took longer"):
                engine.query(SLOW, limits=Limits(seconds=0.2))
            assert len(rows(engine, TITLES)) == OBJECTS
        monkeypatch.setattr("kg.rdf.export", None)  # which is not needed again


def test_a_graph_is_not_made_anew_all_the_time(kept: SQLiteStore) -> None:
    states = iter(map(str, range(100)))
    made = []
    with closing(Engine(kept, lambda: next(states), patience=1e6)) as engine:
        load = engine._load
        engine._load = lambda state: made.append(state) or load(state)  # type: ignore[method-assign,func-returns-value]
        for _ in range(5):
            engine.query("ASK {}")
    assert made == ["0"]


def test_facts_that_a_user_brought_are_asked_too(store: Store) -> None:
    fill(store)
    fact = f'<{Base().entity("Sendai")}> <http://www.w3.org/2004/02/skos/core#note> "a city" .\n'
    store.set_setting("facts", fact)
    with closing(Engine(store, lambda: "1")) as engine:
        assert rows(engine, "SELECT ?note ?g { GRAPH ?g { ?s skos:note ?note } }") == [
            {"note": "a city", "g": "https://w3id.org/crossmedia/graph/facts/"}
        ]


def test_a_graph_that_cannot_be_loaded_is_said_so(
    kept: SQLiteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.rdf.export", lambda store, file, base: file.write(b"nonsense"))
    with (
        closing(Engine(kept, lambda: "1")) as engine,
        pytest.raises(StoreUnavailable, match="cannot be loaded for queries"),
    ):
        engine.query("ASK {}")


def test_a_dataset_of_rdflib_gives_the_same(engine: Engine, kept: SQLiteStore) -> None:
    told = graph(kept).query(
        f"PREFIX x: <{'https://w3id.org/crossmedia/ontology#'}> {TITLES}",
        initNs={"dcterms": "http://purl.org/dc/terms/"},
    )
    assert [str(row[0]) for row in told] == [row["title"] for row in rows(engine, TITLES)]  # type: ignore[index]


# The text of queries.


def test_tokens() -> None:
    text = 'SELECT?a<?b &&?c>5 <http://e/#x> \'it\'\'s\' """a"b""" x:a.b_%20 @en-GB # rest'
    assert [token for _, token in tokens(text)] == [
        "SELECT", "?a", "<", "?b", "&", "&", "?c", ">", "5", "<http://e/#x>", "'it'", "'s'", '"""a"b"""', "x:a.b_%20",
        "@en-GB",
    ]  # fmt: skip


@given(st.text(st.sampled_from("SERVICE<>?a:#'\"\\ \n{}.@_5") | st.characters(), max_size=60))
def test_every_character_is_in_one_token(text: str) -> None:
    dense = "".join(text.split())
    found = "".join(token for _, token in tokens(text))
    if not set("#\"'") & set(text):  # no comment, and no text that holds blanks
        assert "".join(found.split()).lower() == dense.lower()


def test_what_a_query_asks() -> None:
    assert gives_graph(checked("PREFIX construct: <a:> CONSTRUCT WHERE {}"))
    assert not gives_graph(checked("# CONSTRUCT\nBASE <a:> SELECT * { BIND('DESCRIBE' AS ?x) }"))
    assert named_graphs(checked("PREFIX g: <a:> SELECT * FROM g:x FROM NAMED <a:y> { ?FROM ?p 'FROM <a:z>' }")) == [
        "a:x",
        "a:y",
    ]


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_stays_a_value(text: str) -> None:
    """Whatever a value holds, the query that it is put into binds that text and is the same query otherwise."""
    asked = QUESTIONS["why-linked"]
    query = filled(asked, [text, "other"])
    harmless = list(tokens(filled(asked, ["harmless", "other"])))
    put = [(sort, token) for sort, token in tokens(query) if token != literal(text)]
    assert put == [(sort, token) for sort, token in harmless if token != literal("harmless")] or text == "other"
    bound = ox.Store().query(f"SELECT ?x {{ VALUES ?x {{ {literal(text)} }} }}")
    assert [row["x"].value for row in bound] == [text]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", QUESTIONS)
def test_ready_queries_take_their_parameters(name: str) -> None:
    asked = QUESTIONS[name]
    query = filled(asked, ["v"] * len(asked.parameters))
    assert "UNDEF" not in query
    assert query.count('"v"') == len(asked.parameters)
    solutions = ox.Store().query(query, prefixes={name: str(space) for name, space in prefixes().items()})
    assert [variable.value for variable in solutions.variables] == list(asked.columns)  # type: ignore[union-attr]


def prefixes() -> dict[str, object]:
    from ontology.terms import PREFIXES

    return dict(PREFIXES)

"""The commands of linked data: export and import, ready questions, SPARQL."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from kg.questions import QUESTIONS
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from ontology.model import Correlation, Event, MediaObject, Member, Source

TITLES = "SELECT ?title { ?e a x:Event ; dcterms:title ?title }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with an event and a link."""
    with closing(SQLiteStore(tmp_path / "store")) as store:
        store.add([
            Source("s", "S"), MediaObject("a", "text", "s", title="One"), MediaObject("b", "image", "s"),
            Correlation("a", "b", "near", "inter", 0.5, "m", "1", "run", "by hand", "confirmed"),
            Event("e", "An event", None, None, "", (Member("a", 1.0, "seed"),)),
        ])  # fmt: skip
    return tmp_path / "store"


def run(folder: Path, *arguments: str, **options: object) -> Result:
    return CliRunner().invoke(main, [*arguments, "--store", str(folder)], **options)  # type: ignore[arg-type]


def pictured(folder: Path) -> object:
    with closing(SQLiteStore(folder)) as store:
        return snapshot(store)


@pytest.mark.parametrize("name", ["graph.nq", "graph.nt", "graph.ttl", "graph.jsonld"])
def test_a_graph_goes_to_a_file_and_back(folder: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    told = run(folder, "export", str(file))
    assert told.exit_code == 0, told.output
    assert str(file) in told.output
    back = run(tmp_path / "other", "import", str(file), "--format", "json")
    assert json.loads(back.output) == {"records": 5}
    assert pictured(tmp_path / "other") == pictured(folder)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_a_file_that_is_there_is_kept(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    file.write_text("mine")
    refused = run(folder, "export", str(file))
    assert refused.exit_code == 4
    assert "is there already; --force writes over it" in refused.output
    assert file.read_text() == "mine"
    assert run(folder, "export", str(file), "--force", "--format", "json").exit_code == 0
    assert file.stat().st_size > 1000


def test_standard_output_and_another_syntax_and_base(folder: Path, tmp_path: Path) -> None:
    told = run(folder, "export", "-", "--rdf-format", "turtle", "--base", "http://e/")
    assert told.output.startswith("@prefix")
    assert "<http://e/event/e> a x:Event" in told.output
    assert run(folder, "export", str(tmp_path / "graph.txt")).exit_code == 2
    assert run(folder, "export", str(tmp_path / "graph.nq"), "--base", "no base").exit_code == 2
    assert run(folder, "export", str(tmp_path / "no" / "graph.nq")).exit_code == 2


def test_an_import_that_fails_leaves_the_store_as_it_was(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.nt"
    run(folder, "export", str(file))
    before = pictured(folder)
    file.write_text(file.read_text().replace('"0.5"', '"7"').replace('"One"', '"Changed"'))
    failed = run(folder, "import", str(file))
    assert failed.exit_code == 2
    assert "must lie in [0, 1], got 7.0" in failed.output
    assert pictured(folder) == before
    assert run(folder, "import", str(tmp_path / "missing.nq")).exit_code == 2


def test_ready_questions(folder: Path) -> None:
    listed = run(folder, "ask")
    assert [line.split()[0] for line in listed.output.splitlines()] == list(QUESTIONS)
    told = run(folder, "ask", "why-linked", "object=b", "other=a")
    assert told.output.splitlines() == [
        "kind  scope  weight  method  status     reason",
        "near  inter  0.5     m       confirmed  by hand",
    ]
    rows = json.loads(run(folder, "ask", "objects-of-source", "source=s", "--format", "json").output)
    assert rows[0] == {"object": "a", "modality": "text", "title": "One", "published": None}
    assert run(folder, "ask", "objects-of-source", "source=x").output.splitlines()[-1] == "nothing found"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("why",), 3, "no question 'why'"),
        (("why-linked", "object=a"), 2, "needs a value for 'other'"),
        (("why-linked", "object"), 2, "is written NAME=VALUE, got 'object'"),
    ],
)
def test_questions_that_cannot_be_asked(folder: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    told = run(folder, "ask", *arguments)
    assert told.exit_code == code
    assert message in told.output


def test_a_ready_question_goes_on_as_sparql(folder: Path) -> None:
    query = run(folder, "ask", "why-linked", "object=a", "other=b", "--sparql").output
    told = run(folder, "sparql", "--file", "-", "--format", "jsonl", input=query)
    row = json.loads(told.output)
    assert (row["kind"], float(row["weight"]), row["reason"]) == ("near", 0.5, "by hand")


def test_sparql_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "sparql", TITLES).output.splitlines() == ["title", "An event"]
    assert run(folder, "sparql", TITLES, "--as", "csv").output.split() == ["title", "An", "event"]
    assert run(folder, "sparql", "ASK { ?e a x:Event }").output == "yes\n"
    assert run(folder, "sparql", "ASK { ?e a x:Event }", "--format", "json").output == "true\n"
    assert "x:Event" in run(folder, "sparql", "CONSTRUCT WHERE { ?e a x:Event }").output
    file = tmp_path / "query.rq"
    file.write_text(TITLES)
    assert json.loads(run(folder, "sparql", "--file", str(file), "--format", "json").output) == [{"title": "An event"}]
    based = run(folder, "sparql", "SELECT ?e { ?e a x:Event }", "--base", "http://e/", "--as", "tsv")
    assert based.output.splitlines() == ["?e", "<http://e/event/e>"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give either a query or --file"),
        (("ASK {}", "--file", "x"), "give either a query or --file"),
        (("--file", "missing.rq"), "cannot be read"),
        (("SELECT",), "the query cannot be run"),
        (("DROP ALL",), "DROP is refused"),
        (("SELECT * { ?s ?p ?o }", "--rows", "3"), "rows, at most 3 are given"),
        (("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "--seconds", "0.2"), "took longer"),
    ],
)  # fmt: skip
def test_sparql_that_cannot_be_answered(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    told = run(folder, "sparql", *arguments)
    assert told.exit_code == 2
    assert message in told.output


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    for arguments in (("export", str(tmp_path / "x.nq")), ("ask", "failures-by-stage"), ("sparql", "ASK {}")):
        assert run(tmp_path / "none", *arguments).exit_code == 3
    assert not (tmp_path / "none").exists()

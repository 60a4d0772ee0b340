"""The graph over HTTP, and networks on the command line."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from api.cli import main
from kg.deciding import decide
from kg.sqlite import SQLiteStore
from ontology.model import Decision, MediaObject, Source
from tests.kg.decided import decision


def test_the_graph_of_an_event_can_be_drawn(client: FlaskClient) -> None:
    graph = client.get("/api/v1/graph?event=quake").json
    nodes = {node["key"]: node for node in graph["nodes"]}
    assert nodes["event:quake"]["label"] == "Earthquake off Japan"
    assert {key for key in nodes if key.startswith("object:")} == {
        "object:story", "object:photo", "object:talk", "object:clip", "object:report",
    }  # fmt: skip
    assert all(-1 <= node["x"] <= 1 and -1 <= node["y"] <= 1 for node in nodes.values())
    assert len({(node["x"], node["y"]) for node in nodes.values()}) == len(nodes)
    assert all(edge["source"] in nodes and edge["target"] in nodes for edge in graph["edges"])
    links = {(edge["source"], edge["target"]): edge for edge in graph["edges"] if edge["is_link"]}
    assert links["object:photo", "object:story"]["reason"] == "the words describe the picture"
    assert links["object:photo", "object:story"]["status"] == "proposed"
    assert graph["left_out"] == {"nodes": 0, "edges": 0}


def test_parts_of_the_graph(client: FlaskClient) -> None:
    def kinds(**query: Any) -> set[str]:
        return {edge["kind"] for edge in client.get("/api/v1/graph", query_string=query).json["edges"]}

    assert kinds(event="quake", kinds="link") == {"neighbour", "near_duplicate"}
    assert kinds(event="quake", nodes="object,event", kinds="member,near_duplicate") == {"member", "near_duplicate"}
    assert kinds(least="0.95", event="quake") == {"published_by", "member"}
    few = client.get("/api/v1/graph?event=quake&limit=3").json
    assert len(few["nodes"]) == 3
    assert "event:quake" in {node["key"] for node in few["nodes"]}
    assert few["left_out"]["nodes"] > 0
    then = client.get("/api/v1/graph", query_string={"to": "2011-03-12", "nodes": "event"}).json
    assert [node["id"] for node in then["nodes"]] == ["quake"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"event": "nothing"}, 404),
        ({"nodes": "planet"}, 400),
        ({"least": "much"}, 400),
        ({"least": "nan"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "501"}, 400),
        ({"from": "yesterday"}, 400),
        ({"colour": "red"}, 400),
    ],
    ids=str,
)
def test_wrong_questions(client: FlaskClient, query: dict[str, str], status: int) -> None:
    assert client.get("/api/v1/graph", query_string=query).status_code == status


def test_hostile_ids_are_words_and_nothing_else(client: FlaskClient, hostile_id: str, attack: str) -> None:
    answer = client.get("/api/v1/graph", query_string={"event": hostile_id})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert f"event:{hostile_id.strip()}" in {node["key"] for node in answer.json["nodes"]}
    way = client.get("/api/v1/paths", query_string={"from": hostile_id, "to": "story"})
    assert way.status_code == 200
    assert way.json["from"] == f"object:{hostile_id.strip()}"
    assert attack


def test_the_surest_path_with_reasons(client: FlaskClient) -> None:
    answer = client.get("/api/v1/paths", query_string={"from": "clip", "to": "report", "most": 3}).json
    first, *rest = answer["paths"]
    assert [node["id"] for node in first["nodes"]] == ["clip", "quake", "report"]
    assert first["weight"] == pytest.approx(0.42)
    assert [step["reason"] for step in first["steps"]] == ["near", "near"]
    assert [path["weight"] for path in rest] == sorted((path["weight"] for path in rest), reverse=True)
    used = [step["id"] for path in answer["paths"] for step in path["steps"]]
    assert len(set(used)) == len(used)


def test_no_path_is_no_error_and_an_unknown_end_is(client: FlaskClient) -> None:
    assert client.get("/api/v1/paths?from=page&to=quake").json["paths"] == []
    assert client.get("/api/v1/paths?from=page&to=nobody").status_code == 404
    assert client.get("/api/v1/paths?from=page").status_code == 400
    assert client.get("/api/v1/paths?from=page&to=page").status_code == 400


# A store of one's own, with decisions.


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SQLiteStore]:
    from tests.kg.test_network import records

    with closing(SQLiteStore(tmp_path / "store")) as opened:
        opened.add(records())
        yield opened


def test_a_path_follows_what_was_decided_at_once(own: SQLiteStore, make_app: Callable[..., Flask]) -> None:
    client = make_app(own).test_client()
    ask = {"from": "e1", "to": "b"}
    assert client.get("/api/v1/paths", query_string=ask).json["paths"]
    decide(own, [decision("reject", "a", "b")])
    assert client.get("/api/v1/paths", query_string=ask).json["paths"] == []


@pytest.fixture
def run(own: SQLiteStore) -> Callable[..., Result]:
    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--store", str(own.path)], env={"CROSSMEDIA_BY": "dora"})

    return call


def test_export_change_import(run: Callable[..., Result], own: SQLiteStore, tmp_path: Path) -> None:
    path = tmp_path / "graph with 'odd name'\n.graphml"
    told = json.loads(run("graph", "export", str(path), "--layout", "--format", "json").output)
    graph = nx.read_graphml(path, force_multigraph=True)
    assert (told["nodes"], told["edges"]) == (len(graph), graph.number_of_edges())
    assert {"x", "y"} <= graph.nodes["object:a"].keys()
    text = path.read_text("utf-8").replace(">proposed</data>", ">confirmed</data>", 1)
    path.write_text(text, "utf-8")
    assert run("graph", "import", str(path), "--dry-run").exit_code == 0
    assert own.count(Decision) == 0
    assert run("graph", "import", str(path), "--by", "emil").exit_code == 0
    (kept,) = own.scan(Decision)
    assert (kept.action, kept.by) == ("confirm", "emil")
    assert "0 decisions" in run("graph", "import", str(path)).output


def test_export_writes_over_nothing_unasked_and_leaves_no_part(
    run: Callable[..., Result], own: SQLiteStore, tmp_path: Path
) -> None:
    path = tmp_path / "graph.gexf"
    path.write_text("mine")
    refused = run("graph", "export", str(path), "--graph-format", "gexf")
    assert (refused.exit_code, path.read_text()) == (4, "mine")
    assert run("graph", "export", str(path), "--graph-format", "gexf", "--force").exit_code == 0
    assert "<gexf" in path.read_text()
    own.add([MediaObject("bell\x07", "text", "s1")])
    before = path.read_bytes()
    broken = run("graph", "export", str(path), "--graph-format", "gexf", "--force")
    assert (broken.exit_code, path.read_bytes()) == (2, before)
    assert "bell" in broken.output
    assert run("graph", "export", str(tmp_path / "no" / "folder"), "--graph-format", "json").exit_code == 2
    assert sorted(found.name for found in tmp_path.iterdir()) == ["graph.gexf", "store"]


def test_parts_are_exported(run: Callable[..., Result]) -> None:
    def nodes(*options: str) -> set[str]:
        answer = run("graph", "export", "-", "--graph-format", "json", *options)
        assert answer.exit_code == 0, answer.output
        return {node["key"] for node in json.loads(answer.output)["nodes"]}

    assert nodes("--event", "e1", "--node", "object") == {"object:a", "object:c"}
    assert nodes("--since", "2020-01-03", "--until", "2020-01-03", "--node", "object") == {"object:b"}
    assert nodes("--limit", "2", "--event", "e1") >= {"event:e1"}
    assert run("graph", "export", "-", "--since", "soon").exit_code == 2
    assert run("graph", "export", "-", "--event", "nothing").exit_code == 3


def test_hostile_files_are_refused_by_the_command(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "bomb.graphml"
    path.write_text('<!DOCTYPE g [<!ENTITY a "aaaa">]><graphml><graph id="&a;"/></graphml>')
    answer = run("graph", "import", str(path))
    assert answer.exit_code == 2
    assert "document type" in answer.output


def test_paths_and_communities_on_the_command_line(run: Callable[..., Result], own: SQLiteStore) -> None:
    (found,) = json.loads(run("path", "e1", "e2", "--format", "json").output)
    assert [node["key"] for node in found["nodes"]] == ["event:e1", "object:a", "object:b", "event:e2"]
    assert "tells" in run("path", "e1", "e2").output
    assert run("path", "e1", "nothing").exit_code == 3
    own.add([Source("s3", "Three"), MediaObject("alone", "text", "s3")])
    assert "do not hang together" in run("path", "e1", "alone").output
    rows = json.loads(run("communities", "--format", "json").output)
    assert sum(row["size"] for row in rows) == 6
    assert all(row["size"] == len(row["nodes"]) > 1 for row in rows)
    assert "communities" in run("communities").output

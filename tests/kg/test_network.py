"""From a store to a network, what is left of it by kind, event and time, and the ways into other programs and back."""

import io
import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.deciding import decide
from kg.network import NODE_KINDS, Edge, Network, Node, Wanted, bounded, to_networkx
from kg.network_building import network_of
from kg.network_layout import layout
from kg.network_matrix import snapshot
from kg.network_reading import LARGEST, Curated, decision_of, read, read_graphml, read_json, wishes
from kg.network_writing import FORMATS, write
from kg.sqlite import SQLiteStore
from kg.store import Store
from ontology.errors import InvalidInput, NotFound
from ontology.model import (
    Aspect,
    Correlation,
    Decision,
    Event,
    Evidence,
    MediaObject,
    Member,
    Source,
    isoformat,
)
from tests.kg.decided import decision

HOSTILE = "\"'><script>&amp;]]> ü日🌊\n\tx"
NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
DAYS = [datetime(2020, 1, day, tzinfo=UTC) for day in range(1, 5)]


def records() -> list[Any]:
    pieces = Evidence("a", "char=0,5", "Quake"), Evidence("c", "", "seen")
    return [
        Source("s1", "One"), Source("s2", HOSTILE),
        MediaObject("a", "text", "s1", published=DAYS[0], title="Quake", text="It shook.", language="en"),
        MediaObject("b", "text", "s2", published=DAYS[2], text=f"Words  of {HOSTILE}"),
        MediaObject("c", "image", "s2", published=DAYS[1], url="https://x.example/?a=1&b=2"),
        MediaObject(HOSTILE, "audio", "s1", title=HOSTILE),
        Correlation("a", "b", "neighbour", "intra", 0.5, "words", "1", "run", HOSTILE, evidence=(pieces[0],)),
        Correlation("a", "c", "near_duplicate", "inter", 0.25, "phash", "1", "run", "alike"),
        Correlation(*sorted(("b", HOSTILE)), "neighbour", "inter", 1 / 3, "words", "1", "run", "near"),  # type: ignore[arg-type]
        Event("e1", "Quake", DAYS[0], DAYS[1], "It shook.", (Member("a", 0.9, "tells"), Member("c", 0.4, "linked")),
              (Aspect("where", "Sendai", 0.8, 2, pieces), Aspect("what", "a quake", 0.7, 1, pieces[:1]))),
        Event("e2", HOSTILE, DAYS[3], None, "", (Member("b", 1.0, HOSTILE),),
              (Aspect("where", "Sendai", 0.3, 1, (Evidence("b"),)),)),
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(SQLiteStore(tmp_path / "store")) as opened:
        opened.add(records())
        yield opened


def keys(network: Network, kind: str) -> list[str]:
    return [node.id for node in network.nodes if node.kind == kind]


def kinds(network: Network) -> dict[str, int]:
    found: dict[str, int] = {}
    for edge in network.edges:
        found[edge.kind] = found.get(edge.kind, 0) + 1
    return found


def test_everything_is_in_the_whole_network(store: Store) -> None:
    whole = network_of(store)
    assert keys(whole, "object") == sorted(["a", "b", "c", HOSTILE])
    assert keys(whole, "event") == ["e1", "e2"]
    assert keys(whole, "source") == ["s1", "s2"]
    assert keys(whole, "aspect") == ["what:a quake", "where:Sendai"], "an answer of two events is one node"
    assert kinds(whole) == {
        "neighbour": 2, "near_duplicate": 1, "member": 3, "aspect": 3, "evidence": 4, "published_by": 4,
    }  # fmt: skip
    nodes = {node.key: node for node in whole.nodes}
    assert nodes["object:a"].label == "Quake"
    assert nodes["object:a"].attributes["published"] == isoformat(DAYS[0])
    assert nodes["event:e1"].attributes == {
        "start": isoformat(DAYS[0]), "end": isoformat(DAYS[1]), "summary": "It shook.", "objects": 2,
    }  # fmt: skip
    (link,) = [edge for edge in whole.edges if edge.weight == 0.5]
    assert link.attributes["reason"] == HOSTILE
    assert link.attributes["evidence"] == "a#char=0,5: Quake"


def test_parts_by_event_kind_time_and_weight(store: Store) -> None:
    event = network_of(store, Wanted(event="e1"))
    assert keys(event, "object") == ["a", "c"]
    assert keys(event, "event") == ["e1"]
    assert kinds(event)["near_duplicate"] == 1
    assert "neighbour" not in kinds(event)
    assert kinds(network_of(store, Wanted(nodes=("object",), edges=("link",)))) == {"neighbour": 2, "near_duplicate": 1}
    assert kinds(network_of(store, Wanted(edges=("near_duplicate", "member")))) == {"near_duplicate": 1, "member": 3}
    early = network_of(store, Wanted(until=DAYS[1]))
    assert keys(early, "object") == ["a", "c"]
    assert keys(early, "event") == ["e1"]
    late = network_of(store, Wanted(since=DAYS[2]))
    assert keys(late, "object") == ["b"]
    assert keys(late, "event") == ["e2"]
    assert all(edge.weight >= 0.5 for edge in network_of(store, Wanted(least=0.5)).edges)
    with pytest.raises(NotFound, match="nothing"):
        network_of(store, Wanted(event="nothing"))
    with pytest.raises(InvalidInput, match="planet"):
        Wanted(nodes=("planet",))  # type: ignore[arg-type]


def test_rejected_links_come_on_request_and_decisions_are_told(store: Store) -> None:
    decide(
        store, [decision("reject", "a", "b", note="other place"), decision("annotate", "a", kind="object", note="ask")]
    )
    assert kinds(network_of(store))["neighbour"] == 1
    assert kinds(network_of(store, Wanted(event="e1"))) == kinds(network_of(store, Wanted(event="e1", rejected=True)))
    whole = network_of(store, Wanted(rejected=True))
    (link,) = [edge for edge in whole.edges if edge.attributes.get("status") == "rejected"]
    said = {name: link.attributes[name] for name in ("decision", "decided_by", "decision_note")}
    assert said == {"decision": "reject", "decided_by": "anna", "decision_note": "other place"}
    notes = {node.key: node.attributes["note"] for node in whole.nodes if "note" in node.attributes}
    assert notes == {"object:a": "ask (anna, 2024-05-06)"}


def test_in_networkx_everything_is_there(store: Store) -> None:
    whole = network_of(store)
    graph = to_networkx(whole)
    assert (len(graph), graph.number_of_edges()) == (len(whole.nodes), len(whole.edges))
    assert graph.nodes["object:a"]["language"] == "en"
    (link,) = graph["object:a"]["object:b"].values()
    assert link["weight"] == 0.5
    assert nx.has_path(graph, "event:e1", "event:e2")


def test_a_bounded_network_keeps_what_weighs_most_and_what_was_named(store: Store) -> None:
    whole = network_of(store)
    assert bounded(whole, 100) == whole
    few = bounded(whole, 3, keep=["aspect:what:a quake"])
    assert len(few.nodes) == 3
    assert "aspect:what:a quake" in {node.key for node in few.nodes}
    chosen = {node.key for node in few.nodes}
    assert all({edge.source, edge.target} <= chosen for edge in few.edges)


# Files.


def written(network: Network, form: Any, **more: Any) -> bytes:
    return "".join(write(network, form, **more)).encode()


def shown(network: Network) -> tuple[dict[str, Any], list[Any]]:
    graph = to_networkx(network)
    return dict(graph.nodes(data=True)), sorted((*sorted((a, b)), str(d)) for a, b, d in graph.edges(data=True))


def test_graphml_shows_everything_to_networkx(store: Store) -> None:
    whole = network_of(store)
    read_back = nx.read_graphml(io.BytesIO(written(whole, "graphml")), force_multigraph=True)
    nodes, edges = shown(whole)
    assert dict(read_back.nodes(data=True)) == nodes

    def plain(ends: tuple[str, str, Any]) -> tuple[str, str, str]:
        return (*sorted(ends[:2]), str(dict(sorted(ends[2].items()))))  # type: ignore[return-value]

    expected = sorted(plain(edge) for edge in to_networkx(whole).edges(data=True))
    assert sorted(plain(edge) for edge in read_back.edges(data=True)) == expected
    assert len(edges) == len(whole.edges)


def test_gexf_shows_everything_to_networkx(store: Store) -> None:
    whole = network_of(store)
    places = {node.key: (0.5, -0.25) for node in whole.nodes}
    text = written(whole, "gexf", places=places).replace(b"gexf.net/1.3/viz", b"www.gexf.net/1.2draft/viz")
    text = text.replace(b"http://gexf.net/1.3", b"http://www.gexf.net/1.2draft").replace(b'"1.3"', b'"1.2"')
    graph = nx.read_gexf(io.BytesIO(text.replace(b'"long"', b'"integer"')))
    for node in whole.nodes:
        row = graph.nodes[node.key]
        assert row.pop("viz")["position"]["x"] == 0.5
        assert row == {"kind": node.kind, "id": node.id, "label": node.label, **node.attributes}
    assert graph.number_of_edges() == len({(edge.source, edge.target) for edge in whole.edges}) or graph.is_multigraph()
    weights = sorted(edge["weight"] for *_, edge in graph.edges(data=True))
    assert weights == sorted(edge.weight for edge in whole.edges)


def test_json_holds_everything_with_places_and_decisions(store: Store) -> None:
    word = decision("annotate", "a", kind="object", note=HOSTILE)
    whole = network_of(store)
    places = layout(snapshot(whole).weights)
    by_key = {node.key: (float(x), float(y)) for node, (x, y) in zip(whole.nodes, places, strict=True)}
    graph = json.loads(written(whole, "json", decisions=[word], places=by_key))
    assert [node["key"] for node in graph["nodes"]] == [node.key for node in whole.nodes]
    assert graph["nodes"][0]["x"] == by_key[whole.nodes[0].key][0]
    assert [edge["key"] for edge in graph["edges"]] == [edge.id for edge in whole.edges]
    assert decision_of(graph["decisions"][0]) == word


def test_what_xml_cannot_write() -> None:
    words = Network((Node("object", "a", "bell \x07 \ud800", {"note": "\x00"}),), ())
    for form in ("graphml", "gexf"):
        assert "bell \ufffd \ufffd" in "".join(write(words, form))  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="JSON"):
            "".join(write(Network((Node("object", "a\x07", "", {}),), ()), form))  # type: ignore[arg-type]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t<>&\"'"), max_size=8
)


@given(
    st.lists(st.tuples(texts, texts), min_size=2, max_size=5, unique_by=lambda pair: pair[0]), texts, st.floats(0, 1)
)
def test_any_words_survive_the_way_through_graphml(names: list[tuple[str, str]], reason: str, weight: float) -> None:
    nodes = tuple(Node("object", id_, label, {"x": 1.5}) for id_, label in names)
    edges = (Edge("e", nodes[0].key, nodes[1].key, "link", weight, {"status": "confirmed", "reason": reason}),)
    found = read_graphml(written(Network(nodes, edges), "graphml"))
    for node in nodes:
        row = found.nodes[node.key]
        assert (row["id"], row["label"]) == (node.id, node.label)
    assert (found.edges[0]["reason"], float(found.edges[0]["weight"])) == (reason, weight)


# Back as decisions.


@pytest.fixture
def curated(store: Store) -> Store:
    decide(
        store,
        [
            decision("confirm", "a", "b", "neighbour", "checked"),
            decision("reject", "a", "c", minute=1),
            decision("confirm", "a", "e2", "member", minute=2),
            decision("annotate", "a", kind="object", note="ask again", minute=3),
        ],
    )
    return store


@pytest.mark.parametrize("form", ["json", "graphml"])
def test_what_was_not_changed_says_nothing(curated: Store, tmp_path: Path, form: Any) -> None:
    whole = network_of(curated, Wanted(rejected=True))
    path = tmp_path / "graph"
    path.write_bytes(written(whole, form, decisions=curated.scan(Decision)))
    assert wishes(read(path), curated, "berta", NOW) == []


def test_decisions_travel_to_another_store_with_who_and_when(curated: Store, tmp_path: Path) -> None:
    whole = network_of(curated, Wanted(rejected=True))
    kept = sorted(curated.scan(Decision), key=lambda word: word.id)
    with closing(SQLiteStore(tmp_path / "other")) as other:
        other.add(records())
        found = read_json(written(whole, "json", decisions=kept))
        decide(other, wishes(found, other, "berta", NOW))
        assert list(other.scan(Decision)) == kept
        assert list(other.scan(Correlation)) == list(curated.scan(Correlation))
    with closing(SQLiteStore(tmp_path / "third")) as third:
        third.add(records())
        made = wishes(read_graphml(written(whole, "graphml")), third, "berta", NOW)
        assert {(word.action, word.kind, word.by, word.at) for word in made if word.action != "annotate"} == {
            ("confirm", "neighbour", "anna", kept_at(kept, "confirm", "neighbour")),
            ("reject", "near_duplicate", "anna", kept_at(kept, "reject", "")),
        }
        assert [word.note for word in made if word.action == "annotate"] == ["ask again (anna, 2024-05-06)"]


def kept_at(kept: list[Decision], action: str, kind: str) -> datetime:
    return next(word.at for word in kept if (word.action, word.kind) == (action, kind))


def test_what_was_changed_in_another_program_is_decided_by_who_reads_it(curated: Store) -> None:
    whole = network_of(curated, Wanted(rejected=True))
    text = written(whole, "graphml").decode()
    changed = text.replace('<data key="edge_status">rejected</data>', '<data key="edge_status">confirmed</data>')
    changed = changed.replace("ask again (anna, 2024-05-06)", "ask again (anna, 2024-05-06)\nanswered &amp; done")
    new = wishes(read_graphml(changed.encode()), curated, "berta", NOW)
    assert new == [
        Decision("confirm", "a", "c", "near_duplicate", "", "berta", NOW),
        Decision("annotate", "a", None, "object", "answered & done", "berta", NOW),
    ]
    decide(curated, new)
    assert {link.status for link in curated.scan(Correlation) if link.target == "c"} == {"confirmed"}
    assert wishes(read_graphml(changed.encode()), curated, "berta", NOW) == []


def test_a_membership_is_decided_by_its_status_too(store: Store) -> None:
    rows = [
        {"source": "object:b", "target": "event:e1", "kind": "member", "status": "rejected"},
        {"source": "event:e1", "target": "aspect:who:x", "kind": "aspect", "status": "confirmed"},
        {"source": "object:a", "target": "object:a", "kind": "neighbour", "status": "confirmed"},
    ]
    assert wishes(Curated(edges=rows), store, "b", NOW) == [Decision("reject", "b", "e1", "member", "", "b", NOW)]


# Hostile files.

BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>
<graphml><graph><node id="&lol2;"/></graph></graphml>"""


@pytest.mark.parametrize(
    "content",
    [
        b"", b"neither", b"{", b"[1]", b'{"nodes": 1}', b'{"nodes": [1]}', b"\x00\xff", b"[" * 100_000, b"<graphml>",
        b"<html/>", b"<graphml><a></graphml>", BOMB.encode(),
        b'<!DOCTYPE graphml SYSTEM "file:///etc/passwd"><graphml/>',
        b'<?xml version="1.0" encoding="no-such"?><graphml/>',
        b"<graphml>" + b"<a>" * 100 + b"</a>" * 100 + b"</graphml>",
        b'{"decisions": [{"action": "confirm"}]}',
        b'{"decisions": [{"action": "x", "subject": "a", "target": "b", "kind": "", "note": "", "by": "c", "at": ""}]}',
        b'{"decisions": [{"action": "confirm", "subject": "a", "target": "b", "kind": "", "note": "", "by": "c",'
        b' "at": "yesterday"}]}',
        '{"nodes": []} \ud800'.encode("utf-8", "surrogatepass"),
    ],
    ids=lambda content: str(content[:12]),
)  # fmt: skip
def test_hostile_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        read(path)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read(path)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(InvalidInput, match="at most"):
        read(large)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_a_graph_or_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    for start in (b"", b"<graphml>", b'{"nodes": '):
        path.write_bytes(start + content)
        with suppress(InvalidInput):
            assert isinstance(read(path), Curated)


def test_formats_and_kinds_are_the_ones_promised() -> None:
    assert FORMATS == ("graphml", "gexf", "json")
    assert NODE_KINDS == ("object", "event", "source", "aspect")
    assert replace(Wanted(), least=0.5).least == 0.5

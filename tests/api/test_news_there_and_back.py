"""A build of real news, with what people decided on it, to RDF and back, and to a Neo4j server and back."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.round_trips import decided, through_neo4j, through_rdf
from kg import graphs, rdf, shacl
from kg.snapshot import digest, snapshot
from kg.sqlite import SQLiteStore
from ontology.model import Annotation, Correlation, Event, MediaObject
from tests.neo4j_lender import Lender

ROOT = Path(__file__).resolve().parents[2]
MAPPING = ROOT / "bench" / "mappings" / "news-events.toml"
ARTICLES = 20

pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.service]


@pytest.fixture(scope="module")
def news(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteStore]:
    """Articles of the first few events that have photos; some links confirmed and rejected, and a note."""
    folder = tmp_path_factory.mktemp("news")
    rows = [json.loads(line) for line in (data_dir / "news-events" / "articles.jsonl").read_bytes().splitlines()]
    pictured = (row for row in rows if row["image"])
    some = sorted(pictured, key=lambda row: (row["event_id"], row["id"]))[:ARTICLES]
    (folder / "articles.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in some))
    (folder / "images").mkdir()
    for row in some:
        shutil.copy(data_dir / "news-events" / row["image"], folder / row["image"])
    command = [sys.executable, "-m", "api.cli", "build", folder, "--mapping", MAPPING, "--store", folder / "store"]
    done = subprocess.run([*map(str, command), "--quiet"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with closing(SQLiteStore.open(folder / "store", create=False)) as store:
        decided(store)
        yield store


def test_the_graph_has_something_of_all_that_could_be_lost(news: SQLiteStore) -> None:
    assert {item.modality for item in news.scan(MediaObject)} == {"text", "image"}
    assert {link.status for link in news.scan(Correlation)} == {"proposed", "confirmed", "rejected"}
    assert any(link.evidence for link in news.scan(Correlation))
    assert any(read.segment.chars for read in news.scan(Annotation))
    assert any(piece.segment for event in news.scan(Event) for one in event.aspects for piece in one.evidence)
    assert len(snapshot(news)["decisions"]) == 3
    assert {"text", "image"} <= set(news.view_names())


def test_no_shape_is_broken(news: SQLiteStore) -> None:
    with graphs.of_store(news) as graph:
        assert list(shacl.violations(graph)) == []


@pytest.mark.parametrize("form", rdf.FORMS)
def test_to_rdf_and_back(news: SQLiteStore, tmp_path: Path, form: rdf.Form) -> None:
    assert through_rdf(news, tmp_path, form) == digest(news)


def test_to_neo4j_and_back(news: SQLiteStore, neo4j_lender: Lender, tmp_path: Path) -> None:
    with closing(neo4j_lender.open(tmp_path / "server")) as server:
        assert through_neo4j(news, server, tmp_path) == digest(news) == digest(server)

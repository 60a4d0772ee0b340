"""The stages together on a small collection: the graph is a function of what was collected, however it came about."""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from api import notes
from api.pipeline import Settings, build, remove, retry
from kg.deciding import decide
from kg.snapshot import digest
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput
from ontology.model import ASPECTS, Annotation, Correlation, Event, Failure, MediaObject, Source
from tests.kg.decided import decision

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "collection"
HERE = Settings(workers=0)
TEXTS = [
    ("newsdesk", "nd-0412.txt"),
    ("newsdesk", "nd-0231.txt"),
    ("bulletins", "pb-117.txt"),
    ("bulletins", "pb-208.txt"),
]

pytestmark = pytest.mark.slow


@pytest.fixture
def collection(tmp_path):
    """Four texts of two happenings by two publishers, and a map that belongs to one of the texts."""
    folder = tmp_path / "news"
    for place, name in TEXTS:
        (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLE / place / "_defaults.json", folder / place)
        for file in (EXAMPLE / place).glob(f"{name}*"):
            shutil.copy(file, folder / place)
    for file in (EXAMPLE / "bulletins").glob("pb-117-1.png*"):
        shutil.copy(file, folder / "bulletins")
    return folder


@pytest.fixture
def store(tmp_path):
    with_store = SQLiteStore(tmp_path / "store")
    yield with_store
    with_store.close()


def fresh(tmp_path: Path, collection: Path, name: str = "fresh") -> str:
    """The digest of a store built in one go."""
    other = SQLiteStore(tmp_path / name)
    build(other, collection, settings=HERE)
    found = digest(other)
    other.close()
    return found


def test_two_happenings_become_two_told_events(store, collection):
    report = build(store, collection, settings=HERE)
    assert (report.added, report.perceived, report.parsed, report.failures) == (5, 1, 5, 0)
    events = list(store.scan(Event))
    members = sorted(sorted(member.object for member in event.members) for event in events)
    assert members == [["nd-0231", "pb-208"], ["nd-0412", "pb-117", "pb-117-1"]]
    for event in events:
        assert event.title
        assert event.summary
        assert event.start is not None
        answered = {name for name in ASPECTS if event.aspect(name)}
        assert {"who", "what", "when", "where"} <= answered
        for aspect in event.aspects:
            for evidence in aspect.evidence:
                assert evidence.object in {member.object for member in event.members}
                assert evidence.text
    kinds = {edge.kind for edge in store.scan(Correlation)}
    assert {"same_document", "neighbour"} <= kinds


def test_a_second_build_does_nothing(store, collection):
    build(store, collection, settings=HERE)
    before = digest(store)
    report = build(store, collection, settings=HERE)
    assert (report.added, report.changed, report.removed, report.perceived, report.parsed) == (0, 0, 0, 0, 0)
    assert (report.unchanged, report.events_told) == (5, 0)
    assert digest(store) == before


def test_one_more_article_costs_one_article_and_its_event(store, collection, tmp_path):
    late = collection / "newsdesk" / "nd-0412.txt"
    kept = late.rename(tmp_path / late.name)
    side_car = (collection / "newsdesk" / "nd-0412.txt.json").rename(tmp_path / "nd-0412.txt.json")
    build(store, collection, settings=HERE)
    kept.rename(late)
    side_car.rename(collection / "newsdesk" / "nd-0412.txt.json")
    report = build(store, collection, settings=HERE)
    assert (report.added, report.perceived, report.parsed) == (1, 0, 1)
    assert report.events_told <= 1
    assert digest(store) == fresh(tmp_path, collection)


def test_removing_an_object_leaves_the_graph_as_if_it_had_never_been(store, collection, tmp_path):
    build(store, collection, settings=HERE)
    report = remove(store, ["pb-117-1"], HERE)
    assert report.removed == 1
    for file in (collection / "bulletins").glob("pb-117-1.png*"):
        file.rename(tmp_path / file.name)
    assert digest(store) == fresh(tmp_path, collection)
    for file in tmp_path.glob("pb-117-1.png*"):
        file.rename(collection / "bulletins" / file.name)
    again = build(store, collection, settings=HERE)
    assert (again.added, again.left_out) == (0, 1)
    assert build(store, collection, settings=HERE, restore=True).added == 1
    assert digest(store) == fresh(tmp_path, collection, "whole")


def test_a_collection_that_was_moved_is_not_looked_at_again(store, collection, tmp_path):
    build(store, collection, settings=HERE)
    moved = tmp_path / "elsewhere" / collection.name
    moved.parent.mkdir()
    collection.rename(moved)
    report = build(store, moved, settings=HERE)
    assert (report.unchanged, report.changed, report.perceived, report.parsed) == (5, 0, 0, 0)
    assert all(Path(item.location).is_file() for item in store.scan(MediaObject))


def test_removing_what_is_not_there_removes_nothing(store, collection):
    build(store, collection, settings=HERE)
    before = digest(store)
    with pytest.raises(InvalidInput, match="'nobody'"):
        remove(store, ["nd-0231", "nobody"], HERE)
    assert digest(store) == before


def test_what_left_the_folder_leaves_the_graph_and_what_changed_is_read_anew(store, collection, tmp_path):
    build(store, collection, settings=HERE)
    for file in (collection / "bulletins").glob("pb-208.txt*"):
        file.unlink()
    text = collection / "newsdesk" / "nd-0231.txt"
    text.write_text(text.read_text("utf-8") + "\nA last sentence about the ash over Iceland.\n", "utf-8")
    report = build(store, collection, settings=HERE)
    assert (report.removed, report.changed, report.parsed) == (1, 1, 1)
    assert digest(store) == fresh(tmp_path, collection)


def test_six_hostile_files_are_six_clear_entries_and_the_rest_is_built(store, collection):
    hostile(collection)
    report = build(store, collection, settings=HERE)
    entries = {failure.item: failure for failure in store.scan(Failure)}
    found = {Path(_name(store, item)).name: failure.reason for item, failure in entries.items()}
    assert sorted(found) == ["bomb.zip", "broken.jpg", "empty.txt", "huge.png", "latin.txt", "silent.wav"]
    assert "bomb" in found["bomb.zip"]
    assert "truncated" in found["broken.jpg"]
    assert "empty" in found["empty.txt"]
    assert "200" in found["huge.png"]
    assert "pixel" in found["huge.png"]
    assert "UTF-8" in found["latin.txt"]
    assert "0 seconds" in found["silent.wav"]
    assert report.failures == 6
    texts = [item.text for item in store.scan(MediaObject) if item.location.endswith("latin.txt")]
    assert texts[0].startswith("Die Hauptstraße in Köln")
    assert sum(len(event.members) for event in store.scan(Event)) >= 5


def test_retry_takes_only_what_failed(store, collection):
    hostile(collection)
    build(store, collection, settings=HERE)
    Image.new("RGB", (64, 48), "navy").save(collection / "broken.jpg")
    (collection / "empty.txt").write_text("Now there is a line in it that can be read by everybody.", "utf-8")
    report = retry(store, HERE)
    assert report.added + report.changed <= 2
    assert report.perceived <= 3
    left = sorted(Path(_name(store, failure.item)).name for failure in store.scan(Failure))
    assert "empty.txt" not in left
    assert {"bomb.zip", "huge.png", "latin.txt", "silent.wav"} <= set(left)


def _name(store: SQLiteStore, item: str) -> str:
    known = store.get(MediaObject, [item])
    return known[item].location if known else item


def hostile(folder: Path) -> None:
    """A truncated JPEG, an empty file, Latin-1, a WAV of 0 seconds, a zip bomb and a PNG of 200 megapixels."""
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (240, 320, 3), dtype=np.uint8)).save(folder / "whole.jpg")
    content = (folder / "whole.jpg").read_bytes()
    (folder / "broken.jpg").write_bytes(content[: len(content) // 2])
    (folder / "whole.jpg").unlink()
    (folder / "empty.txt").write_bytes(b"")
    words = "Die Hauptstraße in Köln wurde am frühen Morgen für Fußgänger gesperrt, weil größere Schäden drohten. " * 3
    (folder / "latin.txt").write_bytes(words.encode("latin-1"))
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    (folder / "silent.wav").write_bytes(
        b"RIFF" + struct.pack("<I", 36) + b"WAVE" + form + b"data" + struct.pack("<I", 0)
    )
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    Image.new("1", (20_000, 10_000)).save(folder / "huge.png")


def test_a_build_killed_twice_ends_in_the_same_graph(collection, tmp_path):
    whole = fresh(tmp_path, collection)
    command = [
        sys.executable,
        "-m",
        "api.cli",
        "build",
        str(collection),
        "--workers",
        "1",
        "--store",
        str(tmp_path / "killed"),
    ]
    marks = ("perceive", "parse")
    for mark in marks:
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
        assert process.stderr is not None
        seen = b""
        # The bar of a stage appears when it has begun and is not done.
        while mark.encode() not in seen and (byte := process.stderr.read(1)):
            seen += byte
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    killed = SQLiteStore.open(tmp_path / "killed", create=False)
    assert digest(killed) == whole
    killed.close()


def test_every_annotation_keeps_its_segment(store, collection):
    build(store, collection, settings=HERE)
    items = {item.id: item for item in store.scan(MediaObject)}
    for read in store.scan(Annotation):
        if read.kind == "mention" and read.segment.chars:
            start, end = read.segment.chars
            assert read.value in " ".join(items[read.segment.object].reading[start:end].split())
    ocr = [read for read in store.scan(Annotation) if read.kind == "ocr"]
    assert ocr
    assert all(read.segment.region for read in ocr)


def test_events_line_is_what_other_programs_expect(store, collection):
    from api.present import event_line

    build(store, collection, settings=HERE)
    for event in store.scan(Event):
        line = json.loads(json.dumps(event_line(event)))
        assert list(line) == ["id", "title", "start", "end", "summary", "objects", "aspects"]
        assert list(line["aspects"]) == list(ASPECTS)
        for answers in line["aspects"].values():
            assert [answer["score"] for answer in answers] == sorted(
                (answer["score"] for answer in answers), reverse=True
            )
            for answer in answers:
                assert set(answer) == {"value", "score", "sources", "evidence"}
                assert all(set(evidence) == {"object", "segment", "text"} for evidence in answer["evidence"])


def test_sources_that_people_merged_tell_as_one_from_the_next_build_on(store, collection):
    build(store, collection, settings=HERE)
    assert max(aspect.sources for event in store.scan(Event) for aspect in event.aspects) == 2
    one, other = sorted(source.id for source in store.scan(Source))
    decide(store, [decision("merge", one, other, "source")])
    report = build(store, collection, settings=HERE)
    assert report.events_told == 2
    assert {aspect.sources for event in store.scan(Event) for aspect in event.aspects} == {1}
    assert {item.source for item in store.scan(MediaObject)} == {one, other}


def test_another_method_links_anew_and_is_remembered(store, collection):
    build(store, collection, settings=HERE)
    runs = {link.run for link in store.scan(Correlation)}
    assert notes.method(store) == "CCA"
    notes.set_method(store, "PLS")
    report = build(store, collection, settings=replace(HERE, method=notes.method(store)))
    assert (report.unchanged, report.perceived) == (5, 0)
    assert runs.isdisjoint({link.run for link in store.scan(Correlation)})
    with pytest.raises(InvalidInput, match="no method 'cca'"):
        notes.set_method(store, "cca")
    assert notes.method(store) == "PLS"

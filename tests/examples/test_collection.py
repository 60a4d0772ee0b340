"""The example collection is whole, within its limits, hides its events from names, and agrees with its gold file."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import av
import pytest
from PIL import Image

from correlate.features import phash
from kg.readers.read import read
from ontology.model import ASPECTS, MODALITIES, MediaObject, Source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COLLECTION = EXAMPLES / "collection"
GOLD = json.loads((EXAMPLES / "gold.json").read_text("utf-8"))
EVENTS = {event["id"]: event for event in GOLD["events"]}
LISTS = ("boilerplate", "uncaptioned", "speech_only", "writing_only")
MOST_BYTES = 8 * 2**20
TELLING = re.compile(
    r"tohoku|japan|sendai|fukushima|quake|tsunami|wave|iceland|eyja|volcan|ash|flight|suez|canal|ship|ever|given|dscovr"
    r"|falcon|rocket|launch|space|solar|satellite|notre|dame|paris|cathedral|church|spire|fire"
)
"""Words that would tell the event if they stood in a path, an id or a source."""


@pytest.fixture(scope="module")
def items():
    return list(read(COLLECTION))


@pytest.fixture(scope="module")
def objects(items):
    return {record.id: record for item in items for record in item.records if isinstance(record, MediaObject)}


@pytest.fixture(scope="module")
def sources(items):
    return {record.id: record for item in items for record in item.records if isinstance(record, Source)}


def test_everything_is_read_without_an_error_or_a_warning(items):
    assert [failure for item in items for failure in item.failures] == []


def test_it_is_small_and_has_objects_in_all_media(objects):
    files = [path for path in COLLECTION.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert 60 <= len(objects) <= 100
    counts = Counter(one.modality for one in objects.values())
    assert counts["text"] >= 30
    assert counts["image"] >= 20
    assert counts["audio"] >= 8
    assert counts["video"] >= 5


def test_each_object_belongs_to_exactly_one_event(objects):
    named = Counter(name for event in EVENTS.values() for name in event["objects"])
    assert named == Counter(list(objects))


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_an_event_is_told_in_all_media_by_several_publishers(event, objects):
    members = [objects[name] for name in event["objects"]]
    counts = Counter(one.modality for one in members)
    assert {medium: counts[medium] for medium in MODALITIES} == event["media"]
    assert min(counts.values()) >= 1
    assert counts["image"] >= 3
    assert len({one.source for one in members if one.modality == "text"}) >= 3
    assert len({one.source for one in members}) >= 4


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_an_event_has_answers_to_six_questions_and_times(event, objects):
    assert tuple(event["aspects"]) == tuple(ASPECTS)
    assert all(values and all(values) for values in event["aspects"].values())
    assert event["start"] <= event["end"]
    published = [objects[name].published for name in event["objects"]]
    assert all(published)
    assert (max(published) - min(published)).days <= 45


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_names_and_places_of_an_event_stand_in_its_texts(event, objects):
    words = " ".join(objects[name].reading for name in event["objects"]).lower()
    for aspect in ("who", "where"):
        missing = [value for value in event["aspects"][aspect] if value.lower() not in words]
        assert missing == []


def test_no_path_id_or_source_tells_the_event(objects, sources):
    names = [path.relative_to(COLLECTION).as_posix() for path in COLLECTION.rglob("*")]
    names += [
        *objects,
        *(one.document or "" for one in objects.values()),
        *(one.collection for one in objects.values()),
    ]
    names += [f"{source.name} {source.kind} {source.url}" for source in sources.values()]
    assert [name for name in names if TELLING.search(name.lower())] == []


def test_every_object_states_its_licence_and_language(objects):
    assert {one.licence for one in objects.values()} == {"CC0-1.0"}
    assert {one.language for one in objects.values()} == {"en"}
    assert all(re.fullmatch(r"(nd|pb|p|jb|tm)-\d+(-\d)?", name) for name in objects)


def test_side_cars_are_for_files_that_exist():
    side_cars = [path for path in COLLECTION.rglob("*.json") if path.name != "_defaults.json"]
    assert len(side_cars) > 60
    assert [path for path in side_cars if not path.with_suffix("").is_file()] == []


def test_pictures_open_and_are_of_modest_size(objects):
    for one in objects.values():
        if one.modality == "image":
            with Image.open(one.location) as picture:
                picture.load()
                assert 200 <= max(picture.size) <= 640, one.id


def test_recordings_and_clips_decode_to_their_end(objects):
    for one in objects.values():
        if one.modality in ("audio", "video"):
            with av.open(one.location) as container:
                kind = container.streams.video[0] if one.modality == "video" else container.streams.audio[0]
                times = [frame.time for frame in container.decode(kind)]
            assert 9 <= max(times) <= 30, one.id
            assert one.modality == "video" or min(times) < 0.1, one.id


def test_what_gold_names_exists(objects):
    pairs = [name for pair in GOLD["near_duplicates"] for name in pair]
    named = [*pairs, *(name for key in LISTS for name in GOLD[key]), *GOLD["clips"]]
    named += [name for clip in GOLD["clips"].values() for name in clip["shows"]]
    named += [name for conflict in GOLD["conflicts"] for name in conflict["objects"]]
    assert set(named) <= set(objects)


def test_the_hard_objects_are_what_gold_calls_them(objects):
    for name in GOLD["uncaptioned"]:
        one = objects[name]
        assert (one.modality, one.title, one.text, one.document) == ("image", "", "", None)
    for name in GOLD["speech_only"]:
        one = objects[name]
        assert (one.modality, one.title, one.text, one.document) == ("audio", "", "", None)
    for name in GOLD["writing_only"]:
        one = objects[name]
        assert (one.modality, one.title, one.text) == ("image", "", "")
        assert one.document in objects
    events = {name: event["id"] for event in EVENTS.values() for name in event["objects"]}
    assert len({events[name] for name in GOLD["boilerplate"]}) == 3
    assert {events[name] for name in GOLD["uncaptioned"]} == set(EVENTS)
    assert {events[name] for name in GOLD["speech_only"]} == set(EVENTS)


def test_sources_disagree_as_gold_says(objects):
    for conflict in GOLD["conflicts"]:
        assert sorted(conflict["values"]) == conflict["objects"]
        assert len(set(conflict["values"].values())) >= 2
        assert set(conflict["objects"]) <= set(EVENTS[conflict["event"]]["objects"])
        if conflict["what"] != "injured":
            for name, value in conflict["values"].items():
                assert all(word in objects[name].text.lower() for word in value.split(" to ")), (name, value)


def test_cuts_lie_within_the_clips(objects):
    assert set(GOLD["clips"]) == {name for name, one in objects.items() if one.modality == "video"}
    for name, clip in GOLD["clips"].items():
        with av.open(objects[name].location) as container:
            seconds = container.duration / av.time_base
        assert len(clip["shows"]) == len(clip["cuts"]) + 1
        assert all(0 < early < late for early, late in zip(clip["cuts"], [*clip["cuts"][1:], seconds], strict=True))


@pytest.fixture(scope="module")
def shingles(objects):
    """Runs of four words of each text."""
    words = {name: re.findall(r"\w+", one.text.lower()) for name, one in objects.items() if one.modality == "text"}
    return {name: set(zip(*(run[start:] for start in range(4)), strict=False)) for name, run in words.items()}


@pytest.fixture(scope="module")
def hashes(objects):
    """Perceptual hash of each picture."""
    codes = {}
    for name, one in objects.items():
        if one.modality == "image":
            with Image.open(one.location) as picture:
                codes[name] = phash.codes([picture])
    return codes


def _shared(first, second) -> float:
    return len(first & second) / max(len(first | second), 1)


def _gap(first, second) -> float:
    return float(phash.distance(first, second)[0, 0])


def test_near_copies_are_alike_but_not_the_same(objects, shingles, hashes):
    for first, second in GOLD["near_duplicates"]:
        assert first < second
        one, other = objects[first], objects[second]
        assert one.checksum != other.checksum
        assert one.source != other.source or one.title != other.title
        if one.modality == "text":
            assert 0.6 < _shared(shingles[first], shingles[second]) < 1.0
        else:
            assert _gap(hashes[first], hashes[second]) <= 8


def test_nothing_else_is_a_near_copy(shingles, hashes):
    known = [tuple(pair) for pair in GOLD["near_duplicates"]]
    alike = [pair for pair in combinations(sorted(shingles), 2) if _shared(*(shingles[name] for name in pair)) > 0.2]
    assert sorted(alike) == sorted(pair for pair in known if pair[0] in shingles)
    pictures = sorted(set(hashes) - set(GOLD["boilerplate"]))
    alike = [pair for pair in combinations(pictures, 2) if _gap(*(hashes[name] for name in pair)) <= 12]
    assert sorted(alike) == sorted(pair for pair in known if pair[0] in hashes)


def test_the_mark_is_one_picture(hashes):
    assert all(_gap(hashes[one], hashes[other]) <= 2 for one, other in combinations(GOLD["boilerplate"], 2))

"""The example collection, built as a user builds it, against its gold standard."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.search import StoreSearcher
from correlate.metrics import b_cubed
from kg.sqlite import SQLiteStore
from ontology.model import ASPECTS, Correlation, Event, Failure, MediaObject
from ontology.topic import Topic

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "collection"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("example") / "store"
    command = [sys.executable, "-m", "api.cli", "build", str(EXAMPLE), "--store", str(place), "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def store(folder):
    opened = SQLiteStore.open(folder, create=False)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def gold():
    return json.loads((ROOT / "examples" / "gold.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def events(store):
    return list(store.scan(Event))


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "api.cli", *arguments, "--store", str(folder)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_every_item_was_taken(store):
    assert store.count(MediaObject) == 91
    assert list(store.scan(Failure)) == []


def test_each_happening_is_a_topic_with_texts_photos_and_recordings(store, events):
    topics = list(store.scan(Topic))
    assert len(topics) == len(events) == 5
    leading = {event.id: store.topic_shares([event.id], "event")[0] for event in events}
    assert {share.topic for share in leading.values()} == {topic.id for topic in topics}
    assert min(share.weight for share in leading.values()) > 0.8
    for topic in topics:
        shown = store.get(MediaObject, [member.object for member in topic.examples])
        assert {item.modality for item in shown.values()} >= {"text", "image", "audio"}
        assert len(topic.collections) > 1


def test_events_agree_with_the_gold_standard(events, gold):
    truth = {item: event["id"] for event in gold["events"] for item in event["objects"]}
    found = {member.object: event.id for event in events for member in event.members}
    agreement = b_cubed(found, truth)
    assert agreement.f1 >= 0.95, agreement


def test_photos_recordings_and_clips_join_by_content_or_document_alone(events, gold):
    truth = {item: event["id"] for event in gold["events"] for item in event["objects"]}
    found = {member.object: event.id for event in events for member in event.members}
    for item in [*gold["uncaptioned"], *gold["speech_only"], *gold["writing_only"]]:
        mates = [truth[other] for other in found if item in found and found[other] == found[item]]
        assert mates, f"{item} is in no event"
        assert max(set(mates), key=mates.count) == truth[item], item


def test_every_event_has_evidence_in_three_media_or_more(events, store):
    for event in events:
        shown = {evidence.object for aspect in event.aspects for evidence in aspect.evidence}
        media = {item.modality for item in store.get(MediaObject, shown).values()}
        assert len(media) >= 3, (event.title, media)


def test_every_event_answers_all_six_questions(events):
    for event in events:
        assert {aspect.name for aspect in event.aspects} == set(ASPECTS), event.title


def test_near_duplicates_of_the_gold_standard_are_found(store, gold):
    found = {
        frozenset((edge.subject, edge.target)) for edge in store.scan(Correlation) if edge.kind == "near_duplicate"
    }
    missing = [pair for pair in gold["near_duplicates"] if frozenset(pair) not in found]
    assert missing == []


def test_logos_are_not_evidence_of_what_happened(events, gold):
    weights = {member.object: member.weight for event in events for member in event.members}
    assert all(weights[name] < 0.1 for name in gold["boilerplate"])


def test_conflicting_figures_stay_side_by_side(events, gold):
    for conflict in gold["conflicts"]:
        if conflict["what"] == "injured":  # told in words ("one firefighter"), which are not compared
            continue
        for value in set(conflict["values"].values()):
            number = value.split()[-1]
            answers = [answer for event in events for answer in event.aspect("what") if number in answer.value]
            told = {evidence.object for answer in answers for evidence in answer.evidence}
            assert told & {name for name, said in conflict["values"].items() if said == value}, (
                conflict["what"],
                value,
            )


def test_words_find_every_medium(store):
    searcher = StoreSearcher(store)
    items = {item.id: item for item in store.scan(MediaObject)}
    hits = searcher.words("volcano ash cloud over Iceland", limit=20)
    assert {items[hit.object].modality for hit in hits} == {"text", "image", "audio", "video"}
    assert all(0 < hit.score <= 1 and hit.reasons for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert searcher.words("volcano", modality="image", limit=3)
    assert searcher.words("   ") == []


def test_a_photo_finds_its_copy_and_its_happening(store, gold):
    searcher = StoreSearcher(store)
    truth = {item: event["id"] for event in gold["events"] for item in event["objects"]}
    photo = EXAMPLE / "broadcast" / "jb-4721.jpg"
    hits = searcher.content(photo, limit=6)
    assert hits[0].object == "jb-4721"
    assert "the same content" in hits[0].reasons
    assert sum(truth[hit.object] == truth["jb-4721"] for hit in hits) >= 4
    assert all(hit.object in truth for hit in searcher.content(photo, modality="text", limit=3))


def test_a_spoken_report_finds_texts(store, gold):
    truth = {item: event["id"] for event in gold["events"] for item in event["objects"]}
    hits = StoreSearcher(store).content(EXAMPLE / "broadcast" / "jb-4466.ogg", modality="text", limit=5)
    assert hits
    assert [truth[hit.object] for hit in hits].count(truth["jb-4466"]) >= 4


def test_the_graph_breaks_no_shape(folder):
    assert run(folder, "validate") == "nothing breaks a shape\n"


def test_related_says_why(store):
    hits = StoreSearcher(store).related("jb-4466", limit=10)
    assert hits
    assert any("says: “" in reason for hit in hits for reason in hit.reasons)


def test_the_commands_answer_from_the_store(folder):
    listed = [json.loads(line) for line in run(folder, "events", "--format", "jsonl").splitlines()]
    assert len(listed) == 5
    assert [line["start"] for line in listed] == sorted((line["start"] for line in listed), reverse=True)
    one = json.loads(run(folder, "event", listed[0]["id"], "--format", "json"))
    assert one == listed[0]
    assert listed[0]["title"] in run(folder, "event", listed[0]["id"])
    hits = json.loads(run(folder, "search", "rocket launch", "--format", "json", "--limit", "3"))
    assert len(hits) == 3
    assert set(hits[0]) >= {"object", "score", "reasons"}
    status = json.loads(run(folder, "status", "--format", "json"))
    assert (status["text"], status["image"], status["audio"], status["video"]) == (42, 33, 10, 6)
    again = json.loads(run(folder, "build", str(EXAMPLE), "--quiet", "--format", "json"))
    assert (again["added"], again["parsed"], again["perceived"], again["events_told"]) == (0, 0, 0, 0)

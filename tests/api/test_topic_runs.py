"""Topics as a stage over a store: learned once, told of what is new, and the same ids when learned again."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from api import topic_runs
from api.cli import main
from api.jobs import Progress
from api.topic_views import successors, timeline
from kg import skos
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from kg.store import View
from ontology.errors import InvalidInput, NotFound
from ontology.model import Annotation, Correlation, Event, MediaObject, Member, Segment, Source
from ontology.topic import Topic, TopicChange, TopicShare
from topics import learning
from topics.learning import Options
from topics.run import Wish
from topics.terms import PAYLOAD

QUIET = Progress(quiet=True)
WISH = Wish(options=Options(topics=2, compare="nothing"))
THEMES = {
    "flood": ("Sendai", "Miyagi", "River Board", "Relief Fund"),
    "vote": ("Paris", "Lyon", "Liberal Party", "Election Office"),
}


def document(number: int, prefix: str = "d") -> list[MediaObject | Annotation]:
    """An article with its photo; even ones are of the flood, odd ones of the vote."""
    rng = np.random.default_rng(number)
    theme = tuple(THEMES)[number % 2]
    text, photo = f"{prefix}{number:02}-a", f"{prefix}{number:02}-b"
    names = rng.choice(THEMES[theme], 8)
    types = {name: "GPE" if at < 2 else "ORG" for at, name in enumerate(THEMES[theme])}
    return [
        MediaObject(text, "text", "north", "made", document=f"{prefix}{number}", title=theme),
        MediaObject(photo, "image", "north", "made", document=f"{prefix}{number}"),
        *(
            Annotation(Segment(text, chars=(at, at + 1)), "mention", str(name), 1.0, "made", types[str(name)])
            for at, name in enumerate(names)
        ),
        Annotation(Segment(photo), "label", {"flood": "dam", "vote": "suit"}[theme], 0.9, "made", "made"),
    ]


def put(store: SQLiteStore, numbers: range, prefix: str = "d") -> None:
    records = [record for number in numbers for record in document(number, prefix)]
    store.add([Source("north", "North"), *records])
    ids = [record.id for record in records if isinstance(record, MediaObject)]
    store.mark("parse", dict.fromkeys(ids, "1"))
    photos = tuple(id_ for id_ in ids if id_.endswith("b"))
    rows = np.array([[1.0, 0.1], [0.1, 1.0]], dtype=np.float32)[[number % 2 for number in numbers]]
    store.put_view(View("image", photos, ("",) * len(photos), rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(SQLiteStore(tmp_path / "store")) as store:
        put(store, range(20))
        store.add([Event("e", "Flood", None, None, "", (Member("d00-a", 1.0, ""), Member("d02-a", 0.5, "")))])
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(folder)) as opened:
        yield opened


def topic_of(store: SQLiteStore, id_: str, about: str = "object") -> str:
    return store.topic_shares([id_], about)[0].topic  # type: ignore[arg-type]


def test_topics_are_learned_and_told_of_objects_and_events(store: SQLiteStore) -> None:
    report = topic_runs.learn(store, WISH, QUIET)
    assert (report.learned, report.topics, report.told) == (True, 2, 40)
    flood, vote = topic_of(store, "d00-a"), topic_of(store, "d01-a")
    assert flood != vote
    for number in range(20):
        for part in "ab":
            assert topic_of(store, f"d{number:02}-{part}") == (flood, vote)[number % 2]
    assert topic_of(store, "e", "event") == flood
    assert (
        store.get(Topic, [flood])[flood].label == "Sendai, River Board"
        or "Miyagi" in store.get(Topic, [flood])[flood].label
    )
    described = topic_runs.run_named(store, "topics")
    assert (described["model"], described["fit"], described["documents"]) == ("AspectTopicModel", 1, 20)
    assert described["fields"] == ["who", "where", "labels", "looks"]
    assert store.payloads(PAYLOAD, ["d00-a"])


def test_a_second_update_does_nothing(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "CANDIDATES", 2)
    assert [report.learned for report in topic_runs.update(store, QUIET)] == [True]
    before = snapshot(store)
    assert topic_runs.update(store, QUIET) == []
    assert snapshot(store) == before


def test_new_documents_are_told_and_nothing_else_changes(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    before = snapshot(store)
    flood, vote = topic_of(store, "d00-a"), topic_of(store, "d01-a")
    put(store, range(20, 24))
    store.add([Event("late", "Late", None, None, "", (Member("d21-b", 1.0, ""),))])
    (report,) = topic_runs.update(store, QUIET)
    assert (report.learned, report.told) == (False, 8)
    assert [topic_of(store, f"d{number}-a") for number in range(20, 24)] == [flood, vote, flood, vote]
    assert topic_of(store, "late", "event") == vote
    after = snapshot(store)
    assert after["topics"] == before["topics"]
    assert [share for share in after["topic_shares"] if share in before["topic_shares"]] == before["topic_shares"]
    assert topic_runs.update(store, QUIET) == []


def test_an_object_that_changed_is_told_anew_with_its_document(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    vote = topic_of(store, "d01-a")
    store.remove(Annotation, [read.id for read in store.annotations(["d00-a"])["d00-a"]])
    names = [
        Annotation(Segment("d00-a", chars=(at, at + 1)), "mention", "Paris", 1.0, "made", "GPE") for at in range(9)
    ]
    store.add(names)
    assert topic_runs.update(store, QUIET) == []
    store.mark("parse", {"d00-a": "2"})
    (report,) = topic_runs.update(store, QUIET)
    assert report.told == 2
    assert topic_of(store, "d00-a") == topic_of(store, "d00-b") == vote


def test_what_was_removed_is_told_no_more(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    store.remove(MediaObject, ["d00-a", "d00-b"])
    (report,) = topic_runs.update(store, QUIET)
    assert report.told == 0
    assert store.topic_shares(["d00-a"], "object") == []
    assert store.topic_shares(["e"], "event")
    store.remove(MediaObject, ["d02-a"])
    assert store.topic_shares(["e"], "event") == []


def test_a_collection_that_has_grown_by_half_is_learned_anew_and_keeps_its_ids(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    flood, vote = topic_of(store, "d00-a"), topic_of(store, "d01-a")
    put(store, range(20, 30))
    (report,) = topic_runs.update(store, QUIET)
    assert (report.learned, report.told) == (True, 60)
    assert (topic_of(store, "d00-a"), topic_of(store, "d01-a")) == (flood, vote)
    assert topic_runs.run_named(store, "topics")["fit"] == 2
    assert store.count(TopicChange) == 0


def test_too_few_documents_have_no_topics(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path)) as few:
        put(few, range(11))
        assert topic_runs.update(few, QUIET) == []
        with pytest.raises(InvalidInput, match="12 documents or more"):
            topic_runs.learn(few, WISH, QUIET)
        assert topic_runs.runs(few) == {}


def test_a_collection_that_holds_nothing_has_no_topics(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path)) as empty:
        empty.add([Source("s", "S"), *(MediaObject(f"o{at:02}", "audio", "s") for at in range(20))])
        assert topic_runs.update(empty, QUIET) == []
        assert empty.count(Topic) == 0


def test_runs_stand_beside_each_other_and_can_be_forgotten(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    topic_runs.learn(store, Wish("other", replace(WISH.options, topics=3)), QUIET)
    assert sorted(topic_runs.runs(store)) == ["other", "topics"]
    assert {share.run for share in store.topic_shares(["d00-a"], "object")} == {"other", "topics"}
    put(store, range(20, 21))
    assert [report.run for report in topic_runs.update(store, QUIET)] == ["other", "topics"]
    assert topic_runs.forget(store, "other") == 3
    assert {topic.run for topic in store.scan(Topic)} == {share.run for share in store.scan(TopicShare)} == {"topics"}
    with pytest.raises(NotFound, match="no run of topics 'other'"):
        topic_runs.forget(store, "other")


def test_a_fit_that_fails_leaves_the_topics_before(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    topic_runs.learn(store, WISH, QUIET)
    before, described = snapshot(store), topic_runs.runs(store)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(topic_runs, "_describe", stopped)
    with pytest.raises(KeyboardInterrupt):
        topic_runs.learn(store, Wish(options=Options(topics=4)), QUIET)
    assert snapshot(store) == before
    assert topic_runs.runs(store) == described


def test_copies_show_a_topic_once(store: SQLiteStore) -> None:
    photos = [f"d{number:02}-b" for number in range(0, 20, 2)]
    store.add(
        Correlation(one, other, "near_duplicate", "intra", 1.0, "m", "1", "r", "same")
        for at, one in enumerate(photos)
        for other in photos[at + 1 :]
    )
    topic_runs.learn(store, WISH, QUIET)
    flood = store.get(Topic, [topic_of(store, "d00-a")]).popitem()[1]
    assert len([member for member in flood.examples if member.object in photos]) == 1


def test_a_kept_vocabulary_guides_topics(store: SQLiteStore) -> None:
    concept = skos.Concept("http://v.example/floods", "Floods", ("Floods", "River Board", "sendai"))
    skos.keep(store, [concept])
    topic_runs.learn(store, WISH, QUIET)
    (guided,) = (topic for topic in store.scan(Topic) if topic.concepts)
    assert guided.concepts == ("http://v.example/floods",)
    assert guided.label.startswith("Floods: ")
    assert guided.id == topic_of(store, "d00-a")
    topic_runs.learn(store, WISH, QUIET, guide=False)
    assert not any(topic.concepts for topic in store.scan(Topic))


def test_what_became_of_a_topic_is_followed_over_all_fits(store: SQLiteStore) -> None:
    topic_runs.learn(store, WISH, QUIET)
    here = topic_of(store, "d00-a")
    store.add([
        TopicChange("topics", 2, "split", ("old",), ("a", "b")),
        TopicChange("topics", 3, "merged", ("a", "x"), (here,)),
        TopicChange("topics", 4, "gone", ("b",), ()),
        TopicChange("topics", 5, "merged", ("old", "y"), ("old",)),
    ])  # fmt: skip
    assert successors(store, "old") == [here]
    assert successors(store, "b") == successors(store, "never") == []


def test_time_is_cut_into_bins_without_the_tails() -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2011, 3, 1, tzinfo=UTC)
    published = {f"o{day}": start + timedelta(days=day) for day in range(100)}
    shares = [TopicShare("t", "object", f"o{day}", 1.0, "m", "r") for day in range(10, 20)]
    slices = timeline([*shares, TopicShare("t", "object", "o90", 0.05, "m", "r")], published)
    assert [one.objects for one in slices] == [1] * 10
    assert [one.share for one in slices] == [1.0] * 10
    assert (slices[0].start, slices[-1].end) == (start + timedelta(days=10), start + timedelta(days=20))
    assert timeline([], published) == timeline(shares, {}) == []
    (alone,) = timeline(shares[:1], published)
    assert alone.share == 1.0
    whole = timeline([TopicShare("t", "object", item, 0.5, "m", "r") for item in published], published)
    assert len(whole) <= 40
    assert sum(one.objects for one in whole) >= 98


# On the command line.


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_commands_learn_list_show_compare_and_forget(folder: Path) -> None:
    at = ("--store", str(folder))
    told = run("topics", "fit", "--topics", "2", "--compare", "nothing", "--stability", "1", "--quiet", *at)
    assert "2 topics of 20 documents by AspectTopicModel (fit 1), from who, where, labels, looks" in told
    assert "found again from other starts: 0.9" in told
    lines = [json.loads(line) for line in run("topics", "list", "--format", "jsonl", *at).splitlines()]
    assert [line["run"] for line in lines] == ["topics"] * 2
    assert run("topics", "list", *at).endswith("2 topics\n")
    shown = json.loads(run("topics", "show", lines[0]["id"], "--format", "json", *at))
    assert shown["fields"]["where"][0]["value"] in ("Sendai", "Miyagi", "Paris", "Lyon")
    assert "shown by" in run("topics", "show", lines[0]["id"], *at)
    assert "topics of 20 documents" in run("topics", "runs", *at)
    run("topics", "fit", "--run", "three", "--topics", "3", "--compare", "nothing", "--quiet", *at)
    assert run("topics", "align", "topics", "three", *at).endswith("2 pairs\n")
    again = json.loads(
        run("topics", "fit", "--topics", "3", "--compare", "nothing", "--format", "json", "--quiet", *at)
    )
    assert again["fit"] == 2
    assert {change["change"] for change in again["changes"]} <= {"split", "new"}
    assert again["changes"]
    assert run("topics", "changes", *at).endswith("changes\n")
    assert run("topics", "forget", "three", *at) == "3 topics forgotten\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "nobody"), 3, "there is no topic 'nobody'"),
        (("forget", "nobody"), 3, "no run of topics 'nobody'"),
        (("align", "a", "b"), 3, "nothing was learned in a run 'a'"),
        (("fit", "--model", "Nonsense", "--topics", "2"), 2, "no model 'Nonsense'"),
        (("fit", "--field", "smell"), 2, "no field smell"),
        (("fit", "--topics", "0"), 2, "0 is not in the range"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(folder: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    answer = CliRunner().invoke(main, ["topics", *arguments, "--store", str(folder)])
    assert answer.exit_code == code
    assert message in answer.output


def test_sources_are_compared_with_the_run(folder: Path) -> None:
    with closing(SQLiteStore(folder)) as store:
        store.add([Source("south", "South")])
        items = [item for item in store.scan(MediaObject) if int(item.id[1:3]) >= 10]
        store.add(replace(item, source="south") for item in items)
        put_more = range(20, 28)
        put(store, put_more)
    at = ("--store", str(folder))
    run("topics", "fit", "--topics", "2", "--quiet", *at)
    parts = json.loads(run("topics", "compare", "--format", "json", *at))
    assert [part["name"] for part in parts] == ["North"]  # South has ten documents, which are too few
    assert all(strand["known"] for strand in parts[0]["strands"])
    assert "North, 18 documents" in run("topics", "compare", *at)

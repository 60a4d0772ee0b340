"""The lines that lists are chosen from follow the store, and the filters choose what they say."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import catalogue
from api.catalogue import Catalogue, EventLine, ObjectLine
from api.selection import EventFilter, ObjectFilter
from kg.sqlite import SQLiteStore
from ontology.model import Event, MediaObject, Member, Modality, Source


def at(hour: int) -> datetime:
    return datetime(2011, 3, 11, hour, tzinfo=UTC)


def line(key: str, start: int | None = None, end: int | None = None, told: str = "", size: int = 1) -> EventLine:
    times = [None if hour is None else at(hour) for hour in (start, end)]
    return EventLine(key, told, times[0], times[1], size, frozenset({"s1"}), frozenset({"text"}))


def chosen(wanted: EventFilter, *lines: EventLine) -> list[str]:
    return [event.id for event in wanted.select(lines)]


def test_events_come_newest_first_those_without_time_last_ties_by_id() -> None:
    lines = [line("b", 1), line("n"), line("a", 1), line("c", 5, 6), line("m")]
    assert [event.id for event in EventFilter().select(lines)] == ["c", "a", "b", "m", "n"]
    assert [event.id for event in EventFilter().select(lines, "oldest")] == ["a", "b", "c", "m", "n"]
    sizes = [line("x", size=2), line("y", size=5), line("w", size=2)]
    assert [event.id for event in EventFilter().select(sizes, "largest")] == ["y", "w", "x"]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(None, None, "abc"), (3, None, "ab"), (None, 3, "a"), (4, 5, "ab"), (6, 6, "a"), (7, 9, ""), (None, 0, "")],
)
def test_the_time_asked_for_must_touch_that_of_the_event(start: int | None, end: int | None, found: str) -> None:
    lines = [line("a", 1, 6), line("b", 5), line("c")]
    wanted = EventFilter(start=None if start is None else at(start), end=None if end is None else at(end))
    assert sorted(chosen(wanted, *lines)) == list(found)


def test_all_words_must_be_told_in_any_case() -> None:
    told = line("a", told="strasse under water\nsendai")
    assert chosen(EventFilter(words="WATER Sendai"), told) == ["a"]
    assert chosen(EventFilter(words="Straße"), told) == ["a"]
    assert chosen(EventFilter(words="water tokyo"), told) == []
    assert chosen(EventFilter(words='"; DROP TABLE'), told) == []


def test_source_and_medium_are_those_of_members() -> None:
    assert chosen(EventFilter(source="s1", modality="text"), line("a")) == ["a"]
    assert chosen(EventFilter(source="s2"), line("a")) == []
    assert chosen(EventFilter(modality="audio"), line("a")) == []


def test_objects_are_chosen_by_each_of_their_fields() -> None:
    def item(key: str, modality: Modality = "text", source: str = "s", hour: int | None = 1) -> ObjectLine:
        return ObjectLine(key, modality, source, "c", None, None if hour is None else at(hour))

    items = [item("a"), item("b", "image"), item("c", source="t"), item("d", hour=None), item("e", hour=4)]

    def found(wanted: ObjectFilter) -> str:
        return "".join(entry.id for entry in wanted.select(items))

    assert found(ObjectFilter()) == "abcde"
    assert found(ObjectFilter(modality="image")) == "b"
    assert found(ObjectFilter(source="t")) == "c"
    assert found(ObjectFilter(start=at(2))) == "e"
    assert found(ObjectFilter(end=at(2))) == "abc"
    assert found(ObjectFilter(collection="other")) == ""


@pytest.fixture
def store(tmp_path: Path) -> SQLiteStore:
    store = SQLiteStore(tmp_path)
    store.add([Source("s1", "One"), Source("s2", "Two")])
    store.add([MediaObject("a", "text", "s1", title="A"), MediaObject("b", "audio", "s2", title="B")])
    store.add([Event("e", "Title", at(1), None, "Summary", (Member("a", 1.0, ""), Member("b", 0.5, "")))])
    return store


def test_lines_hold_what_the_store_holds(store: SQLiteStore) -> None:
    lines = Catalogue(store).lines()
    assert [(item.id, item.modality) for item in lines.objects] == [("a", "text"), ("b", "audio")]
    (event,) = lines.events
    assert (event.told, event.size, event.start) == ("title\nsummary", 2, at(1))
    assert (event.sources, event.modalities) == ({"s1", "s2"}, {"text", "audio"})


def test_builds_and_new_numbers_are_seen_at_once_other_changes_after_a_while(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(catalogue.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(catalogue, "PATIENCE", 0)
    kept = Catalogue(store)
    before = kept.lines()
    now[0] -= 1.0  # lines are young until they expire
    assert kept.lines() is before
    store.add([replace(event, title="Other") for event in store.scan(Event)])
    assert kept.lines().events[0].told.startswith("title")
    now[0] += 2.0
    assert kept.lines().events[0].told.startswith("other")
    now[0] -= 2.0
    store.add([replace(event, title="Third") for event in store.scan(Event)])
    store.set_setting("related", "another state")
    assert kept.lines().events[0].told.startswith("third")
    store.remove(MediaObject, ["b"])
    assert [item.id for item in kept.lines().objects] == ["a"]


def test_threads_share_one_reading(store: SQLiteStore) -> None:
    kept = Catalogue(store)
    scans: list[type] = []
    scan = store.scan
    store.scan = lambda kind: (scans.append(kind), scan(kind))[1]  # type: ignore[method-assign]
    barrier = threading.Barrier(4)
    seen: list[int] = []

    def ask() -> None:
        barrier.wait()
        seen.append(len(kept.lines().events))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1, 1, 1, 1]
    assert scans.count(Event) <= 2  # a thread that came after the lines had grown old may read them again


def test_the_whole_event_is_told(told_event: Event) -> None:
    told = catalogue.event_line(told_event, {}).told
    assert "fukushima" in told
    assert "earthquake off japan" in told

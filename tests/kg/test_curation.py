"""What holds of what people decided, what follows for links and pairs, and how a store changes at once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.curation import (
    CURATED,
    PERSON,
    Pairs,
    applied,
    contradictions,
    curated_pairs,
    holding,
    merged_sources,
    notes,
)  # fmt: skip
from kg.deciding import REVISION, about, decide, kind_of, withdraw
from kg.snapshot import snapshot
from kg.sqlite import SQLiteStore
from kg.store import Store
from ontology.errors import Conflict, InvalidInput, NotFound
from ontology.model import Correlation, Decision, Event, MediaObject, Member, Modality, Source, stable_id
from tests.kg.decided import decision

MODALITIES: dict[str, Modality] = {"a": "text", "b": "text", "c": "image", "d": "audio"}
OBJECTS = [MediaObject(name, modality, "s1", title=name) for name, modality in MODALITIES.items()]
FOUNDED = Event(stable_id("event", "a"), "A", None, None, "", (Member("a", 1.0, "tells"), Member("b", 0.5, "tells")))
OTHER = Event(stable_id("event", "c"), "C", None, None, "", (Member("c", 1.0, "tells"),))


def link(subject: str, target: str, kind: str = "neighbour", method: str = "words", weight: float = 0.5) -> Correlation:
    return Correlation(subject, target, kind, "intra", weight, method, "1", "run", "near")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(SQLiteStore(tmp_path)) as opened:
        opened.add([Source("s1", "One"), Source("s2", "Two"), *OBJECTS, FOUNDED, OTHER])
        opened.add([link("a", "b"), link("a", "b", "near_duplicate", "shingles"), link("b", "c")])
        yield opened


def statuses(store: Store) -> dict[tuple[str, str, str], str]:
    return {(link.subject, link.target, link.kind): link.status for link in store.scan(Correlation)}


# What holds.


def test_the_latest_word_holds() -> None:
    words = [
        decision("confirm", "a", "b", minute=1),
        decision("reject", "a", "b", minute=2),
        decision("confirm", "a", "c"),
    ]
    assert holding(reversed(words)) == {("a", "c", ""): words[2], ("a", "b", ""): words[1]}


def test_a_word_on_a_kind_and_one_on_the_pair_the_later_counts() -> None:
    on_pair, on_kind = decision("reject", "a", "b", minute=1), decision("confirm", "a", "b", "neighbour", minute=2)
    links = [link("a", "b"), link("a", "b", "transcript"), link("b", "c")]
    status = [found.status for found in applied(links, [on_kind, on_pair], MODALITIES)]
    assert status == ["confirmed", "rejected", "proposed"]
    later = replace(on_pair, at=on_kind.at.replace(hour=23))
    assert [found.status for found in applied(links, [on_kind, later], MODALITIES)] == [
        "rejected",
        "rejected",
        "proposed",
    ]


def test_a_decision_changes_the_status_and_nothing_else() -> None:
    heavy = replace(link("a", "b"), weight=0.123, status="rejected")
    (found,) = applied([heavy], [decision("confirm", "a", "b")], MODALITIES)
    assert found == replace(heavy, status="confirmed")
    (kept,) = applied([heavy], [], MODALITIES)
    assert kept == heavy, "a status that came from elsewhere stays"


def test_two_that_nothing_links_get_a_link_of_the_person_who_put_them_together() -> None:
    word = decision("confirm", "a", "c", note="same street")
    (made,) = applied([], [word], MODALITIES)
    assert (made.kind, made.method, made.status, made.weight, made.scope) == (
        CURATED,
        PERSON,
        "confirmed",
        1.0,
        "inter",
    )
    assert made.reason == "anna put them together on 2024-05-06: same street"
    assert list(applied([made], [word], MODALITIES)) == [made], "applying again changes nothing"
    assert list(applied([made], [], MODALITIES)) == [], "without the decision it is gone"
    assert [found.kind for found in applied([made, link("a", "c")], [word], MODALITIES)] == ["neighbour"]
    assert list(applied([], [word], {"a": "text"})) == [], "the other object is not there"


def test_pairs_for_linking() -> None:
    event = stable_id("event", "a")
    words = [
        decision("confirm", "a", "b", "neighbour"),
        decision("reject", "b", "c"),
        decision("reject", "c", "d", "near_duplicate"),
        decision("confirm", *sorted(("c", event)), "member"),
        decision("reject", *sorted(("d", event)), "member"),
        decision("merge", *sorted((event, stable_id("event", "c"))), "event"),
        decision("merge", "s1", "s2", "source"),
        decision("confirm", "a", "gone"),
        decision("annotate", "a", note="seen"),
    ]
    expected = Pairs(together=(("a", "b"),), apart=(("b", "c"),), expelled=(("d", "a"),))
    found = curated_pairs(words, MODALITIES)
    assert found._replace(together=(), merged=()) == expected._replace(together=())
    assert [set(pair) for pair in found.merged] == [{"a", "c"}]
    assert found.together == (("a", "b"),), "the merge, decided later on the same two, replaced the membership"


def test_of_opposite_words_on_a_pair_the_latest_is_a_pair() -> None:
    words = [decision("confirm", "a", "b", "neighbour", minute=1), decision("reject", "a", "b", minute=2)]
    assert curated_pairs(words, MODALITIES) == Pairs(apart=(("a", "b"),))
    assert curated_pairs([*words, decision("confirm", "a", "b", minute=3)], MODALITIES) == Pairs(together=(("a", "b"),))


def test_sources_that_are_one_have_the_smallest_id() -> None:
    words = [decision("merge", "s2", "s9", "source"), decision("merge", "s1", "s9", "source")]
    assert merged_sources([*words, decision("merge", "e1", "e2", "event")]) == {"s1": "s1", "s2": "s1", "s9": "s1"}
    assert merged_sources([]) == {}


def test_notes_are_kept_in_time() -> None:
    words = [decision("annotate", "a", note="second", minute=2), decision("annotate", "a", note="first", minute=1)]
    assert [word.note for word in notes(words)["a"]] == ["first", "second"]


actions = st.sampled_from(["confirm", "reject"])
ends = st.sampled_from(["ab", "ac", "ad", "bc", "bd", "cd"])


@given(st.lists(st.tuples(actions, ends), max_size=8))
@settings(deadline=None)
def test_contradictions_are_found_by_walking(words: list[tuple[str, str]]) -> None:
    made = [decision(action, *pair, minute=at) for at, (action, pair) in enumerate(words)]  # type: ignore[arg-type]
    latest = {pair: action for action, pair in words}
    reach = {name: {name} for name in "abcd"}
    for _ in range(4):
        for (one, other), action in latest.items():
            if action == "confirm":
                reach[one] = reach[other] = reach[one] | reach[other]
        for name in reach:
            reach[name] = set().union(*(reach[near] for near in reach[name]))
    expected = {pair for pair, action in latest.items() if action == "reject" and pair[1] in reach[pair[0]]}
    assert {word.subject + str(word.target) for word in contradictions(made).values()} == expected


# In a store.


def test_deciding_changes_links_at_once_and_withdrawing_changes_them_back(store: Store) -> None:
    before = snapshot(store)
    rejected = decision("reject", "a", "b")
    assert {found.status for found in decide(store, [rejected])} == {"rejected"}
    assert [(found.subject, found.target) for found in store.neighbours(["a", "b"])] == [("b", "c")]
    confirmed = decision("confirm", "a", "b", "neighbour", minute=1)
    decide(store, [confirmed])
    assert statuses(store)["a", "b", "neighbour"] == "confirmed"
    assert statuses(store)["a", "b", "near_duplicate"] == "rejected"
    withdraw(store, [confirmed.id])
    assert statuses(store)["a", "b", "neighbour"] == "rejected"
    withdraw(store, [rejected.id])
    assert snapshot(store) == before


def test_a_link_of_a_person_comes_and_goes_with_the_decision(store: Store) -> None:
    before = snapshot(store)
    word = decision("confirm", "a", "d")
    (made,) = decide(store, [word])
    assert store.neighbours(["d"]) == [made]
    withdraw(store, [word.id])
    assert snapshot(store) == before


def test_decisions_outlive_a_rebuild_that_reads_their_objects_again(store: Store) -> None:
    decide(store, [decision("confirm", "a", "b"), decision("reject", "b", "c"), decision("confirm", "a", "d")])
    before = statuses(store)
    links = [replace(found, status="proposed") for found in store.scan(Correlation) if found.method != PERSON]
    store.remove(MediaObject, MODALITIES)
    assert statuses(store) == {}
    store.add(OBJECTS)
    store.add(applied(links, store.scan(Decision), MODALITIES))
    assert statuses(store) == before


def test_a_contradiction_is_refused_and_nothing_is_kept(store: Store) -> None:
    decide(store, [decision("confirm", "a", "b"), decision("confirm", "b", "c", minute=1)])
    before = snapshot(store)
    with pytest.raises(Conflict, match="'a' and 'c'"):
        decide(store, [decision("reject", "a", "c", minute=2)])
    assert snapshot(store) == before
    decide(store, [decision("reject", "a", "c", "near_duplicate", minute=2)])  # that they are no copies fits


def test_every_decision_changes_the_revision(store: Store) -> None:
    seen = {store.setting(REVISION)}
    word = decision("annotate", "a", note="seen")
    decide(store, [word])
    seen.add(store.setting(REVISION))
    withdraw(store, [word.id])
    seen.add(store.setting(REVISION))
    assert len(seen) == 3


def test_what_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="'nothing'"):
        withdraw(store, ["nothing"])
    with pytest.raises(NotFound, match="object or event has the id 'nothing'"):
        about(store, "confirm", "a", "nothing")
    with pytest.raises(NotFound, match="event or source"):
        about(store, "merge", "a", "b")
    with pytest.raises(NotFound):
        kind_of(store, "nothing")


def test_what_two_things_can_be_decided_on_together(store: Store) -> None:
    event = FOUNDED.id
    assert about(store, "confirm", "b", "a") == ("a", "b", "")
    assert about(store, "reject", event, "b") == ("b", event, "member")
    assert about(store, "merge", "s2", "s1") == ("s1", "s2", "source")
    assert about(store, "merge", event, OTHER.id)[2] == "event"
    assert kind_of(store, link("a", "b").id) == "link"
    with pytest.raises(Conflict, match="founded"):
        about(store, "reject", "a", event)
    assert about(store, "confirm", "a", event)[2] == "member"
    for action, one, other in (("confirm", "a", "a"), ("merge", event, "s1"), ("confirm", event, OTHER.id)):
        with pytest.raises(InvalidInput):
            about(store, action, one, other)  # type: ignore[arg-type]

"""What people decided is obeyed by the groups that are found: exactly by `settle`, and through the odds by `detect`."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.corpus import Corpus
from correlate.curated import SURE, Decided, curate, decided, settle
from correlate.linking import Links, link
from kg.curation import curated_pairs
from ontology.model import Decision, MediaObject, stable_id
from tests.correlate.made import newsroom
from tests.kg.decided import decision
from topics.events import Found, detect, memberships


@pytest.fixture(scope="module")
def made() -> tuple[Corpus, dict[str, str], Links, list[Found]]:
    corpus, truth = newsroom()
    links = link(corpus)
    return corpus, truth, links, detect(corpus, links)


def found_with(made: tuple[Corpus, dict[str, str], Links, list[Found]], *words: Decision) -> dict[str, str]:
    """The event of each object once the decisions are obeyed, as the pipeline does it."""
    corpus, _, links, _ = made
    pairs = curated_pairs(words, [item.id for item in corpus.items])
    odds = curate(links.odds, links.told, decided(corpus, *pairs))
    events = detect(corpus, replace(links, odds=odds))
    of = memberships(corpus, events)
    return {item.id: events[at].id if at >= 0 else "" for item, at in zip(corpus.items, of, strict=True)}


def test_without_decisions_nothing_changes(made) -> None:
    corpus, _, links, events = made
    assert curate(links.odds, links.told, decided(corpus)) is links.odds
    before = {member.object: event.id for event in events for member in event.members}
    assert found_with(made) == before


def test_two_that_were_put_together_are_in_one_event(made) -> None:
    before = found_with(made)
    assert before["001"] != before["104"]
    after = found_with(made, decision("confirm", "001", "104"))
    assert after["001"] == after["104"]
    moved = {name for name in before if before[name] != after[name]}
    assert moved <= {"001", "001-photo", "104", "104-photo"}, "a word on two moves no others"


def test_two_that_were_kept_apart_are_in_two_events_and_each_keeps_its_photo(made) -> None:
    before = found_with(made)
    assert before["201"] == before["204"]
    after = found_with(made, decision("reject", "201", "204"))
    assert after["201"] != after["204"]
    assert after["201"] == after["201-photo"]
    assert after["204"] == after["204-photo"]
    others = [name for name in before if not name.startswith(("2", "lone-2", "voice-2"))]
    assert {name: after[name] for name in others} == {name: before[name] for name in others}


def test_events_that_were_merged_are_one_whole(made) -> None:
    _, truth, _, _ = made
    before = found_with(made)
    events = sorted({before["001"], before["305"]})
    after = found_with(made, decision("merge", *events, kind="event"))
    assert len({after[name] for name, story in truth.items() if story in ("volcano", "flood")}) == 1
    assert after["001"] in events, "the event that began first goes on"
    assert after["101"] == before["101"]


def test_a_photo_that_was_taken_from_an_event_leaves_alone(made) -> None:
    before = found_with(made)
    item = MediaObject("lone-1", "image", "s")
    after = found_with(made, decision("reject", *sorted((item.id, before[item.id])), kind="member"))
    assert after["lone-1"] != before["lone-1"]
    assert {name for name in before if after[name] != before[name]} == {"lone-1"}


def test_a_photo_that_was_put_into_an_event_is_in_it(made) -> None:
    before = found_with(made)
    after = found_with(made, decision("confirm", *sorted(("lone-1", before["301"])), kind="member"))
    assert after["lone-1"] == after["301"]


def test_the_word_of_a_person_is_nearly_certain(made) -> None:
    corpus, _, links, _ = made
    words = decided(corpus, together=[("001", "104")], apart=[("201", "204")])
    odds = curate(links.odds, links.told, words)
    assert odds[tuple(words.together[0])] >= SURE
    assert odds[tuple(words.apart[0])] <= -SURE
    assert np.array_equal(odds, odds.T)


def test_what_the_corpus_lacks_and_what_is_one_document_says_nothing(made) -> None:
    corpus, _, _, _ = made
    assert not decided(corpus, together=[("001", "nobody")], apart=[("001", "001-photo")])


pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=4)
arrays = pairs.map(lambda found: np.array(found, dtype=np.intp).reshape(-1, 2))


@given(
    st.lists(st.integers(-1, 3), min_size=8, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.integers(0, 1000), arrays, arrays, arrays, arrays,
)  # fmt: skip
@settings(deadline=None)
def test_a_partition_obeys_whatever_was_decided(label, told, seed, together, apart, merged, expelled) -> None:
    found, heard = np.array(label, dtype=np.intp), np.array(told)
    found[heard & (found < 0)] = 9  # documents with words are always in a group
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=(8, 8))
    settled = settle(found, odds + odds.T, heard, Decided(together, apart, merged, expelled))
    parent = list(range(8))
    for one, other in together:
        parent = [parent[one] if of == parent[other] else of for of in parent]
    for one, other in together:
        assert settled[one] == settled[other]
    for one, other in apart:
        assert parent[one] == parent[other] or settled[one] != settled[other] or settled[one] == -1
    assert (settled[heard] >= 0).all()
    if not len(together) and not len(apart) and not len(expelled):
        assert all(settled[one] == settled[other] >= 0 for one, other in merged)


def test_an_event_is_known_by_the_object_that_founded_it(made) -> None:
    _, _, _, events = made
    for event in events:
        founders = [member.object for member in event.members if stable_id("event", member.object) == event.id]
        assert len(founders) == 1

"""Topics in every store: their shares in objects and events, and what goes and what stays when something is removed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import Event, MediaObject, Member, Source
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

OBJECTS = [MediaObject(id_, "text", "s", text=id_) for id_ in ("o1", "o2", "o3")]
EVENT = Event("e1", "Event", None, None, "", (Member("o1", 1, ""), Member("o2", 0.5, "")))
WORDS = (TopicWord("words", "wave", 0.5),)
TOPICS = [
    Topic("above", "run", "above", ()),
    Topic(
        "a",
        "run",
        "a",
        (TopicWord("words", "wave", 0.5),),
        (Member("o2", 0.9, "x"), Member("o1", 0.5, "y")),
        0.5,
        "above",
    ),
    Topic("b", "run", "b", (), (Member("o1", 0.5, "z"),), 0.5, "above"),
]
# The same id for an object and an event is no reason to take one for the other.
SHARES = [
    TopicShare("a", "object", "o1", 0.75, "LDA", "run"),
    TopicShare("b", "object", "o1", 0.25, "LDA", "run"),
    TopicShare("a", "object", "o2", 0.75, "LDA", "run"),
    TopicShare("a", "event", "e1", 0.5, "members", "run"),
    TopicShare("b", "event", "o3", 0.125, "members", "run"),
]


@pytest.fixture
def told(store: Store) -> Store:
    """Two topics of three objects and two events."""
    store.add([Source("s", "S"), *OBJECTS, EVENT, replace(EVENT, id="o3"), *TOPICS, *SHARES])
    return store


def ids(shares: list[TopicShare]) -> list[tuple[str, str]]:
    return [(share.topic, share.subject) for share in shares]


def test_shares_come_heaviest_first_then_by_id(told: Store) -> None:
    tied = sorted((SHARES[0], SHARES[2]), key=lambda share: share.id)
    assert told.topic_shares(["a"], "topic") == [*tied, SHARES[3]]
    assert told.topic_shares(["a", "b"], "topic", limit=2) == tied
    assert told.topic_shares(["a", "b"], "topic", about="event") == [SHARES[3], SHARES[4]]
    assert told.topic_shares(["o2", "nobody", "o1", "o1"], "object") == [*tied, SHARES[1]]
    assert told.topic_shares(["o3"], "object") == told.topic_shares([], "event") == []
    assert told.topic_shares(["o3", "e1"], "event") == [SHARES[3], SHARES[4]]
    assert told.topic_shares(["a"], "topic", limit=0) == []


def test_a_negative_limit_is_refused(told: Store) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        told.topic_shares(["a"], "topic", limit=-1)


def test_with_an_object_go_its_shares_and_its_place_among_examples(told: Store) -> None:
    told.remove(MediaObject, ["o1"])
    assert told.get(Topic, ["a", "b"]) == {
        "a": replace(TOPICS[1], examples=TOPICS[1].examples[:1]),
        "b": replace(TOPICS[2], examples=()),
    }
    assert ids(told.topic_shares(["a", "b"], "topic")) == [("a", "o2"), ("a", "e1"), ("b", "o3")]
    assert told.count(TopicShare) == 3


def test_with_an_event_go_its_shares_also_if_it_lost_all_its_members(told: Store) -> None:
    told.remove(Event, ["o3"])
    assert ids(told.topic_shares(["b"], "topic")) == [("b", "o1")]
    told.remove(MediaObject, ["o1", "o2"])
    assert told.count(Event) == told.count(TopicShare) == 0


def test_with_a_topic_go_its_shares_and_its_parts_are_part_of_none(told: Store) -> None:
    told.add([TopicChange("run", 2, "gone", ("above",), ())])
    assert told.remove(Topic, ["a", "above", "nobody"]) == 2
    assert list(told.scan(Topic)) == [replace(TOPICS[2], parent=None)]
    assert ids(told.topic_shares(["a", "b"], "topic")) == [("b", "o1"), ("b", "o3")]
    assert told.count(TopicChange) == 1


def test_what_is_replaced_keeps_its_shares(told: Store) -> None:
    told.add([replace(EVENT, title="Other", members=EVENT.members[:1]), replace(OBJECTS[0], text="other")])
    told.add([replace(TOPICS[1], label="other", examples=()), replace(TOPICS[0], label="other")])
    assert sorted(ids(list(told.scan(TopicShare)))) == sorted((share.topic, share.subject) for share in SHARES)
    assert told.get(Topic, ["a"])["a"].parent == "above"


def test_topics_may_come_before_what_they_are_a_part_of(told: Store) -> None:
    told.remove(Topic, [topic.id for topic in TOPICS])
    told.add([*reversed(TOPICS), *SHARES])
    assert list(told.scan(Topic)) == sorted(TOPICS, key=lambda topic: topic.id)
    told.add([replace(TOPICS[0], parent="a"), replace(TOPICS[1], parent=None)])
    assert told.get(Topic, ["above"])["above"].parent == "a"


def test_shares_are_removed_alone(told: Store) -> None:
    assert told.remove(TopicShare, [SHARES[0].id, SHARES[0].id, "nobody"]) == 1
    assert told.count(TopicShare) == 4
    assert told.count(Topic) == 3
    assert told.count(MediaObject) == 3


def test_topics_are_in_the_transaction_of_a_block(told: Store) -> None:
    def stopped(store: Store) -> Iterator[None]:
        with store.transaction():
            store.remove(Topic, ["a"])
            store.add([Topic("c", "run", "c", (), (Member("o3", 1, ""),))])
            raise KeyError
        yield

    with pytest.raises(KeyError):
        list(stopped(told))
    assert [topic.id for topic in told.scan(Topic)] == ["a", "above", "b"]
    assert told.count(TopicShare) == 5

"""Records of topics: their ranges, what they give, and the order in which broader ones come first."""

from collections.abc import Callable

import pytest

from ontology.errors import InvalidInput
from ontology.model import Member
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord, broader_first

WORDS = (TopicWord("words", "ash", 0.5), TopicWord("words", "dust", 0.5, "North", 2.5), TopicWord("who", "ash", 0.25))


def test_words_are_told_by_field_and_collection() -> None:
    topic = Topic("t", "run", "ash", WORDS)
    assert topic.told("words") == WORDS[:1]
    assert topic.told("words", "North") == WORDS[1:2]
    assert topic.told("why") == ()
    assert topic.fields == ("words", "who")
    assert topic.collections == ("North",)


@pytest.mark.parametrize(
    "make",
    [
        lambda: TopicWord("words", "ash", 1.5),
        lambda: TopicWord("", "ash", 0.5),
        lambda: TopicWord("words", "ash", 0.5, "", float("nan")),
        lambda: Topic("", "run", "", ()),
        lambda: Topic("t", "", "", ()),
        lambda: Topic("t", "run", "", (), share=-0.1),
        lambda: Topic("t", "run", "", (), stability=1.1),
        lambda: Topic("t", "run", "", (), parent="t"),
        lambda: Topic("t", "run", "", (), (Member("o", 1, ""), Member("o", 1, ""))),
        lambda: Topic("t", "run", "", (WORDS[0], WORDS[0])),
        lambda: Topic("t", "run", "", (), concepts=("b", "a")),
        lambda: TopicShare("t", "source", "s", 0.5, "m", "run"),  # type: ignore[arg-type]
        lambda: TopicShare("t", "object", "", 0.5, "m", "run"),
        lambda: TopicShare("t", "object", "o", 1.5, "m", "run"),
        lambda: TopicChange("run", 0, "gone", ("t",), ()),
        lambda: TopicChange("run", 1, "kept", ("t",), ("t",)),  # type: ignore[arg-type]
        lambda: TopicChange("run", 1, "gone", (), ()),
        lambda: TopicChange("run", 1, "merged", ("t", "s"), ("t",)),
    ],
)
def test_what_is_out_of_range_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput):
        make()


def test_shares_in_an_object_and_in_an_event_of_the_same_id_are_two() -> None:
    shares = [TopicShare("t", about, "x", 0.5, "m", "run") for about in ("object", "event")]  # type: ignore[arg-type]
    assert shares[0].id != shares[1].id
    assert shares[0].id == TopicShare("t", "object", "x", 0.9, "other", "run").id


def test_broader_topics_come_first_and_circles_end() -> None:
    chain = [Topic(str(at), "run", "", (), parent=str(at + 1)) for at in range(5)]
    assert [topic.id for topic in broader_first(chain)] == ["4", "3", "2", "1", "0"]
    circle = [Topic("a", "run", "", (), parent="b"), Topic("b", "run", "", (), parent="a"), Topic("c", "run", "", ())]
    assert sorted(topic.id for topic in broader_first(circle)) == ["a", "b", "c"]

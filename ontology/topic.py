"""What is learned over a graph, as records: topics, the share that each has in objects and events, and how topics came
from earlier ones.

A *run* is one way of learning topics over a graph, known by a name; learning again under that name is a *fit* of the
run. A topic keeps its id from fit to fit as long as it stays the same topic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal, get_args

from ontology.model import Member, check_choice, check_that, check_unit, stable_id

About = Literal["object", "event"]
Change = Literal["split", "merged", "new", "gone"]

ABOUT: Final[tuple[About, ...]] = get_args(About)
CHANGES: Final[tuple[Change, ...]] = get_args(Change)


@dataclass(frozen=True, slots=True)
class TopicWord:
    """A term that tells a topic, in one field.

    `weight` is p(term given topic) within the field: in all collections, or in the one named by `collection`. `apart`
    says how far a collection tells the topic by it more than the others do, as a z-score of log-odds; 0 in all.
    """

    field: str
    value: str
    weight: float
    collection: str = ""
    apart: float = 0.0

    def __post_init__(self) -> None:
        check_that(bool(self.field), "the word {!r} of a topic needs a field", self.value)
        check_unit("weight of word {!r}", self.weight, self.value)
        check_that(isfinite(self.apart), "apart of word {!r} must be a number, got {!r}", self.value, self.apart)


@dataclass(frozen=True, slots=True)
class Topic:
    """What documents have in common, as one run of a topic model tells it.

    Parameters
    ----------
    words : tuple of TopicWord
        By field; within a field and collection the ones that tell the topic best come first.
    examples : tuple of Member
        Objects that show it well, the best of each medium first, with what makes them so.
    share : float
        Of all that is told in the documents of the run, how much belongs to it, in [0, 1].
    parent : str, optional
        The broader topic of the same run that it is a part of.
    stability : float, optional
        How alike it is to the topic that takes its place when learned from another start or sample, in [0, 1]; None if
        that was not looked at.
    concepts : tuple of str
        IRIs of the concepts of a vocabulary that guided it, sorted.
    """

    id: str
    run: str
    label: str
    words: tuple[TopicWord, ...]
    examples: tuple[Member, ...] = ()
    share: float = 0.0
    parent: str | None = None
    stability: float | None = None
    concepts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_that(bool(self.id and self.run), "a topic needs an id and a run, got {!r}, {!r}", self.id, self.run)
        check_unit("share of topic {!r}", self.share, self.id)
        if self.stability is not None:
            check_unit("stability of topic {!r}", self.stability, self.id)
        check_that(self.parent != self.id, "topic {!r} cannot be a part of itself", self.id)
        objects = [member.object for member in self.examples]
        check_that(len(set(objects)) == len(objects), "topic {!r} names an example twice", self.id)
        told = [(word.field, word.collection, word.value) for word in self.words]
        check_that(len(set(told)) == len(told), "topic {!r} names a word twice", self.id)
        check_that(self.concepts == tuple(sorted(set(self.concepts))), "concepts of topic {!r} must be sorted", self.id)

    def told(self, field: str, collection: str = "") -> tuple[TopicWord, ...]:
        """The words of one field in all collections, or as one collection has them, best first."""
        return tuple(word for word in self.words if word.field == field and word.collection == collection)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that have words, in the order of the words."""
        return tuple(dict.fromkeys(word.field for word in self.words))

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections that are told apart, in the order of the words."""
        return tuple(dict.fromkeys(word.collection for word in self.words if word.collection))


@dataclass(frozen=True, slots=True)
class TopicShare:
    """That a topic has a share in an object or an event: how much of it, in [0, 1], by which method and run."""

    topic: str
    about: About
    subject: str
    weight: float
    method: str
    run: str

    def __post_init__(self) -> None:
        check_choice("what a share is about", self.about, ABOUT)
        check_that(bool(self.topic and self.subject), "a share needs a topic and a subject, got {!r}", self)
        check_unit("weight of topic {!r} in {!r}", self.weight, self.topic, self.subject)

    @property
    def id(self) -> str:
        """A topic has one share in one thing."""
        return stable_id("share", self.topic, self.about, self.subject)


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What became of topics at a fit of a run, which is number `fit` from 1: ids of those before and of those after.

    The ids need not be known to a graph any more; together the changes of a run are the history of its topics. Topics
    that stayed what they were are not told.
    """

    run: str
    fit: int
    change: Change
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __post_init__(self) -> None:
        known = bool(self.run) and self.fit >= 1
        check_that(known, "a change needs a run and a fit from 1, got {!r}, {}", self.run, self.fit)
        check_choice("change of topics", self.change, CHANGES)
        for ids in (self.before, self.after):
            check_that(ids == tuple(sorted(set(ids))), "topics that changed must be sorted, got {!r}", ids)
        check_that(bool(self.before or self.after), "a change is of some topics")

    @property
    def id(self) -> str:
        """Of all that is said."""
        return stable_id("topic-change", self.run, str(self.fit), self.change, *self.before, "", *self.after)


def broader_first(topics: Iterable[Topic]) -> list[Topic]:
    """Topics in an order in which each comes after the broader one, if that is among them; else as they came.

    >>> a, b = Topic("a", "r", "", (), parent="b"), Topic("b", "r", "", ())
    >>> [topic.id for topic in broader_first([a, b])]
    ['b', 'a']
    """
    left = {topic.id: topic for topic in topics}
    ordered: list[Topic] = []
    while left:
        free = [topic for topic in left.values() if topic.parent not in left]
        # Topics that are parts of each other in a circle have no order.
        ordered += [left.pop(topic.id) for topic in free or list(left.values())]
    return ordered

"""Figures that reports disagree on, on sentences written for it."""

from datetime import UTC, datetime

import pytest

from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.model import Aspect, MediaObject
from topics.aspects.figures import beside, conflicting_figures, figures
from topics.aspects.story import Told


def told(name: str, text: str, source: str = "a") -> Told:
    item = MediaObject(name, "text", source, text=text, published=datetime(2011, 3, 12, tzinfo=UTC))
    reading = reading_of(item)
    return Told(item, reading, next(iter(parse([reading.text]))), (), source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Police have confirmed 6,405 deaths so far.", [("dead", "6,405 dead")]),
        ("The number of confirmed dead in the north has risen to 4,277, police said.", [("dead", "4,277 dead")]),
        ("Police said between 200 and 300 bodies had been found.", [("dead", "200 to 300 dead")]),
        ("The earthquake had a magnitude of 8.9.", [("magnitude", "magnitude 8.9")]),
        ("More than 100 vessels were waiting.", [("ships", "more than 100 ships")]),
        ("The tram was built in 1997 and cost $2 million.", []),
        ("Day 12 of the strike; the ship is 400 metres long.", []),
        ("About 80 per cent of the flights took place.", []),
    ],
)
def test_numbers_are_read_with_what_they_count(text, expected):
    assert [(figure.thing, figure.wording) for figure in figures(told("x", text))] == expected


def test_different_counts_of_two_sources_stand_side_by_side():
    first = told("a", "At least 41 people died in the flood.", "one")
    second = told("b", "The flood killed 53 people, officials said.", "two")
    answers = conflicting_figures([first, second])
    assert {answer.value for answer in answers} == {"at least 41 dead", "53 dead"}
    assert all(answer.name == "what" and answer.sources == 1 for answer in answers)
    assert {answer.evidence[0].object for answer in answers} == {"a", "b"}


def test_what_one_source_says_alone_or_all_agree_on_is_no_conflict():
    one = told("a", "At least 41 people died in the flood. Later 53 deaths were counted.", "one")
    assert conflicting_figures([one]) == ()
    agreeing = [told("a", "The flood killed 53 people.", "one"), told("b", "There were 53 deaths.", "two")]
    assert conflicting_figures(agreeing) == ()


def test_more_sources_come_first_and_copies_count_once():
    texts = {"a": "The flood killed 53 people.", "b": "There were 53 deaths.", "c": "The flood killed 60 people."}
    objects = [told(name, text, name) for name, text in texts.items()]
    assert [answer.value for answer in conflicting_figures(objects)] == ["53 dead", "60 dead"]
    copied = conflicting_figures(objects, [["a", "b"]])
    assert [answer.score for answer in copied] == [0.25, 0.25]


def test_the_order_of_objects_does_not_matter():
    objects = [told("a", "The flood killed 53 people.", "one"), told("b", "It killed 60 people.", "two")]
    assert conflicting_figures(objects) == conflicting_figures(objects[::-1])


def test_disputed_figures_stand_below_what_happened():
    disputed = conflicting_figures(
        [told("a", "The flood killed 53 people.", "one"), told("b", "It killed 60 people.", "two")]
    )
    happened = Aspect("what", "a flood", 0.4, 2, disputed[0].evidence)
    who = Aspect("who", "the mayor", 0.1, 1, disputed[0].evidence)
    ranked = beside([happened, who], disputed)
    assert [answer.value for answer in ranked] == ["the mayor", "a flood", "53 dead", "60 dead"]
    assert ranked[2].score <= 0.2

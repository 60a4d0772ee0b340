"""Answers of several objects: what is joined, what stays apart, what counts once, and in which order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.model import ASPECTS, Annotation, Aspect, AspectName, Evidence, MediaObject, Segment
from topics.aspects import Candidate, Told, describe, normalised, span
from topics.aspects.merging import MAX_EVIDENCE, MAX_VALUES
from topics.aspects.sameness import same

FRIDAY = datetime(2011, 3, 11, 20, 0, tzinfo=UTC)
TEXTS = {
    "n1": "A strong quake struck Japan on Friday. At least 13 people died in Sendai, Prime Minister Naoto Kan said.",
    "n2": "Japan was hit by an earthquake on March 11. Naoto Kan sent the army to Sendai because roads were blocked.",
    "n3": "The earthquake in Japan killed 15,899 people, police said. Kan thanked the rescue teams on Saturday.",
}


@cache
def told(identity: str, text: str = "", source: str = "", published: datetime | None = FRIDAY) -> Told:
    item = MediaObject(identity, "text", source or identity, text=text or TEXTS[identity], published=published)
    reading = reading_of(item)
    (doc,) = parse([reading.text])
    return Told(item, reading, doc, (), item.source)


def said(
    identity: str, value: str, score: float = 0.5, name: AspectName = "who", key: str = "", at: int = 0
) -> Candidate:
    evidence = Evidence(identity, f"char={at},{at + len(value)}", value)
    return Candidate(name, value, score, key or value.lower(), (at, at + len(value)), evidence)


def merged(*found: Sequence[Candidate], copies: Sequence[Sequence[str]] = ()) -> tuple[Aspect, ...]:
    objects = [told(some[0].evidence.object, "x", some[0].evidence.object.upper()) for some in found]
    return describe(objects, copies, found)


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("who", "trump", "donald trump", True),
        ("who", "donald j trump", "donald trump", True),
        ("who", "donald trump", "melania trump", False),
        ("who", "fbi", "federal bureau investigation", True),
        ("who", "driver", "tram driver", True),
        ("who", "seven people", "at least 7 people", True),
        ("who", "13 people", "15,899 people", False),
        ("who", "people", "13 people", False),
        ("where", "mazar-e-sharif", "mazar-i-sharif", True),
        ("where", "croydon", "london", False),
        ("where", "north korea", "south korea", False),
        ("what", "derail tram derail", "derail tram derail croydon", True),
        ("what", "kill kill 13 people", "kill kill 15,899 people", False),
        ("when", "2011-03-11", "2011-03-11T14:46", False),
    ],
)
def test_what_means_the_same(name: AspectName, left: str, right: str, expected: bool) -> None:
    assert same(name, left, right) is same(name, right, left) is expected


def test_one_event_is_told_by_several_sources() -> None:
    aspects = describe([told(identity) for identity in TEXTS])
    kan = next(one for one in aspects if one.name == "who" and "Kan" in one.value)
    japan = next(one for one in aspects if one.name == "where" and one.value == "Japan")
    assert "Naoto Kan" in kan.value
    assert (kan.sources, japan.sources) == (3, 3)
    assert {one.object for one in kan.evidence} == set(TEXTS)


def test_figures_that_contradict_each_other_stay_side_by_side() -> None:
    values = " | ".join(one.value for one in describe([told(identity) for identity in TEXTS]) if one.name == "who")
    assert "13 people" in values
    assert "15,899 people" in values


def test_the_same_day_in_other_words_is_one_value() -> None:
    objects = [told("n1"), told("n2")]
    (when,) = [one for one in describe(objects) if one.name == "when"]
    assert when.sources == 2
    assert normalised(when, objects) == "2011-03-11"


def test_the_same_word_for_two_days_is_told_apart() -> None:
    week_later = datetime(2011, 3, 18, 20, 0, tzinfo=UTC)
    objects = [told("a", "It shook on Friday."), told("b", "It shook on Friday.", published=week_later)]
    aspects = [one for one in describe(objects) if one.name == "when"]
    assert sorted(normalised(one, objects) or "" for one in aspects) == ["2011-03-11", "2011-03-18"]
    assert len({one.value for one in aspects}) == 2


def test_more_sources_make_a_value_surer_and_copies_do_not() -> None:
    one = said("a", "Rome", 0.5, "where")
    other, third = said("b", "Rome", 0.5, "where"), said("c", "Milan", 0.5, "where")
    agreed = merged([one], [other], [third])
    copied = merged([one], [other], [third], copies=[["a", "b"]])
    assert [(value.value, value.sources) for value in agreed] == [("Rome", 2), ("Milan", 1)]
    assert [(value.value, value.sources) for value in copied] == [("Milan", 1), ("Rome", 1)]
    assert copied[0].score == copied[1].score < agreed[0].score


def test_copies_chain_through_groups() -> None:
    found = [[said(identity, "Rome", 0.5, "where")] for identity in "abcd"]
    (alone,) = merged(found[0])
    (chained,) = merged(*found, copies=[["c", "d"], ["a", "b"], ["b", "c"]])
    assert (chained.score, chained.sources, len(chained.evidence)) == (alone.score, 1, 4)


def test_a_surname_joins_one_full_name_only() -> None:
    aspects = merged(
        [said("a", "Trump", 0.9), said("a", "Donald Trump", 0.8, at=20), said("a", "Melania Trump", 0.3, at=50)],
        [said("b", "Donald Trump", 0.7)],
    )
    assert [(one.value, len(one.evidence)) for one in aspects] == [("Donald Trump", 3), ("Melania Trump", 1)]


def test_values_and_evidence_are_bounded() -> None:
    many = [said("a", f"Person {chr(65 + n)}x{n}", 0.5, at=40 * n) for n in range(30)]
    assert len(merged(many)) == MAX_VALUES
    (one,) = merged(*[[said(f"o{n:02}", "Rome", 0.5, "where")] for n in range(30)])
    assert len(one.evidence) == MAX_EVIDENCE


def test_a_picture_that_shows_the_thing_is_evidence_but_no_source() -> None:
    label = Annotation(Segment("photo", region=(1, 2, 30, 40)), "label", "volcano", 0.7, "net")
    unrelated = Annotation(Segment("photo"), "label", "teapot", 0.9, "net")
    item = MediaObject("photo", "image", "agency")
    (doc,) = parse([""])
    photo = Told(item, reading_of(item), doc, (label, unrelated), "agency")
    text = told("n", "The volcano erupted on Sunday.", "daily")
    aspects = describe([photo, text])
    erupted = next(one for one in aspects if one.name == "what" and "volcano" in one.value.lower())
    assert erupted.evidence[-1] == Evidence("photo", "xywh=1,2,30,40", "shows: volcano")
    assert erupted.sources == 1
    assert not any("teapot" in e.text for one in aspects for e in one.evidence if one.value != "teapot")


def test_the_order_of_objects_changes_nothing() -> None:
    objects = [told(identity) for identity in TEXTS]
    assert describe(objects) == describe(objects[::-1]) == describe([objects[1], objects[2], objects[0]])


def test_nothing_told_is_no_aspect() -> None:
    assert describe([]) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from(["Ann Lee", "Lee", "Bo Lee", "7 people", "9 people", "police"]),
            st.floats(0, 1),
            st.sampled_from(["who", "what", "where"]),
        ),
        max_size=25,
    ),
    st.lists(st.lists(st.sampled_from("abcdz"), max_size=3), max_size=3),
)
def test_scores_are_in_range_and_best_first_for_any_candidates(
    drawn: list[tuple[str, str, float, AspectName]], copies: list[list[str]]
) -> None:
    found = {
        identity: [
            said(identity, value, score, name, at=9 * n)
            for n, (o, value, score, name) in enumerate(drawn)
            if o == identity
        ]
        for identity in "abcd"
    }
    objects = [told(identity, "x", identity) for identity in "abcd"]
    aspects = describe(objects, copies, list(found.values()))
    for name in ASPECTS:
        scores = [one.score for one in aspects if one.name == name]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)
    assert aspects == describe(objects[::-1], copies[::-1], list(found.values())[::-1])


def test_an_event_spans_the_day_that_it_is_told_of() -> None:
    objects = [told("n1"), told("n2")]
    assert span(objects, describe(objects)) == (
        datetime(2011, 3, 11, tzinfo=UTC),
        datetime(2011, 3, 11, 23, 59, 59, tzinfo=UTC),
    )


def test_a_clock_narrows_the_span_and_a_day_long_past_does_not_count() -> None:
    text = "The quake struck at 2:46 p.m. on Friday. On Friday the worst quake since 1 September 1923 shook Japan."
    objects = [told("q", text)]
    start, end = span(objects, describe(objects))
    assert start == datetime(2011, 3, 11, 14, 46, tzinfo=UTC)
    assert end is not None
    assert start <= end


def test_without_times_the_publications_span_the_event() -> None:
    later = datetime(2011, 3, 14, tzinfo=UTC)
    objects = [told("a", "A dog barked.", published=later), told("b", "A cat slept.")]
    assert span(objects, describe(objects)) == (FRIDAY, later)
    assert span([told("c", "A dog barked.", published=None)], ()) == (None, None)

"""Times in words: where they stand, what they mean, and that nothing breaks the reader."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.aspects.moments import iso, meaning
from topics.aspects.times import find_times

THURSDAY = datetime(2016, 11, 10, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("on 14 March 2024", "2024-03-14"),
        ("March 11, 2011", "2011-03-11"),
        ("2011-03-11", "2011-03-11"),
        ("2011-03-11T05:46Z", "2011-03-11T05:46"),
        ("on Thursday", "2016-11-10"),
        ("last Thursday", "2016-11-03"),
        ("next Thursday", "2016-11-17"),
        ("on Wednesday", "2016-11-09"),
        ("yesterday", "2016-11-09"),
        ("the day before yesterday", "2016-11-08"),
        ("tomorrow", "2016-11-11"),
        ("this morning", "2016-11-10T06:00/2016-11-10T12:00"),
        ("last night", "2016-11-09T18:00/2016-11-10T00:00"),
        ("late on Tuesday", "2016-11-08T18:00/2016-11-09T00:00"),
        ("Wednesday morning", "2016-11-09T06:00/2016-11-09T12:00"),
        ("Wednesday at 6.10am", "2016-11-09T06:10"),
        ("at 2:46 p.m. on Wednesday", "2016-11-09T14:46"),
        ("12 a.m. on Wednesday", "2016-11-09T00:00"),
        ("November 8", "2016-11-08"),
        ("december 31", "2016-12-31"),
        ("the eleventh of october", "2016-10-11"),
        ("October twenty-first", "2016-10-21"),
        ("last week", "2016-10-31/2016-11-06"),
        ("this month", "2016-11"),
        ("last month", "2016-10"),
        ("in March 2011", "2011-03"),
        ("in 2011", "2011"),
        ("last year", "2015"),
        ("three days ago", "2016-11-07"),
        ("two years ago", "2014"),
        ("two hours ago", "2016-11-10T13:30"),
        ("11/03/2011", "2011-11-03"),
        ("25/03/2011", "2011-03-25"),
    ],
)
def test_a_time_in_words_means_a_span_of_the_calendar(words: str, expected: str) -> None:
    (mention,) = find_times(f"It happened {words} in the town.", THURSDAY)
    assert mention.iso == expected


@pytest.mark.parametrize(
    "text", ["the 10-week transition", "aged 34", "a two-day meeting", "for 90 minutes", "1,200 people"]
)
def test_lengths_and_ages_are_no_times(text: str) -> None:
    assert find_times(text, THURSDAY) == []


def test_day_part_and_clock_side_by_side_are_one_time() -> None:
    text = "Police came at around 11pm local time on Thursday evening, not on Friday."
    found = [text[one.start : one.end] for one in find_times(text, THURSDAY)]
    assert found == ["at around 11pm local time on Thursday evening", "Friday"]


def test_a_clock_without_a_day_and_a_day_without_publication_mean_nothing_yet() -> None:
    (clock,) = find_times("It began shortly before 7 pm.", THURSDAY)
    (weekday,) = find_times("It began on Thursday.", None)
    assert (clock.span, clock.iso, weekday.span) == (None, "", None)


def test_a_day_that_the_calendar_does_not_have_means_nothing() -> None:
    assert meaning("June 31, 2011", THURSDAY) is None
    assert meaning("2011-13-45", THURSDAY) is None
    assert meaning("29 February", THURSDAY) == (datetime(2016, 2, 29, tzinfo=UTC), datetime(2016, 3, 1, tzinfo=UTC))


@given(st.text(alphabet=st.sampled_from("0123456789 :.-/,apmonthuesdyfrilgw"), max_size=60))
def test_whatever_is_written_the_mentions_lie_in_order_within_it(text: str) -> None:
    found = find_times(text, THURSDAY)
    edges = [edge for one in found for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert all(one.span is None or one.span[0] < one.span[1] for one in found)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda day: day.replace(tzinfo=UTC)))
def test_a_day_written_out_is_read_back(day: datetime) -> None:
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    (mention,) = find_times(f"on {day.day} {day:%B} {day.year}.", THURSDAY)
    assert mention.span == (midnight, midnight + timedelta(days=1))
    assert mention.iso == iso(*mention.span) == day.date().isoformat()


@given(st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)).map(lambda day: day.replace(tzinfo=UTC)))
def test_a_weekday_is_within_the_week_up_to_publication(published: datetime) -> None:
    (mention,) = find_times("It was on Sunday.", published)
    assert mention.span is not None
    assert mention.span[0].weekday() == 6
    assert timedelta(0) <= published - mention.span[0] < timedelta(days=7)

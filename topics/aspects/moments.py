"""What a time written in words means: a span of the calendar, relative to the day of publication.

A story tells of its past: a weekday or a month means the nearest one up to the day of publication, a day of a month
without a year the nearest in either direction. Clocks stand as written, taken as UTC, since texts seldom say the zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
NUMBERS: Final = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: Parts of a day as hours [start, end).
PARTS: Final = {
    "morning": (6, 12), "noon": (12, 13), "midday": (12, 13), "lunchtime": (12, 14), "afternoon": (12, 18),
    "evening": (18, 24), "night": (18, 24), "tonight": (18, 24), "overnight": (0, 6), "midnight": (0, 1),
    "dawn": (4, 7), "dusk": (18, 21), "early": (0, 9), "late": (18, 24),
}  # fmt: skip

Span = tuple[datetime, datetime]
DAY: Final = timedelta(days=1)

_CLOCK: Final = re.compile(r"(?<![\d/-])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b|(?<![\d/-])(\d{1,2}):(\d\d)", re.I)
_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[t ](\d\d):(\d\d))?", re.I)
_YEAR: Final = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_MONTH: Final = re.compile(r"\b(" + "|".join(name[:3] for name in MONTHS) + r")[a-z]*", re.I)
_NUMERIC: Final = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_WEEKDAY: Final = re.compile(r"\b(" + "|".join(WEEKDAYS) + r")\b", re.I)
_AGO: Final = re.compile(r"(\w+)\s(minute|hour|day|week|month|year)s?\sago", re.I)
_UNIT: Final = re.compile(r"\b(this|last|past|next|previous)\s(week|weekend|month|year)\b", re.I)


def meaning(words: str, published: datetime | None) -> Span | None:
    """Give the span [start, end) in UTC that a time expression means, or None where its day cannot be told.

    >>> meaning("last Thursday", datetime(2024, 3, 20, 12, tzinfo=UTC))[0].date().isoformat()
    '2024-03-14'
    """
    words = " ".join(words.lower().split())
    try:
        span = _day(words, published)
    except (ValueError, OverflowError):  # the 31st of June, the year 0: written so, but no day of the calendar
        return None
    if span is None or span[1] - span[0] != DAY:
        return span
    return _within(words, span[0])


def clock(words: str) -> tuple[int, int] | None:
    """Hour and minute of the first clock in a phrase: `2:46 p.m.`, `6am`, `14:46`."""
    match = _CLOCK.search(words)
    if match is None:
        return None
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _within(words: str, day: datetime) -> Span:
    """Narrow a day to its clock or part of day."""
    at = clock(words)
    if at is not None and not (_ISO.search(words) and "t00:00" in words):
        start = day + timedelta(hours=at[0], minutes=at[1])
        return start, start + timedelta(minutes=1)
    for name, (first, last) in PARTS.items():
        if re.search(rf"\b{name}\b", words):
            return day + timedelta(hours=first), day + timedelta(hours=last)
    return day, day + DAY


def _day(words: str, published: datetime | None) -> Span | None:
    """The day, week, month or year meant."""
    if match := _ISO.search(words):
        return _whole_day(datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC))
    if match := _NUMERIC.search(words):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month, day = (second, first) if first > 12 else (first, second)  # noqa: the American order unless impossible
        return _whole_day(datetime(year, month, day, tzinfo=UTC))
    month_match, year_match = _MONTH.search(words), _YEAR.search(words)
    if month_match:
        return _month(words, month_match, int(year_match[1]) if year_match else None, published)
    if year_match:
        start = datetime(int(year_match[1]), 1, 1, tzinfo=UTC)
        return start, start.replace(year=start.year + 1)
    return None if published is None else _relative(words, published)


def _month(words: str, match: re.Match[str], year: int | None, published: datetime | None) -> Span | None:
    """A month, or a day of it."""
    month = [name[:3] for name in MONTHS].index(match[1].lower()[:3]) + 1
    number = _day_number(words[: match.start()][-16:], words[match.end() :])
    if number is None:
        if year is None:
            if published is None:
                return None
            year = published.year - (month > published.month)
        start = datetime(year, month, 1, tzinfo=UTC)
        return start, next_month(start)
    if year is not None:
        return _whole_day(datetime(year, month, number, tzinfo=UTC))
    if published is None:
        return None
    years = [published.year, published.year - 1, published.year + 1]
    days = [datetime(year, month, number, tzinfo=UTC) for year in years if number < 29 or _exists(year, month, number)]
    return _whole_day(min(days, key=lambda day: abs(day - published))) if days else None


def _day_number(before: str, after: str) -> int | None:
    """The day beside a month's name: `11 March`, `March 11th`, `eleventh of March`."""
    for words, pattern in ((before, r"(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?$"), (after, r"^\.?\s(\d{1,2})(?!\d|:)")):
        if match := re.search(pattern, words):
            return int(match[1])
    for number in range(len(ORDINALS), 0, -1):
        name = ORDINALS[number - 1].replace("-", "[- ]")
        if re.search(rf"(?<!-)\b{name}\s(?:of\s)?$", before) or re.search(rf"^\.?\s(?:the\s)?{name}\b", after):
            return number
    return None


def _relative(words: str, published: datetime) -> Span | None:
    """What is said from the day of publication."""
    today = published.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _AGO.search(words):
        return _ago(match[1], match[2], published)
    if match := _UNIT.search(words):
        return _unit(match[1], match[2], today)
    if match := _WEEKDAY.search(words):
        return _whole_day(_weekday(words, WEEKDAYS.index(match[1]), today))
    for pattern, days in (
        (r"day before yesterday", -2),
        (r"yesterday|last night|last evening", -1),
        (r"tomorrow", 1),
        (r"today|tonight|overnight|this (?:morning|afternoon|evening|lunchtime)|later this", 0),
    ):
        if re.search(rf"\b(?:{pattern})\b", words):
            return _whole_day(today + days * DAY)
    return None


def _weekday(words: str, number: int, today: datetime) -> datetime:
    back = (today.weekday() - number) % 7
    if re.search(r"\bnext\b", words):
        return today + ((number - today.weekday() - 1) % 7 + 1) * DAY
    if re.search(r"\blast\b", words) and back == 0:
        back = 7
    return today - back * DAY


def _ago(count: str, unit: str, published: datetime) -> Span | None:
    number = int(count) if count.isdecimal() else max(NUMBERS.index(count), 1) if count in NUMBERS else None
    if number is None or number > 10_000:
        return None
    today = published.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit in {"minute", "hour"}:
        start = (published - number * timedelta(**{f"{unit}s": 1})).replace(second=0, microsecond=0)
        return start, start + timedelta(minutes=1)
    if unit == "year":
        start = datetime(today.year - number, 1, 1, tzinfo=UTC)
        return start, start.replace(year=start.year + 1)
    return _whole_day(today - number * {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}[unit])


def _unit(which: str, unit: str, today: datetime) -> Span:
    """`last week`, `this month`: the whole calendar unit."""
    step = {"this": 0, "next": 1}.get(which, -1)
    monday = today - today.weekday() * DAY + step * 7 * DAY
    if unit == "week":
        return monday, monday + 7 * DAY
    if unit == "weekend":
        return monday + 5 * DAY, monday + 7 * DAY
    if unit == "year":
        start = datetime(today.year + step, 1, 1, tzinfo=UTC)
        return start, start.replace(year=start.year + 1)
    start = today.replace(day=1)
    start = next_month(start) if step > 0 else (start - DAY).replace(day=1) if step < 0 else start
    return start, next_month(start)


def next_month(first: datetime) -> datetime:
    """The first day of the month after the one of `first`."""
    return (first.replace(day=28) + 4 * DAY).replace(day=1)


def _whole_day(start: datetime) -> Span:
    return start, start + DAY


def _exists(year: int, month: int, day: int) -> bool:
    return day <= (next_month(datetime(year, month, 1, tzinfo=UTC)) - DAY).day


def iso(start: datetime, end: datetime) -> str:
    """Write a span [start, end) as the ISO 8601 year, month, day or minute that it is, else as `start/end`.

    >>> iso(datetime(2011, 3, 11, tzinfo=UTC), datetime(2011, 3, 12, tzinfo=UTC))
    '2011-03-11'
    """
    if end - start <= timedelta(minutes=1):
        return start.strftime("%Y-%m-%dT%H:%M")
    if any((moment.hour, moment.minute) != (0, 0) for moment in (start, end)) or end - start < DAY:
        return f"{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}"
    if end - start == DAY:
        return start.strftime("%Y-%m-%d")
    if start.day == 1 and end == next_month(start):
        return start.strftime("%Y-%m")
    if (start.month, start.day) == (1, 1) and end == datetime(start.year + 1, 1, 1, tzinfo=UTC):
        return start.strftime("%Y")
    return f"{start:%Y-%m-%d}/{end - DAY:%Y-%m-%d}"

"""Where a text names a time: days, parts of days and clocks, joined where they stand side by side.

Lengths of time ("a 10-week transition") and ages are no times and are not found. Case does not matter, so posts and
transcripts are read like print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from topics.aspects.moments import ORDINALS, Span, iso, meaning

_FULL_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_WEEKDAY = rf"(?:{_FULL_WEEKDAY}|mon|tues?|wed|thurs?|thu|fri|sat|sun)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_SPOKEN = "|".join(name.replace("-", "[- ]") for name in reversed(ORDINALS))
_NUMBER = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?|{_SPOKEN})"
_YEAR = r"(?:1[5-9]|20)\d\d"
_PART = r"(?:morning|noon|midday|lunchtime|afternoon|evening|night|midnight|dawn|dusk)"
_CLOCK = (
    r"(?:(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?\s?(?:a\.m\.|p\.m\.|am\b|pm\b)"
    r"|(?:[01]?\d|2[0-3]):[0-5]\d(?:\s?(?:hours|hrs))?)"
    r"(?:\s\(?(?:local\stime|gmt|utc|[ecmp][sd]?t)\b\)?)?"
)
_HEDGE = r"(?:(?:shortly|just|soon)\s(?:before|after)|at\sabout|at\saround|about|around|approximately|nearly|roughly)\s"
_COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
_EARLY = r"(?:early|late|earlier|later)(?:\son)?\s"

_BEFORE_DATE = rf"(?:{_EARLY})?(?:{_WEEKDAY}\.?,?\s)?"

#: Tried in this order: what overlaps an earlier find is left.
PATTERNS: Final = tuple(
    (kind, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE))
    for kind, pattern in (
        ("date", rf"{_YEAR}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?z?)?"),
        ("date", rf"{_BEFORE_DATE}(?:the\s)?{_NUMBER}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?"),
        ("date", rf"{_BEFORE_DATE}{_MONTH}\s(?:the\s)?{_NUMBER}(?![\d:]|\s?[ap]\.?m\b)(?:,?\s{_YEAR})?"),
        ("date", rf"\d{{1,2}}/\d{{1,2}}/{_YEAR}"),
        ("month", rf"(?:(?:early|late|mid)[\s-])?{_MONTH},?\s(?:of\s)?{_YEAR}"),
        ("month", rf"(?<=\bin\s){_MONTH}|(?:last|early|late)\s{_MONTH}"),
        ("weekday", rf"(?:{_EARLY}|(?:last|this|next)\s){{0,2}}{_FULL_WEEKDAY}(?:\s{_PART})?"),
        ("relative", rf"(?:{_EARLY})?(?:the\sday\sbefore\syesterday|yesterday|today|tomorrow)(?:\s{_PART})?"),
        ("relative", rf"(?:{_EARLY})?(?:this|last|tomorrow)\s{_PART}|tonight|overnight"),
        ("unit", r"(?:earlier\s)?(?:this|last|past|next|previous)\s(?:week|weekend|month|year)"),
        ("ago", rf"{_COUNT}\s(?:minute|hour|day|week|month|year)s?\sago"),
        ("year", rf"(?<=\bin\s){_YEAR}(?!\s?(?:people|dead|killed|%|per))"),
        ("clock", rf"(?:{_HEDGE})?{_CLOCK}"),
        ("part", rf"(?:in\sthe|at)\s(?:early\s|late\s)?{_PART}(?:\srush\shour)?|(?:early|late|mid-?)\s?{_PART}"),
    )
)  # fmt: skip
#: What every time has; most sentences have none, and are done with.
_HINT: Final = re.compile(
    rf"\d|day|week|month|year|ago\b|night|noon|morning|evening|dawn|dusk|tomorrow|lunchtime|\b{_MONTH}", re.IGNORECASE
)
_BRIDGE: Final = re.compile(r"[\s,]*(?:\b(?:on|at|in|of|the|and|or|local time)\b)?[\s,]*", re.IGNORECASE)
_LONGEST_BRIDGE: Final = 14
_DAYLIKE: Final = frozenset({"date", "weekday", "relative"})
_FINE: Final = frozenset({"clock", "part"})


@dataclass(frozen=True, slots=True)
class TimeMention:
    """Characters [start, end) that name a time.

    `kinds` are the sorts of its parts in order (`date`, `weekday`, `relative`, `unit`, `ago`, `month`, `year`, `clock`,
    `part`); `span` is the calendar span [start, end) in UTC that is meant, None where the day is not said.
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    span: Span | None = None

    @property
    def iso(self) -> str:
        """The span in ISO 8601; empty where it is not known."""
        return "" if self.span is None else iso(*self.span)


def find_times(text: str, published: datetime | None) -> list[TimeMention]:
    """Find the times that a text names, in order, read relative to the time of publication."""
    if not _HINT.search(text):
        return []
    found: list[tuple[int, int, str]] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), kind))
    mentions: list[TimeMention] = []
    for start, end, kind in sorted(found):
        last = mentions[-1] if mentions else None
        if last is not None and _together(text[last.end : start], last.kinds, kind):
            mentions[-1] = TimeMention(last.start, end, (*last.kinds, kind))
        else:
            mentions.append(TimeMention(start, end, (kind,)))
    return [
        TimeMention(mention.start, mention.end, mention.kinds, meaning(text[mention.start : mention.end], published))
        for mention in mentions
    ]


def _together(between: str, kinds: tuple[str, ...], kind: str) -> bool:
    """Whether two neighbouring finds are one time: a day and a finer part of it, with at most a preposition between."""
    if len(between) > _LONGEST_BRIDGE or not _BRIDGE.fullmatch(between):
        return False
    days = sum(part in _DAYLIKE for part in kinds)
    if kind in _DAYLIKE:
        return (days == 0 and all(part in _FINE for part in kinds)) or (
            days == 1 and kinds == ("weekday",) and kind == "date"
        )
    return kind in _FINE and kind not in kinds and not {"unit", "ago", "month", "year"} & set(kinds)

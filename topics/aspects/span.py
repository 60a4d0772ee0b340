"""When an event began and ended, from its answers to *when* and, where they do not say, from its publications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ontology.model import Aspect
from topics.aspects.moments import Span, iso, meaning
from topics.aspects.story import Told

CREDIBLE: Final = 0.6
"""Answers that score at least this share of the best one make the span."""
SURE: Final = 0.25
"""Where no answer scores this much, the publications are the better witness."""
LONGEST: Final = timedelta(days=31)
BEFORE: Final = timedelta(days=14)
"""Reports come soon after: a day long before the first of them is of something that led to it."""


def span(told: Sequence[Told], aspects: Sequence[Aspect]) -> tuple[datetime | None, datetime | None]:
    """Start and end of an event in UTC, start <= end; both None where nothing is dated.

    From the credible answers to *when* that lie near the publications, a day narrowed to its part or clock where one is
    said; without any, from the first publication to the last.
    """
    published = sorted(one.item.published for one in told if one.item.published is not None)
    scored = [(one.score, meant) for one in aspects if one.name == "when" and (meant := moment(one, told)) is not None]
    near = [
        (score, meant)
        for score, meant in scored
        if meant[1] - meant[0] <= LONGEST and (not published or published[0] - BEFORE <= meant[0] <= published[-1])
    ]
    best = max((score for score, _ in near), default=0.0)
    if best < SURE:
        return (published[0], published[-1]) if published else (None, None)
    credible = [_narrowed(meant, [other for _, other in near]) for score, meant in near if score >= CREDIBLE * best]
    start, end = min(start for start, _ in credible), max(end for _, end in credible)
    return start, max(start, end - timedelta(seconds=1))


def _narrowed(day: Span, others: Sequence[Span]) -> Span:
    """The best scored finer time within a day, else the day."""
    if day[1] - day[0] > timedelta(days=1):
        return day
    return next((one for one in others if one != day and day[0] <= one[0] and one[1] <= day[1]), day)


def moment(aspect: Aspect, told: Sequence[Told]) -> Span | None:
    """The calendar span [start, end) in UTC that an answer to *when* means, read from where it was said."""
    published = next((one.item.published for one in told if one.item.id == aspect.evidence[0].object), None)
    return meaning(aspect.value, published)


def normalised(aspect: Aspect, told: Sequence[Told]) -> str | None:
    """An answer to *when* in ISO 8601 (`2011-03-11`, `2011-03-11T14:46`); None where its day is not known."""
    meant = moment(aspect, told)
    return None if meant is None else iso(*meant)

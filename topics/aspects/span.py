"""When an event began and ended, from its answers to *when* and, where they do not say, from its publications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ontology.model import Aspect
from topics.aspects.moments import meaning
from topics.aspects.story import Told

CREDIBLE: Final = 0.5
"""Answers that score at least this share of the best one make the span."""
BEFORE: Final = timedelta(days=14)
"""Reports come soon after: a day long before the first of them is of something that led to it."""


def span(told: Sequence[Told], aspects: Sequence[Aspect]) -> tuple[datetime | None, datetime | None]:
    """Start and end of an event in UTC, start <= end; both None where nothing is dated.

    From the credible answers to *when* that lie near the publications; without any, from the first publication to the
    last.
    """
    published = sorted(one.item.published for one in told if one.item.published is not None)
    dated = {one.item.id: one.item.published for one in told}
    answers = [aspect for aspect in aspects if aspect.name == "when"]
    best = max((aspect.score for aspect in answers), default=0.0)
    named = []
    for aspect in answers:
        days = meaning(aspect.value, dated.get(aspect.evidence[0].object)) if aspect.score >= CREDIBLE * best else None
        if days is not None and days[1] - days[0] <= timedelta(days=31):
            named.append(days)
    if published:
        named = [days for days in named if published[0] - BEFORE <= days[0] <= published[-1]]
    if named:
        last = max(end for _, end in named) - timedelta(seconds=1)
        return min(start for start, _ in named), max(last, min(start for start, _ in named))
    return (published[0], published[-1]) if published else (None, None)

"""Events: groups of documents about one happening, found on the odds of the correlation graph.

Documents with enough words found the events; objects that say little (a photo, a short clip) join the event that their
links speak for, if they speak for any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from correlate.corpus import Corpus, Indices, Matrix
from correlate.curated import settle
from correlate.grouping import groups
from correlate.linking import Links
from ontology.model import Member, stable_id

STRONGEST: Final = 3
"""An object joins by the mean odds to this many of an event's documents."""
BOILER_PLATE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """An event before it is described: its id and members, the surest first."""

    id: str
    members: tuple[Member, ...]


def detect(corpus: Corpus, links: Links) -> list[Found]:
    """Find the events of a corpus, ordered by id. An object belongs to one event or to none.

    An event's id comes from its first told document (by time, then by id), so that later reports leave it unchanged.
    """
    told = np.flatnonzero(links.told)
    label = np.full(len(links.told), -1, dtype=np.intp)
    label[told] = groups(links.odds[np.ix_(told, told)])
    label = settle(label, links.odds, links.told, links.decided)
    odds = _odds_to_events(links.odds, label)
    joined = label.copy()
    if odds.shape[1]:
        best = odds.argmax(axis=1)
        joins = (label < 0) & (odds[np.arange(len(odds)), best] > 0)
        joined[joins] = best[joins]
    joined = settle(joined, links.odds, links.told, links.decided)
    events = [_found(corpus, links, joined, odds, number) for number in range(odds.shape[1])]
    return sorted(events, key=lambda event: event.id)


def _odds_to_events(odds: Matrix, label: Indices) -> Matrix:
    """Mean of the strongest odds of each document to the documents of each event, itself left out: (d, events)."""
    off = odds.copy()
    np.fill_diagonal(off, -np.inf)
    count = int(label.max(initial=-1)) + 1
    means = np.zeros((len(label), count))
    for number in range(count):
        near = -np.sort(-off[:, label == number], axis=1)[:, :STRONGEST]
        known = np.isfinite(near)
        means[:, number] = np.where(known, near, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        means[~known.any(axis=1), number] = 0.0
    return means


def _found(corpus: Corpus, links: Links, joined: Indices, odds: Matrix, number: int) -> Found:
    places = np.flatnonzero(joined[corpus.document] == number)
    first = min(
        (corpus.items[place] for place in places if links.told[corpus.document[place]]),
        key=lambda item: (item.published is None, item.published, item.id) if item.published else (True, None, item.id),
    )
    alone = len(np.unique(corpus.document[places])) == 1
    members = [
        _member(corpus, links, int(place), 1.0 if alone else _weight(odds, corpus, int(place), number))
        for place in places
    ]
    members.sort(key=lambda member: (-member.weight, member.object))
    return Found(stable_id("event", first.id), tuple(members))


def _weight(odds: Matrix, corpus: Corpus, place: int, number: int) -> float:
    return float(expit(odds[corpus.document[place], number]))


def _member(corpus: Corpus, links: Links, place: int, weight: float) -> Member:
    item = corpus.items[place]
    if links.boiler_plate[place]:
        return Member(item.id, BOILER_PLATE, "stands in a document of the event, but also beside other happenings")
    reason = "tells of the event" if links.told[corpus.document[place]] else "linked to what tells of the event"
    return Member(item.id, round(weight, 4), reason)


def memberships(corpus: Corpus, events: list[Found]) -> NDArray[np.intp]:
    """Which event each object belongs to, by position in `events`; -1 for none: (n,)."""
    place = {item.id: at for at, item in enumerate(corpus.items)}
    label = np.full(len(corpus), -1, dtype=np.intp)
    for number, event in enumerate(events):
        label[[place[member.object] for member in event.members]] = number
    return label

"""Taking a decision: what it can be about, and what changes in the store at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from kg.curation import MEMBER, Thing, applied, contradictions
from kg.store import Store
from ontology.errors import Conflict, InvalidInput, NotFound
from ontology.model import Action, Correlation, Decision, Event, MediaObject, Source, stable_id

REVISION: Final = "decided"
"""The setting that changes with every decision, so that who keeps a picture of the graph knows when it is old."""

RECORDS: Final[Mapping[str, type[MediaObject | Event | Source | Correlation]]] = {
    "object": MediaObject,
    "event": Event,
    "source": Source,
    "link": Correlation,
}


def decide(store: Store, decisions: Collection[Decision]) -> list[Correlation]:
    """Keep decisions and let the links between what they are about follow; give the links that changed.

    Raises `Conflict`, and keeps nothing, if one contradicts what follows from others.
    """
    with store.transaction():
        before = contradictions(store.scan(Decision))
        store.add(decisions)
        for word in contradictions(store.scan(Decision)).values():
            if word.id not in before:
                raise Conflict(
                    f"{word.subject!r} and {word.target!r} are kept apart by {word.by} ({word.id}), but what was "
                    "confirmed would put them together"
                )
        return _follow(store, decisions)


def withdraw(store: Store, ids: Iterable[str]) -> list[Correlation]:
    """Take decisions back: what was decided before them holds again, or nothing. Gives the links that changed.

    Raises `NotFound` for an id that no decision has; nothing is taken back then.
    """
    wanted = list(dict.fromkeys(ids))
    with store.transaction():
        there = store.get(Decision, wanted)
        missing = [id_ for id_ in wanted if id_ not in there]
        if missing:
            raise NotFound(f"no decision {missing[0][:200]!r}; `crossmedia decisions` lists them")
        store.remove(Decision, wanted)
        return _follow(store, there.values())


def _follow(store: Store, about: Collection[Decision]) -> list[Correlation]:
    store.set_setting(REVISION, str(int(store.setting(REVISION) or "0") + 1))
    pairs = {(decision.subject, decision.target or "") for decision in about if decision.target is not None}
    if not pairs:
        return []
    modalities = {id_: item.modality for id_, item in store.get(MediaObject, {end for p in pairs for end in p}).items()}
    decided = [word for word in store.scan(Decision) if (word.subject, word.target) in pairs]
    # Rejected links are no neighbours any more: only where one may be, all links are looked through.
    every = any(word.action == "reject" for word in [*decided, *about])
    links = store.scan(Correlation) if every else store.neighbours(modalities)
    before = {link.id: link for link in links if (link.subject, link.target) in pairs}
    touched = {(decision.subject, decision.target, decision.kind) for decision in about}
    now = {link.id: link for link in applied((_opened(link, touched) for link in before.values()), decided, modalities)}
    store.remove(Correlation, sorted(before.keys() - now.keys()))
    changed = [link for id_, link in now.items() if before.get(id_) != link]
    store.add(changed)
    return changed


def _opened(link: Correlation, touched: Collection[tuple[str, str | None, str]]) -> Correlation:
    """A link as if nobody had decided, if what was decided or taken back is about it."""
    both = {(link.subject, link.target, link.kind), (link.subject, link.target, "")}
    return link if both.isdisjoint(touched) else replace(link, status="proposed")


def about(store: Store, action: Action, one: str, other: str) -> Thing:
    """Subject, target and kind of a decision on two things named by their ids, in whatever order.

    Raises `NotFound` for an id that no object or event (to merge: no event or source) has, `InvalidInput` for two that
    cannot be decided on together, `Conflict` for taking from an event the object that founded it.
    """
    if one == other:
        raise InvalidInput(f"two different things are needed, got {one[:200]!r} twice")
    subject, target = sorted((one, other))
    possible = ("event", "source") if action == "merge" else ("object", "event")
    kinds = kind_of(store, subject, possible), kind_of(store, target, possible)
    if action == "merge":
        if kinds[0] != kinds[1]:
            raise InvalidInput(f"two events or two sources can be merged, not {kinds[0]} {subject!r} and {target!r}")
        return subject, target, kinds[0]
    if kinds == ("event", "event"):
        raise InvalidInput("events can be merged; to keep two apart, reject the objects that the one has of the other")
    if action == "reject" and (stable_id("event", subject) == target or stable_id("event", target) == subject):
        raise Conflict("this object founded the event; reject the members that do not belong to it")
    return subject, target, MEMBER if "event" in kinds else ""


def kind_of(store: Store, id_: str, possible: Collection[str] = tuple(RECORDS)) -> str:
    """What has this id: `object`, `event`, `source` or `link`. Raises `NotFound` if none that is possible has."""
    for name in possible:
        if store.get(RECORDS[name], [id_]):
            return name
    raise NotFound(f"no {' or '.join(possible)} has the id {id_[:200]!r}")

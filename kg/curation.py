"""What people decided, and what follows from it for links, for linking, and for what is told.

Decisions are kept as they were made; of those on the same thing the latest holds. Suggestions never overwrite them: the
status of a link follows from the decisions alone, its weight stays as it was computed. `applied` and `curated_pairs`
are pure functions that a build calls anew, so that a decision holds also for what was removed and read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from ontology.model import Correlation, Decision, Modality, Status, stable_id

PERSON: Final = "person"
"""The method of links that nothing but a decision speaks for."""
CURATED: Final = "curated"
"""The kind of such a link."""
MEMBER: Final = "member"
COPY_KINDS: Final = frozenset({"near_duplicate", "same_document"})
"""Links that claim more than that two objects belong together: rejecting one does not say that they are apart."""

Pair = tuple[str, str]
Thing = tuple[str, str, str]


class Pairs(NamedTuple):
    """Decisions as pairs of object ids, each pair once and in order.

    `together` and `apart` are two objects each; of `merged`, all that is in the event of the one belongs to the event
    of the other; of `expelled`, the first alone does not belong to the event of the second.
    """

    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    merged: tuple[Pair, ...] = ()
    expelled: tuple[Pair, ...] = ()


def in_time(decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions by when they were made, then by id."""
    return sorted(decisions, key=lambda decision: (decision.at, decision.id))


def holding(decisions: Iterable[Decision]) -> dict[Thing, Decision]:
    """The latest word on each (subject, target, kind) that was confirmed, rejected or merged, the oldest first."""
    latest: dict[Thing, Decision] = {}
    for decision in in_time(decisions):
        if decision.target is not None:
            thing = decision.subject, decision.target, decision.kind
            latest.pop(thing, None)
            latest[thing] = decision
    return latest


def notes(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """The notes on each thing, the oldest first."""
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in in_time(decisions):
        if decision.action == "annotate":
            found[decision.subject].append(decision)
    return dict(found)


# Links.


def word_on(link: Correlation, latest: Mapping[Thing, Decision]) -> Decision | None:
    """The decision that holds for a link: the later of that on its kind and that on its two objects."""
    words = [latest.get((link.subject, link.target, kind)) for kind in {link.kind, ""}]
    return max((word for word in words if word is not None), key=lambda word: (word.at, word.id), default=None)


def applied(
    links: Iterable[Correlation], decisions: Iterable[Decision], modalities: Mapping[str, Modality]
) -> Iterator[Correlation]:
    """Give links with the status that decisions say, then one of kind `curated` for each two objects of which a person
    confirmed a link that is not among them. `modalities` is that of each object there is. A link on which nobody
    decided keeps the status it has.
    """
    latest = holding(decisions)
    linked: set[Thing] = set()
    for link in links:
        if link.method == PERSON:
            continue
        linked |= {(link.subject, link.target, link.kind), (link.subject, link.target, "")}
        word = word_on(link, latest)
        yield link if word is None else replace(link, status=_status(word))
    made: set[Pair] = set()
    for what, word in latest.items():
        pair = what[:2]
        wished = word.action == "confirm" and word.kind != MEMBER and modalities.keys() >= set(pair)
        if wished and what not in linked and pair not in made:
            made.add(pair)
            yield _made(word, modalities)


def _status(word: Decision) -> Status:
    return "confirmed" if word.action == "confirm" else "rejected"


def _made(word: Decision, modalities: Mapping[str, Modality]) -> Correlation:
    assert word.target is not None
    reason = f"{word.by} put them together on {word.at:%Y-%m-%d}" + (f": {word.note}" if word.note else "")
    return Correlation(
        subject=word.subject,
        target=word.target,
        kind=CURATED,
        scope="intra" if modalities[word.subject] == modalities[word.target] else "inter",
        weight=1.0,
        method=PERSON,
        version="1",
        run=word.id,
        reason=reason,
        status="confirmed",
    )


# Linking.


def curated_pairs(decisions: Iterable[Decision], objects: Iterable[str]) -> Pairs:
    """What the decisions that hold say about the objects there are, for linking and calibrating.

    An event stands for the object that founded it, of whose id its own is made: it is known whether or not the event
    was found again. Of opposite decisions on a pair the latest holds.
    """
    founder = {stable_id("event", item): item for item in objects}
    known = set(founder.values())
    found: dict[str, dict[Pair, None]] = {name: {} for name in Pairs._fields}
    for word in holding(decisions).values():
        where = _says(word)
        pair = _objects(word, founder)
        if where is None or pair[0] == pair[1] or not known.issuperset(pair):
            continue
        _take_back(found, pair)
        found[where][pair] = None
    return Pairs(*(tuple(sorted(pairs)) for pairs in found.values()))


def _says(word: Decision) -> str | None:
    """The field of `Pairs` that a decision belongs in."""
    if word.action == "merge":
        return "merged" if word.kind == "event" else None
    if word.action == "confirm":
        return "together"
    if word.kind == MEMBER:
        return "expelled"
    return None if word.kind in COPY_KINDS else "apart"


def _objects(word: Decision, founder: Mapping[str, str]) -> Pair:
    """The objects that a decision is about, of a membership the member first."""
    ends = word.subject, word.target or ""
    if word.action == "merge":
        return founder.get(ends[0], ""), founder.get(ends[1], "")
    if word.kind == MEMBER:
        item, event = ends if ends[1] in founder else ends[::-1]
        return item, founder.get(event, "")
    return ends


def _take_back(found: Mapping[str, dict[Pair, None]], pair: Pair) -> None:
    """Forget what was said before about a pair: the latest word holds."""
    for pairs in found.values():
        pairs.pop(pair, None)
        pairs.pop(pair[::-1], None)


def merged_sources(decisions: Iterable[Decision]) -> dict[str, str]:
    """For each source that is one with others, the smallest id of them all."""
    merged = [word for word in holding(decisions).values() if word.action == "merge" and word.kind == "source"]
    return _smallest((word.subject, word.target or "") for word in merged)


def contradictions(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The rejections that hold, by id, although others that were confirmed or merged put the same two together."""
    # The latest word on a pair holds, of whatever kind: it is not contradicted by what it replaced.
    words = {(w.subject, w.target): w for w in holding(decisions).values() if w.kind not in COPY_KINDS}.values()
    group = _smallest((word.subject, word.target or "") for word in words if word.action != "reject")
    return {
        word.id: word
        for word in words
        if word.action == "reject" and word.subject in group and group[word.subject] == group.get(word.target or "")
    }


def _smallest(pairs: Iterable[Pair]) -> dict[str, str]:
    """For each id in pairs, the smallest of those that it hangs together with."""
    parent: dict[str, str] = {}

    def root(id_: str) -> str:
        while parent.setdefault(id_, id_) != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for pair in pairs:
        first, last = sorted(map(root, pair))
        parent[last] = first
    return {id_: root(id_) for id_ in list(parent)}

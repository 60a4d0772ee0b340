"""Answers of several objects brought together: what means the same is one value, what conflicts stays side by side.

Copies of one text count once. A value's score is the share of the tellings' confidence that it holds, times the chance
that at least one telling is right; so a value that few tell stays low, and one that all tell comes close to 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Final

from ontology.model import ASPECTS, Aspect, Evidence
from topics.aspects.candidate import Candidate, candidates
from topics.aspects.sameness import same
from topics.aspects.shown import with_labels
from topics.aspects.story import Told

MAX_VALUES: Final = 8
MAX_EVIDENCE: Final = 10
#: Wordings of one aspect that are compared: each with each.
MAX_KEYS: Final = 300
#: What a wording in capitals counts beside one in the usual case.
SHOUTED: Final = 0.2
#: Where several tell, most use some word for an event ("tsunami"): it names the event, but a phrase tells it.
BARE: Final = 0.5
#: Values below this share of the best one are not worth a reader's time.
WORTH: Final = 0.05


@dataclass(slots=True)
class Value:
    """Mentions that mean the same; `key` is that of the best, a full name once one has joined a bare surname."""

    best: Candidate
    key: str
    mentions: list[Candidate] = field(default_factory=list)

    @property
    def wording(self) -> str:
        """The best mention's words; for names those that most mentions agree on, among the full forms."""
        if self.best.name not in {"who", "where"}:
            return self.best.value
        full = len(self.key.split()) > 1
        votes: dict[str, float] = defaultdict(float)
        for one in self.mentions:
            if not full or len(one.key.split()) > 1:
                votes[one.value] += one.score * (SHOUTED if one.value.isupper() and len(one.value) > 4 else 1.0)
        return min(votes, key=lambda value: (-votes[value], value))

    def by_object(self) -> dict[str, float]:
        """The best score in each object."""
        scores: dict[str, float] = defaultdict(float)
        for mention in self.mentions:
            scores[mention.evidence.object] = max(scores[mention.evidence.object], mention.score)
        return scores


def describe(
    told: Sequence[Told],
    copies: Collection[Collection[str]] = (),
    found: Sequence[Sequence[Candidate]] | None = None,
) -> tuple[Aspect, ...]:
    """Tell an event in six aspects from what its objects tell, each aspect's values best first.

    Parameters
    ----------
    told
        The objects of the event, in any order.
    copies
        Groups of ids of near duplicates; a group counts as one telling by one source.
    found
        The `candidates` of each object of `told`, where they were made before; made here otherwise.
    """
    if found is None:
        found = [candidates(one) for one in told]
    group = _groups(told, copies)
    source = {one.item.id: one.source or one.item.source for one in told}
    answers: list[Aspect] = []
    for name in ASPECTS:
        mentions = [candidate for some in found for candidate in some if candidate.name == name]
        spoken = [mention for mention in mentions if mention.chars is not None]
        values = _values(spoken or mentions)  # pictures answer by themselves only where nobody says a word
        worded: set[str] = set()
        for score, value in _ranked(values, group)[:MAX_VALUES]:
            wording = value.wording
            if wording in worded:  # the same word for another day, or another person of the name
                wording = f"{wording} ({value.key})"
            worded.add(wording)
            sources = len({source[group[object_id]] for object_id in value.by_object()})
            evidence = with_labels(name, wording, _evidence(value), told, MAX_EVIDENCE)
            answers.append(Aspect(name, wording, score, sources, evidence))
    return tuple(answers)


def _groups(told: Sequence[Told], copies: Collection[Collection[str]]) -> dict[str, str]:
    """The telling that each object belongs to, named by its first object."""
    first = {one.item.id: one.item.id for one in told}

    def top(object_id: str) -> str:
        while first[object_id] != object_id:
            object_id = first[object_id]
        return object_id

    for ids in copies:
        tops = sorted({top(object_id) for object_id in ids if object_id in first})
        first |= dict.fromkeys(tops, tops[0]) if tops else {}
    return {object_id: top(object_id) for object_id in first}


def _values(mentions: Sequence[Candidate]) -> list[Value]:
    """Join mentions that mean the same, the best first; each joins the first value that it agrees with."""
    ordered = sorted(mentions, key=lambda one: (-one.score, one.value, one.evidence.object, one.chars or (0, 0)))
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    for mention in ordered:
        by_key[mention.key].append(mention)
    weight = {key: sum(mention.score for mention in equal) for key, equal in by_key.items()}
    kept = set(sorted(weight, key=lambda key: (-weight[key], key))[:MAX_KEYS])
    values: list[Value] = []
    for equal in (equal for key, equal in by_key.items() if key in kept):
        first = equal[0]
        joined = next((value for value in values if same(first.name, value.key, first.key)), None)
        if joined is None:
            joined = Value(first, first.key)
            values.append(joined)
        elif first.name == "who" and len(joined.key.split()) == 1 < len(first.key.split()):
            joined.key = first.key
        joined.mentions.extend(equal)
    return values


def _ranked(values: Sequence[Value], group: Mapping[str, str]) -> list[tuple[float, Value]]:
    tellings = []
    for value in values:
        scores: dict[str, float] = defaultdict(float)
        for object_id, score in value.by_object().items():
            scores[group[object_id]] = max(scores[group[object_id]], score)
        tellings.append(scores)
    best: dict[str, float] = defaultdict(float)
    for scores in tellings:
        for telling, score in scores.items():
            best[telling] = max(best[telling], score)
    total = sum(sorted(best.values()))
    ranked = []
    for value, scores in zip(values, tellings, strict=True):
        ordered = sorted(scores.values())
        score = sum(ordered) / total * (1.0 - prod(1.0 - one for one in ordered)) if total else 0.0
        if len(best) > 1 and value.best.name in {"what", "how"} and " " not in value.best.value:
            score *= BARE
        ranked.append((min(1.0, score), value))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].best.value, pair[1].best.key))
    return [pair for pair in ranked if pair[0] >= WORTH * ranked[0][0]]


def _evidence(value: Value) -> tuple[Evidence, ...]:
    """Where the value was read: the best mention of every object first, then further ones; no quotation twice."""
    seen: set[tuple[str, str]] = set()
    objects: set[str] = set()
    first: list[Evidence] = []
    more: list[Evidence] = []
    for mention in sorted(value.mentions, key=lambda one: (-one.score, one.evidence.object, one.chars or (0, 0))):
        evidence = mention.evidence
        if (evidence.object, evidence.text) in seen:
            continue
        seen.add((evidence.object, evidence.text))
        (more if evidence.object in objects else first).append(evidence)
        objects.add(evidence.object)
    return tuple([*first, *more][:MAX_EVIDENCE])

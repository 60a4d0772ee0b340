"""Figures that reports disagree on: how many died, how strong the earthquake was, how many ships wait.

Each count is read with what it counts. Where sources give different numbers for the same thing, every number is an
answer of its own to *what*, with its sources, so that a reader sees them side by side; nobody's figure is preferred.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ontology.model import ASPECTS, Aspect, Evidence
from topics.aspects.story import Told

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

COUNTED: Final[Mapping[str, str]] = {
    word: thing
    for thing, words in {
        "dead": "dead death die kill fatality body toll perish drown",
        "injured": "injure injured wound wounded hurt",
        "missing": "missing unaccounted",
        "evacuated": "evacuate evacuee displace homeless",
        "magnitude": "magnitude",
        "arrested": "arrest detain",
        "ships": "ship vessel boat",
        "flights": "flight",
    }.items()
    for word in words.split()
}
"""What a count is of, by the lemma that says so. Not of everything: a figure is compared only where words mean one
thing."""
LOOSE: Final = frozenset({"dead", "injured", "missing", "evacuated", "magnitude"})
"""Things whose count may stand apart from their word: "the number of dead rose to 12", "300 bodies have been found"."""
NOT_COUNTS: Final = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "ORDINAL", "QUANTITY"})
REACH: Final = 8
"""Tokens between a number and the word that says what it counts."""
MOST: Final = 16
QUOTE: Final = 300
NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as one object gives it: what it counts, how it reads, and where."""

    thing: str
    number: str
    wording: str
    source: str
    evidence: Evidence


def beside(aspects: Sequence[Aspect], disputed: Sequence[Aspect]) -> tuple[Aspect, ...]:
    """Put disputed figures among the answers, each aspect best first, none of them above half of the best *what*."""
    best = max((answer.score for answer in aspects if answer.name == "what"), default=1.0)
    most = max((answer.score for answer in disputed), default=1.0)
    lowered = [replace(answer, score=round(0.5 * best * answer.score / most, 4)) for answer in disputed]
    ranked = sorted((*aspects, *lowered), key=lambda answer: (ASPECTS.index(answer.name), -answer.score))
    return tuple(ranked)


def conflicting_figures(told: Sequence[Told], copies: Collection[Collection[str]] = ()) -> tuple[Aspect, ...]:
    """Answers to *what* for each thing that two sources or more count differently, by thing, most sources first.

    `copies` are groups of ids of near duplicates, which count as one telling.
    """
    first = {one: min(group) for group in copies for one in group}
    found: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(told, key=lambda one: one.item.id):
        for figure in figures(one):
            found[figure.thing][figure.number].append(figure)
    answers: list[Aspect] = []
    for thing in sorted(found):
        numbers = found[thing]
        if len(numbers) < 2 or len({figure.source for said in numbers.values() for figure in said}) < 2:
            continue
        tellings = sum(
            len({first.get(f.evidence.object, f.evidence.object) for f in said}) for said in numbers.values()
        )
        for said in numbers.values():
            mine = {first.get(figure.evidence.object, figure.evidence.object) for figure in said}
            evidence = tuple(dict.fromkeys(figure.evidence for figure in said))[:10]
            sources = len({figure.source for figure in said})
            answers.append(Aspect("what", said[0].wording, round(len(mine) / (2 * tellings), 4), sources, evidence))
    return tuple(sorted(answers, key=lambda answer: (-answer.score, answer.value))[:MOST])


def figures(told: Told) -> Iterator[Figure]:
    """The counts in one object's words, each number of a thing once."""
    seen: set[tuple[str, str]] = set()
    for sentence in told.doc.sents:
        for token in sentence:
            match = NUMBER.fullmatch(token.text)
            counted = _counted(token, sentence) if match and _is_count(token) else None
            if counted is None or (COUNTED[counted.lemma_.lower()], token.text) in seen:
                continue
            thing = COUNTED[counted.lemma_.lower()]
            seen.add((thing, token.text))
            yield Figure(
                thing,
                token.text,
                _wording(token, thing),
                told.source or told.item.source,
                _evidence(told, token, sentence),
            )


def _is_count(token: Token) -> bool:
    """Not a date, an amount of money, a length, a share, a year, or the lower end of a range."""
    after = token.doc[token.i + 1 : token.i + 3]
    ranged = len(after) == 2 and after[0].lower_ in ("and", "to", "-") and bool(NUMBER.fullmatch(after[1].text))
    share = after.text.lower() == "per cent" or after.text[:1] == "%"
    year = token.text.isdigit() and len(token.text) == 4
    return token.ent_type_ not in NOT_COUNTS and not (ranged or share or year)


def _counted(token: Token, sentence: Span) -> Token | None:
    """The word that says what is counted: the noun of the number; for some things also what rose to it, or stands
    near."""
    if token.dep_ == "nummod" and token.head.lemma_.lower() in COUNTED:
        return token.head
    verb = token.head.head
    rose = [word for child in verb.children if child.dep_ in ("nsubj", "nsubjpass", "dobj") for word in child.subtree]
    near = sorted(sentence, key=lambda other: (abs(other.i - token.i), other.i))
    nearby = [other for other in near if 0 < abs(other.i - token.i) <= REACH]
    related = (token.head, verb, *token.head.children, *rose, *nearby)
    return next((other for other in related if COUNTED.get(other.lemma_.lower()) in LOOSE), None)


def _wording(token: Token, thing: str) -> str:
    if thing == "magnitude":
        return f"magnitude {token.text}"
    doc: Doc = token.doc
    before = [doc[at].lower_ for at in range(max(0, token.i - 2), token.i)]
    ranged = len(before) == 2 and before[1] in ("and", "to", "-") and bool(NUMBER.fullmatch(before[0]))
    bounded = " ".join(before) in ("more than", "at least", "fewer than", "less than", "up to")
    number = f"{before[0]} to {token.text}" if ranged else token.text
    return f"{' '.join(before)} {number} {thing}" if bounded else f"{number} {thing}"


def _evidence(told: Told, token: Token, sentence: Span) -> Evidence:
    segment = told.reading.segment(token.idx, token.idx + len(token.text))
    return Evidence(told.item.id, segment.fragment, " ".join(sentence.text.split())[:QUOTE])

"""Where: named places, with what they are near or part of, told apart by what leads into them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log1p
from typing import TYPE_CHECKING, Final

from topics.aspects.phrases import nouns, role, whole_names, with_tail
from topics.aspects.story import Proposal, Sentence, Story, form
from topics.aspects.vocabulary import COUNTRIES, PLACES, VAGUE_PLACES

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_NO_PLACES: Final = frozenset(
    ("DATE", "TIME", "MONEY", "PERCENT", "PERSON", "CARDINAL", "PRODUCT", "NORP", "LAW", "WORK_OF_ART")
)
_IN: Final = (
    "in",
    "at",
    "near",
    "outside",
    "from",
    "to",
    "of",
    "on",
    "into",
    "around",
    "for",
    "across",
    "inside",
    "off",
)
_USES: Final = ("ever_inside", "ever_around", "ever_in", "ever_in_title", "ever_in_lead", "ever_subject", "most")
_TYPES: Final = frozenset({"GPE", "LOC", "FAC"})


def propose(story: Story) -> Iterator[Proposal]:
    """Propose each named place, the whole phrase around it, and places in a row ("Croydon, south London")."""
    mentions = [(sentence, *place) for sentence in story.sentences for place in _places(story, sentence)]
    uses = _uses(story, mentions)
    seen: set[tuple[int, int]] = set()
    for sentence, start, end, label, head in mentions:
        known = _kind(story, label, head) | _lead_in(story, start, head) | _frequency(story, head) | uses[form(head)]
        for first, last, more in _extents(story, sentence, start, end, head):
            first, last = whole_names(story.doc, first, last, sentence.start, sentence.end)
            if (first, last) not in seen:
                seen.add((first, last))
                more["unnamed"] = float(all(token.pos_ != "PROPN" for token in story.doc[first:last]))
                named = story.doc[start:end] if "row" in more else story.doc[first:last]
                yield Proposal(first, last, key(named), story.place(sentence, first) | known | more)


def _uses(story: Story, mentions: Sequence[tuple[Sentence, int, int, str, Token]]) -> dict[str, dict[str, float]]:
    """How a place is spoken of anywhere in the story: what it is in, what is in it, what leads to it."""
    uses: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(_USES, 0.0))
    total: Counter[str] = Counter()
    for sentence, start, end, _, head in mentions:
        use = uses[form(head)]
        total[form(head)] += 1
        right = _row(story, sentence, end)
        if right > end:
            use["ever_inside"] = 1.0
            uses[form(story.doc[right - 1])]["ever_around"] = 1.0
        before = _before(story.doc, start)
        use["ever_in"] = max(use["ever_in"], float(before in {"in", "at", "near", "outside", "inside"}))
        use["ever_in_title"] = max(
            use["ever_in_title"], float(sentence.title and before in {"in", "at", "near", "outside"})
        )
        use["ever_in_lead"] = max(
            use["ever_in_lead"],
            float(not sentence.title and sentence.body < 2 and before in {"in", "at", "near", "outside"}),
        )
        use["ever_subject"] = max(use["ever_subject"], float(role(head) in {"nsubj", "nsubjpass"}))
    top = max(total.values(), default=1)
    for word, count in total.items():
        uses[word]["most"] = count / top
    return uses


def key(phrase: Span) -> str:
    """What a place is compared by: its name, without articles and the sort of place ("the city of", "circuit")."""
    words = [token for token in phrase if not token.is_punct and not token.is_stop]
    named = [token for token in words if token.pos_ == "PROPN" or token.lemma_.lower() not in PLACES]
    proper = any(token.pos_ == "PROPN" for token in words)
    return " ".join(token.lower_.strip(".") for token in (named if proper else words)) or phrase.text.lower()


def _places(story: Story, sentence: Sentence) -> Iterator[tuple[int, int, str, Token]]:
    """Entities of place, then names and place nouns that a preposition of place leads to."""
    taken: set[int] = set()
    for entity in story.entities.get(sentence.start, ()):
        if entity.label_ in _TYPES:
            taken.add(entity.root.i)
            start = entity.start + (entity[0].lower_ == "the" and len(entity) > 1)
            yield start, entity.end, entity.label_, entity.root
    for start, end, head in nouns(story, sentence):
        if head.i in taken or head.ent_type_ in _NO_PLACES:
            continue
        if end - start == 1 + (story.doc[start].pos_ == "DET") and head.lemma_.lower() in VAGUE_PLACES:
            continue
        named, noun = head.pos_ == "PROPN", head.lemma_.lower() in PLACES
        led = role(head) == "pobj" and head.head.lower_ in {"in", "at", "near", "outside", "inside", "on", "into"}
        if head.ent_type_ == "ORG" and not noun:
            led = led and head.head.lower_ in {"at", "near", "outside", "inside"}
        if (named and led) or noun or head.ent_type_ == "EVENT":
            first = start + (story.doc[start].pos_ == "DET" and end - start > 1)
            yield first, end, head.ent_type_ or "noun", head


def _extents(
    story: Story, sentence: Sentence, start: int, end: int, head: Token
) -> Iterator[tuple[int, int, dict[str, float]]]:
    """The place by itself; with its whole noun phrase; with the places that follow after a comma or "in"."""
    doc = story.doc
    yield start, end, {"plain": 1.0}
    left = start
    while (
        left > sentence.start
        and doc[left - 1].head.i == head.i
        and doc[left - 1].dep_ in {"compound", "amod", "nmod", "poss", "case"}
    ):
        left -= 1
    if left < start:
        yield left, end, {"modified": 1.0, "length": (end - left) / 8}
    if end < sentence.end and doc[end].lower_ == "of" and head.lemma_.lower() in PLACES:
        yield start, with_tail(head, end, sentence.end), {"named_of": 1.0}
    right = _row(story, sentence, end)
    if right > end:
        yield start, right, {"row": 1.0, "length": (right - start) / 8}
    before = start - 1 - (start > sentence.start and doc[start - 1].pos_ == "DET")
    if before > sentence.start and doc[before].lower_ in {"of", "near", "in", "at", "on"}:
        outer = doc[before].head
        if outer.pos_ in {"NOUN", "PROPN"} and outer.lemma_.lower() in PLACES and outer.i < start:
            low = max(outer.left_edge.i, sentence.start)
            low += doc[low].pos_ == "DET"
            if end - low <= 9:
                yield low, end, {"within": 1.0, "length": (end - low) / 8}


def _row(story: Story, sentence: Sentence, end: int) -> int:
    """The end of the places that follow directly: `, London`, `in Croydon`, `(London)`."""
    doc = story.doc
    places = {entity.start: entity.end for entity in story.entities.get(sentence.start, ()) if entity.label_ in _TYPES}
    position = end
    for _ in range(2):
        at = position
        while (
            at < sentence.end
            and at - position < 3
            and (
                doc[at].text == ","
                or doc[at].lower_ in {"in", "near", "the", "south", "north", "east", "west", "central", "of"}
            )
        ):
            at += 1
        if at in places and at > position:
            position = places[at]
        else:
            break
    return position


def _kind(story: Story, label: str, head: Token) -> dict[str, float]:
    return {
        f"type_{label.lower()}": 1.0,
        "place_noun": float(head.lemma_.lower() in PLACES),
        "proper": float(head.pos_ == "PROPN"),
        "country": float(head.lower_ in COUNTRIES or head.doc[head.left_edge.i : head.i + 1].text.lower() in COUNTRIES),
    }


def _before(doc: Doc, start: int) -> str:
    """The word before a place, articles and adjectives passed over."""
    before = start - 1
    while before > 0 and doc[before].pos_ in {"DET", "ADJ"}:
        before -= 1
    return str(doc[before].lower_) if before >= 0 else ""


def _lead_in(story: Story, start: int, head: Token) -> dict[str, float]:
    """The word that leads into a place, and its grammatical role."""
    doc = story.doc
    word = _before(doc, start)
    dep = role(head)
    features = {f"after_{word}": 1.0} if word in _IN else {"after_comma" if word == "," else "after_other": 1.0}
    features |= {
        "subject": float(dep in {"nsubj", "nsubjpass"}),
        "object": float(dep == "dobj"),
        "compound": float(dep in {"compound", "nmod", "amod"}),
        "possessive": float(dep == "poss"),
    }
    verb = head.head.head
    features["of_main_verb"] = float(dep == "pobj" and verb.dep_ == "ROOT")
    features["of_noun"] = float(dep == "pobj" and verb.pos_ in {"NOUN", "PROPN"})
    features["dateline"] = float(
        any(t.text in {"--", "\N{EM DASH}", "\N{EN DASH}", "-"} for t in doc[head.i + 1 : head.i + 5])
        and doc[start].text.isupper()
    )
    return features


def _frequency(story: Story, head: Token) -> dict[str, float]:
    counts, word = story.counts, form(head)
    return {
        "frequency": log1p(counts[word]) / 3,
        "in_title": float(word in story.title_words),
        "in_lead": float(word in story.lead_words),
        "in_both": float(word in story.lead_words and word in story.title_words),
    }

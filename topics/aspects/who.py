"""Who: persons, groups and organisations, best as the subject of what the title and the lead tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log1p
from typing import TYPE_CHECKING, Final

from topics.aspects.phrases import nouns, role, whole_names, with_tail
from topics.aspects.story import Proposal, Sentence, Story, form
from topics.aspects.vocabulary import ADDRESS, EVENTS, PEOPLE

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_ENDINGS: Final = re.compile(r"(?:ists?|ians?|m[ae]n|women|woman|eers?|[^aeiou]ers|persons?)$")


def propose(story: Story) -> Iterator[Proposal]:
    """Propose each noun phrase that names or counts somebody, and the name inside it by itself."""
    for sentence in story.sentences:
        for start, end, head in nouns(story, sentence):
            if head.lemma_.lower() in EVENTS and not head.ent_type_:
                continue  # "the explosion" did it, but is nobody
            phrase = story.doc[start:end]
            place = story.place(sentence, start) | _role(head) | _frequency(story, head)
            inner = _name(story, sentence, phrase)
            if inner is not None:
                first, last = whole_names(story.doc, inner.start, inner.end, sentence.start, sentence.end)
                last -= story.doc[last - 1].tag_ == "POS" and last - first > 1
                yield Proposal(first, last, key(story.doc[first:last]), place | _kind(inner, head) | {"name": 1.0})
            if inner is None or (inner.start, inner.end) != (start, end):
                first, last = whole_names(story.doc, start, end, sentence.start, sentence.end)
                last -= story.doc[last - 1].tag_ == "POS" and last - first > 1
                made = place | _kind(inner, head) | _shape(phrase, head)
                yield Proposal(first, last, key(inner if inner is not None else phrase), made)
                tail = with_tail(head, end, sentence.end)
                if tail > end and inner is None:
                    yield Proposal(first, tail, key(phrase), made | {"tail": 1.0})


def key(phrase: Span) -> str:
    """What a mention is compared by: its words without articles and titles of address."""
    words = [token.lower_.strip(".") for token in phrase if token.is_alpha or token.like_num or "-" in token.text]
    return " ".join(word for word in words if word not in ADDRESS) or phrase.text.lower()


def _name(story: Story, sentence: Sentence, phrase: Span) -> Span | None:
    """The last name of somebody in a phrase, if it holds its head."""
    for entity in reversed(story.entities.get(sentence.start, [])):
        inside = phrase.start <= entity.start <= phrase.root.i < entity.end <= phrase.end
        if inside and entity.label_ in {"PERSON", "ORG", "NORP", "GPE"}:
            return entity
    return None


def _kind(name: Span | None, head: Token) -> dict[str, float]:
    made = {name.label_.lower(): 1.0} if name is not None else {}
    if name is None:
        human = head.lemma_.lower() in PEOPLE or head.lower_ in PEOPLE
        made["human"] = float(human)
        made["agent_noun"] = float(not human and bool(_ENDINGS.search(head.lower_)))
        made["thing"] = float(not human and not made["agent_noun"])
        made["time_or_measure"] = float(head.ent_type_ in {"DATE", "TIME", "MONEY", "QUANTITY", "PERCENT", "ORDINAL"})
        made["unnamed_proper"] = float(head.pos_ == "PROPN")
    return made


def _role(head: Token) -> dict[str, float]:
    dep = role(head)
    verb = head.head
    return {
        "subject": float(dep == "nsubj"),
        "passive_subject": float(dep == "nsubjpass"),
        "object": float(dep == "dobj"),
        "agent": float(dep == "pobj" and head.head.dep_ == "agent"),
        "prepositional": float(dep == "pobj"),
        "compound": float(dep in {"compound", "nmod", "poss"}),
        "root": float(dep == "ROOT"),
        "says": float(dep == "nsubj" and verb.lemma_ in {"say", "tell", "add", "write", "report"}),
        "coordinated": float(head.dep_ == "conj"),
    }


def _frequency(story: Story, head: Token) -> dict[str, float]:
    counts = story.counts
    word = form(head)
    return {
        "frequency": log1p(counts[word]) / 3,
        "share": counts[word] / max(1, max(counts.values(), default=1)),
        "in_title": float(word in story.title_words),
        "in_lead": float(word in story.lead_words),
        "in_both": float(word in story.lead_words and word in story.title_words),
    }


def _shape(phrase: Span, head: Token) -> dict[str, float]:
    return {
        "length": min(len(phrase), 10) / 10,
        "counted": float(any(token.like_num or token.lower_ in {"dozens", "several"} for token in phrase)),
        "definite": float(phrase[0].lower_ == "the"),
        "indefinite": float(phrase[0].lower_ in {"a", "an"}),
        "plural": float(head.tag_ in {"NNS", "NNPS"}),
    }

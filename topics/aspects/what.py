"""What: the predicate that says what happened, cut at a clean end, or the noun phrase that names the event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log1p
from typing import TYPE_CHECKING, Final

from topics.aspects.phrases import nouns, predicate, role, tidy, verb_start, with_tail
from topics.aspects.story import Proposal, Sentence, Story, form, is_content
from topics.aspects.vocabulary import EVENTS, SAYS

if TYPE_CHECKING:
    from spacy.tokens import Token

#: Sentences outside the title that are searched: what happened is said early.
MAX_BODY: Final = 6
LONGEST: Final = 24
_NOMINAL: Final = re.compile(r"(?:tion|sion|ment|ing|ure|al)s?$")
_BREAKS: Final = frozenset({":", ";", "|", "--", "\N{EM DASH}", "\N{EN DASH}"})


def propose(story: Story) -> Iterator[Proposal]:
    """Propose predicates with and without their subject, noun phrases of events, and the parts of a title."""
    for sentence in story.sentences:
        if sentence.body > MAX_BODY:
            return
        seen: set[tuple[int, int]] = set()
        for start, end, head, features in _spans(story, sentence):
            first, last = tidy(story.doc, start, end, sentence.start, sentence.end)
            if (first, last) in seen or not 0 < last - first <= LONGEST:
                continue
            seen.add((first, last))
            made = story.place(sentence, first) | features | _overlap(story, first, last) | _edges(story, first, last)
            yield Proposal(first, last, _key(story, first, last, head), made)


def _key(story: Story, start: int, end: int, head: Token) -> str:
    words = sorted({form(token) for token in story.doc[start:end] if is_content(token)})
    return " ".join([form(head), *words])


def _spans(story: Story, sentence: Sentence) -> Iterator[tuple[int, int, Token, dict[str, float]]]:
    for token in story.tokens(sentence):
        if token.pos_ in {"VERB", "AUX"} and token.dep_ not in {"aux", "auxpass", "amod", "compound"}:
            yield from _predicates(sentence, token)
    for start, end, head in nouns(story, sentence):
        lemma = head.lemma_.lower()
        nominal = bool(_NOMINAL.search(lemma))
        if lemma in EVENTS or nominal:
            made = {"noun": 1.0, "event_noun": float(lemma in EVENTS), "noun_subject": float("nsubj" in role(head))}
            made |= {"noun_root": float(head.dep_ == "ROOT"), "noun_object": float(head.dep_ == "dobj")}
            yield start, end, head, made
            tail = with_tail(head, end, sentence.end, 10)
            if tail > end:
                yield start, tail, head, made | {"noun_tail": 1.0}
    if sentence.title:
        yield from _parts(story, sentence)


def _predicates(sentence: Sentence, verb: Token) -> Iterator[tuple[int, int, Token, dict[str, float]]]:
    start, ends = max(verb_start(verb), sentence.start), predicate(verb, sentence)
    made = _verb(verb)
    subject = next((child for child in verb.lefts if child.dep_ in {"nsubj", "nsubjpass"}), None)
    for number, end in enumerate(ends):
        extent = {"bare": float(number == 0 and len(ends) > 1), "whole": float(number == len(ends) - 1)}
        extent["first_phrase"] = float(number == 1)
        yield start, end, verb, made | extent
        if subject is not None and subject.pos_ != "PRON":
            left = max(subject.left_edge.i, sentence.start)
            if start - left <= 8:
                yield left, end, verb, made | extent | {"with_subject": 1.0}


def _verb(verb: Token) -> dict[str, float]:
    return {
        "verb": 1.0,
        "main": float(verb.dep_ == "ROOT"),
        "joined": float(verb.dep_ == "conj"),
        "adverbial": float(verb.dep_ == "advcl"),
        "relative": float(verb.dep_ in {"relcl", "acl"}),
        "complement": float(verb.dep_ in {"ccomp", "xcomp"}),
        "said": float(verb.dep_ == "ccomp" and verb.head.lemma_ in SAYS),
        "says": float(verb.lemma_ in SAYS),
        "copula": float(verb.lemma_ in {"be", "have", "do"} and verb.pos_ == "AUX"),
        "passive": float(any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children)),
        "gerund": float(verb.tag_ == "VBG"),
        "infinitive": float(verb.tag_ == "VB"),
        "past": float(verb.tag_ in {"VBD", "VBN"}),
        "pronoun_subject": float(any(c.dep_ == "nsubj" and c.pos_ == "PRON" for c in verb.children)),
        "modal": float(any(child.tag_ == "MD" for child in verb.children)),
    }


def _parts(story: Story, sentence: Sentence) -> Iterator[tuple[int, int, Token, dict[str, float]]]:
    """The title between its breaks, and without what a colon sets before it."""
    doc, start = story.doc, sentence.start
    breaks = [t.i for t in story.tokens(sentence) if t.text in _BREAKS]
    for number, end in enumerate([*breaks, sentence.end]):
        if end - start >= 2:
            last = end - (doc[end - 1].is_punct and end - start > 2)
            made = {"part": 1.0, "part_first": float(number == 0), "part_only": float(not breaks)}
            yield start, last, doc[start:last].root, made
        start = end + 1


def _overlap(story: Story, start: int, end: int) -> dict[str, float]:
    words = [form(token) for token in story.doc[start:end] if is_content(token)]
    counts = story.counts
    titled, lead = story.title_words, story.lead_words
    return {
        "length": min(end - start, LONGEST) / LONGEST,
        "one_word": float(end - start == 1),
        "two_words": float(end - start == 2),
        "three_to_seven": float(3 <= end - start <= 7),
        "long": float(end - start > 12),
        "in_title": sum(word in titled for word in words) / max(1, len(words)),
        "in_lead": sum(word in lead for word in words) / max(1, len(words)),
        "of_title": len(set(words) & titled) / max(1, len(titled)),
        "frequency": sum(log1p(counts[word]) for word in words) / 3 / max(1, len(words)),
        "words": min(len(words), 8) / 8,
    }


def _edges(story: Story, start: int, end: int) -> dict[str, float]:
    """How the span begins and where it stops."""
    doc = story.doc
    after = doc[end] if end < len(doc) else None
    return {
        "ends_name": float(doc[end - 1].pos_ == "PROPN"),
        "ends_noun": float(doc[end - 1].pos_ == "NOUN"),
        "ends_verb": float(doc[end - 1].pos_ in {"VERB", "AUX"}),
        "ends_loose": float(doc[end - 1].pos_ in {"ADP", "DET", "CCONJ", "SCONJ", "PART"}),
        "next_break": float(after is None or after.is_punct or after.is_space),
        "next_preposition": float(after is not None and after.pos_ == "ADP"),
        "next_clause": float(after is not None and after.pos_ in {"SCONJ", "CCONJ"}),
        "inner_comma": float(any(token.text == "," for token in doc[start:end])),
        "inner_verb": float(any(token.pos_ == "VERB" for token in doc[start + 1 : end])),
        "starts_article": float(doc[start].pos_ == "DET"),
    }

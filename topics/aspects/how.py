"""How: by what means and in what manner ("by crashing a truck", "with a car bomb", "derailed on a bend")."""

from __future__ import annotations

from collections.abc import Iterator
from math import log1p
from typing import TYPE_CHECKING, Final

from topics.aspects.phrases import predicate, tidy, verb_start
from topics.aspects.story import Proposal, Sentence, Story, form, is_content
from topics.aspects.vocabulary import EMPTY, SAYS

if TYPE_CHECKING:
    from spacy.tokens import Token

MAX_BODY: Final = 6
LONGEST: Final = 16
MEANS: Final = (
    "by",
    "with",
    "using",
    "through",
    "via",
    "despite",
    "without",
    "after",
    "when",
    "while",
    "in",
    "on",
    "as",
)

#: Persons, places and times are no means.
_NO_MEANS: Final = frozenset({"PERSON", "ORG", "NORP", "GPE", "LOC", "FAC", "DATE", "TIME", "EVENT"})


def propose(story: Story) -> Iterator[Proposal]:
    """Propose phrases of means, clauses of manner, and short predicates of what went on."""
    for sentence in story.sentences:
        if sentence.body > MAX_BODY:
            return
        seen: set[tuple[int, int]] = set()
        for token in story.tokens(sentence):
            for start, end, features in (
                *_means(sentence, token),
                *_manner(sentence, token),
                *_action(sentence, token),
            ):
                first, last = tidy(story.doc, start, end, sentence.start, sentence.end)
                if (first, last) in seen or not 0 < last - first <= LONGEST:
                    continue
                seen.add((first, last))
                made = story.place(sentence, first) | features | _words(story, first, last)
                words = sorted({form(word) for word in story.doc[first:last] if is_content(word)})
                yield Proposal(first, last, " ".join(words), made)


def _means(sentence: Sentence, token: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """What a preposition of means leads to."""
    word = token.lower_
    if word not in MEANS or token.dep_ not in {"prep", "mark", "agent", "advcl", "advmod"}:
        return
    top = token.head if token.dep_ in {"mark", "advmod"} else token
    if token.dep_ == "advmod" and top.left_edge.i != token.i:
        return
    named = next((child for child in token.rights if child.dep_ == "pobj"), None)
    if named is not None and named.ent_type_ in _NO_MEANS:
        return
    end = min(top.right_edge.i + 1, sentence.end)
    if end < sentence.end and token.doc[end].tag_ in {"VBD", "VBZ", "VBP", "VBN"}:
        return  # a clause that the parser took for a phrase
    gerund = any(child.tag_ == "VBG" for child in token.rights)
    made = {f"cue_{word}": 1.0, f"{word}_gerund": float(gerund), "governor_verb": float(token.head.pos_ == "VERB")}
    made["cue"] = 1.0
    yield token.i, end, made | {"with_cue": 1.0}
    if gerund and token.i + 1 < end:
        yield token.i + 1, end, made


def _manner(sentence: Sentence, token: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """A participle clause, or an adverb of manner."""
    if token.tag_ in {"VBG", "VBN"} and token.dep_ in {"advcl", "acl"}:
        end = min(token.right_edge.i + 1, sentence.end)
        yield token.i, end, {"participle": 1.0}
    elif token.pos_ == "ADV" and token.lower_.endswith("ly") and token.head.pos_ == "VERB":
        yield token.i, token.i + 1, {"adverb": 1.0}


def _action(sentence: Sentence, verb: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """The predicate itself: many ask "how" and are told "derailed and overturned"."""
    if verb.pos_ != "VERB" or verb.lemma_ in SAYS or verb.lemma_ in EMPTY or verb.dep_ in {"amod", "compound"}:
        return
    ends = predicate(verb, sentence)
    joined = [child for child in verb.conjuncts if child.i > verb.i and child.i - verb.i <= 4]
    made = {
        "action": 1.0,
        "main": float(verb.dep_ == "ROOT"),
        "clause": float(verb.dep_ in {"advcl", "relcl", "ccomp", "acl"}),
        "passive": float(any(child.dep_ == "auxpass" for child in verb.children)),
    }
    yield verb.i, verb.i + 1, made | {"bare": 1.0}
    for end in ends[1:3]:
        yield max(verb_start(verb), sentence.start), end, made
    for other in joined[:1]:
        yield verb.i, other.i + 1, made | {"both": 1.0}


def _words(story: Story, start: int, end: int) -> dict[str, float]:
    words = {form(token) for token in story.doc[start:end] if is_content(token)}
    counts = story.counts
    return {
        "length": min(end - start, LONGEST) / LONGEST,
        "one_word": float(end - start == 1),
        "short": float(2 <= end - start <= 5),
        "in_title": len(words & story.title_words) / max(1, len(words)),
        "in_lead": len(words & story.lead_words) / max(1, len(words)),
        "frequency": sum(log1p(counts[word]) for word in words) / 3 / max(1, len(words)),
        "time_inside": float(any(token.ent_type_ in {"DATE", "TIME"} for token in story.doc[start:end])),
        "place_inside": float(any(token.ent_type_ in {"GPE", "LOC", "FAC"} for token in story.doc[start:end])),
    }

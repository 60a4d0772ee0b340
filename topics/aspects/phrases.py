"""Spans of words that a reader takes as one: whole names, noun phrases and what hangs on them, verb phrases.

All functions take a spaCy parse and give token ranges [start, end); none cuts a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from topics.aspects.story import Sentence, Story

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CLAUSES: Final = frozenset(
    {"relcl", "acl", "advcl", "ccomp", "csubj", "csubjpass", "conj", "parataxis", "appos", "mark"}
)
#: Parts of speech that do not end a phrase.
LOOSE: Final = frozenset({"DET", "CCONJ", "SCONJ", "PART"})
#: Entity types that are names, so that a span must not stop inside one.
NAMES: Final = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"})


def whole_names(doc: Doc, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Widen [start, end) within [low, high) until no name is cut at either edge."""
    while low < start < high and _joined(doc, start):
        start -= 1
    while low < end < high and _joined(doc, end):
        end += 1
    return start, end


def _joined(doc: Doc, position: int) -> bool:
    """Whether the tokens on both sides of a position belong to one name."""
    left, right = doc[position - 1], doc[position]
    if right.ent_iob_ == "I" and right.ent_type_ in NAMES:
        return True
    if not left.whitespace_ and ("-" in (left.text, right.text)):
        return True
    if left.is_upper and right.is_upper and len(left) > 3 and len(right) > 3:
        return False  # words in capitals are taken for names by the parser
    return left.pos_ == right.pos_ == "PROPN" and left.dep_ == "compound" and left.head.i >= right.i


def edges(token: Token, low: int, high: int) -> tuple[int, int]:
    """The range of a token's whole subtree, clipped to [low, high)."""
    return max(token.left_edge.i, low), min(token.right_edge.i + 1, high)


def nouns(story: Story, sentence: Sentence) -> Iterator[tuple[int, int, Token]]:
    """Base noun phrases of a sentence with their heads; pronouns are left out."""
    doc = story.doc
    for start, end, head in story.chunks.get(sentence.start, ()):
        first, last = max(start, sentence.start), min(end, sentence.end)
        while first < last and (doc[first].is_punct or doc[first].is_space or doc[first].tag_ in {"PRP$", "WP$"}):
            first += 1
        if first < last:
            yield first, last, doc[head]


def with_tail(head: Token, end: int, high: int, longest: int = 8) -> int:
    """The end of a noun phrase whose head's prepositional phrases are taken along, at most `longest` tokens more."""
    doc, best = head.doc, end
    for child in head.rights:
        stop = min(child.right_edge.i + 1, high)
        if child.dep_ in {"prep", "nummod", "acomp"} and best <= child.i <= best + 1 and stop - end <= longest:
            best = max(best, _before_clause(doc, child.i, stop))
    return best


def _before_clause(doc: Doc, start: int, end: int) -> int:
    """The end of [start, end) before the first relative or adverbial clause in it."""
    for token in doc[start:end]:
        if token.dep_ in {"relcl", "acl", "advcl"} or token.text in {",", ";", ":", "(", "\N{EM DASH}", "--"}:
            stop = min(token.left_edge.i, token.i)
            return max(start, stop)
    return end


def predicate(verb: Token, sentence: Sentence) -> list[int]:
    """Ends that a predicate can have, nearest first: bare verb, with object, with each phrase, whole clause."""
    doc, ends = verb.doc, {verb.i + 1}
    stop = clause_end(verb, sentence)
    for child in verb.rights:
        right = min(child.right_edge.i + 1, stop)
        if right <= verb.i + 1 or child.i >= stop:
            continue
        if child.dep_ in {
            "dobj",
            "attr",
            "acomp",
            "prt",
            "oprd",
            "dative",
            "nsubj",
            "prep",
            "agent",
            "advmod",
            "npadvmod",
        }:
            ends.add(_before_clause(doc, child.i, right) if child.dep_ in {"dobj", "attr", "prep", "agent"} else right)
            ends.add(right)
        elif child.dep_ in {"xcomp", "ccomp"}:
            ends.update(predicate(child, sentence))
    ends.add(stop)
    return sorted(end for end in ends if end <= stop)


def clause_end(verb: Token, sentence: Sentence) -> int:
    """Where the clause of a verb stops: before the next adverbial, relative or joined clause, or a break."""
    doc = verb.doc
    high = min(sentence.end, verb.right_edge.i + 1)
    for token in doc[verb.i + 1 : high]:
        starts_clause = token.dep_ in {"advcl", "relcl"} or (token.dep_ == "conj" and token.head.i == verb.i)
        if starts_clause and token.left_edge.i > verb.i:
            high = min(high, token.left_edge.i)
        elif token.text in {";", ":", "--", "\N{EM DASH}", "\N{EN DASH}", "...", "|"}:
            high = min(high, token.i)
    while high > verb.i + 1 and (doc[high - 1].is_punct or doc[high - 1].dep_ in {"cc", "mark"}):
        high -= 1
    return max(high, verb.i + 1)


def verb_start(verb: Token) -> int:
    """Where the predicate of a verb starts: at its first auxiliary, negation or adverb directly before it."""
    start = verb.i
    for child in reversed(list(verb.lefts)):
        if (
            child.dep_ in {"aux", "auxpass", "neg", "advmod"}
            and child.right_edge.i == start - 1
            and child.i == child.left_edge.i
        ):
            start = child.i
        else:
            break
    return start


def role(token: Token) -> str:
    """The grammatical role of a noun: through conjunctions, to that of the first."""
    while token.dep_ in {"conj", "appos"} and token.head.i < token.i:
        token = token.head
    return str(token.dep_)


def tidy(doc: Doc, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """A span without loose ends: no name cut, quotation marks in pairs, no article, conjunction or "to" left over.

    Gives an empty range where nothing is left.
    """
    start, end = whole_names(doc, start, end, low, high)
    end = _trim(doc, start, end)
    last = doc[end - 1]
    if end - start > 1 and last.pos_ in {"VERB", "AUX"} and doc[start:end].root.i != last.i:
        end -= any(
            child.i >= end and child.dep_ in {"dobj", "attr", "ccomp", "xcomp", "acomp"} for child in last.rights
        )
    while start < end and doc[start].is_punct and not doc[start].is_quote:
        start += 1
    marks = [token.i for token in doc[start:end] if token.is_quote]
    if len(marks) % 2:
        closing = next((token.i for token in doc[end : min(end + 6, high)] if token.is_quote), None)
        if marks[-1] == end - 1:
            end -= 1
        elif marks[0] == start:
            start += 1
        elif closing is not None:
            end = closing + 1
        else:
            end = marks[-1]
    end = _trim(doc, start, end)
    return whole_names(doc, start, end, low, high) if start < end else (start, start)


def _trim(doc: Doc, start: int, end: int) -> int:
    """The end of [start, end) without punctuation and loose words behind."""
    while start < end and ((doc[end - 1].is_punct and not doc[end - 1].is_quote) or doc[end - 1].pos_ in LOOSE):
        end -= 1
    return end

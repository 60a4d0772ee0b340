"""Why: what a word of cause or purpose leads to ("because", "after", "over", "in retaliation for", "to meet")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from topics.aspects.phrases import edges, tidy
from topics.aspects.story import Proposal, Sentence, Story, form, is_content
from topics.aspects.vocabulary import BLAMES, JUDGES, REASONS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

MAX_BODY: Final = 16
LONGEST: Final = 26
#: What introduces a cause, by how surely it does; the first of a group that matches names the feature.
CUES: Final = tuple(
    (name, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE))
    for name, pattern in (
        ("because", r"because(?: of)?|on account of|on the grounds (?:that|of)|for fear of"),
        ("due", r"due to|owing to|thanks to|as a (?:result|consequence) of|by reason of|in the wake of"),
        (
            "answer",
            r"in (?:retaliation|revenge|reprisal|response|reaction|protest|reply|return|answer)"
            r"(?: (?:for|to|against|at|over))?",
        ),
        ("answer_noun", r"(?:retaliation|revenge|reprisals?|response|vengeance|punishment) (?:for|to|against)"),
        (
            "purpose",
            r"in (?:an? )?(?:order|bid|effort|attempt|move|hope)s? (?:to|of)|so that|so as to"
            r"|aimed at|designed to|intended to|meant to",
        ),
        (
            "caused",
            r"(?:caused|prompted|triggered|sparked|provoked|driven|fuel+ed|motivated) by"
            r"|(?:stem(?:s|med)?|result(?:ed|ing)|arising|arose) from",
        ),
        ("since", r"since|as|given that|now that|seeing that"),
        ("after", r"after|following"),
        ("over", r"over|amid(?:st)?"),
        ("for", r"for"),
        ("from", r"from|by"),
        ("believed", r"(?:believed|thought|alleged|suspected|accused) (?:to (?:have|be)|of|that)"),
        ("cause_of", r"(?:cause|reason|motive|explanation)s? .{0,40}?\b(?:was|is|were|are|for)"),
    )
)
_INVERTED: Final = re.compile(
    r"\b(?:(?:led|leads|leading) to|caus(?:ed|es|ing)|trigger(?:ed|s|ing)|prompt(?:ed|s|ing)|result(?:ed|s|ing) in"
    r"|spark(?:ed|s|ing)|forc(?:ed|es|ing))\b",
    re.IGNORECASE,
)
_AMOUNTS: Final = frozenset({"DATE", "TIME", "ORDINAL", "CARDINAL", "MONEY", "QUANTITY", "PERCENT"})


def propose(story: Story) -> Iterator[Proposal]:
    """Propose the clause or phrase behind each cue, with and without it, clauses of purpose, and nouns of cause."""
    for sentence in story.sentences:
        if sentence.body > MAX_BODY:
            return
        seen: set[tuple[int, int]] = set()
        for start, end, features in _spans(story, sentence):
            first, last = tidy(story.doc, start, end, sentence.start, sentence.end)
            if (first, last) in seen or not 0 < last - first <= LONGEST or not _says(story.doc[first:last]):
                continue
            seen.add((first, last))
            made = story.place(sentence, first) | features | _words(story, first, last)
            words = sorted({form(token) for token in story.doc[first:last] if is_content(token)})
            yield Proposal(first, last, " ".join(words), made)


def _says(phrase: Span) -> bool:
    """Whether a phrase has a word that can be a reason."""
    return any(is_content(token) and token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "NUM"} for token in phrase)


def _spans(story: Story, sentence: Sentence) -> Iterator[tuple[int, int, dict[str, float]]]:
    tokens = story.tokens(sentence)
    text = tokens.text
    taken: set[int] = set()
    for name, pattern in CUES:
        for match in pattern.finditer(text):
            cue = _span(story, tokens, match)
            if cue is None or cue.end >= sentence.end or cue.end - 1 in taken:
                continue
            taken.add(cue.end - 1)
            following = story.doc[cue.end : cue.end + 2]
            if name in {"for", "from"} and any(token.ent_type_ in _AMOUNTS for token in following):
                continue
            for end, extent in _ends(story, sentence, cue.end, cue[-1]):
                made = {f"cue_{name}": 1.0} | extent | _governor(cue[0])
                yield cue.end, end, made
                if cue.end - cue.start <= 3:
                    yield cue.start, end, made | {"with_cue": 1.0}
    for token in tokens:
        yield from _blamed(sentence, token)
        yield from _purpose(story, sentence, token)
        yield from _noun(story, sentence, token)
    inverted = _INVERTED.search(text)
    if inverted is not None and (verb := _span(story, tokens, inverted)) is not None:
        subjects = [child for child in verb.root.lefts if child.dep_ == "nsubj" and child.pos_ != "PRON"]
        for subject in subjects[:1]:
            low, high = edges(subject, sentence.start, verb.start)
            yield low, high, {"cue_inverted": 1.0}


def _span(story: Story, tokens: Span, match: re.Match[str]) -> Span | None:
    """The words that a match in the text of `tokens` touches."""
    low = tokens.start_char
    return story.doc.char_span(low + match.start(), low + match.end(), alignment_mode="expand")


def _ends(story: Story, sentence: Sentence, start: int, cue: Token) -> Iterator[tuple[int, dict[str, float]]]:
    """Where the cause stops: at the next break, at the end of what the cue governs, before a further clause."""
    doc = story.doc
    high = sentence.end
    soft = next(
        (
            t.i
            for t in doc[start:high]
            if t.i > start and t.text in {",", ";", ":", "--", "\N{EM DASH}", "\N{EN DASH}", "("}
        ),
        high,
    )
    yield soft, {"to_break": 1.0}
    clause = cue.head if cue.dep_ == "mark" else cue
    if cue.dep_ in {"mark", "prep", "agent", "pcomp"} and clause.right_edge.i + 1 > start:
        governed = min(clause.right_edge.i + 1, high)
        yield governed, {"governed": 1.0}
        inner = next(
            (t.left_edge.i for t in doc[start:governed] if t.dep_ in {"relcl", "advcl"} and t.left_edge.i > start + 1),
            governed,
        )
        if inner < governed:
            yield inner, {"inner": 1.0}
    child = next((t for t in cue.rights if t.dep_ == "pobj"), None)
    if child is not None and start <= child.i < high and cue.dep_ != "mark" and not _acts(doc, child.i + 1, high):
        yield child.i + 1, {"noun_phrase": 1.0}


def _acts(doc: Doc, position: int, high: int) -> bool:
    """Whether a verb follows directly, so that the noun before it is a subject and no cause by itself."""
    return position < high and doc[position].pos_ in {"VERB", "AUX"} and doc[position].tag_ != "VBG"


def _blamed(sentence: Sentence, verb: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """What somebody gives as the cause: with "blame" the side that the grammar says."""
    if verb.lemma_ not in BLAMES or verb.pos_ != "VERB":
        return
    behind = [
        child for child in verb.subtree if child.dep_ == "prep" and child.lower_ in {"on", "to"} and child.i > verb.i
    ]
    for phrase in [noun for child in behind[:1] for noun in child.rights if noun.dep_ in {"pobj", "pcomp"}] or [
        child for child in verb.rights if child.dep_ == "dobj"
    ]:
        low, high = edges(phrase, sentence.start, sentence.end)
        inner = next((t.i for t in verb.doc[phrase.i + 1 : high] if t.lower_ in {"for", ",", ";"}), high)
        made = {"cue_blamed": 1.0, "blamed_main": float(verb.dep_ == "ROOT")}
        yield low, inner, made
        if inner < high:
            yield low, high, made


def _purpose(story: Story, sentence: Sentence, token: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """An infinitive that says what for: an adverbial clause with "to"."""
    if token.tag_ != "VB" or token.dep_ not in {"advcl", "xcomp", "relcl", "acl"}:
        return
    marks = [child for child in token.lefts if child.lower_ == "to"]
    if not marks or marks[0].i < sentence.start:
        return
    end = min(token.right_edge.i + 1, sentence.end)
    made = {"cue_to": 1.0, f"to_{token.dep_}": 1.0} | _governor(marks[0])
    yield marks[0].i, end, made | {"with_cue": 1.0}
    yield token.i, end, made


def _noun(story: Story, sentence: Sentence, token: Token) -> Iterator[tuple[int, int, dict[str, float]]]:
    """A noun phrase of something that goes wrong or gives reason ("wet conditions", "some type of argument")."""
    if token.pos_ != "NOUN" or (token.lemma_.lower() not in REASONS and token.lower_ not in REASONS):
        return
    start = token.i
    for child in reversed(list(token.lefts)):
        if child.dep_ in {"amod", "compound", "nmod", "poss"} and child.i >= sentence.start:
            start = min(start, child.left_edge.i)
    start = max(start, sentence.start)
    made = {"reason_noun": 1.0, "reason_prepositional": float(token.dep_ == "pobj")}
    yield start, token.i + 1, made
    end = min(token.right_edge.i + 1, sentence.end)
    if token.i + 1 < end <= token.i + 9:
        yield start, end, made | {"noun_tail": 1.0}


def _governor(cue: Token) -> dict[str, float]:
    head = cue.head
    return {
        "governor_main": float(head.dep_ == "ROOT"),
        "governor_verb": float(head.pos_ == "VERB"),
        "governor_noun": float(head.pos_ in {"NOUN", "PROPN"}),
        "marks_clause": float(cue.dep_ == "mark"),
        "preposition": float(cue.dep_ == "prep"),
        "judging_verb": float(head.lemma_ in JUDGES),
    }


def _words(story: Story, start: int, end: int) -> dict[str, float]:
    words = [token for token in story.doc[start:end] if is_content(token)]
    forms = {form(token) for token in words}
    return {
        "length": min(end - start, LONGEST) / LONGEST,
        "one_word": float(end - start == 1),
        "short": float(2 <= end - start <= 5),
        "long": float(end - start > 15),
        "verb_inside": float(any(token.pos_ == "VERB" for token in story.doc[start:end])),
        "reason_inside": float(any(token.lower_ in REASONS or token.lemma_.lower() in REASONS for token in words)),
        "time_inside": float(any(token.ent_type_ in {"DATE", "TIME"} for token in words)),
        "time_start": float(story.doc[start].ent_type_ in {"DATE", "TIME", "CARDINAL", "ORDINAL"}),
        "person_start": float(story.doc[start].ent_type_ == "PERSON"),
        "in_title": len(forms & story.title_words) / max(1, len(forms)),
        "in_lead": len(forms & story.lead_words) / max(1, len(forms)),
        "only_name": float(all(token.ent_type_ in {"PERSON", "ORG", "GPE", "NORP"} for token in words)),
        "gerund_start": float(story.doc[start].tag_ == "VBG"),
    }

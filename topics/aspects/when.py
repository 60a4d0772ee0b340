"""When: days, parts of days and clocks, normalised to ISO 8601; what is said beside the main verb counts most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from topics.aspects.story import Proposal, Sentence, Story, form, is_content
from topics.aspects.times import TimeMention, find_times
from topics.aspects.vocabulary import SAYS

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_STAMP: Final = re.compile(r"\b(?:posted|published|updated|modified|created|copyright|filed|edition)\b", re.IGNORECASE)


def propose(story: Story) -> Iterator[Proposal]:
    """Propose each time that is named in words, with the reading's day as the key."""
    published = story.told.item.published
    mentions = [
        (sentence, phrase, mention)
        for sentence in story.sentences
        for mention in find_times(story.tokens(sentence).text, published)
        if (phrase := _tokens(story, sentence, mention)) is not None
    ]
    keys = Counter(key(story.doc[phrase.start : phrase.end], mention) for _, phrase, mention in mentions)
    days = Counter(mention.span[0].date() for _, _, mention in mentions if mention.span is not None)
    for number, (sentence, phrase, mention) in enumerate(mentions):
        name = key(phrase, mention)
        features = (
            story.place(sentence, phrase.start)
            | _kind(mention)
            | _distance(story, mention)
            | _context(story, sentence, phrase)
        )
        features["frequency"] = min(keys[name], 5) / 5
        features["day_frequency"] = min(days[mention.span[0].date()], 5) / 5 if mention.span is not None else 0.0
        features["first"] = float(number == 0)
        features["order"] = 1.0 / (1 + number)
        if published is None:  # other signs must say what the distance from publication says otherwise
            features |= {f"undated_{feature}": value for feature, value in features.items()}
        yield Proposal(phrase.start, phrase.end, name, features)


def key(phrase: Span, mention: TimeMention) -> str:
    """ISO 8601 where the day is known, else the words."""
    return mention.iso or " ".join(phrase.text.lower().split())


def _tokens(story: Story, sentence: Sentence, mention: TimeMention) -> Span | None:
    offset = story.doc[sentence.start].idx
    return story.doc.char_span(offset + mention.start, offset + mention.end, alignment_mode="expand")


def _kind(mention: TimeMention) -> dict[str, float]:
    kinds = set(mention.kinds)
    return {f"is_{kind}": 1.0 for kind in kinds} | {
        "only_clock": float(kinds == {"clock"}),
        "only_part": float(kinds == {"part"}),
        "joined": float(len(mention.kinds) > 1),
        "fine": float(mention.span is not None and mention.span[1] - mention.span[0] < timedelta(days=1)),
    }


def _distance(story: Story, mention: TimeMention) -> dict[str, float]:
    """How far from publication: most news is of the same day or the day before."""
    published = story.told.item.published
    if published is None or mention.span is None:
        return {"undated": 1.0}
    days = (published.date() - mention.span[0].date()).days
    return {
        "same_day": float(days == 0),
        "day_before": float(days == 1),
        "this_week": float(2 <= days <= 7),
        "long_ago": float(days > 7),
        "future": float(days < 0),
    }


def _context(story: Story, sentence: Sentence, phrase: Span) -> dict[str, float]:
    """What the time is said of: the event of the title, something before it, or the telling of it."""
    governor, relative = _governor(phrase)
    tokens = story.tokens(sentence)
    words = {form(token) for token in tokens if is_content(token)}
    clause = {form(token) for token in governor.subtree if is_content(token)}
    titled = story.title_words or story.lead_words
    before = story.doc[phrase.start - 1].lower_ if phrase.start > sentence.start else ""
    return {
        "says": float(governor.lemma_ in SAYS),
        "past_verb": float(governor.tag_ in {"VBD", "VBN"}),
        "modal": float(any(child.tag_ == "MD" for child in governor.children)),
        "related": len(words & titled) / max(1, len(titled)),
        "clause_related": len(clause & titled) / max(1, len(titled)),
        "verb_titled": float(form(governor) in titled),
        "main": float(governor.dep_ == "ROOT"),
        "relative_clause": float(relative),
        "adverbial_clause": float(governor.dep_ == "advcl"),
        "stamp": float(
            not any(token.pos_ in {"VERB", "AUX"} for token in tokens) or _STAMP.search(tokens.text) is not None
        ),
        "bounded": float(before in {"since", "until", "till", "before", "after", "by", "from", "for"}),
        "of_noun": float(phrase.root.head.pos_ in {"NOUN", "PROPN"} and phrase.root.dep_ != "pobj"),
        "possessive": float(phrase.root.dep_ in {"poss", "compound", "nmod"}),
        "last": float(phrase[0].lower_ in {"last", "earlier"}),
    }


def _governor(phrase: Span) -> tuple[Token, bool]:
    """The verb that a time belongs to (or the noun at the top), and whether a relative clause lies between."""
    token = phrase.root
    while token.pos_ in {"ADP", "NOUN", "PROPN", "NUM", "ADV", "ADJ"} and token.head.i != token.i:
        token = token.head
    return token, token.dep_ in {"relcl", "acl"}

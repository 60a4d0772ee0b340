"""What to call a topic: the words and phrases that set it apart, and the names that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

WORDS: Final = 3
NAMES: Final = 2
LONGEST: Final = 90
PARTS: Final = 4


def label(best: Mapping[str, Sequence[str]]) -> str:
    """A label from the best terms of each field, best first: three words or phrases, and up to two names after a dot.

    A phrase takes the place of the words that it holds, and no word repeats a part of a name.

    >>> label({"words": ["ash", "cloud", "flight"], "phrases": ["ash cloud"], "where": ["Iceland"], "who": []})
    'ash cloud, flight · Iceland'
    """
    names = _names(best)
    said = {part for name in names for part in name.casefold().split()}
    phrases = {part: phrase for phrase in reversed(best.get("phrases", ())[:WORDS]) for part in phrase.split()}
    words: list[str] = []
    for word in best.get("words", ()):
        told = phrases.get(word, word)
        parts = set(told.split())
        if len(words) < WORDS and not parts & said:
            words.append(told)
            said |= parts
    return _short(" · ".join(filter(None, (", ".join(words), ", ".join(names)))))


def label_of_parts(labels: Sequence[str]) -> str:
    """What to call a broader topic: what comes first in the labels of its parts, of the largest four.

    >>> label_of_parts(["ash cloud, flight · Iceland", "lava, glacier · Katla"])
    'ash cloud, lava'
    """
    return _short(", ".join(dict.fromkeys(label.partition(",")[0].partition(" · ")[0] for label in labels[:PARTS])))


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",·") + "…"


def _names(best: Mapping[str, Sequence[str]]) -> list[str]:
    """The first place and the first of those who act, unless one is in the other."""
    names: list[str] = []
    for field in ("where", "who"):
        for name in best.get(field, ())[:1]:
            if not any(name.casefold() in other.casefold() or other.casefold() in name.casefold() for other in names):
                names.append(name)
    return names[:NAMES]

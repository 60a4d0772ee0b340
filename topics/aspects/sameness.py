"""Whether two answers mean the same: persons by the parts of their names, places by their own name, the rest by words."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from ontology.model import AspectName

_NUMBERS: Final = (
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
)
_HEDGES: Final = frozenset(["at", "least", "more", "than", "about", "around", "some", "nearly", "almost", "up", "to", "over", "least", "more", "than"])
#: Names at least this long that agree to this degree are spellings of one ("Mazar-e-Sharif", "Mazar-i-Sharif").
LONG_NAME, SPELLING = 8, 0.86
#: Words that two phrases must share, of all they have.
SHARED: Final = 0.5


def same(name: AspectName, left: str, right: str) -> bool:
    """Whether two keys of one aspect mean the same.

    >>> same("who", "donald trump", "trump"), same("who", "donald trump", "melania trump")
    (True, False)
    >>> same("who", "13 people", "15,899 people")
    False
    """
    if left == right:
        return True
    if name == "when":
        return False
    first, second = _words(left), _words(right)
    if numbers(first) != numbers(second) or not first or not second:
        return False
    if name == "who":
        return _same_name(first, second)
    if name == "where":
        return _same_spelling(left, right)
    return _same_words(first, second)


@lru_cache(maxsize=65536)
def _words(key: str) -> tuple[str, ...]:
    """The words of a key; numbers as digits, hedges ("at least") left out."""
    words = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*", key.lower())
    plain = [str(_NUMBERS.index(word)) if word in _NUMBERS else word.replace(",", "") for word in words]
    return tuple(word for word in plain if word not in _HEDGES)


def numbers(words: tuple[str, ...]) -> frozenset[str]:
    """The figures among words."""
    return frozenset(word for word in words if word[0].isdigit())


def _same_name(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """One name's words are among the other's with the same last word; or an acronym; or a spelling."""
    short, long = sorted((first, second), key=len)
    if short[-1] == long[-1] and set(short) <= set(long):
        return True
    if len(short) == 1 and len(long) > 1 and len(short[0]) == len(long) > 2:
        return short[0] == "".join(word[0] for word in long)
    return _same_spelling(" ".join(first), " ".join(second))


def _same_spelling(left: str, right: str) -> bool:
    if min(len(left), len(right)) < LONG_NAME or left[0] != right[0]:
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= SPELLING and matcher.ratio() >= SPELLING


def _same_words(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    left, right = set(first), set(second)
    return len(left & right) >= SHARED * len(left | right)

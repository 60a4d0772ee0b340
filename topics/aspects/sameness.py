"""Whether two answers mean the same: persons by parts of their names, places by their own name, the rest by words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from ontology.model import AspectName

_NUMBERS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_HEDGES: Final = frozenset(("at", "least", "more", "than", "about", "around", "some", "nearly", "almost", "up", "over"))
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
    first, second = read(left), read(right)
    if first.numbers != second.numbers or not first.words or not second.words:
        return False
    if name == "who":
        return _same_name(first, second)
    if name == "where":
        return _same_spelling(left, right)
    return len(first.bag & second.bag) >= SHARED * len(first.bag | second.bag)


@dataclass(frozen=True, slots=True)
class Key:
    """A key's words in order and as a set, and the figures among them."""

    words: tuple[str, ...]
    bag: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=65536)
def read(key: str) -> Key:
    """The words of a key; numbers as digits, hedges ("at least") left out."""
    words = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*", key.lower())
    plain = [str(_NUMBERS.index(word)) if word in _NUMBERS else word.replace(",", "") for word in words]
    kept = tuple(word for word in plain if word not in _HEDGES)
    return Key(kept, frozenset(kept), frozenset(word for word in kept if word[0].isdigit()))


def _same_name(first: Key, second: Key) -> bool:
    """One name's words are among the other's with the same last word; or an acronym; or a spelling."""
    short, long = sorted((first.words, second.words), key=len)
    if short[-1] == long[-1] and (first.bag <= second.bag or second.bag <= first.bag):
        return True
    if len(short) == 1 and len(long) > 1 and len(short[0]) == len(long) > 2:
        return short[0] == "".join(word[0] for word in long)
    return _same_spelling(" ".join(first.words), " ".join(second.words))


def _same_spelling(left: str, right: str) -> bool:
    if min(len(left), len(right)) < LONG_NAME or left[0] != right[0]:
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= SPELLING and matcher.ratio() >= SPELLING

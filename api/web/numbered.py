"""Lists in pages that are counted from 1, as people turn them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from api import parameters

T = TypeVar("T")
MOST_PAGES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Numbered(Generic[T]):
    """One page of a list, counted from 1, with the address of the ones before and after it."""

    items: Sequence[T]
    first: int
    total: int
    number: int
    last: int


def numbered(items: Sequence[T], size: int) -> Numbered[T]:
    """The page that the parameter `page` asks for; one past the end is the last."""
    last = max(1, -(-len(items) // size))
    number = min(parameters.number("page", 1, MOST_PAGES), last)
    first = (number - 1) * size
    return Numbered(items[first : first + size], first + 1, len(items), number, last)

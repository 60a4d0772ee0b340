"""A list in pages: how many there are in all, and a cursor that leads to the next page, also after a change."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ontology.errors import InvalidInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of one page, how many the whole list has, and the cursor of the next page (None at the end)."""

    items: tuple[T, ...]
    total: int
    next: str | None


def write_cursor(position: int, last: str) -> str:
    """A cursor that stands after the item with key `last`, which was number `position` (from 1)."""
    return base64.urlsafe_b64encode(json.dumps([position, last]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    """Position and key back from a cursor. Raises `InvalidInput` on anything that is none."""
    try:
        position, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        position, last = None, None
    if type(position) is not int or position < 1 or not isinstance(last, str):
        raise InvalidInput(f"not a cursor of this service: {cursor[:80]!r}")
    return position, last


def paginate(items: Sequence[T], limit: int, cursor: str | None, key: Callable[[T], str]) -> Page[T]:
    """The page of `items` after `cursor`, at most `limit` long.

    The item that the last page ended with is looked for by its key, so that what was added or removed before it neither
    repeats nor skips others; if it is gone, its old position counts.
    """
    start = 0
    if cursor is not None:
        start, last = read_cursor(cursor)
        if start > len(items) or key(items[start - 1]) != last:
            start = next((index for index, item in enumerate(items, 1) if key(item) == last), start)
    shown = tuple(items[start : start + limit])
    end = start + len(shown)
    more = bool(shown) and end < len(items)
    return Page(shown, len(items), write_cursor(end, key(shown[-1])) if more else None)

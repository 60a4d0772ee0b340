"""Pages of a list: walking them gives the list, also while it changes."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import paginate, read_cursor, write_cursor
from ontology.errors import InvalidInput


def walk(items: list[str], limit: int) -> list[str]:
    seen: list[str] = []
    cursor = None
    for _ in range(len(items) + 1):
        page = paginate(items, limit, cursor, str)
        assert page.total == len(items)
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next
        if cursor is None:
            return seen
    raise AssertionError("the pages do not end")


@given(st.lists(st.text(), unique=True, max_size=30), st.integers(1, 9))
def test_pages_together_are_the_list(items: list[str], limit: int) -> None:
    assert walk(items, limit) == items


def test_a_full_last_page_has_no_next() -> None:
    assert paginate(["a", "b"], 2, None, str).next is None
    assert paginate([], 2, None, str) == paginate((), 2, None, str)


def test_what_is_added_or_removed_before_the_place_repeats_and_skips_nothing() -> None:
    items = list("bcdefg")
    cursor = paginate(items, 2, None, str).next
    assert paginate(["a", *items], 2, cursor, str).items == ("d", "e")
    assert paginate(items[1:], 2, cursor, str).items == ("d", "e")
    assert paginate(["b", *items[2:]], 2, cursor, str).items == ("e", "f")  # its last item is gone: its place counts
    assert paginate([], 2, cursor, str).items == ()


@given(st.integers(1, 10**9), st.text())
def test_a_cursor_reads_back(position: int, last: str) -> None:
    assert read_cursor(write_cursor(position, last)) == (position, last)


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "!!!", "日本", "A" * 5000, *map(encoded, ([0, "a"], [True, "a"], [1], {"a": 1}, 7, [1, 2]))],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="not a cursor"):
        read_cursor(cursor)

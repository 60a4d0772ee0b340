"""What is kept of linking so that a new object can be compared without linking everything again.

For each space: its objects, what similarities with them are worth, and the projection where one was learned. The
vectors themselves stay in the store's views.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from correlate.base import CrossModalModel
from correlate.belonging import Belonging
from correlate.corpus import Corpus, Indices
from correlate.keeping import pack, unpack
from correlate.linking import Links
from correlate.spaces import MEANING


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a space: its objects' ids, ascending, and the view that is compared."""

    objects: tuple[str, ...]
    view: str


@dataclass(frozen=True, slots=True)
class Part:
    """One space: its two sides (equal where it is symmetric), what similarities between them are worth, and the
    projection if one was learned.
    """

    kind: str
    method: str
    left: Side
    right: Side
    belonging: Belonging
    model: CrossModalModel | None

    @property
    def symmetric(self) -> bool:
        """Both sides are the same objects."""
        return self.left.view == self.right.view

    def towards(self, side: Side) -> Belonging:
        """What similarities (q, m) of new rows with the objects of a side are worth."""
        return self.belonging if side is self.right else self.belonging.turned


@dataclass(frozen=True, slots=True)
class Index:
    """All spaces of a linked collection; `copy_weight` is how probable it is that copies belong together."""

    parts: tuple[Part, ...]
    copy_weight: float

    def dumps(self) -> str:
        """Write as JSON text; `loads` reads it back."""
        return json.dumps(pack(self), sort_keys=True)

    @classmethod
    def loads(cls, text: str) -> Index:
        """Read back what `dumps` wrote."""
        return cast(Index, unpack(json.loads(text)))


def index_of(corpus: Corpus, links: Links) -> Index:
    """Keep what a later comparison needs."""
    return Index(tuple(_parts(corpus, links)), links.copy_weight)


def _parts(corpus: Corpus, links: Links) -> Iterator[Part]:
    if len(links.words.told) > 1:
        side = _side(corpus, links.words.told, MEANING)
        yield Part("words", MEANING, side, side, links.meaning, None)
    for found in links.spaces:
        space = found.space
        if space.kind != "brief":  # its scores hold the collection's word weights, which a new object has not
            left, right = _side(corpus, space.left, space.left_view), _side(corpus, space.right, space.right_view)
            yield Part(space.kind, space.method, left, right, found.belonging, space.model)


def _side(corpus: Corpus, objects: Indices, view: str) -> Side:
    return Side(tuple(corpus.items[place].id for place in objects), view)

"""Views of counts as one sparse matrix: the fields of a document side by side, each collection's words apart if wanted.

Every model learns from one table whose rows are words (of one field, or of one field in one collection) and whose
columns are topics. So one compiled engine serves them all: what differs is which row a word is found in, and what is
made of the counts that are expected of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.simd import padded, rows

Counts = dict[str, csr_matrix]
Matrix = NDArray[np.float64]
Table = NDArray[np.float32]
Labels = NDArray[np.str_]
Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Documents:
    """What n documents hold: `places[starts[d]:starts[d + 1]]` are rows of the table, `amounts` how often each
    occurs."""

    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    amounts: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Matrix:
        """Tokens of each document: (n,)."""
        sums = np.concatenate([[0.0], np.cumsum(self.amounts, dtype=np.float64)])
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]])

    def take(self, order: NDArray[np.intp]) -> Documents:
        """The documents in another order, or some of them."""
        lengths = np.diff(self.starts)[order]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(self.starts[order] - starts[:-1], lengths) + np.arange(starts[-1])
        return Documents(starts, self.places[entries], self.amounts[entries])

    def order(self, seed: int) -> NDArray[np.intp]:
        """A shuffled order that hangs on what the documents hold and not on the order in which they came."""
        scattered = np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
        entries = mixed(self.places.astype(np.uint64) + scattered)
        entries *= self.amounts.view(np.uint32).astype(np.uint64) | np.uint64(1)
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(entries)])
        return np.argsort(mixed(sums[self.starts[1:]] - sums[self.starts[:-1]]), kind="stable")


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each value scattered over 64 bits (the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows of the table belong to a view, or to a view in one collection: `spans[key]` is a slice of rows."""

    spans: dict[Key, slice]

    @classmethod
    def of(cls, widths: Mapping[Key, int]) -> Self:
        """Put blocks of so many rows below each other."""
        ends = np.cumsum([0, *widths.values()]).tolist()
        return cls({key: slice(start, end) for key, start, end in zip(widths, ends, ends[1:], strict=False)})

    @property
    def size(self) -> int:
        """Rows in all."""
        return max(int(span.stop) for span in self.spans.values())

    def documents(self, counts: Counts, collections: Labels | None) -> Documents:
        """The counts with each word at its row: that of the document's collection if there is one, else the view's."""
        length = next(iter(counts.values())).shape[0]
        owners, placed = [], []
        for name, view in counts.items():
            held = np.diff(view.indptr)
            owners.append(np.repeat(np.arange(length), held))
            placed.append(view.indices + np.repeat(self._shifts(name, length, collections), held))
        owner, places = np.concatenate(owners), np.concatenate(placed)
        amounts = np.concatenate([view.data for view in counts.values()])
        order = np.argsort(owner, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=length))])
        return Documents(starts, places[order].astype(np.int32), amounts[order].astype(np.float32))

    def _shifts(self, view: str, length: int, collections: Labels | None) -> NDArray[np.int64]:
        common = self.spans.get(view)
        shifts = np.full(length, -1 if common is None else common.start, dtype=np.int64)
        if collections is not None:
            for name in np.unique(collections):
                if (view, str(name)) in self.spans:
                    shifts[collections == name] = self.spans[view, str(name)].start
        return shifts

    def table(self, topic_word: Mapping[Key, Matrix]) -> Table:
        """The distributions (topics, words) of each block as one table: (rows, topics padded with zeros)."""
        topics = len(next(iter(topic_word.values())))
        table = rows(self.size, padded(topics))
        for key, span in self.spans.items():
            table[span, :topics] = topic_word[key].T
        return table


def texts_of(counts: Counts) -> dict[str, Documents]:
    """The documents of each view on its own: places are columns of the view."""
    return {name: Layout.of({name: view.shape[1]}).documents({name: view}, None) for name, view in counts.items()}

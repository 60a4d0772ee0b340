"""A collection as linking sees it: objects in order, their words, and views whose rows know their objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from correlate.features.reading import Reading
from correlate.neighbours import Floats
from ontology.model import Annotation, MediaObject

Indices = NDArray[np.intp]
Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Unit vectors (m, d) of one kind; `owners` (m,) gives the object of each row, in ascending order."""

    owners: Indices
    matrix: Floats

    @property
    def objects(self) -> Indices:
        """The objects that have such a vector, ascending."""
        return np.unique(self.owners)

    def of(self, objects: Indices) -> Rows:
        """Only the rows of these objects."""
        keep = np.isin(self.owners, objects)
        return Rows(self.owners[keep], self.matrix[keep])


@dataclass(frozen=True, slots=True)
class Corpus:
    """n objects ordered by id with their readings and annotations; `document` (n,) numbers the documents from 0.

    `further` names the views, beside those that are made of every object, in which objects are compared with their
    like.
    """

    items: tuple[MediaObject, ...]
    readings: tuple[Reading, ...]
    annotations: tuple[tuple[Annotation, ...], ...]
    views: Mapping[str, Rows]
    document: Indices
    further: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def view(self, name: str) -> Rows:
        """The rows of a view; none where no object has it."""
        return self.views.get(name, Rows(np.empty(0, dtype=np.intp), np.empty((0, 0), dtype=np.float32)))

    def days(self) -> Matrix:
        """When each document was published, in days since 1970, NaN where nothing says so: (documents,)."""
        days = np.full(int(self.document.max(initial=-1)) + 1, np.nan)
        for place, item in zip(self.document[::-1], reversed(self.items), strict=True):
            if item.published is not None:
                days[place] = item.published.timestamp() / 86_400
        return days


def document_numbers(items: Sequence[MediaObject]) -> Indices:
    """Number the documents of n objects in the order of their first object; an object without one is one of its own."""
    numbers: dict[tuple[str, str], int] = {}
    keys = (("document", item.document) if item.document else ("object", item.id) for item in items)
    return np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.intp, count=len(items))


def similarity(left: Rows, right: Rows) -> Matrix:
    """Greatest inner product between any row of one object and any of the other: (objects left, objects right)."""
    products = left.matrix @ right.matrix.T
    for axis, rows in ((0, left), (1, right)):
        starts = np.flatnonzero(np.r_[True, rows.owners[1:] != rows.owners[:-1]])
        if len(starts) < len(rows.owners):
            products = np.maximum.reduceat(products, starts, axis=axis)
    return products.astype(np.float64)

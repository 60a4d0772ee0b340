"""Views of counts as topic models take them: for each document how often each visual or audio word occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from correlate.features.scaling import Matrix
from correlate.features.views import VIEWS
from ontology.errors import InvalidInput

COUNTED: Final = tuple(name for name, kind in VIEWS.items() if kind.form == "counts")
"""The views whose vectors are whole numbers of words."""


def document_counts(
    name: str, ids: Sequence[str], matrix: Matrix, row: Mapping[str, int], documents: int
) -> tuple[csr_matrix, tuple[str, ...]]:
    """Sum the rows of a view by document: counts (documents, width) of int64, and the names of the columns.

    `ids` names the object of each row of `matrix` as a store's view gives them, several rows an object where it has key
    frames; `row` gives the document of each object, and objects that are not in it are left out. A column is called by
    the view and its number, `sift-words 17`. Raises `InvalidInput` for a view that holds no counts.
    """
    if name not in COUNTED:
        raise InvalidInput(f"view {name!r} holds no counts; there are {', '.join(COUNTED)}")
    vocabulary = tuple(f"{name} {number}" for number in range(VIEWS[name].width))
    known = np.array([place for place, item in enumerate(ids) if item in row], dtype=np.intp)
    if not len(known):
        return csr_matrix((documents, len(vocabulary)), dtype=np.int64), vocabulary
    rows = csr_matrix(np.asarray(matrix)[known].round().astype(np.int64))
    owners = np.array([row[ids[place]] for place in known])
    by_document = csr_matrix((np.ones(len(known), np.int64), (owners, np.arange(len(known)))), (documents, len(known)))
    return csr_matrix(by_document @ rows), vocabulary

"""The one measure of likelihood: a model sees half of each document and tells the other half."""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix

from ontology.errors import InvalidInput
from topics.stacking import Counts, Documents, Matrix, Table, mixed


def halves(counts: Counts) -> tuple[Counts, Counts]:
    """Cut the tokens of each document and view in two: what is seen, and what is to be told.

    The tokens of a document are laid out in an order of words that is scattered but the same for all documents, and go
    to the two halves in turn, so the cut hangs neither on the order of documents nor on chance. Amounts that are no
    whole numbers are cut in the middle.
    """
    cut = {name: _cut(view) for name, view in counts.items()}
    return {name: pair[0] for name, pair in cut.items()}, {name: pair[1] for name, pair in cut.items()}


def _cut(view: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
    owner = np.repeat(np.arange(view.shape[0]), np.diff(view.indptr))
    order = np.lexsort((mixed(view.indices.astype(np.uint64) + np.uint64(1)), owner))
    amounts, columns = view.data[order], view.indices[order]
    ends = np.cumsum(amounts)
    before = np.concatenate([[0.0], ends])[view.indptr[:-1]]
    ends = np.round(ends - np.repeat(before, np.diff(view.indptr)), 9)
    starts = np.round(ends - amounts, 9)
    whole = (amounts == np.floor(amounts)).all()
    seen = np.ceil(ends / 2) - np.ceil(starts / 2) if whole else amounts / 2
    matrices = [
        csr_matrix((part, columns, view.indptr), shape=view.shape, copy=True) for part in (seen, amounts - seen)
    ]
    for matrix in matrices:
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
    return matrices[0], matrices[1]


@njit(cache=True)
def _log_likelihood(starts, places, amounts, shares, table):  # type: ignore[no-untyped-def]
    total = 0.0
    for d in range(starts.size - 1):
        for i in range(starts[d], starts[d + 1]):
            chance = 0.0
            for t in range(shares.shape[1]):
                chance += shares[d, t] * table[places[i], t]
            total += amounts[i] * np.log(chance)
    return total


def log_likelihood(documents: Documents, shares: Matrix, table: Table) -> float:
    """Mean log p(token), in nats, of documents with these shares of topics (n, topics) under p(word given topic)."""
    tokens = float(documents.sizes.sum())
    if not tokens:
        raise InvalidInput("no document has two tokens or more: there is nothing to tell")
    total = _log_likelihood(documents.starts, documents.places, documents.amounts, shares, table)
    return float(total / tokens)


def perplexity(log_likelihood: float) -> float:
    """exp(-mean log-likelihood): the number of equally likely words that would be as hard to tell."""
    return float(np.exp(-log_likelihood))

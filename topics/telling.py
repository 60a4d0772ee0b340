"""Expected counts of documents whose topic shares are known: the half of a step that models with shares of their own
kind have in common.

Where a document's shares have no Dirichlet prior (`topics.mf_ctm`, `topics.tr_mmlda`, `topics.mdrf`), they are found by
other means between two looks at the tokens; the tokens are then divided among topics by share x p(word given topic).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from topics.simd import padded, rows
from topics.stacking import Documents, Matrix, Table


@njit(nogil=True, cache=True, fastmath=True)
def _tell(starts, places, amounts, table, shares, counts, into):  # type: ignore[no-untyped-def]
    """`counts` (documents, topics) becomes the expected counts; `into` (rows, topics) gets those of words added."""
    width = table.shape[1]
    told = np.empty(width, dtype=np.float32)
    for d in range(starts.size - 1):
        counts[d] = 0
        for i in range(starts[d], starts[d + 1]):
            place, total = places[i], np.float32(1e-30)
            for t in range(width):
                told[t] = shares[d, t] * table[place, t]
                total += told[t]
            scale = amounts[i] / total
            for t in range(width):
                counts[d, t] += told[t] * scale
            if into.shape[0]:
                for t in range(width):
                    into[place, t] += told[t] * scale


def tell(documents: Documents, table: Table, shares: Matrix, into: Table | None = None) -> Matrix:
    """The expected counts of topics (n, topics) of documents with these shares, under p(word given topic) in `table`.

    A document's shares (n, topics) need not sum to 1. `into` (rows, topics) gets the expected counts of words added.
    """
    topics = shares.shape[1]
    known = rows(len(documents), padded(topics))
    known[:, :topics] = shares / np.maximum(shares.max(axis=1, keepdims=True), 1e-300)
    counts = rows(*known.shape)
    words = rows(0, known.shape[1]) if into is None else into
    _tell(documents.starts, documents.places, documents.amounts, table, known, counts, words)
    return counts[:, :topics].astype(np.float64)

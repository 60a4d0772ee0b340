"""Words of a collection as TF-IDF vectors, and which of them two texts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

WORD: Final = r"(?u)\b[^\W\d_]\w+\b"
"""A letter, then letters or digits: numbers alone say little of what a text is about."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`matrix` (n, vocabulary) with unit rows; a text without known words has a row of zeros."""

    matrix: csr_matrix
    vocabulary: NDArray[np.str_]

    def similarities(self, count: int) -> NDArray[np.float64]:
        """Cosine of each text with each of the first `count`: (n, count)."""
        return np.asarray((self.matrix @ self.matrix[:count].T).toarray())

    def shared(self, first: int, second: int, count: int = 4) -> tuple[str, ...]:
        """The words that make two texts similar, heaviest first."""
        product = self.matrix[first].multiply(self.matrix[second]).tocsr()
        order = np.lexsort((product.indices, -product.data))[:count]
        return tuple(str(self.vocabulary[product.indices[place]]) for place in order)


def terms_of(texts: Sequence[str], fitted: int) -> Terms:
    """Weigh the words of n texts by the first `fitted` of them: log term frequency x inverse document frequency, unit
    rows.

    Words in one text only link nothing, words in more than half say nothing (in collections large enough to tell).
    Source: G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    common = 0.5 if fitted >= 10 else 1.0
    weigher = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", min_df=2, max_df=common, token_pattern=WORD, dtype=np.float64
    )
    try:
        matrix = weigher.fit(texts[:fitted]).transform(texts)
    except ValueError:  # the library's word for: no word is in two texts
        return Terms(csr_matrix((len(texts), 0)), np.array([], dtype=str))
    return Terms(csr_matrix(matrix), weigher.get_feature_names_out().astype(str))

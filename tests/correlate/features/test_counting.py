import numpy as np
import pytest

from correlate.features.counting import COUNTED, document_counts
from correlate.features.views import VIEWS
from ontology.errors import InvalidInput


def test_rows_of_one_document_are_added():
    matrix = np.zeros((4, 256), np.float32)
    matrix[0, 3], matrix[1, 3], matrix[2, 9], matrix[3, 0] = 2, 1, 5, 7
    counts, vocabulary = document_counts("lbp-words", ["a", "b", "c", "gone"], matrix, {"a": 1, "b": 1, "c": 0}, 3)
    assert counts.shape == (3, 256)
    assert counts.dtype == np.int64
    assert counts.toarray().sum(axis=1).tolist() == [5, 3, 0]
    assert counts[1, vocabulary.index("lbp-words 3")] == 3


def test_without_rows_there_are_no_counts():
    counts, vocabulary = document_counts("audio-words", [], np.zeros((0, 0)), {}, 2)
    assert (counts.shape, counts.nnz, len(vocabulary)) == ((2, 128), 0, 128)


def test_only_views_of_counts_are_counted():
    assert {"sift-words", "gloh-words", "lbp-words", "audio-words", "entities"} == set(COUNTED)
    assert all(VIEWS[name].book is not None for name in COUNTED)
    with pytest.raises(InvalidInput, match="'lbp' holds no counts; there are sift-words"):
        document_counts("lbp", [], np.zeros((0, 0)), {}, 1)

"""Measures and alignment against answers worked out by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ontology.errors import InvalidInput
from topics.alignment import Succession, align, similarity, successions, transport
from topics.evaluation import coherence, diversity, nmi, purity, stability
from topics.wording import top_words, weights


def test_words_that_keep_company_are_coherent():
    texts = [["bank", "loan", "rate"]] * 20 + [["goal", "match", "team"]] * 20
    apart = [["bank", "goal", "rate"], ["match", "loan", "team"]]
    together = [["bank", "loan", "rate"], ["goal", "match", "team"]]
    for measure in ("c_v", "c_npmi"):
        assert coherence(together, texts, measure) == pytest.approx(1, abs=0.01)
        assert coherence(apart, texts, measure) < 0.6
    with pytest.raises(InvalidInput, match="two words"):
        coherence([["bank"]], texts)


def test_diversity_counts_words_once():
    assert diversity([["a", "b"], ["c", "d"]]) == 1
    assert diversity([["a", "b"], ["b", "a"]]) == 0.5


def test_agreement_with_labels_does_not_hang_on_names():
    assert nmi(["x", "x", "y"], [2, 2, 1]) == pytest.approx(1)
    assert nmi([0, 1, 0, 1], [0, 0, 1, 1]) == pytest.approx(0, abs=1e-12)
    assert nmi([0, 0], [1, 1]) == 1
    assert purity([0, 0, 1, 1], [5, 6, 6, 6]) == 0.75
    with pytest.raises(InvalidInput, match="same documents"):
        nmi([0, 1], [0])


def test_alignment_undoes_a_permutation():
    rng = np.random.default_rng(0)
    topics = rng.dirichlet(np.full(30, 0.1), 6)
    order = rng.permutation(6)
    found = align(topics, topics[order])
    np.testing.assert_array_equal(order[found.after], found.before)
    np.testing.assert_allclose(found.similarity, 1, atol=1e-6)
    assert stability([topics, topics[order]]) == pytest.approx(1, abs=1e-6)
    assert stability([topics, rng.dirichlet(np.full(30, 0.1), 6)]) < 0.6
    with pytest.raises(InvalidInput, match="same words"):
        similarity(topics, topics[:, :5])
    with pytest.raises(InvalidInput, match="two runs"):
        stability([topics])


def test_transport_keeps_shares_and_goes_where_it_is_cheap():
    topics = np.array([[0.9, 0.1, 0.0], [0.0, 0.1, 0.9]])
    plan = transport(topics, topics[::-1], np.array([0.3, 0.7]), np.array([0.7, 0.3]))
    np.testing.assert_allclose(plan.sum(axis=1), [0.3, 0.7], atol=1e-6)
    np.testing.assert_allclose(plan.sum(axis=0), [0.7, 0.3], atol=1e-6)
    assert plan[0, 1] + plan[1, 0] > 0.99


def test_splits_and_merges_are_told():
    plan = np.array([[0.2, 0.2, 0.0, 0.0], [0.0, 0.0, 0.3, 0.0], [0.0, 0.0, 0.2, 0.0], [0.0, 0.0, 0.0, 0.1]])
    assert successions(plan) == [
        Succession("split", (0,), (0, 1)),
        Succession("kept", (3,), (3,)),
        Succession("merged", (1, 2), (2,)),
    ]
    assert successions(np.array([[1.0, 0.0], [0.0, 0.0]])) == [
        Succession("kept", (0,), (0,)),
        Succession("gone", (1,), ()),
        Succession("new", (), (1,)),
    ]


def test_wording_prefers_a_topics_own_words_to_words_of_everything():
    # Word 0 stands in every document, more often than any other; 1 and 2 are of the first topic, 3 and 4 of the second.
    counts = np.zeros((40, 6))
    counts[:, 0] = 30
    counts[:20, 1:3] = 5
    counts[20:, 3:5] = 5
    counts[0, 5] = 4
    shares = np.repeat(np.eye(2), 20, axis=0)
    found = top_words(csr_matrix(counts), shares, number=2, least=0.1)
    assert found.tolist() == [[1, 2], [3, 4]]
    told = weights(csr_matrix(counts), shares, least=0.1)
    assert told[0, 0] == pytest.approx(0, abs=1e-9)
    assert told[0, 5] == 0
    assert (told >= 0).all()


def test_short_texts_are_worded_by_share():
    counts = np.zeros((40, 4))
    counts[:, 0] = 1
    counts[:20, 1] = 1
    counts[20:, 2] = 1
    counts[3, 3] = 1
    shares = np.repeat(np.eye(2), 20, axis=0)
    assert top_words(csr_matrix(counts), shares, number=1).tolist() == [[1], [2]]

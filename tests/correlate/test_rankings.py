"""Measures of rankings against naive loops, and how projections are compared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from correlate.metrics import (
    average_precisions,
    first_ranks,
    mean_average_precision,
    median_rank,
    percentage,
    precision_recall,
    recall_at,
)
from correlate.similarity import Similarity, compare
from ontology.errors import InvalidInput

ROWS, WIDTH = 3, 7
# Few distinct scores, so that there are ties.
SCORES = arrays(np.float64, (ROWS, WIDTH), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0]))
RELEVANT = arrays(np.bool_, (ROWS, WIDTH))


def hits_in_order(scores, relevant):
    """Stable: of equal scores the one that comes first in the database is first."""
    order = sorted(range(len(scores)), key=lambda item: (-scores[item], item))
    return [bool(relevant[item]) for item in order]


@given(SCORES, RELEVANT, st.sampled_from([None, 1, 3, 50]))
@settings(max_examples=100, deadline=None)
def test_average_precision_equals_a_loop(scores, relevant, at):
    for row, found in enumerate(average_precisions(scores, relevant, at)):
        hits, total, sums = hits_in_order(scores[row], relevant[row])[:at], 0, 0.0
        for rank, hit in enumerate(hits, 1):
            if hit:
                total += 1
                sums += total / rank
        assert found == pytest.approx(sums / total if total else 0.0)


@given(SCORES, RELEVANT)
@settings(max_examples=100, deadline=None)
def test_first_ranks_and_what_is_made_of_them_equal_a_loop(scores, relevant):
    ranks = first_ranks(scores, relevant)
    expected = []
    for row in range(ROWS):
        hits = hits_in_order(scores[row], relevant[row])
        expected.append(hits.index(True) + 1 if any(hits) else WIDTH + 1)
    assert ranks.tolist() == expected
    assert recall_at(ranks, 2) == pytest.approx(sum(rank <= 2 for rank in expected) / ROWS)
    assert median_rank(ranks) == sorted(expected)[1]
    assert percentage(ranks, WIDTH, 0.5) == pytest.approx(sum(rank <= 3 for rank in expected) / ROWS)


@given(SCORES, RELEVANT.filter(lambda relevant: relevant.any()))
@settings(max_examples=100, deadline=None)
def test_precision_at_levels_of_recall_equals_a_loop(scores, relevant):
    levels = np.array([0.0, 0.25, 0.5, 1.0])
    expected = []
    for row in range(ROWS):
        hits = hits_in_order(scores[row], relevant[row])
        if any(hits):
            points = [(sum(hits[: at + 1]) / sum(hits), sum(hits[: at + 1]) / (at + 1)) for at in range(WIDTH)]
            expected.append([max(p for r, p in points if r >= level - 1e-9 and p) for level in levels])
    np.testing.assert_allclose(precision_recall(scores, relevant, levels), np.mean(expected, axis=0))


def test_known_answers():
    scores, relevant = np.array([[4.0, 3, 2, 1, 0]]), np.array([[True, False, True, False, True]])
    assert mean_average_precision(scores, relevant) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert mean_average_precision(scores, relevant, 3) == pytest.approx((1 + 2 / 3) / 2)
    assert mean_average_precision(scores, np.zeros((1, 5), dtype=bool)) == 0.0
    np.testing.assert_allclose(precision_recall(scores, relevant, np.array([0, 1 / 3, 0.5, 1])), [1, 1, 2 / 3, 3 / 5])
    with pytest.raises(InvalidInput, match="of one shape"):
        mean_average_precision(scores, relevant[:, :4])


def test_ties_keep_the_order_of_the_database():
    relevant = np.array([[False, False, True]])
    assert first_ranks(np.zeros((1, 3)), relevant).tolist() == [3]
    assert first_ranks(np.zeros((1, 3)), relevant[:, ::-1]).tolist() == [1]


def test_comparisons_by_hand():
    queries, database = np.array([[3.0, 4.0]]), np.array([[3.0, 4.0], [-4.0, 3.0], [0.0, 0.0], [-1.0, -1.0]])
    np.testing.assert_allclose(compare(queries, database, "cosine"), [[1, 0, 0, -7 / np.sqrt(50)]], atol=1e-12)
    np.testing.assert_allclose(compare(queries, database, "dot"), [[25, 0, 0, -7]])
    np.testing.assert_allclose(compare(queries, database, "hamming"), [[0, -0.5, -1, -1]])
    np.testing.assert_allclose(compare(queries, database, "jaccard"), [[1, 0.5, 0, 0]])
    with pytest.raises(InvalidInput, match="no metric 'taste'"):
        compare(queries, database, "taste")


def spaces(seed=0, rows=150):
    """Two projections in which labels show, and the labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, size=rows)
    centres = np.array([[4.0, 0, 0], [0, 4.0, 0], [0, 0, 4.0]])
    made = {name: centres[labels] + rng.normal(size=(rows, 3)) + 2.0 for name in ("image", "text")}
    return made, labels


def test_posterior_similarity_is_the_probability_of_one_label():
    (learned, labels), (new, truth) = spaces(), spaces(1)
    similarity = Similarity("posterior").fit(learned, labels)
    scores = similarity.between(new["image"], "image", new["text"], "text")
    assert scores.min() >= 0
    assert scores.max() <= 1 + 1e-12
    same = truth[:, None] == truth[None, :]
    assert scores[same].mean() > 0.8 > 0.2 > scores[~same].mean()
    with pytest.raises(InvalidInput, match="learns from labels"):
        Similarity("posterior").fit(learned)


def test_centring_undoes_a_shift_of_one_view():
    learned, labels = spaces()
    moved = {"image": learned["image"] + 100.0, "text": learned["text"]}
    plain, shifted = (Similarity("centred").fit(each, labels) for each in (learned, moved))
    np.testing.assert_allclose(
        plain.between(learned["image"], "image", learned["text"], "text"),
        shifted.between(moved["image"], "image", moved["text"], "text"),
        atol=1e-9,
    )


def test_a_bank_of_training_queries_takes_the_lead_from_a_hub():
    rng = np.random.default_rng(2)
    bank, queries = rng.normal(size=(80, 6)) + 1, rng.normal(size=(60, 6)) + 1
    database = queries + 0.8 * rng.normal(size=queries.shape)
    database[0] = 1.0
    relevant = np.eye(60, dtype=bool)
    found = {}
    for hubs in (False, True):
        similarity = Similarity("cosine", hubs).fit({"image": bank, "text": bank})
        scores = similarity.between(queries, "image", database, "text")
        found[hubs] = float((scores.argmax(axis=1) == 0).mean()), recall_at(first_ranks(scores, relevant), 1)
    assert found[True][0] < found[False][0]
    assert found[True][1] > found[False][1]
    with pytest.raises(InvalidInput, match="no form of similarity 'smell'"):
        Similarity("smell").fit({"image": bank})

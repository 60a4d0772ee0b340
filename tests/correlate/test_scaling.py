"""Hubs, calibration, neighbours and time: the parts that make scores comparable."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.calibration import fit_calibrator
from correlate.hubs import SIZES, fit_scaling, usual
from correlate.neighbours import nearest, unit_rows
from correlate.timing import LIMIT, time_support


def test_a_hub_loses_its_lead():
    rng = np.random.default_rng(0)
    similarity = rng.uniform(0, 0.3, size=(60, 60))
    similarity[:, 7] = 0.5
    partner = (np.arange(60) + 30) % 60
    similarity[np.arange(60), partner] = 0.6
    similarity[np.arange(60), 7] = 0.65
    assert (similarity.argmax(axis=1) == 7).mean() > 0.9
    scaled = fit_scaling(similarity, np.zeros((60, 60), dtype=bool)).apply(similarity)
    assert (scaled.argmax(axis=1) == partner).mean() > 0.9


def test_usual_is_the_mean_over_sizes_of_the_mean_of_the_largest():
    row = np.arange(100.0)[None]
    expected = np.mean([row[0, -size:].mean() for size in SIZES])
    assert np.isclose(usual(row)[0], expected)
    assert usual(np.array([[-np.inf, 3.0, -np.inf]]))[0] == 3.0
    assert usual(np.full((2, 3), -np.inf)).tolist() == [0.0, 0.0]
    assert usual(np.empty((4, 0))).tolist() == [0.0] * 4


def test_a_new_row_is_scored_like_a_fitted_one():
    rng = np.random.default_rng(1)
    similarity = rng.normal(size=(30, 50))
    scaling = fit_scaling(similarity, np.zeros(similarity.shape, dtype=bool))
    np.testing.assert_allclose(scaling.query(similarity[3:4])[0], scaling.apply(similarity)[3])


def test_calibrated_probabilities_are_true_frequencies():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=200_000)
    truth = 1 / (1 + np.exp(-(2.0 * scores - 3.0)))
    found = fit_calibrator(scores, rng.uniform(size=scores.size) < truth)
    assert found is not None
    assert abs(found.slope - 2.0) < 0.1
    assert abs(found.intercept + 3.0) < 0.1
    assert np.isclose(found.base, truth.mean(), atol=0.01)


def test_a_space_that_says_nothing_or_the_opposite_never_counts_against_likeness():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=5000)
    found = fit_calibrator(scores, scores < -1)
    assert found is not None
    assert found.slope >= 0
    assert fit_calibrator(scores, np.ones(5000, dtype=bool)) is None
    assert fit_calibrator(scores, np.zeros(5000, dtype=bool)) is None


def test_few_pairs_stay_unsure():
    found = fit_calibrator(np.array([0.0, 1.0]), np.array([False, True]))
    assert found is not None
    assert 0.2 < found.probability(np.array([1.0]))[0] < 0.95


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(0, 12), st.booleans())
@settings(max_examples=40, deadline=None)
def test_neighbours_equal_a_full_sort(seed, count, k, same):
    rng = np.random.default_rng(seed)
    # Few distinct values, so that there are ties.
    database = rng.integers(-2, 3, size=(count, 3)).astype(np.float32)
    indices, similarities = nearest(database, database, k, same=same)
    for row in range(count):
        values = database @ database[row]
        order = [at for at in np.lexsort((np.arange(count), -values)) if not (same and at == row)][:k]
        np.testing.assert_array_equal(similarities[row], values[order])
        assert set(indices[row]) <= set(range(count))


def test_unit_rows_keep_zero_rows():
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]])
    assert rows.dtype == np.float32


def _stories(days_apart, count=20):
    """Pairs of stories that are each other's nearest, published a given time apart within years."""
    rng = np.random.default_rng(4)
    start = rng.uniform(0, 1000, size=count)
    days = np.r_[start, start + days_apart]
    scores = rng.uniform(0, 0.1, size=(2 * count, 2 * count))
    for at in range(count):
        scores[at, at + count] = scores[at + count, at] = 1.0
    return days, (scores + scores.T) / 2


def test_time_speaks_for_near_dates_where_stories_are_short():
    days, scores = _stories(0.2)
    support = time_support(days, scores)
    assert support[0, 20] > 1.0
    far = np.abs(days[:, None] - days[None]) > 300
    assert support[far].max() < 0
    assert np.abs(support).max() <= LIMIT


def test_time_says_nothing_without_dates_and_never_prefers_far_over_near():
    days, scores = _stories(200.0)
    support = time_support(days, scores)
    near, far = support[np.abs(days[:, None] - days[None]) < 0.5], support[np.abs(days[:, None] - days[None]) > 400]
    assert near.size == 0 or near.min() >= far.max() - 1e-9 or near[near != 0].size == 0
    unknown = np.full(40, np.nan)
    assert not time_support(unknown, scores).any()

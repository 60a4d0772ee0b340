"""Groups without a threshold, against hand-made cases and a naive silhouette."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from correlate.grouping import first_seen, groups, silhouette


def blocks(sizes, inside=0.8, outside=0.1, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(len(sizes)), sizes)
    similarity = np.where(label[:, None] == label[None, :], inside, outside) + noise * rng.normal(
        size=(len(label),) * 2
    )
    return (similarity + similarity.T) / 2, label


def test_blocks_are_found_whatever_their_number_and_sizes():
    for sizes in ([3, 3], [10, 2, 5], [1, 4, 4, 1], [2] * 12, [30, 5]):
        similarity, label = blocks(sizes)
        np.testing.assert_array_equal(groups(similarity), label)


def test_the_scale_of_similarities_does_not_matter():
    similarity, label = blocks([4, 6, 3])
    np.testing.assert_array_equal(groups(100 * similarity - 7), label)


def test_order_of_items_does_not_matter():
    similarity, label = blocks([4, 6, 3])
    order = np.random.default_rng(5).permutation(len(label))
    found = groups(similarity[np.ix_(order, order)])
    np.testing.assert_array_equal(found, first_seen(label[order]))


def test_none_one_and_two_items():
    assert groups(np.empty((0, 0))).tolist() == []
    assert groups(np.zeros((1, 1))).tolist() == [0]
    assert groups(np.array([[0, 0.5], [0.5, 0]])).tolist() == [0, 0]
    assert groups(np.array([[0, -0.5], [-0.5, 0]])).tolist() == [0, 1]


@given(st.integers(0, 1000), st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_silhouette_equals_the_library(seed, number):
    rng = np.random.default_rng(seed)
    label = np.sort(np.r_[np.arange(number), rng.integers(0, number, size=20)])
    points = rng.normal(size=(len(label), 2))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
    assert np.isclose(silhouette(distance, starts), silhouette_score(distance, label, metric="precomputed"))


def test_a_collection_beyond_every_cut_is_searched_by_grid(monkeypatch):
    monkeypatch.setattr("correlate.grouping.EVERY_CUT", 20)
    similarity, label = blocks([8, 9, 7, 12, 5], noise=0.02)
    np.testing.assert_array_equal(groups(similarity), label)

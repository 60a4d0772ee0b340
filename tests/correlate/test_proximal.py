"""Proximal steps against their definition: nothing near by is better."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from correlate.proximal import check_groups, descend, shrink_groups, shrink_rows, soft_threshold, unit_within_l1
from ontology.errors import InvalidInput

VECTORS = arrays(np.float64, 6, elements=st.floats(-3, 3).map(lambda value: round(value, 2)))
GROUPS = {
    "apart": [[0, 1], [2, 3, 4], [5]],
    "tree": [[0], [1], [0, 1], [2, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5]],
    "overlapping": [[0, 1, 2], [2, 3], [3, 4, 5], [1, 4]],
}


@given(VECTORS, st.sampled_from(sorted(GROUPS)), st.floats(0.05, 2.0), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_step_of_groups_is_the_best_point(x, kind, amount, seed):
    groups = check_groups(GROUPS[kind], 6, "image")
    amounts = amount * np.sqrt([len(group) for group in groups])

    def objective(y):
        penalty = sum(a * np.linalg.norm(y[group]) for a, group in zip(amounts, groups, strict=True))
        return 0.5 * ((y - x) ** 2).sum() + penalty

    found = shrink_groups(x, groups, amounts)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-1, 1.0):
        for _ in range(20):
            assert objective(found) <= objective(found + size * rng.normal(size=6)) + 1e-7


@given(VECTORS, st.floats(0.05, 2.0))
@settings(max_examples=40, deadline=None)
def test_one_pass_is_enough_for_a_tree_and_single_columns_are_soft_thresholds(x, amount):
    tree = check_groups(GROUPS["tree"], 6, "image")
    amounts = np.full(len(tree), amount)
    np.testing.assert_allclose(shrink_groups(x, tree, amounts, passes=1), shrink_groups(x, tree, amounts), atol=1e-9)
    single = check_groups([[column] for column in range(6)], 6, "image")
    np.testing.assert_allclose(shrink_groups(x, single, np.full(6, amount)), soft_threshold(x, amount), atol=1e-12)


@given(VECTORS.filter(lambda x: np.abs(x).max() > 0.1), st.floats(1.0, 2.4), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_unit_vector_within_an_l1_bound_is_the_best_of_many(x, bound, seed):
    found = unit_within_l1(x, bound)
    assert np.linalg.norm(found) == pytest.approx(1)
    rng = np.random.default_rng(seed)
    tried = rng.laplace(size=(2000, 6)) ** 3
    tried /= np.linalg.norm(tried, axis=1, keepdims=True)
    kept = tried[np.abs(tried).sum(axis=1) <= bound]
    # Equal largest values leave no thresholded vector within a tight bound; one of them is then taken.
    ties = (np.abs(x) > np.abs(x).max() - 1e-9).sum()
    if ties <= bound**2:
        assert np.abs(found).sum() <= bound + 1e-6
        assert (kept @ x).max(initial=-np.inf) <= found @ x + 1e-6


def test_small_known_answers():
    np.testing.assert_allclose(soft_threshold(np.array([3.0, -0.5, -2.0]), 1.0), [2, 0, -1])
    np.testing.assert_allclose(shrink_rows(np.array([[3.0, 4.0], [0.3, 0.4]]), 1.0), [[2.4, 3.2], [0, 0]])
    np.testing.assert_array_equal(unit_within_l1(np.zeros(3), 1.0), np.zeros(3))
    with pytest.raises(InvalidInput, match="'image' must name columns from 0 to 3"):
        check_groups([[0, 4]], 4, "image")


def test_descent_solves_a_lasso_as_its_conditions_ask():
    rng = np.random.default_rng(0)
    A, b, amount = rng.normal(size=(30, 8)), rng.normal(size=30), 5.0
    gram, target = A.T @ A, A.T @ b
    curvature = float(np.linalg.norm(gram, 2))
    found = descend(
        lambda x: gram @ x - target,
        lambda x, size: soft_threshold(x, size * amount),
        np.zeros(8),
        curvature,
        1e-10,
        5000,
    )
    slope = target - gram @ found
    np.testing.assert_allclose(slope[found != 0], amount * np.sign(found[found != 0]), atol=1e-6)
    assert (np.abs(slope[found == 0]) <= amount + 1e-9).all()
    assert 0 < (found != 0).sum() < 8

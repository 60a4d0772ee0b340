"""Shared linear algebra against numpy on whole matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate import CCA, PLS, MultiviewCCA
from correlate.linalg import Moments, leading_pairs, leading_svd, principal_axes, ridge_regression, whitened_svd
from ontology.errors import InvalidInput


@given(st.integers(0, 1000), st.lists(st.integers(1, 9), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_moments_of_batches_are_those_of_the_whole(seed, sizes):
    rng = np.random.default_rng(seed)
    views = {"image": rng.normal(size=(sum(sizes), 3)) + 9, "text": rng.normal(size=(sum(sizes), 2)) - 4}
    moments = Moments()
    for start, size in zip(np.cumsum([0, *sizes]), sizes, strict=False):
        moments.add({name: view[start : start + size] for name, view in views.items()})
    whole = np.cov(np.hstack(list(views.values())).T, bias=True)
    np.testing.assert_allclose(moments.covariance("image"), whole[:3, :3], atol=1e-12)
    np.testing.assert_allclose(moments.covariance("text", "image"), whole[3:, :3], atol=1e-12)
    np.testing.assert_allclose(moments.mean("image"), views["image"].mean(axis=0))


def test_single_precision_keeps_its_digits_far_from_zero():
    rng = np.random.default_rng(0)
    view = (rng.normal(size=(30_000, 4)) + 1000.0).astype(np.float32)
    moments = Moments().add({"image": view, "text": view[:, :2].copy()})
    exact = np.cov(view.astype(np.float64).T, bias=True)
    np.testing.assert_allclose(moments.covariance("image"), exact, atol=2e-6)
    naive = view.T @ view / len(view) - np.outer(view.mean(axis=0), view.mean(axis=0))
    assert np.abs(naive - exact).max() > 1e-3


def test_fewer_rows_than_columns_are_described_in_their_own_space():
    view = np.random.default_rng(1).normal(size=(5, 40)) + 3
    moments = Moments.of({"image": view, "text": view[:, :3]})
    assert moments.covariance("image").shape == (5, 5)
    np.testing.assert_allclose(moments.mean("image"), view.mean(axis=0))
    lifted = moments.lift("image", np.eye(5))
    np.testing.assert_allclose(lifted @ moments.covariance("image") @ lifted.T, np.cov(view.T, bias=True), atol=1e-12)


@pytest.mark.parametrize("model", [CCA(n_components=2), PLS(n_components=2), MultiviewCCA(n_components=2)])
def test_batches_give_the_model_of_the_whole(model):
    rng = np.random.default_rng(2)
    shared = rng.normal(size=(90, 2))
    views = {"image": shared @ rng.normal(size=(2, 5)) + 4, "text": shared @ rng.normal(size=(2, 3))}
    whole = model.fit(views).transform(views["text"], "text")
    cuts = [slice(0, 1), slice(1, 50), slice(50, 90)]
    again = model.fit_batches({name: view[cut] for name, view in views.items()} for cut in cuts)
    np.testing.assert_allclose(again.transform(views["text"], "text"), whole, atol=1e-9)


def test_batches_that_do_not_match_are_refused():
    batch = {"image": np.ones((3, 2)), "text": np.ones((3, 1))}
    with pytest.raises(InvalidInput, match="those before had"):
        CCA().fit_batches([batch, {"image": np.ones((3, 2)), "text": np.ones((3, 4))}])
    with pytest.raises(InvalidInput, match="2 rows or more are needed, got 0"):
        CCA().fit_batches([])


@pytest.mark.parametrize("shape", [(40, 30), (30, 40)])
@pytest.mark.parametrize("k", [4, 25, 99])
def test_leading_singular_values_are_those_of_all(shape, k):
    T = np.random.default_rng(3).normal(size=shape)
    u, s, v = leading_svd(T, k)
    np.testing.assert_allclose(s, np.linalg.svd(T)[1][:k], rtol=1e-10)
    np.testing.assert_allclose(u.T @ T @ v, np.diag(s), atol=1e-9)
    np.testing.assert_allclose(u.T @ u, np.eye(len(s)), atol=1e-9)


def test_small_singular_values_are_exact_and_come_with_unit_vectors():
    rng = np.random.default_rng(4)
    T = np.outer(rng.normal(size=30), rng.normal(size=20)) + 1e-9 * rng.normal(size=(30, 20))
    u, s, v = leading_svd(T, 3)
    np.testing.assert_allclose(s, np.linalg.svd(T)[1][:3], rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(u, axis=0), 1)
    np.testing.assert_allclose(np.linalg.norm(v, axis=0), 1)


def test_whitened_axes_are_orthonormal_in_their_covariances():
    rng = np.random.default_rng(5)
    both = np.cov(rng.normal(size=(7, 200)))
    a, s, b = whitened_svd(both[:4, :4], both[4:, 4:], both[:4, 4:], 3)
    np.testing.assert_allclose(a.T @ both[:4, :4] @ a, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(a.T @ both[:4, 4:] @ b, np.diag(s), atol=1e-9)


def test_leading_pairs_solve_the_generalised_problem():
    rng = np.random.default_rng(6)
    A, B = (each @ each.T for each in rng.normal(size=(2, 5, 9)))
    values, vectors = leading_pairs(A, B, 3)
    np.testing.assert_allclose(A @ vectors, B @ vectors * values, atol=1e-9)
    assert (np.diff(values) <= 0).all()


@given(st.integers(0, 200))
@settings(max_examples=20, deadline=None)
def test_ridge_regression_is_the_same_in_rows_and_columns(seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(6, 9)), rng.normal(size=(6, 2))
    W = ridge_regression(X, Y, 0.3)
    penalty = 0.3 * (X**2).sum() / 9
    np.testing.assert_allclose(W, np.linalg.solve(X.T @ X + penalty * np.eye(9), X.T @ Y), atol=1e-9)


def test_principal_axes_keep_the_share_that_was_asked_for():
    rows = np.diag([3.0, 2.0, 1.0])
    assert principal_axes(rows, 9 / 14).shape == (3, 1)
    assert principal_axes(rows, 0.7).shape == (3, 2)
    assert principal_axes(rows, 1.0).shape == (3, 3)

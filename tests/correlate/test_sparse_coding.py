"""Sparse codes against sklearn and the conditions of their optimum; atoms against those that made the rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import sparse_encode
from sklearn.linear_model import orthogonal_mp_gram

from correlate.dictionary import into_ball, learn_atoms, move_atoms
from correlate.lasso import lasso_gram
from correlate.sparse_coding import lasso_codes, omp_codes
from ontology.errors import InvalidInput


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(seed, rows=40, width=10, atoms=23, used=3, noise=0.01):
    rng = np.random.default_rng(seed)
    D = unit(rng.normal(size=(atoms, width)))
    codes = np.zeros((rows, atoms))
    for row in codes:
        row[rng.choice(atoms, used, replace=False)] = rng.choice([-1, 1], used) * rng.uniform(0.5, 1.5, used)
    return codes @ D + noise * rng.normal(size=(rows, width)), D, codes


def objective(X, D, codes, penalty):
    return 0.5 * ((X - codes @ D) ** 2).sum() + penalty * np.abs(codes).sum()


@pytest.mark.parametrize(("width", "atoms", "count"), [(10, 23, 4), (40, 23, 9), (5, 3, 7)])
def test_pursuit_is_that_of_sklearn(width, atoms, count):
    X, D, _ = made(1, width=width, atoms=atoms)
    found = omp_codes(X, D, count)
    peer = orthogonal_mp_gram(D @ D.T, D @ X.T, n_nonzero_coefs=min(count, atoms)).T
    np.testing.assert_allclose(found, peer, atol=1e-9)
    assert ((found != 0).sum(axis=1) <= count).all()


@given(st.integers(0, 10_000), st.floats(0.01, 2.0), st.sampled_from([7, 23, 60]))
@settings(max_examples=40, deadline=None)
def test_lasso_codes_meet_the_conditions_of_the_optimum(seed, penalty, atoms):
    X, D, _ = made(seed, atoms=atoms)
    codes = lasso_codes(X, D, penalty, tolerance=1e-7)
    slope = (X - codes @ D) @ D.T
    assert np.abs(slope).max() <= penalty * (1 + 1e-5)
    used = codes != 0
    np.testing.assert_allclose(slope[used], penalty * np.sign(codes[used]), rtol=1e-5)


def test_lasso_codes_are_those_of_sklearn():
    X, D, _ = made(2)
    peer = sparse_encode(X, D, algorithm="lasso_lars", alpha=0.1)
    np.testing.assert_allclose(lasso_codes(X, D, 0.1, tolerance=1e-9), peer, atol=1e-6)
    np.testing.assert_allclose(lasso_gram(X @ D.T, D @ D.T, 0.1, 1e-9), peer, atol=1e-6)


def test_single_precision_stays_and_gives_nearly_the_same():
    X, D, _ = made(3)
    single = lasso_codes(X.astype(np.float32), D.astype(np.float32), 0.1)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, lasso_codes(X, D, 0.1), atol=1e-4)


def test_rows_of_zeros_and_atoms_that_are_the_same():
    X, D, _ = made(4)
    X[3] = 0
    twice = np.vstack([D, D])
    for codes in (omp_codes(X, twice, 4), lasso_codes(X, twice, 0.1)):
        assert not codes[3].any()
        assert np.isfinite(codes).all()
    np.testing.assert_allclose(omp_codes(X, twice, 4) @ twice, omp_codes(X, D, 4) @ D, atol=1e-9)
    both = objective(X, twice, lasso_codes(X, twice, 0.1), 0.1)
    assert both == pytest.approx(objective(X, D, lasso_codes(X, D, 0.1), 0.1), rel=1e-6)
    assert not lasso_codes(X, np.zeros_like(D), 0.1).any()


def test_an_epoch_lowers_the_objective_and_finds_the_atoms_that_made_the_rows():
    X, D, _ = made(5, rows=1500, width=12, atoms=8, used=2)
    start = unit(X[:8])
    atoms, reached = start, []
    for epochs in (1, 3, 12):
        atoms = learn_atoms(X, start, 0.1, epochs, batch=64)
        reached.append(objective(X, atoms, lasso_codes(X, atoms, 0.1), 0.1))
    assert reached == sorted(reached, reverse=True)
    assert reached[0] < 0.8 * objective(X, start, lasso_codes(X, start, 0.1), 0.1)
    likeness = np.abs(unit(atoms) @ D.T).max(axis=0)
    assert (likeness > 0.95).mean() > 0.7
    assert np.linalg.norm(atoms, axis=1).max() <= 1 + 1e-12


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_moving_atoms_never_raises_what_is_left(seed):
    X, D, codes = made(seed)
    rng = np.random.default_rng(seed)
    codes[:, 4] = 0
    atoms = into_ball(rng.normal(size=D.shape))
    before, fourth = objective(X, atoms, codes, 0.0), atoms[4].copy()
    move_atoms(atoms, codes.T @ codes, codes.T @ X)
    assert objective(X, atoms, codes, 0.0) <= before + 1e-9
    np.testing.assert_array_equal(atoms[4], fourth)
    assert np.linalg.norm(atoms, axis=1).max() <= 1 + 1e-12


def test_what_makes_no_sense_is_refused():
    X, D, _ = made(6)
    with pytest.raises(InvalidInput, match="one width"):
        lasso_codes(X, D[:, :3], 0.1)
    with pytest.raises(InvalidInput, match="above 0"):
        lasso_gram(X @ D.T, D @ D.T, 0.0)
    with pytest.raises(InvalidInput, match="count >= 1"):
        omp_codes(X, D, 0)
    with pytest.raises(InvalidInput, match="one width"):
        learn_atoms(X, D[:, :3], 0.1)

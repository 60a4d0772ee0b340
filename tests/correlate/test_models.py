"""Every exported method against the contract, and CCA against what is known of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate import CCA, MODELS
from ontology.errors import InvalidInput
from tests.checks import MODEL_CHECKS, paired_views


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_contract(model, check):
    check(model)


def test_correlations_are_those_of_the_projections():
    views = paired_views(rows=400)
    model = CCA(n_components=3, ridge=0.0, weighted=False).fit(views)
    left, right = (model.transform(view, name) for name, view in views.items())
    found = [np.corrcoef(left[:, k], right[:, k])[0, 1] for k in range(3)]
    np.testing.assert_allclose(found, model.correlations_, atol=1e-6)
    assert (np.diff(model.correlations_) <= 0).all()


def test_no_direction_correlates_more_than_the_first():
    views = paired_views(rows=400)
    best = CCA(n_components=1, ridge=0.0).fit(views).correlations_[0]
    rng = np.random.default_rng(3)
    centred = [view - view.mean(axis=0) for view in views.values()]
    tried = [np.corrcoef(centred[0] @ rng.normal(size=9), centred[1] @ rng.normal(size=6))[0, 1] for _ in range(500)]
    assert max(map(abs, tried)) < best


@given(st.integers(0, 50))
@settings(max_examples=10, deadline=None)
def test_fewer_rows_than_columns_gives_the_same_axes_as_the_full_covariance(seed):
    rng = np.random.default_rng(seed)
    views = {"image": rng.normal(size=(12, 30)) + 1, "text": rng.normal(size=(12, 5))}
    model = CCA(n_components=4, ridge=0.5).fit(views)
    X, Y = (view - view.mean(axis=0) for view in views.values())
    cov = [view.T @ view / 12 for view in (X, Y)]
    ridged = [c + 0.5 * np.trace(c) / len(c) * np.eye(len(c)) for c in cov]
    whitened = np.linalg.solve(np.linalg.cholesky(ridged[0]), X.T @ Y / 12)
    whitened = np.linalg.solve(np.linalg.cholesky(ridged[1]), whitened.T).T
    np.testing.assert_allclose(model.correlations_, np.linalg.svd(whitened)[1][:4], atol=1e-8)


def test_a_view_that_does_not_vary_is_refused():
    views = paired_views()
    with pytest.raises(InvalidInput, match="does not vary"):
        CCA().fit({"image": np.ones((120, 4)), "text": views["text"]})
    with pytest.raises(InvalidInput, match="CCA takes two views"):
        CCA().fit({**views, "sound": views["text"]})

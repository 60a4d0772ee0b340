"""Each method against what is known of it: special cases that are other methods, conditions of the optimum, planted
answers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from correlate import (
    CCA,
    GMLDA,
    GMMFA,
    LCFS,
    PLS,
    PMD,
    SCM,
    SM,
    KernelCCA,
    MultiviewCCA,
    RidgeLabels,
    SparseCCA,
    StructuredSparseCCA,
)
from correlate.kernels import Kernel, KernelMap
from ontology.errors import InvalidInput
from tests.checks import labels_of, paired_views


def projections(model, views):
    return [model.transform(view, name) for name, view in views.items()]


def same_up_to_sign(left, right, **tolerance):
    np.testing.assert_allclose(np.abs(np.sum(left * right, axis=0)), np.ones(left.shape[1]), **tolerance)


def unit_columns(matrix):
    return matrix / np.linalg.norm(matrix, axis=0)


def test_correlations_do_not_change_with_an_invertible_map_of_a_view():
    views = paired_views(rows=400)
    turn = np.random.default_rng(1).normal(size=(6, 6)) + 4 * np.eye(6)
    plain = CCA(3, ridge=0.0).fit(views).correlations_
    np.testing.assert_allclose(
        CCA(3, ridge=0.0).fit(views | {"text": views["text"] @ turn + 3}).correlations_, plain, atol=1e-6
    )


def test_each_side_takes_its_own_ridge():
    views = paired_views()
    np.testing.assert_array_equal(
        CCA(3, ridge={"image": 0.2, "text": 0.2}).fit(views).correlations_, CCA(3, ridge=0.2).fit(views).correlations_
    )
    heavy = CCA(3, ridge={"image": 50.0, "text": 0.2}).fit(views).correlations_
    assert heavy[0] < CCA(3, ridge=0.2).fit(views).correlations_[0]
    with pytest.raises(InvalidInput, match="ridge >= 0 for image and text"):
        CCA(ridge={"image": 1.0}).fit(views)


def test_kernel_cca_with_a_linear_kernel_is_cca():
    views = paired_views(rows=200)
    # The penalty of a mapped view is in mean variances of as many columns as the map has: as many as the view.
    linear, plain = (model.fit(views) for model in (KernelCCA(3, "linear", ridge=0.1), CCA(3, ridge=0.1)))
    np.testing.assert_allclose(linear.correlations_, plain.correlations_, atol=1e-6)
    for left, right in zip(projections(linear, views), projections(plain, views), strict=True):
        same_up_to_sign(unit_columns(left), unit_columns(right), atol=1e-4)


def test_kernel_cca_finds_what_is_curved_and_landmarks_come_near_it():
    rng = np.random.default_rng(2)
    angle, new = rng.uniform(0, 2 * np.pi, size=(2, 300))

    def made(angle):
        noise = 0.05 * rng.normal(size=(300, 2))
        return {
            "image": np.c_[np.cos(angle), np.sin(angle)] + noise,
            "text": np.c_[np.cos(2 * angle), np.sin(2 * angle)] + noise,
        }

    views, held_out = made(angle), made(new)

    def agreement(model):
        left, right = projections(model.fit(views), held_out)
        return abs(np.corrcoef(left[:, 0], right[:, 0])[0, 1])

    assert agreement(CCA(1)) < 0.3
    exact, low_rank = KernelCCA(1, width=0.3, ridge=0.1), KernelCCA(1, width=0.3, ridge=0.1, landmarks=80)
    assert agreement(exact) > 0.9
    assert agreement(low_rank) > 0.9


def test_a_map_from_all_rows_is_the_kernel_and_chi_squared_wants_counts():
    rows = np.random.default_rng(3).dirichlet(np.ones(5), size=20)
    kernel = Kernel.fit(rows, "chi2", 1.0)
    mapped = KernelMap.fit(kernel, rows)(rows)
    np.testing.assert_allclose(mapped @ mapped.T, kernel(rows, rows), atol=1e-8)
    x, y = rows[0], rows[1]
    assert kernel(x[None], y[None])[0, 0] == pytest.approx(np.exp(-((x - y) ** 2 / (x + y)).sum() / kernel.scale))
    with pytest.raises(InvalidInput, match="compares histograms"):
        Kernel.fit(-rows, "chi2", 1.0)
    with pytest.raises(InvalidInput, match="'cubic'"):
        KernelCCA(kernel="cubic").fit(paired_views())


def test_pmd_without_a_bound_gives_singular_vectors():
    views = paired_views()
    scaled = [(view - view.mean(axis=0)) / view.std(axis=0) for view in views.values()]
    u, s, vt = np.linalg.svd(scaled[0].T @ scaled[1] / 120)
    model = PMD(3, share=1.0).fit(views)
    np.testing.assert_allclose(model.strengths_, s[:3], rtol=1e-4)
    same_up_to_sign(model.axes_["image"] * views["image"].std(axis=0)[:, None], u[:, :3], atol=1e-3)
    same_up_to_sign(model.axes_["text"] * views["text"].std(axis=0)[:, None], vt[:3].T, atol=1e-3)


def planted(seed=0, rows=300):
    """Columns 0 to 3 of twenty of the pictures go with columns 5 and 6 of ten of the texts; all others are noise."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=rows)
    image, text = rng.normal(size=(rows, 20)), rng.normal(size=(rows, 10))
    image[:, :4] += 2 * factor[:, None]
    text[:, 5:7] += 2 * factor[:, None]
    return {"image": image, "text": text}


def test_sparse_methods_find_planted_columns():
    views = planted()
    model = PMD(1, share=0.45).fit(views)
    assert set(np.flatnonzero(np.abs(model.axes_["image"][:, 0]) > 0.05)) == {0, 1, 2, 3}
    assert set(np.flatnonzero(np.abs(model.axes_["text"][:, 0]) > 0.05)) == {5, 6}
    weights, samples = SparseCCA(1, sparsity=0.3, dual_sparsity=0.05).fit(views).weights_[0]
    assert set(np.flatnonzero(weights)) == {0, 1, 2, 3}
    assert samples.min() >= 0
    assert samples.max() == 1
    assert (samples == 0).mean() > 0.2


def test_structured_sparsity_takes_whole_groups():
    groups = {"image": [range(at, at + 4) for at in range(0, 20, 4)], "text": [[0, 1, 2], [3, 4], [5, 6], [7, 8, 9]]}
    model = StructuredSparseCCA(1, groups, penalty=0.5).fit(planted())
    assert set(np.flatnonzero(model.axes_["image"][:, 0])) == {0, 1, 2, 3}
    assert set(np.flatnonzero(model.axes_["text"][:, 0])) == {5, 6}
    whole = StructuredSparseCCA(3, penalty=0.0).fit(planted())
    same_up_to_sign(
        unit_columns(whole.axes_["image"]), unit_columns(PMD(3, share=1.0).fit(planted()).axes_["image"]), atol=1e-3
    )
    with pytest.raises(InvalidInput, match="groups are given for sound"):
        StructuredSparseCCA(groups={"sound": [[0]]}).fit(planted())


def test_components_of_sparse_cca_are_orthogonal_on_the_fitted_rows():
    views = paired_views()
    for projected in projections(SparseCCA(3).fit(views), views):
        np.testing.assert_allclose(projected.T @ projected, np.eye(projected.shape[1]), atol=1e-8)


def test_multiview_cca_of_two_views_is_cca_and_takes_three():
    views = paired_views()
    several, two = MultiviewCCA(3, ridge=0.1).fit(views), CCA(3, ridge=0.1).fit(views)
    np.testing.assert_allclose(several.correlations_, two.correlations_, atol=1e-9)
    for name in views:
        np.testing.assert_allclose(np.abs(several.axes_[name]), np.abs(two.axes_[name]), atol=1e-8)
    third = views | {"sound": views["image"][:, :4] + np.random.default_rng(0).normal(size=(120, 4))}
    model = MultiviewCCA(3, ridge=0.1).fit(third)
    first = [each[:, 0] for each in projections(model, third)]
    assert np.abs(np.corrcoef(first)).min() > 0.6
    assert model.score(third) > 0.1


def test_pls_axes_are_orthonormal_and_no_pair_covaries_more():
    views = paired_views()
    model = PLS(3).fit(views)
    for axes in model.axes_.values():
        np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-9)
    left, right = projections(model, views)
    np.testing.assert_allclose(np.diag(left.T @ right / 120), model.covariances_, rtol=1e-9)
    np.testing.assert_allclose(left.T @ right / 120 - np.diag(model.covariances_), 0, atol=1e-8)


def test_ridge_to_labels_is_a_ridge_regression():
    views, labels = paired_views(), labels_of()
    model = RidgeLabels(ridge=0.5).fit(views, labels)
    for name, view in views.items():
        penalty = 0.5 * ((view - view.mean(axis=0)) ** 2).sum() / view.shape[1]
        peer = Ridge(alpha=penalty).fit(view, np.eye(4)[np.unique(labels, return_inverse=True)[1]])
        share = np.bincount(np.unique(labels, return_inverse=True)[1]) / 120
        np.testing.assert_allclose(model.transform(view, name), peer.predict(view) - share, atol=1e-9)


def test_lcfs_comes_down_and_drops_columns_that_say_nothing():
    views, labels = paired_views(), labels_of()
    views["image"] = np.c_[views["image"], np.random.default_rng(0).normal(size=(120, 12))]
    model = LCFS(sparsity=0.4, coupling=0.01, iterations=30).fit(views, labels)
    assert all(
        later <= earlier + 1e-6 for earlier, later in zip(model.objectives_, model.objectives_[1:], strict=False)
    )
    strength = np.linalg.norm(model.axes_["image"], axis=1)
    assert strength[9:].max() < 0.05 * strength[:9].max()
    loose = LCFS(sparsity=0.0, coupling=0.0, iterations=1).fit(views, labels)
    plain = RidgeLabels(ridge=0.0).fit(views, labels)
    np.testing.assert_allclose(
        loose.transform(views["text"], "text"), plain.transform(views["text"], "text"), atol=1e-5
    )


def test_semantic_matching_is_logistic_regression_and_scm_comes_after_cca():
    views, labels = paired_views(), labels_of()
    peer = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(views["text"], labels)
    model = SM().fit(views, labels)
    np.testing.assert_allclose(model.transform(views["text"], "text"), peer.predict_proba(views["text"]), atol=1e-9)
    first = CCA(2, 0.1, weighted=False).fit(views)
    spaces = {name: first.transform(view, name) for name, view in views.items()}
    then = SM().fit(spaces, labels).transform(spaces["image"], "image")
    np.testing.assert_allclose(SCM(2, 0.1).fit(views, labels).transform(views["image"], "image"), then, atol=1e-9)


@pytest.mark.parametrize("model", [GMLDA(), GMMFA(friends=5, strangers=20)])
def test_generalised_analysis_brings_labels_of_three_views_together(model):
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 3, size=240)
    centres = 3 * rng.normal(size=(3, 3, 8))
    views = {
        name: centres[at][labels] + 2 * rng.normal(size=(240, 8)) for at, name in enumerate(("image", "text", "sound"))
    }
    # Rows are not paired: every view has the labels in an order of its own within them.
    fitted = model.fit({name: view[:160] for name, view in views.items()}, labels[:160])
    held_out = {name: view[160:] for name, view in views.items()}
    assert fitted.score(held_out, labels[160:]) > 0.75
    assert fitted.transform(held_out["image"], "image").shape[1] == 2


def test_gmlda_of_strong_alignment_separates_labels_as_their_means_do():
    views, labels = paired_views(), labels_of()
    model = GMLDA(alignment=100.0).fit(views, labels)
    left, right = projections(model, views)
    for label in np.unique(labels):
        mean_left, mean_right = left[labels == label].mean(axis=0), right[labels == label].mean(axis=0)
        assert mean_left @ mean_right / np.linalg.norm(mean_left) / np.linalg.norm(mean_right) > 0.95

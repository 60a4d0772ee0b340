"""Features of several kinds in one medium: fused early, late and by kernels, selected, and moved to another source."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate import (
    CCA,
    GMLDA,
    LRBS,
    EarlyFusion,
    HeterogeneousSelection,
    KernelCCA,
    KernelFusion,
    LateFusion,
    RidgeLabels,
    SubspaceAlignment,
)
from correlate.blocks import Balance, block_spans, side_by_side
from correlate.metrics import first_ranks, mean_average_precision, recall_at
from correlate.proximal import shrink_spectrum
from correlate.similarity import compare, unit
from ontology.errors import InvalidInput
from tests.checks import labels_of, paired_views


def kinds(seed=0, rows=200, noise=1.0):
    """A picture in two kinds of features that know different factors, the second in large units, and noise; a text."""
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(77)
    shared = rng.normal(size=(rows, 6))
    maps = [fixed.normal(size=(3, 10)), fixed.normal(size=(3, 14)), fixed.normal(size=(6, 12))]
    first = shared[:, :3] @ maps[0] + noise * rng.normal(size=(rows, 10)) + 4.0
    second = 500 * (shared[:, 3:] @ maps[1] + noise * rng.normal(size=(rows, 14)))
    nothing = 30 * rng.normal(size=(rows, 9)) - 7.0
    image, widths = side_by_side([first, second, nothing])
    return {"image": image, "text": shared @ maps[2] + noise * rng.normal(size=(rows, 12))}, {"image": widths}


def partners(model, views):
    """Recall at 1 of each row's partner."""
    spaces = {name: model.transform(view, name) for name, view in views.items()}
    scores = compare(spaces["image"], spaces["text"], model.metric)
    return recall_at(first_ranks(scores, np.eye(len(scores), dtype=bool)), 1)


def test_blocks_fill_their_view():
    assert block_spans({"image": (2, 3)}, {"image": 5, "text": 4}) == {"image": [(0, 2), (2, 5)], "text": [(0, 4)]}
    with pytest.raises(InvalidInput, match="add up to 5, got"):
        block_spans({"image": (2, 2)}, {"image": 5})
    with pytest.raises(InvalidInput, match="add up to 5"):
        block_spans({"image": (5, 0)}, {"image": 5})
    with pytest.raises(InvalidInput, match="blocks are given for sound"):
        block_spans({"sound": (5,)}, {"image": 5})
    with pytest.raises(InvalidInput, match="as many rows"):
        side_by_side([np.ones((2, 1)), np.ones((3, 1))])


def test_a_balanced_block_has_unit_variance_and_a_constant_one_is_silent():
    X = np.random.default_rng(0).normal(size=(50, 4)) * 9 + 100
    moved = Balance.of(X)(X)
    np.testing.assert_allclose(moved.mean(axis=0), 0, atol=1e-9)
    assert (moved**2).sum(axis=1).mean() == pytest.approx(1.0)
    assert not Balance.of(np.full((5, 2), 0.1))(np.ones((3, 2))).any()


@pytest.mark.parametrize(
    "model",
    [EarlyFusion(CCA(ridge=0.1)), LateFusion(CCA(ridge=0.1)), KernelFusion(ridge=0.1)],
    ids=lambda m: type(m).__name__,
)
def test_fused_kinds_find_more_than_each_alone(model):
    views, blocks = kinds()
    new, _ = kinds(1)
    fused = partners(model.set_params(blocks=blocks).fit(views), new)
    alone = []
    for start, stop in block_spans(blocks, {"image": 33})["image"][:2]:
        part, asked = ({**each, "image": each["image"][:, start:stop]} for each in (views, new))
        alone.append(partners(CCA(ridge=0.1).fit(part), asked))
    assert fused > max(alone) + 0.1


def test_late_fusion_weighs_noise_least_and_adds_similarities():
    views, blocks = kinds()
    model = LateFusion(CCA(ridge=0.1), blocks).fit(views)
    assert model.weights_.sum() == pytest.approx(1.0)
    assert model.weights_[2] < 0.1 < model.weights_[:2].min()
    new, _ = kinds(1)
    spaces = {name: model.transform(view, name) for name, view in new.items()}
    expected = np.zeros((200, 200))
    for weight, single, (start, stop) in zip(model.weights_, model.models_, model.spans_["image"], strict=True):
        left = single.transform(new["image"][:, start:stop], "image")
        expected += weight * compare(left, single.transform(new["text"], "text"), "cosine")
    np.testing.assert_allclose(spaces["image"] @ spaces["text"].T, expected, atol=1e-9)


def test_fusion_takes_methods_that_learn_from_labels():
    views, labels = paired_views(), labels_of()
    for model in (EarlyFusion(RidgeLabels(), {"image": (4, 5)}), LateFusion(GMLDA(), {"image": (4, 5)})):
        assert model.fit(views, labels).score(views, labels) > 0.5
        with pytest.raises(InvalidInput, match="learns from labels"):
            model.fit(views)


def test_one_block_is_the_method_itself():
    views = paired_views()
    plain = unit(CCA(3, ridge=0.1).fit(views).transform(views["text"], "text"))
    for model in (EarlyFusion(CCA(3, ridge=0.1)), LateFusion(CCA(3, ridge=0.1))):
        np.testing.assert_allclose(model.fit(views).transform(views["text"], "text"), plain, atol=1e-6)
    kernel = KernelCCA(3, kernel="rbf", ridge=0.1).fit(views).transform(views["text"], "text")
    mixed = KernelFusion(3, kernels=("rbf",), ridge=0.1).fit(views).transform(views["text"], "text")
    np.testing.assert_allclose(mixed, kernel, atol=1e-6)


def test_kernels_that_the_other_medium_confirms_count_most():
    views, blocks = kinds()
    model = KernelFusion(kernels=("linear", "chi2"), blocks=blocks).fit(views)
    assert len(model.kernel_weights_["image"]) == 3  # no chi-squared distances of values below 0
    shares = [
        part * np.var(views["image"][:, a:b], axis=0).sum()
        for part, (a, b) in zip(
            model.kernel_weights_["image"], block_spans(blocks, {"image": 33})["image"], strict=True
        )
    ]
    assert shares[2] < 0.1 * min(shares[:2])
    with pytest.raises(InvalidInput, match="kernels must be some of"):
        KernelFusion(kernels=("sigmoid",)).fit(views)
    with pytest.raises(InvalidInput, match="suits view 'image'"):
        KernelFusion(kernels=("chi2",)).fit(views)


def test_selection_keeps_what_tells_labels_and_beats_ridge_where_much_is_noise():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 15)
    centres = rng.normal(size=(4, 6))

    def made(rows_labels, seed):
        own = np.random.default_rng(seed)
        views = {}
        for name, noise in (("image", 150), ("text", 80)):
            told = centres[rows_labels] + 0.8 * own.normal(size=(len(rows_labels), 6))
            views[name] = np.hstack([told, own.normal(size=(len(rows_labels), noise))])
        return views

    views, truth = made(labels, 1), rng.integers(0, 4, size=120)
    new = made(truth, 2)
    model = HeterogeneousSelection(0.5).fit(views, labels)
    for kept in model.selected_.values():
        assert kept[:6].mean() > 0.6 > 0.2 > kept[6:].mean()
    found = model.score(new, truth)
    assert found > RidgeLabels().fit(views, labels).score(new, truth) + 0.05
    grouped = HeterogeneousSelection(0.0, 0.35, {"image": (6, 150), "text": (6, 80)}).fit(views, labels)
    assert all(kept[:6].all() and not kept[6:].any() for kept in grouped.selected_.values())
    with pytest.raises(InvalidInput, match=r"no column of view '(image|text)' is kept"):
        HeterogeneousSelection(0.999).fit(views, labels)
    with pytest.raises(InvalidInput, match="no column of any view"):
        HeterogeneousSelection().fit({"image": np.ones((60, 2)), "text": np.ones((60, 2))}, labels)


@given(st.integers(0, 1000), st.floats(0.01, 3.0))
@settings(max_examples=30, deadline=None)
def test_the_step_of_the_nuclear_norm_is_the_least_point(seed, amount):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, 3))
    found = shrink_spectrum(x, amount)

    def value(y):
        return 0.5 * ((y - x) ** 2).sum() + amount * np.linalg.norm(y, "nuc")

    for _ in range(10):
        assert value(found) <= value(found + 0.1 * rng.normal(size=x.shape)) + 1e-12


def test_a_learned_similarity_is_the_least_of_its_objective_and_of_low_rank():
    views, labels = paired_views(), labels_of()
    model = LRBS(penalty=0.1).fit(views, labels)
    assert model.axes_["image"].shape[1] <= 4
    assert model.score(views, labels) > CCA(3).fit(views).score(views, labels)
    assert LRBS(penalty=0.5).fit(views, labels).axes_["image"].shape[1] <= model.axes_["image"].shape[1]
    with pytest.raises(InvalidInput, match="0 < penalty < 1"):
        LRBS(penalty=1.0).fit(views, labels)


def shifted(seed=0, rows=300):
    """Pictures and texts of four labels, and pictures of another source: other units, another mean, blurred."""
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(55)
    labels = rng.integers(0, 4, size=rows)
    maps = fixed.normal(size=(4, 12)), fixed.normal(size=(4, 9))
    meaning = fixed.normal(size=(4, 4))[labels] + 0.4 * rng.normal(size=(rows, 4))
    views = {"image": meaning @ maps[0] + 0.3 * rng.normal(size=(rows, 12)), "text": meaning @ maps[1]}
    turn = np.eye(12) + 0.25 * fixed.normal(size=(12, 12))
    other = {**views, "image": views["image"] @ turn * fixed.uniform(0.1, 8, size=12) + 20 * fixed.normal(size=12)}
    return views, other, labels


@pytest.mark.parametrize("model", [CCA(4, ridge=0.1), GMLDA()], ids=lambda m: type(m).__name__)
def test_alignment_to_another_source_gains(model):
    source, _, labels = shifted(0)
    _, target, _ = shifted(1)
    _, new, truth = shifted(2)
    y = labels if model.supervised else None
    relevant = truth[:, None] == truth[None, :]
    found = {}
    for name, learner in (
        ("source only", model),
        ("aligned", SubspaceAlignment(model, {"image": target["image"]}, n_components=4)),
    ):
        fitted = learner.fit(source, y)
        spaces = {view: fitted.transform(rows, view) for view, rows in new.items()}
        found[name] = mean_average_precision(compare(spaces["text"], spaces["image"], fitted.metric), relevant)
    assert found["aligned"] > found["source only"] + 0.2


def test_alignment_names_what_is_wrong_with_the_target():
    views = paired_views()
    with pytest.raises(InvalidInput, match="9 columns are needed of target 'image'"):
        SubspaceAlignment(target={"image": np.ones((5, 3))}).fit(views)
    with pytest.raises(InvalidInput, match="target rows of fitted views"):
        SubspaceAlignment(target={"sound": np.ones((5, 3))}).fit(views)
    with pytest.raises(InvalidInput, match="'image' does not vary"):
        SubspaceAlignment(target={"image": np.ones((5, 9))}).fit(views)

"""The rankers and what they are made of: the oracle of average precision, cutting planes, triplets."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from correlate import PAMIR, SSI, BiCMSRM, InfoNCE, UniCMSRM
from correlate.ap_loss import average_precision_loss
from correlate.cutting_planes import low_rank
from correlate.info_nce import softmax_loss
from correlate.metrics import average_precisions
from correlate.triplets import draw_triplets
from ontology.errors import InvalidInput
from tests.checks import labels_of, paired_views

RANKERS = [PAMIR, SSI, UniCMSRM, BiCMSRM, InfoNCE]


def cases(seed, ties=False):
    """Scores of a query for 2 to 6 items, some relevant and some not."""
    rng = np.random.default_rng(seed)
    items = int(rng.integers(2, 7))
    relevant = rng.permutation(items) < rng.integers(1, items)
    scores = rng.normal(size=items) * rng.choice([0.1, 1.0, 5.0])
    return (np.round(scores) if ties else scores)[None], relevant[None]


def worst(scores, relevant):
    """The loss by its definition: the most that any ranking gains, over all of them."""
    good, bad = np.flatnonzero(relevant[0]), np.flatnonzero(~relevant[0])
    most = -np.inf
    for order in permutations(range(scores.shape[1])):
        place = np.argsort(order)
        precision = average_precisions(-place[None].astype(float), relevant)[0]
        inverted = [scores[0, j] - scores[0, i] for i in good for j in bad if place[j] < place[i]]
        most = max(most, 1 - precision + 2 * sum(inverted) / (len(good) * len(bad)))
    return most


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_most_violated_ranking_is_that_of_all_permutations(seed, ties):
    scores, relevant = cases(seed, ties)
    assert average_precision_loss(scores, relevant)[0] == pytest.approx(worst(scores, relevant), abs=1e-12)


@given(st.integers(0, 10_000), st.integers(2, 60))
@settings(max_examples=40, deadline=None)
def test_the_loss_bounds_average_precision_and_lies_above_its_tangents(seed, items):
    rng = np.random.default_rng(seed)
    scores, others = rng.normal(size=(2, 5, items))
    relevant = rng.random((5, items)) < 0.3
    relevant[:, 0], relevant[:, 1] = True, False
    loss, slope = average_precision_loss(scores, relevant)
    assert loss >= 1 - average_precisions(scores, relevant).mean() - 1e-12
    assert average_precision_loss(others, relevant)[0] >= loss + ((others - scores) * slope).sum() - 1e-12


def test_right_rankings_far_apart_lose_nothing_and_queries_without_a_choice_neither():
    relevant = np.array([[True, False, True], [False, False, False], [True, True, True]])
    loss, slope = average_precision_loss(np.where(relevant, 9.0, -9.0), relevant)
    assert loss == 0
    assert not slope.any()


@pytest.mark.parametrize(("shape", "k"), [((6, 4), 4), ((3, 7), 3)])
def test_cutting_planes_find_the_minimum_that_is_known(shape, k):
    # Of ||W - M||^2 / 2 + penalty x nuclear norm: the singular values of M come down by the penalty.
    M = np.random.default_rng(0).normal(size=shape)
    left, s, right = np.linalg.svd(M, full_matrices=False)
    U, V, objectives = low_rank(
        lambda U, V: (0.5 * float(((U @ V.T - M) ** 2).sum()), U @ V.T - M), shape, k, 0.8, 1e-7, 200, 200
    )
    np.testing.assert_allclose(U @ V.T, left * np.maximum(s - 0.8, 0) @ right, atol=0.02)
    assert (np.diff(objectives) <= 1e-12).all()
    assert np.linalg.norm(U) == pytest.approx(np.linalg.norm(V))


def test_rankings_come_nearer_to_the_right_one():
    views, labels = paired_views(), labels_of()
    model = BiCMSRM(tolerance=1e-4).fit(views, labels)
    assert (np.diff(model.objectives_) <= 1e-12).all()
    assert model.objectives_[-1] < 0.7
    for penalty in (1e-6, 100.0):
        assert BiCMSRM(penalty=penalty).fit(views, labels).score(views, labels) > 0.45
    with pytest.raises(InvalidInput, match="above 0"):
        UniCMSRM(penalty=0.0).fit(views, labels)


def test_one_direction_is_that_of_the_view_that_asks():
    views, labels = paired_views(), labels_of()
    turned = dict(reversed(views.items()))
    # The minimum is found to within the tolerance, so a view that comes first or second gives about the same.
    for query in views:
        one, two = (UniCMSRM(query, tolerance=1e-4).fit(each, labels) for each in (views, turned))
        assert one.objectives_[-1] == pytest.approx(two.objectives_[-1], abs=2e-3)
    assert UniCMSRM("text").fit(views, labels).objectives_ != UniCMSRM("image").fit(views, labels).objectives_
    with pytest.raises(InvalidInput, match="'sound', the views are image, text"):
        UniCMSRM("sound").fit(views, labels)


def test_triplets_are_a_query_one_of_its_label_and_one_of_another():
    labels = np.array([0, 0, 1, 1, 1, 2])
    queries, good, bad = draw_triplets(labels, 30_000, 0)
    assert (labels[queries] == labels[good]).all()
    assert (labels[queries] != labels[bad]).all()
    of_first = queries == 0
    np.testing.assert_allclose(np.bincount(good[of_first], minlength=6)[:2] / of_first.sum(), 0.5, atol=0.03)
    np.testing.assert_allclose(np.bincount(bad[of_first], minlength=6)[2:] / of_first.sum(), 0.25, atol=0.03)


def test_pamir_takes_the_shortest_step_that_satisfies_a_triplet():
    # Two rows, two labels: each query has one triplet, and both W and its average can be followed by hand.
    views = {"image": np.array([[1.0], [-1.0]]), "text": np.array([[0.0, 2.0], [0.0, -2.0]])}
    model = PAMIR(C=10.0, epochs=1).fit(views, np.array([0, 1]))
    # Rows have length 1 in both; x (y - y')' has the only value 2, W = 1/2 gives a margin of 1, and the first step
    # counts in all four averaged, for later ones find nothing to do.
    np.testing.assert_allclose(np.abs(model.axes_["image"] @ model.axes_["text"].T), [[0.0, 0.25]], atol=1e-9)
    small = PAMIR(C=0.1, epochs=1).fit(views, np.array([0, 1]))
    taken = np.abs(small.axes_["image"] @ small.axes_["text"].T)[0, 1] * 2
    assert taken == pytest.approx(np.mean([0.2, 0.4, 0.5, 0.5]))


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_the_gradient_of_the_softmax_is_that_of_small_steps(seed):
    rng = np.random.default_rng(seed)
    scores = 3 * rng.normal(size=(3, 4))
    wanted = rng.dirichlet(np.ones(4), size=3)
    loss, slope = softmax_loss(scores, wanted)
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-(wanted * np.log(probabilities)).sum(axis=1).mean())
    steps = approx_fprime(scores.ravel(), lambda flat: softmax_loss(flat.reshape(3, 4), wanted)[0], 1e-6)
    np.testing.assert_allclose(slope.ravel(), steps, atol=1e-5)


@pytest.mark.parametrize("model", RANKERS)
def test_partners_alone_are_enough_to_learn_from(model):
    views = paired_views()
    score = model().fit(views, np.arange(120)).score({name: view[:40] for name, view in views.items()})
    assert score > 0.25


@pytest.mark.parametrize("model", RANKERS)
def test_what_is_curved_needs_a_kernel(model):
    rng = np.random.default_rng(2)
    angle = rng.uniform(0, 2 * np.pi, size=200)
    labels = (angle // (np.pi / 2)).astype(int) % 2
    views = {
        "image": np.c_[np.cos(angle), np.sin(angle)] + 0.05 * rng.normal(size=(200, 2)),
        "text": np.c_[np.cos(2 * angle), np.sin(2 * angle)] + 0.05 * rng.normal(size=(200, 2)),
    }
    plain = model().fit(views, labels).score(views, labels)
    assert model(kernel={"image": "rbf"}, width=0.3, landmarks=60).fit(views, labels).score(views, labels) > plain + 0.1


def test_settings_that_make_no_sense_are_refused():
    views, labels = paired_views(), labels_of()
    with pytest.raises(InvalidInput, match="'image' does not vary"):
        PAMIR().fit({"image": np.full((120, 3), 1e6), "text": views["text"]}, labels)
    for model in (PAMIR(C=0.0), SSI(rate=-1.0), InfoNCE(iterations=0), SSI(n_components=0), PAMIR(landmarks=1)):
        with pytest.raises(InvalidInput, match="needed"):
            model.fit(views, labels)
    with pytest.raises(InvalidInput, match="'cubic'"):
        InfoNCE(kernel="cubic").fit(views, labels)

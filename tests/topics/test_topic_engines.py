"""The compiled engines: what they draw, what they conserve, and what they do not hang on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.sparse import csr_matrix

from tests.topics.checks_topics import made
from topics import LDA
from topics.base import check_counts
from topics.completion import halves
from topics.expected import Engine, Schedule, first_table, fold_in, smooth
from topics.gibbs import Sampler
from topics.priors import fitted_alpha
from topics.simd import draw, padded, rows
from topics.stacking import Documents, Layout


@njit
def draws(weights, row, scratch, topics, old, own, uniforms):
    """Topics drawn for many uniform numbers."""
    found = np.empty(uniforms.size, dtype=np.int64)
    for i in range(uniforms.size):
        found[i] = draw(
            weights.ctypes.data, row.ctypes.data, scratch.ctypes.data, row.size // 16, old, own, uniforms[i], topics
        )
    return found


@pytest.mark.parametrize("topics", [1, 2, 15, 16, 17, 50, 100])
@pytest.mark.parametrize("old", [-1, 0])
def test_topics_are_drawn_in_proportion(topics, old):
    rng = np.random.default_rng(topics)
    weights, row, scratch = (rows(padded(topics)) for _ in range(3))
    weights[:topics], row[:topics] = rng.gamma(0.5, size=topics), rng.gamma(0.5, size=topics)
    chances = (weights * row)[:topics].astype(float)
    own = np.float32(0.7 * chances.sum())
    if old == 0:
        chances[0] = own
    uniforms = ((np.arange(200_000) + 0.5) / 200_000).astype(np.float32)
    found = np.bincount(draws(weights, row, scratch, topics, old, own, uniforms), minlength=topics)
    np.testing.assert_allclose(found / len(uniforms), chances / chances.sum(), atol=2e-5)


@given(st.integers(1, 70), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_the_ends_of_the_unit_interval_give_topics_that_exist(topics, seed):
    rng = np.random.default_rng(seed)
    weights, row, scratch = (rows(padded(topics)) for _ in range(3))
    weights[:topics] = rng.gamma(0.1, size=topics) + 1e-12
    row[:topics] = rng.gamma(0.1, size=topics) + 1e-12
    ends = np.array([0.0, np.nextafter(np.float32(1), np.float32(0))], dtype=np.float32)
    found = draws(weights, row, scratch, topics, -1, np.float32(0), ends)
    assert ((found >= 0) & (found < topics)).all()


def stacked(views):
    """Made views as documents, with their layout."""
    counts = check_counts(views)
    layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
    return layout.documents(counts, None), layout


def prior(topics, alpha=0.1):
    """A padded prior."""
    padding = rows(padded(topics))
    padding[:topics] = alpha
    return padding


def test_sampling_conserves_every_count():
    views = made().views
    documents, layout = stacked(views)
    sampler = Sampler(documents, layout, 5, prior(5), 0.01, seed=3)
    for _ in range(5):
        sampler.sweep()
    np.testing.assert_array_equal(sampler.theta[:, :5].sum(axis=1), sum(view.sum(axis=1) for view in views.values()))
    words = sampler.table[:, :5].sum(axis=1) - 5 * np.float32(0.01)
    np.testing.assert_allclose(words, np.concatenate([view.sum(axis=0) for view in views.values()]), atol=1e-3)
    tokens = [view.sum() for view in views.values()]
    np.testing.assert_allclose(sampler.totals[:, :5].sum(axis=1), np.add(tokens, [0.05 * 60, 0.05 * 24]), rtol=1e-5)
    assert (sampler.theta[:, 5:] == 0).all()
    assert (sampler.table[:, 5:] == 0).all()
    sampler.close()


def test_parts_that_are_sampled_side_by_side_conserve_counts_and_do_not_hang_on_threads():
    rng = np.random.default_rng(0)
    views = {"words": rng.integers(0, 4, (400, 20))}
    documents, layout = stacked(views)
    tables = []
    for threads in (1, 2):
        sampler = Sampler(documents, layout, 6, prior(6), 0.1, seed=3, threads=threads)
        for _ in range(4):
            sampler.sweep()
        tables.append(sampler.table.copy())
        assert round(float(sampler.totals[:, :6].sum() - 12)) == views["words"].sum()
        sampler.close()
    np.testing.assert_array_equal(*tables)
    np.testing.assert_allclose(tables[0][:, :6].sum(axis=1) - 0.6, views["words"].sum(axis=0), atol=1e-2)


def test_sampling_visits_states_as_often_as_they_are_likely():
    # One document of two different words, two topics: p(same topic) and p(different) follow from the Dirichlets.
    documents, layout = stacked({"words": np.array([[1, 1]])})
    alpha, eta = 0.7, 0.4
    sampler = Sampler(documents, layout, 2, prior(2, alpha), eta, seed=0)
    same = []
    for _ in range(40_000):
        sampler.sweep()
        same.append(sampler.topic[0] == sampler.topic[1])
    sampler.close()
    # Weight of a state: product of Polya terms of the document and of each topic's words.
    together = alpha * (alpha + 1) * (eta * eta) / (2 * eta * (2 * eta + 1))
    apart = alpha * alpha * (eta / (2 * eta)) ** 2
    assert np.mean(same) == pytest.approx(together / (together + apart), abs=0.015)


def test_expected_counts_conserve_tokens_of_documents_and_of_words():
    views = made().views
    documents, layout = stacked(views)
    table, alpha = first_table(documents, layout.size, 4, 0), prior(4)

    def update(expected, table):
        for span in layout.spans.values():
            smooth(expected, table, span.start, span.stop, 0.01, 4)

    with Engine(documents, 4, layout.size, 1) as engine:
        expected = engine.learn(table, alpha, update, Schedule(passes=5))
        theta = engine.theta
    np.testing.assert_allclose((theta - alpha).sum(axis=1), documents.sizes, rtol=1e-4, atol=1e-3)
    frequency = np.concatenate([view.sum(axis=0) for view in views.values()])
    np.testing.assert_allclose(expected.sum(axis=1), frequency, rtol=1e-4, atol=1e-3)


def test_one_token_has_the_posterior_that_bayes_gives():
    words = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    layout = Layout.of({"words": 3})
    documents = layout.documents(check_counts({"words": [[0, 0, 1]]}), None)
    alpha = np.array([0.4, 0.2])
    shares = fold_in(documents, layout.table({"words": words}), alpha)
    posterior = alpha * words[:, 2] / (alpha * words[:, 2]).sum()
    np.testing.assert_allclose(shares[0], (alpha + posterior) / 1.6, atol=1e-5)


@given(st.integers(0, 200))
@settings(max_examples=25, deadline=None)
def test_halves_add_up_and_differ_by_a_token_at_most(seed):
    rng = np.random.default_rng(seed)
    views = {"words": rng.integers(0, 4, (12, 9)), "labels": rng.integers(0, 2, (12, 3))}
    seen, hidden = halves(check_counts(views))
    for name, view in views.items():
        np.testing.assert_array_equal((seen[name] + hidden[name]).toarray(), view)
        difference = seen[name].sum(axis=1) - hidden[name].sum(axis=1)
        assert ((difference >= 0) & (difference <= 1)).all()


def test_halves_do_not_hang_on_the_order_of_documents():
    views = check_counts(made().views)
    order = np.random.default_rng(1).permutation(240)
    turned = {name: csr_matrix(view[order]) for name, view in views.items()}
    for one, other in zip(halves(views), halves(turned), strict=True):
        np.testing.assert_array_equal(one["words"][order].toarray(), other["words"].toarray())


def test_documents_are_shuffled_by_what_they_hold():
    documents, _ = stacked(made().views)
    order = np.random.default_rng(1).permutation(240)
    turned = documents.take(order)
    one, other = documents.take(documents.order(7)), turned.take(turned.order(7))
    np.testing.assert_array_equal(one.places, other.places)
    np.testing.assert_array_equal(one.amounts, other.amounts)
    assert (documents.order(7) != documents.order(8)).any()


def test_words_of_a_collection_lie_in_rows_of_their_own():
    layout = Layout.of({"words": 3, ("words", "north"): 3})
    counts = check_counts({"words": [[1, 0, 2], [0, 5, 0]]})
    documents = layout.documents(counts, np.array(["north", "elsewhere"]))
    assert documents.places.tolist() == [3, 5, 1]
    assert documents.amounts.tolist() == [1, 2, 5]
    assert isinstance(documents, Documents)


def test_a_prior_is_found_again_from_counts_that_it_drew():
    rng = np.random.default_rng(0)
    alpha = np.array([0.1, 0.5, 2.0])
    counts = np.array([rng.multinomial(60, rng.dirichlet(alpha)) for _ in range(3000)])
    np.testing.assert_allclose(fitted_alpha(counts, np.ones(3), rounds=500), alpha, rtol=0.1)


def test_a_learned_prior_tells_frequent_topics_from_rare_ones():
    rng = np.random.default_rng(3)
    words = rng.dirichlet(np.full(40, 0.05), 2)
    shares = rng.dirichlet([0.9, 0.1], 300)
    counts = np.array([rng.multinomial(50, share @ words) for share in shares])
    for settings_ in ({}, {"sweeps": 60}):
        model = LDA(n_topics=2, optimise=True, passes=20, **settings_).fit({"words": counts})
        assert model.alpha_.max() / model.alpha_.sum() == pytest.approx(0.9, abs=0.06)

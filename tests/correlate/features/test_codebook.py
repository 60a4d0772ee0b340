import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.features.codebook import Bag, Fisher, Vlad, assign, centres

BOOKS = [Bag(8), Bag(8, scaled=True), Vlad(4, 3), Fisher(3, 3)]
WIDTHS = [8, 8, 12, 18]


def clusters(seed: int = 0, count: int = 300) -> np.ndarray:
    rng = np.random.default_rng(seed)
    middles = np.array([[0, 0, 0, 5], [9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, -5]])
    return (middles[rng.integers(0, 4, count)] + rng.normal(0, 0.3, (count, 4))).astype(np.float32)


@pytest.mark.parametrize(("book", "width"), [*zip(BOOKS, WIDTHS, strict=True)])
def test_every_codebook_gives_one_width_and_the_same_twice(book, width):
    for samples in (
        [clusters()],
        [clusters()[:1]],
        [np.zeros((0, 4), np.float32), clusters()[:2]],
        [clusters()[:1]] * 9,
    ):
        learned = book.learn(samples)
        for parts in (clusters(1), clusters(1)[:1], clusters(1)[:0]):
            found = book.place(parts, learned)
            assert found.shape == (width,)
            assert found.dtype == np.float32
            assert np.isfinite(found).all()
            assert (found == book.place(parts, book.learn(samples))).all()
        assert not book.place(clusters()[:0], learned).any()


@pytest.mark.parametrize("book", BOOKS)
def test_without_parts_there_is_nothing_to_learn(book):
    assert book.learn([]) is None
    assert book.learn([np.zeros((0, 4), np.float32)]) is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(0, 1000))
def test_counts_are_whole_and_hold_every_part_in_any_order(count, seed):
    book = Bag(6)
    learned = book.learn([clusters()])
    parts = clusters(seed, count)
    found = book.place(parts, learned)
    assert found.sum() == count
    assert (found == found.round()).all()
    assert (found == book.place(parts[::-1], learned)).all()


def test_words_are_the_middles_of_clusters():
    found = centres(clusters(0, 2000), 4)
    expected = np.array([[0, 0, 0, 5], [0, 0, 9, -5], [0, 9, 0, 0], [9, 0, 0, 0]])
    assert found[assign(expected.astype(np.float32), found)] == pytest.approx(expected, abs=0.1)
    assert assign(expected.astype(np.float32), found).tolist() == assign(expected + 0.2, found).tolist()
    assert len(centres(np.ones((50, 3)), 4)) == 1


def test_one_spread_for_all_numbers_lets_small_ones_tell_words_apart():
    rng = np.random.default_rng(0)
    side = rng.integers(0, 2, 400)
    parts = np.stack([rng.normal(0, 100, 400), side + rng.normal(0, 0.05, 400)], axis=1).astype(np.float32)
    book = Bag(2, scaled=True)
    words = assign(parts / book.learn([parts])["spread"], book.learn([parts])["words"])
    assert max((words == side).mean(), (words != side).mean()) > 0.7


def test_a_vector_of_residuals_by_hand():
    learned = {"mean": np.zeros(2), "axes": np.eye(2), "words": np.array([[0, 0], [10, 0]])}
    found = Vlad(2, 2).place(np.array([[0, 2], [0, 1], [10, -1], [11, 0]], np.float32), learned)
    halves = np.array([0, 1, 0.5**0.5, -(0.5**0.5)]) / 2**0.5
    assert found == pytest.approx(halves, abs=1e-6)


def test_gradients_are_those_of_the_likelihood():
    learned = {
        "mean": np.zeros(2), "axes": np.eye(2), "weights": np.array([0.4, 0.6]),
        "means": np.array([[0.0, 1], [2, -1]]), "variances": np.array([[1.0, 0.5], [2, 1.5]]),
    }  # fmt: skip
    parts = np.array([[0.3, 0.2], [1.5, -2], [4, 0.1]], np.float32)

    def likelihood(means, variances):
        gaps = (parts[:, None] - means) ** 2 / variances + np.log(2 * np.pi * variances)
        return np.log((learned["weights"] * np.exp(-gaps.sum(axis=2) / 2)).sum(axis=1)).sum()

    means, deviations, step = learned["means"], np.sqrt(learned["variances"]), 1e-5
    expected = np.zeros((2, 2, 2))
    for index in np.ndindex(2, 2):
        for half, (moved, scale) in enumerate(((means, 1), (deviations, 2**0.5))):
            up, down = moved.copy(), moved.copy()
            up[index] += step
            down[index] -= step
            ends = [(up, deviations), (down, deviations)] if half == 0 else [(means, up), (means, down)]
            slope = (likelihood(ends[0][0], ends[0][1] ** 2) - likelihood(ends[1][0], ends[1][1] ** 2)) / (2 * step)
            expected[(half, *index)] = slope * deviations[index] / (scale * learned["weights"][index[0]] ** 0.5)
    flat = np.sign(expected.ravel()) * np.sqrt(np.abs(expected.ravel()))
    assert Fisher(2, 2).place(parts, learned) == pytest.approx(flat / np.linalg.norm(flat), abs=1e-4)

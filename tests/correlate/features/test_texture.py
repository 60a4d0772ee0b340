import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from correlate.features.gabor import gabor, gist, responses
from correlate.features.look import Look
from correlate.features.texture import (
    contrast,
    cooccurrence,
    directionality,
    edge_directions,
    haralick,
    lbp,
    lbp_labels,
    window_sizes,
)


def grating(period: float, degrees: float = 0, side: int = 256) -> np.ndarray:
    y, x = np.indices((side, side))
    angle = np.deg2rad(degrees)
    return 127 + 100 * np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)


def test_cooccurrence_of_the_example_in_the_paper():
    levels = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [2, 2, 3, 3]])
    across = [[4, 2, 1, 0], [2, 4, 0, 0], [1, 0, 6, 1], [0, 0, 1, 2]]
    down_left = [[4, 1, 0, 0], [1, 2, 2, 0], [0, 2, 4, 1], [0, 0, 1, 0]]
    assert (cooccurrence(levels, 4, 0, 1) * 24).round(9).tolist() == across
    assert (cooccurrence(levels, 4, -1, 1) * 18).round(9).tolist() == down_left


def test_features_of_one_grey_and_of_stripes():
    flat = haralick(cooccurrence(np.full((8, 8), 3), 8, 0, 1))
    assert flat == pytest.approx([1, 0, 1, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0], abs=1e-9)
    stripes = haralick(cooccurrence(np.tile([0, 1], (8, 4)), 2, 0, 1))
    assert stripes[:5] == pytest.approx([0.5, 1, -1, 0.25, 0.5])
    assert stripes[8] == pytest.approx(np.log(2))


@settings(max_examples=30)
@given(arrays(np.intp, (6, 7), elements=st.integers(0, 5)))
def test_features_of_any_greys_keep_their_bounds(levels):
    shares = cooccurrence(levels, 6, 1, -1)
    found = haralick(shares)
    assert shares.sum() == pytest.approx(1)
    assert np.isfinite(found).all()
    assert 0 < found[0] <= 1 + 1e-9
    assert -1 - 1e-9 <= found[2] <= 1 + 1e-9
    assert found[8] == pytest.approx(-sum(p * np.log(p) for p in shares.ravel() if p > 0))
    assert -1 - 1e-9 <= found[11] <= 1e-9
    assert 0 <= found[12] <= 1


def test_coarser_patterns_need_larger_windows():
    board = np.kron(np.indices((64, 64)).sum(axis=0) % 2, np.ones((2, 2))) * 255
    coarse = np.kron(np.indices((8, 8)).sum(axis=0) % 2, np.ones((16, 16))) * 255
    sizes = np.arange(1, 6)
    assert window_sizes(board) @ sizes < 2
    assert window_sizes(coarse) @ sizes > 2.7
    assert window_sizes(np.full((50, 40), 9.0)).tolist() == [1, 0, 0, 0, 0]


def test_contrast_is_deviation_by_kurtosis():
    assert contrast(np.array([[0.0, 100.0], [100.0, 0.0]])) == pytest.approx(50)
    assert contrast(np.full((3, 3), 7.0)) == 0


def test_gratings_have_one_direction_and_noise_has_none():
    for degrees, place in ((0, 0), (45, 4), (90, 8), (135, 12)):
        shares = edge_directions(grating(16, degrees))
        assert shares.argmax() == place
        assert directionality(shares) > 0.9
    noise = edge_directions(np.random.default_rng(0).integers(0, 256, (128, 128)).astype(float))
    assert directionality(noise) < 0.2
    assert directionality(edge_directions(np.zeros((9, 9)))) == 0
    assert directionality(np.full(16, 1 / 16)) == pytest.approx(0)


def test_patterns_by_hand():
    bright = np.array([[9, 9, 9], [9, 5, 9], [9, 9, 9]], np.uint8)
    spot = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.uint8)
    mixed = np.array([[9, 1, 9], [1, 5, 1], [9, 1, 9]], np.uint8)
    assert lbp_labels(bright, 1).tolist() == [[57]]
    assert lbp_labels(spot, 1).tolist() == [[0]]
    assert lbp_labels(mixed, 1).tolist() == [[58]]


@settings(max_examples=30)
@given(arrays(np.uint8, (12, 11)), st.sampled_from([1, 2, 4]), st.integers(0, 2**32 - 1))
def test_patterns_stay_under_any_rising_tone_curve(grey, radius, seed):
    steps = np.random.default_rng(seed).integers(1, 4, 256).cumsum()
    assert (lbp_labels(grey, radius) == lbp_labels(steps[grey], radius)).all()


def test_a_darker_copy_keeps_its_patterns():
    picture = np.random.default_rng(5).integers(0, 128, (256, 256), dtype=np.uint8)
    first, darker = (lbp(Look(Image.fromarray(pixels))) for pixels in (picture * 2, picture))
    assert first @ darker == pytest.approx(1)


def test_a_grating_answers_the_filter_of_its_frequency_and_direction():
    for degrees, direction in ((0, 0), (60, 2), (150, 5)):
        found = responses(grating(5, degrees, 128), 4, 6).mean(axis=(1, 2)).reshape(4, 6)
        scale, place = np.unravel_index(found.argmax(), found.shape)
        assert (scale, place) == (1, direction)


def test_the_outline_of_a_scene_says_where_things_are():
    pixels = np.zeros((128, 128), np.uint8)
    pixels[:32, :32] = grating(6, 0, 32)
    cells = gist(Look(Image.fromarray(pixels))).reshape(32, 4, 4)
    assert np.unravel_index(cells.sum(axis=0).argmax(), (4, 4)) == (0, 0)
    assert gabor(Look(Image.fromarray(pixels))) @ gabor(Look(Image.fromarray(pixels[::-1]))) > 0.99
    assert not gist(Look(Image.new("RGB", (30, 20), "white"))).any()

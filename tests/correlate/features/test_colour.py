import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from correlate.features.colour import (
    autocorrelogram,
    colour_correlogram,
    colour_histogram,
    colour_moments,
    moments,
    quantized,
)
from correlate.features.look import Look


def scene(seed: int, width: int = 320, height: int = 240) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("view", [colour_histogram, colour_moments, colour_correlogram])
def test_the_size_of_a_picture_hardly_matters_and_its_colours_do(view):
    red = Image.fromarray((np.asarray(scene(2)) * (1, 0.2, 0.1)).astype(np.uint8))
    large, small, other = (view(Look(picture)) for picture in (scene(1, 960, 720), scene(1, 200, 150), red))
    assert large @ small > 0.99
    assert large @ other < 0.9


def test_a_picture_that_is_turned_keeps_its_colours():
    turned = scene(3).transpose(Image.Transpose.ROTATE_90)
    for view in (colour_histogram, colour_correlogram):
        assert view(Look(scene(3))) @ view(Look(turned)) > 0.999


def test_halves_of_two_colours_share_the_histogram_alike():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32], pixels[:, 32:] = (255, 0, 0), (0, 0, 255)
    found = colour_histogram(Look(Image.fromarray(pixels)))
    assert np.sort(found)[-2:] == pytest.approx([0.5**0.5] * 2, abs=0.02)


def test_colours_have_numbers_of_their_own_and_greys_come_first():
    hsv = np.array([[[0, 0, 0], [90, 10, 255], [0, 255, 255], [179, 255, 255], [90, 255, 255]]], np.uint8)
    numbers = quantized(hsv, (8, 2, 2), 4)[0].tolist()
    assert numbers == [0, 3, 4 + 0 + 3, 4 + 7 * 4 + 3, 4 + 4 * 4 + 3]


@given(arrays(np.uint8, (4, 5, 3)))
def test_every_colour_has_a_number_in_range(rgb):
    numbers = quantized(Look(Image.fromarray(rgb)).hsv, (16, 3, 4), 8)
    assert numbers.min() >= 0
    assert numbers.max() < 200


def test_moments_by_hand():
    pixels = np.array([[0.0, 1, 5], [0, 3, 5], [3, 5, 5]])
    found = moments(pixels)
    assert found[:3] == pytest.approx([1, 3, 5])
    assert found[3:6] == pytest.approx([2**0.5, (8 / 3) ** 0.5, 0])
    assert found[6:] == pytest.approx([2 ** (1 / 3), 0, 0])


def test_one_colour_recurs_always_and_a_chessboard_at_half_of_the_places():
    assert autocorrelogram(np.zeros((9, 9), np.intp), 2, (1, 3)).tolist() == [[1, 1], [0, 0]]
    board = np.indices((40, 40)).sum(axis=0) % 2
    assert autocorrelogram(board, 2, (1, 3)) == pytest.approx(np.full((2, 2), 0.5), abs=0.02)


@given(arrays(np.intp, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.integers(0, 2)), st.integers(1, 3))
def test_recurrence_is_that_of_the_definition(labels, distance):
    height, width = labels.shape
    same, pairs = np.zeros(3), np.zeros(3)
    for y, x in np.ndindex(height, width):
        for v, u in np.ndindex(height, width):
            if max(abs(y - v), abs(x - u)) == distance:
                pairs[labels[y, x]] += 1
                same[labels[y, x]] += labels[y, x] == labels[v, u]
    assert autocorrelogram(labels, 3, (distance,))[:, 0] == pytest.approx(same / np.maximum(pairs, 1))

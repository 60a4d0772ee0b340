import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from correlate.features.cuts import Signatures, boundaries, signature

RATE = 10


def film(*scenes: np.ndarray) -> Signatures:
    """Frames of 36 x 64 at ten a second."""
    colours, thumbs = signature(np.concatenate(scenes))
    return Signatures(np.arange(len(colours)) / RATE, colours, thumbs)


def still(seed: int, count: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(40, 250, (4, 5, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((64, 36), Image.Resampling.BICUBIC))
    return np.repeat(smooth[None], count, axis=0)


def moving(seed: int, count: int) -> np.ndarray:
    """A wide picture that passes by, one pixel of 64 a frame."""
    return np.stack([np.roll(still(seed, 1)[0], shift, axis=1) for shift in range(count)])


def blend(first: np.ndarray, second: np.ndarray, count: int) -> np.ndarray:
    share = np.linspace(0, 1, count)[:, None, None, None]
    return (first[-1] * (1 - share) + second[0] * share).astype(np.uint8)


def times(film: Signatures) -> list[float]:
    return [float(film.times[int(index)]) for index in boundaries(film)[:, 0]]


def test_colours_of_known_pictures() -> None:
    pictures = np.zeros((3, 36, 64, 3), np.uint8)
    pictures[1, :, :, 0] = 255  # red
    pictures[2, :18, :, 2] = 255  # half blue, half black
    colours, thumbs = signature(pictures)
    assert colours.sum(1).tolist() == [2304] * 3
    assert colours[0].argmax() == 0
    assert colours[1, 0 * 9 + 2 * 3 + 2] == 2304
    assert colours[2, [0, 5 * 9 + 2 * 3 + 2]].tolist() == [1152, 1152]
    assert set(thumbs[1].tolist()) == {76}


@given(arrays.arrays(np.uint8, (2, 36, 64, 3)))
def test_distance_is_symmetric_and_within_bounds(pictures: np.ndarray) -> None:
    both = film(pictures)
    there, back = both.distance(np.array([0]), np.array([1])), both.distance(np.array([1]), np.array([0]))
    assert there == back
    assert 0 <= there[0] <= 1
    assert both.distance(np.array([0]), np.array([0]))[0] == 0


def test_hard_cuts_at_their_frames() -> None:
    assert times(film(still(1, 20), still(2, 15), still(3, 30))) == [2.0, 3.5]


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_a_still_picture_is_one_shot(count: int) -> None:
    assert times(film(still(1, count))) == []


def test_movement_is_no_cut_but_a_cut_between_movements_is() -> None:
    assert times(film(moving(1, 50))) == []
    assert times(film(moving(1, 30), moving(2, 30))) == [3.0]


def test_noise_is_no_cut() -> None:
    grain = np.random.default_rng(0).integers(-25, 25, (40, 36, 64, 3))
    assert times(film((still(1, 40) + grain).clip(0, 255).astype(np.uint8))) == []


def test_a_flash_is_no_cut() -> None:
    flash = np.full((1, 36, 64, 3), 255, np.uint8)
    assert times(film(still(1, 20), flash, still(1, 20))) == []


def test_a_dissolve_has_its_middle() -> None:
    first, second = still(1, 30), still(2, 30)
    assert times(film(first, blend(first, second, 10), second)) == pytest.approx([3.5], abs=0.3)


def test_a_fade_over_black_is_one_boundary() -> None:
    first, second, black = still(1, 30), still(2, 30), np.zeros((6, 36, 64, 3), np.uint8)
    frames = film(first, blend(first, black, 6), black, blend(black, second, 6), second)
    assert times(frames) == pytest.approx([3.9], abs=0.3)


def test_black_at_the_ends_is_no_boundary() -> None:
    black = np.zeros((10, 36, 64, 3), np.uint8)
    assert times(film(black, still(1, 30), black)) == []


def test_flicker_makes_no_more_than_two_shots_a_second() -> None:
    frames = film(*[still(seed, 2) for seed in range(30)])
    found = times(frames)
    assert (np.diff(found) >= 0.5 - 1e-9).all()


@given(seed=st.integers(0, 50), count=st.integers(0, 40))
def test_boundaries_are_frames_in_order(seed: int, count: int) -> None:
    pictures = np.random.default_rng(seed).integers(0, 255, (count, 36, 64, 3), dtype=np.uint8)
    if count:
        found = boundaries(film(pictures))
        assert found.shape[1] == 2
        assert (np.diff(found[:, 0]) > 0).all()
        assert ((found[:, 0] > 0) & (found[:, 0] < count)).all()


def test_the_strongest_are_kept() -> None:
    black = np.zeros((8, 36, 64, 3), np.uint8)
    frames = film(still(1, 20), still(2, 20), black, still(3, 20), still(4, 20))
    assert [float(frames.times[int(index)]) for index in boundaries(frames, 1)[:, 0]] == pytest.approx([4.4], abs=0.1)
    assert len(boundaries(frames)) == 3


def test_broken_time_stamps_make_no_giant_windows() -> None:
    colours, thumbs = signature(np.concatenate([still(1, 600), still(2, 600)]))
    assert len(boundaries(Signatures(np.zeros(1200), colours, thumbs))) <= 1

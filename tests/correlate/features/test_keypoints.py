import numpy as np
import pytest
from PIL import Image

from correlate.features.keypoints import dense_lbp, gloh, log_polar, sift
from correlate.features.look import Look


def blocks(seed: int = 0) -> Image.Image:
    """Corners everywhere."""
    coarse = np.random.default_rng(seed).integers(0, 255, (16, 16), dtype=np.uint8)
    return Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(("read", "width"), [(sift, 128), (gloh, 272), (dense_lbp, 59)])
def test_parts_are_rows_of_length_one(read, width):
    parts = read(Look(blocks()))
    assert parts.shape[0] > 20
    assert parts.shape[1] == width
    assert parts.dtype == np.float32
    assert np.linalg.norm(parts, axis=1) == pytest.approx(1, abs=1e-5)
    assert parts.min() >= 0
    assert (read(Look(blocks())) == parts).all()


@pytest.mark.parametrize("read", [sift, gloh])
def test_a_picture_without_corners_has_no_parts(read):
    for picture in (Image.new("RGB", (1, 1)), Image.new("L", (3, 900), 40)):
        assert len(read(Look(picture))) == 0


@pytest.mark.parametrize("read", [sift, gloh])
def test_parts_are_found_again_when_the_picture_turns(read):
    upright = read(Look(blocks()))
    turned = read(Look(blocks().transpose(Image.Transpose.ROTATE_90)))
    other = read(Look(blocks(9)))
    again, chance = (turned @ upright.T).max(axis=1), (other @ upright.T).max(axis=1)
    assert np.median(again) > 0.97
    assert np.median(chance) < np.median(again) - 0.03


def test_a_rising_ramp_fills_one_direction_and_the_middle_counts_once():
    x = np.tile(np.arange(41.0), (1, 41, 1))
    found = log_polar(x).reshape(17, 16)
    assert (found[:, 0] > 0).all()
    assert not found[:, 1:].any()
    # Eight sectors of a ring hold nearly the same.
    assert found[1:9, 0] == pytest.approx(np.full(8, found[1:9, 0].mean()), rel=0.15)
    slanted = log_polar(np.swapaxes(x, 1, 2)).reshape(17, 16)
    assert slanted.sum(axis=0).argmax() == 4


def test_each_pixel_of_a_disc_is_counted_once():
    flat = log_polar(np.zeros((2, 41, 41)))
    assert flat.shape == (2, 272)
    assert not flat.any()
    ramp = np.tile(np.arange(41.0), (1, 41, 1))
    axis = np.linspace(-1, 1, 41)
    radius = np.hypot(*np.meshgrid(axis, axis))
    assert log_polar(ramp).sum() == pytest.approx(np.exp(-(radius[radius <= 1] ** 2)).sum())


def test_cells_of_patterns_lie_on_a_grid():
    flat = dense_lbp(Look(Image.new("L", (256, 256), 9)))
    assert flat.shape == (20 * 20, 59)
    assert (flat[:, 57] == 1).all()

import numpy as np
import pytest
from PIL import Image

from correlate.features.look import Look
from correlate.features.shape import edge_histogram, edge_shares, hog, oriented, zernike, zernike_moments


def test_each_sort_of_edge_is_found_in_its_part():
    flat = np.full((128, 128), 90, np.uint8)
    assert not edge_shares(flat).any()
    upright, level = flat.copy(), flat.copy()
    striped = (np.arange(128) + 1) % 4 < 2
    upright[:32, striped] = 200
    level[striped, :] = 200
    shares = edge_shares(upright)
    assert shares[:4, 0].min() > 0.9
    assert not shares[4:].any()
    assert edge_shares(level)[:, 1].min() > 0.9


def test_slants_and_spots_are_told_apart():
    y, x = np.indices((240, 240))
    rising = ((x + y) % 48 < 24).astype(np.uint8) * 255
    crossed = ((x // 3 + y // 3) % 2).astype(np.uint8) * 255
    for picture, sort in ((rising, 2), (rising[:, ::-1], 3), (crossed, 4)):
        found = edge_shares(picture).sum(axis=0)
        assert found.argmax() == sort
        assert found[2:].sum() - found[sort] < 0.5 * found[sort]


def test_gradients_are_shared_between_the_two_nearest_directions():
    strength, turn = np.zeros((32, 32)), np.zeros((32, 32))
    strength[0, 0], turn[0, 0] = 2.0, 0.5 / 9
    strength[20, 20], turn[20, 20] = 1.0, 2 / 9
    cells = oriented(strength, turn)
    assert cells.shape == (2, 2, 9)
    assert cells[0, 0].tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert cells[1, 1] == pytest.approx([0, 0.5, 0.5, 0, 0, 0, 0, 0, 0])


def test_light_does_not_matter_to_gradients_and_place_does():
    pixels = np.zeros((128, 128), np.uint8)
    pixels[10:50, 20:60] = 120
    one = hog(Look(Image.fromarray(pixels)))
    assert one @ hog(Look(Image.fromarray(pixels + 100))) > 0.99
    assert one @ hog(Look(Image.fromarray(np.ascontiguousarray(pixels[::-1, ::-1])))) < 0.3
    assert not hog(Look(Image.new("L", (40, 40), 80))).any()


def test_moments_stay_when_the_picture_turns():
    coarse = np.random.default_rng(4).integers(0, 255, (6, 6), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((300, 300), Image.Resampling.BICUBIC)
    straight = zernike(Look(picture))
    for degrees in (90, 180, 30, 77):
        assert straight @ zernike(Look(picture.rotate(degrees, Image.Resampling.BICUBIC))) > 0.995
    other = Image.fromarray(np.tile(coarse[0], (6, 1))).resize((300, 300))
    assert straight @ zernike(Look(other)) < 0.9
    mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert straight @ zernike(Look(mirrored)) > 0.999


def test_the_moments_of_a_basis_function_are_its_own():
    axis = (2 * np.arange(200) + 1 - 200) / 200
    x, y = np.meshgrid(axis, axis)
    rho, theta = np.hypot(x, y), np.arctan2(y, x)
    waves = {(2, 0): 2 * rho**2 - 1, (2, 2): rho**2 * np.cos(2 * theta), (3, 1): (3 * rho**3 - 2 * rho) * np.cos(theta)}
    orders = [(n, m) for n in range(13) for m in range(n % 2, n + 1, 2)]
    for order, wave in waves.items():
        found = zernike_moments(100 + 50 * wave)
        assert orders[found[1:].argmax() + 1] == order
        rest = np.delete(found, [0, orders.index(order)])
        assert rest.max() < 0.03 * found[orders.index(order)]
        expected = 0.5 if order[1] == 0 else 0.25
        assert found[orders.index(order)] == pytest.approx(expected, rel=0.02)


def test_one_grey_has_no_form():
    look = Look(Image.new("RGB", (33, 70), (10, 200, 30)))
    assert not zernike(look).any()
    assert not edge_histogram(look).any()

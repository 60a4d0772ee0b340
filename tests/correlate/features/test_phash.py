import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from correlate.features import phash


def picture(seed: int) -> Image.Image:
    """Smooth blobs, as photos have them."""
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)


def test_codes_are_the_signs_of_low_frequencies_against_their_median():
    image = picture(1)
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), float)
    low = np.zeros((8, 8))
    for u in range(8):
        for v in range(8):
            across = np.cos(np.pi * (np.arange(32) + 0.5) * v / 32)
            down = np.cos(np.pi * (np.arange(32) + 0.5) * u / 32)
            low[u, v] = (grey * np.outer(down, across)).sum()
    expected = np.where(low > np.median(low), 1, -1).ravel()
    assert phash.codes([image])[0].tolist() == expected.tolist()


def test_copies_are_near_and_others_far():
    images = [picture(seed) for seed in range(12)]
    stream = io.BytesIO()
    images[0].resize((150, 110)).save(stream, "JPEG", quality=40)
    copies = [Image.open(stream), ImageEnhance.Brightness(images[0]).enhance(1.15)]
    gaps = phash.distance(phash.codes(copies), phash.codes(images))
    assert gaps[:, 0].max() <= 8
    assert gaps[:, 1:].min() > 12


def test_a_picture_of_one_colour_is_like_no_other():
    flat = phash.codes([Image.new("RGB", (50, 40), colour) for colour in ("white", "navy")])
    assert not flat.any()
    assert phash.distance(flat, flat).tolist() == [[32, 32], [32, 32]]
    assert phash.codes([]).shape == (0, 64)


def test_distance_counts_bits():
    a = np.ones((1, 64), np.float32)
    b = a.copy()
    b[0, :5] = -1
    assert phash.distance(a, np.vstack([a, b, -a])).tolist() == [[0, 5, 64]]


@pytest.mark.data
def test_photos_keep_their_code_when_they_are_made_smaller(data_dir):
    paths = sorted((data_dir / "flickr8k-1k" / "images").glob("*.jpg"))[:40]
    images = [Image.open(path).convert("RGB") for path in paths]
    small = [image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS) for image in images]
    gaps = phash.distance(phash.codes(images), phash.codes(small))
    assert np.diag(gaps).max() <= 6
    assert gaps[~np.eye(40, dtype=bool)].min() > 8

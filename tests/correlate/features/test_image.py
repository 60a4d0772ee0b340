import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from correlate.features import image
from ontology.errors import InvalidInput


def encoded(picture, kind, **options):
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def photo(size=(320, 200), seed=0):
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def halves():
    """Red above, blue below, 40 x 60."""
    picture = Image.new("RGB", (40, 60), "blue")
    picture.paste("red", (0, 0, 40, 30))
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_is_put_upright(orientation):
    transpose = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = halves().transpose(transpose[orientation]) if orientation > 1 else halves()
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(stored, "PNG", exif=exif)
    loaded = image.load(content)
    assert np.array_equal(np.asarray(loaded), np.asarray(halves()))
    assert loaded.info == {}
    assert image.upright_size(content) == (40, 60)


@pytest.mark.parametrize(
    ("picture", "kind", "colour"),
    [
        (Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "JPEG", (254, 0, 0)),
        (Image.fromarray(np.full((9, 9), 40000, np.uint16)), "PNG", (155, 155, 155)),
        (Image.fromarray(np.full((9, 9), 0.5, np.float32)), "TIFF", (127, 127, 127)),
        (Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG", (255, 255, 255)),
        (Image.new("LA", (9, 9), (0, 128)), "PNG", (127, 127, 127)),
        (Image.new("RGB", (9, 9), "lime").convert("P"), "GIF", (0, 255, 0)),
        (Image.new("1", (9, 9), 1), "PNG", (255, 255, 255)),
        (Image.new("L", (9, 9), 77), "BMP", (77, 77, 77)),
    ],
)
def test_every_mode_becomes_rgb(picture, kind, colour):
    loaded = image.load(encoded(picture, kind))
    assert loaded.mode == "RGB"
    assert np.abs(np.asarray(loaded)[4, 4].astype(int) - colour).max() <= 2


def test_of_a_moving_picture_the_first_frame():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "PNG", "WEBP"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert np.abs(np.asarray(image.load(content))[4, 4].astype(int) - (255, 0, 0)).max() <= 6


def test_a_palette_with_a_transparent_colour_lies_on_white():
    picture = Image.new("P", (9, 9), 0)
    picture.putpalette([10, 20, 30])
    assert np.asarray(image.load(encoded(picture, "PNG", transparency=0)))[4, 4].tolist() == [255, 255, 255]


def test_longest_reduces_and_never_enlarges(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(photo((3000, 1500)), "JPEG"))
    assert image.load(path, 640).size == (640, 320)
    assert image.upright_size(path) == (3000, 1500)
    small = encoded(photo((100, 50)), "PNG")
    assert image.load(small, 640).size == (100, 50)


def bomb():
    """A PNG of a few bytes whose header promises 100,000 x 100,000 pixels."""

    def chunk(name, content):
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def test_too_many_pixels_are_refused_before_decoding(monkeypatch):
    # The second has more than allowed, and fewer than Pillow itself refuses.
    contents = bomb(), encoded(Image.new("1", (12_000, 9_000)), "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    for content in contents:
        with pytest.raises(InvalidInput, match="pixels"):
            image.load(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_file_that_ends_early_is_refused(kind):
    whole = encoded(photo(), kind)
    for share in (0.3, 0.7):
        with pytest.raises(InvalidInput, match="picture: "):
            image.load(whole[: int(len(whole) * share)])


def test_the_reason_says_truncated():
    whole = encoded(photo(), "JPEG")
    with pytest.raises(InvalidInput, match="truncated"):
        image.load(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\xff\xd8\xff"]
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(InvalidInput, match="picture: "):
        image.load(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "ICO", "TGA"])
def test_damaged_files_fail_as_invalid_input_or_load(kind):
    whole = encoded(photo((64, 40)), kind)
    random = np.random.default_rng(3)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(damaged), 6):
            damaged[place] = random.integers(256)
        with suppress(InvalidInput):
            assert image.load(bytes(damaged), 32).mode == "RGB"


def test_a_path_is_named(tmp_path):
    (tmp_path / "note.jpg").write_text("hello")
    with pytest.raises(InvalidInput, match=r"^note\.jpg: not a picture"):
        image.load(tmp_path / "note.jpg")
    with pytest.raises(InvalidInput, match=r"^gone\.jpg: there is no such file"):
        image.load(tmp_path / "gone.jpg")
    with pytest.raises(InvalidInput):
        image.load(tmp_path)


def test_thumbnails_are_small_and_repeatable():
    thumbnail = image.thumbnail(photo((2000, 1000)))
    assert Image.open(io.BytesIO(thumbnail)).size == (480, 240)
    assert thumbnail == image.thumbnail(photo((2000, 1000)))
    assert Image.open(io.BytesIO(image.thumbnail(photo((60, 30))))).size == (60, 30)


def test_embeddings_are_unit_rows_and_probabilities_sum_to_one(encoders):
    pictures = [photo(seed=seed) for seed in range(3)] + [Image.new("L", (1, 1)), Image.new("RGB", (900, 2))]
    embeddings, probabilities = encoders.image.encode(pictures)
    assert embeddings.shape == (5, image.WIDTH)
    assert embeddings.dtype == probabilities.dtype == np.float32
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1, abs=1e-5)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-4)
    again, _ = encoders.image.encode(pictures[::-1])
    assert np.array_equal(again[::-1], embeddings)
    assert encoders.image.encode([])[0].shape == (0, image.WIDTH)


@pytest.mark.data
def test_photos_show_what_their_captions_say(encoders, data_dir):
    folder = data_dir / "flickr8k-1k"
    dogs: dict[str, int] = {}
    for line in (folder / "captions.txt").read_text("utf-8").splitlines()[1:]:
        name, caption = line.split(",", 1)
        dogs[name] = dogs.get(name, 0) + (" dog " in caption)
    chosen = [name for count in (5, 0) for name in [name for name in sorted(dogs) if dogs[name] == count][:12]]
    _, probabilities = encoders.image.encode([image.load(folder / "images" / name) for name in chosen])
    first, last = (image.class_names().index(name) for name in ("Chihuahua", "Mexican hairless dog (xoloitzcuintli)"))
    shares = probabilities[:, first : last + 1].sum(axis=1)
    assert shares[:12].mean() > 0.5
    assert np.median(shares[12:]) < 0.06

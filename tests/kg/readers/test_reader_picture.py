import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from kg.readers import read
from kg.readers.picture import header
from ontology.errors import InvalidInput


def tagged(**tags):
    """An EXIF block with a time, a place and words."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x8298] = "Flooded street", "Zoë Lee".encode(), "© 2024 Courier".encode()
    shot = exif.get_ifd(0x8769)
    shot[0x9003] = tags.get("taken", "2024:03:19 18:30:05")
    if "offset" in tags:
        shot[0x9011] = tags["offset"]
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "S", (33.0, 51.0, 30.0), "E", (151.0, 12.0, 36.0)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_of_every_format(lay_out, picture, objects, kind):
    name = {"JPEG": "a.jpg", "PNG": "a.png", "WEBP": "a.webp"}[kind]
    (item,) = read(lay_out({name: picture(kind=kind, exif=tagged())}))
    (image,) = objects(item)
    assert image.published == datetime(2024, 3, 19, 18, 30, 5, tzinfo=UTC)
    assert (image.text, image.licence) == ("Flooded street", "© 2024 Courier")
    assert image.metadata == {"author": "Zoë Lee", "geo": "-33.858333,151.210000"}


def test_tags_of_tiff_are_its_own(tmp_path, picture):
    path = tmp_path / "a.tif"
    path.write_bytes(picture(kind="TIFF", exif=tagged()))
    found = header(path, "image/tiff")
    assert (found.text, found.licence, found.metadata) == ("Flooded street", "© 2024 Courier", {"author": "Zoë Lee"})


def test_offset_of_the_camera(tmp_path, picture):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture(exif=tagged(offset="+09:00")))
    assert header(path, "image/jpeg").published == datetime(2024, 3, 19, 9, 30, 5, tzinfo=UTC)


def test_a_clock_that_was_never_set_says_nothing(tmp_path, picture):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture(exif=tagged(taken="0000:00:00 00:00:00")))
    assert header(path, "image/jpeg").published is None


def test_everybody_else_counts_more_than_the_header(lay_out, picture, objects):
    files = {"a.jpg": picture(exif=tagged()), "_defaults.json": {"published": "2024-03-20", "licence": "CC0-1.0"}}
    (item,) = read(lay_out(files | {"a.jpg.txt": "Said beside it."}))
    (image,) = objects(item)
    assert (image.text, image.licence) == ("Said beside it.", "CC0-1.0")
    assert image.published == datetime(2024, 3, 20, tzinfo=UTC)


def png(width: int, height: int) -> bytes:
    """The header of a PNG that claims a size and brings almost no pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"0")),
        (b"IEND", b""),
    ]
    parts = (
        struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body)) for tag, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [11_000, 20_000, 1_000_000])
def test_pictures_of_huge_size_are_not_decoded_here(lay_out, objects, side):
    (item,) = read(lay_out({"a.png": png(side, side)}))
    assert objects(item)[0].media_type == "image/png"
    assert item.failures == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_cut_off_headers(tmp_path: Path, picture, kind):
    path = tmp_path / "a"
    path.write_bytes(picture(kind=kind)[:20])
    with pytest.raises(InvalidInput, match="not a readable"):
        header(path, f"image/{kind.lower()}")


def test_broken_exif_does_not_lose_the_picture(lay_out, picture, objects):
    content = picture(exif=tagged())
    start = content.index(b"Exif\0\0") + 6
    (item,) = read(lay_out({"a.jpg": content[:start] + b"\xff" * 60 + content[start + 60 :]}))
    assert len(objects(item)) == 1

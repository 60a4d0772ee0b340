"""What the header of a picture says: when and where it was taken, by whom, of what. No pixel is decoded."""

from __future__ import annotations

import logging
import math
import struct
import warnings
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.readers import values
from kg.readers.details import Details
from kg.readers.media_type import named
from ontology.errors import InvalidInput

if TYPE_CHECKING:
    from PIL import Image

LARGEST: Final = 200 * 2**20
"""So many bytes of a picture are read; larger ones are refused."""

_FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
# Tags of EXIF 2.32 (CIPA DC-008), sections 4.6.4 to 4.6.6.
_EXIF, _GPS = 0x8769, 0x8825
_DESCRIPTION, _ARTIST, _COPYRIGHT = 0x010E, 0x013B, 0x8298
_TAKEN, _OFFSET = 0x9003, 0x9011

# What Pillow raises on headers that are broken on purpose.
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError,
    NotImplementedError, RuntimeError, struct.error, MemoryError,
)  # fmt: skip


def header(path: Path, media_type: str) -> Details:
    """Details from EXIF: caption (text), time, licence, and `author` and `geo` ("lat,lon" in degrees) as metadata.

    Raises `InvalidInput` if the header cannot be read. Too large pictures pass: whoever decodes them judges.
    """
    from PIL import Image

    if path.stat().st_size > LARGEST:
        raise InvalidInput(f"a picture of {path.stat().st_size} bytes; at most {LARGEST} are read")
    logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)  # what it would log comes back as a failure
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large sizes and of odd metadata: both are judged elsewhere
        try:
            with Image.open(path, formats=[_FORMATS[media_type]]) as image:
                return _details(image)
        except Image.DecompressionBombError:
            return Details()
        except _BROKEN as error:
            raise InvalidInput(f"not a readable {named(media_type)}: its header is broken or cut off") from error


def _exif(image: Image.Image) -> Image.Exif:
    """The EXIF block that opening found. `getexif` of a PNG would decode it to look for one at the end."""
    from PIL import Image, TiffImagePlugin

    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.getexif()
    exif = Image.Exif()
    block = image.info.get("exif")
    if isinstance(block, bytes):
        exif.load(block)
    return exif


def _details(image: Image.Image) -> Details:
    try:
        exif = _exif(image)
        shot, place = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        return _stated(exif, shot, place)
    except _BROKEN:  # the picture itself may be well
        return Details()


def _stated(exif: Image.Exif, shot: Mapping[int, object], place: Mapping[int, object]) -> Details:
    facts = {"author": values.one_line(_text(exif.get(_ARTIST))), "geo": _position(place)}
    return Details(
        text=values.body(_text(exif.get(_DESCRIPTION))),
        licence=values.line(_text(exif.get(_COPYRIGHT))),
        published=_taken(shot),
        metadata={key: value for key, value in facts.items() if value},
    )


def _text(value: object) -> str:
    """EXIF text is ASCII by the standard and UTF-8 in practice; Pillow reads it as Latin-1."""
    if not isinstance(value, str):
        return ""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _taken(shot: Mapping[int, object]) -> datetime | None:
    """When it was taken, in UTC unless an offset is given; None if the camera's clock was not set."""
    day, _, clock = _text(shot.get(_TAKEN)).strip("\0 ").partition(" ")
    offset = _text(shot.get(_OFFSET)).strip("\0 ")
    try:
        return values.time(f"{day.replace(':', '-')}T{clock}{offset}")
    except InvalidInput:
        return None


def _position(place: Mapping[int, object]) -> str:
    latitude = _degrees(place.get(2), place.get(1), "S", 90)
    longitude = _degrees(place.get(4), place.get(3), "W", 180)
    return "" if latitude is None or longitude is None else f"{latitude:.6f},{longitude:.6f}"


def _degrees(parts: object, side: object, negative: str, most: float) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = map(float, parts)
    angle = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(angle) or not 0 <= angle <= most:
        return None
    return -angle if _text(side).strip("\0 ").upper() == negative else angle

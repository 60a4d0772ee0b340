"""From an object to the file that holds its content: only where its record says, and only if it is still the same."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final

from ontology.errors import Conflict, NotFound
from ontology.model import MediaObject

# What a browser may show in place. Everything that a browser would run (HTML, SVG, XML) goes out as plain text,
# everything else as a download.
SHOWN: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/tiff")
RUNS: Final = ("text/", "application/xhtml", "application/xml", "image/svg", "application/json")


def served_type(media_type: str) -> tuple[str, bool]:
    """The media type to send for a recorded one, and whether it is a download.

    >>> served_type("text/html"), served_type("image/png"), served_type("application/zip")
    (('text/plain', False), ('image/png', False), ('application/octet-stream', True))
    """
    plain = media_type.partition(";")[0].strip().lower()
    if plain.startswith(RUNS) or plain.endswith("+xml"):
        return "text/plain", False
    if plain in SHOWN or re.fullmatch(r"(audio|video)/[a-z0-9.+-]+", plain):
        return plain, False
    return "application/octet-stream", True


@lru_cache(maxsize=4096)
def _checksum(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file in hex, computed once as long as its size and time of change stay as they are."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def own_words(item: MediaObject) -> bytes | None:
    """The content of a text that was a part of a file (a line of a table): its words, if its checksum is theirs."""
    words = item.text.encode()
    return words if item.modality == "text" and hashlib.sha256(words).hexdigest() == item.checksum else None


def content_path(item: MediaObject, root: Path | None) -> Path:
    """The file with the content of an object.

    Raises `NotFound` if it has none on this machine or, with `root` given, one outside of that folder; `Conflict` if
    the file is not the one that was read. Its name is never part of the message.
    """
    missing = NotFound(f"the content of object {item.id[:200]!r} is not on this machine")
    if not item.location or "\0" in item.location or "://" in item.location:
        raise missing
    try:
        path = (root or Path()).joinpath(item.location).resolve(strict=True)
        status = path.stat()
    except (OSError, RuntimeError):
        raise missing from None
    if not stat.S_ISREG(status.st_mode) or not os.access(path, os.R_OK):
        raise missing
    if root is not None and not path.is_relative_to(root.resolve()):
        raise missing
    if item.checksum and _checksum(path, status.st_size, status.st_mtime_ns) != item.checksum:
        raise Conflict(f"the content of object {item.id[:200]!r} has changed since it was read")
    return path

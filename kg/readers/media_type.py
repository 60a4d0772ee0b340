"""What kind of file it is: its suffix says what it wants to be, its first bytes what it is. Both must agree."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, cast

from ontology.errors import InvalidInput
from ontology.model import Modality

HEAD: Final = 512
"""So many first bytes are enough for `media_type`."""

SUFFIXES: Final = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".opus": "audio/ogg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
}
TABLES: Final = (".jsonl", ".csv", ".json")
ARCHIVES: Final = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar")
_DOCUMENTS: Final = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub", ".ppt", ".pptx", ".odp", ".xls", ".xlsx", ".ods")

_MAGIC: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (8, b"WAVE", "audio/wav"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (4, b"ftyphe", "a HEIF picture"),
    (4, b"ftypmif1", "a HEIF picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (4, b"wide", "video/quicktime"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"%PDF-", "a PDF"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a program"),
)
_RIFF: Final = ("image/webp", "audio/wav", "video/x-msvideo")

# Containers that several media types share: the suffix says which.
_CONTAINERS: Final = {
    "video/mp4": ("video/mp4", "video/quicktime", "audio/mp4"),
    "video/quicktime": ("video/quicktime", "video/mp4"),
    "video/x-matroska": ("video/x-matroska", "video/webm"),
}


def modality_of(media_type: str) -> Modality:
    """The medium of a media type in `SUFFIXES`."""
    return cast(Modality, media_type.partition("/")[0])


def named(media_type: str) -> str:
    """The name that people use: `image/jpeg` is a JPEG."""
    return next(suffix[1:].upper() for suffix, type_ in reversed(SUFFIXES.items()) if type_ == media_type)


def recognised(head: bytes) -> str | None:
    """What the first bytes say: a media type, or what it is instead in words; None if they say nothing."""
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset) and (kind not in _RIFF or head.startswith(b"RIFF")):
            return kind
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2:  # a frame of layer III
        return "audio/mpeg"
    return None


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file is a packed set of others."""
    kind = recognised(head) or ""
    return PurePath(name).suffix.lower() in ARCHIVES or (kind.endswith("archive") and not _declared(name))


def _declared(name: str) -> str | None:
    return SUFFIXES.get(PurePath(name).suffix.lower())


def media_type(name: str, head: bytes) -> str:
    """The media type of a file from its name and first `HEAD` bytes. Texts are judged by whoever decodes them.

    Raises `InvalidInput` with the reason if it is none that is read, or not what its suffix says.
    """
    suffix = PurePath(name).suffix.lower()
    declared, found = _declared(name), recognised(head)
    if declared is None:
        if not suffix and found in SUFFIXES.values():
            return cast(str, found)
        raise InvalidInput(_unread(suffix, found))
    if declared.startswith("text/") or declared in _CONTAINERS.get(found or "", ()):
        return declared
    if found is None:
        raise InvalidInput(f"not a readable {named(declared)}: it starts with {head[:12]!r}")
    if found not in SUFFIXES.values() or modality_of(found) != modality_of(declared):
        raise InvalidInput(f"not a readable {named(declared)}: the content is {found}")
    return found


def _unread(suffix: str, found: str | None) -> str:
    if suffix in _DOCUMENTS or found == "a PDF":
        return f"files of type {suffix or found} are not read; save it as text or HTML"
    if suffix in TABLES:
        return "a table needs a mapping: a file of the same name that ends in .toml, beside it"
    if found and "/" not in found:
        return f"{found} is not read"
    return f"files of type {suffix} are not read" if suffix else "neither suffix nor content say what it is"

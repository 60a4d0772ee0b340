"""Why an archive is not read, and whether it is a trap. Nothing is ever unpacked."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Final

_BOMB_RATIO: Final = 100
_LARGEST_LISTING: Final = 64 * 2**20  # bytes of archive; a larger one can hold a listing that fills the memory
_ADVICE: Final = "archives are not read; unpack it first"


def refusal(path: Path) -> str:
    """The reason to give for an archive; for ZIP with the size that it declares for its content."""
    packed = path.stat().st_size
    if packed > _LARGEST_LISTING:
        return _ADVICE
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error):
        return _ADVICE
    sizes = f"{packed} bytes packed, {unpacked} declared unpacked"
    # Against the size of the file, not the members': overlapping members share the same packed bytes.
    if unpacked > _BOMB_RATIO * packed:
        return f"a decompression bomb ({sizes}); archives are not read, and this one should not be unpacked"
    return f"{_ADVICE} ({sizes})"

"""The files of a folder that are items, in a fixed order, and what may not be opened at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from kg.readers.collection import DEFAULTS, Collection
from kg.readers.media_type import SUFFIXES, TABLES, modality_of

_DEEPEST: Final = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a folder; `refused` says why it is not opened, and is empty if it may be."""

    path: Path
    refused: str = ""

    @property
    def suffix(self) -> str:
        """The suffix in small letters."""
        return self.path.suffix.lower()


def walk(collection: Collection) -> Iterator[Entry]:
    """All files below the root that are neither hidden nor side-cars nor mappings, folder by folder, by name."""
    yield from _walk(collection, collection.root, 0)


def _walk(collection: Collection, folder: Path, depth: int) -> Iterator[Entry]:
    if depth > _DEEPEST:
        yield Entry(folder, f"folders are read to a depth of {_DEEPEST}")
        return
    try:
        with os.scandir(folder) as found:
            names = {entry.name for entry in found}
    except OSError as error:
        yield Entry(folder, f"cannot be read: {error.strerror}")
        return
    for name in sorted(names):
        path = folder / name
        if name.startswith(".") or _belongs_to_another(name, names):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(collection, path, depth + 1)
        else:
            yield Entry(path, _refused(collection, path))


def _belongs_to_another(name: str, names: set[str]) -> bool:
    """Whether it describes other files: defaults, a side-car, a caption or a mapping."""
    path = PurePath(name)
    if path.suffix == ".json":
        return name == DEFAULTS or (path.stem in names and PurePath(path.stem).suffix.lower() in SUFFIXES)
    if path.suffix == ".txt":
        kind = SUFFIXES.get(PurePath(path.stem).suffix.lower(), "text/plain")
        return path.stem in names and modality_of(kind) != "text"
    beside = (PurePath(other) for other in names if path.suffix == ".toml")
    return any(other.stem == path.stem and other.suffix.lower() in TABLES for other in beside)


def _refused(collection: Collection, path: Path) -> str:
    if path.suffix == ".json" and PurePath(path.stem).suffix.lower() in SUFFIXES:
        return f"a side-car without its file {path.stem}"
    try:
        os.fsencode(path).decode()
    except UnicodeDecodeError:
        return "the name of the file is not UTF-8"
    target = collection.within(path)
    if target is None:
        return "a link that leaves the collection"
    try:
        mode = target.stat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if stat.S_ISDIR(mode):
        return "links to folders are not followed"
    return "" if stat.S_ISREG(mode) else "neither a file nor a folder"

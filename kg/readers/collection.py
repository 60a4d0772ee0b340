"""A collection on disk: its name, its folder, the defaults of its folders and what lies within it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from kg.readers.details import CHECKS, SHARED, Details, checked
from kg.readers.item import Problems
from kg.readers.values import named_source, one_line
from ontology.errors import InvalidInput
from ontology.model import Source

DEFAULTS: Final = "_defaults.json"
_LARGEST_SIDE_CAR: Final = 2**20


def printable(name: str) -> str:
    """A file name for a message: bytes that are not UTF-8 are written out."""
    return one_line(name.encode("utf-8", "backslashreplace").decode())


class Collection:
    """The folder `root` (resolved) under a name. Defaults of folders are read once."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = one_line(name)
        if not self.name:
            raise InvalidInput(f"a collection needs a name, got {name!r}")
        self.root = root
        self._defaults: dict[Path, Details] = {}

    @property
    def source(self) -> Source:
        """The source of items for which nobody names one: the collection itself."""
        return named_source(self.name, "collection")

    def place(self, path: Path) -> str:
        """The path of a file within the collection, with `/`."""
        return printable(path.relative_to(self.root).as_posix())

    def defaults(self, folder: Path, problems: Problems) -> Details:
        """What holds for all files below `folder` unless they say otherwise; the nearest `_defaults.json` wins.

        What is wrong with one is noted with the first item that needs it.
        """
        if folder not in self._defaults:
            outer = Details(source=self.source) if folder == self.root else self.defaults(folder.parent, problems)
            self._defaults[folder] = self.side_car(folder / DEFAULTS, problems, SHARED).or_else(outer)
        return self._defaults[folder]

    def side_car(self, path: Path, problems: Problems, allowed: tuple[str, ...] = tuple(CHECKS)) -> Details:
        """The details in a JSON file; none if it is not there, and a warning if it is no JSON object."""
        if not path.is_file():
            return Details()
        item = self.place(path)
        try:
            if self.within(path) is None:
                raise InvalidInput("a link that leaves the collection")
            if path.stat().st_size > _LARGEST_SIDE_CAR:
                raise InvalidInput(f"larger than {_LARGEST_SIDE_CAR} bytes")
            stated = json.loads(path.read_text("utf-8-sig"))
            if not isinstance(stated, dict):
                raise InvalidInput("not a JSON object")
        except InvalidInput as error:
            problems.warn(f"{error}; it was left out", item)
        except (ValueError, RecursionError) as error:
            problems.warn(f"not valid JSON in UTF-8 ({error}); it was left out", item)
        except OSError as error:
            problems.warn(f"cannot be read: {error.strerror}; it was left out", item)
        else:
            return checked(stated, problems, item, allowed)
        return Details()

    def within(self, path: Path) -> Path | None:
        """Where a path really leads, None if that is outside the collection."""
        try:
            target = path.resolve()
        except (OSError, RuntimeError, ValueError):  # too long, a ring of links, a null character
            return None
        return target if target.is_relative_to(self.root) else None

    def shown(self, address: str, folder: Path) -> Path | None:
        """The file that a page in `folder` refers to; None if it is on the web, outside or not there."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return None
        return self.file(folder, unquote(parts.path))

    def file(self, folder: Path, relative: str) -> Path | None:
        """The regular file at a relative path, None if there is none or it leads out of the collection."""
        try:
            target = self.within(folder / relative)
            return target if target is not None and target.is_file() else None
        except (OSError, ValueError):
            return None

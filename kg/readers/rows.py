"""The rows of JSON lines, CSV and JSON arrays, one at a time, each with the name by which the user finds it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Never

from kg.readers.values import shown
from ontology.errors import InvalidInput

_LONGEST_LINE: Final = 20 * 2**20
_LARGEST_ARRAY: Final = 64 * 2**20  # read whole
_TOO_LONG: Final = f"longer than {_LONGEST_LINE} bytes"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it lies in the file: a line of JSON, or fields and values. `place` is its line (`:12`) or, in an array,
    its index (`[11]`); `wrong` says why it cannot be read."""

    place: str
    content: bytes | Mapping[str, object] = b""
    wrong: str = ""


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file by its suffix, streamed but for JSON arrays. A file that cannot be read is one wrong row."""
    readers = {".jsonl": _lines, ".csv": _records, ".json": _array}
    found = False
    try:
        for row in readers[path.suffix.lower()](path):
            found = True
            yield row
    except OSError as error:
        yield Row("", wrong=f"cannot be read: {error.strerror}")
    else:
        if not found:
            yield Row("", wrong="the file holds no rows")


def fields_of(row: Row) -> Mapping[str, object]:
    """The fields of a row. Raises `InvalidInput` if it cannot be read or is not an object."""
    if row.wrong:
        raise InvalidInput(row.wrong)
    if not isinstance(row.content, bytes):
        return row.content
    fields = _parsed(row.content)
    if not isinstance(fields, dict):
        raise InvalidInput(f"not a JSON object: {shown(fields)}")
    return fields


def columns(path: Path) -> list[str] | None:
    """The names in the first line of a CSV; None for other files, where each row names its fields itself."""
    if path.suffix.lower() != ".csv":
        return None
    try:
        with _open(path) as file:
            return next(_reader(file), [])
    except csv.Error as error:
        raise InvalidInput(f"{path}: the first line is not CSV: {error}") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is no JSON")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"not UTF-8 at byte {error.start}") from error
    except ValueError as error:
        raise InvalidInput(f"not valid JSON: {error}") from error
    except RecursionError as error:
        raise InvalidInput("not valid JSON: nested too deeply") from error


def _lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE and not line.endswith(b"\n"):
                _skip_line(file)
                yield Row(f":{number}", wrong=_TOO_LONG)
            elif line.strip():
                yield Row(f":{number}", line)


def _skip_line(file: IO[bytes]) -> None:
    while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _array(path: Path) -> Iterator[Row]:
    size = path.stat().st_size
    if size > _LARGEST_ARRAY:
        yield Row("", wrong=f"an array of {size} bytes; at most {_LARGEST_ARRAY} are read, JSON lines have no limit")
        return
    try:
        found = _parsed(path.read_bytes())
    except InvalidInput as error:
        yield Row("", wrong=str(error))
        return
    if not isinstance(found, list):
        yield Row("", wrong="not a JSON array")
        return
    for index, fields in enumerate(found):
        if isinstance(fields, dict):
            yield Row(f"[{index}]", fields)
        else:
            yield Row(f"[{index}]", wrong=f"not a JSON object: {shown(fields)}")


def _open(path: Path) -> IO[str]:
    """A CSV as text. Bytes that are not UTF-8 become lone surrogates, so that only their row fails."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _reader(file: IO[str]) -> Any:
    csv.field_size_limit(_LONGEST_LINE)  # of the process: the default of 128 KiB is less than an article can have
    return csv.reader(_bounded(file), strict=True)


def _bounded(file: IO[str]) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise csv.Error(f"a line {_TOO_LONG}; what follows was not read")
        yield line


def _records(path: Path) -> Iterator[Row]:
    with _open(path) as file:
        reader = _reader(file)
        names: list[str] = next(reader, [])
        while True:
            place = f":{reader.line_num + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(place, wrong=f"not valid CSV: {error}")
                continue
            if cells:
                yield _record(place, names, cells)


def _record(place: str, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        return Row(place, wrong=f"{len(cells)} cells under {len(names)} columns")
    if any("\udc80" <= character <= "\udcff" for cell in cells if not cell.isascii() for character in cell):
        return Row(place, wrong="not UTF-8")
    return Row(place, {name: cell for name, cell in zip(names, cells, strict=True) if cell})

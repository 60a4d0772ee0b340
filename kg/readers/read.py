"""The way in: what a path is, the items in order, and each object once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kg.readers.collection import Collection
from kg.readers.details import fuller
from kg.readers.files import read_file
from kg.readers.item import Item, Problems
from kg.readers.mapping import load_mapping
from kg.readers.media_type import SUFFIXES, TABLES
from kg.readers.table import Table, open_table, table_items
from kg.readers.walk import Entry, walk
from ontology.errors import InvalidInput, NotFound
from ontology.model import Failure, MediaObject, Severity, Source


def read(path: Path, mapping: Path | None = None, collection: str | None = None) -> Iterator[Item]:
    """Yield the items of a folder, a table or a single file, always in the same order.

    `mapping` names the mapping of a table; a folder with one is read as that table alone, without one as a folder
    whose tables have their mapping beside them. The collection is called like the folder or file unless named.
    Raises, before the first item, `NotFound` if the path does not exist and `InvalidInput` if nothing in it can be
    read or a mapping is wrong. What is wrong with single items comes with them as failures.
    """
    whole, tables = _opened(path, mapping, collection)
    if mapping is None and path.is_dir():
        _check_readable(whole, tables)
        return _distinct(_folder(whole, tables), whole.name)
    if tables:
        return _distinct((item for table in tables.values() for item in table_items(whole, table, set())), whole.name)
    return _distinct([_alone(whole, path.resolve())], whole.name)


def count(path: Path, mapping: Path | None = None) -> int:
    """How many items `read` will yield: files, and rows of tables. Opens tables only."""
    whole, tables = _opened(path, mapping, None)
    if mapping is not None or not path.is_dir():
        return sum(map(len, tables.values())) if tables else 1
    return sum(len(tables[entry.path]) if entry.path in tables else 1 for entry in walk(whole))


def _opened(path: Path, mapping: Path | None, name: str | None) -> tuple[Collection, dict[Path, Table]]:
    """The collection at a path and its tables."""
    try:
        if not path.exists():
            raise NotFound(f"there is no file or folder {path}")
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    there = path.resolve()
    whole = Collection(there.name or "collection" if name is None else name, there if there.is_dir() else there.parent)
    if mapping is not None:
        table = open_table(_input(whole, there, mapping), mapping)
        return whole, {table.path: table}
    if there.is_dir():
        tables = (entry.path for entry in walk(whole) if _mapping_of(entry))
        return whole, {file: open_table(file, file.with_suffix(".toml")) for file in tables}
    if there.suffix.lower() not in TABLES:
        return whole, {}
    if not there.with_suffix(".toml").is_file():
        raise InvalidInput(f"{path} needs a mapping: give one, or put {there.stem}.toml beside it")
    return whole, {there: open_table(there, there.with_suffix(".toml"))}


def _input(whole: Collection, there: Path, mapping: Path) -> Path:
    """The table that a mapping is for: the path itself, or the file that it names in the folder."""
    if not there.is_dir():
        return there
    name = load_mapping(mapping).input
    if name is None:
        raise InvalidInput(f"{mapping}: 'input' is missing: it names the table in the folder {there}")
    table = whole.file(there, name)
    if table is None:
        raise InvalidInput(f"{mapping}: 'input' names {name!r}, and there is no such file in {there}")
    return table


def _mapping_of(entry: Entry) -> bool:
    return not entry.refused and entry.suffix in TABLES and entry.path.with_suffix(".toml").is_file()


def _is_page(entry: Entry) -> bool:
    return not entry.refused and SUFFIXES.get(entry.suffix) == "text/html"


def _folder(whole: Collection, tables: Mapping[Path, Table]) -> Iterator[Item]:
    """Tables and pages first: what they show is a part of them and no item of its own."""
    claimed: set[Path] = set()
    for entry in walk(whole):
        if entry.path in tables:
            yield from table_items(whole, tables[entry.path], claimed)
        elif _is_page(entry):
            yield read_file(whole, entry.path, claimed)
    for entry in walk(whole):
        if entry.path not in tables and not _is_page(entry):
            yield _single(whole, entry, claimed)


def _single(whole: Collection, entry: Entry, claimed: set[Path]) -> Item:
    problems = Problems(whole.name, whole.place(entry.path))
    if entry.refused:
        problems.fail(entry.refused)
        return Item(problems.item, (), problems.failures())
    if claimed and entry.path.resolve() in claimed:
        return Item(problems.item)
    return read_file(whole, entry.path, claimed)


def _check_readable(whole: Collection, tables: Mapping[Path, Table]) -> None:
    """Raise `InvalidInput` for a folder in which no item could become an object."""
    if any(not entry.refused and entry.suffix in SUFFIXES for entry in walk(whole)) or tables:
        return
    items = [_single(whole, entry, set()) for entry in walk(whole)]
    if not items:
        raise InvalidInput(f"the folder {whole.root} holds no files")
    if not any(item.records for item in items):
        first = items[0].failures[0]
        raise InvalidInput(f"the folder {whole.root} holds nothing that is read; {first.item}: {first.reason}")


def _alone(whole: Collection, path: Path) -> Item:
    """The item of a path that is one file; `InvalidInput` if files of its type are never read."""
    item = read_file(whole, path, set())
    if not item.records and path.suffix.lower() not in SUFFIXES:
        raise InvalidInput(f"{path}: {item.failures[0].reason}")
    return item


def _distinct(items: Iterable[Item], collection: str) -> Iterator[Item]:
    """The items without the objects whose id was there before, and with all that is known of each source."""
    seen: dict[str, tuple[str, str]] = {}
    sources: dict[str, Source] = {}
    for item in items:
        problems = Problems(collection, item.name)
        records: list[Source | MediaObject] = []
        for record in item.records:
            if isinstance(record, Source):
                source = _fullest(record, sources)
                records += [] if source in records else [source]
            elif record.id not in seen:
                seen[record.id] = item.name, record.checksum
                records.append(record)
            else:
                _note_repeated(record, *seen[record.id], problems)
                if not any(isinstance(kept, MediaObject) for kept in records):
                    break  # what is attached to a repeated object belongs to the first one
        kept_any = any(isinstance(kept, MediaObject) for kept in records)
        yield Item(item.name, tuple(records) if kept_any else (), _joined(item.failures, problems.failures()))


def _note_repeated(record: MediaObject, first: str, checksum: str, problems: Problems) -> None:
    if checksum == record.checksum:
        problems.warn(f"repeats {first} with the same id {record.id!r}; it was kept once")
    else:
        problems.fail(f"has the id {record.id!r} of {first} and other content; the first was kept")


def _joined(before: tuple[Failure, ...], after: tuple[Failure, ...]) -> tuple[Failure, ...]:
    """All failures, one for each name."""
    joined = {failure.item: failure for failure in before}
    for failure in after:
        if (other := joined.get(failure.item)) is not None:
            severity: Severity = "error" if "error" in (other.severity, failure.severity) else "warning"
            failure = replace(failure, reason=f"{other.reason}; {failure.reason}", severity=severity)
        joined[failure.item] = failure
    return tuple(joined.values())


def _fullest(source: Source, known: dict[str, Source]) -> Source:
    """The source with the kind and address that any item named; the first spelling of its name stays."""
    known[source.id] = fuller(known.get(source.id, source), source)
    return known[source.id]

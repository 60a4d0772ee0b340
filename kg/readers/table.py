"""A table and its mapping into records: a row gives an object and the media that it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.readers.collection import Collection
from kg.readers.details import CHECKS, Content, Details, identity, media_object
from kg.readers.files import Records, read_medium
from kg.readers.item import Item, Problems
from kg.readers.mapping import Attachment, Field, RowMapping, load_mapping
from kg.readers.media_type import TABLES
from kg.readers.rows import Row, columns, fields_of, rows
from kg.readers.values import clean, one_line, shown
from ontology.errors import InvalidInput
from ontology.model import MediaObject, Modality, Source

_MOST_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows with its mapping."""

    path: Path
    mapping: RowMapping

    def __len__(self) -> int:
        return sum(1 for _ in rows(self.path))


def open_table(path: Path, mapping: Path) -> Table:
    """Check a table and its mapping before a row is read. Raises `InvalidInput` for what cannot work."""
    if path.suffix.lower() not in TABLES:
        raise InvalidInput(f"{path}: a mapping is for tables ({', '.join(TABLES)})")
    table = Table(path, load_mapping(mapping))
    known = columns(path)
    for name in table.mapping.columns() if known else ():
        if known is not None and name not in known:
            raise InvalidInput(f"{mapping}: {path.name} has no column {name!r}; it has {', '.join(known)}")
    return table


def table_items(collection: Collection, table: Table, claimed: set[Path]) -> Iterator[Item]:
    """An item for each row, in the order of the file; the files that rows name are added to `claimed`."""
    name = collection.place(table.path)
    for row in rows(table.path):
        problems = Problems(collection.name, name + row.place)
        try:
            records = _records(collection, table, row, problems, claimed)
        except InvalidInput as error:
            records = ()
            problems.fail(str(error))
        yield Item(problems.item, records, problems.failures())


def _records(collection: Collection, table: Table, row: Row, problems: Problems, claimed: set[Path]) -> Records:
    fields, mapping = fields_of(row), table.mapping
    said = _details(mapping, fields, problems)
    details = said.or_else(collection.defaults(table.path.parent, problems))
    rowed = _Attacher(collection, table.path.parent, fields, problems, claimed)
    if mapping.file is not None:
        return rowed.main(mapping.file, mapping.modality, details)
    if not (details.text or details.title):
        raise InvalidInput("the row has neither title nor text")
    words = (details.text or "").encode()
    content = Content("text", "text/plain", hashlib.sha256(words).hexdigest(), table.path.as_posix())
    details = replace(details, id=identity(details, content))
    attached = rowed.attached(mapping.attachments, details)
    if attached:
        details = replace(details, document=details.document or details.id)
    assert details.source is not None
    return details.source, media_object(details, content, collection.name), *attached


def _details(mapping: RowMapping, fields: Mapping[str, object], problems: Problems) -> Details:
    said: dict[str, object] = {}
    for key, field in mapping.fields.items():
        value = field.of(fields)
        try:
            if not (key == "source" and isinstance(value, Mapping)):
                value = _words(value)
            if value is not None:
                said[key] = CHECKS[key](value)
        except InvalidInput as error:
            message = f"field '{field.name}' {error}"
            if key == "id":
                raise InvalidInput(message) from error
            problems.warn(message)
        if key == "id" and said.get("id") is None:
            raise InvalidInput(f"field '{field.name}' is missing; it is the id")
    said["text"] = _joined(mapping.text, fields, problems)
    said["metadata"] = _metadata(mapping.metadata, fields, problems)
    return Details(**said)  # type: ignore[arg-type]


def _words(value: object, between: str = ", ") -> str | None:
    """A value as text; lists are joined, None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list):
        return between.join(filter(None, (_words(one, between) for one in value)))
    raise InvalidInput(f"must be text, got {shown(value)}")


def _joined(fields: tuple[Field, ...], row: Mapping[str, object], problems: Problems) -> str | None:
    """The texts of several fields, a line each, without those that another one contains."""
    parts = []
    for field in fields:
        try:
            parts.append(clean(_words(field.of(row), "\n") or "").strip())
        except InvalidInput as error:
            problems.warn(f"field '{field.name}' {error}")
    words = {one_line(part): part for part in reversed(parts) if part}  # of equal ones the first
    kept = [part for key, part in reversed(words.items()) if not any(key in other for other in words if other != key)]
    return "\n".join(kept) or None


def _metadata(fields: tuple[Field, ...], row: Mapping[str, object], problems: Problems) -> dict[str, str]:
    known = {}
    for field in fields:
        try:
            known[one_line(field.name)] = clean(_words(field.of(row)) or "")
        except InvalidInput as error:
            problems.warn(f"field '{field.name}' {error}")
    return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class _Attacher:
    """Reads the files that one row names."""

    collection: Collection
    folder: Path
    fields: Mapping[str, object]
    problems: Problems
    claimed: set[Path]

    def main(self, field: Field, modality: Modality, details: Details) -> Records:
        """The one medium of a row that is no text."""
        path = _words(field.of(self.fields))
        if not path:
            raise InvalidInput(f"field '{field.name}' is missing; it is the file")
        return self._medium(field, path, modality, details)

    def attached(self, attachments: tuple[Attachment, ...], details: Details) -> Records:
        """The media that a row names, as parts of the document of its object."""
        base = replace(details, title=None, text=None, metadata={}, document=details.document or details.id)
        records: Records = ()
        numbers: dict[Modality, int] = {}
        for attachment in attachments:
            value = attachment.file.of(self.fields)
            for path in (value if isinstance(value, list) else [value])[:_MOST_FILES]:
                numbers[attachment.modality] = number = numbers.get(attachment.modality, 0) + 1
                try:
                    if words := _words(path):
                        caption = self._said(attachment.caption, "text")
                        name = self._said(attachment.id, "id") or f"{details.id}-{attachment.modality}-{number}"
                        part = replace(base, id=name, text=caption)
                        records += self._medium(attachment.file, words, attachment.modality, part)
                except InvalidInput as error:
                    self.problems.fail(str(error))
        return records

    def _said(self, field: Field | None, key: str) -> str | None:
        """What the row says in a field, checked as `key`; None if it says nothing or nothing fit."""
        if field is None:
            return None
        try:
            words = CHECKS[key](_words(field.of(self.fields)) or "")
        except InvalidInput as error:
            self.problems.warn(f"field '{field.name}' {error}")
            return None
        return None if words is None else str(words)

    def _medium(self, field: Field, path: str, modality: Modality, base: Details) -> tuple[Source, MediaObject]:
        file = self.collection.file(self.folder, path)
        if file is None or not file.is_relative_to(self.folder.resolve()):
            raise InvalidInput(f"field '{field.name}': there is no file {shown(path)} in the folder of the table")
        self.claimed.add(file)
        try:
            source, record = read_medium(self.collection, file, self.problems, base)
        except (InvalidInput, OSError) as error:
            raise InvalidInput(f"field '{field.name}': {path}: {error}") from error
        if record.modality != modality:
            raise InvalidInput(f"field '{field.name}': {path} is {record.media_type}, not of modality {modality}")
        return source, record

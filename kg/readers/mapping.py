"""Which field of a row means what: a mapping, written in TOML beside a table.

Mistakes in a mapping are the user's and stop the reading at once: each `InvalidInput` names file and key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.readers.details import CHECKS
from kg.readers.values import shown
from ontology.errors import InvalidInput, NotFound
from ontology.model import MODALITIES, Modality

_OBJECT_KEYS: Final = ("modality", *CHECKS, "file")
_ATTACHMENT_KEYS: Final = ("modality", "file", "caption", "id")


@dataclass(frozen=True, slots=True)
class Field:
    """Where a value comes from: the field called `name` (dots lead into nested objects), or a constant."""

    name: str
    constant: str | None = None

    def of(self, row: Mapping[str, object]) -> object:
        """The value in a row, None if the row has none."""
        if self.constant is not None:
            return self.constant
        if self.name in row:
            return row[self.name]
        value: object = row
        for step in self.name.split("."):
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value


@dataclass(frozen=True, slots=True)
class Attachment:
    """A medium that a row names: `file` gives its path relative to the table, or a list of paths."""

    modality: Modality
    file: Field
    caption: Field | None = None
    id: Field | None = None


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How a row becomes an object and its attachments; `fields` holds one field for each key but `text`."""

    input: str | None
    modality: Modality
    fields: Mapping[str, Field]
    text: tuple[Field, ...]
    metadata: tuple[Field, ...]
    file: Field | None
    attachments: tuple[Attachment, ...]

    def columns(self) -> list[str]:
        """The names of all fields that are looked up, for tables that know their columns."""
        optional = [self.file, *(field for part in self.attachments for field in (part.file, part.caption, part.id))]
        fields = [*self.fields.values(), *self.text, *self.metadata, *(field for field in optional if field)]
        return [field.name for field in fields if field.constant is None]


def load_mapping(path: Path) -> RowMapping:
    """Read a mapping. Raises `NotFound` without the file and `InvalidInput` with the key that is wrong."""
    if not path.is_file():
        raise NotFound(f"there is no mapping {path}")
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    try:
        return _mapping(stated)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error


def _mapping(stated: Mapping[str, Any]) -> RowMapping:
    _known(stated, ("input", "object", "attachment"), "")
    rules = _table(stated.get("object"), "object")
    _known(rules, _OBJECT_KEYS, "object.")
    modality = _modality(rules.get("modality"), "object.modality")
    file = _field(rules["file"], "object.file") if "file" in rules else None
    text = _fields(rules.get("text", []), "object.text")
    if modality == "text" and not text:
        raise InvalidInput("'object.text' is missing: it names the field or fields with the words")
    if (modality == "text") is (file is not None):
        raise InvalidInput(f"'object.file' is for other media than text, and they need it; the modality is {modality}")
    single = [key for key in rules if key not in ("modality", "text", "metadata", "file")]
    parts = stated.get("attachment", [])
    if not isinstance(parts, list):
        raise InvalidInput("'attachment' must be a list of tables, each under [[attachment]]")
    return RowMapping(
        _name(stated["input"], "input") if "input" in stated else None,
        modality,
        {key: _checked(key, _field(rules[key], f"object.{key}")) for key in single},
        text,
        _fields(rules.get("metadata", []), "object.metadata"),
        file,
        tuple(_attachment(part, f"attachment[{number}]") for number, part in enumerate(parts)),
    )


def _attachment(part: object, key: str) -> Attachment:
    rules = _table(part, key)
    _known(rules, _ATTACHMENT_KEYS, f"{key}.")
    modality = _modality(rules.get("modality"), f"{key}.modality")
    if modality == "text":
        raise InvalidInput(f"'{key}.modality' must be image, audio or video, got 'text'")
    if "file" not in rules:
        raise InvalidInput(f"'{key}.file' is missing")
    optional = {name: _field(rules[name], f"{key}.{name}") for name in ("caption", "id") if name in rules}
    return Attachment(modality, _field(rules["file"], f"{key}.file"), **optional)


def _known(stated: Mapping[str, Any], known: Sequence[str], prefix: str) -> None:
    for key in stated:
        if key not in known:
            raise InvalidInput(f"unknown key '{prefix}{key}'; known are {', '.join(known)}")


def _table(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(f"'{key}' must be a table, got {shown(value)}")
    return value


def _name(value: object, key: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"'{key}' must be a name, got {shown(value)}")
    return value


def _modality(value: object, key: str) -> Modality:
    if isinstance(value, dict):
        value = _field(value, key).constant
    for modality in MODALITIES:
        if value == modality:
            return modality
    raise InvalidInput(f"'{key}' must be one of {', '.join(MODALITIES)}, got {shown(value)}")


def _field(value: object, key: str) -> Field:
    if isinstance(value, dict):
        _known(value, ("value",), f"{key}.")
        return Field(key, _name(value.get("value"), f"{key}.value"))
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"'{key}' must name a field or be {{value = \"...\"}}, got {shown(value)}")
    return Field(value)


def _checked(key: str, field: Field) -> Field:
    """The field; a constant must be fit now, not warned of in every row."""
    if field.constant is not None:
        try:
            CHECKS[key](field.constant)
        except InvalidInput as error:
            raise InvalidInput(f"'object.{key}.value' {error}") from error
    return field


def _fields(value: object, key: str) -> tuple[Field, ...]:
    return tuple(_field(one, key) for one in (value if isinstance(value, list) else [value]))

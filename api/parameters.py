"""Reading the parameters of a request: each is checked, and an unknown or doubled one is an error, not a surprise."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import request

from ontology.errors import InvalidInput
from ontology.model import MODALITIES, Modality

LONGEST_QUERY = 1000
LONGEST_VALUE = 4096


def only(*names: str) -> None:
    """Raise `InvalidInput` if the query string names a parameter that is none of `names`, or one of them twice."""
    for name, values in request.args.lists():
        if name not in names:
            raise InvalidInput(f"no parameter {name[:80]!r} here; there are: {', '.join(names) or 'none'}")
        if len(values) > 1:
            raise InvalidInput(f"parameter {name!r} is given {len(values)} times")


def text(name: str, longest: int = LONGEST_VALUE) -> str | None:
    """A parameter of the query string or form without the spaces around it; None if empty or not there."""
    value = request.values.get(name, "").strip()
    if len(value) > longest:
        raise InvalidInput(f"{name} has {len(value)} characters, at most {longest} are taken")
    return value or None


def query() -> str | None:
    """The words asked for, `q`."""
    return text("q", LONGEST_QUERY)


def modality() -> Modality | None:
    """The medium asked for."""
    value = text("modality")
    if value is not None and value not in MODALITIES:
        raise InvalidInput(f"modality must be one of {', '.join(MODALITIES)}, got {value[:80]!r}")
    return value


def number(name: str, default: int, highest: int) -> int:
    """A whole number from 1 to `highest`."""
    value = text(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= highest):
        raise InvalidInput(f"{name} must be a whole number from 1 to {highest}, got {value[:80]!r}")
    return int(value)


def moment(name: str, *, end: bool = False) -> datetime | None:
    """A time in ISO 8601; without a zone it is UTC; a date alone is its first moment, with `end` its last second."""
    value = text(name)
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value)
        if end and len(value) <= 10:
            read = datetime.combine(read.date(), time.max) - timedelta(microseconds=999_999)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{name} must be a date or time in ISO 8601, got {value[:80]!r}") from None

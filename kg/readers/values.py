"""Checked values out of what side-cars, rows, pages and headers say; a check raises `InvalidInput` with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ontology.errors import InvalidInput
from ontology.model import Source, stable_id

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_LONGEST_ID = 256
_LONGEST_URL = 2000
_EARLIEST_YEAR = 1000  # years before it are typing errors, and ISO 8601 wants four digits


def clean(text: str) -> str:
    """Give text that every store and page can take: line feeds only, no control characters, no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def one_line(text: str) -> str:
    """Clean text with every run of white space made one space."""
    return " ".join(clean(text).split())


def shown(value: object) -> str:
    """What was there, short enough for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"must be text, got {shown(value)}")
    return value


def line(value: object) -> str | None:
    """A title, name or licence; None if it is blank."""
    return one_line(_text(value)) or None


def body(value: object) -> str | None:
    """Text of any number of lines; None if it is blank."""
    return clean(_text(value)).strip() or None


def identifier(value: object) -> str | None:
    """An id: at most 256 printable characters."""
    text = _text(value).strip()
    if not text.isprintable() or len(text) > _LONGEST_ID:
        raise InvalidInput(f"must be at most {_LONGEST_ID} printable characters, got {shown(value)}")
    return text or None


def time(value: object) -> datetime | None:
    """A time in UTC from ISO 8601, with or without a time of day; one without an offset is in UTC already."""
    text = _text(value).strip()
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            f"must be a date or time in ISO 8601 such as 2011-03-11T05:46:23Z, got {shown(text)}"
        ) from error
    if read.year < _EARLIEST_YEAR:
        raise InvalidInput(f"must be a date after the year {_EARLIEST_YEAR}, got {shown(text)}")
    return read


def language(value: object) -> str | None:
    """A language tag (BCP 47) in lower case: `en`, `pt-br`."""
    tag = _text(value).strip().lower().replace("_", "-")
    if tag and not _LANGUAGE.fullmatch(tag):
        raise InvalidInput(f"must be a language tag such as en or pt-BR, got {shown(value)}")
    return tag or None


def url(value: object) -> str | None:
    """An address on the web. Others (`javascript:`, `file:`) are refused: pages will link to it."""
    address = _text(value).strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise InvalidInput(f"must be a http or https address, got {shown(value)}") from error
    unfit = len(address) > _LONGEST_URL or not address.isprintable() or " " in address
    if unfit or parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput(f"must be a http or https address, got {shown(value)}")
    return address


def named_source(name: str, kind: str = "", address: str | None = None) -> Source:
    """A source by its name; the same name in other capitals is the same source."""
    return Source(stable_id("source", name.casefold()), name, kind, address)


def source(value: object) -> Source | None:
    """A source from its name, or from a name with its kind and url."""
    if isinstance(value, str):
        name = line(value)
        return None if name is None else named_source(name)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"must be a name or an object with name, kind and url, got {shown(value)}")
    unknown = sorted(set(value) - {"name", "kind", "url"})
    if unknown:
        raise InvalidInput(f"knows name, kind and url, not {shown(unknown[0])}")
    name = line(value.get("name"))
    if name is None:
        raise InvalidInput("needs a name")
    return named_source(name, line(value.get("kind", "")) or "", url(value.get("url", "")))


def metadata(value: object) -> dict[str, str]:
    """Further facts: an object of texts."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidInput(f"must be an object of texts, got {shown(value)}")
    return {key: clean(text) for name, text in value.items() if (key := one_line(name)) and text}

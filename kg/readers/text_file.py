"""Plain text and Markdown: which characters the bytes are, and which line is the title."""

from __future__ import annotations

import codecs
import re
from typing import Final

from kg.readers.values import clean, one_line
from ontology.errors import InvalidInput

LARGEST: Final = 20 * 2**20
"""So many bytes of a text or page are read; larger ones are refused."""

_LONGEST_TITLE: Final = 200
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_DECLARABLE: Final = re.compile(
    r"utf-?(8|16|16le|16be)|us-ascii|iso-?8859-?\d{1,2}|latin-?\d|(windows-|cp)(125\d|874|932|949)|koi8-[ru]"
    r"|shift[-_]?jis|euc-(jp|kr)|iso-2022-(jp|kr)|gbk?|gb2312|gb18030|big5(-hkscs)?",
    re.IGNORECASE,
)
_GUESSABLE: Final = 32  # bytes; the statistics of fewer say nothing
_SHARE_OF_CONTROLS: Final = 0.01


def decoded(content: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text of `content`, and the encoding if it was not UTF-8 and none was declared, to tell the user.

    A byte order mark counts most, then UTF-8, then what the content declares, then statistics. Raises `InvalidInput`
    for what is not text in any encoding.
    """
    text, guessed = _decoded(content, declared)
    if len(_CONTROLS.findall(text)) > _SHARE_OF_CONTROLS * len(text) or "\x00" in text:
        raise InvalidInput("not a text: the content is binary")
    return clean(text), guessed


def _decoded(content: bytes, declared: str | None) -> tuple[str, str | None]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), None if encoding == "utf-8" else encoding
    try:
        return content.decode(), None
    except UnicodeDecodeError:
        pass
    if declared is not None and (text := _as_declared(content, declared)) is not None:
        return text, None
    encoding = _guessed(content)
    return content.decode(encoding, "replace"), encoding


def _as_declared(content: bytes, declared: str) -> str | None:
    if not _DECLARABLE.fullmatch(declared):
        return None
    try:
        name = codecs.lookup(declared).name
        # Browsers read what claims to be Latin-1 as its superset, and so do those who write it.
        return content.decode("cp1252" if name in ("iso8859-1", "ascii") else name)
    except (LookupError, UnicodeError):
        return None


def _guessed(content: bytes) -> str:
    """The likeliest encoding; of equally likely ones windows-1252, by far the most used."""
    if b"\x00" in content:
        raise InvalidInput("not a text: the content is binary")
    western = _as_declared(content, "cp1252") is not None
    if western and len(content) < _GUESSABLE:
        return "cp1252"
    from charset_normalizer import from_bytes

    matches = from_bytes(content)
    best = matches.best()
    if best is None:
        raise InvalidInput("not a text: no encoding fits the content")
    for match in matches:
        if match.encoding == "cp1252" and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return "cp1252"
    return best.encoding


def titled(text: str, markdown: bool = False) -> tuple[str, str]:
    """Split off the title: a first line of at most 200 characters with an empty line after it, in Markdown also a first
    line with `# ` before it. Without one the title is empty.

    >>> titled("Bridge closed\\n\\nFor repairs.")
    ('Bridge closed', 'For repairs.')
    """
    text = text.strip()
    first, _, rest = text.partition("\n")
    heading = markdown and first.startswith("# ")
    title = one_line(first.strip("# ") if heading else first)
    separate = heading or not rest.partition("\n")[0].strip()
    if not title or not rest.strip() or not separate or len(title) > _LONGEST_TITLE:
        return "", text
    return title, rest.strip()

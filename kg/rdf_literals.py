"""Values as the literals of N-Triples, which are those of SPARQL as well."""

from __future__ import annotations

from datetime import datetime
from json.encoder import encode_basestring
from typing import Final

from ontology.terms import XSD

_DOUBLE: Final = f'"^^<{XSD.double}>'
_INTEGER: Final = f'"^^<{XSD.integer}>'


def literal(text: str) -> str:
    r"""A text as a plain literal. What JSON escapes, and how, is good N-Triples as well.

    >>> print(literal('say "a\\b"\n'))
    "say \"a\\b\"\n"
    """
    return encode_basestring(text)


def double(number: float) -> str:
    """A number with all its digits, as an `xsd:double`."""
    return f'"{float(number)!r}{_DOUBLE}'


def integer(number: int) -> str:
    """A whole number as an `xsd:integer`."""
    return f'"{number}{_INTEGER}'


def canonical(time: datetime) -> str:
    """A time in UTC as XML Schema writes it, with all its decimals and no more.

    >>> from datetime import UTC
    >>> canonical(datetime(2011, 3, 11, 5, 46, 23, 120_000, tzinfo=UTC))
    '2011-03-11T05:46:23.12Z'
    """
    text = time.replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def moment(time: datetime) -> str:
    """A time in UTC as an `xsd:dateTime`."""
    return f'"{canonical(time)}"^^<{XSD.dateTime}>'


def place(address: str) -> str:
    """A path or URL as an `xsd:anyURI`."""
    return f"{literal(address)}^^<{XSD.anyURI}>"

"""The syntaxes of an answer to a query, by the names they have here, with their media types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROW_FORMS: Final[Mapping[str, str]] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
"""For rows, and for yes and no."""

GRAPH_FORMS: Final[Mapping[str, str]] = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
}
"""For triples."""

FORMS: Final = (*ROW_FORMS, *GRAPH_FORMS)

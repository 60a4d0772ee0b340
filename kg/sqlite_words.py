"""Full-text search in the SQLite store: the index `words` follows the SQL view `document`, one row an object."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import Final

MAX_WORDS: Final = 64
WORD: Final = re.compile(r"\w+(?:['’.-]\w+)*")  # noqa: RUF001 - the typographic apostrophe of printed texts


def match_expression(query: str) -> str:
    """Turn what a person typed into an FTS5 expression that any document with one of the words meets; may be empty.

    Every word is quoted, so nothing in it is syntax; a compound (`U.S.`, `Saint-Denis`) is a phrase. Words past the
    first 64 different ones are left out.

    >>> match_expression('floods in Saint-Denis AND "rescue')
    '"floods" OR "in" OR "saint-denis" OR "and" OR "rescue"'
    """
    words = dict.fromkeys(WORD.findall(unicodedata.normalize("NFC", query).lower()))
    return " OR ".join(f'"{word}"' for word in list(words)[:MAX_WORDS])


def search(db: sqlite3.Connection, query: str, modality: str | None, limit: int) -> list[tuple[str, float]]:
    """Objects by BM25 over title, text and annotated words, best first, then by id."""
    expression = match_expression(query)
    if not expression:
        return []
    return db.execute(
        "SELECT object.id, -bm25(words) AS score FROM words JOIN object ON object.key = words.rowid "
        "WHERE words MATCH ?1 AND (?2 IS NULL OR modality = ?2) ORDER BY score DESC, object.id LIMIT ?3",
        (expression, modality, limit),
    ).fetchall()


def refresh(db: sqlite3.Connection) -> None:
    """Make the index rows of the objects in `wanted` equal to their documents; equal ones are not touched."""
    db.execute(
        "INSERT OR REPLACE INTO words (rowid, title, text, annotated) "
        "SELECT key, d.title, d.text, d.annotated FROM wanted CROSS JOIN document AS d ON d.id = wanted.id "
        "LEFT JOIN words AS w ON w.rowid = d.key "
        "WHERE w.rowid IS NULL OR (w.title, w.text, w.annotated) IS NOT (d.title, d.text, d.annotated)"
    )


def forget(db: sqlite3.Connection) -> None:
    """Take the objects in `wanted` out of the index; to be called before they are removed."""
    db.execute("DELETE FROM words WHERE rowid IN (SELECT key FROM wanted CROSS JOIN object ON object.id = wanted.id)")

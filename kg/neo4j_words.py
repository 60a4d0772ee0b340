"""Full-text search in a Neo4j database: over the property `words` of an object.

It holds all that can be searched for (title, text, and what was said or written in the object), without accents, since
Lucene's English analysis finds other forms of a word but not one without its accents. Queries are asked without, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from kg.neo4j_codec import bindable
from kg.neo4j_schema import WORDS
from kg.neo4j_session import Statements, rows, write

SEARCHED: Final = ("speech", "ocr")
MAX_WORDS: Final = 64
LONGEST: Final = 256
WORD: Final = re.compile(r"\w+(?:['’.-]\w+)*")  # noqa: RUF001 - the typographic apostrophe of printed texts


def plain(text: str) -> str:
    """Text without accents.

    >>> plain("Zürich, Île")
    'Zurich, Ile'
    """
    if text.isascii():
        return text
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", "".join(letters))


def expression(query: str) -> str:
    """Turn what a person typed into a Lucene query that any object with one of the words meets; may be empty.

    Every word is quoted and holds neither quotes nor backslashes, so nothing in it is syntax; a compound (`U.S.`,
    `Saint-Denis`) is a phrase. Words past the first 64 different ones are left out, and letters past the 256th.

    >>> expression('floods in Saint-Denis AND "rescue Zürich')
    '"floods" OR "in" OR "saint-denis" OR "and" OR "rescue" OR "zurich"'
    """
    found = WORD.findall(unicodedata.normalize("NFC", query).lower())
    words = dict.fromkeys(plain(word)[:LONGEST] for word in found)
    return " OR ".join(f'"{word}"' for word in list(words)[:MAX_WORDS])


def search(tx: Statements, query: str, modality: str | None, limit: int) -> list[tuple[str, float]]:
    """Objects by BM25 over all their words, best first, then by id."""
    asked = expression(query)
    if not asked or not limit:
        return []
    answer = rows(
        tx,
        f"CALL db.index.fulltext.queryNodes('{WORDS}', $asked) YIELD node, score "
        "WHERE $modality IS NULL OR node.modality = $modality "
        "RETURN node.id, score ORDER BY score DESC, node.id LIMIT $limit",
        asked=asked,
        modality=modality,
        limit=limit,
    )
    return [(item, float(score)) for item, score in answer]


def refresh(tx: Statements, objects: Iterable[str]) -> None:
    """Make `words` of objects say what they say now."""
    asked = bindable(objects)
    if not asked:
        return
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id}) "
        "OPTIONAL MATCH (o)<-[:READ_FROM]-(n:Annotation) WHERE n.kind IN $searched "
        "WITH o, n ORDER BY n.time_start, n.time_end, n.char_start, n.char_end, n.id "
        "RETURN o.id, o.title, o.text, o.words, collect(n.value)",
        ids=asked,
        searched=list(SEARCHED),
    )
    changed = []
    for item, title, text, words, spoken in answer:
        now = plain("\n".join(filter(None, [title, text, *spoken])))
        if now != (words or ""):
            changed.append({"id": item, "words": now})
    if changed:
        write(tx, "UNWIND $rows AS row MATCH (o:MediaObject {id: row.id}) SET o.words = row.words", rows=changed)

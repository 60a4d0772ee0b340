"""Tells every object and event in a Neo4j database where its page is, and small pictures where they are served.

Neo4j Browser shows both as links; the pictures themselves are not in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlsplit

from kg.neo4j_session import Connection, rows, write
from ontology.errors import InvalidInput

BATCH: Final = 5000
PICTURED: Final = ("image", "video")


def set_pages(connection: Connection, address: str) -> int:
    """Note where the pages are of all that has none there yet; `address` is that of the service. Gives how many.

    Raises `InvalidInput` unless it is an http or https address.
    """
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise InvalidInput(f"not the address of a service, such as http://127.0.0.1:8000: {address[:200]!r}")
    base, number = address.rstrip("/"), 0
    for label in ("MediaObject", "Event"):
        statement = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) SET n += row"
        changed = _pages(connection, label, base)
        while batch := list(islice(changed, BATCH)):
            connection.writing(lambda tx: write(tx, statement, rows=batch))  # noqa: B023
            number += len(batch)
    return number


def _pages(connection: Connection, label: str, base: str) -> Iterator[dict[str, Any]]:
    """What is to be noted, by id in order."""
    statement = f"MATCH (n:{label}) WHERE n.id > $after RETURN n.id, n.modality, n.page ORDER BY n.id LIMIT $size"
    after = ""
    while found := connection.reading(lambda tx: rows(tx, statement, after=after, size=BATCH)):  # noqa: B023
        for id_, modality, page in found:
            name = quote(id_, safe="")
            now = f"{base}/{'events' if label == 'Event' else 'objects'}/{name}"
            if now != page:
                thumbnail = f"{base}/api/v1/media/{name}/thumbnail" if modality in PICTURED else None
                yield {"id": id_, "page": now, "thumbnail": thumbnail}
        after = found[-1][0]

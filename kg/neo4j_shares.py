"""The shares of topics in a Neo4j database: one relationship `ABOUT` each, from an object or event to the topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.neo4j_codec import Properties, bindable
from kg.neo4j_session import Statements, rows, write
from kg.neo4j_topic_codec import share_of
from ontology.topic import ABOUT, About, TopicShare

SHARE: Final = "r {.*, subject: startNode(r).id, topic: endNode(r).id}"
LABELS: Final[dict[str, str]] = {"object": "MediaObject", "event": "Event", "topic": "Topic"}
# Said outright, as in `kg.neo4j_links`: a plan made while there are few would look through them all.
LOOK_UP: Final = "UNWIND $ids AS id MATCH ()-[r:ABOUT {id: id}]->() USING INDEX r:ABOUT(id)"


def digests(tx: Statements, ids: Iterable[str]) -> dict[str, str]:
    """The digests of the shares that are there, by id."""
    return dict(rows(tx, f"{LOOK_UP} RETURN id, r.digest", ids=bindable(ids)))


def known(tx: Statements, batch: Iterable[Properties]) -> dict[str, str]:
    """The digests of those shares of a batch that are there, by id."""
    return digests(tx, [row["id"] for row in batch])


def digest_page(tx: Statements, after: str, size: int) -> list[list[str]]:
    """The next ids and digests of shares after an id, in order."""
    statement = "MATCH ()-[r:ABOUT]->() WHERE r.id > $after RETURN r.id, r.digest ORDER BY r.id LIMIT $size"
    return rows(tx, statement, after=after, size=size)


def write_shares(tx: Statements, changed: Iterable[Properties]) -> None:
    """Insert shares, or set the properties of those that are known."""
    new: dict[About, list[Properties]] = {about: [] for about in ABOUT}
    old: list[Properties] = []
    for row in changed:
        properties = {name: value for name, value in row.items() if name not in ("subject", "topic", "known")}
        part = {"id": row["id"], "subject": row["subject"], "topic": row["topic"], "properties": properties}
        (old if row["known"] else new[row["about"]]).append(part)
    if old:
        statement = LOOK_UP.replace("UNWIND $ids AS id", "UNWIND $rows AS row WITH row, row.id AS id")
        write(tx, f"{statement} SET r = row.properties", rows=old)
    for about, parts in new.items():
        if parts:
            write(
                tx,
                f"UNWIND $rows AS row MATCH (a:{LABELS[about]} {{id: row.subject}}) MATCH (t:Topic {{id: row.topic}}) "
                "CREATE (a)-[r:ABOUT]->(t) SET r = row.properties",
                rows=parts,
            )


def get(tx: Statements, ids: Sequence[str]) -> dict[str, TopicShare]:
    """The shares with these ids."""
    return {id_: share_of(kept) for id_, kept in rows(tx, f"{LOOK_UP} RETURN id, {SHARE}", ids=ids)}


def count(tx: Statements) -> int:
    """How many shares there are."""
    return int(rows(tx, "MATCH ()-[r:ABOUT]->() RETURN count(r)")[0][0])


def remove(tx: Statements, ids: Sequence[str]) -> None:
    """Remove shares."""
    write(tx, f"{LOOK_UP} DELETE r", ids=ids)


def shares(tx: Statements, ids: Iterable[str], of: str, about: About | None, limit: int | None) -> list[TopicShare]:
    """The shares that touch objects, events or topics (as `of` says), heaviest first, then by id."""
    label = LABELS[of]
    wanted = f"other:{LABELS[about]}" if about and of == "topic" else f"{about is None or about == of}"
    answer = rows(
        tx,
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[r:ABOUT]-(other) USING INDEX n:{label}(id) WHERE {wanted} "
        f"WITH DISTINCT r ORDER BY r.weight DESC, r.id {'' if limit is None else 'LIMIT $limit'} RETURN {SHARE}",
        ids=bindable(ids),
        limit=limit,
    )
    return [share_of(kept) for (kept,) in answer]

"""Links between objects in a Neo4j database: one relationship each, of the type of its kind, with properties.

An index of Neo4j is for one type of relationship; so what looks for links by id asks each type's index, all in one
statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from kg.neo4j_codec import Properties, bindable, link_of
from kg.neo4j_schema import ANY_LINK, LINK_TYPES, link_type
from kg.neo4j_session import Statements, rows, write
from ontology.model import Correlation

LINK: Final = "r {.*, subject: startNode(r).id, target: endNode(r).id}"
BY_ID: Final = (
    "UNWIND $ids AS id CALL (id) { "
    + " UNION ALL ".join(f"MATCH ()-[r:{type_} {{id: id}}]->() RETURN r" for type_ in LINK_TYPES)
    + " } "
)
NEXT: Final = (
    "CALL () { "
    + " UNION ALL ".join(
        f"MATCH ()-[r:{type_}]->() WHERE r.id > $after RETURN r ORDER BY r.id LIMIT $size" for type_ in LINK_TYPES
    )
    + " } WITH r ORDER BY r.id LIMIT $size "
)


def digests(tx: Statements, ids: Iterable[str]) -> dict[str, str]:
    """The digests of the links that are there, by id."""
    asked = bindable(ids)
    return dict(rows(tx, f"{BY_ID} RETURN id, r.digest", ids=asked)) if asked else {}


def digest_page(tx: Statements, after: str, size: int) -> list[list[str]]:
    """The next ids and digests of links after an id, in order."""
    return rows(tx, f"{NEXT} RETURN r.id, r.digest ORDER BY r.id", after=after, size=size)


def write_links(tx: Statements, changed: Iterable[Properties]) -> None:
    """Insert links, or set the properties of those that are known."""
    by_type: defaultdict[tuple[str, bool], list[Properties]] = defaultdict(list)
    for row in changed:
        properties = {name: value for name, value in row.items() if name not in ("subject", "target", "known")}
        part = {"id": row["id"], "subject": row["subject"], "target": row["target"], "properties": properties}
        by_type[link_type(row["kind"]), row["known"]].append(part)
    for (type_, known), parts in by_type.items():
        write(tx, _statement(type_, known), rows=parts)


def _statement(type_: str, known: bool) -> str:
    if known:
        return f"UNWIND $rows AS row MATCH ()-[r:{type_} {{id: row.id}}]->() SET r = row.properties"
    return (
        "UNWIND $rows AS row MATCH (a:MediaObject {id: row.subject}) MATCH (b:MediaObject {id: row.target}) "
        f"CREATE (a)-[r:{type_}]->(b) SET r = row.properties"
    )


def get(tx: Statements, ids: Sequence[str]) -> dict[str, Correlation]:
    """The links with these ids."""
    return {kept["id"]: link_of(kept) for (kept,) in rows(tx, f"{BY_ID} RETURN {LINK}", ids=ids)}


def count(tx: Statements) -> int:
    """How many links there are."""
    counted = " UNION ALL ".join(f"MATCH ()-[r:{type_}]->() RETURN count(r) AS n" for type_ in LINK_TYPES)
    return int(rows(tx, f"CALL () {{ {counted} }} RETURN sum(n)")[0][0])


def remove(tx: Statements, ids: Sequence[str]) -> None:
    """Remove links."""
    write(tx, f"{BY_ID} DELETE r", ids=ids)


def neighbours(
    tx: Statements, objects: Iterable[str], kinds: Sequence[str] | None, modality: str | None, limit: int | None
) -> list[Correlation]:
    """Links that touch objects and were not rejected, heaviest first, then by id."""
    answer = rows(
        tx,
        f"UNWIND $ids AS id MATCH (o:MediaObject {{id: id}})-[r:{ANY_LINK}]-(other:MediaObject) "
        "WHERE r.status <> 'rejected' AND ($any OR r.kind IN $kinds) "
        "AND ($modality IS NULL OR other.modality = $modality) "
        f"WITH DISTINCT r ORDER BY r.weight DESC, r.id {'' if limit is None else 'LIMIT $limit'} RETURN {LINK}",
        ids=bindable(objects),
        any=kinds is None,
        kinds=bindable(kinds or ()),
        modality=modality,
        limit=limit,
    )
    return [link_of(kept) for (kept,) in answer]

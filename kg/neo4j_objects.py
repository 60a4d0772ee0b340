"""Objects in a Neo4j database: nodes with their medium as a label, tied to their source and document."""

from __future__ import annotations

from collections.abc import Sequence

from kg import neo4j_events, neo4j_topics
from kg.neo4j_codec import Properties, encoded
from kg.neo4j_nodes import delete, parts
from kg.neo4j_schema import MEDIA
from kg.neo4j_session import Statements, rows, write


def write_objects(tx: Statements, changed: Sequence[Properties]) -> None:
    """Insert objects, or replace those that are known."""
    if not changed:
        return
    known = [row["id"] for row in changed if row["known"]]
    left = _untie(tx, known)
    others = ":".join(MEDIA.values())
    for modality, label in MEDIA.items():
        part = parts(row for row in changed if row["modality"] == modality)
        if part:
            write(
                tx,
                "UNWIND $rows AS row MERGE (n:MediaObject {id: row.id}) "
                f"REMOVE n:{others} SET n:{label}, n += row.properties, n.published = datetime(row.published) "
                "WITH n, row MATCH (s:Source {id: row.source}) CREATE (n)-[:PUBLISHED_BY]->(s)",
                rows=part,
            )
    told = [{"id": row["id"], "document": row["document"]} for row in changed if row["document"] is not None]
    if told:
        write(
            tx,
            "UNWIND $rows AS row MATCH (n:MediaObject {id: row.id}) MERGE (d:Document {id: row.document}) "
            "CREATE (n)-[:PART_OF]->(d)",
            rows=told,
        )
    _forget_documents(tx, left)


def _untie(tx: Statements, ids: Sequence[str]) -> list[str]:
    """Cut objects from their sources and documents; give the ids of the documents."""
    if not ids:
        return []
    found = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id})-[r:PUBLISHED_BY|PART_OF]->(end) "
        "USING INDEX o:MediaObject(id) DELETE r "
        "RETURN DISTINCT CASE WHEN end:Document THEN end.id END",
        ids=ids,
    )
    return [document for (document,) in found if document is not None]


def _forget_documents(tx: Statements, documents: Sequence[str]) -> None:
    """Remove the documents of which no object is left."""
    if documents:
        write(
            tx,
            "UNWIND $ids AS id MATCH (d:Document {id: id}) WHERE NOT EXISTS { (d)<-[:PART_OF]-() } DELETE d",
            ids=documents,
        )


def remove_objects(tx: Statements, ids: Sequence[str]) -> None:
    """Remove objects with what was derived from them, and tidy the events that they told of and topics they showed."""
    touched = neo4j_events.without(tx, ids)
    neo4j_topics.rewrite(tx, neo4j_topics.without(tx, ids))
    documents = _untie(tx, ids)
    write(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id})<-[:READ_FROM]-(n:Annotation) "
        "USING INDEX o:MediaObject(id) DETACH DELETE n",
        ids=ids,
    )
    for label in ("Vector", "Payload", "Mark"):
        write(tx, f"UNWIND $ids AS id MATCH (n:{label} {{object: id}}) USING INDEX n:{label}(object) DELETE n", ids=ids)
    left = [encoded(event) | {"known": True} for event in touched.values() if event is not None]
    neo4j_events.remove(tx, [id_ for id_, event in touched.items() if event is None])
    neo4j_events.write_events(tx, left)
    delete(tx, "MediaObject", ids)
    _forget_documents(tx, documents)

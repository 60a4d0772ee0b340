"""Topics in a Neo4j database: a node each, tied to the objects that show it and to the broader topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kg.neo4j_codec import JSON, Properties, encoded
from kg.neo4j_nodes import delete
from kg.neo4j_session import Statements, rows, write
from kg.neo4j_topic_codec import topic_of
from ontology.model import Member
from ontology.topic import Topic

PLAIN: Final = ("run", "label", "share", "stability", "concepts", "key", "name", "top", "digest")


def read(tx: Statements, ids: Sequence[str]) -> dict[str, Topic]:
    """The topics with these ids."""
    examples: defaultdict[str, list[tuple[int, Member]]] = defaultdict(list)
    for id_, position, *member in rows(
        tx,
        "UNWIND $ids AS id MATCH (t:Topic {id: id}) WITH id, t MATCH (t)-[r:SHOWN_BY]->(o:MediaObject) "
        "RETURN id, r.position, o.id, r.weight, r.reason",
        ids=ids,
    ):
        examples[id_].append((position, Member(*member)))
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (t:Topic {id: id}) OPTIONAL MATCH (t)-[:BROADER]->(p:Topic) "
        "RETURN properties(t), p.id",
        ids=ids,
    )
    return {
        kept["id"]: topic_of(
            kept, parent, (member for _, member in sorted(examples[kept["id"]], key=lambda placed: placed[0]))
        )
        for kept, parent in answer
    }


def write_topics(tx: Statements, changed: Sequence[Properties]) -> None:
    """Insert topics, each in place of the one of the same id."""
    if not changed:
        return
    write(
        tx,
        "UNWIND $ids AS id MATCH (t:Topic {id: id}) WITH t MATCH (t)-[r:SHOWN_BY|BROADER]->() DELETE r",
        ids=[row["id"] for row in changed if row["known"]],
    )
    write(
        tx,
        "UNWIND $rows AS row MERGE (t:Topic {id: row.id}) SET t += row.properties",
        rows=[
            {"id": row["id"], "properties": {name: row[name] for name in PLAIN} | {"words": JSON.encode(row["words"])}}
            for row in changed
        ],
    )
    write(
        tx,
        "UNWIND $rows AS row MATCH (t:Topic {id: row[0]}) MATCH (p:Topic {id: row[1]}) CREATE (t)-[:BROADER]->(p)",
        rows=[[row["id"], row["parent"]] for row in changed if row["parent"] is not None],
    )
    write(
        tx,
        "UNWIND $rows AS row MATCH (t:Topic {id: row[0]}) MATCH (o:MediaObject {id: row[2]}) "
        "CREATE (t)-[:SHOWN_BY {position: row[1], weight: row[3], reason: row[4]}]->(o)",
        rows=[[row["id"], position, *member] for row in changed for position, member in enumerate(row["examples"])],
    )


def without(tx: Statements, objects: Sequence[str]) -> list[Topic]:
    """The topics that objects show, as they will be without them."""
    touched = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id}) WITH o MATCH (o)<-[:SHOWN_BY]-(t:Topic) RETURN DISTINCT t.id",
        ids=objects,
    )
    gone = set(objects)
    return [
        replace(topic, examples=tuple(member for member in topic.examples if member.object not in gone))
        for topic in read(tx, [id_ for (id_,) in touched]).values()
    ]


def rewrite(tx: Statements, topics: Sequence[Topic]) -> None:
    """Write topics that are there as they are now."""
    write_topics(tx, [encoded(topic) | {"known": True} for topic in topics])


def remove(tx: Statements, ids: Sequence[str]) -> None:
    """Remove topics with their shares; those that were part of one are part of none."""
    parts = rows(
        tx,
        "UNWIND $ids AS id MATCH (p:Topic {id: id}) WITH p MATCH (p)<-[:BROADER]-(t:Topic) "
        "WHERE NOT t.id IN $ids RETURN DISTINCT t.id",
        ids=ids,
    )
    left = read(tx, [id_ for (id_,) in parts])
    rewrite(tx, [replace(topic, parent=None) for topic in left.values()])
    delete(tx, "Topic", ids)

"""Events in a Neo4j database: a node for the event, one for each answer, relationships to what tells of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.neo4j_codec import Properties, bindable
from kg.neo4j_decoding import event_of
from kg.neo4j_schema import ANY_QUESTION, QUESTIONS
from kg.neo4j_session import Statements, rows, write
from ontology.model import Aspect, Event, Evidence, Member, stable_id


def read(tx: Statements, ids: Sequence[str]) -> dict[str, Event]:
    """The events with these ids."""
    evidence = _grouped(
        tx,
        ids,
        f"-[:{ANY_QUESTION}]->(a:Aspect)-[r:EVIDENCE]->(o:MediaObject) "
        "RETURN id, a.position, r.position, o.id, r.segment, r.text",
    )
    aspects = _grouped(
        tx, ids, f"-[:{ANY_QUESTION}]->(a:Aspect) RETURN id, a.position, a.name, a.value, a.score, a.sources"
    )
    members = _grouped(tx, ids, "-[r:TOLD_BY]->(o:MediaObject) RETURN id, r.position, o.id, r.weight, r.reason")
    pieces: defaultdict[tuple[str, int], list[Evidence]] = defaultdict(list)
    for id_, found in evidence.items():
        for aspect, _, item, segment, text in found:
            pieces[id_, aspect].append(Evidence(item, segment, text))
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (e:Event {id: id}) RETURN e {.*, start: toString(e.start), end: toString(e.end)}",
        ids=ids,
    )
    return {
        kept["id"]: event_of(
            kept,
            (Member(*row[1:]) for row in members[kept["id"]]),
            (
                Aspect(name, value, score, sources, tuple(pieces[kept["id"], place]))
                for place, name, value, score, sources in aspects[kept["id"]]
            ),
        )
        for (kept,) in answer
    }


def _grouped(tx: Statements, ids: Sequence[str], pattern: str) -> defaultdict[str, list[list[Any]]]:
    """What hangs by events, by the event's id, in order of the positions."""
    groups: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for id_, *row in rows(tx, f"UNWIND $ids AS id MATCH (e:Event {{id: id}}) WITH id, e MATCH (e){pattern}", ids=ids):
        groups[id_].append(row)
    for group in groups.values():
        group.sort(key=lambda row: row[:2])
    return groups


def write_events(tx: Statements, changed: Sequence[Properties]) -> None:
    """Insert events, each in place of the one of the same id."""
    if not changed:
        return
    _clear(tx, [row["id"] for row in changed if row["known"]])
    write(
        tx,
        "UNWIND $rows AS row MERGE (e:Event {id: row.id}) "
        "SET e += row.properties, e.start = datetime(row.start), e.end = datetime(row.end)",
        rows=[_node(row) for row in changed],
    )
    write(
        tx,
        "UNWIND $rows AS row MATCH (e:Event {id: row[0]}) MATCH (o:MediaObject {id: row[2]}) "
        "CREATE (e)-[:TOLD_BY {position: row[1], weight: row[3], reason: row[4]}]->(o)",
        rows=[[row["id"], place, *member] for row in changed for place, member in enumerate(row["members"])],
    )
    aspects = [_aspect(row["id"], place, aspect) for row in changed for place, aspect in enumerate(row["aspects"])]
    for name, type_ in QUESTIONS.items():
        _write_aspects(tx, type_, [aspect for aspect in aspects if aspect["properties"]["name"] == name])
    write(
        tx,
        "UNWIND $rows AS row MATCH (a:Aspect {key: row[0]}) MATCH (o:MediaObject {id: row[2]}) "
        "CREATE (a)-[:EVIDENCE {position: row[1], segment: row[3], text: row[4]}]->(o)",
        rows=[
            [_aspect_key(row["id"], place), position, *piece]
            for row in changed
            for place, aspect in enumerate(row["aspects"])
            for position, piece in enumerate(aspect[4])
        ],
    )


def _node(row: Properties) -> Properties:
    names = ("title", "summary", "key", "digest")
    return {
        "id": row["id"],
        "start": row["start"],
        "end": row["end"],
        "properties": {name: row[name] for name in names},
    }


def _aspect_key(event: str, place: int) -> str:
    return stable_id("aspect", event, str(place))


def _aspect(event: str, place: int, aspect: Sequence[Any]) -> Properties:
    name, value, score, sources, _ = aspect
    return {
        "event": event, "value": stable_id("value", name, value),
        "properties": {
            "key": _aspect_key(event, place), "position": place, "name": name, "value": value, "score": score,
            "sources": sources,
        },
    }  # fmt: skip


def _write_aspects(tx: Statements, type_: str, aspects: Sequence[Properties]) -> None:
    if aspects:
        write(
            tx,
            "UNWIND $rows AS row MATCH (e:Event {id: row.event}) MERGE (v:Value {key: row.value}) "
            "ON CREATE SET v.name = row.properties.name, v.value = row.properties.value "
            f"CREATE (e)-[:{type_}]->(a:Aspect)-[:SAYS]->(v) SET a = row.properties",
            rows=aspects,
        )


def remove(tx: Statements, ids: Sequence[str]) -> None:
    """Remove events with their answers, and the values that no other event has."""
    _clear(tx, ids)
    write(tx, "UNWIND $ids AS id MATCH (e:Event {id: id}) DETACH DELETE e", ids=ids)


def _clear(tx: Statements, ids: Sequence[str]) -> None:
    """Leave of events the node alone."""
    if not ids:
        return
    values = rows(
        tx,
        f"UNWIND $ids AS id MATCH (e:Event {{id: id}})-[:{ANY_QUESTION}]->(a:Aspect)-[:SAYS]->(v:Value) "
        "USING INDEX e:Event(id) "
        "DETACH DELETE a RETURN DISTINCT v.key",
        ids=ids,
    )
    write(tx, "UNWIND $ids AS id MATCH (e:Event {id: id}) WITH e MATCH (e)-[told:TOLD_BY]->() DELETE told", ids=ids)
    write(
        tx,
        "UNWIND $keys AS key MATCH (v:Value {key: key}) WHERE NOT EXISTS { (v)<-[:SAYS]-() } DELETE v",
        keys=[key for (key,) in values],
    )


def without(tx: Statements, objects: Sequence[str]) -> dict[str, Event | None]:
    """The events that tell of objects, as they will be without them: None for one that has no member left.

    An aspect left without evidence goes, and the sources of one that lost evidence are counted anew.
    """
    touched = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id}) WITH o MATCH (o)<-[:TOLD_BY]-(e:Event) "
        "RETURN DISTINCT e.id UNION UNWIND $ids AS id MATCH (o:MediaObject {id: id}) WITH o "
        f"MATCH (o)<-[:EVIDENCE]-(:Aspect)<-[:{ANY_QUESTION}]-(e:Event) RETURN DISTINCT e.id",
        ids=objects,
    )
    events = read(tx, [id_ for (id_,) in touched])
    sources = _sources(
        tx, (piece.object for event in events.values() for aspect in event.aspects for piece in aspect.evidence)
    )
    gone = set(objects)
    return {id_: _reduced(event, gone, sources) for id_, event in events.items()}


def _sources(tx: Statements, objects: Iterable[str]) -> dict[str, str]:
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id}) WITH id, o MATCH (o)-[:PUBLISHED_BY]->(s:Source) "
        "RETURN id, s.id",
        ids=list(dict.fromkeys(objects)),
    )
    return dict(answer)


def _reduced(event: Event, gone: set[str], sources: Mapping[str, str]) -> Event | None:
    members = tuple(member for member in event.members if member.object not in gone)
    aspects = []
    for aspect in event.aspects:
        left = tuple(piece for piece in aspect.evidence if piece.object not in gone)
        if len(left) == len(aspect.evidence):
            aspects.append(aspect)
        elif left:
            aspects.append(replace(aspect, evidence=left, sources=len({sources[piece.object] for piece in left})))
    return replace(event, members=members, aspects=tuple(aspects)) if members else None


def ids_of(tx: Statements, objects: Iterable[str]) -> dict[str, list[str]]:
    """For each known object the ids of its events, by its weight in them, then by id."""
    asked = bindable(objects)
    found: dict[str, list[str]] = {}
    answer = rows(
        tx,
        "UNWIND $ids AS id MATCH (o:MediaObject {id: id}) OPTIONAL MATCH (o)<-[t:TOLD_BY]-(e:Event) "
        "RETURN id, e.id, t.weight",
        ids=asked,
    )
    for item, event, weight in sorted(answer, key=lambda row: (-(row[2] or 0.0), row[1] or "")):
        found.setdefault(item, []).extend([] if event is None else [event])
        del weight
    return {item: found[item] for item in asked if item in found}

"""From a store to a network: which records become nodes and edges, and what is said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from kg.curation import Thing, holding, notes, word_on
from kg.network import Edge, Network, Node, Value, Wanted
from kg.store import Store
from ontology.errors import NotFound
from ontology.model import Aspect, Correlation, Decision, Event, MediaObject, Source, isoformat, stable_id


def network_of(store: Store, wanted: Wanted | None = None) -> Network:
    """The part of the graph that is wanted, all without. Raises `NotFound` for an unknown event."""
    wanted = wanted or Wanted()
    decisions = list(store.scan(Decision))
    told = notes(decisions)
    events = _events(store, wanted)
    objects = {item.id: item for item in _objects(store, wanted, events)}
    nodes: dict[str, Node] = {}
    edges: dict[str, Edge] = {}
    for item in objects.values():
        _take(nodes, [object_node(item)])
    for source in store.get(Source, {item.source for item in objects.values()}).values():
        _take(nodes, [_source_node(source)])
    for event in events:
        _take(nodes, [_event_node(event), *(aspect_node(aspect) for aspect in event.aspects)])
    latest = holding(decisions)
    for edge in _edges(store, wanted, objects, events, latest):
        if wanted.takes(edge):
            edges[edge.id] = edge
    kept = {key: _noted(node, told) for key, node in sorted(nodes.items()) if node.kind in wanted.nodes}
    joined = [edge for _, edge in sorted(edges.items()) if edge.source in kept and edge.target in kept]
    return Network(tuple(kept.values()), tuple(joined))


def _take(nodes: dict[str, Node], found: Iterable[Node]) -> None:
    for node in found:
        nodes.setdefault(node.key, node)


def _noted(node: Node, told: Mapping[str, list[Decision]]) -> Node:
    words = told.get(node.id)
    if node.kind == "aspect" or not words:
        return node
    said = "\n".join(f"{word.note} ({word.by}, {word.at:%Y-%m-%d})" for word in words)
    return replace(node, attributes={**node.attributes, "note": said})


def _events(store: Store, wanted: Wanted) -> list[Event]:
    if wanted.event is None:
        return [event for event in store.scan(Event) if wanted.within(event.start, event.end)]
    found = store.get(Event, [wanted.event])
    if not found:
        raise NotFound(f"no event {wanted.event[:200]!r}")
    return list(found.values())


def _objects(store: Store, wanted: Wanted, events: Collection[Event]) -> Iterator[MediaObject]:
    if wanted.event is None:
        found: Iterable[MediaObject] = store.scan(MediaObject)
    else:
        ids = {member.object for event in events for member in event.members}
        ids |= {piece.object for event in events for aspect in event.aspects for piece in aspect.evidence}
        found = store.get(MediaObject, sorted(ids)).values()
    return (item for item in found if wanted.within(item.published, item.published))


# Nodes.


def _filled(**attributes: Value | None) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if value not in (None, "")}


def object_node(item: MediaObject) -> Node:
    """An object; its label is its title, else how its words begin, else its id."""
    label = item.title or " ".join(item.text.split())[:80] or item.id
    return Node(
        "object", item.id, label,
        _filled(
            modality=item.modality, published=isoformat(item.published), source=item.source, collection=item.collection,
            document=item.document, language=item.language, licence=item.licence, media_type=item.media_type,
            url=item.url,
        ),
    )  # fmt: skip


def _source_node(source: Source) -> Node:
    return Node("source", source.id, source.name, _filled(kind_of_source=source.kind, url=source.url))


def _event_node(event: Event) -> Node:
    shown = _filled(
        start=isoformat(event.start), end=isoformat(event.end), summary=event.summary, objects=len(event.members)
    )
    return Node("event", event.id, event.title or event.id, shown)


def aspect_node(aspect: Aspect) -> Node:
    """An answer: the same words to the same question are one node, whatever event they are of."""
    return Node("aspect", f"{aspect.name}:{aspect.value}", aspect.value, {"aspect": aspect.name})


# Edges.


def _edges(
    store: Store,
    wanted: Wanted,
    objects: Mapping[str, MediaObject],
    events: Iterable[Event],
    latest: Mapping[Thing, Decision],
) -> Iterator[Edge]:
    for item in objects.values():
        yield _edge(f"object:{item.id}", f"source:{item.source}", "published_by", 1.0, {})
    for event in events:
        yield from _event_edges(event, latest)
    for link in _links(store, wanted, objects):
        if link.subject in objects and link.target in objects:
            yield link_edge(link, latest)


def _links(store: Store, wanted: Wanted, objects: Collection[str]) -> Iterable[Correlation]:
    # Rejected links are no neighbours; who wants them has all links read.
    if wanted.event is None or wanted.rejected:
        return store.scan(Correlation)
    return store.neighbours(objects)


def _edge(source: str, target: str, kind: str, weight: float, attributes: Mapping[str, Value], *more: str) -> Edge:
    return Edge(stable_id("edge", kind, source, target, *more), source, target, kind, weight, attributes)


def link_edge(link: Correlation, latest: Mapping[Thing, Decision]) -> Edge:
    """A link with why it is there, who made it, and who decided on it."""
    evidence = "\n".join(f"{piece.object}#{piece.segment}: {piece.text}" for piece in link.evidence)
    shown = _filled(
        status=link.status, reason=link.reason, scope=link.scope, method=link.method, version=link.version,
        run=link.run, evidence=evidence,
    )  # fmt: skip
    word = word_on(link, latest)
    if word is not None:
        shown |= _decided(word)
    return Edge(link.id, f"object:{link.subject}", f"object:{link.target}", link.kind, link.weight, shown)


def _decided(word: Decision) -> dict[str, Value]:
    return _filled(decision=word.action, decided_by=word.by, decided_at=word.at.isoformat(), decision_note=word.note)


def _event_edges(event: Event, latest: Mapping[Thing, Decision]) -> Iterator[Edge]:
    key = f"event:{event.id}"
    for member in event.members:
        subject, target = sorted((member.object, event.id))
        word = latest.get((subject, target, "member"))
        shown = _filled(reason=member.reason) | ({} if word is None else _decided(word))
        yield _edge(f"object:{member.object}", key, "member", member.weight, shown)
    for aspect in event.aspects:
        answer = aspect_node(aspect).key
        yield _edge(key, answer, "aspect", aspect.score, {"sources": aspect.sources})
        for piece in aspect.evidence:
            shown = _filled(segment=piece.segment, text=piece.text, event=event.id)
            place = event.id, piece.segment, piece.text
            yield _edge(f"object:{piece.object}", answer, "evidence", aspect.score, shown, *place)

"""Facts that a user brings about whom and what the graph names: triples of RDF, kept with a store.

They may speak of the graph's own entities (by their IRIs) or of its own things, as Wikidata or GeoNames do. A thing
whose label is the name of an entity is matched to it by `skos:exactMatch`; what is told of things that match nothing is
left out.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import Event
from ontology.terms import ENTITY_CLASSES, GEO, RDFS, SCHEMA, SKOS, Base

SETTING: Final = "facts"
MOST: Final = 100_000
"""So many facts are kept at most."""

_LABELS: Final = (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SCHEMA.name)


def bring(store: Store, graph: ox.Store, base: Base | None = None) -> int:
    """Keep what a graph tells of the entities of a store, beside what is kept already; gives how many facts are new.

    Raises `InvalidInput` for a graph that tells of no entity, and beyond `MOST` facts.
    """
    named = _entities(store, base or Base())
    found = set(_about(graph, named))
    if not found:
        raise InvalidInput(f"nothing is told of the {len(named)} names in the events of this graph")
    kept = set(lines(store))
    if len(kept | found) > MOST:
        raise InvalidInput(f"{len(kept | found)} facts are too many, at most {MOST} are kept")
    store.set_setting(SETTING, "".join(sorted(kept | found)))
    return len(found - kept)


def lines(store: Store) -> list[str]:
    """The facts kept with a store, as sorted lines of N-Triples."""
    return (store.setting(SETTING) or "").splitlines(keepends=True)


def forget(store: Store) -> int:
    """Forget all facts; gives how many there were."""
    number = len(lines(store))
    store.set_setting(SETTING, None)
    return number


def _entities(store: Store, base: Base) -> dict[str, str]:
    """The IRI of everybody and every place that events name, by name as it is compared."""
    return {
        _folded(aspect.value): base.entity(aspect.value)
        for event in store.scan(Event)
        for aspect in event.aspects
        if aspect.name in ENTITY_CLASSES
    }


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _about(graph: ox.Store, named: dict[str, str]) -> Iterator[str]:
    """The facts that are about entities, with what they match, as lines."""
    own = set(named.values())
    same: defaultdict[str, set[str]] = defaultdict(set)
    for property_ in _LABELS:
        for quad in graph.quads_for_pattern(None, ox.NamedNode(property_), None, None):
            entity = named.get(_folded(quad.object.value)) if isinstance(quad.object, ox.Literal) else None
            if entity and isinstance(quad.subject, ox.NamedNode) and quad.subject.value not in own:
                same[quad.subject.value].add(entity)
    for thing, entities in same.items():
        for entity in entities:
            yield f"<{entity}> <{SKOS.exactMatch}> <{thing}> .\n"
    places = ox.NamedNode(GEO.hasGeometry)
    for thing in own | set(same):
        yield from _told(graph, ox.NamedNode(thing))
        for quad in graph.quads_for_pattern(ox.NamedNode(thing), places, None, None):
            if isinstance(quad.object, ox.NamedNode):
                yield from _told(graph, quad.object)


def _told(graph: ox.Store, thing: ox.NamedNode) -> Iterator[str]:
    for quad in graph.quads_for_pattern(thing, None, None, None):
        if not isinstance(quad.object, ox.BlankNode):  # it would be cut off from what is told of it
            yield f"{quad.triple} .\n"

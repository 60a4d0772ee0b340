"""Vocabularies that a user brings: concepts of SKOS, kept with a store, whose labels can guide topics.

A concept keeps its labels in one language (and those without any), its broader concepts and those that it matches
elsewhere. `guide_words` turns the concepts into what topic models take as seeds: for each concept the labels of it and
of all that is narrower.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg import graphs
from kg.store import Store
from ontology.errors import InvalidInput
from ontology.terms import RDF, SKOS

SETTING: Final = "vocabulary"
MOST: Final = 200_000
"""A vocabulary of more concepts is no guide for topics."""

_TYPE: Final = ox.NamedNode(RDF.type)


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept: `label` is the preferred one, `labels` all of them, sorted; the others are IRIs, sorted."""

    iri: str
    label: str
    labels: tuple[str, ...]
    schemes: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


def read(path: Path, language: str = "en") -> list[Concept]:
    """The concepts of a file with a preferred label in a language (or in none), by IRI.

    The file is Turtle, N-Triples, N-Quads, JSON-LD or RDF/XML. Raises `InvalidInput` for what is no such file and for
    one without such concepts.
    """
    with graphs.of_file(path) as graph:
        found = sorted(_concepts(graph, language), key=lambda concept: concept.iri)
    if not found:
        raise InvalidInput(f"{path} holds no SKOS concept with a preferred label in {language!r}")
    if len(found) > MOST:
        raise InvalidInput(f"{path} holds {len(found)} concepts; at most {MOST} can guide topics")
    return found


def keep(store: Store, concepts: Iterable[Concept]) -> int:
    """Keep concepts with a store, in place of those of the same IRI; gives how many it has then."""
    kept = {concept.iri: concept for concept in (*kept_in(store), *concepts)}
    told = [asdict(kept[iri]) for iri in sorted(kept)]
    store.set_setting(SETTING, json.dumps(told, ensure_ascii=False) if told else None)
    return len(told)


def kept_in(store: Store) -> list[Concept]:
    """The concepts kept with a store, by IRI."""
    return [
        Concept(one["iri"], one["label"], *(tuple(one[name]) for name in ("labels", "schemes", "broader", "matches")))
        for one in json.loads(store.setting(SETTING) or "[]")
    ]


def forget(store: Store, scheme: str | None = None) -> int:
    """Forget the concepts of a scheme (by IRI), or all; gives how many went."""
    kept = kept_in(store)
    rest = [concept for concept in kept if scheme is not None and scheme not in concept.schemes]
    store.set_setting(SETTING, None)
    keep(store, rest)
    return len(kept) - len(rest)


def guide_words(concepts: Iterable[Concept]) -> dict[str, tuple[str, ...]]:
    """For each concept, by IRI, the labels of it and of all narrower ones, sorted. Circles of concepts do no harm."""
    known = {concept.iri: concept for concept in concepts}
    narrower: defaultdict[str, list[str]] = defaultdict(list)
    for concept in known.values():
        for other in concept.broader:
            narrower[other].append(concept.iri)
    return {
        iri: tuple(sorted({label for below in _below(iri, narrower) for label in known[below].labels})) for iri in known
    }


def _below(iri: str, narrower: Mapping[str, list[str]]) -> set[str]:
    """A concept with all that is narrower, however far."""
    found, turn = {iri}, [iri]
    while turn:
        for other in narrower.get(turn.pop(), ()):
            if other not in found:
                found.add(other)
                turn.append(other)
    return found


def _concepts(graph: ox.Store, language: str) -> Iterator[Concept]:
    told = graph.quads_for_pattern(None, _TYPE, ox.NamedNode(SKOS.Concept), None)
    narrower = _inverse(graph, SKOS.narrower)
    for node in {quad.subject for quad in told if isinstance(quad.subject, ox.NamedNode)}:
        preferred = _labels(graph, node, SKOS.prefLabel, language)
        if not preferred:
            continue
        other = (*_labels(graph, node, SKOS.altLabel, language), *_labels(graph, node, SKOS.hiddenLabel, language))
        broader = {*_iris(graph, node, SKOS.broader), *narrower.get(node.value, ())}
        matches = {*_iris(graph, node, SKOS.exactMatch), *_iris(graph, node, SKOS.closeMatch)}
        yield Concept(
            node.value,
            preferred[0],
            tuple(sorted({*preferred, *other})),
            tuple(_iris(graph, node, SKOS.inScheme)),
            tuple(sorted(broader - {node.value})),
            tuple(sorted(matches)),
        )


def _labels(graph: ox.Store, node: ox.NamedNode, property_: str, language: str) -> list[str]:
    """Labels in a language (`en` takes `en-GB` as well) and in none, those in just that language first."""
    wanted = language.casefold()
    ranked = set()
    for quad in graph.quads_for_pattern(node, ox.NamedNode(property_), None, None):
        if isinstance(quad.object, ox.Literal):
            tag, text = (quad.object.language or "").casefold(), " ".join(quad.object.value.split())
            if text and (tag in ("", wanted) or tag.startswith(f"{wanted}-")):
                ranked.add((tag != wanted, tag, text))
    return list(dict.fromkeys(text for *_, text in sorted(ranked)))


def _iris(graph: ox.Store, node: ox.NamedNode, property_: str) -> list[str]:
    found = (quad.object for quad in graph.quads_for_pattern(node, ox.NamedNode(property_), None, None))
    return sorted({other.value for other in found if isinstance(other, ox.NamedNode)})


def _inverse(graph: ox.Store, property_: str) -> dict[str, list[str]]:
    """For each IRI those that name it by a property."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for quad in graph.quads_for_pattern(None, ox.NamedNode(property_), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            found[quad.object.value].append(quad.subject.value)
    return found

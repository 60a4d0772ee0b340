"""Topics read back from a graph of RDF: what `kg.rdf_topics` wrote."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.rdf_nodes import Node, Nodes, Told
from ontology.model import Member
from ontology.terms import CLASSES, DCTERMS, FIELDS, SCHEMA
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord, broader_first


class TopicReading(Nodes):
    """Gives the topics of a graph, their shares and their changes."""

    def topics(self) -> Iterator[Topic]:
        """All topics, in an order in which broader ones come first."""
        yield from broader_first(map(self._topic, self._of_class(CLASSES[Topic][0])))

    def _topic(self, node: Node) -> Topic:
        told, by = self._about(node), FIELDS[Topic]
        parent = self._named(node, told, by["parent"]) if by["parent"] in told else None
        stability = self._number(node, told, by["stability"]) if by["stability"] in told else None
        return Topic(
            self._value(node, told, by["id"]),
            self._named(node, told, by["run"]),
            self._value(node, told, by["label"]),
            tuple(self._topic_word(*part) for part in self._in_order(told.get(by["words"], []))),
            tuple(self._member(*part) for part in self._in_order(told.get(by["examples"], []))),
            self._number(node, told, by["share"]),
            parent,
            stability,
            self._values(node, told, by["concepts"]),
        )

    def _in_order(self, nodes: list[Node]) -> list[tuple[Node, Told]]:
        """Parts of a record as their positions say."""
        parts = [(node, self._about(node)) for node in nodes]
        return sorted(parts, key=lambda part: self._whole(part[0], part[1], SCHEMA.position))

    def _member(self, node: Node, told: Told) -> Member:
        by = FIELDS[Member]
        weight, reason = self._number(node, told, by["weight"]), self._value(node, told, by["reason"])
        return Member(self._named(node, told, by["object"]), weight, reason)

    def _named(self, node: Node, told: Told, property_: str) -> str:
        """The identifier of what a property leads to."""
        return self._text(self._node(node, told, property_), DCTERMS.identifier)

    def _values(self, node: Node, told: Told, property_: str) -> tuple[str, ...]:
        terms: list[ox.Literal] = [self._literal(node, property_, term) for term in told.get(property_, [])]
        return tuple(sorted(term.value for term in terms))

    def _topic_word(self, node: Node, told: Told) -> TopicWord:
        by = FIELDS[TopicWord]
        return TopicWord(
            self._value(node, told, by["field"]),
            self._value(node, told, by["value"]),
            self._number(node, told, by["weight"]),
            self._value(node, told, by["collection"]),
            self._number(node, told, by["apart"]),
        )

    def _topic_share(self, node: Node) -> TopicShare:
        told, by = self._about(node), FIELDS[TopicShare]
        return TopicShare(
            self._named(node, told, by["topic"]),
            self._value(node, told, by["about"]),  # type: ignore[arg-type]
            self._named(node, told, by["subject"]),
            self._number(node, told, by["weight"]),
            self._text(self._node(node, told, by["method"]), SCHEMA.name),
            self._named(node, told, by["run"]),
        )

    def _topic_change(self, node: Node) -> TopicChange:
        told, by = self._about(node), FIELDS[TopicChange]
        return TopicChange(
            self._named(node, told, by["run"]),
            self._whole(node, told, by["fit"]),
            self._value(node, told, by["change"]),  # type: ignore[arg-type]
            self._values(node, told, by["before"]),
            self._values(node, told, by["after"]),
        )

"""Records read back from a graph of RDF: what `kg.rdf_lines` wrote, in whatever order and syntax it comes.

Only what the properties of `ontology.terms.FIELDS` say is read; nothing is taken from the form of an IRI.
"""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import pyoxigraph as ox

from kg.rdf_nodes import Node, Told
from kg.rdf_read_topics import TopicReading
from kg.store import Record, View
from ontology.errors import InvalidInput
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Decision,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Segment,
    Source,
)
from ontology.terms import CLASSES, DCTERMS, FIELDS, OA, RDF, SCHEMA, X
from ontology.topic import TopicChange, TopicShare


class Reading(TopicReading):
    """Gives the records of a graph. Raises `InvalidInput` where something is missing, doubled, or no such value."""

    def __init__(self, graph: ox.Store) -> None:
        super().__init__(graph)
        self._object_ids = lru_cache(maxsize=65_536)(lambda node: self._text(node, DCTERMS.identifier))

    def records(self) -> Iterator[Record]:
        """All records; what others refer to comes first."""
        readers: tuple[tuple[type, Callable[[Node], Record]], ...] = (
            (Source, self._source),
            (MediaObject, self._object),
            (Annotation, self._annotation),
            (Correlation, self._correlation),
            (Event, self._event),
            (Failure, self._failure),
            (Decision, self._decision),
        )
        after: tuple[tuple[type, Callable[[Node], Record]], ...] = (
            (TopicShare, self._topic_share),
            (TopicChange, self._topic_change),
        )
        yield from self._of_kinds(readers)
        yield from self.topics()
        yield from self._of_kinds(after)

    def _of_kinds(self, readers: Iterable[tuple[type, Callable[[Node], Record]]]) -> Iterator[Record]:
        for kind, read in readers:
            yield from map(read, self._of_class(CLASSES[kind][0]))

    def vectors(self, most: int) -> Iterator[View]:
        """All vectors, at most so many at once."""
        rows: defaultdict[str, list[tuple[str, str, bytes]]] = defaultdict(list)
        for node in self._of_class(X.View):
            told = self._about(node)
            name = self._value(node, told, X.viewName)
            rows[name].append((*self._place(node, told, X.shows), b64decode(self._value(node, told, X.vector))))
            if len(rows[name]) == most:
                yield _view(name, rows.pop(name))
        for name, rest in sorted(rows.items()):
            yield _view(name, rest)

    def _object_id(self, node: Node) -> str:
        return self._object_ids(node)

    def _place(self, node: Node, told: Told, property_: str) -> tuple[str, str]:
        """The id of the object and the fragment that a target is."""
        target = self._node(node, told, property_)
        part = self._shared(target)
        if OA.hasSource not in part:
            return self._object_id(target), ""
        selector = self._node(target, part, OA.hasSelector)
        return self._object_id(self._node(target, part, OA.hasSource)), self._text(selector, RDF.value)

    # Records.

    def _source(self, node: Node) -> Source:
        told, by = self._about(node), FIELDS[Source]
        kind, url = self._optional(node, told, by["kind"], ""), self._optional(node, told, by["url"], None)
        return Source(self._value(node, told, by["id"]), self._value(node, told, by["name"]), kind, url)

    def _object(self, node: Node) -> MediaObject:
        told, by = self._about(node), FIELDS[MediaObject]
        optional = {
            field: self._optional(node, told, by[field], default)
            for field, default in (
                ("title", ""), ("text", ""), ("location", ""), ("checksum", ""), ("media_type", ""), ("licence", None),
                ("language", None), ("url", None),
            )
        }  # fmt: skip
        if by["collection"] in told:
            optional["collection"] = self._text(self._node(node, told, by["collection"]), DCTERMS.title)
        if by["document"] in told:
            optional["document"] = self._text(self._node(node, told, by["document"]), DCTERMS.identifier)
        return MediaObject(
            self._value(node, told, by["id"]),
            self._value(node, told, by["modality"]),  # type: ignore[arg-type]
            self._text(self._node(node, told, by["source"]), FIELDS[Source]["id"]),
            published=self._moment(node, told, by["published"]),
            metadata=dict(sorted(map(self._entry, told.get(by["metadata"], ())))),
            **optional,
        )

    def _entry(self, node: Node) -> tuple[str, str]:
        told = self._about(node)
        return self._value(node, told, SCHEMA.name), self._value(node, told, SCHEMA.value)

    def _annotation(self, node: Node) -> Annotation:
        told, by = self._about(node), FIELDS[Annotation]
        return Annotation(
            Segment.parse(*self._place(node, told, by["segment"])),
            self._value(node, told, by["kind"]),
            self._value(node, told, by["value"]),
            self._number(node, told, by["score"]),
            self._text(self._node(node, told, by["method"]), SCHEMA.name),
            self._optional(node, told, by["type"], ""),
        )

    def _correlation(self, node: Node) -> Correlation:
        told, by = self._about(node), FIELDS[Correlation]
        ends = sorted(map(self._object_id, told.get(by["subject"], ())))
        if len(ends) != 2:
            raise InvalidInput(f"{node} needs two <{by['subject']}>, there are {len(ends)}")
        method = self._node(node, told, by["method"])
        return Correlation(
            ends[0],
            ends[1],
            self._value(node, told, by["kind"]),
            self._value(node, told, by["scope"]),  # type: ignore[arg-type]
            self._number(node, told, by["weight"]),
            self._text(method, SCHEMA.name),
            self._text(method, by["version"]),
            self._text(self._node(node, told, by["run"]), DCTERMS.identifier),
            self._value(node, told, by["reason"]),
            self._value(node, told, by["status"]),  # type: ignore[arg-type]
            self._evidence(told),
        )

    def _evidence(self, told: Told) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(*self._place(piece, about, OA.hasTarget), self._optional(piece, about, OA.bodyValue, ""))
            for piece, about in self._in_order(told.get(X.evidence, []))
        )

    def _event(self, node: Node) -> Event:
        told, by = self._about(node), FIELDS[Event]
        return Event(
            self._value(node, told, by["id"]),
            self._value(node, told, by["title"]),
            self._moment(node, told, by["start"]),
            self._moment(node, told, by["end"]),
            self._value(node, told, by["summary"]),
            tuple(self._member(*part) for part in self._in_order(told.get(by["members"], []))),
            tuple(self._aspect(*part) for part in self._in_order(told.get(by["aspects"], []))),
        )

    def _aspect(self, node: Node, told: Told) -> Aspect:
        by = FIELDS[Aspect]
        return Aspect(
            self._value(node, told, by["name"]),  # type: ignore[arg-type]
            self._value(node, told, by["value"]),
            self._number(node, told, by["score"]),
            self._whole(node, told, by["sources"]),
            self._evidence(told),
        )

    def _failure(self, node: Node) -> Failure:
        told, by = self._about(node), FIELDS[Failure]
        collection = self._text(self._node(node, told, by["collection"]), DCTERMS.title)
        rest = (self._value(node, told, by[field]) for field in ("item", "stage", "reason", "severity"))
        return Failure(collection, *rest)  # type: ignore[arg-type]

    def _decision(self, node: Node) -> Decision:
        told, by = self._about(node), FIELDS[Decision]
        at = self._moment(node, told, by["at"])
        if at is None:
            raise InvalidInput(f"{node} needs one <{by['at']}>, there is none")
        return Decision(
            self._value(node, told, by["action"]),  # type: ignore[arg-type]
            self._value(node, told, by["subject"]),
            self._optional(node, told, by["target"], None),
            self._value(node, told, by["kind"]),
            self._value(node, told, by["note"]),
            self._text(self._node(node, told, by["by"]), SCHEMA.name),
            at,
        )


def _view(name: str, rows: list[tuple[str, str, bytes]]) -> View:
    rows.sort()
    ids, fragments, numbers = zip(*rows, strict=True)
    if len(set(map(len, numbers))) != 1 or len(numbers[0]) % 4:
        raise InvalidInput(f"the vectors of view {name!r} have different lengths")
    return View(name, ids, fragments, np.frombuffer(b"".join(numbers), dtype="<f4").reshape(len(rows), -1))

"""Records as lines of N-Triples or N-Quads, written straight as text.

The words are those of `ontology.terms`, whose `FIELDS` says by which property each field is told. One record is one
text: the lines about it, then those about its parts. What several records share (a collection, a run, a segment) is
told where it is first named; a line may come again in a large graph, which means the same.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from kg.rdf_literals import double, integer, literal, moment, place
from kg.rdf_parts import POSITION, SUBJECT, VALUE, lines_of, of_class
from kg.rdf_topics import TopicLines
from ontology import terms
from ontology.model import Annotation, Aspect, Correlation, Decision, Event, Failure, MediaObject, Member, Source
from ontology.terms import DCAT, DCTERMS, PROV, RDFS, SCHEMA, SEM, SIM, TIME, VOID, XSD, Base, X

_TYPES: Final = {kind: of_class(*classes) for kind, classes in terms.CLASSES.items()}
_ENTITY_TYPES: Final = {name: of_class(*classes) for name, classes in terms.ENTITY_CLASSES.items()}
_MODALITY_TYPES: Final = {modality: of_class(class_) for modality, class_ in terms.MODALITY_CLASSES.items()}
_BY: Final = {kind: {field: f"<{iri}>" for field, iri in fields.items()} for kind, fields in terms.FIELDS.items()}

_SOURCE, _OBJECT, _ANNOTATION = _BY[Source], _BY[MediaObject], _BY[Annotation]
_LINK, _MEMBER, _EVENT, _ASPECT = _BY[Correlation], _BY[Member], _BY[Event], _BY[Aspect]
_FAILURE, _DECISION = _BY[Failure], _BY[Decision]
_ACCORDING: Final = f"<{SEM.accordingTo}>"
_WHEN: Final = of_class(TIME.TemporalEntity)
_EVENT_OF: Final = f"<{SIM.object}>"
_TOLD_BY: Final = f"<{SCHEMA.subjectOf}>"
_NAME: Final = f"<{SCHEMA.name}>"
_IDENTIFIER: Final = f"<{DCTERMS.identifier}>"


class Lines(TopicLines):
    """Writes records under a base: as quads, in the named graph of their run, or as triples."""

    def __init__(self, base: Base, *, quads: bool) -> None:
        super().__init__(base, quads=quads)
        self._collection = lru_cache(maxsize=1024)(base.collection)
        self._entity_of = lru_cache(maxsize=4096)(base.entity)
        self._source_of = lru_cache(maxsize=65_536)(base.source)
        self._reading = lru_cache(maxsize=4096)(self._reading_of)
        self._linking = lru_cache(maxsize=4096)(self._linking_of)

    def start(self) -> str:
        """What is told of the graph of all that no run made."""
        return self._shared(self.base.graph(), *of_class(VOID.Dataset)) if self._quads else ""

    def source(self, source: Source) -> str:
        """Who published."""
        told = [*_TYPES[Source], f"{_SOURCE['id']} {literal(source.id)}", f"{_SOURCE['name']} {literal(source.name)}"]
        if source.kind:
            told.append(f"{_SOURCE['kind']} {literal(source.kind)}")
        if source.url is not None:
            told.append(f"{_SOURCE['url']} {place(source.url)}")
        return self._block(self.base.source(source.id), told, self._end)

    def object(self, item: MediaObject) -> str:
        """One object with the entries of its metadata."""
        iri, base = self._object_of(item.id), self.base
        told = [
            *_TYPES[MediaObject],
            *_MODALITY_TYPES[item.modality],
            f"{_OBJECT['id']} {literal(item.id)}",
            f"{_OBJECT['modality']} {literal(item.modality)}",
            f"{_OBJECT['source']} <{self._source_of(item.source)}>",
        ]
        parts = []
        if item.collection:
            told.append(f"{_OBJECT['collection']} <{self._collection(item.collection)}>")
            parts.append(self._about_collection(item.collection))
        if item.published is not None:
            told.append(f"{_OBJECT['published']} {moment(item.published)}")
        if item.document is not None:
            document = base.document(item.document)
            told.append(f"{_OBJECT['document']} <{document}>")
            kind = of_class(SCHEMA.CreativeWork)
            parts.append(self._shared(document, *kind, f"{_IDENTIFIER} {literal(item.document)}"))
        for field in ("title", "text", "checksum", "media_type"):
            told += [f"{_OBJECT[field]} {literal(value)}"] if (value := getattr(item, field)) else ()
        if item.location:
            told.append(f"{_OBJECT['location']} {place(item.location)}")
        for field in ("licence", "language"):
            told += [f"{_OBJECT[field]} {literal(value)}"] if (value := getattr(item, field)) is not None else ()
        if item.url is not None:
            told.append(f"{_OBJECT['url']} {place(item.url)}")
        for key, value in sorted(item.metadata.items()):
            entry = base.metadata(item.id, key)
            told.append(f"{_OBJECT['metadata']} <{entry}>")
            pair = (f"{_NAME} {literal(key)}", f"<{SCHEMA.value}> {literal(value)}")
            parts.append(self._block(entry, (*of_class(SCHEMA.PropertyValue), *pair), self._end))
        return self._block(iri, told, self._end) + "".join(parts)

    def _about_collection(self, name: str) -> str:
        kind = of_class(DCAT.Dataset)
        return self._shared(self._collection(name), *kind, f"<{DCTERMS.title}> {literal(name)}")

    def annotation(self, annotation: Annotation) -> str:
        """What was read from a segment."""
        segment, end = annotation.segment, self._end
        iri = self.base.annotation(annotation.id)
        target, part = self._target(segment.object, terms.exact_fragment(segment), segment)
        told, software = self._reading(annotation.kind, annotation.type, annotation.method)
        told = (
            f"{told.replace(SUBJECT, iri)}<{iri}> {_ANNOTATION['segment']} <{target}>{end}"
            f"<{iri}> {_ANNOTATION['value']} {literal(annotation.value)}{end}"
            f"<{iri}> {_ANNOTATION['score']} {double(annotation.score)}{end}{part}"
        )
        return told if software in self._told else told + self._software(software, annotation.method)

    def _reading_of(self, kind: str, type_: str, method: str) -> tuple[str, str]:
        """What annotations of a kind by a method have in common, and the IRI of the method."""
        software = self.base.software(method)
        told = [*_TYPES[Annotation], f"{_ANNOTATION['kind']} {literal(kind)}", f"{_ANNOTATION['method']} <{software}>"]
        if type_:
            told.append(f"{_ANNOTATION['type']} {literal(type_)}")
        return lines_of(told, self._end), software

    def _software(self, software: str, method: str) -> str:
        return self._shared(software, *of_class(PROV.SoftwareAgent), f"{_NAME} {literal(method)}")

    def correlation(self, link: Correlation) -> str:
        """A link, in the graph of its run."""
        iri = self.base.correlation(link.id)
        told, method, run, end = self._linking(link.kind, link.scope, link.status, link.method, link.version, link.run)
        told = (
            f"{told.replace(SUBJECT, iri)}<{iri}> {_LINK['subject']} <{self._object_of(link.subject)}>{end}"
            f"<{iri}> {_LINK['target']} <{self._object_of(link.target)}>{end}"
            f"<{iri}> {_LINK['weight']} {double(link.weight)}{end}"
            f"<{iri}> {_LINK['reason']} {literal(link.reason)}{end}{self._evidence(iri, link.evidence, end)}"
        )
        return told if method in self._told and run in self._told else told + self._made(link, method, run)

    def _linking_of(
        self, kind: str, scope: str, status: str, method: str, version: str, run: str
    ) -> tuple[str, str, str, str]:
        """What links of a kind by a method in a run have in common; the IRIs of method and run; how lines end."""
        made, activity, end = self.base.method(method, version), self.base.run(run), self._end_of(run)
        told = (
            *_TYPES[Correlation],
            f"{_LINK['kind']} {literal(kind)}",
            f"{_LINK['scope']} {literal(scope)}",
            f"{_LINK['status']} {literal(status)}",
            f"{_LINK['method']} <{made}>",
            f"{_LINK['run']} <{activity}>",
        )
        return lines_of(told, end), made, activity, end

    def _made(self, link: Correlation, method: str, run: str) -> str:
        """What made a link: the method, the run, and the run's graph."""
        told = ""
        if self._first_time(method):
            version = f"{_LINK['version']} {literal(link.version)}"
            named = (*of_class(SIM.AssociationMethod), f"{_NAME} {literal(link.method)}", version)
            told += self._block(method, named, self._end)
        if self._first_time(run):
            identifier = f"{_IDENTIFIER} {literal(link.run)}"
            told += self._block(run, (*of_class(PROV.Activity), identifier), self._end)
            if self._quads:
                graph = (*of_class(VOID.Dataset), f"<{PROV.wasGeneratedBy}> <{run}>")
                told += self._block(self.base.graph(link.run), graph, self._end)
        return told

    def event(self, event: Event, sources: Mapping[str, str]) -> Iterator[str]:
        """An event with its members and answers; `sources` says who published the objects of its evidence."""
        iri = self.base.event(event.id)
        told = [*_TYPES[Event], f"{_EVENT['id']} {literal(event.id)}", f"{_EVENT['title']} {literal(event.title)}"]
        if event.start is not None:
            told.append(f"{_EVENT['start']} {moment(event.start)}")
        if event.end is not None:
            told.append(f"{_EVENT['end']} {moment(event.end)}")
        told.append(f"{_EVENT['summary']} {literal(event.summary)}")
        members = [(self.base.member(event.id, member.object), member) for member in event.members]
        told += (f"{_EVENT['members']} <{node}>" for node, _ in members)
        aspects = [(self.base.aspect(event.id, place), aspect) for place, aspect in enumerate(event.aspects)]
        for node, aspect in aspects:
            told += (f"{_EVENT['aspects']} <{node}>", f"<{terms.ASPECT_PROPERTIES[aspect.name]}> <{node}>")
        yield self._block(iri, told, self._end)
        for position, (node, member) in enumerate(members):
            yield self._member(node, iri, position, member)
        for position, (node, aspect) in enumerate(aspects):
            yield self._aspect(node, position, aspect, sources)

    def _member(self, node: str, event: str, position: int, member: Member) -> str:
        item = self._object_of(member.object)
        told = (
            *_TYPES[Member],
            f"{POSITION} {integer(position)}",
            f"{_MEMBER['object']} <{item}>",
            f"{_EVENT_OF} <{event}>",
            f"{_MEMBER['weight']} {double(member.weight)}",
            f"{_MEMBER['reason']} {literal(member.reason)}",
        )
        # What tells of an event is the object of the triple, the event its subject.
        return f"{self._block(node, told, self._end)}<{event}> {_TOLD_BY} <{item}>{self._end}"

    def _aspect(self, node: str, position: int, aspect: Aspect, sources: Mapping[str, str]) -> str:
        told = [
            *_TYPES[Aspect],
            f"{POSITION} {integer(position)}",
            f"{_ASPECT['name']} {literal(aspect.name)}",
            f"{_ASPECT['value']} {literal(aspect.value)}",
            f"{_ASPECT['score']} {double(aspect.score)}",
            f"{_ASPECT['sources']} {integer(aspect.sources)}",
        ]
        published = sorted({sources[piece.object] for piece in aspect.evidence})
        told += (f"{_ACCORDING} <{self._source_of(source)}>" for source in published)
        if aspect.name == "when":
            told += _WHEN
        entity = ""
        if aspect.name in _ENTITY_TYPES:
            named = self._entity_of(aspect.value)
            told.append(f"{VALUE} <{named}>")
            entity = self._entity(named, aspect)
        return self._block(node, told, self._end) + self._evidence(node, aspect.evidence, self._end) + entity

    def _entity(self, named: str, aspect: Aspect) -> str:
        """What a name stands for, which may be an actor here and a place there."""
        roles = [role for role in _ENTITY_TYPES[aspect.name] if self._first_time(f"{role} {named}")]
        label = [f"<{RDFS.label}> {literal(aspect.value)}"] if self._first_time(named) else []
        return self._block(named, [*roles, *label], self._end) if roles or label else ""

    def failure(self, failure: Failure) -> str:
        """An item that could not be taken."""
        told = [*_TYPES[Failure], f"{_FAILURE['collection']} <{self.base.collection(failure.collection)}>"]
        told += (
            f"{_FAILURE[field]} {literal(getattr(failure, field))}" for field in ("item", "stage", "reason", "severity")
        )
        collection = self._about_collection(failure.collection)
        return self._block(self.base.failure(failure.id), told, self._end) + collection

    def decision(self, decision: Decision) -> str:
        """What a person decided."""
        person = self.base.person(decision.by)
        told = [*_TYPES[Decision]]
        told += (f"{_DECISION[field]} {literal(getattr(decision, field))}" for field in ("action", "subject"))
        if decision.target is not None:
            told.append(f"{_DECISION['target']} {literal(decision.target)}")
        told += (f"{_DECISION[field]} {literal(getattr(decision, field))}" for field in ("kind", "note"))
        told += (f"{_DECISION['by']} <{person}>", f"{_DECISION['at']} {moment(decision.at)}")
        made = self._shared(person, *of_class(PROV.Person), f"{_NAME} {literal(decision.by)}")
        return self._block(self.base.decision(decision.id), told, self._end) + made

    def vector(self, name: str, item: str, fragment: str, row: np.ndarray) -> str:
        """A vector of an object or a part of it: its float32 numbers in little-endian order."""
        target, part = self._target(item, fragment)
        numbers = b64encode(row.astype("<f4").tobytes()).decode()
        told = (
            *of_class(X.View),
            f"<{X.viewName}> {literal(name)}",
            f"<{X.shows}> <{target}>",
            f'<{X.vector}> "{numbers}"^^<{XSD.base64Binary}>',
        )
        return self._block(self.base.view(name, item, fragment), told, self._end) + part

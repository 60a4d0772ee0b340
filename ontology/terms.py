"""The words of the graph as linked data: every IRI of a class, property or record is made here and nowhere else.

Terms are plain text, so that importing this module costs nothing. A namespace is closed: it knows the terms that the
project uses and refuses any other, and a test holds each reused one to its vocabulary in `ontology/vocabularies`.
`FIELDS` says for every field of every record by which property it is told; `docs/reference/rdf-mapping.md` explains it.

The terms of the project stand under `ONTOLOGY`, which never changes. Records stand under a base that the user chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from ontology.errors import InvalidInput
from ontology.model import (
    Annotation,
    Aspect,
    AspectName,
    Correlation,
    Decision,
    Event,
    Evidence,
    Failure,
    MediaObject,
    Member,
    Modality,
    Segment,
    Source,
)
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

DEFAULT_BASE: Final = "https://w3id.org/crossmedia/"
ONTOLOGY: Final = "https://w3id.org/crossmedia/ontology#"


class Namespace:
    """The terms used of one vocabulary, as attributes.

    >>> DCTERMS.identifier
    'http://purl.org/dc/terms/identifier'
    >>> DCTERMS.identifer
    Traceback (most recent call last):
    AttributeError: http://purl.org/dc/terms/identifer is not a term that the project uses
    """

    def __init__(self, iri: str, names: str) -> None:
        self._iri = iri
        self._names = tuple(names.split())

    def __getattr__(self, name: str) -> str:
        if name not in self._names:
            raise AttributeError(f"{self._iri}{name} is not a term that the project uses")
        return self._iri + name

    def __str__(self) -> str:
        return self._iri

    def __iter__(self) -> Iterator[str]:
        return (self._iri + name for name in self._names)


X: Final = Namespace(
    ONTOLOGY,
    "Record Source MediaObject Segment Annotation Evidence Correlation Event Member Aspect Entity Topic Failure "
    "Decision View modality kind valueType score scope status reason evidence member toldBy hasAspect aspectName "
    "hasCause hasManner sourceCount item stage severity action subject target viewName shows vector TopicWord "
    "TopicShare TopicChange word example topicField probability comparedCollection apart topicShare stability guidedBy "
    "fit change before after",
)
RDF: Final = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "type value")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#", "label")
XSD: Final = Namespace("http://www.w3.org/2001/XMLSchema#", "string integer double dateTime anyURI base64Binary")
DCTERMS: Final = Namespace("http://purl.org/dc/terms/", "identifier title abstract isPartOf conformsTo")
SCHEMA: Final = Namespace(
    "https://schema.org/",
    "DigitalDocument ImageObject AudioObject VideoObject CreativeWork PropertyValue name url publisher datePublished "
    "isPartOf text contentUrl sha256 encodingFormat license inLanguage additionalProperty value subjectOf position "
    "startOffset endOffset softwareVersion about",
)
MA: Final = Namespace("http://www.w3.org/ns/ma-ont#", "MediaResource MediaFragment isFragmentOf")
OA: Final = Namespace(
    "http://www.w3.org/ns/oa#",
    "Annotation SpecificResource FragmentSelector TextPositionSelector hasSource hasSelector hasTarget bodyValue start "
    "end",
)
PROV: Final = Namespace(
    "http://www.w3.org/ns/prov#",
    "Agent Person SoftwareAgent Activity Entity wasAttributedTo wasGeneratedBy generatedAtTime",
)
SEM: Final = Namespace(
    "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "Event Actor Place View Authority hasActor hasPlace hasTime eventType accordingTo hasBeginTimeStamp "
    "hasEndTimeStamp",
)
SIM: Final = Namespace(
    "http://purl.org/ontology/similarity/", "Association AssociationMethod element subject object weight method"
)
SKOS: Final = Namespace(
    "http://www.w3.org/2004/02/skos/core#",
    "Concept ConceptScheme note prefLabel altLabel hiddenLabel inScheme broader narrower exactMatch closeMatch",
)
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#", "Dataset")
VOID: Final = Namespace("http://rdfs.org/ns/void#", "Dataset")
TIME: Final = Namespace("http://www.w3.org/2006/time#", "TemporalEntity")
GEO: Final = Namespace("http://www.opengis.net/ont/geosparql#", "Feature hasGeometry asWKT")
FARO: Final = Namespace("http://purl.org/faro/", "Event causes")

PREFIXES: Final[Mapping[str, Namespace]] = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "faro": FARO,
    "geo": GEO,
    "ma": MA,
    "oa": OA,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sem": SEM,
    "sim": SIM,
    "skos": SKOS,
    "time": TIME,
    "void": VOID,
    "x": X,
    "xsd": XSD,
}
"""What queries and Turtle files write before a term."""

MEDIA_FRAGMENTS: Final = "http://www.w3.org/TR/media-frags/"
TEXT_FRAGMENTS: Final = "http://tools.ietf.org/rfc/rfc5147"
"""What a selector conforms to: characters to the second, seconds and regions to the first."""

# The first class tells the kind of record and is what shapes aim at; the others are for programs that know only those.
CLASSES: Final[Mapping[type, tuple[str, ...]]] = {
    Source: (X.Source, PROV.Agent, SEM.Authority),
    MediaObject: (X.MediaObject, MA.MediaResource),
    Segment: (X.Segment, MA.MediaFragment, OA.SpecificResource),
    Annotation: (X.Annotation, OA.Annotation),
    Evidence: (X.Evidence, OA.Annotation),
    Correlation: (X.Correlation, SIM.Association),
    Member: (X.Member, SIM.Association),
    Event: (X.Event, SEM.Event),
    Aspect: (X.Aspect, SEM.View),
    Failure: (X.Failure,),
    Decision: (X.Decision, PROV.Entity),
    Topic: (X.Topic, SKOS.Concept),
    TopicWord: (X.TopicWord,),
    TopicShare: (X.TopicShare, SIM.Association),
    TopicChange: (X.TopicChange,),
}
"""The classes of a record of each kind."""

MODALITY_CLASSES: Final[Mapping[Modality, str]] = {
    "text": SCHEMA.DigitalDocument,
    "image": SCHEMA.ImageObject,
    "audio": SCHEMA.AudioObject,
    "video": SCHEMA.VideoObject,
}
"""One more class of an object."""

ASPECT_PROPERTIES: Final[Mapping[AspectName, str]] = {
    "who": SEM.hasActor,
    "what": SEM.eventType,
    "when": SEM.hasTime,
    "where": SEM.hasPlace,
    "why": X.hasCause,
    "how": X.hasManner,
}
"""From an event to one answer; `x:hasAspect` leads to all of them."""

ENTITY_CLASSES: Final[Mapping[AspectName, tuple[str, ...]]] = {
    "who": (X.Entity, SEM.Actor),
    "where": (X.Entity, SEM.Place, GEO.Feature),
}
"""What the value of an answer names, where it names something: the `rdf:value` of the answer."""

FIELDS: Final[Mapping[type, Mapping[str, str]]] = {
    Source: {"id": DCTERMS.identifier, "name": SCHEMA.name, "kind": X.kind, "url": SCHEMA.url},
    MediaObject: {
        "id": DCTERMS.identifier,
        "modality": X.modality,
        "source": SCHEMA.publisher,
        "collection": DCTERMS.isPartOf,
        "published": SCHEMA.datePublished,
        "document": SCHEMA.isPartOf,
        "title": DCTERMS.title,
        "text": SCHEMA.text,
        "location": SCHEMA.contentUrl,
        "checksum": SCHEMA.sha256,
        "media_type": SCHEMA.encodingFormat,
        "licence": SCHEMA.license,
        "language": SCHEMA.inLanguage,
        "url": SCHEMA.url,
        "metadata": SCHEMA.additionalProperty,
    },
    # The selector of the segment holds all three; characters and seconds are told in numbers as well.
    Segment: {"object": OA.hasSource, "chars": OA.start, "region": RDF.value, "time": SCHEMA.startOffset},
    Annotation: {
        "segment": OA.hasTarget,
        "kind": X.kind,
        "value": OA.bodyValue,
        "score": X.score,
        "method": PROV.wasAttributedTo,
        "type": X.valueType,
    },
    Evidence: {"object": OA.hasSource, "segment": OA.hasTarget, "text": OA.bodyValue},
    Correlation: {
        "subject": SIM.element,
        "target": SIM.element,
        "kind": X.kind,
        "scope": X.scope,
        "weight": SIM.weight,
        "method": SIM.method,
        "version": SCHEMA.softwareVersion,
        "run": PROV.wasGeneratedBy,
        "reason": X.reason,
        "status": X.status,
        "evidence": X.evidence,
    },
    Member: {"object": SIM.subject, "weight": SIM.weight, "reason": X.reason},
    Event: {
        "id": DCTERMS.identifier,
        "title": DCTERMS.title,
        "start": SEM.hasBeginTimeStamp,
        "end": SEM.hasEndTimeStamp,
        "summary": DCTERMS.abstract,
        "members": X.member,
        "aspects": X.hasAspect,
    },
    Aspect: {
        "name": X.aspectName,
        "value": RDFS.label,
        "score": X.score,
        "sources": X.sourceCount,
        "evidence": X.evidence,
    },
    Failure: {
        "collection": DCTERMS.isPartOf,
        "item": X.item,
        "stage": X.stage,
        "reason": X.reason,
        "severity": X.severity,
    },
    Decision: {
        "action": X.action,
        "subject": X.subject,
        "target": X.target,
        "kind": X.kind,
        "note": SKOS.note,
        "by": PROV.wasAttributedTo,
        "at": PROV.generatedAtTime,
    },
    Topic: {
        "id": DCTERMS.identifier,
        "run": SKOS.inScheme,
        "label": SKOS.prefLabel,
        "words": X.word,
        "examples": X.example,
        "share": X.topicShare,
        "parent": SKOS.broader,
        "stability": X.stability,
        "concepts": X.guidedBy,
    },
    TopicWord: {
        "field": X.topicField,
        "value": RDFS.label,
        "weight": X.probability,
        "collection": X.comparedCollection,
        "apart": X.apart,
    },
    TopicShare: {
        "topic": SIM.object,
        "about": X.kind,
        "subject": SIM.subject,
        "weight": SIM.weight,
        "method": PROV.wasAttributedTo,
        "run": SKOS.inScheme,
    },
    TopicChange: {
        "run": SKOS.inScheme,
        "fit": X.fit,
        "change": X.change,
        "before": X.before,
        "after": X.after,
    },
}
"""By which property each field of each record is told."""


_HARMLESS: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*")


def segment_name(part: str) -> str:
    """One segment of the path of an IRI: any text, so that other texts give other segments.

    >>> segment_name("a/b"), segment_name("..")
    ('a%2Fb', '%2E%2E')
    """
    if _HARMLESS.fullmatch(part):  # as nearly all are, and looking costs less than quoting
        return part
    return quote(part, safe="") if part.strip(".") else part.replace(".", "%2E")  # dots alone would lead up the path


def _fragment_name(fragment: str) -> str:
    return quote(fragment, safe="=,&.")


def exact_fragment(segment: Segment) -> str:
    """`Segment.fragment`, but with all decimals of the seconds: other segments have other ones.

    >>> exact_fragment(Segment("clip", time=(0.5, 1.00001)))
    't=0.5,1.00001'
    """
    if segment.time is None or all(time == round(time, 3) for time in segment.time):
        return segment.fragment
    start, end = (format(Decimal(repr(float(time))), "f") for time in segment.time)
    return re.sub(r"t=[^&]*", f"t={start},{end}", segment.fragment, count=1)


@dataclass(frozen=True, slots=True)
class Base:
    """The IRIs of records under a base that ends in `/`. Raises `InvalidInput` for a base that is none.

    >>> Base().object("news/1")
    'https://w3id.org/crossmedia/object/news%2F1'
    """

    iri: str = DEFAULT_BASE

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*/", self.iri):
            raise InvalidInput(f"the base of IRIs must be an IRI that ends in /, got {self.iri!r}")

    def source(self, id_: str) -> str:
        """A source."""
        return f"{self.iri}source/{segment_name(id_)}"

    def object(self, id_: str) -> str:
        """A media object."""
        return f"{self.iri}object/{segment_name(id_)}"

    def segment(self, object_id: str, fragment: str) -> str:
        """A part of an object; the object itself if the fragment is empty."""
        return f"{self.object(object_id)}#{_fragment_name(fragment)}" if fragment else self.object(object_id)

    def selector(self, fragment: str) -> str:
        """What selects a part, the same for all objects."""
        return f"{self.iri}selector/{_fragment_name(fragment)}"

    def metadata(self, object_id: str, key: str) -> str:
        """One entry of an object's metadata."""
        return f"{self.object(object_id)}/metadata/{segment_name(key)}"

    def document(self, id_: str) -> str:
        """What objects were published as one."""
        return f"{self.iri}document/{segment_name(id_)}"

    def collection(self, name: str) -> str:
        """A collection."""
        return f"{self.iri}collection/{segment_name(name)}"

    def annotation(self, id_: str) -> str:
        """An annotation, by `Annotation.id`."""
        return f"{self.iri}annotation/{id_}"

    def software(self, method: str) -> str:
        """What made annotations."""
        return f"{self.iri}software/{segment_name(method)}"

    def correlation(self, id_: str) -> str:
        """A link, by `Correlation.id`."""
        return f"{self.iri}correlation/{id_}"

    def method(self, name: str, version: str) -> str:
        """A method of linking in one version."""
        return f"{self.iri}method/{segment_name(name)}/{segment_name(version)}"

    def run(self, run: str) -> str:
        """The activity that made links."""
        return f"{self.iri}run/{segment_name(run)}"

    def graph(self, run: str = "") -> str:
        """The named graph of a run; without one, that of all records that no run made."""
        return f"{self.iri}graph/{segment_name(run)}"

    def event(self, id_: str) -> str:
        """An event."""
        return f"{self.iri}event/{segment_name(id_)}"

    def member(self, event_id: str, object_id: str) -> str:
        """That an object belongs to an event."""
        return f"{self.event(event_id)}/member/{segment_name(object_id)}"

    def aspect(self, event_id: str, position: int) -> str:
        """An answer of an event, by its place among all, from 0."""
        return f"{self.event(event_id)}/aspect/{position}"

    def entity(self, name: str) -> str:
        """Whom or what a name stands for."""
        return f"{self.iri}entity/{segment_name(name)}"

    def failure(self, id_: str) -> str:
        """A failure, by `Failure.id`."""
        return f"{self.iri}failure/{id_}"

    def decision(self, id_: str) -> str:
        """A decision, by `Decision.id`."""
        return f"{self.iri}decision/{id_}"

    def person(self, name: str) -> str:
        """Who decided."""
        return f"{self.iri}person/{segment_name(name)}"

    def topic(self, id_: str) -> str:
        """A topic."""
        return f"{self.iri}topic/{segment_name(id_)}"

    def scheme(self, run: str) -> str:
        """The topics of a run, as one scheme of concepts."""
        return f"{self.iri}scheme/{segment_name(run)}"

    def example(self, topic_id: str, object_id: str) -> str:
        """That an object shows a topic well."""
        return f"{self.topic(topic_id)}/example/{segment_name(object_id)}"

    def share(self, id_: str) -> str:
        """The share of a topic in something, by `TopicShare.id`."""
        return f"{self.iri}share/{id_}"

    def change(self, id_: str) -> str:
        """What became of topics, by `TopicChange.id`."""
        return f"{self.iri}topic-change/{id_}"

    def view(self, name: str, object_id: str, fragment: str) -> str:
        """A vector of an object or a part of it."""
        whole = f"{self.iri}view/{segment_name(name)}/{segment_name(object_id)}"
        return f"{whole}#{_fragment_name(fragment)}" if fragment else whole


def evidence(of: str, position: int) -> str:
    """A piece of evidence of a link or an answer (by its IRI), by its place, from 0."""
    return f"{of}/evidence/{position}"


def word(of: str, position: int) -> str:
    """A word of a topic (by its IRI), by its place, from 0."""
    return f"{of}/word/{position}"

"""What lies in a Neo4j database: labels, types of relationships, constraints and indexes.

    (Source) <-PUBLISHED_BY- (MediaObject) -PART_OF-> (Document)
    (Annotation) -READ_FROM-> (MediaObject)
    (MediaObject) -NEIGHBOUR | CAPTION | ... {weight, reason, status, ...}-> (MediaObject)
    (Event) -TOLD_BY {weight, reason}-> (MediaObject)
    (Event) -WHO | WHAT | WHEN | WHERE | WHY | HOW-> (Aspect) -EVIDENCE {segment, text}-> (MediaObject)
    (Aspect) -SAYS-> (Value)      the same answer to the same question, in whatever event
    (MediaObject | Event) -ABOUT {weight, method, run}-> (Topic) -BROADER-> (Topic)
    (Topic) -SHOWN_BY {weight, reason}-> (MediaObject)

An object also has its medium as a label (`Text`, `Image`, `Audio`, `Video`). What a person does not explore (vectors,
payloads, marks, settings, failures, decisions, changes of topics) stands apart, without relationships. `digest` is a
hash of a record's content. Labels and types come from the lists here alone: what users bring is a parameter, never a
part of a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.neo4j_session import Connection, rows
from ontology.errors import StoreUnavailable
from ontology.model import ASPECTS, MODALITIES, AspectName, Modality

VERSION: Final = 2
"""Each version has constraints and indexes that the one before lacks, and keeps all else as it is."""

MEDIA: Final[Mapping[Modality, str]] = {modality: modality.capitalize() for modality in MODALITIES}
QUESTIONS: Final[Mapping[AspectName, str]] = {aspect: aspect.upper() for aspect in ASPECTS}
ANY_QUESTION: Final = "|".join(QUESTIONS.values())

OTHER_LINK: Final = "LINKED"
LINKS: Final[Mapping[str, str]] = {
    kind: kind.upper()
    for kind in (
        "same_document", "near_duplicate", "neighbour", "caption", "transcript", "ocr", "brief", "label", "learned",
        "joint",
    )
}  # fmt: skip
"""The type of relationship of each kind of link; a kind that is not here is `LINKED`."""

LINK_TYPES: Final = (*LINKS.values(), OTHER_LINK)
ANY_LINK: Final = "|".join(LINK_TYPES)

# Views whose vectors can be asked for their nearest, if they have this width: the label, and the number of floats.
NEAREST: Final[Mapping[str, tuple[str, int]]] = {
    "text": ("TextVector", 384),
    "speech": ("SpeechVector", 384),
    "ocr": ("OcrVector", 384),
    "label": ("LabelVector", 384),
    "image": ("ImageVector", 1280),
}

KEYS: Final[Mapping[str, str]] = {
    "Crossmedia": "id", "Source": "id", "Document": "id", "MediaObject": "id", "Annotation": "id", "Event": "id",
    "Aspect": "key", "Value": "key", "Failure": "id", "Vector": "key", "Payload": "key", "Mark": "key",
    "Setting": "name", "Decision": "id", "Topic": "id", "TopicChange": "id",
}  # fmt: skip
INDEXES: Final = (
    ("MediaObject", "key"), ("MediaObject", "published"), ("Event", "key"), ("Event", "start"), ("Vector", "object"),
    ("Vector", "name"), ("Payload", "object"), ("Mark", "object"), ("Mark", "stage"), ("Topic", "key"),
)  # fmt: skip
WORDS: Final = "words"

FULL_TEXT: Final = (
    f"CREATE FULLTEXT INDEX {WORDS} IF NOT EXISTS FOR (o:MediaObject) ON EACH [o.words] "
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'english'}}"
)


def link_type(kind: str) -> str:
    """The type of relationship of a kind of link."""
    return LINKS.get(kind, OTHER_LINK)


def prepare(connection: Connection) -> None:
    """Make the constraints and indexes that a database lacks. Raises `StoreUnavailable` if it holds something else."""
    if _version(connection) == VERSION:
        return
    for statement in statements():
        connection.alone(statement)
    connection.alone("CALL db.awaitIndexes(60)")
    connection.alone(f"MERGE (store:Crossmedia {{id: 'store'}}) SET store.version = {VERSION}")


def _version(connection: Connection) -> int:
    """The version that a database was prepared for, 0 for an empty one."""
    found = connection.reading(lambda tx: rows(tx, "MATCH (store:Crossmedia {id: 'store'}) RETURN store.version"))
    if found and not 1 <= found[0][0] <= VERSION:
        raise StoreUnavailable(
            f"{connection.login.address} has schema version {found[0][0]}, "
            f"this program knows versions to {VERSION} only"
        )
    if not found and connection.reading(lambda tx: rows(tx, "MATCH (n) RETURN 1 LIMIT 1")):
        raise StoreUnavailable(
            f"the database {connection.login.database!r} at {connection.login.address} holds another graph; "
            "a database of its own is needed"
        )
    return int(found[0][0]) if found else 0


def statements() -> list[str]:
    """What makes the constraints and indexes; each may be repeated."""
    made = [
        f"CREATE CONSTRAINT unique_{label} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
        for label, key in KEYS.items()
    ]
    made += [
        f"CREATE CONSTRAINT unique_{name} IF NOT EXISTS FOR ()-[r:{name}]-() REQUIRE r.id IS UNIQUE"
        for name in (*LINK_TYPES, "ABOUT")
    ]
    made += [f"CREATE INDEX {label}_{key} IF NOT EXISTS FOR (n:{label}) ON (n.{key})" for label, key in INDEXES]
    made += [
        f"CREATE VECTOR INDEX nearest_{name} IF NOT EXISTS FOR (n:{label}) ON (n.embedding) OPTIONS {{indexConfig: "
        f"{{`vector.dimensions`: {width}, `vector.similarity_function`: 'cosine'}}}}"
        for name, (label, width) in NEAREST.items()
    ]
    return [*made, FULL_TEXT]

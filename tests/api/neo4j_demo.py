"""A small graph made by hand for the tests in Neo4j Browser and the pictures of its guide: two events, all media."""

from datetime import UTC, datetime

import numpy as np

from kg.store import Store, View
from ontology.model import (
    Annotation,
    Aspect,
    Correlation,
    Event,
    Evidence,
    MediaObject,
    Member,
    Modality,
    Segment,
    Source,
)

SOURCES = [
    Source("courier", "Norholm Courier", "newspaper"),
    Source("coast", "Radio Coast", "broadcaster"),
    Source("harbour", "Harbour Office", "authority"),
    Source("walker", "A walker", "person"),
]


def made(id_: str, modality: Modality, source: str, hour: int, title: str, document: str | None = None) -> MediaObject:
    published = datetime(2021, 11, 6, hour, 30, tzinfo=UTC)
    return MediaObject(id_, modality, source, "demo", published, document, title, text=f"{title}.")


OBJECTS = [
    made("aground", "text", "courier", 9, "Ferry with 84 on board runs aground off Norholm", "front-page"),
    made("aground-photo", "image", "courier", 9, "The ferry on the Sandvik reef", "front-page"),
    made("bulletin", "text", "harbour", 7, "Notice: strait closed to traffic after grounding"),
    made("report", "audio", "coast", 8, "Morning report from the harbour"),
    made("clip", "video", "walker", 7, "Ferry leaning in the waves, seen from the pier"),
    made("rescued", "text", "coast", 13, "All passengers of the ferry are safe"),
    made("rescue-photo", "image", "coast", 13, "A lifeboat brings passengers ashore"),
    made("storm", "text", "courier", 5, "Storm warning for the Norholm strait"),
    made("waves", "image", "walker", 6, "Waves over the pier of Norholm"),
    made("storm-report", "audio", "coast", 6, "Harbour pilot: no ferry should sail today"),
]
FERRY = Event(
    "ferry", "Ferry runs aground off Norholm", datetime(2021, 11, 6, 6, 50, tzinfo=UTC), None,
    "A ferry with 84 on board ran aground off Norholm in a storm; all were brought ashore.",
    (
        Member("aground", 0.98, "seed"), Member("bulletin", 0.91, "same place and hour"),
        Member("aground-photo", 0.9, "stands with a member"), Member("clip", 0.84, "shows the same ferry"),
        Member("report", 0.8, "says what a member says"), Member("rescued", 0.77, "same ferry"),
        Member("rescue-photo", 0.7, "stands with a member"),
    ),
    (
        Aspect("who", "84 passengers", 0.9, 2, (Evidence("aground", "char=11,24", "84 on board"),
                                                Evidence("report", "t=4.0,7.5", "eighty-four people"))),
        Aspect("what", "a ferry ran aground", 0.95, 3, (Evidence("aground", "char=0,40", "Ferry runs aground"),
                                                        Evidence("clip", "t=2.0,6.0", "leaning ferry"),
                                                        Evidence("aground-photo", "xywh=40,30,220,140", "ferry"))),
        Aspect("when", "6 November 2021, 07:50", 0.8, 1, (Evidence("bulletin", "char=30,44", "07:50"),)),
        Aspect("where", "off Norholm", 0.9, 2, (Evidence("aground", "char=42,53", "off Norholm"),
                                                Evidence("bulletin", "char=8,14", "strait"))),
        Aspect("where", "Sandvik reef", 0.6, 1, (Evidence("aground-photo", "", "on the Sandvik reef"),)),
        Aspect("why", "the storm", 0.7, 2, (Evidence("report", "t=12.0,15.0", "because of the storm"),
                                            Evidence("clip", "t=0.0,2.0", "waves"))),
    ),
)  # fmt: skip
STORM = Event(
    "storm", "Storm closes the Norholm strait", datetime(2021, 11, 6, 4, 0, tzinfo=UTC), None, "A storm.",
    (Member("storm", 0.95, "seed"), Member("waves", 0.8, "shows it"), Member("storm-report", 0.75, "says it")),
    (
        Aspect("what", "a storm", 0.9, 2, (Evidence("storm", "char=0,13", "Storm warning"),)),
        Aspect("where", "off Norholm", 0.7, 1, (Evidence("storm", "char=22,36", "Norholm strait"),)),
    ),
)  # fmt: skip
SPOKEN = [Annotation(Segment("report", time=(4.0, 7.5)), "speech", "eighty-four people were on the ferry", 0.9, "asr")]


def link(a: str, b: str, kind: str, weight: float, reason: str) -> Correlation:
    subject, target = sorted((a, b))
    evidence = (Evidence(subject, "", "seen"),)
    return Correlation(subject, target, kind, "inter", weight, "made", "1", "demo", reason, evidence=evidence)


LINKS = [
    link("aground", "aground-photo", "same_document", 1.0, "published together"),
    link("aground", "bulletin", "neighbour", 0.83, "both mention: grounding, Norholm, strait"),
    link("aground", "report", "transcript", 0.72, "says: “eighty-four people were on the ferry”; both mention: ferry"),
    link("aground-photo", "clip", "near_duplicate", 0.66, "a frame at 0:02 looks the same"),
    link("aground-photo", "rescue-photo", "neighbour", 0.55, "both show: lifeboat, ferry"),
    link("rescued", "rescue-photo", "same_document", 1.0, "published together"),
    link("aground", "rescued", "neighbour", 0.61, "both mention: ferry, passengers"),
    link("waves", "clip", "neighbour", 0.58, "both show: breakwater, waves"),
    link("storm", "storm-report", "transcript", 0.7, "says: “no ferry should sail today”; both mention: storm"),
    link("storm", "waves", "caption", 0.64, "both mention: Norholm"),
]


def fill(store: Store) -> None:
    """Put the graph into a store, with made vectors of its pictures."""
    store.add([*SOURCES, *OBJECTS, *SPOKEN, *LINKS, FERRY, STORM])
    pictures = ("aground-photo", "rescue-photo", "waves", "clip")
    rng = np.random.default_rng(1)
    base = rng.normal(size=1280)
    matrix = np.stack([base + spread * rng.normal(size=1280) for spread in (0.1, 1.0, 2.0, 0.2)])
    store.put_view(View("image", pictures, ("",) * len(pictures), matrix.astype(np.float32)))

"""How much of each kind a store holds."""

from __future__ import annotations

from collections import Counter

from kg.store import Store
from ontology.model import MODALITIES, Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic


def counts(store: Store) -> dict[str, int]:
    """Objects by medium, and the number of sources, annotations, links, events, decisions, errors and warnings."""
    media = Counter(item.modality for item in store.scan(MediaObject))
    severities = Counter(failure.severity for failure in store.scan(Failure))
    return {
        **{name: media[name] for name in MODALITIES},
        "sources": store.count(Source),
        "annotations": store.count(Annotation),
        "links": store.count(Correlation),
        "events": store.count(Event),
        "decisions": store.count(Decision),
        "topics": store.count(Topic),
        "errors": severities["error"],
        "warnings": severities["warning"],
    }

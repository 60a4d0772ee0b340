"""A picture of a whole graph that can be compared: stores with equal content give equal pictures, of any backend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from kg.store import Store, View
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic, TopicChange, TopicShare

DECIMALS: Final = 4


def snapshot(store: Store) -> dict[str, Any]:
    """All records of all kinds in order, and for each view a hash of every vector rounded to 4 decimals.

    Plain lists, dicts, texts and numbers, ready for JSON, held in memory. Payloads, marks and settings, which tell
    how the graph was made, are left out.
    """
    return {
        "sources": [plain(record) for record in store.scan(Source)],
        "objects": [plain(record) for record in store.scan(MediaObject)],
        "annotations": [plain(record) for record in store.scan(Annotation)],
        "correlations": [plain(record) for record in store.scan(Correlation)],
        "events": [plain(record) for record in store.scan(Event)],
        "failures": [plain(record) for record in store.scan(Failure)],
        "decisions": [plain(record) for record in store.scan(Decision)],
        "topics": [plain(record) for record in store.scan(Topic)],
        "topic_shares": [plain(record) for record in store.scan(TopicShare)],
        "topic_changes": [plain(record) for record in store.scan(TopicChange)],
        "views": {name: _vectors(store.view(name)) for name in store.view_names()},
    }


def digest(store: Store) -> str:
    """The SHA-256 in hex of `snapshot`."""
    text = json.dumps(snapshot(store), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> Any:
    """A record, or what stands in one, as lists, dicts, texts and numbers."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _vectors(view: View) -> list[list[str]]:
    rounded = np.round(view.matrix.astype("<f4"), DECIMALS) + np.float32(0)  # -0.0 becomes 0.0
    hashes = (hashlib.sha256(row.tobytes()).hexdigest()[:16] for row in rounded)
    return [list(row) for row in zip(view.ids, view.fragments, hashes, strict=True)]

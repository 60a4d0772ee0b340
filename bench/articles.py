"""Articles with marked answers to the six questions, read and parsed for `bench.aspects` and `bench.train_aspects`."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.model import ASPECTS, AspectName, MediaObject
from topics.aspects.story import Told

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "news-5w1h"


@dataclass(frozen=True, slots=True)
class Article:
    """One article as an object told, the event that it is of, and what coders marked for each question."""

    id: str
    event: str
    told: Told
    answers: dict[AspectName, list[str]]


def read_articles(folder: Path) -> list[Article]:
    """Read and parse `gold.jsonl` of a folder."""
    lines = (folder / "gold.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    items = [_item(row) for row in rows]
    readings = [reading_of(item) for item in items]
    parses = parse([reading.text for reading in readings])
    return [
        Article(item.id, row.get("category") or "", Told(item, reading, doc, (), item.source), _answers(row))
        for row, item, reading, doc in zip(rows, items, readings, parses, strict=True)
    ]


def _item(row: dict[str, Any]) -> MediaObject:
    """The title and the text, before it the description unless the text begins with it."""
    description, text = (row.get("description") or "").strip(), row["text"].strip()
    if description and not text.startswith(description[:60]):
        text = f"{description}\n{text}"
    written = row.get("date_publish")
    published = datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None
    source = row.get("publisher") or "unknown"
    return MediaObject(row["dId"], "text", source, title=row["title"].strip(), text=text, published=published)


def _answers(row: dict[str, Any]) -> dict[AspectName, list[str]]:
    marked = row.get("fiveWoneH", {})
    return {
        name: [one["text"] for one in (marked.get(name) or {}).get("annotated", []) if (one.get("text") or "").strip()]
        for name in ASPECTS
    }


def load_scorer(folder: Path) -> ModuleType:
    """The scorer that lies beside the articles, run from where it is."""
    spec = importlib.util.spec_from_file_location("news_5w1h_score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

from collections import Counter
from pathlib import Path

import pytest

from kg.readers import count, read
from ontology.model import MediaObject, Source

MAPPING = Path(__file__).resolve().parents[3] / "bench" / "mappings" / "news-events.toml"


@pytest.mark.data
def test_the_whole_set_is_read_without_its_gold(data_dir):
    items = list(read(data_dir / "news-events", MAPPING))
    assert len(items) == count(data_dir / "news-events", MAPPING) == 383
    records = [record for item in items for record in item.records]
    objects = [record for record in records if isinstance(record, MediaObject)]
    assert Counter(item.modality for item in objects) == {"text": 383, "image": 263}
    assert len({record.id for record in records if isinstance(record, Source)}) == 94
    assert len({item.id for item in objects}) == 646
    assert [item.failures for item in items if item.failures] == []
    assert all(item.published for item in objects)
    assert {item.language for item in objects} == {"en", "de", None}
    assert len({item.document for item in objects} - {None}) == 263
    assert all(item.metadata == {} for item in objects)


def test_no_field_of_the_gold_is_mapped():
    words = set(MAPPING.read_text().partition("input =")[2].replace('"', " ").split())
    assert words.isdisjoint({"event", "event_id", "category", "topic"})

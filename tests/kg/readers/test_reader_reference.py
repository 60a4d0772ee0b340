"""The examples of docs/reference/collections.md are files; together they are a collection."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.readers import read
from kg.readers.details import CHECKS, SHARED
from kg.readers.media_type import SUFFIXES
from ontology.model import MediaObject, Source

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "collections.md"


@pytest.fixture
def items(lay_out, picture):
    blocks = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    pictures = {"photos/bridge.jpg": picture(1), "photos/rescue.png": picture(2, "PNG")}
    pictures |= {"pages/media/span.jpg": picture(3), "media/p1.jpg": picture(4)}
    return {item.name: item for item in read(lay_out(dict(blocks) | pictures))}


def test_what_the_reference_says_comes_out(items, objects, sources):
    (bridge,) = objects(items["photos/bridge.jpg"])
    assert (bridge.id, bridge.document, bridge.metadata) == ("bridge-1", "bridge-fall", {"photographer": "Ann Lee"})
    assert bridge.published == datetime(2024, 3, 19, 17, 30, tzinfo=UTC)
    (rescue,) = objects(items["photos/rescue.png"])
    assert rescue.text == "Divers at the second pier on Wednesday morning."
    assert (rescue.language, rescue.licence) == ("en", "CC0-1.0")
    (bulletin,) = objects(items["bulletin.txt"])
    assert bulletin.title == "Bulletin 3: the B12 stays closed"
    fall, span = objects(items["pages/fall.html"])
    assert (fall.title, fall.metadata) == ("Old bridge falls", {"place": "Riverton"})
    assert (span.text, span.document) == ("The span in the river.", fall.id)
    post, photo = objects(items["posts.jsonl:1"])
    assert (photo.id, photo.text, post.metadata) == ("p1-image-1", "No bridge", {"likes": "12"})
    (second,) = objects(items["posts.jsonl:2"])
    assert second.text == "Road closed. Use the ford."
    names = {record.name for item in items.values() for record in item.records if isinstance(record, Source)}
    assert names == {"Riverton Courier", "Valley Radio", "@ann", "@bo"}
    assert sources(items["bulletin.txt"])[0].name == "Riverton Courier"


def test_only_the_warning_that_the_reference_tells_of(items):
    failures = [failure for item in items.values() for failure in item.failures]
    assert [(failure.item, failure.severity) for failure in failures] == [("posts.jsonl:2", "warning")]
    assert "yesterday" in failures[0].reason


def test_every_suffix_and_key_is_in_the_reference():
    text = PAGE.read_text()
    assert [suffix for suffix in SUFFIXES if f"`{suffix}`" not in text] == []
    assert [key for key in (*CHECKS, *SHARED) if f"`{key}`" not in text] == []


def test_all_objects_name_their_collection(items):
    records = [record for item in items.values() for record in item.records if isinstance(record, MediaObject)]
    assert {record.collection for record in records} == {"river"}

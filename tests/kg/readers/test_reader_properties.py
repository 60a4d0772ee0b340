import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.readers import count, read
from kg.readers.details import CHECKS
from kg.readers.media_type import SUFFIXES, media_type, recognised
from ontology.model import MediaObject

HEADS = [
    b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X", b"BM\0\0\0\0\0\0\0\0",
    b"II*\0\x08\0\0\0", b"<html>", b"<article><img src='", b"ID3", b"PK\x03\x04", b"OggS",
]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text()
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
KEYS = st.sampled_from(list(CHECKS))
TAGS = [
    "<p>", "</p>", "<article>", "<figure>", "<img src='a.jpg'>", "<img srcset=','>", "<table><tr><td>", "<h1>",
    "<ul><li>", "<script type='application/ld+json'>", "</script>", '{"@type":"NewsArticle"', "<time pubdate>", "<!--",
    "<meta name=date content='", "<link rel=canonical href='http://[", "&#0;", "&#xD800;", "<svg>", "<base href='",
    "<![CDATA[", "'>", "<html lang='", "<br>", "<blockquote>", "some words of a text ",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(TAGS) | st.text(max_size=20), max_size=30)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_one(name: str, files: dict[str, bytes]):
    """Read a folder with these files twice, and give the items by name."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            (Path(folder) / path).write_bytes(content)
        items = list(read(Path(folder), collection="c"))
        assert items == list(read(Path(folder), collection="c"))
        assert len(items) == count(Path(folder))
    ids = [record.id for item in items for record in item.records if isinstance(record, MediaObject)]
    assert len(ids) == len(set(ids))
    for item in items:
        json.dumps([str(record) for record in item.records] + [str(item.failures)]).encode()
        repr(item).encode()
    return {item.name: item for item in items}[name]


@quick
@given(st.sampled_from(sorted(SUFFIXES)), st.sampled_from([b"", *HEADS]), st.binary(max_size=300))
@example(".txt", b"", b"+AGE-\x80\x81")
@example(".jpg", b"\xff\xd8\xff\xe1", b"\xff\xff")
def test_any_bytes_under_any_suffix_give_records_or_a_failure(suffix, head, tail):
    item = read_one("x" + suffix, {"x" + suffix: head + tail})
    assert item.records or item.failures


@quick
@given(MARKUP)
def test_any_markup_is_a_page_or_a_failure(parts):
    item = read_one("x.html", {"x.html": "".join(parts).encode("utf-8", "surrogatepass")})
    assert item.records or item.failures


@quick
@given(st.dictionaries(KEYS | st.text(), JSON, max_size=6))
def test_any_side_car_leaves_the_text(fields):
    item = read_one("x.txt", {"x.txt": b"words", "x.txt.json": json.dumps(fields).encode()})
    assert item.records[1].text == "words"


@quick
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=4), st.binary(max_size=50))
def test_any_rows_give_records_or_failures(fields, junk):
    names = ["title", "published", "source", "document", "licence", "language", "url"]
    mapping = '[object]\nmodality = "text"\nid = "id"\ntext = ["text"]\nmetadata = ["metadata"]\n'
    mapping += (
        "\n".join(f'{name} = "{name}"' for name in names) + '\n[[attachment]]\nmodality = "image"\nfile = "document"\n'
    )
    lines = b"\n".join([*(json.dumps(row).encode() for row in fields), junk])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.jsonl").write_bytes(lines)
        (Path(folder) / "x.csv").write_bytes(b"id,text,metadata," + ",".join(names).encode() + b"\n" + lines)
        (Path(folder) / "x.toml").write_text(mapping)
        items = list(read(Path(folder)))
        assert items == list(read(Path(folder)))
        assert len(items) == count(Path(folder))
    assert all(item.records or item.failures for item in items)


@quick
@given(
    st.dictionaries(st.sampled_from(["a.txt", "b.txt", "c.md"]), st.text("ab \n", min_size=1), min_size=1), st.data()
)
def test_an_id_does_not_depend_on_the_other_files(files, drawn):
    def ids(chosen):
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in chosen.items():
                (Path(folder) / name).write_text(text)
            for item in read(Path(folder), collection="c"):
                for record in item.records:
                    if isinstance(record, MediaObject):
                        found[item.name] = record.id
        return found

    whole = ids(files)
    assert len(set(whole.values())) == len(whole)
    name = drawn.draw(st.sampled_from(sorted(files)))
    assert ids({name: files[name]}).get(name) == whole.get(name)


SAMPLES = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "image/tiff": b"MM\0*",
    "image/webp": b"RIFF\0\0\0\0WEBP",
    "image/bmp": b"BM\x46\0\0\0\0\0\0\0",
    "audio/wav": b"RIFF\0\0\0\0WAVE",
    "audio/flac": b"fLaC",
    "audio/mpeg": b"\xff\xfb\x90",
    "audio/ogg": b"OggS",
    "audio/mp4": b"\0\0\0\x20ftypM4A ",
    "video/mp4": b"\0\0\0\x20ftypisom",
    "video/quicktime": b"\0\0\0\x14ftypqt  ",
    "video/x-matroska": b"\x1aE\xdf\xa3",
    "video/webm": b"\x1aE\xdf\xa3",
    "video/x-msvideo": b"RIFF\0\0\0\0AVI ",
}


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_suffix_has_content_that_is_recognised(suffix):
    """A suffix that no content could satisfy would never be read."""
    kind = SUFFIXES[suffix]
    content = SAMPLES.get(kind, b"words")
    assert media_type("x" + suffix.upper(), content) == kind
    assert (recognised(content) is None) is kind.startswith("text/")

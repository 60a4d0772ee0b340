import json
from datetime import UTC, datetime

import pytest

from kg.readers import count, read
from ontology.errors import InvalidInput, NotFound

MAPPING = """
input = "posts.jsonl"
[object]
modality = "text"
id = "id"
title = "head"
text = ["lead", "body"]
published = "at"
source = "by.name"
url = "url"
language = {value = "en"}
metadata = ["likes", "tags"]
[[attachment]]
modality = "image"
file = "photos"
caption = "alt"
"""


def rows(*fields):
    return "".join((json.dumps(row) if isinstance(row, dict) else row) + "\n" for row in fields)


def row(**fields):
    return {"id": "p1", "body": "It fell.", "by": {"name": "@ann"}, **fields}


def items_of(root):
    items = list(read(root / "posts.jsonl"))
    assert len(items) == count(root / "posts.jsonl")
    return items


def reason(item):
    (failure,) = item.failures
    assert (failure.stage, failure.item) == ("ingest", item.name)
    return failure.severity, failure.reason


def test_a_row_becomes_an_object_with_its_attachments(lay_out, picture, objects, sources):
    full = row(head="Gone", lead="It fell.", body="Today. It fell.", at="2024-03-19T18:00:00+01:00", likes=12)
    full |= {"tags": ["a", "b"], "photos": ["img/1.jpg", None, "img/2.jpg"], "alt": "No bridge"}
    full |= {"url": "https://x.example/1"}
    files = {"posts.toml": MAPPING, "posts.jsonl": rows(full), "img/1.jpg": picture(1), "img/2.jpg": picture(2)}
    (item,) = items_of(lay_out(files))
    text, first, second = objects(item)
    assert (text.id, text.title, text.text, text.language) == ("p1", "Gone", "Today. It fell.", "en")
    assert text.published == datetime(2024, 3, 19, 17, tzinfo=UTC)
    assert text.metadata == {"likes": "12", "tags": "a, b"}
    assert (first.id, second.id) == ("p1-image-1", "p1-image-3")
    assert (first.text, first.title, first.url) == ("No bridge", "", "https://x.example/1")
    assert {part.document for part in (text, first, second)} == {"p1"}
    assert {part.source for part in (text, first, second)} == {sources(item)[0].id}
    assert item.name == "posts.jsonl:1"
    assert item.failures == ()


def test_a_row_without_attachments_is_no_document(lay_out, objects):
    (item,) = items_of(lay_out({"posts.toml": MAPPING, "posts.jsonl": rows(row())}))
    assert objects(item)[0].document is None


def test_texts_that_another_contains_are_left_out(lay_out, objects):
    lines = rows(row(id="a", lead="One  two.", body="Zero. One\ntwo."), row(id="b", lead="The  same", body="The same"),
                 row(id="c", lead="Lead", body="Body"))  # fmt: skip
    items = items_of(lay_out({"posts.toml": MAPPING, "posts.jsonl": lines}))
    assert [objects(item)[0].text for item in items] == ["Zero. One\ntwo.", "The  same", "Lead\nBody"]


@pytest.mark.parametrize(
    ("line", "severity", "why", "kept"),
    [
        ("{", "error", "not valid JSON", 0),
        ("[1]", "error", "not a JSON object", 0),
        ('{"id": NaN}', "error", "NaN is no JSON", 0),
        ("[" * 100_000, "error", "nested too deeply", 0),
        ('{"body": "x"}', "error", "field 'id' is missing", 0),
        ('{"id": "", "body": "x"}', "error", "field 'id' is missing", 0),
        ('{"id": "a\\u0000", "body": "x"}', "error", "field 'id' must be", 0),
        ('{"id": {}, "body": "x"}', "error", "field 'id' must be text", 0),
        ('{"id": "a"}', "error", "neither title nor text", 0),
        ('{"id": "a", "body": {"x": 1}}', "error", "field 'body' must be text", 0),
        ('{"id": "a", "body": "x", "at": "soon"}', "warning", "field 'at' must be a date", 1),
        ('{"id": "a", "body": "x", "url": "javascript:x"}', "warning", "field 'url' must be a http", 1),
        ('{"id": "a", "body": "x", "photos": "gone.jpg"}', "error", "field 'photos': there is no file 'gone.jpg'", 1),
        ('{"id": "a", "body": "x", "photos": "../out.jpg"}', "error", "no file '../out.jpg' in the folder", 1),
        ('{"id": "a", "body": "x", "photos": "/etc/passwd"}', "error", "no file '/etc/passwd' in the folder", 1),
        ('{"id": "a", "body": "x", "photos": "a\\u0000.jpg"}', "error", "there is no file", 1),
        ('{"id": "a", "body": "x", "photos": "posts.toml"}', "error", "field 'photos': posts.toml: files of type", 1),
        ('{"id": "a", "body": "x", "photos": "clip.mp4"}', "error", "not of modality image", 1),
    ],
)
def test_what_is_wrong_names_line_and_field_and_the_rest_is_read(lay_out, picture, line, severity, why, kept):
    lines = rows(row(id="first"), line, row(id="last"))
    root = lay_out(
        {"t/posts.toml": MAPPING, "t/posts.jsonl": lines, "out.jpg": picture(), "t/clip.mp4": b"\0\0\0\x18ftypisom"}
    )
    first, wrong, last = items_of(root / "t")
    assert first.failures == last.failures == ()
    assert (wrong.name, bool(wrong.records)) == ("posts.jsonl:2", bool(kept))
    assert reason(wrong)[0] == severity
    assert why in reason(wrong)[1]


def test_bytes_that_are_not_utf_8_and_blank_lines(lay_out, objects):
    content = b"\xef\xbb\xbf" + rows(row()).encode() + b"\n\n" + b'{"id": "b", "body": "caf\xe9"}\n'
    first, second = items_of(lay_out({"posts.toml": MAPPING, "posts.jsonl": content}))
    assert len(objects(first)) == 1
    assert second.name == "posts.jsonl:4"
    assert reason(second) == ("error", "not UTF-8 at byte 24")


def test_surrogates_in_json_are_replaced(lay_out, objects):
    (item,) = items_of(lay_out({"posts.toml": MAPPING, "posts.jsonl": '{"id": "a", "body": "x\\ud800y"}'}))
    assert objects(item)[0].text == "x\ufffdy"


def test_a_line_that_is_too_long_is_skipped(lay_out, monkeypatch):
    monkeypatch.setattr("kg.readers.rows._LONGEST_LINE", 100)
    lines = rows(row(), row(id="b", body="x" * 1000), row(id="c"))
    items = items_of(lay_out({"posts.toml": MAPPING, "posts.jsonl": lines}))
    assert [bool(item.records) for item in items] == [True, False, True]


def test_one_id_twice(lay_out, picture, objects):
    files = {"posts.toml": MAPPING, "a.jpg": picture(1), "b.jpg": picture(2)}
    files["posts.jsonl"] = rows(row(photos="a.jpg"), row(photos="b.jpg", body="Other."), row(photos="b.jpg"))
    first, second, third = items_of(lay_out(files))
    assert len(objects(first)) == 2
    assert second.records == third.records == ()
    assert reason(second)[0] == "error"
    assert "'p1' of posts.jsonl:1" in reason(second)[1]
    assert reason(third) == ("warning", "repeats posts.jsonl:1 with the same id 'p1'; it was kept once")


CSV = """
[object]
modality = "text"
text = "body"
published = "at"
source = "by"
"""


def test_csv(lay_out, objects, sources):
    lines = '\ufeffbody,at,by\r\n"Two\nlines, ""quoted""",2024-03-19,Courier\r\n\r\nshort\r\nx,,Other\r\n'
    root = lay_out({"p.csv": lines, "p.toml": CSV})
    items = list(read(root))
    assert len(items) == count(root) == 3
    assert [item.name for item in items] == ["p.csv:2", "p.csv:5", "p.csv:6"]
    assert objects(items[0])[0].text == 'Two\nlines, "quoted"'
    assert sources(items[0])[0].name == "Courier"
    assert reason(items[1]) == ("error", "1 cells under 3 columns")
    assert objects(items[2])[0].published is None


def test_csv_with_long_cells_open_quotes_and_wrong_bytes(lay_out, objects):
    body = "word " * 50_000
    root = lay_out({"p.csv": f"body,at,by\n{body},,c\n".encode() + b'caf\xe9,,c\nok,,c\n"open,,c\n', "p.toml": CSV})
    items = list(read(root / "p.csv"))
    assert [bool(item.records) for item in items] == [True, False, True, False]
    assert len(objects(items[0])[0].text) == len(body.strip())
    assert reason(items[1]) == ("error", "not UTF-8")
    assert "not valid CSV" in reason(items[3])[1]


def test_rows_without_ids_have_one_of_their_content(lay_out, objects):
    lines = ["body,at,by", "one,,c", "two,,c", "one,,c"]
    items = list(read(lay_out({"p.csv": "\n".join(lines), "p.toml": CSV})))
    ids = [objects(item)[0].id for item in items[:2]]
    assert len(set(ids)) == 2
    assert items[2].records == ()
    lines.insert(1, "zero,,c")
    again = list(read(lay_out({"p.csv": "\n".join(lines)})))
    assert [objects(item)[0].id for item in again[1:3]] == ids


def test_json_arrays(lay_out, objects):
    root = lay_out({"posts.toml": MAPPING, "posts.json": [row(), 5, row(id="p2")]})
    items = list(read(root))
    assert [item.name for item in items] == ["posts.json[0]", "posts.json[1]", "posts.json[2]"]
    assert [bool(item.records) for item in items] == [True, False, True]
    for broken in ("{}", "[", "", "5"):
        (item,) = read(lay_out({"posts.json": broken}))
        assert item.failures[0].severity == "error"


def test_rows_of_pictures(lay_out, picture, objects):
    mapping = '[object]\nmodality = "image"\nfile = "path"\nid = "n"\ntext = "caption"\n'
    files = {"shots.toml": mapping, "shots.jsonl": rows({"n": 7, "path": "a.jpg", "caption": "Pier"}, {"n": 8})}
    items = list(read(lay_out(files | {"a.jpg": picture()})))
    assert [item.name for item in items] == ["shots.jsonl:1", "shots.jsonl:2", "a.jpg"]
    (image,) = objects(items[0])
    assert (image.id, image.modality, image.text) == ("7", "image", "Pier")
    assert reason(items[1]) == ("error", "field 'path' is missing; it is the file")
    assert items[2].records == items[2].failures == ()


def test_defaults_and_side_cars_hold_for_tables(lay_out, picture, objects, sources):
    files = {
        "_defaults.json": {"source": "Wire", "licence": "CC0-1.0"},
        "posts.toml": MAPPING,
        "posts.jsonl": rows({"id": "a", "body": "x", "photos": "a.jpg"}),
        "a.jpg": picture(),
        "a.jpg.json": {"licence": "CC-BY-4.0"},
    }
    item = next(iter(read(lay_out(files))))
    text, image = objects(item)
    assert sources(item)[0].name == "Wire"
    assert (text.licence, image.licence) == ("CC0-1.0", "CC-BY-4.0")


def test_a_named_mapping_reads_one_table_of_the_folder(lay_out, tmp_path, objects):
    mapping = tmp_path / "other.toml"
    mapping.write_text(MAPPING.replace("posts.jsonl", "sub/posts.jsonl"))
    root = lay_out({"sub/posts.jsonl": rows(row()), "a.txt": "not read"})
    (item,) = read(root, mapping)
    assert count(root, mapping) == 1
    assert (item.name, objects(item)[0].collection) == ("sub/posts.jsonl:1", "river")
    (item,) = read(root / "sub" / "posts.jsonl", mapping, collection="mine")
    assert (item.name, objects(item)[0].collection) == ("posts.jsonl:1", "mine")


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("[object", "not valid TOML"),
        ("colour = 1", "unknown key 'colour'"),
        ("", "'object' must be a table"),
        ('[object]\ncolour = "x"', "unknown key 'object.colour'"),
        ('[object]\nmodality = "smell"', "'object.modality' must be one of text, image, audio, video, got 'smell'"),
        ('[object]\nmodality = "text"', "'object.text' is missing"),
        ('[object]\nmodality = "image"', "'object.file'"),
        ('[object]\nmodality = "text"\ntext = 5', "'object.text' must name a field"),
        ('[object]\nmodality = "text"\ntext = {val = "x"}', "unknown key 'object.text.val'"),
        (
            '[object]\nmodality = "text"\ntext = "t"\npublished = {value = "soon"}',
            "'object.published.value' must be a date",
        ),
        ('[object]\nmodality = "text"\ntext = "t"\n[[attachment]]\nfile = "f"', "'attachment[0].modality'"),
        (
            '[object]\nmodality = "text"\ntext = "t"\n[[attachment]]\nmodality = "image"',
            "'attachment[0].file' is missing",
        ),
        ('[object]\nmodality = "text"\ntext = "t"\n[[attachment]]\nmodality = "text"\nfile = "f"', "got 'text'"),
        ('attachment = 5\n[object]\nmodality = "text"\ntext = "t"', "'attachment' must be a list"),
        ('[object]\nmodality = "text"\ntext = "nowhere"', "has no column 'nowhere'; it has body, at, by"),
    ],
)
def test_mistakes_in_a_mapping_stop_at_once_and_name_the_key(lay_out, mapping, why):
    root = lay_out({"p.csv": "body,at,by\n1,2,3\n", "p.toml": mapping})
    for path in (root, root / "p.csv"):
        with pytest.raises(InvalidInput) as caught:
            read(path)
        assert why in str(caught.value)
        assert "p.toml" in str(caught.value)


def test_mappings_that_lead_nowhere(lay_out, tmp_path):
    root = lay_out({"posts.jsonl": rows(row()), "m.toml": MAPPING.replace("posts.jsonl", "../x.jsonl"), "a.txt": "a"})
    with pytest.raises(InvalidInput, match=r"'input' names '\.\./x\.jsonl'"):
        read(root, root / "m.toml")
    (root / "m.toml").write_text(CSV)
    with pytest.raises(InvalidInput, match="'input' is missing"):
        read(root, root / "m.toml")
    with pytest.raises(NotFound, match=r"no\.toml"):
        read(root, root / "no.toml")
    with pytest.raises(InvalidInput, match="a mapping is for tables"):
        read(root / "a.txt", root / "m.toml")
    with pytest.raises(InvalidInput, match="needs a mapping"):
        read(root / "posts.jsonl")

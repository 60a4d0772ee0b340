"""The stage of views by name: what is lacking is made, nothing twice, and new objects are placed without learning."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from api import viewing
from api.codebooks import read_codebooks
from api.jobs import Progress, Workers
from api.understanding import EncoderChoice, start
from correlate.features.views import VIEWS, named
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput
from ontology.model import Failure, MediaObject, Source


def picture(path: Path, number: int) -> MediaObject:
    coarse = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC).save(path / f"p{number}.png")
    return MediaObject(f"p{number}", "image", "me", location=str(path / f"p{number}.png"), collection="made")


@pytest.fixture
def store(tmp_path):
    opened = SQLiteStore(tmp_path / "store")
    opened.add([Source("me", "Me"), *(picture(tmp_path, number) for number in range(4))])
    yield opened
    opened.close()


def view(store):
    with Workers(0, start, (EncoderChoice(),)) as pool:
        return viewing.view(store, pool, Progress(quiet=True))


def test_nothing_is_made_that_nobody_asked_for(store):
    assert view(store) == 0
    assert store.view_names() == []


def test_a_longer_list_only_adds_what_is_missing(store, monkeypatch):
    viewing.choose(store, ["lbp"])
    assert view(store) == 4
    before = store.view("lbp").matrix
    made = []
    whole = viewing.view_batch
    monkeypatch.setattr(viewing, "view_batch", lambda works: made.extend(work.names for work in works) or whole(works))
    viewing.choose(store, ["edge-histogram", "image"])
    assert [kind.name for kind in viewing.chosen(store)] == ["lbp", "edge-histogram"]
    assert view(store) == 4
    assert made == [("edge-histogram",)] * 4
    assert store.view_names() == ["edge-histogram", "lbp"]
    assert (store.view("lbp").matrix == before).all()
    assert view(store) == 0


def test_an_unknown_name_changes_nothing(store):
    with pytest.raises(InvalidInput, match="no view is called 'colours'"):
        viewing.choose(store, ["lbp", "colours"])
    assert viewing.chosen(store) == []


def test_a_new_picture_is_placed_by_the_codebook_that_is_there(store, tmp_path):
    viewing.choose(store, ["lbp-words", "sift-words"])
    assert view(store) == 4
    learned = store.setting("codebook lbp-words")
    before = store.view("lbp-words").matrix
    assert (before.sum(axis=1) > 100).all()
    assert (before == before.round()).all()
    store.add([picture(tmp_path, 7)])
    assert view(store) == 1
    assert store.setting("codebook lbp-words") == learned
    assert (store.view("lbp-words").matrix[:4] == before).all()


def test_when_pictures_have_doubled_the_codebook_is_learned_anew(store, tmp_path):
    viewing.choose(store, ["lbp-words"])
    view(store)
    kept = read_codebooks(store, viewing.chosen(store))["lbp-words"]
    assert kept.objects == 4
    store.add([picture(tmp_path, number) for number in range(4, 8)])
    assert view(store) == 8
    again = read_codebooks(store, viewing.chosen(store))["lbp-words"]
    assert (again.objects, again.digest == kept.digest) == (8, False)
    fresh = SQLiteStore(tmp_path / "fresh")
    fresh.add([Source("me", "Me"), *store.scan(MediaObject)])
    viewing.choose(fresh, ["lbp-words"])
    view(fresh)
    assert (fresh.view("lbp-words").matrix == store.view("lbp-words").matrix).all()
    fresh.close()


def test_a_codebook_waits_for_something_to_learn_from(tmp_path):
    with_store = SQLiteStore(tmp_path / "empty")
    with_store.add([Source("me", "Me")])
    viewing.choose(with_store, ["lbp-words", "audio-words"])
    assert view(with_store) == 0
    with_store.add([picture(tmp_path, 1)])
    assert view(with_store) == 1
    assert with_store.view_names() == ["lbp-words"]
    with_store.close()


def test_a_stage_that_is_stopped_goes_on_where_it_was(store, monkeypatch):
    viewing.choose(store, ["lbp"])
    monkeypatch.setattr(viewing, "BATCH", 1)
    whole, calls = viewing.view_batch, []

    def stopping(works):
        calls.append(works)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(works)

    monkeypatch.setattr(viewing, "view_batch", stopping)
    with pytest.raises(KeyboardInterrupt):
        view(store)
    assert len(store.view("lbp").ids) == 2
    assert view(store) == 2
    assert len(store.view("lbp").ids) == 4


def test_what_cannot_be_read_is_told_and_taken_up_again(store, tmp_path):
    (tmp_path / "p2.png").write_bytes(b"broken")
    viewing.choose(store, ["lbp"])
    view(store)
    assert [(failure.item, failure.stage) for failure in store.scan(Failure)] == [("p2", "views")]
    picture(tmp_path, 2)
    for stage in viewing.stages(store):
        store.mark(stage, {"p2": ""})
    assert view(store) == 1
    assert list(store.scan(Failure)) == []
    assert len(store.view("lbp").ids) == 4


def test_an_object_that_was_removed_takes_its_views_along(store, tmp_path):
    viewing.choose(store, ["lbp"])
    view(store)
    store.remove(MediaObject, ["p1"])
    assert store.view("lbp").ids == ("p0", "p2", "p3")
    store.add([picture(tmp_path, 1)])
    assert view(store) == 1


def test_every_view_by_name_can_be_chosen():
    assert len(named(VIEWS)) == len(VIEWS)


def test_work_travels_to_another_process_and_back(store, monkeypatch):
    whole, samples = viewing.view_batch, viewing.sample_batch

    def there_and_back(work):
        return lambda works: pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(works)))))

    monkeypatch.setattr(viewing, "view_batch", there_and_back(whole))
    monkeypatch.setattr(viewing, "sample_batch", there_and_back(samples))
    viewing.choose(store, ["lbp", "lbp-words"])
    assert view(store) == 4
    assert store.view_names() == ["lbp", "lbp-words"]


def test_a_file_that_is_searched_by_has_the_views_that_it_would_have_in_the_store(store, tmp_path):
    new = picture(tmp_path, 9)
    viewing.choose(store, ["lbp", "lbp-words", "tf-idf", "mfcc"])
    view(store)
    found = viewing.views_of_new(store, new).views
    store.add([new])
    view(store)
    assert set(found) == {"lbp", "lbp-words"}
    for name, rows in found.items():
        assert (rows[0][1] == store.view(name, ["p9"]).matrix[0]).all()


def test_without_chosen_views_a_file_has_none(store, tmp_path):
    assert viewing.views_of_new(store, picture(tmp_path, 9)) is None

"""From objects to their views: one opening for all, rows for what an object holds, failures told."""

import numpy as np
import pytest
from PIL import Image

from correlate.features.viewing import Wanted, samples_of, views_of
from correlate.features.views import VIEWS
from correlate.features.words import dump
from ontology.model import Failure, MediaObject

RATE = 16_000


def item(path, modality):
    return MediaObject(path.stem, modality, "me", location=str(path), collection="made")


@pytest.fixture(scope="module")
def noise():
    return (np.random.default_rng(0).standard_normal(2 * RATE) * 0.1).astype(np.float32)


def test_a_clip_has_views_of_its_pictures_its_sound_and_its_movement(tmp_path, write_video, scenes, noise, encoders):
    path = write_video(tmp_path / "clip.mp4", [scenes(at // 10) for at in range(20)], sound=noise)
    wanted = Wanted(item(path, "video"), ("lbp", "mfcc", "motion", "shots"))
    found = views_of([wanted], encoders)[0].views
    assert [fragment for fragment, _ in found["lbp"]] == ["t=0.0,1.0", "t=1.0,2.0"]
    assert [fragment for fragment, _ in found["mfcc"]] == [""]
    assert set(found) == {"lbp", "mfcc", "motion", "shots"}
    assert all(len(row) == VIEWS[name].width for name, rows in found.items() for _, row in rows)


def test_a_clip_without_sound_and_a_recording_without_pictures_are_whole(
    tmp_path, write_video, write_sound, scenes, noise, encoders
):
    clip = write_video(tmp_path / "clip.mp4", [scenes(0)] * 5)
    sound = write_sound(tmp_path / "sound.wav", noise)
    silence = write_sound(tmp_path / "silence.wav", np.zeros(100, np.float32))
    wanted = [
        Wanted(item(clip, "video"), ("mfcc", "lbp")),
        Wanted(item(sound, "audio"), ("mfcc", "chroma")),
        Wanted(item(silence, "audio"), ("mfcc", "chroma", "spectral-shape")),
    ]
    first, second, third = views_of(wanted, encoders)
    assert (set(first.views), first.warnings) == ({"lbp"}, ())
    assert set(second.views) == {"mfcc", "chroma"}
    assert (third.views, third.warnings) == ({}, ())


def test_what_cannot_be_read_fails_alone(tmp_path, scenes, encoders):
    (tmp_path / "broken.png").write_bytes(b"nothing of the kind")
    Image.fromarray(scenes(0)).save(tmp_path / "good.png")
    wanted = [Wanted(item(tmp_path / f"{name}.png", "image"), ("lbp",)) for name in ("broken", "good")]
    broken, good = views_of(wanted, encoders)
    assert isinstance(broken, Failure)
    assert (broken.stage, broken.item) == ("views", "broken")
    assert len(good.views["lbp"]) == 1
    assert samples_of([Wanted(wanted[0].item, ("sift-words",))], encoders) == [{"sift-words": []}]


def test_words_are_counted_by_what_was_learned(tmp_path, encoders, parsed):
    texts = ["river water\nriver ash", "river bridge", "bridge stone"]
    parses = [dump(doc) for doc in map(parsed, texts)]
    objects = [MediaObject(f"t{at}", "text", "me", text=text) for at, text in enumerate(texts)]
    asked = [Wanted(one, ("tf-idf",), kept) for one, kept in zip(objects, parses, strict=True)]
    samples = [row for found in samples_of(asked, encoders) for row in found["tf-idf"]]
    learned = {"tf-idf": VIEWS["tf-idf"].learn(samples)}
    assert learned["tf-idf"]["terms"].tolist() == ["bridge", "river"]
    views = views_of([Wanted(one.item, one.names, one.parse, learned) for one in asked], encoders)
    rows = np.stack([view.views["tf-idf"][0][1] for view in views])
    assert rows[0, :2].tolist() == [0, 1]
    assert rows[2, :2].tolist() == [1, 0]
    unlearned = views_of([Wanted(asked[0].item, ("tf-idf",), parses[0], {"tf-idf": None})], encoders)[0]
    assert unlearned.views == {}
    assert views_of([Wanted(objects[0], ("tf-idf",), b"", learned)], encoders)[0].views == {}

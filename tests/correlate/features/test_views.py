import numpy as np
import pytest
from PIL import Image

from correlate.features.audio import Sound
from correlate.features.film import Film
from correlate.features.hearing import Hearing
from correlate.features.look import Look
from correlate.features.views import VIEWS, named
from ontology.errors import InvalidInput

SLOW = {"label": pytest.mark.slow}  # the names of 1,000 classes are read first
PICTURES = [
    pytest.param(kind, id=kind.name, marks=SLOW.get(kind.name, ())) for kind in VIEWS.values() if kind.medium == "image"
]


def scene(number: int) -> Image.Image:
    coarse = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((200, 150), Image.Resampling.BICUBIC)


HOSTILE = {
    "one pixel": Image.new("RGB", (1, 1), "red"),
    "one colour": Image.new("RGB", (40, 30), (7, 90, 200)),
    "black": Image.new("RGB", (40, 30)),
    "grey": scene(0).convert("L"),
    "grey of 16 bits": Image.fromarray(np.arange(3000, dtype=np.uint16).reshape(60, 50) * 20),
    "palette": scene(0).convert("P"),
    "transparent": Image.merge("RGBA", (*scene(0).split(), Image.linear_gradient("L").resize((200, 150)))),
    "a strip": scene(0).resize((1, 3000)),
}


@pytest.fixture(scope="module")
def learned():
    """The codebook of each view that has one, of three scenes."""
    kinds = [kind for kind in VIEWS.values() if kind.medium == "image" and kind.book is not None]
    return {kind.name: kind.learn([kind.sample(Look(scene(number))) for number in range(3)]) for kind in kinds}


@pytest.mark.parametrize("kind", PICTURES)
def test_every_view_of_any_picture_is_finite_and_of_its_width(kind, learned, encoders):
    for name, picture in HOSTILE.items():
        found = kind.vector(Look(picture, encoders), learned.get(kind.name))
        assert found.shape == (kind.width,), name
        assert found.dtype == np.float32
        assert np.isfinite(found).all(), name
        length = np.linalg.norm(found)
        if kind.form == "counts":
            assert (found == found.round()).all()
            assert found.min() >= 0
        elif kind.name != "phash":
            assert length == pytest.approx(1, abs=1e-5) or length == 0, name


@pytest.mark.parametrize("kind", PICTURES)
def test_every_view_tells_two_scenes_apart_and_knows_one_again(kind, learned, encoders):
    first, again, other = (Look(scene(number), encoders) for number in (1, 1, 2))
    mine = kind.vector(first, learned.get(kind.name))
    assert (mine == kind.vector(again, learned.get(kind.name))).all()
    assert np.abs(mine - kind.vector(other, learned.get(kind.name))).max() > 1e-3


def test_views_are_found_by_name_in_one_order():
    assert [kind.name for kind in named(["hog", "lbp", "hog"])] == ["lbp", "hog"]
    assert all(name == kind.name for name, kind in VIEWS.items())
    with pytest.raises(InvalidInput, match=r"'colour', 'hue'; there are colour-histogram, "):
        named(["hue", "lbp", "colour"])


def test_a_view_with_a_codebook_asks_for_it():
    with pytest.raises(InvalidInput, match="learn it first"):
        VIEWS["sift-words"].vector(Look(scene(0)))
    with pytest.raises(InvalidInput, match="nothing to learn"):
        VIEWS["lbp"].learn([])


def test_views_of_other_media_have_their_width(tmp_path, write_video, scenes, parsed):
    sound = Hearing(Sound(np.random.default_rng(0).standard_normal(16_000).astype(np.float32)))
    film = Film(write_video(tmp_path / "clip.mp4", [scenes(at // 5) for at in range(10)]))
    doc = parsed("ash over Iceland\nlava over Iceland")
    for kind in VIEWS.values():
        if kind.medium != "image":
            subject = {"audio": sound, "video": film, "text": doc}[kind.medium]
            learned = kind.learn([kind.sample(subject)] * 2) if kind.book else None
            found = kind.vector(subject, learned)
            assert found.shape == (kind.width,), kind.name
            assert found.dtype == np.float32
            assert np.isfinite(found).all()
            assert found.any()
            assert kind.form == "dense" or (found == found.round()).all()

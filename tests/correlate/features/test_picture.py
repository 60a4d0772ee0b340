import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from correlate.features.encoders import Encoders
from correlate.features.picture import look, perceive_images
from ontology.model import Failure, MediaObject, Segment


@pytest.fixture(scope="module")
def encoders():
    made = Encoders()
    # The names of the classes take seconds to embed and are tested with the bridge.
    made.labels._names = np.random.default_rng(0).normal(size=(1000, 384)).astype(np.float32)
    return made


def poster(scale=1):
    """640 x 400 times a scale, with writing at (100, 80)."""
    coarse = np.random.default_rng(0).integers(200, 255, (4, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((640 * scale, 400 * scale), Image.Resampling.BICUBIC)
    font = ImageFont.load_default(36 * scale)
    ImageDraw.Draw(picture).text((100 * scale, 80 * scale), "HARBOUR FIRE", "black", font)
    return picture


def item(name, location=""):
    return MediaObject(name, "image", "s", "set", location=location)


def test_a_picture_gives_views_annotations_and_a_thumbnail(tmp_path, encoders):
    poster().save(tmp_path / "a.png")
    (found,) = perceive_images([item("a")], [tmp_path / "a.png"], encoders)
    assert found.object == "a"
    assert {name: rows[0][1].shape for name, rows in found.views.items()} == {
        "image": (1280,), "label": (384,), "phash": (64,),
    }  # fmt: skip
    assert all(len(rows) == 1 and rows[0][0] == "" for rows in found.views.values())
    (line,) = [annotation for annotation in found.annotations if annotation.kind == "ocr"]
    assert line.value == "HARBOUR FIRE"
    labels = [annotation for annotation in found.annotations if annotation.kind == "label"]
    assert all(label.type == "imagenet" and label.score >= 0.1 and label.segment == Segment("a") for label in labels)
    assert Image.open(io.BytesIO(found.payloads["thumbnail"])).size == (480, 300)


def test_regions_are_told_in_pixels_of_the_upright_original(tmp_path, encoders):
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side
    poster(4).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "a.jpg", exif=exif)
    (found,) = perceive_images([item("a")], [tmp_path / "a.jpg"], encoders)
    (line,) = [annotation for annotation in found.annotations if annotation.kind == "ocr"]
    x, y, width, height = line.segment.region
    assert abs(x - 400) < 40
    assert abs(y - 320) < 60
    assert width > 800
    assert 100 < height < 260
    assert x + width <= 2560
    assert y + height <= 1600


def test_a_picture_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path, encoders):
    poster().save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes((tmp_path / "good.png").read_bytes()[:3000])
    paths = [tmp_path / name for name in ("good.png", "bad.png", "gone.png", "good.png")]
    items = [item("a"), item("b", "photos/bad.png"), item("c"), item("d")]
    good, bad, gone, last = perceive_images(items, paths, encoders)
    assert (good.object, last.object) == ("a", "d")
    assert isinstance(bad, Failure)
    assert (bad.collection, bad.item, bad.stage, bad.severity) == ("set", "b", "perceive", "error")
    assert bad.reason.startswith("bad.png: truncated")
    assert gone.item == "c"
    assert np.array_equal(good.views["image"][0][1], last.views["image"][0][1])


def test_one_colour_has_no_hash(tmp_path, encoders):
    Image.new("RGB", (60, 60), "navy").save(tmp_path / "a.png")
    (found,) = perceive_images([item("a")], [tmp_path / "a.png"], encoders)
    assert set(found.views) == {"image", "label"}


def test_a_key_frame_keeps_its_time(encoders):
    annotations, views = look(poster(), Segment("v", time=(2.0, 4.5)), encoders)
    assert {annotation.segment.time for annotation in annotations} == {(2.0, 4.5)}
    assert {rows[0][0] for rows in views.values()} == {"t=2.0,4.5"}
    assert any(annotation.segment.region for annotation in annotations)


def test_a_joint_encoder_adds_its_view(encoders):
    class Joint:
        def encode_image(self, images):
            return np.ones((len(images), 2), np.float32)

    joined = Encoders()
    joined.__dict__.update(image=encoders.image, labels=encoders.labels, ocr=encoders.ocr, joint=Joint())
    _, views = look(poster(), Segment("a"), joined)
    assert views["joint_image"][0][1].tolist() == [1, 1]

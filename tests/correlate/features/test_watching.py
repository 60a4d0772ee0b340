from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from correlate.features.audio import RATE
from correlate.features.encoders import Encoders
from correlate.features.understanding import Understanding
from correlate.features.watching import perceive_videos
from ontology.model import Failure, MediaObject

Write = Callable[..., Path]
Scene = Callable[[int], np.ndarray]


def item(name: str) -> MediaObject:
    return MediaObject(name, "video", "source-1", "set", location=f"{name}.mp4")


def test_a_clip_is_seen_and_heard(tmp_path: Path, write_video: Write, scenes: Scene, encoders: Encoders) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 4 * RATE)
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 15 + [scenes(2)] * 25, sound=noise)
    (understood,) = perceive_videos([item("v")], [path], encoders)
    assert isinstance(understood, Understanding)
    assert understood.warnings == ()
    seen = [annotation for annotation in understood.annotations if annotation.kind == "shot"]
    assert [annotation.segment.time for annotation in seen] == [(0.0, 1.5), (1.5, 4.0)]
    for name, width in (("image", 1280), ("label", 384), ("phash", 64)):
        rows = understood.views[name]
        assert [fragment for fragment, _ in rows] == ["t=0.0,1.5", "t=1.5,4.0"]
        assert all(row.shape == (width,) for _, row in rows)
    assert [fragment for fragment, _ in understood.views["audio"]] == [""]
    poster = Image.open(BytesIO(understood.payloads["thumbnail"]))
    assert poster.size == (128, 96)
    assert np.abs(np.asarray(poster, float) - scenes(2)).mean() < 10


def test_writing_on_a_key_frame_has_its_time_and_place(tmp_path: Path, write_video: Write, encoders: Encoders) -> None:
    image = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(image).text((60, 240), "HARBOUR CLOSED", "black", ImageFont.load_default(48))
    (understood,) = perceive_videos([item("v")], [write_video(tmp_path / "v.mp4", [np.asarray(image)] * 10)], encoders)
    assert isinstance(understood, Understanding)
    (line,) = [annotation for annotation in understood.annotations if annotation.kind == "ocr"]
    assert line.value == "HARBOUR CLOSED"
    assert line.segment.time == (0.0, 1.0)
    assert line.segment.region is not None
    x, y, width, height = line.segment.region
    assert 40 < x < 80
    assert 220 < y < 270
    assert 300 < width < 520
    assert 25 < height < 80
    assert "audio" not in understood.views


def test_sound_alone_is_heard_with_a_warning(tmp_path: Path, write_sound: Write, encoders: Encoders) -> None:
    path = write_sound(tmp_path / "a.mp4", np.random.default_rng(0).uniform(-0.1, 0.1, RATE), "aac")
    (understood,) = perceive_videos([item("a")], [path], encoders)
    assert isinstance(understood, Understanding)
    assert list(understood.views) == ["audio"]
    assert understood.payloads == {}
    (warning,) = understood.warnings
    assert warning.severity == "warning"
    assert "no moving pictures" in warning.reason


def test_one_that_fails_stops_no_other(tmp_path: Path, write_video: Write, scenes: Scene, encoders: Encoders) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    good = write_video(tmp_path / "good.mp4", [scenes(1)] * 3)
    failed, understood = perceive_videos([item("bad"), item("good")], [tmp_path / "bad.mp4", good], encoders)
    assert isinstance(failed, Failure)
    assert (failed.item, failed.stage, failed.severity) == ("bad", "perceive", "error")
    assert isinstance(understood, Understanding)


@pytest.mark.data
def test_copies_of_a_real_clip_look_alike(data_dir: Path, encoders: Encoders) -> None:
    folder = data_dir / "threatexchange-neardup" / "tmk" / "sample-videos"
    names = ["pattern-sd-grey-bar.mp4", "pattern-sd-with-small-logo-bar.mp4", "doorknob-hd-no-bar.mp4"]
    one, copy, other = perceive_videos([item(name) for name in names], [folder / name for name in names], encoders)
    assert isinstance(one, Understanding)
    assert isinstance(copy, Understanding)
    assert isinstance(other, Understanding)
    first, second, third = (view.views["audio"][0][1] for view in (one, copy, other))
    assert first @ second > 0.98 > first @ third

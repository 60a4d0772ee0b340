import numpy as np
import pytest

from correlate.features import words
from correlate.features.comprehension import MAX_WINDOWS, WINDOW, _windows, comprehend
from correlate.features.encoders import Encoders
from correlate.features.reading import reading_of
from ontology.model import Annotation, MediaObject, Segment


def said(text, start):
    return Annotation(Segment("b", time=(start, start + 4.0)), "speech", text, 0.9, "m")


def written(text, y):
    return Annotation(Segment("b", region=(0, y, 90, 20)), "ocr", text, 0.9, "m")


def test_each_voice_has_a_view_and_names_lead_to_their_segments(encoders):
    items = [
        MediaObject("a", "text", "s", title="Fire in Rotterdam", text="A ship burned."),
        MediaObject("b", "video", "s", title="Evening news"),
        MediaObject("c", "image", "s"),
    ]
    spoken = [said("Angela Merkel came to Rotterdam.", 2.0), said("She went home.", 7.0)]
    readings = [
        reading_of(items[0]),
        reading_of(items[1], [*spoken, written("BREAKING NEWS", 10)]),
        reading_of(items[2]),
    ]
    text, video, silent = comprehend(items, readings, encoders)
    assert set(text.views) == {"text"}
    assert set(video.views) == {"text", "speech", "ocr"}
    assert (silent.views, silent.payloads, silent.annotations) == ({}, {}, ())
    places = {(one.value, one.segment.time) for one in video.annotations}
    assert ("Angela Merkel", (2.0, 6.0)) in places
    assert words.restore(video.payloads["parse"]).text == readings[1].text
    vector = video.views["speech"][0][1]
    assert vector == pytest.approx(encoders.text.encode([readings[1].voice("speech")])[0], abs=1e-6)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert text.warnings == video.warnings == silent.warnings == ()


def test_long_speech_counts_to_its_end(encoders):
    item = MediaObject("b", "audio", "s")
    rain = ["It rained the whole day and the river rose."] * 30
    fire = ["The fire brigade fought the blaze in the warehouse."] * 30
    readings = [
        reading_of(item, [said(line, 5.0 * n) for n, line in enumerate(lines)]) for lines in (rain, rain + fire)
    ]
    short, long = (one.views["speech"][0][1] for one in comprehend([item, item], readings, encoders))
    (asked,) = encoders.text.encode(["A warehouse burned."])
    assert asked @ long > asked @ short + 0.2


def test_windows_join_lines_and_are_spread_when_there_are_too_many():
    text = "\n".join(f"line {number} " + "x" * 90 for number in range(1000))
    windows = list(_windows(text))
    assert 1 < len(windows) <= MAX_WINDOWS
    assert all(len(window) < WINDOW for window in windows)
    assert windows[0].startswith("line 0 ")
    assert int(windows[-1].split()[1]) > 900
    assert list(_windows("a\n\n b \n")) == ["a\n b "]


def test_a_reading_too_long_to_parse_comes_with_a_warning(encoders):
    item = MediaObject("a", "text", "s", "set", text="It rained. " * 2000, location="rain.txt")
    (found,) = comprehend([item], [reading_of(item)], encoders)
    (warning,) = found.warnings
    assert (warning.item, warning.stage, warning.severity) == ("a", "parse", "warning")
    assert "20,000 of 22,000" in warning.reason


def test_a_joint_encoder_adds_its_view_of_own_words(encoders):
    class Joint:
        def encode_text(self, texts):
            return np.arange(len(texts), dtype=np.float32)[:, None]

    joined = Encoders()
    joined.__dict__.update(text=encoders.text, joint=Joint())
    items = [MediaObject(name, "text", "s", text=text) for name, text in (("a", ""), ("b", "Rain."), ("c", "Fire."))]
    views = [one.views for one in comprehend(items, [reading_of(item) for item in items], joined)]
    assert [view["joint_text"][0][1].tolist() for view in views[1:]] == [[0.0], [1.0]]
    assert views[0] == {}

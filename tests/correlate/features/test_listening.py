from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from correlate.features.audio import RATE
from correlate.features.encoders import Encoders
from correlate.features.listening import perceive_sounds
from correlate.features.understanding import Understanding
from ontology.model import Failure, MediaObject, Segment

Write = Callable[..., Path]


def item(name: str, language: str | None = None) -> MediaObject:
    return MediaObject(name, "audio", "source-1", "set", location=f"{name}.wav", language=language)


def test_noise_has_a_sound_but_no_voice(tmp_path: Path, write_sound: Write) -> None:
    encoders = Encoders()
    path = write_sound(tmp_path / "n.wav", np.random.default_rng(0).uniform(-0.1, 0.1, 2 * RATE))
    (understood,) = perceive_sounds([item("n")], [path], encoders)
    assert isinstance(understood, Understanding)
    assert (understood.object, understood.annotations, understood.warnings) == ("n", (), ())
    ((fragment, vector),) = understood.views["audio"]
    assert fragment == ""
    assert vector.shape == (64,)
    assert "speech" not in vars(encoders)  # weights that nobody needs are not loaded


def test_silence_has_no_vector(tmp_path: Path, write_sound: Write, encoders: Encoders) -> None:
    (understood,) = perceive_sounds([item("s")], [write_sound(tmp_path / "s.wav", np.zeros(RATE))], encoders)
    assert isinstance(understood, Understanding)
    assert understood.views == {}


def test_one_that_fails_stops_no_other(tmp_path: Path, write_sound: Write, encoders: Encoders) -> None:
    (tmp_path / "bad.wav").write_bytes(b"RIFF....")
    good = write_sound(tmp_path / "good.wav", np.random.default_rng(0).uniform(-0.1, 0.1, RATE))
    failed, understood = perceive_sounds([item("bad"), item("good")], [tmp_path / "bad.wav", good], encoders)
    assert isinstance(failed, Failure)
    assert (failed.collection, failed.item, failed.stage, failed.severity) == ("set", "bad", "perceive", "error")
    assert "cannot be read" in failed.reason
    assert isinstance(understood, Understanding)


def test_a_damaged_one_comes_with_a_warning(tmp_path: Path, write_sound: Write, encoders: Encoders) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 6 * RATE)
    whole = write_sound(tmp_path / "a.flac", noise, "flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    (understood,) = perceive_sounds([item("cut")], [tmp_path / "cut.flac"], encoders)
    assert isinstance(understood, Understanding)
    (warning,) = understood.warnings
    assert warning.severity == "warning"
    assert "of 6.0 seconds" in warning.reason
    assert "audio" in understood.views


@pytest.mark.data
def test_real_speech(data_dir: Path, encoders: Encoders) -> None:
    path = data_dir / "whisper-jfk" / "jfk.flac"
    first, second, german = perceive_sounds([item("a"), item("a"), item("a", "de")], [path] * 3, encoders)
    assert isinstance(first, Understanding)
    assert isinstance(second, Understanding)
    assert isinstance(german, Understanding)
    assert first.annotations == second.annotations
    kinds = [annotation.kind for annotation in first.annotations]
    assert kinds.count("voice") == 4
    spoken = [annotation for annotation in first.annotations if annotation.kind == "speech"]
    assert "country" in spoken[-1].value
    assert {annotation.type for annotation in spoken} == {"en"}
    for annotation in first.annotations:
        assert annotation.segment == Segment.parse("a", annotation.segment.fragment)
    assert {annotation.kind for annotation in german.annotations} == {"voice"}
    assert "'de' cannot be written down" in german.warnings[0].reason

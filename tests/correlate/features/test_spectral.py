from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.features.audio import RATE, Sound, decode
from correlate.features.spectral import WIDTH, spectral


def noise(seed: int, seconds: float = 4) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32) * 0.1


def tones(*hertz: float, seconds: float = 4) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.sum([0.2 * np.sin(2 * np.pi * one * time) for one in hertz], axis=0).astype(np.float32)


def test_shape_and_length() -> None:
    vector = spectral(Sound(noise(0)))
    assert vector.shape == (WIDTH,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_silence_has_no_direction() -> None:
    assert not spectral(Sound(np.zeros(RATE, np.float32))).any()


@settings(deadline=None, max_examples=20)
@given(length=st.integers(1, 5000), seed=st.integers(0, 9))
def test_any_length_gives_finite_numbers(length: int, seed: int) -> None:
    assert np.isfinite(spectral(Sound(noise(seed)[:length]))).all()


def test_alike_and_unlike() -> None:
    first, second = spectral(Sound(noise(0))), spectral(Sound(noise(1)))
    chord = spectral(Sound(tones(220, 277.2, 329.6)))
    assert first @ second > 0.99
    assert first @ chord < 0.7


def test_loudness_does_not_matter() -> None:
    melody = np.concatenate([tones(220, seconds=1), tones(330, seconds=1), noise(0, 1)])
    assert spectral(Sound(melody)) @ spectral(Sound(melody * np.float32(0.05))) > 0.999


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    melody = np.concatenate([tones(220, seconds=1), noise(0, 1), tones(990, seconds=1)])
    at_once = spectral(Sound(melody))
    monkeypatch.setattr("correlate.features.hearing._BLOCK", 7)
    np.testing.assert_allclose(spectral(Sound(melody)), at_once, atol=1e-5)


@pytest.mark.data
def test_readers_are_nearer_to_each_other_than_to_music(data_dir: Path) -> None:
    folder = data_dir / "librosa-audio" / "audio"
    spoken = ["198-209-0000.ogg", "3436-172162-0000.ogg", "5703-47212-0000.ogg"]
    other = [path.name for path in sorted(folder.glob("*.ogg")) if path.name not in spoken]
    speech = np.stack([spectral(decode(folder / name)) for name in spoken])
    music = np.stack([spectral(decode(folder / name)) for name in other])
    among = (speech @ speech.T)[np.triu_indices(3, 1)]
    assert among.min() > 0.3
    assert among.mean() > 0.5
    assert (speech @ music.T).mean() < 0.1


@pytest.mark.data
def test_a_recompressed_copy_keeps_its_place(data_dir: Path, tmp_path: Path, write_sound) -> None:  # type: ignore[no-untyped-def]
    whole = decode(data_dir / "librosa-audio" / "audio" / "198-209-0000.ogg")
    copy = decode(write_sound(tmp_path / "copy.mp3", whole.samples * 0.3, "libmp3lame", 64_000))
    assert spectral(whole) @ spectral(copy) > 0.99

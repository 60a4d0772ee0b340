import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.features.audio import RATE, Sound, decode
from correlate.features.hearing import Hearing, changes
from correlate.features.timbre import chroma, mfcc, sounds, spectral_shape


def noise(seed: int, seconds: float = 2) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32) * 0.1


def tone(hertz: float, seconds: float = 2) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def heard(samples: np.ndarray) -> Hearing:
    return Hearing(Sound(samples))


def test_a_tone_has_its_pitch_in_every_octave():
    octaves = [chroma(heard(tone(hertz))) for hertz in (220, 440, 880, 1760)]
    for found in octaves:
        assert found[:12].argmax() == 9  # A
        assert found @ octaves[0] > 0.98
    assert chroma(heard(tone(261.63)))[:12].argmax() == 0  # C
    assert chroma(heard(tone(311.13)))[:12].argmax() == 3  # E flat
    assert chroma(heard(tone(311.13))) @ octaves[0] < 0.3


def test_what_lies_below_all_pitches_has_none():
    assert not chroma(heard(np.zeros(RATE, np.float32))).any()


@pytest.mark.parametrize("view", [mfcc, chroma, spectral_shape])
def test_loudness_does_not_matter(view):
    melody = np.concatenate([tone(330, 1), noise(0, 1), tone(220, 1)])
    assert view(heard(melody)) @ view(heard(melody * np.float32(0.1))) > 0.999


@pytest.mark.parametrize("view", [mfcc, spectral_shape])
def test_noises_are_alike_and_a_melody_is_not(view):
    melody = np.concatenate([tone(hertz, 0.25) for hertz in (262, 330, 392, 523, 392, 330, 262, 196)])
    assert view(heard(noise(0))) @ view(heard(noise(1))) > 0.98
    assert view(heard(noise(0))) @ view(heard(melody)) < 0.5


def test_changes_are_slopes():
    ramp = np.stack([np.arange(9.0), -2 * np.arange(9.0), np.full(9, 3.0)], axis=1).astype(np.float32)
    assert changes(ramp)[2:-2] == pytest.approx(np.tile([1, -2, 0], (5, 1)))
    assert changes(ramp[:1]) == pytest.approx(np.zeros((1, 3)))
    assert changes(changes(ramp))[4] == pytest.approx([0, 0, 0], abs=1e-6)


def test_bright_noisy_and_broken_sounds_show_in_the_shape():
    high, low = heard(tone(4000)), heard(tone(200))
    assert high.shape[5, 0] == pytest.approx(2, abs=0.1)
    assert low.shape[5, 0] == pytest.approx(np.log2(0.2), abs=0.2)
    assert heard(noise(0)).shape[5, 2] > high.shape[5, 2] + 2
    assert heard(noise(0)).shape[5, 4] > high.shape[5, 4]
    clicks = np.zeros(2 * RATE, np.float32)
    clicks[:: RATE // 4] = 0.9
    assert heard(clicks).rise.max() > 5
    assert heard(tone(200)).rise[2:].max() < 1


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5000), st.integers(0, 9), st.sampled_from([0.0, 1e-6, 1.0]))
def test_any_length_and_loudness_gives_finite_numbers(length, seed, loudness):
    hearing = heard(noise(seed)[:length] * np.float32(loudness))
    for view, width in ((mfcc, 76), (chroma, 24), (spectral_shape, 14)):
        found = view(hearing)
        assert found.shape == (width,)
        assert np.isfinite(found).all()
        assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5) or not found.any()
    assert np.isfinite(sounds(hearing)).all()
    assert sounds(hearing).shape[1] == 38
    assert loudness or not len(sounds(hearing))


@pytest.mark.data
def test_pieces_of_one_recording_have_its_timbre_and_of_music_its_pitches(data_dir):
    names = ("147793", "442789", "admiralbob77", "Hungarian", "198-209", "glacier")
    folder = data_dir / "librosa-audio" / "audio"
    pieces = []
    for name in names:
        samples = decode(next(folder.glob(f"{name}*.ogg"))).samples
        pieces += [heard(samples[start * 4 * RATE :][: 4 * RATE]) for start in range(3)]
    owners = np.repeat(np.arange(len(names)), 3)
    for view, count in ((mfcc, len(names)), (spectral_shape, len(names)), (chroma, 4)):
        rows = np.stack([view(piece) for piece in pieces[: 3 * count]])
        near = rows @ rows.T
        np.fill_diagonal(near, -1)
        assert (owners[near.argmax(axis=1)] == owners[: 3 * count]).mean() > 0.6

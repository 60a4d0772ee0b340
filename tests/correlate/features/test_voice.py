from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.features.audio import RATE, Sound, decode
from correlate.features.voice import Span, VoiceDetector, spans

STEP = 0.1


def test_spans_by_hand() -> None:
    #         |--speech--|   dip   |speech| long break           |click|
    levels = [0.1, 0.9, 0.9, 0.4, 0.9, 0.2, 0.2, 0.8, 0.8, *[0.0] * 6, 0.9, 0.0, 0.0]
    assert spans(np.array(levels), STEP, 1.8) == [Span(0.0, 1.0, round(float(np.mean(levels[1:9])), 3))]


def test_between_the_thresholds_the_last_decision_holds() -> None:
    assert spans(np.array([0.4] * 5), STEP, 0.5) == []
    assert [(span.start, span.end) for span in spans(np.array([0.6, *[0.4] * 4]), STEP, 0.5)] == [(0.0, 0.5)]


def test_a_break_of_half_a_second_parts() -> None:
    found = spans(np.array([0.9] * 5 + [0.0] * 5 + [0.9] * 5), STEP, 1.5)
    assert [(span.start, span.end) for span in found] == [(0.0, 0.6), (0.9, 1.5)]


@given(st.lists(st.floats(0, 1, width=32), max_size=60))
def test_spans_are_in_order_and_inside(levels: list[float]) -> None:
    found = spans(np.array(levels, np.float32), STEP, len(levels) * STEP)
    times = [time for span in found for time in span[:2]]
    assert times == sorted(times)
    assert all(0 <= time <= len(levels) * STEP + 1e-9 for time in times)
    assert all(0 < span.score <= 1 for span in found)


def test_silence_noise_and_tones_are_no_voice() -> None:
    detector = VoiceDetector()
    time = np.arange(3 * RATE) / RATE
    noise = np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32) * 0.05
    for samples in (np.zeros(3 * RATE, np.float32), noise, (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)):
        assert detector.voiced(Sound(samples)) == []


def test_every_window_has_a_probability_whatever_the_length() -> None:
    detector = VoiceDetector()
    for length, windows in ((1, 1), (511, 1), (512, 2), (1025, 3)):
        assert detector.probabilities(Sound(np.zeros(length, np.float32))).shape == (windows,)


@pytest.mark.data
def test_real_voice_and_the_same_twice(data_dir: Path) -> None:
    detector = VoiceDetector()
    speech = decode(data_dir / "whisper-jfk" / "jfk.flac")
    found = detector.voiced(speech)
    detector.voiced(decode(data_dir / "librosa-audio" / "audio" / "pibble.ogg"))
    assert detector.voiced(speech) == found
    assert sum(span.end - span.start for span in found) == pytest.approx(8.8, abs=0.8)
    assert found[0].start == pytest.approx(0.3, abs=0.3)


@pytest.mark.data
def test_animals_and_instruments_are_no_voice(data_dir: Path) -> None:
    detector, folder = VoiceDetector(), data_dir / "librosa-audio" / "audio"
    for name in ("glacier-bay-humpback", "pibble", "sorohanro_-_solo-trumpet-06"):
        assert detector.voiced(decode(folder / f"{name}.ogg")) == []

import re
from math import log
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from correlate.features.audio import RATE, Sound, decode
from correlate.features.speech import Transcriber, _ends, _packed, _sentences, _Word, _words
from correlate.features.voice import Span, VoiceDetector
from correlate.features.weights import locate
from ontology.errors import InvalidInput, NotFound


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber()


@pytest.fixture(scope="module")
def detector() -> VoiceDetector:
    return VoiceDetector()


def errors(reference: list[str], heard: list[str]) -> int:
    """Words to change, insert or leave out: Levenshtein's distance."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(reference, 1):
        before, row[0] = row[0], count
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def plain(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).replace("mr ", "mister ").split()


def test_windows_hold_thirty_seconds_and_every_span_once() -> None:
    voiced = [Span(0, 12, 1.0), Span(13, 25, 1.0), Span(26, 34, 1.0), Span(40, 90, 1.0), Span(91, 92, 1.0)]
    windows = list(_packed(voiced, 92 * RATE))
    assert [[(piece.first / RATE, piece.last / RATE) for piece in window] for window in windows] == [
        [(0, 12), (13, 25)],
        [(26, 34)],
        [(40, 90)],
        [(91, 92)],
    ]
    assert [piece.at for piece in windows[0]] == [0, round(12.4 * RATE)]


def test_words_come_back_to_their_place() -> None:
    (window,) = _packed([Span(10, 12, 1.0), Span(20, 21, 1.0)], 30 * RATE)
    said = [(0.5, 1.0, " one"), (1.9, 2.3, " two"), (2.5, 2.9, " three"), (3.3, 9.0, " four.")]
    segment = SimpleNamespace(
        avg_logprob=log(0.5), words=[SimpleNamespace(start=start, end=end, word=word) for start, end, word in said]
    )
    words = list(_words(segment, window))  # type: ignore[arg-type]
    assert [(round(word.start, 3), round(word.end, 3)) for word in words] == [
        (10.5, 11.0),
        (11.9, 12.0),
        (20.1, 20.5),
        (20.9, 21.0),
    ]
    assert words[0].score == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("word", "last"),
    [
        (" harbour.", True),
        ("Where?", True),
        ('now!"', True),
        (" Mr.", False),
        (" U.S.", False),
        (" J.", False),
        (" three", False),
        (" 3.5", False),
        ("", False),
    ],
)
def test_where_sentences_end(word: str, last: bool) -> None:
    assert _ends(word) is last


def test_a_pause_ends_a_sentence_too() -> None:
    words = [_Word(0, 1, " fire", 0.5), _Word(1.2, 2, " here", 0.5), _Word(4, 5, " later", 0.5)]
    assert [[word.text for word in sentence] for sentence in _sentences(words)] == [[" fire", " here"], [" later"]]


def test_no_voice_no_words(transcriber: Transcriber) -> None:
    assert transcriber.transcribe(Sound(np.zeros(RATE, np.float32)), []) == []


def test_what_is_no_speech_gives_no_words(transcriber: Transcriber) -> None:
    noise = np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32) * 0.05
    assert transcriber.transcribe(Sound(noise), [Span(0, 3, 0.6)]) == []


def test_a_language_that_the_weights_do_not_know(transcriber: Transcriber) -> None:
    assert transcriber.languages == ("en",)
    with pytest.raises(InvalidInput, match=r"'de-AT' cannot be written down.*en"):
        transcriber.transcribe(Sound(np.zeros(RATE, np.float32)), [Span(0, 1, 1.0)], "de-AT")


def test_unknown_weights(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no speech weights"):
        Transcriber("whisper-huge")
    with pytest.raises(NotFound, match="no speech weights"):
        Transcriber(str(tmp_path))


@pytest.mark.data
def test_a_folder_of_ones_own_does_as_well(data_dir: Path, transcriber: Transcriber, detector: VoiceDetector) -> None:
    own = Transcriber(str(locate("whisper-tiny")))
    sound = decode(data_dir / "pocketsphinx-speech" / "cards" / "003.wav")
    voiced = detector.voiced(sound)
    assert own.method == "model"
    assert own.transcribe(sound, voiced, "en-GB") == transcriber.transcribe(sound, voiced)


@pytest.mark.data
def test_a_known_speech(data_dir: Path, transcriber: Transcriber, detector: VoiceDetector) -> None:
    sound = decode(data_dir / "whisper-jfk" / "jfk.flac")
    voiced = detector.voiced(sound)
    utterances = transcriber.transcribe(sound, voiced)
    text = " ".join(one.text for one in utterances).lower()
    assert "my fellow americans" in text
    assert "what you can do for your country" in text
    assert 0 <= utterances[0].start < 1.5
    assert 9.5 < utterances[-1].end <= 11
    assert all(one.language == "en" and 0.5 < one.score <= 1 for one in utterances)
    assert transcriber.transcribe(sound, voiced) == utterances


@pytest.mark.data
def test_readers_are_written_down_with_few_errors(
    data_dir: Path, transcriber: Transcriber, detector: VoiceDetector
) -> None:
    folder = data_dir / "pocketsphinx-speech" / "librivox"
    wrong = words = 0
    for line in (folder / "transcription").read_text().splitlines():
        said, name = re.fullmatch(r"<s> (.*) </s> \((.*)\)", line).groups()  # type: ignore[union-attr]
        sound = decode(folder / f"{name}.wav")
        utterances = transcriber.transcribe(sound, detector.voiced(sound))
        wrong += errors(plain(said), plain(" ".join(one.text for one in utterances)))
        words += len(plain(said))
        assert len(utterances) == 1
    assert words == 71
    assert wrong / words < 0.08


@pytest.mark.data
def test_sentences_have_their_seconds(data_dir: Path, transcriber: Transcriber, detector: VoiceDetector) -> None:
    sound = decode(data_dir / "librosa-audio" / "audio" / "198-209-0000.ogg")
    utterances = transcriber.transcribe(sound, detector.voiced(sound))
    assert len(utterances) == 5
    assert utterances[-1].text == "Miss Tilney always wears white."
    assert utterances[-1].start == pytest.approx(12.0, abs=0.4)
    times = [time for one in utterances for time in (one.start, one.end)]
    assert times == sorted(times)

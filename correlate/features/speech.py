"""What is said in a recording, sentence by sentence, with its seconds.

Whisper (Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision, ICML 2023) writes text over silence
and music too, so only the spans with voice are given to it: packed into windows of 30 s, the length it was trained on,
and its times are mapped back. Decoding is a beam search at temperature 0: the same sound gives the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment as WhisperSegment

from correlate.features.audio import RATE, Sound
from correlate.features.voice import Span
from correlate.features.weights import WEIGHTS, locate
from ontology.errors import InvalidInput, NotFound

_WINDOW: Final = 30.0
_JOINT: Final = 0.4  # seconds of silence between spans of a window, so that words do not run together
_PAUSE: Final = 1.5  # between two words: the sentence is over, punctuated or not
_BEAM: Final = 5
_NO_SPEECH: Final = 0.6
_FASTEST: Final = 45.0  # characters a second, twice what people speak: made up to fill a silence
_REPETITIVE: Final = 2.4  # compression ratio of a model caught in a loop, as Whisper's authors set it
_ABBREVIATIONS: Final = frozenset(
    {"mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "gen.", "sen.", "gov.", "lt.", "no.", "vs."}
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence, or what is said between two pauses: seconds [start, end), words, language (ISO 639-1), and the
    model's mean probability of its words in [0, 1].
    """

    start: float
    end: float
    text: str
    score: float
    language: str


class _Word(NamedTuple):
    start: float
    end: float
    text: str
    score: float


class _Piece(NamedTuple):
    """Samples [first, last) of a recording, put at sample `at` of a window."""

    at: int
    first: int
    last: int


class Transcriber:
    """Writes down speech with Whisper weights: those of a name in `WEIGHTS`, or a folder in CTranslate2's format.

    `method` names them. Raises `NotFound` where there are none.
    """

    def __init__(self, weights: str = "whisper-tiny", threads: int = 1) -> None:
        folder = locate(weights) if weights in WEIGHTS else Path(weights)
        if not (folder / "model.bin").is_file():
            raise NotFound(f"{weights!r} names no speech weights: neither known by name nor a folder with model.bin")
        self.method = WEIGHTS[weights].fingerprint if weights in WEIGHTS else folder.name
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The ISO 639-1 codes of the languages that the weights know."""
        return tuple(self._model.supported_languages)

    def transcribe(self, sound: Sound, voiced: Sequence[Span], language: str | None = None) -> list[Utterance]:
        """Write down what is said in the spans with voice, in order of time.

        `language` is a tag such as `en` or `en-GB`; None lets the model tell it from the first 30 s of voice (weights
        for one language take that). What the model itself takes for no speech, where it repeats itself, and sentences
        said faster than anybody speaks are left out.
        Raises `InvalidInput` for a language that the weights do not know.
        """
        known = None if language is None else language.lower().replace("_", "-").split("-")[0]
        if known is not None and known not in self.languages:
            raise InvalidInput(f"speech in {language!r} cannot be written down: {self.method} knows {self._spoken()}")
        utterances: list[Utterance] = []
        for pieces in _packed(voiced, len(sound.samples)):
            segments, about = self._model.transcribe(
                _joined(sound.samples, pieces),
                language=known,
                beam_size=_BEAM,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                vad_filter=False,
            )
            known = about.language
            words = [word for segment in segments if _trusted(segment) for word in _words(segment, pieces)]
            utterances.extend(_utterance(sentence, known) for sentence in _sentences(words))
        return [one for one in utterances if 0 < len(one.text) <= _FASTEST * (one.end - one.start)]

    def _spoken(self) -> str:
        return ", ".join(self.languages) if len(self.languages) < 9 else f"{len(self.languages)} others"


def _packed(voiced: Sequence[Span], length: int) -> Iterator[list[_Piece]]:
    """Put spans into windows of at most 30 s, in order; a longer span is a window of its own."""
    pieces: list[_Piece] = []
    end = 0
    for span in voiced:
        first, last = round(span.start * RATE), min(round(span.end * RATE), length)
        if pieces and end + last - first > _WINDOW * RATE:
            yield pieces
            pieces, end = [], 0
        pieces.append(_Piece(end, first, last))
        end += last - first + round(_JOINT * RATE)
    if pieces:
        yield pieces


def _joined(samples: np.ndarray, pieces: Sequence[_Piece]) -> np.ndarray:
    """One window: its pieces with silence between them."""
    window = np.zeros(pieces[-1].at + pieces[-1].last - pieces[-1].first, np.float32)
    for piece in pieces:
        window[piece.at : piece.at + piece.last - piece.first] = samples[piece.first : piece.last]
    return window


def _trusted(segment: WhisperSegment) -> bool:
    return bool(segment.no_speech_prob < _NO_SPEECH and segment.compression_ratio < _REPETITIVE)


def _words(segment: WhisperSegment, pieces: Sequence[_Piece]) -> Iterator[_Word]:
    """The words of a segment at their place in the recording."""
    score = min(1.0, exp(segment.avg_logprob))
    for word in segment.words or ():
        middle = (word.start + word.end) / 2 * RATE
        piece = max((piece for piece in pieces if piece.at <= middle), default=pieces[0])
        start, end = (
            float(np.clip(piece.first + time * RATE - piece.at, piece.first, piece.last)) / RATE
            for time in (word.start, word.end)
        )
        yield _Word(start, end, word.word, score)


def _sentences(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    sentence: list[_Word] = []
    for word in words:
        if sentence and (_ends(sentence[-1].text) or word.start - sentence[-1].end > _PAUSE):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _ends(word: str) -> bool:
    """Whether a sentence ends with this word: a full stop that is none of an abbreviation or an initial."""
    bare = word.strip().rstrip("\"')]").lower()
    abbreviated = bare in _ABBREVIATIONS or (bare.endswith(".") and bare.count(".") * 2 == len(bare))
    return bare.endswith((".", "?", "!")) and not abbreviated


def _utterance(words: Sequence[_Word], language: str) -> Utterance:
    text = "".join(word.text for word in words).strip()
    score = sum(word.score for word in words) / len(words)
    return Utterance(round(words[0].start, 2), round(words[-1].end, 2), text, round(score, 3), language)

"""What several test modules share: encoders, which keep no state, and tiny sounds and clips as devices write them."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from correlate.features.encoders import Encoders

RATE = 16_000


@pytest.fixture(scope="session")
def encoders() -> Encoders:
    return Encoders()


def _mux_sound(container: Any, stream: Any, samples: np.ndarray, start: float) -> None:
    for first in range(0, len(samples), 1024):
        block = (samples[first : first + 1024] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(block[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        frame.pts = first + round(start * RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


@pytest.fixture(scope="session")
def write_sound() -> Callable[..., Path]:
    """Write samples in [-1, 1] at 16 kHz as the kind of file that the suffix names."""

    def write(path: Path, samples: np.ndarray, codec: str = "pcm_s16le", bit_rate: int | None = None) -> Path:
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=RATE, layout="mono")
            if bit_rate is not None:
                stream.bit_rate = bit_rate
            _mux_sound(container, stream, samples, 0.0)
        return path

    return write


@pytest.fixture(scope="session")
def write_video() -> Callable[..., Path]:
    """Write RGB pictures (n x height x width x 3), and samples as the sound track, as an MP4 file."""

    def write(
        path: Path, pictures: Sequence[np.ndarray], rate: int = 10, sound: np.ndarray | None = None, start: float = 0.0
    ) -> Path:
        with av.open(str(path), "w") as container:
            video = container.add_stream("mpeg4", rate=rate, bit_rate=4_000_000)
            video.height, video.width = pictures[0].shape[:2]
            video.pix_fmt = "yuv420p"
            audio = None if sound is None else container.add_stream("aac", rate=RATE, layout="mono")
            for picture in pictures:
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
            container.mux(video.encode(None))
            if audio is not None:
                _mux_sound(container, audio, sound, start)
        return path

    return write


@pytest.fixture(scope="session")
def parsed() -> Callable[[str], Any]:
    """Make a parse without the model: a sentence a line, capitalized words are places, the others nouns."""
    from spacy.lang.en import English
    from spacy.tokens import Doc

    vocab = English().vocab

    def parse(text: str) -> Any:
        lines = [line.split() for line in text.splitlines()]
        words = [word for line in lines for word in line]
        return Doc(
            vocab,
            words,
            lemmas=[word.lower() for word in words],
            pos=["PROPN" if word.istitle() else "NOUN" for word in words],
            sent_starts=[at == 0 for line in lines for at in range(len(line))],
            ents=["B-GPE" if word.istitle() else "O" for word in words],
        )

    return parse


@pytest.fixture(scope="session")
def scenes() -> Callable[[int], np.ndarray]:
    """Make a picture like a photo, 96 x 128: smooth patches of colour; another number, another scene."""

    def scene(number: int) -> np.ndarray:
        coarse = np.random.default_rng(number).integers(20, 250, (4, 5, 3), dtype=np.uint8)
        return np.asarray(Image.fromarray(coarse).resize((128, 96), Image.Resampling.BICUBIC))

    return scene

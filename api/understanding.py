"""What a worker process does: perceive and comprehend batches of objects with encoders that it loads once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from correlate.features.encoders import Encoders
from correlate.features.reading import Reading
from correlate.features.understanding import Understanding
from ontology.model import Failure, MediaObject, Modality

Result = Understanding | Failure
Perceive = Callable[[Sequence[MediaObject], Sequence[Path], Encoders], list[Result]]


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """Which encoders to use, by name: `joint` is the folder of a CLIP-style model, or None."""

    joint: Path | None = None

    def encoders(self) -> Encoders:
        """The encoders; nothing is loaded before it is used."""
        return Encoders(joint_folder=self.joint)

    def version(self, stage: str) -> str:
        """Changes with anything that changes what a stage reads."""
        return self.encoders().version(stage)


@dataclass(frozen=True, slots=True)
class Work:
    """An object to look at; its reading where words are to be parsed."""

    item: MediaObject
    reading: Reading | None = None


class _Process:
    encoders: Encoders | None = None


def start(choice: EncoderChoice) -> None:
    """Prepare this process."""
    _Process.encoders = choice.encoders()


def perceive_batch(works: Sequence[Work]) -> list[Result]:
    """Look at or listen to objects of one modality."""
    from correlate.features.listening import perceive_sounds
    from correlate.features.picture import perceive_images
    from correlate.features.watching import perceive_videos

    perceive: Final[dict[Modality, Perceive]] = {
        "image": perceive_images,
        "audio": perceive_sounds,
        "video": perceive_videos,
    }
    items = [work.item for work in works]
    return perceive[items[0].modality](items, [Path(item.location) for item in items], loaded())


def comprehend_batch(works: Sequence[Work]) -> list[Result]:
    """Parse and embed the words of objects of any modality."""
    from correlate.features.comprehension import comprehend

    readings = [work.reading for work in works if work.reading is not None]
    return list(comprehend([work.item for work in works], readings, loaded()))


def died(work: Work) -> Result:
    """The failure of an object whose reading ends the process that does it."""
    stage = "perceive" if work.reading is None else "parse"
    reason = "the process that read it was ended by the system: the content is broken, or takes too much memory"
    return Failure(work.item.collection, work.item.id, stage, reason)


def loaded() -> Encoders:
    """The encoders of this process."""
    if _Process.encoders is None:
        raise RuntimeError("start() comes before work")
    return _Process.encoders

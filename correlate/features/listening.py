"""From a recording to what is known of it: who speaks when, what is said, how it sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from correlate.features import voice
from correlate.features.audio import Sound, decode
from correlate.features.encoders import Encoders
from correlate.features.spectral import spectral
from correlate.features.understanding import Rows, Understanding
from ontology.errors import InvalidInput
from ontology.model import Annotation, Failure, MediaObject, Segment


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sound track gave: annotations, rows of the view `audio`, and what went wrong, in words."""

    annotations: tuple[Annotation, ...] = ()
    rows: Rows = ()
    complaints: tuple[str, ...] = ()


def perceive_sounds(
    items: Sequence[MediaObject], contents: Sequence[Path], encoders: Encoders
) -> list[Understanding | Failure]:
    """What each recording holds, in the order of `items`; `contents` are their files.

    Gives annotations `voice` and `speech` (with seconds; the type of speech is its language) and the view `audio` (not
    for digital silence). A recording that cannot be read becomes a `Failure`, and the others go on; one that is
    damaged, or in a language that the weights do not know, is taken as far as it goes, with a warning.
    """
    return [_perceive(item, content, encoders) for item, content in zip(items, contents, strict=True)]


def _perceive(item: MediaObject, content: Path, encoders: Encoders) -> Understanding | Failure:
    try:
        heard = listen(item, decode(content), encoders)
    except InvalidInput as error:
        return Failure(item.collection, item.id, "perceive", str(error))
    views = {"audio": heard.rows} if heard.rows else {}
    return Understanding(item.id, heard.annotations, views, warnings=warnings(item, heard.complaints))


def listen(item: MediaObject, sound: Sound, encoders: Encoders) -> Heard:
    """Hear one sound track, of a recording or of a video; `item.language` is taken for that of its speech."""
    complaints = [f"sound: {sound.damage}"] if sound.damage else []
    spans = encoders.vad.voiced(sound)
    found = [
        Annotation(Segment(item.id, time=(span.start, span.end)), "voice", "voice", span.score, voice.METHOD)
        for span in spans
    ]
    try:
        # Without voice the weights are not even loaded.
        spoken = encoders.speech.transcribe(sound, spans, item.language or None) if spans else []
    except InvalidInput as error:
        spoken, complaints = [], [*complaints, str(error)]
    found.extend(
        Annotation(
            Segment(item.id, time=(one.start, one.end)),
            "speech",
            one.text,
            one.score,
            encoders.speech.method,
            one.language,
        )
        for one in spoken
    )
    vector = spectral(sound)
    return Heard(tuple(found), (("", vector),) if vector.any() else (), tuple(complaints))


def warnings(item: MediaObject, complaints: Sequence[str]) -> tuple[Failure, ...]:
    """One warning that says all; none without complaints."""
    if not complaints:
        return ()
    return (Failure(item.collection, item.id, "perceive", "; ".join(complaints), "warning"),)

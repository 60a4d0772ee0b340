"""What can be read of an object in words, of whatever medium, and the way back from a position to its segment.

The reading of an object is its own words (title and text, or caption), then what is said in it, then what is written in
it, a line each. Parsing, embedding and aspects all work on readings, so a spoken sentence is treated as a printed one
and still leads back to its seconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ontology.model import Annotation, MediaObject, Segment

Voice = Literal["text", "speech", "ocr"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) of a reading that came from one segment in one voice."""

    start: int
    end: int
    segment: Segment
    voice: Voice


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of one object; `pieces` lie in order and do not overlap."""

    object: str
    text: str
    pieces: tuple[Piece, ...]

    def piece(self, position: int) -> Piece:
        """The piece that holds a character; the last one before it for a line break between two."""
        starts = [piece.start for piece in self.pieces]
        return self.pieces[max(0, bisect_right(starts, position) - 1)]

    def segment(self, start: int, end: int) -> Segment:
        """The segment of characters [start, end): their positions in own words, else the utterance's or line's place.

        A span across utterances gives the time from the first to the last; across lines of writing, the first line.
        """
        first, last = self.piece(start), self.piece(max(start, end - 1))
        if first.voice == "text":
            offset = (first.segment.chars or (0, 0))[0] - first.start
            return Segment(self.object, chars=(start + offset, min(end, first.end) + offset))
        if first.segment.time and last.segment.time and first is not last:
            return Segment(self.object, time=(first.segment.time[0], max(first.segment.time[1], last.segment.time[1])))
        return first.segment

    def voice(self, voice: Voice) -> str:
        """The words in one voice, a line each."""
        return "\n".join(self.text[piece.start : piece.end] for piece in self.pieces if piece.voice == voice)


def _order(read: Annotation) -> tuple[bool, float, int, int]:
    """Speech before writing, both by time, writing from top to bottom and left to right."""
    x, y = read.segment.region[:2] if read.segment.region else (0, 0)
    return read.kind != "speech", read.segment.time[0] if read.segment.time else 0.0, y, x


def reading_of(item: MediaObject, annotations: Iterable[Annotation] = ()) -> Reading:
    """Join an object's own words with the `speech` and `ocr` annotations read from it, in the order of their
    segments."""
    pieces: list[Piece] = []
    text = item.reading
    if text:
        pieces.append(Piece(0, len(text), Segment(item.id, chars=(0, len(text))), "text"))
    spoken = [annotation for annotation in annotations if annotation.kind in ("speech", "ocr")]
    spoken.sort(key=_order)
    for annotation in spoken:
        start = len(text) + 1 if text else 0
        text = f"{text}\n{annotation.value}" if text else annotation.value
        voice: Voice = "speech" if annotation.kind == "speech" else "ocr"
        pieces.append(Piece(start, len(text), annotation.segment, voice))
    return Reading(item.id, text, tuple(pieces))

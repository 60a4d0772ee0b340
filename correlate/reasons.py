"""Why two objects are linked, in words that a person can check, with the segments to look at."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

import numpy as np

from correlate.corpus import Corpus
from correlate.features.reading import Voice
from correlate.features.views import ALIKE, VIEWS
from correlate.linking import Links
from correlate.spaces import Space
from ontology.model import Annotation, Evidence, Modality

NOUNS: Final[dict[Modality, str]] = {"text": "text", "image": "photo", "audio": "recording", "video": "clip"}
QUOTE: Final = 160
SHORT: Final = 3
"""Labels of a picture that a reason names."""


def likeness(view: str, ending: str = "") -> str:
    """Say what two objects do alike that are near in a view, and in which if it is not one that all objects have;
    `ending` is that of the verb.

    >>> likeness("audio"), likeness("colour-histogram", "s")
    ('sound alike', 'looks alike (colour-histogram)')
    """
    kind = VIEWS[view]
    return f"{ALIKE[kind.medium]}{ending} alike" + ("" if kind.standing else f" ({view})")


def sense(kind: str, method: str) -> tuple[str, str]:
    """What a link speaks from: links of one sense between the same objects are no reasons that count together.

    >>> sense("neighbour", "gist") == sense("neighbour", "image"), sense("learned", "CCA")
    (True, ('learned', 'CCA'))
    """
    return kind, VIEWS[method].medium if kind == "neighbour" and method in VIEWS else method


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds.

    >>> clock(72.4)
    '1:12'
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


class Reasons:
    """Reasons for the links of one corpus."""

    def __init__(self, corpus: Corpus, links: Links) -> None:
        self._corpus = corpus
        self._terms = links.words.terms
        self._row = {int(place): row for row, place in enumerate((*links.words.told, *links.words.brief))}

    def words(self, first: int, second: int) -> tuple[str, str, tuple[Evidence, ...]]:
        """Kind, reason and evidence of a link by words: a voice that is not print gives the kind and the quotation."""
        shared = self._terms.shared(self._row[first], self._row[second])
        mention = f"both mention: {', '.join(shared)}" if shared else "both say the same in other words"
        for kind, voice, verb in (("transcript", "speech", "says"), ("ocr", "ocr", "shows the words")):
            for place in (first, second):
                if self._main_voice(place) == voice:
                    quote = self._quote(place, voice, shared)
                    seconds = quote.segment.time
                    at = f" at {clock(seconds[0])}" if seconds else ""
                    text = _short(quote.value)
                    return (
                        kind,
                        f"{verb}: “{text}”{at}; {mention}",
                        (Evidence(quote.segment.object, quote.segment.fragment, text),),
                    )
        printed = {self._corpus.items[place].modality for place in (first, second)}
        return ("neighbour" if printed == {"text"} else "caption"), mention, ()

    def space(self, space: Space, first: int, second: int) -> tuple[str, str, tuple[Evidence, ...]]:
        """Kind, reason and evidence of a link in any other space."""
        if space.kind == "brief":
            return self.words(first, second)
        if space.kind == "neighbour":
            shared = [name for name in self._labels[first] if name in self._labels[second]]
            if shared and space.method == "image":
                return "neighbour", f"both show: {', '.join(shared[:SHORT])}", ()
            return "neighbour", likeness(space.method), ()
        picture, text = (first, second) if first in space.left and first not in space.right else (second, first)
        shown = ", ".join(list(self._labels[picture])[:SHORT])
        about = ", ".join(self._about(text))
        evidence = tuple(
            Evidence(label.segment.object, label.segment.fragment, label.value)
            for label in self._corpus.annotations[picture]
            if label.kind == "label"
        )[:SHORT]
        if space.kind == "label":
            return "label", f"shows: {shown or 'things named alike'}; told about: {about}", evidence
        shows = f" (shows: {shown})" if shown else ""
        return space.kind, f"looks like the photos that stand with texts about: {about}{shows}", evidence

    def same_document(self, first: int, second: int) -> str:
        """Say of which document two objects are parts."""
        nouns = [NOUNS[self._corpus.items[place].modality] for place in (first, second)]
        if "text" in nouns:
            other = nouns[1] if nouns[0] == "text" else nouns[0]
            return f"{other} of the same article"
        return f"{nouns[0]} and {nouns[1]} of the same document"

    def copy(self, way: str, score: float, boiler_plate: bool) -> str:
        """Say in what way two objects are copies."""
        if boiler_plate:
            return f"{way}, but it stands beside different happenings: a logo or a stock picture"
        return way if score >= 1.0 else f"{way} ({score:.0%})"

    @cached_property
    def _labels(self) -> list[dict[str, None]]:
        return [
            {label.value: None for label in sorted(read, key=lambda label: -label.score) if label.kind == "label"}
            for read in self._corpus.annotations
        ]

    def _main_voice(self, place: int) -> Voice:
        reading = self._corpus.readings[place]
        sizes: list[tuple[int, Voice]] = [(len(reading.voice(voice)), voice) for voice in ("text", "speech", "ocr")]
        return max(sizes, key=lambda size: size[0])[1]

    def _quote(self, place: int, voice: Voice, shared: tuple[str, ...]) -> Annotation:
        said = [read for read in self._corpus.annotations[place] if read.kind == voice]
        return max(said, key=lambda read: len(set(shared) & set(re.findall(r"\w+", read.value.casefold()))))

    def _about(self, place: int, count: int = 3) -> tuple[str, ...]:
        row = self._terms.matrix[self._row[place]]
        order = np.lexsort((row.indices, -row.data))[:count]
        return tuple(str(self._terms.vocabulary[row.indices[at]]) for at in order)


def _short(text: str) -> str:
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1].rstrip()}…"

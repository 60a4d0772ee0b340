"""Views by name: what each reads from one picture, recording, clip or text, how wide it is and what it costs.

Some are made of every object (`standing`); the others are made where they are asked for by name. Those with a codebook
are learned once on a collection's own objects; the others hang on nothing but the object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from correlate.features import (
    colour,
    film,
    gabor,
    image,
    keypoints,
    phash,
    prose,
    shape,
    spectral,
    text,
    texture,
    timbre,
)
from correlate.features.codebook import Bag, Codebook, Fisher, Learned, Vlad
from correlate.features.look import Look
from correlate.features.scaling import Floats, Matrix
from correlate.features.vocabulary import Counts, Weights
from ontology.errors import InvalidInput
from ontology.model import Modality

if TYPE_CHECKING:
    from spacy.tokens import Doc

Level = Literal["global", "local", "meaning"]
Form = Literal["dense", "counts"]


@dataclass(frozen=True, slots=True)
class ViewKind:
    """A view by name.

    `medium` is what it is read from (that of a video's key frames and sound track, too), `level` what it tells of: the
    whole, small parts, or meaning. `width` is the numbers of a vector. `cost` is in milliseconds of one processor for
    one object, as measured by `python -m bench.views`. `read` gives the vector, or parts of which `book` makes it; a
    vector of zeros says that an object has nothing of the kind.
    """

    medium: Modality
    level: Level
    name: str
    width: int
    cost: float
    shows: str
    read: Callable[[Any], Any]
    book: Codebook[Any] | None = None
    standing: bool = False
    revision: int = 1

    @property
    def form(self) -> Form:
        """`counts`: whole numbers, ready for topic models; `dense`: length 1."""
        return "counts" if self.book is not None and self.book.counts else "dense"

    @property
    def version(self) -> str:
        """Changes when the view gives something else for the same object."""
        return "-".join([self.name, str(self.revision), *([self.book.version] if self.book else ())])

    def sample(self, subject: object) -> Any:
        """What one subject gives for learning the codebook."""
        return self._book().sample(self.read(subject))

    def learn(self, samples: Sequence[Any]) -> Learned | None:
        """The codebook of a collection from samples of its objects; None where they hold nothing to learn from."""
        return self._book().learn(samples)

    def vector(self, subject: object, learned: Learned | None = None) -> Floats:
        """The vector (width,) of one subject; `learned` is needed by views with a codebook."""
        found = self.read(subject)
        if self.book is None:
            return np.asarray(found, np.float32)
        if learned is None:
            raise InvalidInput(f"view {self.name!r} is made with a codebook; learn it first")
        return self.book.place(found, learned)

    def _book(self) -> Codebook[Any]:
        if self.book is None:
            raise InvalidInput(f"view {self.name!r} has no codebook: there is nothing to learn")
        return self.book


def _looks(look: Look) -> Floats:
    return np.asarray(look.understood[0][0], np.float32)


def _shows(look: Look) -> Floats:
    return np.asarray(look.encoders.labels.embed(look.understood[1])[0], np.float32)


def _code(look: Look) -> Floats:
    return np.asarray(phash.codes([look.picture])[0], np.float32)


def _attributes(look: Look) -> Floats:
    """Source: L. Torresani, M. Szummer and A. Fitzgibbon, "Efficient object category recognition using classemes", ECCV
    2010."""
    return np.asarray(np.sqrt(look.understood[1][0]), np.float32)


@cache
def _sentences() -> text.TextEncoder:
    return text.TextEncoder()


def _means(doc: Doc) -> Floats:
    return np.asarray(_sentences().encode([doc.text])[0], np.float32)


_whole = partial(ViewKind, "image", "global")
_parts = partial(ViewKind, "image", "local")
_meaning = partial(ViewKind, "image", "meaning")

_PICTURES: Final = (
    _whole("colour-histogram", 200, 1, "how much of it has each colour", colour.colour_histogram),
    _whole("colour-moments", 225, 5, "colours in 25 places", colour.colour_moments),
    _whole("colour-correlogram", 144, 13, "colours that keep together", colour.colour_correlogram),
    _whole("glcm", 52, 2, "how grey values follow one another", texture.glcm),
    _whole("tamura", 24, 10, "coarseness, contrast and directions", texture.tamura),
    _whole("gabor", 48, 10, "frequencies and directions", gabor.gabor),
    _whole("gist", 512, 15, "the outline of the scene", gabor.gist),
    _whole("lbp", 177, 2, "small patterns", texture.lbp),
    _whole("edge-histogram", 80, 1, "edges in 16 places", shape.edge_histogram),
    _whole("hog", 1764, 2, "gradients in 64 places", shape.hog),
    _whole("zernike", 48, 2, "masses around the middle, however it is turned", shape.zernike),
    _whole("phash", phash.BITS, 0.3, "a code that copies keep", _code, standing=True),
    _parts("sift-words", 512, 15, "corners, as counts of visual words", keypoints.sift, Bag(512)),
    _parts("sift-vlad", 2048, 16, "corners, by how they differ from 32 words", keypoints.sift, Vlad(32, 64)),
    _parts("sift-fisher", 2048, 15, "corners, by how they differ from a mixture", keypoints.sift, Fisher(32, 32)),
    _parts("gloh-words", 512, 50, "rounder surroundings of corners, as counts", keypoints.gloh, Bag(512)),
    _parts("lbp-words", 256, 2, "small patterns in places, as counts", keypoints.dense_lbp, Bag(256)),
    _meaning("attributes", 1000, 23, "how likely each of 1,000 things is there", _attributes),
    _meaning("image", image.WIDTH, 23, "what a network makes of it", _looks, standing=True),
    _meaning("label", text.WIDTH, 22, "the names of what it shows, as a sentence", _shows, standing=True),
)

_sound = partial(ViewKind, "audio", "global")

_SOUNDS: Final = (
    _sound("mfcc", 76, 2, "the envelope of its spectrum and how that changes", timbre.mfcc),
    _sound("chroma", 24, 1, "its pitches, in whatever octave", timbre.chroma),
    _sound("spectral-shape", 14, 2, "how bright, noisy, lively and broken it sounds", timbre.spectral_shape),
    _sound("audio", spectral.WIDTH, 2, "all of these in short", spectral.described, standing=True),
    ViewKind("audio", "local", "audio-words", 128, 2, "its frames, as counts", timbre.sounds, Bag(128, scaled=True)),
)

_CLIPS: Final = (
    ViewKind("video", "global", "motion", 29, 1500, "how fast, in what directions and where it moves", film.motion),
    ViewKind("video", "global", "shots", 10, 850, "how it is cut", film.shot_lengths),
)

_words = partial(ViewKind, "text", "global")

_TEXTS: Final = (
    _words("tf-idf", 2000, 1, "its words, by how rare they are", prose.content_words, Weights(2000)),
    _words("n-grams", 2000, 1, "runs of two and three words, by how rare they are", prose.runs, Weights(2000)),
    _words("parts-of-speech", 306, 1, "how sentences are built", prose.parts_of_speech),
    ViewKind("text", "meaning", "text", text.WIDTH, 39, "what its first sentences mean", _means, standing=True),
    ViewKind("text", "meaning", "entities", 1000, 1, "names, as counts", prose.names, Counts(1000)),
)

ALIKE: Final[dict[Modality, str]] = {"image": "look", "audio": "sound", "video": "move", "text": "read"}
"""What two objects do alike that are near in a view of a medium."""

VIEWS: Final[dict[str, ViewKind]] = {kind.name: kind for kind in (*_PICTURES, *_SOUNDS, *_CLIPS, *_TEXTS)}
"""Every view by its name."""


def named(names: Iterable[str]) -> list[ViewKind]:
    """The views of these names, in the order of `VIEWS`, each once. Raises `InvalidInput` for a name that is none."""
    asked = set(names)
    unknown = sorted(asked - VIEWS.keys())
    if unknown:
        raise InvalidInput(f"no view is called {', '.join(map(repr, unknown))}; there are {', '.join(VIEWS)}")
    return [kind for name, kind in VIEWS.items() if name in asked]


def comparable(name: str, rows: Matrix) -> Matrix:
    """Rows (n, d) of a view as a cosine compares them: counts as the roots of their shares, others as they are."""
    if name not in VIEWS or VIEWS[name].form == "dense":
        return rows
    return np.asarray(np.sqrt(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)), np.float32)


def beside(names: Iterable[str]) -> tuple[str, ...]:
    """Those of these names in which objects are compared beside the standing views: of pictures, sound, movement.

    Views of words are not among them: words have a space of their own.
    """
    kinds = (VIEWS[name] for name in names if name in VIEWS)
    return tuple(kind.name for kind in kinds if not kind.standing and kind.medium != "text")

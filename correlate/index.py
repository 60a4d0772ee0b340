"""What is kept of linking so that a new object can be compared without linking everything again.

For each space: the level of each right-hand object and the spread (against hubs), the calibrator, and the projection
where one was learned. The vectors themselves stay in the store's views.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from correlate.base import CrossModalModel
from correlate.calibration import Calibrator
from correlate.corpus import Corpus, Indices, Matrix
from correlate.hubs import Scaling, fit_scaling
from correlate.keeping import pack, pack_array, unpack, unpack_array
from correlate.linking import Links
from correlate.spaces import MEANING


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a space: its objects' ids, ascending, what is usual for each, and the view that is compared."""

    objects: tuple[str, ...]
    levels: Matrix
    view: str


@dataclass(frozen=True, slots=True)
class Part:
    """One space: its two sides (equal where it is symmetric), spread, calibrator, and the projection if one was
    learned."""

    kind: str
    method: str
    left: Side
    right: Side
    deviation: float
    calibrator: Calibrator
    model: CrossModalModel | None

    @property
    def symmetric(self) -> bool:
        """Both sides are the same objects."""
        return self.left.view == self.right.view

    def probability(self, similarities: Matrix, side: Side) -> Matrix:
        """Probability that a new object belongs with each object of a side, from its (q, m) cosines with them."""
        return self.calibrator.probability(Scaling(np.empty(0), side.levels, self.deviation).query(similarities))


@dataclass(frozen=True, slots=True)
class Index:
    """All spaces of a linked collection; `copy_weight` is how probable it is that copies belong together."""

    parts: tuple[Part, ...]
    copy_weight: float

    def dumps(self) -> str:
        """Write as JSON text with arrays in base64; `loads` reads it back."""
        parts = [
            {
                "kind": part.kind,
                "method": part.method,
                "left": _pack_side(part.left),
                "right": _pack_side(part.right),
                "deviation": part.deviation,
                "calibrator": [part.calibrator.slope, part.calibrator.intercept, part.calibrator.base],
                "model": pack(part.model),
            }
            for part in self.parts
        ]
        return json.dumps({"copy_weight": self.copy_weight, "parts": parts}, sort_keys=True)

    @classmethod
    def loads(cls, text: str) -> Index:
        """Read back what `dumps` wrote."""
        kept = json.loads(text)
        parts = tuple(
            Part(
                part["kind"],
                part["method"],
                _unpack_side(part["left"]),
                _unpack_side(part["right"]),
                part["deviation"],
                Calibrator(*part["calibrator"]),
                unpack(part["model"]),
            )
            for part in kept["parts"]
        )
        return cls(parts, kept["copy_weight"])


def index_of(corpus: Corpus, links: Links) -> Index:
    """Keep what a later comparison needs."""
    parts = []
    for found in links.spaces:
        space = found.space
        if space.kind == "brief":  # its scores hold the collection's word weights, which a new object has not
            continue
        left = _side(corpus, space.left, space.scaling.rows, space.left_view)
        right = _side(corpus, space.right, space.scaling.columns, space.right_view)
        parts.append(
            Part(space.kind, space.method, left, right, space.scaling.deviation, found.calibrator, space.model)
        )
    words = _meaning_part(corpus, links)
    return Index((words, *parts) if words else tuple(parts), links.copy_weight)


def _side(corpus: Corpus, objects: Indices, levels: Matrix, view: str) -> Side:
    return Side(tuple(corpus.items[place].id for place in objects), levels, view)


def _meaning_part(corpus: Corpus, links: Links) -> Part | None:
    # A new text is compared by meaning alone: the collection's word weights do not reach beyond it.
    vectors = links.words.vectors.matrix
    if len(vectors) < 2:
        return None
    similarities = (vectors @ vectors.T).astype(np.float64)
    document = corpus.document[links.words.told]
    scaling = fit_scaling(similarities, document[:, None] == document[None, :])
    side = _side(corpus, links.words.told, scaling.columns, MEANING)
    return Part("words", MEANING, side, side, scaling.deviation, links.word_calibrator, None)


def _pack_side(side: Side) -> dict[str, object]:
    return {"objects": list(side.objects), "levels": pack_array(side.levels), "view": side.view}


def _unpack_side(kept: dict[str, Any]) -> Side:
    return Side(tuple(kept["objects"]), unpack_array(kept["levels"]), kept["view"])

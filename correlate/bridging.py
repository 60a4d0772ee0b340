"""The space that a collection's own documents teach: pictures and the words beside them, by a method chosen by name.

Each picture that stands in a document with words is one pair. Methods that learn from pairs get these; methods that
learn from labels get as label of a pair the group of documents that the words found, and a document that is in none is
a label of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from correlate import MODELS
from correlate.base import CrossModalModel
from correlate.corpus import Indices, Matrix, Rows
from correlate.neighbours import Floats, unit_rows
from ontology.errors import InvalidInput

METHODS: Final[Mapping[str, type[CrossModalModel]]] = {model.__name__: model for model in MODELS}
DEFAULT: Final = "CCA"
PAIRS: Final = 12
"""Fewer pairs than this teach no space."""
FOLDS: Final = 5
AXES: Final = 64
SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "CCA": {"ridge": 1.0},
    "MultiviewCCA": {"ridge": 1.0},
    "KernelCCA": {"ridge": 1.0, "landmarks": 600},
}
"""What suits some hundred pairs of 1,280 and 384 columns; other methods are used as they come."""


def check_method(name: str) -> str:
    """The name of a method. Raises `InvalidInput` with all names."""
    if name not in METHODS:
        raise InvalidInput(f"no method {name!r}; there are {', '.join(METHODS)}")
    return name


@dataclass(frozen=True, slots=True)
class Bridge:
    """`similarities` (pictures, texts) by models that never saw a picture's document (nor its label, where the method
    learns from labels), and the `model` that learned from all, for what comes later.
    """

    similarities: Matrix
    model: CrossModalModel


def learn(method: str, pictures: Rows, texts: Rows, document: Indices, group: Indices) -> Bridge | None:
    """Learn from the pairs of a collection; None where there are too few, or too few labels for the method.

    Parameters
    ----------
    method : one of `METHODS`
    pictures, texts : one row a picture, one row a text
    document : (objects,)
    group : (documents,)
        What the words found; -1 for none.
    """
    beside = np.where(np.isin(document[pictures.owners], document[texts.owners]), document[pictures.owners], -1)
    paired = np.flatnonzero(beside >= 0)
    if len(paired) < PAIRS:
        return None
    mates = beside[paired]
    words = unit_rows(np.stack([texts.matrix[document[texts.owners] == mate].mean(axis=0) for mate in mates]))
    supervised = METHODS[method].supervised
    labels = np.where(group[mates] >= 0, group[mates], len(group) + mates)
    fold = (labels if supervised else mates) % FOLDS
    final = _fit(method, pictures.matrix[paired], words, labels)
    if final is None:
        return None
    similarities = compare(final, pictures.matrix, texts.matrix)
    for held_out in range(FOLDS):
        rest, mine = fold != held_out, paired[fold == held_out]
        if len(mine) and rest.sum() >= PAIRS // 2:
            model = _fit(method, pictures.matrix[paired[rest]], words[rest], labels[rest])
            if model is not None:
                similarities[mine] = compare(model, pictures.matrix[mine], texts.matrix)
    return Bridge(similarities, final)


def _fit(method: str, images: Matrix, words: Matrix, labels: Indices) -> CrossModalModel | None:
    model = METHODS[method](**SETTINGS.get(method, {}))
    if model.supervised and len(np.unique(labels)) < 2:
        return None
    if "n_components" in model.get_params() and not model.supervised:
        model.set_params(n_components=min(AXES, len(images) - 1))
    return model.fit({"image": images, "text": words}, labels)


def project(model: CrossModalModel, rows: Matrix, view: str) -> Floats:
    """Rows of one view in the learned space, such that their inner products are the method's own similarity."""
    projected = model.transform(rows, view)
    return unit_rows(projected) if model.metric == "cosine" else projected.astype(np.float32)


def compare(model: CrossModalModel, images: Matrix, texts: Matrix) -> Matrix:
    """Similarities of pictures and texts in the learned space: (pictures, texts)."""
    return np.asarray(project(model, images, "image") @ project(model, texts, "text").T, dtype=np.float64)

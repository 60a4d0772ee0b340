"""Spaces in which objects of one or two media are compared: pictures, labels in words, learned spaces, sound.

Every space gives the same thing: scores between two sets of objects, scaled against hubs, ready to be calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from correlate.cca import CCA
from correlate.corpus import Corpus, Indices, Matrix, Rows, similarity
from correlate.hubs import Scaling, fit_scaling
from correlate.neighbours import unit_rows
from correlate.wordspace import Words

PAIRS: Final = 12
"""Fewer pairs than this teach no space."""
FOLDS: Final = 5
AXES: Final = 64
RIDGE: Final = 1.0
VERSION: Final = "1"
MEANING: Final = "meaning"
"""Names the mean vector of all that an object says, which is made of its views of words."""


@dataclass(frozen=True, slots=True)
class Space:
    """`scores` (left, right) between objects; `symmetric` where both sides are the same objects.

    `left_view` and `right_view` name what is compared and `scaling` turns similarities into scores, so that a new
    object can be compared too; `model` projects raw views into the space where one was learned.
    """

    kind: str
    method: str
    left: Indices
    right: Indices
    scores: Matrix
    symmetric: bool
    left_view: str
    right_view: str
    scaling: Scaling
    model: CCA | None = None


def spaces_of(corpus: Corpus, words: Words, usable: Indices) -> Iterator[Space]:
    """Give every space that the collection's views allow; of pictures only the `usable` ones (no boiler-plate)."""
    image, label = corpus.view("image").of(usable), corpus.view("label").of(usable)
    texts = words.vectors
    if len(words.brief) and len(words.told):
        scores, scaling = words.brief_scores, words.brief_scaling
        yield Space("brief", "words", words.brief, words.told, scores, False, MEANING, MEANING, scaling)
    if len(image.objects) > 1:
        yield _within(corpus, "neighbour", "image", image)
    if len(corpus.view("audio").objects) > 1:
        yield _within(corpus, "neighbour", "audio", corpus.view("audio"))
    for name in corpus.further:
        rows = corpus.view(name).of(usable)
        if len(rows.objects) > 1:
            yield _within(corpus, "neighbour", name, rows)
    if len(label.objects) and len(texts.owners):
        yield _across(corpus, "label", "conse", ("label", MEANING), label, texts)
    joint = corpus.view("joint_image").of(usable), corpus.view("joint_text")
    if all(len(rows.owners) for rows in joint):
        yield _across(corpus, "joint", "joint", ("joint_image", "joint_text"), *joint)
    if len(image.objects) and len(texts.owners):
        yield from _learned(corpus, image, texts)


def _within(corpus: Corpus, kind: str, view: str, rows: Rows) -> Space:
    similarities = similarity(rows, rows)
    document = corpus.document[rows.objects]
    scaling = fit_scaling(similarities, document[:, None] == document[None, :])
    scores = scaling.apply(similarities)
    return Space(kind, view, rows.objects, rows.objects, scores, True, view, view, scaling)


def _across(
    corpus: Corpus,
    kind: str,
    method: str,
    names: tuple[str, str],
    left: Rows,
    right: Rows,
    similarities: Matrix | None = None,
    model: CCA | None = None,
) -> Space:
    if similarities is None:
        similarities = similarity(left, right)
    excluded = corpus.document[left.objects][:, None] == corpus.document[right.objects][None, :]
    scaling = fit_scaling(similarities, excluded)
    scores = scaling.apply(similarities)
    return Space(kind, method, left.objects, right.objects, scores, False, *names, scaling, model)


def _learned(corpus: Corpus, image: Rows, texts: Rows) -> Iterator[Space]:
    """CCA of pictures and the words beside them. A picture is compared by a model that never saw its document."""
    pictures = _mean_rows(image)
    mates = _mates(corpus, pictures, texts)
    paired = np.flatnonzero(mates >= 0)
    if len(paired) < PAIRS:
        return
    words = unit_rows(
        np.stack([texts.matrix[_rows_of(corpus, texts, document)].mean(axis=0) for document in mates[paired]])
    )
    fold = mates[paired] % FOLDS
    final = _fit(pictures.matrix[paired], words)
    similarities = _compare(final, pictures.matrix, texts.matrix)
    for held_out in range(FOLDS):
        rest = fold != held_out
        if not rest.all() and rest.sum() >= PAIRS // 2:
            model = _fit(pictures.matrix[paired[rest]], words[rest])
            mine = paired[~rest]
            similarities[mine] = _compare(model, pictures.matrix[mine], texts.matrix)
    left = Rows(pictures.owners, unit_rows(final.transform(pictures.matrix, "image")))
    right = Rows(texts.owners, unit_rows(final.transform(texts.matrix, "text")))
    yield _across(corpus, "cca", "cca", ("image", MEANING), left, right, similarities, final)


def _mean_rows(rows: Rows) -> Rows:
    objects, place = np.unique(rows.owners, return_inverse=True)
    sums = np.zeros((len(objects), rows.matrix.shape[1]), dtype=np.float32)
    np.add.at(sums, place, rows.matrix)
    return Rows(objects, unit_rows(sums))


def _mates(corpus: Corpus, pictures: Rows, texts: Rows) -> Indices:
    # The document of each picture if it has words beside the picture, else -1.
    documents = corpus.document[pictures.owners]
    return np.where(np.isin(documents, corpus.document[texts.owners]), documents, -1)


def _rows_of(corpus: Corpus, texts: Rows, document: int) -> Indices:
    return np.flatnonzero(corpus.document[texts.owners] == document)


def _fit(images: Matrix, words: Matrix) -> CCA:
    return CCA(n_components=min(AXES, len(images) - 1), ridge=RIDGE).fit({"image": images, "text": words})


def _compare(model: CCA, images: Matrix, texts: Matrix) -> Matrix:
    return np.asarray(unit_rows(model.transform(images, "image")) @ unit_rows(model.transform(texts, "text")).T, float)

"""Spaces in which objects of one or two media are compared: pictures, labels in words, learned spaces, sound.

Every space gives the same thing: scores between two sets of objects, scaled against hubs, ready to be calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from correlate.base import CrossModalModel
from correlate.bridging import learn
from correlate.corpus import Corpus, Indices, Matrix, Rows, similarity
from correlate.hubs import Scaling, fit_scaling
from correlate.neighbours import unit_rows
from correlate.wordspace import Words

VERSION: Final = "2"
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
    model: CrossModalModel | None = None


def spaces_of(corpus: Corpus, words: Words, usable: Indices, group: Indices, method: str) -> Iterator[Space]:
    """Give every space that the collection's views allow; of pictures only the `usable` ones (no boiler-plate).

    `group` (documents,) is what the words found, and `method` names how pictures and words are brought together.
    """
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
        yield from _learned(corpus, image, texts, group, method)


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
    model: CrossModalModel | None = None,
) -> Space:
    if similarities is None:
        similarities = similarity(left, right)
    excluded = corpus.document[left.objects][:, None] == corpus.document[right.objects][None, :]
    scaling = fit_scaling(similarities, excluded)
    scores = scaling.apply(similarities)
    return Space(kind, method, left.objects, right.objects, scores, False, *names, scaling, model)


def _learned(corpus: Corpus, image: Rows, texts: Rows, group: Indices, method: str) -> Iterator[Space]:
    pictures = _mean_rows(image)
    found = learn(method, pictures, texts, corpus.document, group)
    if found is not None:
        names = ("image", MEANING)
        yield _across(corpus, "learned", method, names, pictures, texts, found.similarities, found.model)


def _mean_rows(rows: Rows) -> Rows:
    objects, place = np.unique(rows.owners, return_inverse=True)
    sums = np.zeros((len(objects), rows.matrix.shape[1]), dtype=np.float32)
    np.add.at(sums, place, rows.matrix)
    return Rows(objects, unit_rows(sums))

"""Which objects show a topic: texts, photos, recordings and clips."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from ontology.model import MODALITIES, Member, Modality
from ontology.topic import TopicWord
from topics.portrait import Sitter
from topics.stacking import Matrix

SHOWN: Final[dict[Modality, int]] = {"text": 5, "image": 8, "audio": 3, "video": 3}
"""Examples of each medium, at most."""
LEAST: Final = 0.1
"""Weight below which an object shows nothing of a topic."""
ALIKE: Final = 0.25
"""Share of the topic that the documents of all copies of an object have to have."""
TOLD: Final = 4
"""Terms of a sort that a reason names, at most."""


def examples_of(sitter: Sitter, words: Sequence[Sequence[TopicWord]]) -> list[tuple[Member, ...]]:
    """The objects that show each topic best, those of a medium together: of the topic by their document and by what
    they hold themselves. Of copies of one another one is enough; one whose copies stand in documents of other topics
    (a logo, a stock photo) shows none.
    """
    held = np.sum([np.asarray(view.sum(axis=1)).ravel() for view in sitter.objects.values()], axis=0)
    weight = np.sqrt(sitter.shares[sitter.row] * sitter.own) * (held > 0)[:, None]
    return [_of_topic(sitter, topic, weight[:, topic], held, words[topic]) for topic in range(weight.shape[1])]


def _of_topic(
    sitter: Sitter, topic: int, weight: Matrix, held: Matrix, words: Sequence[TopicWord]
) -> tuple[Member, ...]:
    # Of texts that are equally of the topic, the longer one says more.
    order = np.lexsort((-held, -np.round(weight, 2)))
    found: list[Member] = []
    for modality in MODALITIES:
        taken: set[int] = set()
        for at in (
            int(at) for at in order[: np.count_nonzero(weight >= LEAST)] if sitter.items[at].modality == modality
        ):
            twins = sitter.twins.get(at, frozenset())
            if len(taken) < SHOWN[modality] and not twins & taken and _of_one_topic(sitter, topic, twins):
                taken.add(at)
                found.append(Member(sitter.items[at].id, min(1.0, float(weight[at])), _reason(sitter, at, words)))
    return tuple(found)


def _of_one_topic(sitter: Sitter, topic: int, twins: Collection[int]) -> bool:
    """Whether the documents of all copies are of the topic."""
    return all(sitter.shares[sitter.row[twin], topic] >= ALIKE for twin in twins)


def _reason(sitter: Sitter, at: int, words: Sequence[TopicWord]) -> str:
    """What an object holds of a topic, in words for a person."""
    said: list[str] = []
    for field, verb in (("words", "says"), ("labels", "shows"), ("who", "names"), ("where", "is set in")):
        if field in sitter.objects:
            here = {sitter.vocabularies[field][column] for column in sitter.objects[field][at].indices}
            told = [word.value for word in words if word.field == field and not word.collection and word.value in here]
            said += [f"{verb} {', '.join(told[:TOLD])}"] if told else []
    return "; ".join(said) or "stands in a document of the topic"

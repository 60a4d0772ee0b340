"""What pictures show as evidence: a label speaks for a value whose words name the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ontology.model import Annotation, AspectName, Evidence
from topics.aspects.story import Told

#: Aspects that a picture can speak for.
SHOWABLE: Final = frozenset({"who", "what", "where"})
#: Labels surer than this are believed.
SURE: Final = 0.2
MAX_SHOWN: Final = 3


def with_labels(
    name: AspectName, value: str, evidence: tuple[Evidence, ...], told: Sequence[Told], limit: int
) -> tuple[Evidence, ...]:
    """Add to a value's evidence the pictures that show what it names; they take the last of `limit` places."""
    if name not in SHOWABLE:
        return evidence
    words = {_stem(word) for word in re.findall(r"[^\W\d_]+", value.lower())}
    labels = [label for one in told for label in one.labels if label.score >= SURE and _named(label, words)]
    labels.sort(key=lambda label: (-label.score, label.segment.object, label.segment.fragment, label.value))
    best: dict[str, Evidence] = {}
    for label in labels:
        best.setdefault(
            label.segment.object,
            Evidence(label.segment.object, label.segment.fragment, f"shows: {label.value}"),
        )
    shown = [one for one in best.values() if one not in evidence][:MAX_SHOWN]
    return (*evidence[: limit - len(shown)], *shown)


def _named(label: Annotation, words: set[str]) -> bool:
    """Whether one of a label's names has its last word, the thing itself, among the words."""
    names = [re.findall(r"[^\W\d_]+", name.lower()) for name in label.value.split(",")]
    return any(name and _stem(name[-1]) in words for name in names)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word

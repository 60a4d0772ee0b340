"""One run of topics over a graph: from what objects hold to topics, their shares in objects and events, and what became
of the topics before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from ontology.errors import InvalidInput
from ontology.model import Event, Source, stable_id
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord
from topics.examples import examples_of
from topics.guides import Guides, guides_of
from topics.hierarchy import grouped
from topics.identity import inherit
from topics.learned import Learned
from topics.learning import FEWEST, Options, Outcome, choose, chosen_fields, labels_of, learn, repeated
from topics.lexicon import Lexicon, Vectors, by_document
from topics.naming import label_of_parts
from topics.portrait import Sitter, joined, words_of
from topics.portrait import labels_of as named
from topics.stacking import Matrix
from topics.terms import Held

LEAST: Final = 0.1
"""Share below which a topic is not told of an object or event, unless it is the largest one."""
ALONE: Final = ("GensimLDA", "CorrLDA", "TrMMLDA")
"""Models that learn from so many fields and no more."""
MEMBERS: Final = "members"
"""The method by which an event has its topics: those of its members, by their weight."""

Concepts = Mapping[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do: the name of the run, how to learn, and how many fits from other starts and samples are compared."""

    run: str = "topics"
    options: Options = field(default_factory=Options)
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What a fit gave, ready to be kept; `shares` (n, K) are those of the objects. `starts` and `samples` say how alike
    the topics were on average in fits from other starts and of other samples, None without any."""

    learned: Learned
    topics: list[Topic]
    changes: tuple[TopicChange, ...]
    shares: Matrix
    starts: float | None = None
    samples: float | None = None


def enough(held: Held, vectors: Vectors) -> bool:
    """Whether there is anything to learn topics from."""
    return held.documents >= FEWEST and (bool(vectors) or any(map(any, held.terms.values())))


def fit(
    held: Held,
    vectors: Vectors,
    sources: Mapping[str, Source],
    wish: Wish,
    *,
    before: Learned | None = None,
    concepts: Concepts | None = None,
    twins: Mapping[int, frozenset[int]] | None = None,
) -> Result:
    """Learn the topics of objects. Raises `InvalidInput` if there are too few documents, or an option is wrong."""
    if held.documents < FEWEST:
        raise InvalidInput(f"topics are learned from {FEWEST} documents or more, there are {held.documents}")
    lexicon = Lexicon.learn(held, vectors)
    objects = lexicon.count(held, vectors)
    documents = by_document(objects, held.row)
    counts = chosen_fields(documents, wish.options)
    labels = labels_of(held.groups(), sources, wish.options.compare)
    options = replace(wish.options, topics=wish.options.topics or choose(counts, wish.options))
    guides = guides_of(concepts or {}, counts, lexicon.vocabularies, options.topics or 1)
    if guides is not None and options.model in ALONE:
        raise InvalidInput(f"{options.model} learns from no further field: it cannot be guided by a vocabulary")
    outcome = learn(counts, labels, options, None if guides is None else guides.counts)
    again = repeated(outcome, options, wish.repeats) if wish.repeats else None
    number = 1 if before is None else before.fit + 1
    heirs = inherit(
        wish.run, number, () if before is None else before.ids, None if before is None else before.spoken,
        outcome.spoken(lexicon.vocabularies),
    )  # fmt: skip
    learned = Learned(
        wish.run, number, wish.options.model, heirs.ids, lexicon, outcome.words, _weights(outcome),
        np.asarray(outcome.model.alpha_), outcome.shares, held.documents,
    )  # fmt: skip
    own = learned.tell(objects)
    sitter = Sitter(
        held.items, held.row, lexicon.vocabularies, documents, objects, outcome.model.doc_topic_, own, outcome.words,
        labels, twins or {},
    )  # fmt: skip
    stability = None if again is None else np.mean(again, axis=0)
    topics = list(_topics(sitter, learned, stability, guides))
    shares = _told_only(outcome.model.doc_topic_[held.row], outcome, held)
    means = (None, None) if again is None else (float(again[0].mean()), float(again[1].mean()))
    return Result(learned, _broader(topics, sitter, learned.shares), heirs.changes, shares, *means)


def _weights(outcome: Outcome) -> dict[str, float]:
    found = getattr(outcome.model, "field_weights_", {})
    return {name: float(found.get(name, 1.0)) for name in outcome.counts}


def _told_only(shares: Matrix, outcome: Outcome, held: Held) -> Matrix:
    """Shares of objects, 0 where the document holds nothing that topics are told by."""
    sizes = np.sum([np.asarray(view.sum(axis=1)).ravel() for view in outcome.counts.values()], axis=0)
    return np.asarray(shares * (sizes > 0)[held.row][:, None])


def _topics(sitter: Sitter, learned: Learned, stability: Matrix | None, guides: Guides | None) -> Iterator[Topic]:
    words = words_of(sitter)
    labels, examples = named(words), examples_of(sitter, words)
    concepts = {} if guides is None else guides.topics(sitter.shares)
    for number, id_ in enumerate(learned.ids):
        mine = concepts.get(number, [])
        label = labels[number]
        if guides is not None and mine:
            label = f"{', '.join(guides.labels[at] for at in mine)}: {label}"
        yield Topic(
            id_, learned.run, label, words[number], examples[number], min(1.0, float(learned.shares[number])), None,
            None if stability is None else min(1.0, float(stability[number])),
            () if guides is None else tuple(sorted(guides.concepts[at] for at in mine)),
        )  # fmt: skip


def _broader(topics: list[Topic], sitter: Sitter, sizes: Matrix) -> list[Topic]:
    """Topics as parts of the broader ones, which come last; they are alike by the field that is learned from first."""
    groups = grouped(next(iter(sitter.words.values())), sizes)
    if not groups:
        return topics
    words: list[tuple[TopicWord, ...]] = words_of(joined(sitter, groups))[: len(groups)]
    made: list[Topic] = []
    parents: dict[int, str] = {}
    for group, told in zip(groups, words, strict=True):
        parts = sorted((topics[at] for at in group), key=lambda part: (-part.share, part.id))
        id_ = stable_id("topic", parts[0].run, *sorted(part.id for part in parts))
        label = label_of_parts([part.label for part in parts])
        made.append(Topic(id_, parts[0].run, label, told, (), min(1.0, sum(part.share for part in parts))))
        parents |= dict.fromkeys(group, id_)
    return [replace(topic, parent=parents.get(at)) for at, topic in enumerate(topics)] + made


def told(learned: Learned, held: Held, vectors: Vectors) -> Matrix:
    """The shares (n, K) of topics that were learned before in objects, each by its whole document."""
    objects = learned.lexicon.count(held, vectors)
    documents = by_document({name: objects[name] for name in learned.words}, held.row)
    sizes = np.sum([np.asarray(view.sum(axis=1)).ravel() for view in documents.values()], axis=0)
    return np.asarray((learned.tell(documents) * (sizes > 0)[:, None])[held.row])


def object_shares(learned: Learned, held: Held, shares: Matrix) -> Iterator[TopicShare]:
    """The topics of each object that have a share worth telling."""
    for item, row in zip(held.items, shares, strict=True):
        for topic in _worth(row):
            weight = min(1.0, float(row[topic]))
            yield TopicShare(learned.ids[topic], "object", item.id, weight, learned.method, learned.run)


def event_shares(learned: Learned, events: Iterable[Event], shares: Iterable[TopicShare]) -> Iterator[TopicShare]:
    """The topics of events: those told of their members, each by its weight."""
    told: dict[str, dict[str, float]] = {}
    for share in shares:
        told.setdefault(share.subject, {})[share.topic] = share.weight
    place = {id_: number for number, id_ in enumerate(learned.ids)}
    for event in events:
        row, whole = np.zeros(len(place)), 0.0
        for member in event.members:
            mine = told.get(member.object, {})
            whole += member.weight if mine else 0.0
            for id_, weight in mine.items():
                row[place[id_]] += member.weight * weight
        if whole > 0 and row.any():
            for topic in _worth(row / whole):
                weight = min(1.0, float(row[topic] / whole))
                yield TopicShare(learned.ids[topic], "event", event.id, weight, MEMBERS, learned.run)


def _worth(row: Matrix) -> list[int]:
    best = int(row.argmax())
    return [topic for topic in np.flatnonzero(row > 0).tolist() if row[topic] >= LEAST or topic == best]

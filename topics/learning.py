"""Learning topics over the fields of a graph: which model, how many topics, which collections are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

import topics
from ontology.errors import InvalidInput
from ontology.model import MediaObject, Source
from topics.alignment import similarity
from topics.base import TopicModel
from topics.guides import FIELD as GUIDE
from topics.identity import Spoken, stability
from topics.stacking import Counts, Labels, Matrix

Compare = Literal["source", "kind", "collection", "month", "year", "nothing"]
COMPARED: Final[tuple[Compare, ...]] = get_args(Compare)
FIELDS: Final = ("words", "phrases", "who", "where", "named", "labels", "looks", "sounds", "why", "how")
"""The fields that topics are learned from if no others are named; the rest is told of them afterwards."""
FEWEST: Final = 12
"""Documents below which there is nothing to learn topics from."""
MOST_COMPARED: Final = 8
"""Collections that are told apart; the smaller ones are one."""
LEAST_COMPARED: Final = 4
"""Documents that a collection has to have to be told apart."""
REST: Final = "others"
DATELESS: Final = "without date"

CANDIDATES: Final = 9
FEWEST_TOPICS: Final = 3
"""The smallest number of topics that is tried."""
AS_GOOD: Final = 0.05
"""What a number of topics may be worse than the best and still be as good: other seeds change a look by so much."""
SAMPLE: Final = 1000
"""Documents that the number of topics is chosen on, at most."""
LOOK: Final = 30_000
"""Tokens up to which a collection is small: it is learned from several starts, and looked at several times."""
STARTS: Final = 10
AGAIN: Final = 2
"""Starts of each fit that a look at a number of topics compares with."""
FEW_STARTS: Final = 15
"""A collection this many times as large as a small one is learned from one start."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to learn: `topics` None chooses their number; `fields` empty are those of `FIELDS` that hold anything;
    `compare` says which collections of documents are told apart; `seed` where learning begins."""

    model: str = "AspectTopicModel"
    topics: int | None = None
    fields: tuple[str, ...] = ()
    compare: Compare = "source"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A model that was learned from `counts` of documents, and the collection of each of them (None: not compared)."""

    model: TopicModel
    counts: Counts
    labels: Labels | None

    @property
    def words(self) -> dict[str, Matrix]:
        """p(term given topic) of each field, over all collections."""
        return {name: np.asarray(self.model.topic_word_[name]) for name in self.counts}

    @property
    def shares(self) -> Matrix:
        """The share of each topic in all that is told: (topics,)."""
        sizes = np.sum([np.asarray(view.sum(axis=1)).ravel() for view in self.counts.values()], axis=0)
        told = sizes @ self.model.doc_topic_
        return np.asarray(told / max(told.sum(), 1e-12))

    def spoken(self, vocabularies: Mapping[str, Sequence[str]]) -> Spoken:
        """The topics as distributions that can be compared with those of another fit."""
        return Spoken.of(self.words, vocabularies, self.shares)


def chosen_fields(counts: Counts, options: Options) -> Counts:
    """The fields to learn from. Raises `InvalidInput` for a field that is not there, or if none holds anything."""
    missing = [name for name in options.fields if name not in counts]
    if missing:
        raise InvalidInput(f"no field {', '.join(missing)} is there; there are {', '.join(counts)}")
    kept = {name: counts[name] for name in options.fields or FIELDS if name in counts and counts[name].nnz}
    if not kept:
        raise InvalidInput("no document holds anything to learn topics from")
    return kept


def labels_of(
    groups: Sequence[Sequence[MediaObject]], sources: Mapping[str, Source], compare: Compare
) -> Labels | None:
    """The collection of each document in words; None if there are not two to compare.

    Small collections, and those beyond the largest eight, are one.
    """
    names = [_label(group, sources, compare) for group in groups]
    sizes = Counter(names)
    large = [name for name, size in sizes.most_common(MOST_COMPARED) if size >= LEAST_COMPARED and name]
    if compare == "nothing" or len(large) < 2:
        return None
    return np.array([name if name in large else REST for name in names])


def _label(group: Sequence[MediaObject], sources: Mapping[str, Source], compare: Compare) -> str:
    first = group[0]
    if compare == "source":
        return sources[first.source].name
    if compare == "kind":
        return sources[first.source].kind
    if compare == "collection":
        return first.collection
    published = min((item.published for item in group if item.published is not None), default=None)
    if published is None:
        return DATELESS
    return published.strftime("%Y-%m" if compare == "month" else "%Y")


def learn(
    counts: Counts, labels: Labels | None, options: Options, guide: csr_matrix | None = None, starts: int = STARTS
) -> Outcome:
    """Learn from counts of documents; small collections are learned from several starts, the likeliest is kept.

    `guide` (documents, concepts) is one more field to learn from, of which the outcome says nothing.
    """
    count = options.topics or choose(counts, options)
    told = counts if guide is None else counts | {GUIDE: guide}
    of = None if labels is None else labels.tolist()
    turns = range(min(starts, _starts(_tokens(counts))))
    fitted = [model_of(replace(options, seed=options.seed + turn), count).fit(told, of) for turn in turns]
    model = fitted[0] if len(fitted) == 1 else max(fitted, key=lambda model: model.score(told, of))
    return Outcome(model, counts, labels)


def _starts(tokens: float) -> int:
    """From how many starts it is worth to learn: a small collection has more ways to go astray, and costs less."""
    return STARTS if tokens <= LOOK else max(1, min(STARTS, int(FEW_STARTS * LOOK / tokens)))


def model_of(options: Options, count: int) -> TopicModel:
    """A model of that name with so many topics. Raises `InvalidInput` for one that is not known."""
    if options.model not in topics.MODELS:
        raise InvalidInput(f"no model {options.model!r}; there are {', '.join(topics.MODELS)}")
    kind: Any = getattr(topics, options.model)
    number = "n_topics" if "n_topics" in kind._get_param_names() else "most_topics"
    model: TopicModel = kind(**{number: count, "random_state": options.seed})
    return model


def choose(counts: Counts, options: Options) -> int:
    """The number of topics, of those from the cube root to 2.5 times the square root of the number of documents, at
    which topics are found again most surely and are least like each other; of numbers that are as good, the largest.

    Source: the idea of D. Greene, D. O'Callaghan, P. Cunningham, "How many topics? Stability analysis for topic
    models", ECML PKDD 2014, with the similarity of distributions; taking off the likeness to the nearest topic is own:
    two copies of one topic are found again, too.
    """
    length = next(iter(counts.values())).shape[0]
    few = _sample(counts, np.random.default_rng(options.seed).permutation(length)[:SAMPLE])
    first = max(FEWEST_TOPICS, round(np.cbrt(length)))
    last = max(2 * first, round(2.5 * np.sqrt(length)))
    candidates: list[int] = sorted({round(number) for number in np.geomspace(first, last, CANDIDATES).tolist()})
    looks = {count: steadiness(few, options, count) for count in candidates}
    best = max(looks.values())
    return max(count for count, look in looks.items() if look >= best - AS_GOOD)


def steadiness(counts: Counts, options: Options, count: int) -> float:
    """How alike the topics of a fit are to those of fits from other starts and of other samples, less how alike each is
    to the nearest other topic of the same fit: in [-1, 1].
    """
    repeats, starts, again = (3, STARTS, AGAIN) if _tokens(counts) <= LOOK else (1, 1, 1)
    first = learn(counts, None, replace(options, topics=count), starts=starts)
    found = np.mean([alike.mean() for alike in repeated(first, options, repeats, starts=again)])
    words = first.spoken(_numbered(counts)).words
    near = similarity(words, words)
    np.fill_diagonal(near, 0.0)
    return float(found - near.max(axis=1).mean())


def repeated(outcome: Outcome, options: Options, repeats: int, starts: int = STARTS) -> tuple[Matrix, Matrix]:
    """How alike each topic is to the one that takes its place from `repeats` other starts, and in as many samples of
    the documents with repetition: (topics,) each.
    """
    counts, labels = outcome.counts, outcome.labels
    length, count = map(int, outcome.model.doc_topic_.shape)
    others, samples = [], []
    names = _numbered(counts)
    for turn in range(1, repeats + 1):
        again = replace(options, topics=count, seed=options.seed + 1000 * turn)
        others.append(learn(counts, labels, again, starts=starts).spoken(names))
        rows = np.asarray(np.random.default_rng(again.seed).integers(0, length, length), dtype=np.intp)
        sampled = learn(_sample(counts, rows), None if labels is None else labels[rows], again, starts=starts)
        samples.append(sampled.spoken(names))
    mine = outcome.spoken(names)
    return stability(mine, others), stability(mine, samples)


def _numbered(counts: Counts) -> dict[str, tuple[str, ...]]:
    """A name for every column."""
    return {name: tuple(map(str, range(view.shape[1]))) for name, view in counts.items()}


def _sample(counts: Counts, rows: NDArray[np.intp]) -> Counts:
    return {name: view[rows] for name, view in counts.items()}


def _tokens(counts: Counts) -> float:
    return float(sum(view.sum() for view in counts.values()))

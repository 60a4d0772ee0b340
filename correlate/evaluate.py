"""Published tables are compared only through here: queries stay apart from what is learned and chosen.

`choose` finds settings by cross-validation within a training part; `evaluate` fits on the whole training part and asks
the test part once. Intervals come from drawing queries again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from correlate.base import CrossModalModel
from correlate.datasets import Matrix, Part, Split
from correlate.metrics import (
    average_precisions,
    calibration_error,
    first_ranks,
    mean_average_precision,
    percentage,
    precision_recall,
)
from correlate.similarity import Similarity

DRAWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """Settings of a method, how its projections are compared, and the MAP that this reached in cross-validation."""

    settings: Mapping[str, Any]
    form: str
    hubs: bool
    reached: float


@dataclass(frozen=True, slots=True)
class Direction:
    """How well queries of one view find rows of another.

    `map` and `map_50` with 95 % intervals over queries, `percentage` of partners in the first fifth, all in [0, 1];
    `curve` is the precision at eleven levels of recall.
    """

    query: str
    database: str
    map: float
    map_interval: tuple[float, float]
    map_50: float
    map_50_interval: tuple[float, float]
    percentage: float
    curve: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a method reached on a test part, and seconds of processor time to fit and to compare one query."""

    directions: tuple[Direction, ...]
    fit_seconds: float
    query_seconds: float


@dataclass(frozen=True, slots=True)
class Mixed:
    """How well queries of all views find rows of all views in one list, MAP by the bare similarity and by the
    probability of belonging together; and how far these probabilities are from the truth, in [0, 1].
    """

    bare: float
    probable: float
    error: float


def bootstrap(values: Matrix, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean of (q,) values, from 1,000 draws of q values with replacement."""
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), size=(DRAWS, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def settings_of(grid: Mapping[str, Iterable[Any]]) -> Iterator[dict[str, Any]]:
    """Every combination of the values that are tried for each setting."""
    for values in product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def folds_of(labels: NDArray[np.generic], folds: int, seed: int) -> NDArray[np.intp]:
    """The fold of each row (n,), such that each label is spread evenly over the folds."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(len(labels), dtype=np.intp)
    fold[order] = np.arange(len(labels)) % folds
    return fold


def choose(
    model: CrossModalModel,
    grid: Mapping[str, Iterable[Any]],
    part: Part,
    measures: Sequence[tuple[str, bool]],
    folds: int = 5,
    seed: int = 0,
) -> list[Choice]:
    """Give for every measure (form, hubs) the settings of `grid` with the highest MAP, mean of directions and folds.

    Each fold is asked (and searched) by a model that learned from the others; `part` is a training part.
    """
    fold = folds_of(part.labels, folds, seed)
    reached: dict[tuple[str, bool], list[tuple[float, dict[str, Any]]]] = {measure: [] for measure in measures}
    for settings in settings_of(grid):
        found = np.zeros((folds, len(measures)))
        for held_out in range(folds):
            rest, asked = part.rows(np.flatnonzero(fold != held_out)), part.rows(np.flatnonzero(fold == held_out))
            fitted = clone(model).set_params(**settings).fit(rest.views, rest.labels)
            found[held_out] = _maps(fitted, rest, asked, measures)
        for measure, value in zip(measures, found.mean(axis=0), strict=True):
            reached[measure].append((float(value), settings))
    best = {measure: max(tried, key=lambda pair: pair[0]) for measure, tried in reached.items()}
    return [Choice(settings, form, hubs, value) for (form, hubs), (value, settings) in best.items()]


def _maps(model: CrossModalModel, rest: Part, asked: Part, measures: Sequence[tuple[str, bool]]) -> list[float]:
    learned, new = _spaces(model, rest), _spaces(model, asked)
    relevant = asked.labels[:, None] == asked.labels[None, :]
    maps = []
    for form, hubs in measures:
        similarity = Similarity(form, hubs).fit(learned, rest.labels)
        scores = [similarity.between(new[q], q, new[d], d) for q, d in permutations(new, 2)]
        maps.append(float(np.mean([mean_average_precision(each, relevant) for each in scores])))
    return maps


def _spaces(model: CrossModalModel, part: Part) -> dict[str, Matrix]:
    return {name: model.transform(view, name) for name, view in part.views.items()}


def evaluate(model: CrossModalModel, split: Split, choice: Choice) -> Report:
    """Fit a method as chosen on the training part and ask the test part in every direction."""
    started = time.process_time()
    fitted = clone(model).set_params(**choice.settings).fit(split.train.views, split.train.labels)
    similarity = Similarity(choice.form, choice.hubs).fit(_spaces(fitted, split.train), split.train.labels)
    fit_seconds = time.process_time() - started
    started = time.process_time()
    spaces = _spaces(fitted, split.test)
    scores = {
        pair: similarity.between(spaces[pair[0]], pair[0], spaces[pair[1]], pair[1]) for pair in permutations(spaces, 2)
    }
    query_seconds = (time.process_time() - started) / (len(scores) * len(split.test))
    directions = tuple(direction(*pair, each, split.test.labels) for pair, each in scores.items())
    return Report(directions, fit_seconds, query_seconds)


def mixed(model: CrossModalModel, split: Split, choice: Choice, folds: int = 5, seed: int = 0) -> Mixed:
    """Search all views at once: what similarities are worth is learned from one fold of the training part, with a model
    that learned from the others. A query does not find itself.
    """
    fold = folds_of(split.train.labels, folds, seed)
    rest, held_out = (split.train.rows(np.flatnonzero(kept)) for kept in (fold != 0, fold == 0))
    fitted = clone(model).set_params(**choice.settings).fit(rest.views, rest.labels)
    similarity = Similarity(choice.form, choice.hubs).fit(_spaces(fitted, rest), rest.labels)
    similarity.calibrate(_spaces(fitted, held_out), held_out.labels)
    spaces = _spaces(fitted, split.test)
    found = [
        np.block([[compared(spaces[q], q, spaces[d], d) for d in spaces] for q in spaces])
        for compared in (similarity.between, similarity.probability)
    ]
    labels = np.tile(split.test.labels, len(spaces))
    relevant, itself = labels[:, None] == labels[None, :], np.eye(len(labels), dtype=bool)
    relevant[itself] = False
    bare, probable = (mean_average_precision(np.where(itself, -np.inf, each), relevant) for each in found)
    return Mixed(bare, probable, calibration_error(found[1][~itself], relevant[~itself]))


def direction(query: str, database: str, scores: Matrix, labels: NDArray[np.generic]) -> Direction:
    """Measure scores (n, n) of queries against a database whose row i is the partner of query i."""
    relevant = labels[:, None] == labels[None, :]
    whole, first = average_precisions(scores, relevant), average_precisions(scores, relevant, 50)
    ranks = first_ranks(scores, np.eye(len(labels), dtype=bool))
    return Direction(
        query, database,
        float(whole.mean()), bootstrap(whole),
        float(first.mean()), bootstrap(first),
        percentage(ranks, len(labels)),
        tuple(precision_recall(scores, relevant).tolist()),
    )  # fmt: skip

"""Links as records: for each object its best in every space, with weight, method and a reason that a person can
read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from correlate.corpus import Corpus, Indices, Matrix
from correlate.linking import Links
from correlate.reasons import Reasons
from correlate.spaces import VERSION
from ontology.model import Correlation, Evidence

EACH: Final = 10
"""Links of a kind that start at one object."""
FLOOR: Final = 0.1
"""Links less probable than this are not kept."""
COMPANIONS: Final = 12
"""In documents of more objects each is linked to the first only."""


@dataclass(frozen=True, slots=True)
class _Pair:
    first: int
    second: int
    weight: float


def correlations(corpus: Corpus, links: Links, run: str) -> Iterator[Correlation]:
    """Give every link of the graph, of each kind in order of the objects' ids."""
    reasons = Reasons(corpus, links)
    yield from _documents(corpus, links, reasons, run)
    yield from _copies(corpus, links, reasons, run)
    weights = links.word_calibrator.probability(links.words.scores)
    for pair in _best(links.words.told, links.words.told, weights, corpus):
        kind, reason, evidence = reasons.words(pair.first, pair.second)
        yield _record(corpus, pair, kind, "words", run, reason, evidence)
    for calibrated in links.spaces:
        space = calibrated.space
        for pair in _best(space.left, space.right, calibrated.probability, corpus):
            kind, reason, evidence = reasons.space(space, pair.first, pair.second)
            yield _record(corpus, pair, kind, space.method, run, reason, evidence)


def _best(left: Indices, right: Indices, weights: Matrix, corpus: Corpus) -> list[_Pair]:
    """The `EACH` most probable partners of every row and every column, in other documents, above the floor."""
    other = corpus.document[left][:, None] != corpus.document[right][None, :]
    weights = np.where(other, weights, 0.0)
    chosen = _top(weights) | _top(weights.T).T
    rows, columns = np.nonzero(chosen & (weights >= FLOOR))
    found: dict[tuple[int, int], float] = {}
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        ends = int(left[row]), int(right[column])
        key = (min(ends), max(ends))
        found[key] = max(found.get(key, 0.0), float(weights[row, column]))
    return [_Pair(first, second, weight) for (first, second), weight in sorted(found.items())]


def _top(weights: Matrix) -> np.ndarray:
    chosen = np.zeros(weights.shape, dtype=bool)
    count = min(EACH, weights.shape[1])
    top = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    np.put_along_axis(chosen, top, True, axis=1)
    return chosen


def _documents(corpus: Corpus, links: Links, reasons: Reasons, run: str) -> Iterator[Correlation]:
    order = np.argsort(corpus.document, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(corpus.document[order])) + 1):
        starts: Iterable[int] = range(len(members)) if len(members) <= COMPANIONS else (0,)
        for start in starts:
            for second in members[start + 1 :]:
                pair = _Pair(int(members[start]), int(second), 1.0)
                reason = reasons.same_document(pair.first, pair.second)
                yield _record(corpus, pair, "same_document", "document", run, reason)


def _copies(corpus: Corpus, links: Links, reasons: Reasons, run: str) -> Iterator[Correlation]:
    for method, found in zip(("checksum", "shingles", "phash"), links.copies, strict=True):
        for first, second, score in zip(found.first, found.second, found.score, strict=True):
            strange = bool(links.boiler_plate[first] and links.boiler_plate[second])
            weight = FLOOR if strange else links.copy_weight * float(score)
            reason = reasons.copy(found.way, float(score), strange)
            yield _record(corpus, _Pair(int(first), int(second), weight), "near_duplicate", method, run, reason)


def _record(
    corpus: Corpus, pair: _Pair, kind: str, method: str, run: str, reason: str, evidence: tuple[Evidence, ...] = ()
) -> Correlation:
    # Items stand in the order of their ids, so that the smaller place has the smaller id.
    first, second = corpus.items[pair.first], corpus.items[pair.second]
    return Correlation(
        subject=first.id,
        target=second.id,
        kind=kind,
        scope="intra" if first.modality == second.modality else "inter",
        weight=round(min(pair.weight, 1.0), 6),
        method=method,
        version=VERSION,
        run=run,
        reason=reason,
        evidence=evidence,
    )

"""What lies near in a view: photos and articles of one event, sounds of one kind, versions of one clip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench import views_reading as reading
from bench.views_reading import Matrix
from correlate.features import phash
from correlate.features.encoders import Encoders
from correlate.metrics import average_precisions, first_ranks

SHARES = (0.1, 0.25, 0.5, 1.0)
COPY_BITS = 8
CHANCE = "chance"


def within_news(data: Path) -> dict[str, Any]:
    """MAP of the same event for each view of photos and of articles, alone and beside the standing view."""
    texts, events, paths, photo_events = reading.news(data / "news-events")
    photos = reading.read(reading.of_medium("image"), reading.looks(paths, Encoders()))
    articles = reading.read(reading.of_medium("text"), reading.docs(texts))
    codes = photos.matrix("phash")
    copies = phash.distance(codes, codes) <= COPY_BITS
    found = {}
    for medium, collection, groups, left_out in (
        ("image", photos, photo_events, copies),
        ("text", articles, events, np.eye(len(events), dtype=bool)),
    ):
        scores = {name: _cosines(collection.matrix(name)) for name in collection.read}
        found[medium] = _beside(scores, medium, groups, left_out)
    return found


def sounds_and_clips(data: Path) -> dict[str, Any]:
    """For sounds MAP of the same kind in other recordings, and the share whose nearest is of its own recording; for
    clips MAP of the same family."""
    pieces, owners, kinds = reading.recordings(data)
    heard = reading.read(reading.of_medium("audio"), pieces)
    same = owners[:, None] == owners[None, :]
    alone = np.eye(len(pieces), dtype=bool)
    found: dict[str, Any] = {"audio": {}, "video": {}}
    for name, scores in _with_chance({name: _cosines(heard.matrix(name)) for name in heard.read}).items():
        several = same.sum(axis=1) > 1
        ranks = first_ranks(_without(scores, alone)[several], (same & ~alone)[several])
        found["audio"][name] = {"kind": _by_kind(scores, kinds, same), "recording": float((ranks == 1).mean())}
    films, families = reading.clips(data / "threatexchange-neardup")
    seen = reading.read(reading.of_medium("video"), films)
    alone = np.eye(len(films), dtype=bool)
    for name, scores in _with_chance({name: _cosines(seen.matrix(name)) for name in seen.read}).items():
        found["video"][name] = {"family": _precision(scores, families, alone).mean()}
    return found


def _cosines(rows: Matrix) -> Matrix:
    return np.asarray(rows @ rows.T, np.float64)


def _with_chance(scores: Mapping[str, Matrix]) -> dict[str, Matrix]:
    size = len(next(iter(scores.values())))
    return {**scores, CHANCE: np.random.default_rng(0).normal(size=(size, size))}


def _without(scores: Matrix, left_out: Matrix) -> Matrix:
    return np.where(left_out, -np.inf, scores)


def _precision(scores: Matrix, groups: Matrix, left_out: Matrix) -> Matrix:
    """Average precision of each object that has another of its group, the pairs left out not counted."""
    relevant = (groups[:, None] == groups[None, :]) & ~left_out
    asked = relevant.any(axis=1)
    return average_precisions(_without(scores, left_out)[asked], relevant[asked])


def _by_kind(scores: Matrix, kinds: Matrix, left_out: Matrix) -> float:
    """MAP of the same kind, each kind counted alike."""
    precisions = _precision(scores, kinds, left_out)
    asked = ((kinds[:, None] == kinds[None, :]) & ~left_out).any(axis=1)
    return float(np.mean([precisions[kinds[asked] == kind].mean() for kind in np.unique(kinds)]))


def _beside(scores: Mapping[str, Matrix], standing: str, groups: Matrix, left_out: Matrix) -> dict[str, Any]:
    """MAP alone, and beside the standing view with the share that was best for the events of the other half."""
    spread = {name: each / each[~left_out].std() for name, each in _with_chance(scores).items()}
    has_other = ((groups[:, None] == groups[None, :]) & ~left_out).any(axis=1)
    half = groups[has_other] % 2
    found = {}
    for name, each in spread.items():
        mixed = {share: _precision(spread[standing] + share * each, groups, left_out) for share in SHARES}
        best = [max(SHARES, key=lambda share, side=side: mixed[share][half != side].mean()) for side in (0, 1)]
        beside = np.where(half == 0, mixed[best[0]], mixed[best[1]])
        found[name] = {"alone": float(_precision(each, groups, left_out).mean()), "beside": float(beside.mean())}
    return found

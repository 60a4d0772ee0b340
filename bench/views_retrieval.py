"""Photos and captions of flickr8k-1k linked by one view of each: how well, alone and fused. And what views cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import views_reading as reading
from bench.views_reading import Collection, Matrix
from correlate import CCA
from correlate.features.encoders import Encoders
from correlate.features.film import Film
from correlate.features.hearing import Hearing
from correlate.features.views import VIEWS
from correlate.metrics import first_ranks, recall_at
from correlate.similarity import Similarity

SEEDS, TEST, CHOSEN_ON = 5, 200, 160
RIDGES = (1.0, 10.0, 100.0)
SHARES = (0.1, 0.25, 0.5, 1.0)
POWERS = (1, 2, 4, 8)
STANDING = {"image": "image", "text": "text"}
Ways = tuple[Matrix, Matrix]
"""Similarities of captions to photos and of photos to captions, each in its own spread."""


class Split:
    """One split: rows of photos to learn from, to choose on and to ask, and the captions that go with them."""

    def __init__(self, owners: Matrix, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(int(owners.max()) + 1)
        self.owners = owners
        self.test, self.held_out = np.sort(order[:TEST]), np.sort(order[TEST : TEST + CHOSEN_ON])
        self.train, self.inner = np.sort(order[TEST:]), np.sort(order[TEST + CHOSEN_ON :])

    def captions(self, photos: Matrix) -> Matrix:
        """The captions of photos."""
        return np.flatnonzero(np.isin(self.owners, photos))

    def similarities(self, photos: Matrix, captions: Matrix, ridge: float, train: Matrix, asked: Matrix) -> Ways:
        """Learn on some photos and ask others, both ways."""
        learned, asking = self.captions(train), self.captions(asked)
        pairs = {"image": photos[self.owners[learned]], "text": captions[learned]}
        model = CCA(n_components=64, ridge={"image": ridge, "text": ridge}).fit(pairs)
        spaces = {"image": model.transform(photos, "image"), "text": model.transform(captions, "text")}
        scale = Similarity("cosine", 1.0).fit({"image": spaces["image"][train], "text": spaces["text"][learned]})
        to_photos = scale.between(spaces["text"][asking], "text", spaces["image"][asked], "image")
        to_captions = scale.between(spaces["image"][asked], "image", spaces["text"][asking], "text")
        return to_photos / to_photos.std(), to_captions / to_captions.std()

    def ranks(self, ways: Ways, asked: Matrix) -> list[Matrix]:
        """Ranks of the first right answer, both ways."""
        right = self.owners[self.captions(asked)][:, None] == asked[None, :]
        return [first_ranks(scores, wanted) for scores, wanted in zip(ways, (right, right.T), strict=True)]

    def quality(self, ways: Ways, asked: Matrix) -> float:
        """Mean reciprocal rank, the mean of both ways."""
        return float(np.mean([(1 / ranks).mean() for ranks in self.ranks(ways, asked)]))


def captions(data: Path) -> dict[str, Any]:
    """For each view of photos and of captions what it reaches alone, with the standing view, and what all lose."""
    paths, texts, owners = reading.photos(data / "flickr8k-1k")
    photos = reading.read(reading.of_medium("image"), reading.looks(paths, Encoders()))
    said = reading.read(reading.of_medium("text"), reading.docs(texts))
    found: dict[str, Any] = {"chance": _chance(owners)}
    for medium, mine, other in (("image", photos, said), ("text", said, photos)):
        seeds = [_one_split(medium, mine, other, Split(owners, seed)) for seed in range(SEEDS)]
        found[medium] = {
            name: {key: [seed[name][key] for seed in seeds] for key in seeds[0][name]} for name in seeds[0]
        }
    return found


def _one_split(medium: str, mine: Collection, other: Collection, split: Split) -> dict[str, dict[str, float]]:
    """What every view of a medium reaches against the standing view of the other."""
    learn_from = {"image": split.train, "text": split.captions(split.train)}[medium]
    against = other.matrix(STANDING["text" if medium == "image" else "image"])
    chosen: dict[str, Ways] = {}
    asked: dict[str, Ways] = {}
    reached: dict[str, float] = {}
    for name in mine.read:
        pair = {medium: mine.matrix(name, learn_from), ("text" if medium == "image" else "image"): against}
        views = pair["image"], pair["text"]
        tried = {ridge: split.similarities(*views, ridge, split.inner, split.held_out) for ridge in RIDGES}
        qualities = {ridge: split.quality(ways, split.held_out) for ridge, ways in tried.items()}
        best = max(qualities, key=lambda ridge: qualities[ridge])
        chosen[name], reached[name] = tried[best], qualities[best]
        asked[name] = split.similarities(*views, best, split.train, split.test)
        print(f"{medium} {name}: ridge {best:g}, {split.quality(asked[name], split.test):.3f}", flush=True)
    standing = STANDING[medium]
    found = {name: _told(split, asked[name]) for name in asked}
    for name in asked:
        beside = {share: {standing: 1.0, name: share} for share in SHARES}
        found[name]["beside"] = _best_mix(split, chosen, asked, beside.values())
        found[name]["without"] = _all(split, chosen, asked, reached, leave_out=name)
    found["all"] = {"mrr": _all(split, chosen, asked, reached)}
    return found


def _told(split: Split, ways: Ways) -> dict[str, float]:
    to_photos, to_captions = split.ranks(ways, split.test)
    return {
        "mrr": split.quality(ways, split.test),
        "photos": recall_at(to_photos, 10),
        "captions": recall_at(to_captions, 10),
    }


def _all(
    split: Split,
    chosen: Mapping[str, Ways],
    asked: Mapping[str, Ways],
    reached: Mapping[str, float],
    leave_out: str = "",
) -> float:
    """All views fused (but one), each weighted by a power of what it reached where settings were chosen."""
    kept = [name for name in asked if name != leave_out]
    most = max(reached[name] for name in kept)
    return _best_mix(split, chosen, asked, ({n: (reached[n] / most) ** power for n in kept} for power in POWERS))


def _best_mix(
    split: Split, chosen: Mapping[str, Ways], asked: Mapping[str, Ways], mixes: Iterable[Mapping[str, float]]
) -> float:
    """What the mix reaches on the test part that is best where settings are chosen."""
    best = max(mixes, key=lambda mix: split.quality(_mixed(chosen, mix), split.held_out))
    return split.quality(_mixed(asked, best), split.test)


def _mixed(ways: Mapping[str, Ways], mix: Mapping[str, float]) -> Ways:
    first, second = (sum(share * ways[name][way] for name, share in mix.items()) for way in (0, 1))
    return np.asarray(first), np.asarray(second)


def _chance(owners: Matrix) -> dict[str, float]:
    """What random order gives, by drawing it."""
    rng, split = np.random.default_rng(0), Split(owners, 0)
    asking = split.captions(split.test)
    return _told(split, (rng.normal(size=(len(asking), TEST)), rng.normal(size=(TEST, len(asking)))))


def costs(data: Path) -> dict[str, float]:
    """Milliseconds of each view for one object that was opened already."""
    encoders = Encoders()
    paths, _, _ = reading.photos(data / "flickr8k-1k")
    articles = reading.news(data / "news-events")[0]
    sounds, _, _ = reading.recordings(data)
    films, _ = reading.clips(data / "threatexchange-neardup")
    parsed = reading.docs(articles[: reading.TIMED])
    found = {}
    for name, kind in VIEWS.items():
        # Opened anew for each view: what a look or a hearing keeps would make the second view look cheap.
        subjects: dict[str, Sequence[Any]] = {
            "image": list(reading.looks(paths[: reading.TIMED], encoders)),
            "text": parsed,
            "audio": [Hearing(piece.sound) for piece in sounds[: reading.TIMED]],
            "video": [Film(film.path) for film in films] if kind.medium == "video" else [],
        }
        found[name] = reading.cost(kind, subjects[kind.medium])
        print(f"{name}: {found[name]:.2f} ms", flush=True)
    return found

"""Pictures and captions of flickr8k-1k from raw media, with the product's own encoders and no joint weights.

800 pictures to learn from and 200 to ask, split by picture, five seeds; settings are chosen on 160 of the 800. Queries
are the 1,000 captions of the 200 pictures, and the 200 pictures (the best of a picture's five captions counts). They
search the 200 with their captions, and all 1,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from correlate import CCA
from correlate.datasets import Captioned, flickr
from correlate.features import image
from correlate.features.encoders import Encoders
from correlate.metrics import first_ranks, median_rank, recall_at
from correlate.similarity import Similarity

Matrix = np.ndarray
SEEDS, TEST, CHOSEN_ON = 5, 200, 160
CROP = 0.65
"""Side of the parts of a picture that are looked at, as a share of its own."""
SETTINGS = tuple(
    {"ridge": {"image": left, "text": right}, "n_components": 128}
    for left, right in product((3.0, 10.0, 30.0), (1.0, 3.0))
)


@dataclass(frozen=True, slots=True)
class Features:
    """Views of pictures (m, d) and of captions (n, d), the pictures of the captions (n,), and the captions."""

    pictures: Mapping[str, Matrix]
    captions: Mapping[str, Matrix]
    owners: Matrix
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Pairs of a picture view and a caption view, each learned by a CCA; their scaled similarities are added."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    hubs: bool


RECIPES = (
    Recipe("CCA: whole picture, meaning of the words", (("whole", "meaning"),), False),
    Recipe("the same with terms", (("whole", "meaning+terms"),), False),
    Recipe("the same with a query bank", (("whole", "meaning+terms"),), True),
    Recipe(
        "whole and parts of the picture, with a query bank",
        (("whole", "meaning+terms"), ("mean of parts", "meaning+terms"), ("greatest of parts", "meaning+terms")),
        True,
    ),
)


def encode(captioned: Captioned) -> Features:
    """Read every picture and caption: the whole, its mirror image and five overlapping parts; sentence vectors."""
    encoders = Encoders()
    looks = []
    for path in captioned.pictures:
        embedded, _ = encoders.image.encode(list(_looks(image.load(path, 1280))))
        looks.append(np.sqrt(embedded))
    stacked = np.stack(looks)
    pictures = {
        "whole": stacked[:, 0],
        "mean of parts": stacked.mean(axis=1),
        "greatest of parts": stacked[:, 2:].max(axis=1),
    }
    return Features(
        pictures, {"meaning": encoders.text.encode(captioned.captions)}, captioned.owners, captioned.captions
    )


def _looks(picture: Any) -> Iterator[Any]:
    from PIL import ImageOps

    width, height = picture.size
    yield picture
    yield ImageOps.mirror(picture)
    for across, down in ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)):
        left, top = across * (1 - CROP) * width, down * (1 - CROP) * height
        yield picture.crop((round(left), round(top), round(left + CROP * width), round(top + CROP * height)))


def measure(folder: Path) -> dict[str, dict[str, list[dict[str, list[float]]]]]:
    """Recall at 1, 5, 10 and median rank of each recipe, for each seed, in both directions, on both databases."""
    features = encode(flickr(folder))
    count = len(features.pictures["whole"])
    found: dict[str, dict[str, list[dict[str, list[float]]]]] = {}
    for seed in range(SEEDS):
        order = np.random.default_rng(seed).permutation(count)
        train, test = np.sort(order[TEST:]), np.sort(order[:TEST])
        inner, held_out = np.sort(order[TEST + CHOSEN_ON :]), np.sort(order[TEST : TEST + CHOSEN_ON])
        for recipe in RECIPES:
            settings = [_best(features, pair, recipe.hubs, inner, held_out) for pair in recipe.pairs]
            for name, database in (("200 pictures", test), ("1,000 pictures", np.arange(count))):
                scores = _scores(features, recipe, settings, train, test, database)
                measured = _measured(features, scores, test, database)
                found.setdefault(recipe.name, {}).setdefault(name, []).append(measured)
            last = found[recipe.name]["200 pictures"][-1]
            print(f"flickr8k seed {seed} {recipe.name}: {last}", flush=True)
    return found


def _best(features: Features, pair: tuple[str, str], hubs: bool, train: Matrix, asked: Matrix) -> dict[str, Any]:
    def reached(settings: dict[str, Any]) -> float:
        scores = _scores(features, Recipe("", (pair,), hubs), [settings], train, asked, asked)
        return sum(sum(way[:3]) for way in _measured(features, scores, asked, asked).values())

    return max(SETTINGS, key=reached)


def _captions_of(features: Features, pictures: Matrix) -> Matrix:
    return np.flatnonzero(np.isin(features.owners, pictures))


def _scores(
    features: Features,
    recipe: Recipe,
    settings: Sequence[dict[str, Any]],
    train: Matrix,
    asked: Matrix,
    database: Matrix,
) -> tuple[Matrix, Matrix]:
    """Similarities of the asked captions to the pictures of the database, and of the asked pictures to its captions."""
    learned, asking, searched = (_captions_of(features, rows) for rows in (train, asked, database))
    total: list[Matrix | float] = [0.0, 0.0]
    for (left, right), chosen in zip(recipe.pairs, settings, strict=True):
        pictures, captions = features.pictures[left], _caption_view(features, right, learned)
        model = CCA(**chosen).fit({"image": pictures[features.owners[learned]], "text": captions[learned]})
        spaces = {"image": model.transform(pictures, "image"), "text": model.transform(captions, "text")}
        # The bank of picture queries holds each training picture once.
        bank = {"image": spaces["image"][train], "text": spaces["text"][learned]}
        similarity = Similarity("cosine", recipe.hubs).fit(bank)
        ways = (
            similarity.between(spaces["text"][asking], "text", spaces["image"][database], "image"),
            similarity.between(spaces["image"][asked], "image", spaces["text"][searched], "text"),
        )
        total = [before + scores / scores.std() for before, scores in zip(total, ways, strict=True)]
    return np.asarray(total[0]), np.asarray(total[1])


def _caption_view(features: Features, name: str, learned: Matrix) -> Matrix:
    if name == "meaning":
        return features.captions["meaning"]
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigher = TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32).fit(
        [features.words[row] for row in learned]
    )
    return np.hstack([features.captions["meaning"], weigher.transform(features.words).toarray()])


def _measured(
    features: Features, scores: tuple[Matrix, Matrix], asked: Matrix, database: Matrix
) -> dict[str, list[float]]:
    asking, searched = features.owners[_captions_of(features, asked)], features.owners[_captions_of(features, database)]
    relevant = (asking[:, None] == database[None, :], asked[:, None] == searched[None, :])
    told = {}
    for way, each, wanted in zip(("caption to image", "image to caption"), scores, relevant, strict=True):
        ranks = first_ranks(each, wanted)
        told[way] = [*(recall_at(ranks, k) for k in (1, 5, 10)), median_rank(ranks)]
    return told

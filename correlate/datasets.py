"""Readers of the public sets on which methods are compared. The sets themselves are not part of the project."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Aligned views {name: (n, d)} with a label for each row (n,): row i of each view shows the same thing."""

    views: dict[str, Matrix]
    labels: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: NDArray[np.intp]) -> Part:
        """Only these rows, in this order."""
        return Part({name: view[chosen] for name, view in self.views.items()}, self.labels[chosen])


@dataclass(frozen=True, slots=True)
class Split:
    """What is learned from and what is asked."""

    train: Part
    test: Part


@dataclass(frozen=True, slots=True)
class Captioned:
    """Pictures (m files) with captions; `owners` (n,) gives the picture of each caption."""

    pictures: tuple[Path, ...]
    captions: tuple[str, ...]
    owners: NDArray[np.intp]


def wikipedia(folder: Path) -> Split:
    """Wikipedia articles: 2,173 and 693 pairs of a picture (128 counts of visual words, rows sum to 1) and a text (10
    topics), 10 labels.

    Source: N. Rasiwasia et al., "A new approach to cross-modal multimedia retrieval", ACM MM 2010. `folder` holds
    `raw_features.mat` and the two lists `trainset_txt_img_cat.list` and `testset_txt_img_cat.list`.
    """
    arrays = _matlab(folder / "raw_features.mat", ("I_tr", "T_tr", "I_te", "T_te"))
    parts = []
    for short, name in (("tr", "trainset"), ("te", "testset")):
        lines = _lines(folder / f"{name}_txt_img_cat.list")
        labels = np.array([int(line.split("\t")[2]) for line in lines], dtype=np.intp)
        parts.append(_part(arrays[f"I_{short}"], arrays[f"T_{short}"], labels, folder))
    return Split(*parts)


def cub(folder: Path) -> Split:
    """Birds: 480 and 120 pairs of a picture (1,024 network features) and a text (300), 10 labels.

    The file lies sorted by label; the rows are given in another, fixed order, so that ties tell nothing. `folder` holds
    `CUB.mat`.
    """
    arrays = _matlab(
        folder / "CUB.mat", tuple(f"{what}_{part}" for what in ("x1", "x2", "gt") for part in ("train", "test"))
    )
    parts = []
    for part in ("train", "test"):
        labels = arrays[f"gt_{part}"].ravel().astype(np.intp)
        whole = _part(arrays[f"x1_{part}"], arrays[f"x2_{part}"], labels, folder)
        parts.append(whole.rows(np.random.default_rng(0).permutation(len(whole))))
    return Split(*parts)


def flickr(folder: Path) -> Captioned:
    """Photos with five captions each. `folder` holds `captions.txt` (columns image, caption) and `images/`.

    Source: M. Hodosh, P. Young and J. Hockenmaier, "Framing image description as a ranking task", JAIR 47, 2013.
    """
    _lines(folder / "captions.txt")
    with (folder / "captions.txt").open(encoding="utf-8", newline="") as stream:
        rows = [(row["image"], row["caption"]) for row in csv.DictReader(stream)]
    names = sorted({name for name, _ in rows})
    places = {name: place for place, name in enumerate(names)}
    owners = np.array([places[name] for name, _ in rows], dtype=np.intp)
    return Captioned(tuple(folder / "images" / name for name in names), tuple(text for _, text in rows), owners)


def _matlab(path: Path, names: tuple[str, ...]) -> dict[str, Matrix]:
    from scipy.io import loadmat

    if not path.is_file():
        raise InvalidInput(f"{path} is missing")
    content = loadmat(path)
    missing = [name for name in names if name not in content]
    if missing:
        raise InvalidInput(f"{path} has no {', '.join(missing)}")
    return {name: np.asarray(content[name], dtype=np.float64) for name in names}


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise InvalidInput(f"{path} is missing")
    return path.read_text(encoding="utf-8").splitlines()


def _part(image: Matrix, text: Matrix, labels: NDArray[np.intp], folder: Path) -> Part:
    if not len(image) == len(text) == len(labels):
        raise InvalidInput(
            f"{folder}: {len(image)} pictures, {len(text)} texts and {len(labels)} labels do not pair up"
        )
    return Part({"image": image, "text": text}, labels)

"""From many small parts to one vector: words of a codebook counted, or how far parts lie from its words.

A codebook is learned once on parts of a collection's own objects. What was learned is a few named arrays, so that it
can be kept, and every later object is placed by it alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from correlate.features.scaling import Floats, Matrix, unit
from correlate.linalg import first_signs

Learned = Mapping[str, NDArray[np.generic]]
"""Named arrays."""

SEED: Final = 0
SAMPLED: Final = 64
"""Parts of one object that a codebook is learned from."""
_TINY: Final = 1e-8
_FLOOR: Final = 1e-4
_ROUNDS: Final = 20
_BLOCK: Final = 8192  # parts that are compared with all words at a time


Parts = TypeVar("Parts")


class Codebook(Protocol[Parts]):
    """Learns from the parts of many objects, and makes one vector of the parts of one."""

    counts: ClassVar[bool]
    """Its vectors are whole numbers of parts."""

    @property
    def version(self) -> str:
        """Changes with anything that changes what is learned."""

    def sample(self, parts: Parts) -> Parts:
        """What an object gives to learn from."""

    def learn(self, samples: Sequence[Parts]) -> Learned | None:
        """The arrays learned from samples of many objects, None where no object has a part.

        The same samples in the same order give the same arrays.
        """

    def place(self, parts: Parts, learned: Learned) -> Floats:
        """The vector of an object; zeros for an object without parts."""


class _Local:
    """What codebooks of parts (n, d), rows of numbers, share."""

    counts: ClassVar[bool] = False

    def sample(self, parts: Floats) -> Floats:
        """At most 64 parts, evenly spread."""
        return parts[np.linspace(0, len(parts) - 1, min(len(parts), SAMPLED)).astype(np.intp)]

    def learn(self, samples: Sequence[Floats]) -> Learned | None:
        """Learn from all parts of all objects."""
        held = [parts for parts in samples if len(parts)]
        return self._learn(np.concatenate(held)) if held else None

    def _learn(self, parts: Floats) -> Learned:
        raise NotImplementedError


@dataclass(frozen=True)
class Bag(_Local):
    """Counts of `words` words, each part counted for the nearest: whole numbers that sum to the number of parts.

    A word is a centre of k-means; where there are fewer different parts than words, the last words are never used. With
    `scaled` the numbers of a part first come to one spread. Source: J. Sivic and A. Zisserman, "Video Google", ICCV
    2003.
    """

    words: int
    scaled: bool = False
    counts: ClassVar[bool] = True

    @property
    def version(self) -> str:
        """Its kind and numbers."""
        return f"bag-{self.words}{'-scaled' if self.scaled else ''}-{SEED}"

    def _learn(self, parts: Floats) -> Learned:
        """`words` (k, d), the centres, and `spread` (d,), by which parts are divided."""
        spread = parts.std(axis=0) + _TINY if self.scaled else np.ones(parts.shape[1])
        return {"words": centres(parts / spread, self.words), "spread": spread.astype(np.float32)}

    def place(self, parts: Floats, learned: Learned) -> Floats:
        """Counts (words,)."""
        nearest = assign(parts / _floats(learned, "spread"), _floats(learned, "words"))
        return np.bincount(nearest, minlength=self.words).astype(np.float32)


@dataclass(frozen=True)
class Vlad(_Local):
    """Sums of how far parts lie from the nearest of `words` words, in `axes` principal axes: (words x axes,).

    Each word's sum has length 1, then the whole. Source: H. Jégou et al., "Aggregating local image descriptors into
    compact codes", IEEE PAMI 34(9), 2012; R. Arandjelovic and A. Zisserman, "All about VLAD", CVPR 2013.
    """

    words: int
    axes: int

    @property
    def version(self) -> str:
        """Its kind and numbers."""
        return f"vlad-{self.words}-{self.axes}-{SEED}"

    def _learn(self, parts: Floats) -> Learned:
        """`mean` (d,) and `axes` (d, axes) of the projection, `words` (k, axes)."""
        mean, axes = principal(parts, self.axes)
        return {"mean": mean, "axes": axes, "words": centres((parts - mean) @ axes, self.words)}

    def place(self, parts: Floats, learned: Learned) -> Floats:
        """Length 1."""
        words = _floats(learned, "words")
        projected = _projected(parts, learned)
        nearest = assign(projected, words)
        sums = np.zeros((self.words, projected.shape[1]))
        np.add.at(sums, nearest, projected - words[nearest])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return unit((sums / np.maximum(lengths, _TINY)).ravel())


@dataclass(frozen=True)
class Fisher(_Local):
    """Gradients of the likelihood of parts in a mixture of `parts` Gaussians over `axes` principal axes.

    By mean and by deviation: (2 x parts x axes,), signed square roots, length 1. Source: F. Perronnin, J. Sánchez and
    T. Mensink, "Improving the Fisher kernel for large-scale image classification", ECCV 2010.
    """

    parts: int
    axes: int

    @property
    def version(self) -> str:
        """Its kind and numbers."""
        return f"fisher-{self.parts}-{self.axes}-{SEED}"

    def _learn(self, parts: Floats) -> Learned:
        """The projection as in `Vlad`, and `weights` (k,), `means` and `variances` (k, axes) of the mixture."""
        mean, axes = principal(parts, self.axes)
        projected = (parts - mean) @ axes
        means = centres(projected, self.parts)
        mixture = np.full(len(means), 1 / len(means)), means, np.tile(projected.var(axis=0) + _FLOOR, (len(means), 1))
        for _ in range(_ROUNDS):
            mixture = _maximized(projected, _shares(projected, *mixture))
        names = ("weights", "means", "variances")
        kept = {name: array.astype(np.float32) for name, array in zip(names, mixture, strict=True)}
        return {"mean": mean, "axes": axes, **kept}

    def place(self, parts: Floats, learned: Learned) -> Floats:
        """Length 1."""
        weights, means, variances = (_floats(learned, name) for name in ("weights", "means", "variances"))
        found = np.zeros((2, self.parts, means.shape[1]))
        projected = _projected(parts, learned)
        shares = _shares(projected, weights, means, variances)
        total, first, second = shares.sum(axis=0)[:, None], shares.T @ projected, shares.T @ projected**2
        away = (first - total * means) / np.sqrt(variances)
        wider = (second - 2 * means * first + total * (means**2 - variances)) / variances
        found[0, : len(means)] = away / np.sqrt(weights)[:, None]
        found[1, : len(means)] = wider / np.sqrt(2 * weights)[:, None]
        flat = found.ravel()
        return unit(np.sign(flat) * np.sqrt(np.abs(flat)))


def centres(parts: Matrix, count: int) -> Floats:
    """At most `count` centres of k-means: (k, d), fewer where there are fewer different parts."""
    from sklearn.cluster import MiniBatchKMeans

    different = np.unique(np.round(parts, 5), axis=0)
    if len(different) <= count:
        return different.astype(np.float32)
    model = MiniBatchKMeans(count, batch_size=4096, max_iter=30, n_init=1, random_state=SEED, reassignment_ratio=0.0)
    return np.asarray(model.fit(parts.astype(np.float32)).cluster_centers_, np.float32)


def assign(parts: Matrix, words: Floats) -> NDArray[np.intp]:
    """The nearest word of each part (n,); the first of several."""
    squares = (words**2).sum(axis=1)
    blocks = (parts[start : start + _BLOCK] for start in range(0, len(parts), _BLOCK))
    nearest = [(squares - 2 * block @ words.T).argmin(axis=1) for block in blocks]
    return np.concatenate([np.empty(0, np.intp), *nearest])


def principal(parts: Floats, count: int) -> tuple[Floats, Floats]:
    """The mean (d,) and the `count` axes (d, count) along which parts spread most, or all d of them."""
    mean = parts.mean(axis=0, dtype=np.float64)
    away = parts - mean
    _, vectors = np.linalg.eigh(away.T @ away)
    axes = vectors[:, ::-1][:, :count]
    return mean.astype(np.float32), (axes * first_signs(axes)).astype(np.float32)


def _projected(parts: Floats, learned: Learned) -> Matrix:
    return (parts - _floats(learned, "mean")) @ _floats(learned, "axes")


def _shares(parts: Matrix, weights: Matrix, means: Matrix, variances: Matrix) -> Matrix:
    """The probability of each Gaussian given each part: (n, k), rows sum to 1."""
    precise = 1 / variances
    gaps = parts**2 @ precise.T - 2 * parts @ (means * precise).T + (means**2 * precise).sum(axis=1)
    odds = np.log(weights) - (gaps + np.log(variances).sum(axis=1)) / 2
    likely = np.exp(odds - odds.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _maximized(parts: Matrix, shares: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Weights, means and variances of a mixture of which the parts (n, axes) have these shares (n, k)."""
    total = shares.sum(axis=0) + _TINY
    means = shares.T @ parts / total[:, None]
    variances = np.maximum(shares.T @ parts**2 / total[:, None] - means**2, _FLOOR)
    return total / total.sum(), means, variances


def _floats(learned: Learned, name: str) -> Floats:
    return np.asarray(learned[name], np.float32)

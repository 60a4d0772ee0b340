"""Shares of topics that are the softmax of a normal variable: fields can have topics of their own, and go together.

A document has x ~ Normal(mean, covariance), cut into blocks, one for each field, and the shares of a field's topics are
the softmax of its block. Given the expected counts of topics, the posterior of x is taken as the normal around its mode
(Laplace): the mode by Newton's method, which is safe as the logarithm of the posterior is concave.

Sources: D. Blei, J. Lafferty, "A correlated topic model of Science", Annals of Applied Statistics 1, 2007; C. Wang, D.
Blei, "Variational inference in nonconjugate models", JMLR 14, 2013, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from topics.stacking import Matrix

Edges = NDArray[np.int64]
"""Where the blocks begin, and where the last ends: (fields + 1,)."""
CHUNK: Final = 256
"""Documents whose Hessians are held at once."""
HALVINGS: Final = 8
"""How often a step that goes too far is halved."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Of n normal variables their mean (D,), and the sum of what they are expected to lie apart from it (D, D)."""

    size: int
    mean: Matrix
    scatter: Matrix

    @classmethod
    def of(cls, values: Matrix, covariances: Matrix) -> Self:
        """Of posteriors around values (n, D), whose covariances sum to `covariances` (D, D)."""
        mean = values.mean(axis=0)
        return cls(len(values), mean, (values - mean).T @ (values - mean) + covariances)

    def joined(self, other: Moments | None) -> Moments:
        """Of both together."""
        if other is None:
            return self
        size, apart = self.size + other.size, other.mean - self.mean
        scatter = self.scatter + other.scatter + np.outer(apart, apart) * self.size * other.size / size
        return Moments(size, self.mean + apart * other.size / size, scatter)


def modes(counts: Matrix, mean: Matrix, precision: Matrix, edges: Edges, start: Matrix, steps: int) -> Matrix:
    """Where the posterior of x is highest (n, D), given counts of topics (n, D) and the prior's mean (n, D).

    So many Newton steps are made from `start` (n, D).
    """
    x = start.copy()
    for some in _chunks(len(x)):
        for _ in range(steps):
            slope = _slope(x[some], counts[some], mean[some], precision, edges)
            bend = _bend(x[some], counts[some], precision, edges)
            step = np.asarray(np.linalg.solve(bend, slope[:, :, None])[:, :, 0], dtype=np.float64)
            x[some] = _moved(x[some], step, counts[some], mean[some], precision, edges)
    return x


def variances(counts: Matrix, x: Matrix, precision: Matrix, edges: Edges) -> tuple[Matrix, Matrix]:
    """The posterior's variances around the modes x: (n, D), and its covariances summed over documents: (D, D)."""
    variance, whole = np.empty_like(x), np.zeros_like(precision)
    for some in _chunks(len(x)):
        spread = np.linalg.inv(_bend(x[some], counts[some], precision, edges))
        variance[some] = np.diagonal(spread, axis1=1, axis2=2)
        whole += spread.sum(axis=0)
    return variance, whole


def inverse(covariance: Matrix) -> Matrix:
    """The precision of a covariance."""
    return np.asarray(np.linalg.inv(covariance), dtype=np.float64)


def softmaxes(x: Matrix, edges: Edges) -> Matrix:
    """The softmax of each block: (n, D), rows sum to the number of blocks."""
    shares = np.empty_like(x)
    for first, last in pairwise(edges):
        block = np.exp(x[:, first:last] - x[:, first:last].max(axis=1, keepdims=True))
        shares[:, first:last] = block / block.sum(axis=1, keepdims=True)
    return shares


def _moved(x: Matrix, step: Matrix, counts: Matrix, mean: Matrix, precision: Matrix, edges: Edges) -> Matrix:
    """x after a step of each document, halved where it would lead downhill."""
    now = _height(x, counts, mean, precision, edges)
    for _ in range(HALVINGS):
        worse = _height(x + step, counts, mean, precision, edges) < now
        if not worse.any():
            break
        step = np.where(worse[:, None], step / 2, step)
    return x + step


def _height(x: Matrix, counts: Matrix, mean: Matrix, precision: Matrix, edges: Edges) -> Matrix:
    """The logarithm of the posterior, but for a constant: (n,)."""
    apart = x - mean
    height = (counts * x).sum(axis=1) - 0.5 * (apart @ precision * apart).sum(axis=1)
    for first, last in pairwise(edges):
        most = x[:, first:last].max(axis=1)
        whole = most + np.log(np.exp(x[:, first:last] - most[:, None]).sum(axis=1))
        height -= counts[:, first:last].sum(axis=1) * whole
    return np.asarray(height)


def _slope(x: Matrix, counts: Matrix, mean: Matrix, precision: Matrix, edges: Edges) -> Matrix:
    """Its gradient: (n, D)."""
    return np.asarray(counts - _sizes(counts, edges) * softmaxes(x, edges) - (x - mean) @ precision)


def _bend(x: Matrix, counts: Matrix, precision: Matrix, edges: Edges) -> Matrix:
    """Its negative Hessian: (n, D, D)."""
    shares, sizes = softmaxes(x, edges), _sizes(counts, edges)
    bend = np.tile(precision, (len(x), 1, 1))
    for first, last in pairwise(edges):
        block = shares[:, first:last]
        bend[:, first:last, first:last] -= sizes[:, first, None, None] * block[:, :, None] * block[:, None, :]
    places = np.arange(x.shape[1])
    bend[:, places, places] += sizes * shares
    return bend


def _sizes(counts: Matrix, edges: Edges) -> Matrix:
    """Tokens of the field that each topic belongs to: (n, D)."""
    return np.hstack(
        [
            np.repeat(counts[:, first:last].sum(axis=1, keepdims=True), last - first, axis=1)
            for first, last in pairwise(edges)
        ]
    )


def _chunks(length: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, length, CHUNK))

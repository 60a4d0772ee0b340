"""Shared linear algebra: moments gathered block by block, whitening, eigenproblems, ridge regression.

What is learned from covariances needs the n rows once: `Moments` reads them in blocks, multiplies in the precision of
the views and adds up in float64, so memory is O(d^2) whatever n is, and n can come in batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr, solve_triangular, svd

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]

BLOCK: Final = 8192
"""Rows multiplied at once: the block and its products stay near the processor, and float32 sums stay short."""
FLOOR: Final = 1e-10
"""Smallest ridge, in mean variances: far below what a figure shows, and a view without full rank has an inverse."""


class Moments:
    """Means and covariances of aligned views, from any number of batches.

    Rows are moved by the mean of the first block before they are multiplied, so that a mean far from zero costs no
    digits: float32 views keep about 6 of them.
    """

    def __init__(self) -> None:
        self.count = 0
        self.columns: dict[str, int] = {}
        self._shifts: dict[str, Matrix] = {}
        self._sums: dict[str, Matrix] = {}
        self._products: dict[tuple[str, str], Matrix] = {}
        self._bases: dict[str, Matrix] = {}

    @classmethod
    def of(cls, views: Mapping[str, Matrix]) -> Moments:
        """Gather from whole views. One with fewer rows than columns is described in coordinates of its row space
        (nothing varies outside of it); `lift` leads back.
        """
        moments, narrow = cls(), dict(views)
        moments.columns = {name: view.shape[1] for name, view in views.items()}
        for name, view in views.items():
            if len(view) < view.shape[1]:
                moments._bases[name] = qr(view.T.astype(np.float64), mode="economic")[0]
                narrow[name] = view @ moments._bases[name]
        return moments.add(narrow)

    def add(self, views: Mapping[str, Matrix]) -> Moments:
        """Take in a batch of aligned rows; the first batch decides names and widths."""
        if not self.count:
            self._begin(views)
        rows = len(next(iter(views.values())))
        rooms = {name: np.empty((min(rows, BLOCK), view.shape[1]), view.dtype) for name, view in views.items()}
        for start in range(0, rows, BLOCK):
            count = min(BLOCK, rows - start)
            moved = {
                name: np.subtract(
                    view[start : start + count], self._shifts[name].astype(view.dtype), rooms[name][:count]
                )
                for name, view in views.items()
            }
            for name, part in moved.items():
                self._sums[name] += np.ones(count, part.dtype) @ part
            for (a, b), product in self._products.items():
                product += moved[a].T @ moved[b]
            self.count += count
        return self

    def _begin(self, views: Mapping[str, Matrix]) -> None:
        widths = {name: view.shape[1] for name, view in views.items()}
        self.columns = widths | self.columns
        means = {name: view[:BLOCK].mean(axis=0, dtype=np.float64) for name, view in views.items()}
        self._shifts = {name: mean.astype(views[name].dtype) for name, mean in means.items()}
        self._sums = {name: np.zeros(width) for name, width in widths.items()}
        pairs = combinations_with_replacement(views, 2)
        self._products = {(a, b): np.zeros((widths[a], widths[b])) for a, b in pairs}

    def mean(self, name: str) -> Matrix:
        """Mean row of a view, in the view's own columns."""
        mean = self._shifts[name] + self._sums[name] / self.count
        return np.asarray(self._bases[name] @ mean if name in self._bases else mean)

    def covariance(self, left: str, right: str | None = None) -> Matrix:
        """Covariance (divided by n) of one view, or of two: (columns of left, columns of right)."""
        right = right or left
        swapped = (left, right) not in self._products
        product = self._products[right, left].T if swapped else self._products[left, right]
        return np.asarray(product / self.count - np.outer(self._sums[left], self._sums[right]) / self.count**2)

    def ridged(self, name: str, ridge: float) -> Matrix:
        """Covariance of a view plus `ridge` x the mean variance of its columns on the diagonal.

        Raises `InvalidInput` for a view that does not vary.
        """
        covariance = self.covariance(name)
        mean_variance = float(np.trace(covariance)) / self.columns[name]
        # What is left of a constant column is rounding, which is measured against the size of its values.
        if mean_variance <= 1e-14 * float(np.mean(self._shifts[name] ** 2)) or mean_variance <= 0:
            raise InvalidInput(f"view {name!r} does not vary")
        covariance[np.diag_indices_from(covariance)] += max(ridge, FLOOR) * mean_variance
        return covariance

    def lift(self, name: str, axes: Matrix) -> Matrix:
        """Axes (w, k) found from the covariances, in the view's own columns: (columns, k)."""
        return np.asarray(self._bases[name] @ axes) if name in self._bases else axes


def whitened_svd(left: Matrix, right: Matrix, cross: Matrix, k: int) -> tuple[Matrix, Matrix, Matrix]:
    """Axes a, b and correlations s that maximise a' cross b in turn, under a' left a = b' right b = 1.

    `left` (p, p) and `right` (q, q) are positive definite, `cross` is (p, q). Gives a (p, k), s (k,) falling, b (q, k),
    with k cut to min(p, q). Signs are such that the largest coordinate of each whitened left axis is positive.
    """
    lower, upper = np.linalg.cholesky(left), np.linalg.cholesky(right)
    whitened = solve_triangular(lower, cross, lower=True, check_finite=False)
    whitened = solve_triangular(upper, whitened.T, lower=True, check_finite=False).T
    u, s, v = leading_svd(whitened, k)
    signs = first_signs(u)
    a = solve_triangular(lower, u * signs, lower=True, trans="T", check_finite=False)
    b = solve_triangular(upper, v * signs, lower=True, trans="T", check_finite=False)
    return a, s, b


def leading_svd(T: Matrix, k: int) -> tuple[Matrix, Matrix, Matrix]:
    """The k largest singular values s, falling, with left and right vectors (p, k) and (q, k); k is cut to min(p, q).

    A few of many are taken from the eigenvectors of T' T, three times as fast; that halves the digits of small values,
    so where one below 1e-4 is asked for, all come from the full decomposition.
    """
    smaller = min(T.shape)
    if 3 * k < smaller:
        turned = T.shape[0] < T.shape[1]
        A = T.T if turned else T
        values, v = eigh(A.T @ A, subset_by_index=(smaller - k, smaller - 1), check_finite=False)
        if values[0] > 1e-8:
            s, v = np.sqrt(values[::-1]), v[:, ::-1]
            u = A @ v / s
            return (v, s, u) if turned else (u, s, v)
    u, s, vt = svd(T, full_matrices=False, check_finite=False)
    return u[:, :k], s[:k], vt[:k].T


def leading_pairs(A: Matrix, B: Matrix, k: int) -> tuple[Matrix, Matrix]:
    """The k largest eigenvalues, falling, and vectors (d, k) of A v = e B v with v' B v = 1; A symmetric, B positive
    definite. Signs make the largest coordinate positive.
    """
    size = len(A)
    k = min(k, size)
    values, vectors = eigh(A, B, subset_by_index=(size - k, size - 1))
    vectors = vectors[:, ::-1]
    return values[::-1], vectors * first_signs(vectors)


def first_signs(vectors: Matrix) -> Matrix:
    """+1 or -1 for each column, such that its coordinate of largest size becomes positive: (k,)."""
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)


def block_matrix(blocks: Mapping[tuple[str, str], Matrix], names: tuple[str, ...]) -> Matrix:
    """Put blocks of views side by side; a pair that is missing is a block of zeros."""
    widths = {name: len(blocks[name, name]) for name in names}
    rows = [[blocks.get((a, b), np.zeros((widths[a], widths[b]))) for b in names] for a in names]
    return np.block(rows)


def split(stacked: Matrix, widths: Mapping[str, int]) -> Iterator[tuple[str, Matrix]]:
    """Cut (sum of widths, k) into the rows of each view."""
    start = 0
    for name, width in widths.items():
        yield name, stacked[start : start + width]
        start += width


def ridge_regression(X: Matrix, Y: Matrix, ridge: float) -> Matrix:
    """Weights W (d, c) of least ||X W - Y||^2 + ridge x mean column energy x n ||W||^2; X (n, d) and Y (n, c) centred.

    Solved in whichever of n and d is smaller.
    """
    penalty = max(ridge, FLOOR) * float((X**2).sum()) / X.shape[1]
    if X.shape[1] <= len(X):
        gram = X.T @ X
        gram[np.diag_indices_from(gram)] += penalty
        return np.asarray(np.linalg.solve(gram, X.T @ Y))
    gram = X @ X.T
    gram[np.diag_indices_from(gram)] += penalty
    return np.asarray(X.T @ np.linalg.solve(gram, Y))


def principal_axes(X: Matrix, energy: float) -> Matrix:
    """Fewest axes (d, k), orthonormal, that keep a share `energy` of the variance of centred rows X (n, d)."""
    _, s, vt = svd(X, full_matrices=False)
    share = np.cumsum(s**2) / np.sum(s**2)
    k = min(int(np.searchsorted(share, energy - 1e-12)) + 1, int((s > s[0] * 1e-10).sum()))
    return np.asarray(vt[:k].T)

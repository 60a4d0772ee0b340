"""The lasso seen by its products alone: coordinate descent on the few values that are not 0."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from correlate.vector_loops import largest
from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]

SHARE: Final = 0.5
"""Atoms that correlate with what is left at least this share of the best one are taken in together."""

SWEEPS: Final = 12
"""Of coordinate descent, before all values of a row are solved for at once."""


def lasso_gram(B: Matrix, G: Matrix, penalty: float, tolerance: float = 1e-5) -> Matrix:
    """The codes a (n, K) that minimise a G a' / 2 - b a' + penalty ||a||_1 for each row b of B (n, K).

    Coordinate descent on a growing set: atoms enter where the gradient exceeds the penalty, and until the set is
    settled the rest is not touched. `tolerance` is that of the gradient, in penalties. Source: J. Friedman, T. Hastie
    and R. Tibshirani, "Regularization paths for generalized linear models via coordinate descent", JSS 33, 2010.
    """
    check_penalty(penalty, tolerance)
    codes = np.zeros_like(B)
    fill_lasso(B, G, penalty, tolerance, codes)
    return codes


def check_penalty(penalty: float, tolerance: float) -> None:
    """Raise `InvalidInput` for a penalty or a tolerance that is not above 0."""
    if penalty <= 0 or tolerance <= 0:
        raise InvalidInput(f"penalty and tolerance above 0 are needed, got {penalty}, {tolerance}")


@njit(cache=True, nogil=True)
def fill_lasso(B, G, penalty, tolerance, codes):  # type: ignore[no-untyped-def]
    """As `lasso_gram`, into codes of zeros."""
    state = scratch(B)
    for row in range(len(B)):
        found = lasso_row(B[row], G, penalty, tolerance, state)
        for r in range(found):
            codes[row, state[0][r]] = state[1][r]


@njit(cache=True, nogil=True)
def scratch(B):  # type: ignore[no-untyped-def]
    """Room for `lasso_row`: the set and its values first."""
    K = B.shape[1]
    numbers, marks = np.empty(K, np.intp), np.zeros(K, np.uint8)
    return numbers, np.empty(K, B.dtype), marks, np.empty((3, K), B.dtype), np.empty((2, K, K), B.dtype)


@njit(cache=True, nogil=True, fastmath=True)
def lasso_row(b, G, penalty, tolerance, state):  # type: ignore[no-untyped-def]
    """Code one row; gives how many atoms are in the set, whose numbers and values are the first two of `state`."""
    chosen, values, inside, lines, squares = state
    gram, factor = squares
    slope, near, before = lines
    slope[:] = b
    m, bound = 0, penalty * (1 + tolerance)
    while True:
        most = largest(slope)
        entry, old = max(bound, SHARE * most), m
        if most > bound:
            for k in range(len(b)):
                if abs(slope[k]) >= entry and not inside[k]:
                    chosen[m], values[m], inside[k] = k, 0, 1
                    m += 1
        if m == old:
            break
        for r in range(m):
            near[r], before[r] = slope[chosen[r]], values[r]
            for other in range(old, m) if r < old else range(m):
                gram[r, other] = G[chosen[r], chosen[other]]
        _settle(near, values, gram, factor, m, penalty, penalty * tolerance)
        for r in range(m):
            moved = values[r] - before[r]
            if moved != 0:
                own = G[chosen[r]]
                for k in range(len(b)):
                    slope[k] -= moved * own[k]
    for r in range(m):
        inside[chosen[r]] = 0
    return m


@njit(cache=True, nogil=True, fastmath=True)
def _settle(near, values, gram, factor, m, penalty, tolerance):  # type: ignore[no-untyped-def]
    """Coordinate descent within the set. Atoms that are much alike make it slow: then, once in a few sweeps, all values
    go at once to where they would be if their signs were right.
    """
    for sweep in range(10_000):
        if sweep % SWEEPS == SWEEPS - 1:
            while _leap(near, values, gram, factor, m, penalty):
                pass
        furthest = 0.0
        for r in range(m):
            pull = near[r] + gram[r, r] * values[r]
            aim = max(abs(pull) - penalty, 0.0) / gram[r, r]
            moved = (aim if pull > 0 else -aim) - values[r]
            if moved != 0:
                values[r] += moved
                for other in range(m):
                    near[other] -= moved * gram[r, other]
                furthest = max(furthest, abs(moved) * gram[r, r])
        if furthest < tolerance:
            break


@njit(cache=True, nogil=True, fastmath=True)
def _leap(near, values, gram, factor, m, penalty):  # type: ignore[no-untyped-def]
    """Solve for the values that are not 0 with their signs as they are, and go there, or as far as signs hold; then one
    value more is 0, which is told. Source: H. Lee, A. Battle, R. Raina and A. Ng, "Efficient sparse coding algorithms",
    NIPS 2006 (feature-sign search).
    """
    used = np.flatnonzero(values[:m])
    n = len(used)
    aim = np.empty(n, values.dtype)
    for r in range(n):
        line, own = factor[r], used[r]
        for c in range(r + 1):
            line[c] = gram[own, used[c]]
            for k in range(c):
                line[c] -= line[k] * factor[c, k]
            if c < r:
                line[c] *= factor[c, c]
        # Inverse of the pivot. One of 0 is an atom made of those before: a long way, which ends where a sign would
        # change. Atoms after it stay where they are.
        made_of_others = line[r] < 1e-10 * gram[own, own]
        factor[r, r] = 1 / np.sqrt(max(line[r], 1e-10 * gram[own, own]))
        aim[r] = near[own] - (penalty if values[own] > 0 else -penalty)
        for k in range(r):
            aim[r] -= line[k] * aim[k]
        aim[r] *= factor[r, r]
        if made_of_others:
            n = r + 1
            break
    step, first = 1.0, -1
    for r in range(n - 1, -1, -1):
        for k in range(r + 1, n):
            aim[r] -= factor[k, r] * aim[k]
        aim[r] *= factor[r, r]
        value = values[used[r]]
        if aim[r] * value < 0 and abs(value) < step * abs(aim[r]):
            step, first = abs(value) / abs(aim[r]), r
    for r in range(n):
        own = used[r]
        moved = -values[own] if r == first else step * aim[r]
        values[own] += moved
        for other in range(m):
            near[other] -= moved * gram[own, other]
    return first >= 0

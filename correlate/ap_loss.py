"""The structural loss of average precision: how far rankings are from right, with the ranking that violates it most.

For a query with R relevant and N other items, a ranking y scores F(y) = 1 / (R N) sum y_ij (s_i - s_j) over pairs, y_ij
= 1 where relevant i stands above j, else -1. The loss max_y (1 - AP(y)) + F(y) - F(y*), y* being a right ranking, is
convex in the scores s and at least 1 - AP of the ranking that they give.

Source: Y. Yue, T. Finley, F. Radlinski and T. Joachims, "A support vector method for optimizing average precision",
SIGIR 2007: each other item finds its best place among the relevant ones on its own. Two facts make that quick here. The
gain of a place is a difference of harmonic numbers, so any place is judged in O(1); and places fall with the scores, so
those of a few items bound all between: O((R + N) log N) for a query instead of O(R N).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from correlate.metrics import Flags

Matrix = NDArray[np.floating[Any]]


def average_precision_loss(scores: Matrix, relevant: Flags) -> tuple[float, Matrix]:
    """Mean loss of the queries, at least 0, and a subgradient (q, n) by the scores (q, n).

    Queries for which nothing, or all, is relevant lose nothing.
    """
    order = np.argsort(-scores, axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1.0, scores.shape[1] + 1))])
    gradient = np.zeros(scores.shape)
    losses = _losses(scores, relevant, order, harmonic, gradient)
    return float(losses.mean()), gradient / len(scores)


@njit(cache=True, nogil=True)
def _losses(scores, relevant, order, harmonic, gradient):  # type: ignore[no-untyped-def]
    queries, items = scores.shape
    losses = np.zeros(queries)
    good, bad = np.empty(items, np.intp), np.empty(items, np.intp)
    for q in range(queries):
        R = N = 0
        for item in order[q]:
            if relevant[q, item]:
                good[R] = item
                R += 1
            else:
                bad[N] = item
                N += 1
        if R == 0 or N == 0:
            continue
        places = np.empty(N, np.intp)
        losses[q] = _places(scores[q][good[:R]], scores[q][bad[:N]], harmonic, places)
        share, above = 2.0 / (R * N), 0
        for j in range(N):
            gradient[q, bad[j]] = share * (R - places[j])
        for i in range(R):
            while above < N and places[above] <= i:
                above += 1
            gradient[q, good[i]] = -share * above
    return losses


@njit(cache=True, nogil=True)
def _places(good, bad, harmonic, places):  # type: ignore[no-untyped-def]
    """Best place of each other item, halving the distance between those that are known; gives the loss."""
    R, N = len(good), len(bad)
    above = np.concatenate((np.zeros(1), np.cumsum(good)))
    loss, stride = 0.0, 1
    while 2 * stride <= N:
        stride *= 2
    while stride:
        for j in range(stride - 1, N, 2 * stride):
            low = places[j - stride] if j >= stride else 0
            high = places[j + stride] if j + stride < N else R
            # Place i puts j above all relevant items from i on. The k-th of them loses k / (k + j) - k / (k + j + 1).
            last = (j + 1) * harmonic[R + j + 1] - j * harmonic[R + j]
            best, most = R, 0.0 if high == R else -np.inf
            for i in range(low, min(high + 1, R)):
                lost = (last - (j + 1) * harmonic[i + j + 1] + j * harmonic[i + j]) / R
                gain = lost - 2.0 * (above[R] - above[i] - (R - i) * bad[j]) / (R * N)
                if gain > most:
                    best, most = i, gain
            places[j] = best
            loss += most
        stride //= 2
    return loss

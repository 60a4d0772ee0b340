"""Cutting planes: a convex loss is known by planes that touch it from below, and each new one is where it is needed.

Source: T. Joachims, T. Finley and C.-N. Yu, "Cutting-plane training of structural SVMs", Machine Learning 77, 2009 (one
plane for all examples: 1-slack); C. Teo et al., "Bundle methods for regularized risk minimization", JMLR 11, 2010.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from correlate.linalg import leading_svd

Matrix = NDArray[np.floating[Any]]
Oracle = Callable[[Matrix, Matrix], tuple[float, Matrix]]

STEP: Final = 0.3
"""How far the next plane lies from the best point to where the planes are lowest: a whole step would swing to and fro.
A step of this size needs about half as many planes. Source: V. Franc and S. Sonnenburg, "Optimized cutting plane
algorithm for large-scale risk minimization", JMLR 10, 2009."""

KEPT: Final = 40
"""Planes that are kept; of more, the oldest that held nothing up goes."""


@dataclass(slots=True)
class Planes:
    """Planes <A, W> + b below a convex loss of W (p, q): A (m, p, q), b (m,), and the share (m,) that each had in the
    last minimum.
    """

    slopes: Matrix
    offsets: Matrix
    shares: Matrix

    @classmethod
    def first(cls, slope: Matrix, offset: float) -> Planes:
        """A single plane."""
        return cls(slope[None], np.array([offset]), np.ones(1))

    def add(self, slope: Matrix, offset: float) -> None:
        """Take in a plane."""
        kept = np.arange(len(self.offsets))
        if len(kept) >= KEPT:
            kept = np.delete(kept, int(np.argmax(self.shares == 0)))
        shares = np.append(self.shares[kept], 0.0)
        self.shares = shares / shares.sum()
        self.slopes = np.concatenate([self.slopes[kept], slope[None]])
        self.offsets = np.append(self.offsets[kept], offset)

    def lowest(self, held: Matrix, penalty: float) -> tuple[Matrix, float]:
        """The Z (p, k) that minimises penalty/2 ||Z||^2 + max of the planes at W = Z held', and that minimum."""
        slopes = self.slopes @ held
        flat = slopes.reshape(len(slopes), -1)
        gram = flat @ flat.T / penalty
        _climb(gram, self.offsets, self.shares)
        Z = -np.tensordot(self.shares, slopes, 1) / penalty
        return Z, float(self.offsets @ self.shares - self.shares @ gram @ self.shares / 2)

    def turned(self) -> Planes:
        """The same planes of W' (q, p)."""
        return Planes(self.slopes.transpose(0, 2, 1), self.offsets, self.shares)


def low_rank(
    oracle: Oracle, shape: tuple[int, int], k: int, penalty: float, tolerance: float, turns: int, rounds: int
) -> tuple[Matrix, Matrix, list[float]]:
    """Minimise penalty/2 (||U||^2 + ||V||^2) + loss(U V') for U (p, k) and V (q, k) in turn.

    `oracle` gives the loss, convex in W = U V' of `shape` (p, q), and a subgradient by W. With one factor held, the
    problem is convex: it is solved to within `tolerance` of its minimum, or for `rounds` planes. Planes lie below the
    loss of W whatever the factors are, so all turns share them. The start is what the subgradient at 0 asks for. Ends
    when two turns gain less than `tolerance`, or after `turns`. Gives U, V and the objective after each turn, which
    never rises.
    """
    loss, slope = oracle(np.zeros((shape[0], 1)), np.zeros((shape[1], 1)))
    planes = Planes.first(slope, loss)
    _, s, v = leading_svd(-slope, k)
    held = v * np.sqrt(s / max(float(s[0]), np.finfo(float).tiny))
    free: Matrix = np.zeros((shape[0], held.shape[1]))
    objectives: list[float] = []
    for _ in range(turns):
        free, objective = _half(oracle, planes, free, held, penalty, tolerance, rounds)
        # Norms that are equal have the smallest sum of squares, and the product stays.
        ratio = np.sqrt(max(float(np.linalg.norm(free)), 1e-12) / max(float(np.linalg.norm(held)), 1e-12))
        free, held = held * ratio, free / ratio
        planes, oracle = planes.turned(), _turned(oracle)
        objectives.append(objective)
        if len(objectives) > 2 and objectives[-3] - objectives[-1] < tolerance:
            break
    return (held, free, objectives) if len(objectives) % 2 else (free, held, objectives)


def _half(
    oracle: Oracle, planes: Planes, start: Matrix, held: Matrix, penalty: float, tolerance: float, rounds: int
) -> tuple[Matrix, float]:
    """The better factor found for the one that is held, and the objective of both. From 0 it goes on until it left."""
    Z, best, found, below = start, np.inf, start, -np.inf
    for count in range(10 * rounds):
        loss, slope = oracle(Z, held)
        planes.add(slope, loss - float(((slope @ held) * Z).sum()))
        if loss + penalty / 2 * float((Z**2).sum()) < best:
            best, found = loss + penalty / 2 * float((Z**2).sum()), Z
        if best - below < tolerance or (count >= rounds and found.any()):
            break
        lowest, below = planes.lowest(held, penalty)
        Z = found + STEP * (lowest - found)
    return found, best + penalty / 2 * float((held**2).sum())


def _turned(oracle: Oracle) -> Oracle:
    def turned(V: Matrix, U: Matrix) -> tuple[float, Matrix]:
        loss, slope = oracle(U, V)
        return loss, slope.T

    return turned


@njit(cache=True, nogil=True)
def _climb(gram, offsets, shares):  # type: ignore[no-untyped-def]
    """Maximise offsets' a - a' gram a / 2 over the simplex, in place, by moving share from the plane that gains least
    to the one that gains most.
    """
    gains = offsets - gram @ shares
    for _ in range(10_000):
        most, least = 0, -1
        for at in range(len(gains)):
            if gains[at] > gains[most]:
                most = at
            if shares[at] > 0 and (least < 0 or gains[at] < gains[least]):
                least = at
        slack = gains[most] - gains[least]
        if slack <= 1e-9 * (1.0 + abs(gains[most])):
            break
        bend = gram[most, most] + gram[least, least] - 2 * gram[most, least]
        moved = shares[least] if bend * shares[least] <= slack else slack / bend
        shares[most] += moved
        shares[least] = 0.0 if moved == shares[least] else shares[least] - moved
        gains -= moved * (gram[:, most] - gram[:, least])

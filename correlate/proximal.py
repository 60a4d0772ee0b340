"""Shared proximal steps: what a penalty makes of a point, in closed form or nearly so.

The proximal step of a penalty P at x is the y that minimises ||y - x||^2 / 2 + P(y).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]
Groups = Sequence[NDArray[np.intp]]

BISECTIONS: Final = 60


def soft_threshold(x: Matrix, amount: float | Matrix) -> Matrix:
    """Step of amount ||y||_1: each value comes nearer to 0 by `amount`."""
    return np.asarray(np.sign(x) * np.maximum(np.abs(x) - amount, 0.0))


def shrink_rows(x: Matrix, amount: float) -> Matrix:
    """Step of amount ||y||_{2,1}: each row comes nearer to 0 by `amount`."""
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return np.asarray(x * np.maximum(1 - amount / np.maximum(norms, np.finfo(float).tiny), 0.0))


def shrink_spectrum(x: Matrix, amount: float) -> Matrix:
    """Step of amount ||y||_* (nuclear norm): each singular value comes nearer to 0 by `amount`."""
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    kept = s > amount
    return np.asarray((u[:, kept] * (s[kept] - amount)) @ vt[kept])


def unit_within_l1(x: Matrix, bound: float) -> Matrix:
    """The unit vector u with ||u||_1 <= bound that maximises u' x; bound >= 1. Zeros stay zeros.

    Source: D. Witten, R. Tibshirani and T. Hastie, Biostatistics 10, 2009, lemma 2.2: soft thresholding by an amount
    found by bisection.
    """
    length = float(np.linalg.norm(x))
    if length == 0:
        return x
    if np.abs(x).sum() <= bound * length:
        return np.asarray(x / length)
    low, high = 0.0, float(np.abs(x).max())
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        kept = soft_threshold(x, middle)
        if np.abs(kept).sum() > bound * np.linalg.norm(kept):
            low = middle
        else:
            high = middle
    kept = soft_threshold(x, high)
    norm = float(np.linalg.norm(kept))
    # Several largest values of one size: their sum of sizes stays above the bound until all vanish, so one is taken.
    return kept / norm if norm else np.eye(len(x))[int(np.abs(x).argmax())] * np.sign(x[np.abs(x).argmax()])


def shrink_groups(x: Matrix, groups: Groups, amounts: Matrix, tolerance: float = 1e-8, passes: int = 200) -> Matrix:
    """Step of sum_g amount_g ||y_g||_2 over groups of coordinates (d,) that may overlap.

    Block coordinate descent on the dual, smallest groups first: each group's dual is the part of what is left that lies
    within a ball of radius amount_g. For groups that form a tree the first pass is already exact. Source: R. Jenatton,
    J. Mairal, G. Obozinski and F. Bach, "Proximal methods for hierarchical sparse coding", JMLR 12, 2011.
    """
    order = sorted(range(len(groups)), key=lambda at: (len(groups[at]), at))
    duals = [np.zeros(len(groups[at])) for at in order]
    left = np.array(x, dtype=np.float64)
    for _ in range(passes):
        moved = 0.0
        for place, at in enumerate(order):
            group, before = groups[at], duals[place]
            wanted = left[group] + before
            norm = float(np.linalg.norm(wanted))
            after = wanted if norm <= amounts[at] else wanted * (amounts[at] / norm)
            left[group] = wanted - after
            moved = max(moved, float(np.abs(after - before).max(initial=0.0)))
            duals[place] = after
        if moved <= tolerance:
            break
    return left


def check_groups(groups: Sequence[Sequence[int]], width: int, name: str) -> list[NDArray[np.intp]]:
    """Groups of columns as arrays. Raises `InvalidInput` for an empty one or a column that the view has not."""
    found = [np.unique(np.asarray(group, dtype=np.intp)) for group in groups]
    if not found or any(len(group) == 0 or group[0] < 0 or group[-1] >= width for group in found):
        raise InvalidInput(f"groups of view {name!r} must name columns from 0 to {width - 1}, none of them empty")
    return found


def descend(
    gradient: Callable[[Matrix], Matrix],
    step: Callable[[Matrix, float], Matrix],
    start: Matrix,
    lipschitz: float,
    tolerance: float = 1e-5,
    iterations: int = 500,
) -> Matrix:
    """Minimise smooth + penalty by accelerated proximal gradient with restarts, any shape.

    `gradient` is that of the smooth part, whose curvature is at most `lipschitz`; `step(x, size)` is the proximal step
    of size x penalty. Stops when nothing moves by more than `tolerance` of the largest value. Source: A. Beck and M.
    Teboulle, SIAM J. Imaging Sciences 2, 2009 (FISTA); restarts: B. O'Donoghue and E. Candes, 2015.
    """
    size = 1.0 / max(lipschitz, 1e-12)
    here, ahead, momentum = start, start, 1.0
    for _ in range(iterations):
        there = step(ahead - size * gradient(ahead), size)
        if float(((ahead - there) * (there - here)).sum()) > 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = there + (momentum - 1) / following * (there - here)
        moved = float(np.abs(there - here).max(initial=0.0))
        here, momentum = there, following
        if moved <= tolerance * max(float(np.abs(here).max(initial=0.0)), 1e-12):
            break
    return here

"""Triplets to learn a ranking from: a query, a row that should come first, and one that should not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from correlate.base import Labels

Rows = NDArray[np.intp]


def draw_triplets(labels: Labels, count: int, seed: int) -> tuple[Rows, Rows, Rows]:
    """Draw `count` queries, a row of the label of each, and a row of another label, all evenly: (count,) each.

    `labels` (n,) are numbers from 0 on, two of them at least.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    ends = np.cumsum(sizes)
    queries = rng.integers(0, len(labels), size=count)
    size, end = sizes[labels[queries]], ends[labels[queries]]
    good = order[end - 1 - rng.integers(0, size)]
    bad = order[(end + rng.integers(0, len(labels) - size)) % len(labels)]
    return queries, good, bad

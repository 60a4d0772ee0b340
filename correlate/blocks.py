"""A view made of several: features of different kinds side by side, each a block of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]
Blocks = Mapping[str, Sequence[int]]
"""Widths of the blocks of each view, from left to right; a view that is not named is one block."""
Span = tuple[int, int]


def block_spans(blocks: Blocks | None, widths: Mapping[str, int]) -> dict[str, list[Span]]:
    """The first column of each block of each view, and the one after its last.

    Raises `InvalidInput` where blocks do not fill their view.
    """
    given = blocks or {}
    unknown = set(given) - set(widths)
    if unknown:
        raise InvalidInput(f"blocks are given for {', '.join(sorted(unknown))}, the views are {', '.join(widths)}")
    found = {}
    for name, width in widths.items():
        sizes = tuple(given.get(name, (width,)))
        if not sizes or min(sizes) < 1 or sum(sizes) != width:
            raise InvalidInput(f"blocks of view {name!r} must be widths >= 1 that add up to {width}, got {sizes}")
        ends = np.cumsum(sizes)
        found[name] = [(int(end - size), int(end)) for size, end in zip(sizes, ends, strict=True)]
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """Moves a block to mean 0 and total variance 1, so that none outweighs another by its units or its width."""

    mean: Matrix
    scale: float

    @classmethod
    def of(cls, X: Matrix) -> Balance:
        """Measure a block (n, d); one that does not vary is multiplied by 0."""
        mean = X.mean(axis=0, dtype=np.float64)
        variance = float(((X - mean) ** 2).sum(axis=1).mean())
        rounding = 1e-14 * float((mean**2).sum())
        return cls(mean, 1 / np.sqrt(variance) if variance > rounding else 0.0)

    def __call__(self, X: Matrix) -> Matrix:
        """Balance rows (m, d)."""
        return np.asarray((X - self.mean) * self.scale)


def side_by_side(parts: Sequence[Matrix]) -> tuple[Matrix, tuple[int, ...]]:
    """Views of one medium (n, d_i) as one view (n, sum of d_i), and its blocks."""
    rows = {len(part) for part in parts}
    if len(rows) != 1:
        raise InvalidInput(f"views of one medium must have as many rows each, got {sorted(rows)}")
    return np.hstack(list(parts)), tuple(part.shape[1] for part in parts)


def cut(X: Matrix, spans: Sequence[Span]) -> Iterator[Matrix]:
    """The blocks of a view."""
    for start, stop in spans:
        yield X[:, start:stop]

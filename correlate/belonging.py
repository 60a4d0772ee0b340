"""One measure for every medium and method: from similarities to the probability that two objects belong together.

Some objects are near everything, so what is usual for its two ends is taken from a similarity (`hubs`); what the rest
is worth is learned from pairs of which it is known whether they belong together (`calibration`). The weight of a link,
the odds on which events are found, the score of a search and the comparison of methods all come from here, so that 0.8
is 0.8 everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from correlate.calibration import Calibrator, fit_calibrator
from correlate.hubs import Scaling

Matrix = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Belonging:
    """What similarities between two sets of objects are worth, n rows and m columns, in one space."""

    scaling: Scaling
    calibrator: Calibrator

    @classmethod
    def fit(cls, scaling: Scaling, similarities: Matrix, together: Flags, counted: Flags) -> Belonging | None:
        """Learn from (n, m) similarities and which pairs belong together, where that is known (`counted`). None where
        all pairs that count are of one kind.
        """
        calibrator = fit_calibrator(scaling.apply(similarities)[counted], together[counted])
        return None if calibrator is None else cls(scaling, calibrator)

    @property
    def turned(self) -> Belonging:
        """The same with rows for columns."""
        return Belonging(Scaling(self.scaling.columns, self.scaling.rows, self.scaling.deviation), self.calibrator)

    def probability(self, similarities: Matrix) -> Matrix:
        """Probabilities of the fitted objects: (n, m), in (0, 1)."""
        return self.calibrator.probability(self.scaling.apply(similarities))

    def query(self, similarities: Matrix) -> Matrix:
        """Probabilities of q new rows with the fitted columns: (q, m)."""
        return self.calibrator.probability(self.scaling.query(similarities))

    def between(self, similarities: Matrix, rows: Matrix, columns: Matrix) -> Matrix:
        """Probabilities (q, n) of new rows and new columns, whose usual similarities are known: (q,) and (n,)."""
        scaling = Scaling(rows, columns, self.scaling.deviation)
        return self.calibrator.probability(scaling.apply(similarities))

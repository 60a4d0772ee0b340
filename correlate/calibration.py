"""Scores of every medium and method on one scale: the probability that two objects belong together.

Each space has its own range of scores. What is common to all is the question: given this score, how probable is it that
the two tell of the same happening? A logistic curve answers it, fitted on the collection itself (J. Platt,
"Probabilistic outputs for support vector machines", 1999, with his smoothed targets) over a histogram, so that its
cost does not grow with the number of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.floating[Any]]

BINS: Final = 256
PRIOR_PAIRS: Final = 4.0
"""Imagined pairs, half of them together, spread over the range: a space with little to learn from stays unsure."""
SLACK: Final = 0.9
"""Curves are fitted on groups that are themselves found, so odds are taken a little nearer to even."""


@dataclass(frozen=True, slots=True)
class Calibrator:
    """p = 1 / (1 + exp(-(slope x score + intercept))); `base` is the share of pairs that are together anyway."""

    slope: float
    intercept: float
    base: float

    def log_odds(self, scores: Floats) -> Floats:
        """Log-odds that the two belong together, of any shape."""
        return np.asarray(SLACK * (self.slope * scores + self.intercept))

    def probability(self, scores: Floats) -> Floats:
        """Probability in (0, 1) that the two belong together, of any shape."""
        return np.asarray(expit(self.log_odds(scores)))

    def support(self, scores: Floats) -> Floats:
        """What a score adds to what was known before seeing it: log-odds less the log-odds of a pair taken blindly."""
        return self.log_odds(scores) - float(logit(np.clip(self.base, 1e-9, 1 - 1e-9)))


def fit_calibrator(scores: Floats, together: NDArray[np.bool_]) -> Calibrator | None:
    """Fit on m pairs with a score each and whether they belong together; None where one kind of pair is missing.

    The slope is never negative: a space whose higher scores mean less is of no use, not of opposite use.
    """
    hits = int(together.sum())
    if hits == 0 or hits == len(together):
        return None
    edges = np.linspace(scores.min(), scores.max() + 1e-12, BINS + 1)
    centres = (edges[1:] + edges[:-1]) / 2
    yes = np.histogram(scores[together], edges)[0] + PRIOR_PAIRS / 2 / BINS
    no = np.histogram(scores[~together], edges)[0] + PRIOR_PAIRS / 2 / BINS
    middle, spread = float(scores.mean()), float(scores.std()) or 1.0
    inputs = (centres - middle) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        odds = parameters[0] * inputs + parameters[1]
        value = float((yes * np.logaddexp(0, -odds) + no * np.logaddexp(0, odds)).sum())
        residual = (yes + no) * expit(odds) - yes
        return value, np.array([(residual * inputs).sum(), residual.sum()])

    base = hits / len(together)
    found = minimize(loss, np.array([1.0, logit(base)]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)])
    slope = float(found.x[0]) / spread
    return Calibrator(slope, float(found.x[1]) - slope * middle, base)

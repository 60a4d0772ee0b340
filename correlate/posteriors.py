"""What each item probably means, by several kernel machines whose probabilities hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from correlate.base import CrossModalModel, Labels, Matrix, Views
from correlate.kernels import Kernel
from ontology.errors import InvalidInput


class Posteriors(CrossModalModel):
    """Probabilities of the labels, averaged over calibrated kernel ridge regressions; compared by their dot product.

    The dot product of two posteriors is the probability that both items have the same label, which is the order that
    average precision asks for; so what counts is that the probabilities are true. For each view and kernel a ridge
    regression on the indicators of the labels is fitted; its leave-one-out predictions, which cost no second fit,
    choose the ridge and teach a logistic regression that turns predictions into probabilities. With `taught` each view
    also learns what the others made of the same rows, which tells more of a row than its label alone. A view without
    negative values is compared by chi-squared distances and by those of its square roots (Hellinger), any other by the
    latter with signs.

    Parameters
    ----------
    widths : sequence of float
        Widths of the kernels in median distances; one machine for each.
    ridges : sequence of float
        Ridges that are tried, in mean eigenvalues of the kernel.
    C : float
        Inverse of the penalty of the calibration, above 0.
    taught : bool
        Let views learn from one another as well.

    Source: the dot product and calibrated semantics, J. Costa Pereira et al., IEEE TPAMI 36, 2014; leave-one-out
    predictions in closed form, R. Rifkin and R. Lippert, "Notes on regularized least squares", MIT, 2007; learning from
    another's probabilities, D. Lopez-Paz et al., "Unifying distillation and privileged information", ICLR 2016.
    """

    metric: ClassVar[Any] = "dot"
    supervised: ClassVar[bool] = True

    def __init__(
        self,
        widths: Sequence[float] = (0.3, 1.0),
        ridges: Sequence[float] = (0.03, 0.1, 0.3, 1.0, 3.0),
        C: float = 0.3,
        taught: bool = True,
    ) -> None:
        self.widths = widths
        self.ridges = ridges
        self.C = C
        self.taught = taught

    def _fit(self, views: Views, y: Labels | None) -> None:
        if not self.widths or not self.ridges or min(*self.ridges, self.C, *self.widths) <= 0:
            raise InvalidInput("widths, ridges and C above 0 are needed")
        self.classes_, labels = np.unique(np.asarray(y), return_inverse=True)
        targets = np.eye(len(self.classes_))[labels]
        machines = {name: self._machines(name, view.astype(np.float64)) for name, view in views.items()}
        first = {
            name: [machine.learn(targets, labels, self.ridges, self.C) for machine in mine]
            for name, mine in machines.items()
        }
        self.experts_ = {name: [expert for expert, _ in learned] for name, learned in first.items()}
        if not self.taught:
            return
        seen = {name: np.mean([found for _, found in learned], axis=0) for name, learned in first.items()}
        for name, mine in machines.items():
            told = np.mean([found for other, found in seen.items() if other != name], axis=0)
            self.experts_[name] += [machine.learn(told, labels, self.ridges, self.C)[0] for machine in mine]

    def _machines(self, name: str, view: Matrix) -> list[_Machine]:
        roots = _roots(view)
        if not roots.std(axis=0).any():
            raise InvalidInput(f"view {name!r} does not vary")
        kinds = [("rbf", roots)] + ([("chi2", view)] if view.min() >= 0 else [])
        return [_Machine.of(rows, kind, width) for kind, rows in kinds for width in self.widths]

    def _project(self, X: Matrix, view: str) -> Matrix:
        rows = X.astype(np.float64)
        roots = _roots(rows)
        found = [expert(roots if expert.kernel.name == "rbf" else rows) for expert in self.experts_[view]]
        return np.asarray(np.mean(found, axis=0))


def _roots(X: Matrix) -> Matrix:
    return np.asarray(np.sign(X) * np.sqrt(np.abs(X)))


@dataclass(frozen=True, slots=True)
class _Expert:
    """From rows to probabilities: kernel, ridge regression, calibration."""

    kernel: Kernel
    rows: Matrix
    weights: Matrix
    mean: Matrix
    calibration: Any

    def __call__(self, X: Matrix) -> Matrix:
        return np.asarray(self.calibration.predict_proba(self.kernel(X, self.rows) @ self.weights + self.mean))


@dataclass(frozen=True, slots=True)
class _Machine:
    """A kernel of n rows, taken apart once for all that is learned with it."""

    kernel: Kernel
    rows: Matrix
    values: Matrix
    vectors: Matrix

    @classmethod
    def of(cls, rows: Matrix, kind: str, width: float) -> _Machine:
        kernel = Kernel.fit(rows, kind, width)
        values, vectors = np.linalg.eigh(kernel(rows, rows))
        return cls(kernel, rows, np.maximum(values, 0.0), vectors)

    def learn(
        self, targets: Matrix, labels: NDArray[np.intp], ridges: Sequence[float], C: float
    ) -> tuple[_Expert, Matrix]:
        """Regress on targets (n, t) and calibrate on labels; gives also the probabilities (n, C) of the rows, each by a
        regression that did not see it.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        mean = targets.mean(axis=0)
        turned = self.vectors.T @ (targets - mean)
        tried = [self._left_out(targets - mean, turned, ridge) for ridge in ridges]
        best = int(np.argmin([((left_out - (targets - mean)) ** 2).sum() for left_out in tried]))
        weights = self.vectors @ (turned / (self.values + ridges[best] * self.values.mean())[:, None])
        calibration = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
        calibration.fit(tried[best] + mean, labels)
        expert = _Expert(self.kernel, self.rows, weights, mean, calibration)
        return expert, np.asarray(calibration.predict_proba(tried[best] + mean))

    def _left_out(self, targets: Matrix, turned: Matrix, ridge: float) -> Matrix:
        """Prediction of each row by a regression on all others: (h y_hat - h_ii y) / (1 - h_ii)."""
        kept = self.values / (self.values + ridge * self.values.mean())
        own = np.einsum("ij,j,ij->i", self.vectors, kept, self.vectors)[:, None]
        predicted = self.vectors @ (kept[:, None] * turned)
        return np.asarray((predicted - own * targets) / np.maximum(1 - own, 1e-9))

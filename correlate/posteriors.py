"""What each item probably means, by several kernel machines whose probabilities hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from correlate.base import CrossModalModel, Labels, Matrix, Views
from correlate.kernels import distances
from correlate.logistic import Logistic
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
        machines = {name: list(self._machines(name, view.astype(np.float64))) for name, view in views.items()}
        self.experts_: dict[str, list[tuple[_Expert, list[_Head]]]] = {
            name: [(machine.expert, []) for machine in mine] for name, mine in machines.items()
        }
        seen = {name: self._learn(name, mine, targets, labels) for name, mine in machines.items()}
        if self.taught:
            for name, mine in machines.items():
                told = np.mean([found for other, found in seen.items() if other != name], axis=0)
                self._learn(name, mine, told, labels)

    def _machines(self, name: str, view: Matrix) -> Iterator[_Machine]:
        for kind in ("rbf", "chi2") if view.min() >= 0 else ("rbf",):
            rows = _prepare(view, kind)
            apart = distances(rows, rows, kind)
            usual = float(np.median(apart[np.triu_indices(len(rows), 1)])) or float(apart.mean())
            if usual <= 0:
                raise InvalidInput(f"view {name!r} does not vary")
            for width in self.widths:
                yield _Machine.of(_Expert(kind, rows, width * usual), np.exp(-apart / (width * usual)))

    def _learn(self, name: str, machines: list[_Machine], targets: Matrix, labels: NDArray[np.intp]) -> Matrix:
        """Add a head to each expert of a view; gives the mean probabilities (n, C) of rows that were left out."""
        found = []
        for machine, (_, heads) in zip(machines, self.experts_[name], strict=True):
            head, probabilities = machine.learn(targets, labels, self.ridges, self.C)
            heads.append(head)
            found.append(probabilities)
        return np.asarray(np.mean(found, axis=0))

    def _project(self, X: Matrix, view: str) -> Matrix:
        apart: dict[str, Matrix] = {}
        found = []
        for expert, heads in self.experts_[view]:
            if expert.kind not in apart:
                apart[expert.kind] = distances(_prepare(X.astype(np.float64), expert.kind), expert.rows, expert.kind)
            kernel = np.exp(-apart[expert.kind] / expert.scale)
            found += [head(kernel) for head in heads]
        return np.asarray(np.mean(found, axis=0))


def _prepare(X: Matrix, kind: str) -> Matrix:
    # A new row may have values below 0 where the fitted ones had none: no count, so nothing.
    return np.asarray(np.maximum(X, 0.0) if kind == "chi2" else np.sign(X) * np.sqrt(np.abs(X)))


@dataclass(frozen=True, slots=True)
class _Expert:
    """exp(-distance / scale) to the fitted rows, which were prepared for the kind of distance."""

    kind: str
    rows: Matrix
    scale: float


@dataclass(frozen=True, slots=True)
class _Head:
    """From a kernel (m, n) to probabilities (m, C): ridge regression, then calibration."""

    weights: Matrix
    mean: Matrix
    calibration: Logistic

    def __call__(self, kernel: Matrix) -> Matrix:
        return self.calibration(kernel @ self.weights + self.mean)


@dataclass(frozen=True, slots=True)
class _Machine:
    """The kernel of n rows, taken apart once for all that is learned with it."""

    expert: _Expert
    values: Matrix
    vectors: Matrix

    @classmethod
    def of(cls, expert: _Expert, kernel: Matrix) -> _Machine:
        values, vectors = np.linalg.eigh(kernel)
        return cls(expert, np.maximum(values, 0.0), vectors)

    def learn(
        self, targets: Matrix, labels: NDArray[np.intp], ridges: Sequence[float], C: float
    ) -> tuple[_Head, Matrix]:
        """Regress on targets (n, t) and calibrate on labels; gives also the probabilities (n, C) of the rows, each by a
        regression that did not see it.
        """
        mean = targets.mean(axis=0)
        turned = self.vectors.T @ (targets - mean)
        tried = [self._left_out(targets - mean, turned, ridge) for ridge in ridges]
        best = int(np.argmin([((left_out - (targets - mean)) ** 2).sum() for left_out in tried]))
        weights = self.vectors @ (turned / (self.values + ridges[best] * self.values.mean())[:, None])
        calibration = Logistic.fit(tried[best] + mean, labels, C)
        return _Head(weights, mean, calibration), calibration(tried[best] + mean)

    def _left_out(self, targets: Matrix, turned: Matrix, ridge: float) -> Matrix:
        """Prediction of each row by a regression on all others: (h y_hat - h_ii y) / (1 - h_ii)."""
        kept = self.values / (self.values + ridge * self.values.mean())
        own = (self.vectors**2 @ kept)[:, None]
        predicted = self.vectors @ (kept[:, None] * turned)
        return np.asarray((predicted - own * targets) / np.maximum(1 - own, 1e-9))

"""Fusion of kernels: each kind of feature has its own, and each counts by how well it agrees with the other medium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky
from scipy.optimize import nnls

from correlate.base import Matrix, Views
from correlate.blocks import Blocks, Span, block_spans
from correlate.kernel_cca import KernelCCA
from correlate.kernels import NAMES, Kernel
from ontology.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class MixedKernel:
    """k(x, y) = sum of weight x kernel of a block of columns."""

    spans: tuple[Span, ...]
    kernels: tuple[Kernel, ...]
    weights: tuple[float, ...]

    def __call__(self, X: Matrix, Y: Matrix) -> Matrix:
        """Kernel of the rows of two matrices: (n, m)."""
        parts = zip(self.spans, self.kernels, self.weights, strict=True)
        mixed = np.zeros((len(X), len(Y)))
        for (start, stop), kernel, weight in parts:
            if weight > 0:
                mixed += weight * kernel(X[:, start:stop], Y[:, start:stop])
        return mixed


class KernelFusion(KernelCCA):
    """Kernel CCA on weighted sums of kernels, one for each block of columns and name of a kernel.

    The weights of a view make its mixed kernel as parallel as can be to the mean kernel of the other views, all centred
    on the landmarks; none is below 0 and they add up to 1. So a kind of feature counts by what the other media
    confirm, without labels.

    Parameters
    ----------
    n_components, width, ridge, landmarks, weighted, random_state
        As in `correlate.kernel_cca`.
    kernels : sequence of "linear", "rbf", "chi2"
        Tried on every block; `chi2` only on blocks without negative values.
    blocks : mapping of view to widths of its blocks, or None
        As `correlate.blocks.side_by_side` gives them; a view that is not named is one block.

    Source of the weights: C. Cortes, M. Mohri and A. Rostamizadeh, "Algorithms for learning kernels based on centered
    alignment", JMLR 13, 2012, proposition 9; the target is another medium's kernel in place of labels.
    """

    def __init__(
        self,
        n_components: int = 64,
        kernels: Sequence[str] = ("linear", "rbf"),
        blocks: Blocks | None = None,
        width: float = 1.0,
        ridge: float = 1.0,
        landmarks: int | None = None,
        weighted: bool = True,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.kernels = kernels
        self.blocks = blocks
        self.width = width
        self.ridge = ridge
        self.landmarks = landmarks
        self.weighted = weighted
        self.random_state = random_state

    def _kernels(self, rows: Views, landmarks: Views) -> Mapping[str, MixedKernel]:
        if not self.kernels or set(self.kernels) - set(NAMES):
            raise InvalidInput(f"kernels must be some of {', '.join(NAMES)}, got {', '.join(self.kernels) or 'none'}")
        spans = block_spans(self.blocks, {name: view.shape[1] for name, view in rows.items()})
        equal = {name: self._equal(view, spans[name], name) for name, view in rows.items()}
        means = {name: _centred(kernel(landmarks[name], landmarks[name])) for name, kernel in equal.items()}
        found = {}
        for name, kernel in equal.items():
            target = np.asarray(sum(mean / np.linalg.norm(mean) for other, mean in means.items() if other != name))
            found[name] = MixedKernel(kernel.spans, kernel.kernels, _aligned(kernel, landmarks[name], target))
        self.kernel_weights_ = {name: np.array(kernel.weights) for name, kernel in found.items()}
        return found

    def _equal(self, view: Matrix, spans: Sequence[Span], name: str) -> MixedKernel:
        """All kernels of a view that its values allow, each of mean diagonal 1."""
        chosen: list[tuple[Span, Kernel, float]] = []
        for start, stop in spans:
            part = view[:, start:stop]
            for kind in self.kernels:
                if kind == "chi2" and part.min() < 0:
                    continue
                kernel = Kernel.fit(part, kind, self.width)
                size = float(((part - kernel.centre) ** 2).sum(axis=1).mean()) if kind == "linear" else 1.0
                if size > 0:
                    chosen.append(((start, stop), kernel, 1 / size))
        if not chosen:
            raise InvalidInput(f"none of the kernels {', '.join(self.kernels)} suits view {name!r}")
        return MixedKernel(*(tuple(column) for column in zip(*chosen, strict=True)))


def _centred(K: Matrix) -> Matrix:
    K = K - K.mean(axis=0)
    return np.asarray(K - K.mean(axis=1, keepdims=True))


def _aligned(kernel: MixedKernel, landmarks: Matrix, target: Matrix) -> tuple[float, ...]:
    """Weights >= 0 of the kernels that are most parallel to the target, which is centred: least v'Mv - 2 v'a."""
    spans = zip(kernel.spans, kernel.kernels, kernel.weights, strict=True)
    parts = [size * _centred(k(landmarks[:, a:b], landmarks[:, a:b])) for (a, b), k, size in spans]
    M = np.array([[float((first * second).sum()) for second in parts] for first in parts])
    a = np.array([float((part * target).sum()) for part in parts])
    M[np.diag_indices_from(M)] += 1e-9 * np.trace(M)
    upper = cholesky(M)
    found = nnls(upper, np.linalg.solve(upper.T, a))[0]
    found = found if found.any() else np.ones(len(parts))
    return tuple((found / found.sum() * np.array(kernel.weights)).tolist())

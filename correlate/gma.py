"""Generalised multiview analysis: one eigenproblem for subspaces that separate labels in every view and agree."""

from __future__ import annotations

from abc import abstractmethod
from itertools import permutations
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from correlate.base import Labels, LinearModel, Matrix, Views
from correlate.linalg import FLOOR, block_matrix, leading_pairs, principal_axes, split
from ontology.errors import InvalidInput


class GMA(LinearModel):
    """Maximises sum_m a_m' A_m a_m + alignment sum_{m != l} a_m' Z_m' Z_l a_l under sum_m a_m' (B_m + r I) a_m = 1.

    A_m is what should vary and B_m what should not in view m; the methods below say what they are. Z_m are the means of
    the labels (C, d), which brings views together without pairing rows. Each view is first reduced to the principal
    axes that keep `energy` of its variance and brought to unit total variance, so that no view outweighs another: that
    takes the place of the factors mu and gamma of the paper. Any number of views.

    Source: A. Sharma, A. Kumar, H. Daume III and D. Jacobs, "Generalized multiview analysis: a discriminative latent
    space", CVPR 2012, equation 7.
    """

    supervised: ClassVar[bool] = True
    n_components: int | None
    alignment: float
    energy: float
    ridge: float

    @abstractmethod
    def _scatters(self, X: Matrix, y: NDArray[np.intp]) -> tuple[Matrix, Matrix]:
        """A and B (d, d) of centred rows (n, d), each divided by n."""

    def _fit(self, views: Views, y: Labels | None) -> None:
        if (self.n_components or 1) < 1 or self.alignment < 0 or self.ridge <= 0 or not 0 < self.energy <= 1:
            raise InvalidInput("n_components >= 1, alignment >= 0, ridge > 0 and 0 < energy <= 1 are needed")
        classes, labels = np.unique(np.asarray(y), return_inverse=True)
        k = self.n_components or len(classes) - 1
        names = tuple(views)
        self.means_ = {name: view.mean(axis=0, dtype=np.float64) for name, view in views.items()}
        reduced, bases = {}, {}
        for name, view in views.items():
            centred = view - self.means_[name]
            if not centred.any():
                raise InvalidInput(f"view {name!r} does not vary")
            axes = principal_axes(centred, self.energy)
            bases[name] = axes / np.sqrt(((centred @ axes) ** 2).sum(axis=1).mean())
            reduced[name] = centred @ bases[name]
        wanted, unwanted = {}, {}
        for name, X in reduced.items():
            A, B = self._scatters(X, labels)
            wanted[name, name] = A
            unwanted[name, name] = B + max(self.ridge * np.trace(B) / len(B), FLOOR) * np.eye(len(B))
        means = {name: label_means(X, labels) for name, X in reduced.items()}
        across = {(a, b): self.alignment * means[a].T @ means[b] for a, b in permutations(names, 2)}
        _, vectors = leading_pairs(block_matrix(wanted | across, names), block_matrix(unwanted, names), k)
        widths = {name: X.shape[1] for name, X in reduced.items()}
        self.axes_ = {name: bases[name] @ part for name, part in split(vectors, widths)}


def label_means(X: Matrix, labels: NDArray[np.intp]) -> Matrix:
    """Mean row of each label, numbered from 0, times the root of the label's share of rows: (C, d)."""
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), X.shape[1]))
    np.add.at(sums, labels, X)
    return np.asarray(sums / np.sqrt(counts[:, None] * len(X)))

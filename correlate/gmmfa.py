"""Generalised multiview marginal Fisher analysis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from correlate.base import Matrix
from correlate.gma import GMA
from correlate.kernels import distances


class GMMFA(GMA):
    """GMA with neighbours of other labels kept apart, and neighbours of the same label kept together.

    A = X' L X of the graph of each row's `strangers` nearest rows of other labels, B the same of its `friends` nearest
    rows of its own label; L = D - W. Unlike GMLDA it does not take labels for single clouds.

    Parameters
    ----------
    n_components, alignment, energy, ridge
        As in `correlate.gmlda`.
    friends, strangers : int
        Neighbours of the same and of other labels; fewer where there are fewer.

    Source: A. Sharma et al., CVPR 2012 (see `correlate.gma`), table 1; S. Yan et al., "Graph embedding and extensions",
    IEEE TPAMI 29, 2007, section 4.
    """

    def __init__(
        self,
        n_components: int | None = None,
        alignment: float = 10.0,
        energy: float = 0.95,
        ridge: float = 0.01,
        friends: int = 50,
        strangers: int = 400,
    ) -> None:
        self.n_components = n_components
        self.alignment = alignment
        self.energy = energy
        self.ridge = ridge
        self.friends = friends
        self.strangers = strangers

    def _scatters(self, X: Matrix, y: NDArray[np.intp]) -> tuple[Matrix, Matrix]:
        apart = distances(X, X, "rbf")
        same = y[:, None] == y[None, :]
        np.fill_diagonal(apart, np.inf)
        together = _spread(X, np.where(same, apart, np.inf), self.friends)
        return _spread(X, np.where(same, np.inf, apart), self.strangers), together


def _spread(X: Matrix, apart: Matrix, k: int) -> Matrix:
    """X' L X / edges of the graph that joins each row to the k nearest; pairs infinitely far apart are not joined."""
    k = min(k, len(X) - 1)
    near = np.argpartition(apart, k - 1, axis=1)[:, :k]
    rows = np.repeat(np.arange(len(X)), k)
    kept = np.isfinite(apart[rows, near.ravel()])
    joined = csr_matrix((np.ones(kept.sum()), (rows[kept], near.ravel()[kept])), shape=apart.shape)
    W = joined.maximum(joined.T)
    laplacian = diags(np.asarray(W.sum(axis=1)).ravel()) - W
    return np.asarray(X.T @ (laplacian @ X) / max(W.nnz, 1))

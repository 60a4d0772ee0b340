"""Canonical correlation analysis of any number of views at once."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from correlate.base import Matrix, MomentModel
from correlate.linalg import Moments, block_matrix, leading_pairs, split
from ontology.errors import InvalidInput


class MultiviewCCA(MomentModel):
    """Directions of M views whose projections agree most, in sum over all pairs.

    Maximises sum_{m != l} a_m' C_ml a_l under sum_m a_m' (C_mm + r I) a_m = M: the generalised eigenproblem of all
    covariances between views against the block diagonal of those within. With two views it is CCA.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where all views together have fewer columns.
    ridge : float
        r = ridge x mean variance of the view's columns, at least 0.
    weighted : bool
        Scale each axis by its mean correlation, the eigenvalue / (M - 1).

    Source: J. Kettenring, "Canonical analysis of several sets of variables", Biometrika 58, 1971 (SUMCOR with the
    constraint of A. Nielsen, "Multiset canonical correlations analysis", IEEE Trans. Image Processing 11, 2002).
    """

    def __init__(self, n_components: int = 64, ridge: float = 0.1, weighted: bool = True) -> None:
        self.n_components = n_components
        self.ridge = ridge
        self.weighted = weighted

    def _axes(self, moments: Moments) -> dict[str, Matrix]:
        if self.n_components < 1 or self.ridge < 0:
            raise InvalidInput(f"n_components >= 1 and ridge >= 0 are needed, got {self.n_components}, {self.ridge}")
        names = tuple(moments.columns)
        within = {(name, name): moments.ridged(name, self.ridge) for name in names}
        nothing = {pair: np.zeros_like(block) for pair, block in within.items()}
        between = {(a, b): moments.covariance(a, b) for a, b in permutations(names, 2)}
        values, vectors = leading_pairs(
            block_matrix(nothing | between, names), block_matrix(within, names), self.n_components
        )
        # Eigenvalues come in pairs of either sign; the negative ones are directions that disagree.
        kept = values > 0
        self.correlations_ = np.clip(values[kept] / (len(names) - 1), 0.0, 1.0)
        scale = np.sqrt(len(names)) * (self.correlations_ if self.weighted else 1.0)
        widths = {name: len(block) for (name, _), block in within.items()}
        return dict(split(vectors[:, kept] * scale, widths))

"""Partial least squares: directions in which two views vary together, whatever they vary alone."""

from __future__ import annotations

from scipy.linalg import svd

from correlate.base import Matrix, MomentModel, two_views
from correlate.linalg import Moments, first_signs
from ontology.errors import InvalidInput


class PLS(MomentModel):
    """Singular vectors of the covariance between two views.

    Maximises cov(X a, Y b) under ||a|| = ||b|| = 1, each pair orthogonal to those before: CCA with both covariances
    taken as the identity, so it needs no ridge and prefers directions that vary much.

    Source: F. Bookstein, P. Sampson et al., "Neurobehavioral effects of prenatal alcohol III: PLS analyses of
    neuropsychologic tests", Neurotoxicology and Teratology 11, 1989 (PLS by one singular value decomposition); as
    cross-modal matching: A. Sharma and D. Jacobs, "Bypassing synthesis: PLS for face recognition", CVPR 2011.
    """

    def __init__(self, n_components: int = 64) -> None:
        self.n_components = n_components

    def _axes(self, moments: Moments) -> dict[str, Matrix]:
        left, right = two_views(self, moments.columns)
        if self.n_components < 1:
            raise InvalidInput(f"n_components >= 1 is needed, got {self.n_components}")
        u, s, vt = svd(moments.covariance(left, right), full_matrices=False)
        k = min(self.n_components, len(s))
        self.covariances_ = s[:k]
        signs = first_signs(u[:, :k])
        return {left: u[:, :k] * signs, right: vt[:k].T * signs}

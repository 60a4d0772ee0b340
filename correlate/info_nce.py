"""InfoNCE: the smooth relative of the rankers with margins, whose loss is the entropy of a softmax over all rows."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from correlate.base import Labels, Matrix
from correlate.bilinear import BilinearRanker, Kernels, factors
from ontology.errors import InvalidInput


class InfoNCE(BilinearRanker):
    """How much of a softmax over the rows of the other view falls on those relevant for a query, both ways at once.

    With scores S = X U V' Y' minimises penalty/2 (||U||^2 + ||V||^2) - (l(S) + l(S')) / 2 by L-BFGS over all rows;
    l(S) = mean_q mean_{i in R(q)} log softmax(S_q)_i. The softmax is the smooth stand-in of the ranking that violates
    most in `BiCMSRM`. With a single relevant row for each query it is InfoNCE, with several the supervised contrastive
    loss; what is called temperature there is the scale of U and V here, which the penalty holds down.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where views have fewer columns.
    penalty : float
        Weight of the norms, at least 0.
    iterations : int
        At most this many steps of L-BFGS.
    kernel, width, landmarks
        As in `correlate.bilinear`.

    Source: A. van den Oord, Y. Li and O. Vinyals, "Representation learning with contrastive predictive coding", 2018;
    several relevant rows: P. Khosla et al., "Supervised contrastive learning", NeurIPS 2020 (L_out); both directions:
    A. Radford et al., ICML 2021.
    """

    def __init__(
        self,
        n_components: int = 10,
        penalty: float = 0.003,
        iterations: int = 60,
        kernel: Kernels = "linear",
        width: float = 1.0,
        landmarks: int = 300,
    ) -> None:
        self.n_components = n_components
        self.penalty = penalty
        self.iterations = iterations
        self.kernel = kernel
        self.width = width
        self.landmarks = landmarks

    def _learn(self, X: Matrix, Y: Matrix, labels: Labels, names: tuple[str, str]) -> tuple[Matrix, Matrix]:
        if self.penalty < 0 or self.iterations < 1:
            raise InvalidInput(f"penalty >= 0 and iterations >= 1 are needed, got {self.penalty}, {self.iterations}")
        same = labels[:, None] == labels[None, :]
        wanted = same / same.sum(axis=1, keepdims=True)
        start = np.vstack(factors(X.T @ ((wanted - 1 / len(X)) @ Y), self.n_components))
        cut = X.shape[1]

        def objective(flat: Matrix) -> tuple[float, Matrix]:
            U, V = np.split(flat.reshape(start.shape), [cut])
            A, B = X @ U, Y @ V
            (one, G), (two, H) = softmax_loss(A @ B.T, wanted), softmax_loss(B @ A.T, wanted)
            slope = np.vstack([X.T @ ((G + H.T) @ B), Y.T @ ((G + H.T).T @ A)]) / 2
            return (one + two + self.penalty * float(flat @ flat)) / 2, slope.ravel() + self.penalty * flat

        found = minimize(objective, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": self.iterations})
        self.objective_ = float(found.fun)
        U, V = np.split(found.x.reshape(start.shape), [cut])
        return U, V


def softmax_loss(scores: Matrix, wanted: Matrix) -> tuple[float, Matrix]:
    """Mean cross entropy of the softmax of each row of scores (q, n) with the shares wanted (q, n); its gradient."""
    moved = scores - scores.max(axis=1, keepdims=True)
    fit = np.einsum("qn,qn->q", wanted, moved)
    shares = np.exp(moved, out=moved)
    sums = shares.sum(axis=1)
    shares /= sums[:, None]
    shares -= wanted
    return float((np.log(sums) - fit).mean()), shares / len(scores)

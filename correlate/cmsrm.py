"""Cross-media ranking by structural large margins: whole rankings are learned, by their average precision."""

from __future__ import annotations

import numpy as np

from correlate.ap_loss import average_precision_loss
from correlate.base import Labels, Matrix
from correlate.bilinear import BilinearRanker, Kernels
from correlate.cutting_planes import low_rank
from ontology.errors import InvalidInput

TURNS, ROUNDS = 8, 25


class BiCMSRM(BilinearRanker):
    """Bi-directional cross-media semantic representation model: rankings of both views, learned at once.

    Minimises penalty/2 (||U||^2 + ||V||^2) + (L(X U V' Y') + L(Y V U' X')) / 2, L being the structural loss of average
    precision (`correlate.ap_loss`) with the rows of the first factor as queries: for every ranking y of a query q,
    F(q, y*) - F(q, y) >= 1 - AP(y) - slack. U and V take turns, each by cutting planes with one slack for all queries
    (`correlate.cutting_planes`). The two norms together are the nuclear norm of W = U V', which keeps its rank low.
    All scores of the n rows are held at once: 16 n^2 bytes.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where the labels (one less than there are) or columns are fewer.
    penalty : float
        Weight of the norms, above 0.
    tolerance : float
        Distance to the minimum at which a turn ends, above 0.
    kernel, width, landmarks
        As in `correlate.bilinear`.

    Source: F. Wu, X. Lu, Z. Zhang, S. Yan, Y. Rui and Y. Zhuang, "Cross-media semantic representation via
    bi-directional learning to rank", ACM MM 2013.
    """

    def __init__(
        self,
        n_components: int = 10,
        penalty: float = 0.005,
        tolerance: float = 1e-3,
        kernel: Kernels = "linear",
        width: float = 1.0,
        landmarks: int = 300,
    ) -> None:
        self.n_components = n_components
        self.penalty = penalty
        self.tolerance = tolerance
        self.kernel = kernel
        self.width = width
        self.landmarks = landmarks

    def _learn(self, X: Matrix, Y: Matrix, labels: Labels, names: tuple[str, str]) -> tuple[Matrix, Matrix]:
        if self.penalty <= 0 or self.tolerance <= 0:
            raise InvalidInput(f"penalty and tolerance above 0 are needed, got {self.penalty}, {self.tolerance}")
        relevant, asking = labels[:, None] == labels[None, :], self._asking(names)

        def oracle(U: Matrix, V: Matrix) -> tuple[float, Matrix]:
            scores, loss, slope = (X @ U) @ (Y @ V).T, 0.0, np.zeros((len(X), len(Y)))
            for view in asking:
                own, bent = average_precision_loss(scores if view == names[0] else scores.T, relevant)
                loss, slope = loss + own / len(asking), slope + (bent if view == names[0] else bent.T) / len(asking)
            return loss, X.T @ (slope @ Y)

        shape = X.shape[1], Y.shape[1]
        U, V, self.objectives_ = low_rank(oracle, shape, self.n_components, self.penalty, self.tolerance, TURNS, ROUNDS)
        return U, V

    def _asking(self, names: tuple[str, str]) -> tuple[str, ...]:
        """The views whose rows are queries."""
        return names


class UniCMSRM(BiCMSRM):
    """Uni-directional model: the rankings of one view only, the one that will be asked in.

    Minimises penalty/2 (||U||^2 + ||V||^2) + L(X U V' Y'), as `BiCMSRM` does with both.

    Parameters
    ----------
    query : str or None
        The view of the queries; by default the first.
    n_components, penalty, tolerance, kernel, width, landmarks
        As in `BiCMSRM`.

    Source: X. Lu, F. Wu, S. Tang, Z. Zhang, X. He and Y. Zhuang, "A low rank structural large margin method for
    cross-modal ranking", SIGIR 2013 (LSCMR).
    """

    def __init__(
        self,
        query: str | None = None,
        n_components: int = 10,
        penalty: float = 0.005,
        tolerance: float = 1e-3,
        kernel: Kernels = "linear",
        width: float = 1.0,
        landmarks: int = 300,
    ) -> None:
        super().__init__(n_components, penalty, tolerance, kernel, width, landmarks)
        self.query = query

    def _asking(self, names: tuple[str, str]) -> tuple[str, ...]:
        query = names[0] if self.query is None else self.query
        if query not in names:
            raise InvalidInput(f"queries are of {query!r}, the views are {', '.join(names)}")
        return (query,)

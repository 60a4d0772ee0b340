"""Sparse CCA that picks whole groups of features, which may overlap or form a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from correlate.base import Matrix, MomentModel, two_views
from correlate.linalg import Moments
from correlate.pmd import column_scales
from correlate.proximal import Groups, check_groups, shrink_groups, soft_threshold
from ontology.errors import InvalidInput


class StructuredSparseCCA(MomentModel):
    """Maximise u' Z v - theta P(u) - theta P(v) with P(u) = sum_g sqrt(|g|) ||u_g||_2 over groups of columns.

    Z are the correlations between the columns of two views, ||u||_2 <= 1 and ||v||_2 <= 1. For a given v the best u is
    the proximal step of P at Z v, brought to unit length; u and v take turns, then the pair is taken out of Z. Groups
    are feature families (colour, texture, shape), word clusters, or the subtrees of a tree, where the proximal step is
    exact in one pass; of other overlapping groups it is iterated. Without groups every column is one of its own.

    Parameters
    ----------
    n_components : int
        Width of the shared space; fewer where Z has no rank left.
    groups : mapping of view to groups of its columns, or None
    penalty : float
        theta as a share, in [0, 1), of the value from which a single group would be left.
    iterations : int
        At most this many turns a pair.

    Source: X. Chen, H. Liu and J. Carbonell, "Structured sparse canonical correlation analysis", AISTATS 2012. The
    paper smooths P and uses the excessive gap method; the proximal step solves the same subproblem (tau = 1). It keeps
    theta; here theta follows the strength of Z v, so that one penalty suits all pairs and views.
    """

    def __init__(
        self,
        n_components: int = 16,
        groups: Mapping[str, Sequence[Sequence[int]]] | None = None,
        penalty: float = 0.2,
        iterations: int = 100,
    ) -> None:
        self.n_components = n_components
        self.groups = groups
        self.penalty = penalty
        self.iterations = iterations

    def _axes(self, moments: Moments) -> dict[str, Matrix]:
        names = two_views(self, moments.columns)
        if self.n_components < 1 or not 0 <= self.penalty < 1 or self.iterations < 1:
            raise InvalidInput(
                f"n_components >= 1 and 0 <= penalty < 1 are needed, got {self.n_components}, {self.penalty}"
            )
        given = self.groups or {}
        if set(given) - set(names):
            raise InvalidInput(f"groups are given for {', '.join(given)}, the views are {', '.join(names)}")
        groups = [check_groups(given[name], moments.columns[name], name) if name in given else None for name in names]
        scales = [column_scales(moments, name) for name in names]
        Z = scales[0][:, None] * moments.covariance(*names) * scales[1]
        pairs: list[tuple[Matrix, Matrix]] = []
        first = float(np.linalg.norm(Z, 2))
        for _ in range(min(self.n_components, *Z.shape)):
            u, v = self._pair(Z, groups)
            strength = float(u @ Z @ v)
            if strength <= 1e-8 * first:
                break
            pairs.append((u, v))
            Z = Z - strength * np.outer(u, v)
        if not pairs:
            raise InvalidInput(f"views {names[0]!r} and {names[1]!r} do not vary together")
        stacked = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
        return {name: side * scale[:, None] for name, side, scale in zip(names, stacked, scales, strict=True)}

    def _pair(self, Z: Matrix, groups: Sequence[Groups | None]) -> tuple[Matrix, Matrix]:
        v = np.linalg.svd(Z, full_matrices=False)[2][0]
        v = v * (1.0 if v[np.abs(v).argmax()] > 0 else -1.0)
        u: Matrix = np.zeros(len(Z))
        for _ in range(self.iterations):
            u = self._best(Z @ v, groups[0])
            before, v = v, self._best(Z.T @ u, groups[1])
            if np.abs(v - before).max() < 1e-7:
                break
        return u, v

    def _best(self, pull: Matrix, groups: Groups | None) -> Matrix:
        if groups is None:
            kept = soft_threshold(pull, self.penalty * float(np.abs(pull).max()))
        else:
            roots = np.array([np.sqrt(len(group)) for group in groups])
            lengths = np.array([np.linalg.norm(pull[group]) for group in groups])
            kept = shrink_groups(pull, groups, self.penalty * float((lengths / roots).max()) * roots)
        norm = float(np.linalg.norm(kept))
        return np.asarray(kept / norm if norm else kept)

"""Sparse codes: rows told as weighted sums of few atoms, greedily or by an l1 penalty.

Both solvers see rows and atoms by their products alone: correlations B (n, K) of each row with each atom, and the Gram
matrix G (K, K) of the atoms. So what is quadratic in the codes is coded by the same solvers, whatever it is made of.
Products are taken a block of rows at a time, which stays in the cache until its rows are coded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from correlate.lasso import check_penalty, fill_lasso
from correlate.vector_loops import largest, take_out
from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]

BLOCK: Final = 256


def omp_codes(X: Matrix, atoms: Matrix, count: int) -> Matrix:
    """Codes (n, K) of rows X (n, d) with at most `count` of the atoms (K, d), which have length 1.

    Orthogonal matching pursuit: the atom that correlates best with what is left comes next, and all weights are fitted
    again. Source: Y. Pati, R. Rezaiifar and P. Krishnaprasad, Asilomar 1993; by products alone: R. Rubinstein,
    M. Zibulevsky and M. Elad, "Efficient implementation of the K-SVD algorithm using batch OMP", Technion, 2008.
    """
    if count < 1:
        raise InvalidInput(f"count >= 1 is needed, got {count}")
    return _coded(X, atoms, lambda B, G, out: _pursue(B, G, min(count, len(atoms)), out))


def lasso_codes(X: Matrix, atoms: Matrix, penalty: float, tolerance: float = 1e-5) -> Matrix:
    """The codes a (n, K) that minimise ||x - a atoms||^2 / 2 + penalty ||a||_1 for each row x of X (n, d)."""
    check_penalty(penalty, tolerance)
    return _coded(X, atoms, lambda B, G, out: fill_lasso(B, G, penalty, tolerance, out))


def _coded(X: Matrix, atoms: Matrix, code: Callable[[Matrix, Matrix, Matrix], None]) -> Matrix:
    if X.ndim != 2 or atoms.ndim != 2 or X.shape[1] != atoms.shape[1] or not len(atoms):
        raise InvalidInput(f"rows and atoms must be of one width, got shapes {X.shape}, {atoms.shape}")
    gram, columns = atoms @ atoms.T, np.ascontiguousarray(atoms.T)
    codes = np.zeros((len(X), len(atoms)), dtype=gram.dtype)
    for start in range(0, len(X), BLOCK):
        code(X[start : start + BLOCK] @ columns, gram, codes[start : start + BLOCK])
    return codes


@njit(cache=True, nogil=True, fastmath=True)
def _pursue(B, G, count, codes):  # type: ignore[no-untyped-def]
    """Pursuit of each row. `ortho` holds the products of all atoms with an orthonormal basis of those chosen, `basis`
    their weights in it; so what is left correlates less by one multiple of one row with each step.
    """
    rows, K = B.shape
    left, ortho = np.empty(K, B.dtype), np.empty((count, K), B.dtype)
    basis, weights, chosen = np.zeros((count, count), B.dtype), np.empty(count, B.dtype), np.empty(count, np.intp)
    for row in range(rows):
        left[:] = B[row]
        most = largest(left)
        floor, m = 1e-7 * most, 0
        while most > floor and m < count:
            atom = 0
            while abs(left[atom]) < most:
                atom += 1
            own, length = basis[m], G[atom, atom]
            for r in range(m):
                own[r] = ortho[r, atom]
                length -= own[r] * own[r]
            if length <= 1e-7 * G[atom, atom]:
                break
            own[m] = 1 / np.sqrt(length)
            weights[m], chosen[m] = left[atom] * own[m], atom
            m += 1
            if m < count:
                line, scale, weight = ortho[m - 1], own[m - 1], weights[m - 1]
                line[:] = G[atom]
                take_out(line, ortho, own, m - 1)
                for k in range(K):
                    line[k] *= scale
                    left[k] -= weight * line[k]
                most = largest(left)
        for r in range(m - 1, -1, -1):
            for later in range(r + 1, m):
                weights[r] -= basis[later, r] * weights[later]
            weights[r] *= basis[r, r]
            codes[row, chosen[r]] = weights[r]

"""Learning the atoms that rows are sparse sums of."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from correlate.lasso import check_penalty, lasso_row, scratch
from correlate.vector_loops import take_out
from ontology.errors import InvalidInput

Matrix = NDArray[np.floating[Any]]

TOLERANCE: Final = 1e-3
"""Of codes while atoms still move, in penalties."""


def learn_atoms(X: Matrix, start: Matrix, penalty: float, epochs: int = 1, batch: int = 256) -> Matrix:
    """Atoms (K, d), no longer than 1, that make ||x - a atoms||^2 / 2 + penalty ||a||_1 small over rows X (n, d).

    Online: a batch of rows is coded, what the codes say is added up, with less weight the longer ago, and each atom in
    turn takes its best place for these sums. Batches are spread evenly over the rows.

    Source: J. Mairal, F. Bach, J. Ponce and G. Sapiro, "Online learning for matrix factorization and sparse coding",
    JMLR 11, 2010, algorithms 1 and 2.
    """
    check_penalty(penalty, TOLERANCE)
    if X.ndim != 2 or start.ndim != 2 or X.shape[1] != start.shape[1] or not len(start) or min(epochs, batch) < 1:
        raise InvalidInput(f"rows and atoms must be of one width, got shapes {X.shape}, {start.shape}")
    atoms = into_ball(start.astype(X.dtype))
    A, B = np.zeros((len(atoms), len(atoms)), X.dtype), np.zeros_like(atoms)
    batches = -(-len(X) // batch)
    for step in range(epochs * batches):
        rows = np.ascontiguousarray(X[step % batches :: batches])
        kept = step / (step + 1)
        A *= kept
        B *= kept
        _gather(rows @ atoms.T, atoms @ atoms.T, rows, penalty, TOLERANCE, A, B)
        move_atoms(atoms, A, B)
    return atoms


def into_ball(atoms: Matrix) -> Matrix:
    """Atoms longer than 1 are brought to length 1."""
    return np.asarray(atoms / np.maximum(np.linalg.norm(atoms, axis=1, keepdims=True), 1.0).astype(atoms.dtype))


@njit(cache=True, nogil=True, fastmath=True)
def _gather(products, G, rows, penalty, tolerance, A, B):  # type: ignore[no-untyped-def]
    """A += a' a and B += a' x for each row x and its code a."""
    state = scratch(products)
    for row in range(len(rows)):
        found, x = lasso_row(products[row], G, penalty, tolerance, state), rows[row]
        for r in range(found):
            atom, value = state[0][r], state[1][r]
            if value != 0:
                for other in range(found):
                    A[atom, state[0][other]] += value * state[1][other]
                for k in range(len(x)):
                    B[atom, k] += value * x[k]


@njit(cache=True, nogil=True, fastmath=True)
def move_atoms(atoms, A, B):  # type: ignore[no-untyped-def]
    """Move each atom to where tr(A D D') / 2 - tr(B D') is least within the unit ball, the others held, in place. Atoms
    that no code uses stay.
    """
    K, d = atoms.shape
    moved = np.empty(d, atoms.dtype)
    for atom in range(K):
        own = A[atom, atom]
        if own <= 1e-10:
            continue
        moved[:] = B[atom]
        take_out(moved, atoms, A[atom], K)
        length = 0.0
        for k in range(d):
            moved[k] = atoms[atom, k] + moved[k] / own
            length += moved[k] * moved[k]
        scale = 1 / np.sqrt(length) if length > 1 else 1.0
        for k in range(d):
            atoms[atom, k] = moved[k] * scale

"""How fast rows are coded and atoms are learned, against spams.

    python -m bench.coding [--rows 20000] [--rounds 5] [--widths 128 512] [--precision float64 float32]

Rows are sums of 8 of 256 atoms with noise, all of length 1. Ours and spams (`spams-bin`, extra `bench`) take turns in
one process, one thread each, after one uncounted turn; times are processor seconds. Each side gets rows in the order of
memory that it wants, and gives codes as it does: ours dense, spams sparse. Quality: relative error with 8 atoms, mean
objective of the lasso, and for one epoch of a dictionary (batches of 256, both sides start from the same atoms) the
mean objective of 2,000 rows that were not learned from.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402  (threads are set first)

from correlate.dictionary import learn_atoms  # noqa: E402
from correlate.sparse_coding import lasso_codes, omp_codes  # noqa: E402

ATOMS, USED, PENALTY, BATCH, HELD_OUT = 256, 8, 0.1, 256, 2_000

Matrix = np.ndarray[Any, Any]


def made(rows: int, width: int, precision: str) -> tuple[Matrix, Matrix, Matrix]:
    """Rows to code, rows to judge by, and the atoms they are made of."""
    rng = np.random.default_rng(0)
    atoms = unit(rng.standard_normal((ATOMS, width)))
    X = np.stack(
        [rng.standard_normal(USED) @ atoms[rng.choice(ATOMS, USED, replace=False)] for _ in range(rows + HELD_OUT)]
    )
    X = unit(X + 0.02 * rng.standard_normal(X.shape))
    return X[:rows].astype(precision), X[rows:].astype(precision), atoms.astype(precision)


def unit(rows: Matrix) -> Matrix:
    """Rows of length 1."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def error(X: Matrix, atoms: Matrix, codes: Matrix) -> float:
    """Relative error of the sums."""
    return float(np.linalg.norm(X - codes @ atoms) / np.linalg.norm(X))


def objective(X: Matrix, atoms: Matrix, codes: Matrix) -> float:
    """Mean objective of the lasso."""
    return float((0.5 * ((X - codes @ atoms) ** 2).sum(axis=1) + PENALTY * np.abs(codes).sum(axis=1)).mean())


def race(label: str, sides: dict[str, Callable[[], Any]], quality: Callable[[Any], float], rounds: int) -> None:
    """Let the sides take turns, and print times, ratios and quality."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    reached = {}
    for turn in range(rounds + 1):
        for side, work in sides.items():
            started = time.process_time()
            found = work()
            taken = time.process_time() - started
            if turn:
                times[side].append(taken)
            else:
                reached[side] = quality(found.T.toarray() if hasattr(found, "toarray") else found)
    ratios = sorted(a / b for a, b in zip(times["ours"], times["spams"], strict=True))
    told = "   ".join(f"{side} {median(taken):.3f} s, {reached[side]:.6f}" for side, taken in times.items())
    print(f"{label:<32}{told}   {median(ratios):.2f} of spams ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--widths", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--precision", nargs="+", default=["float64", "float32"])
    given = parser.parse_args()
    import spams

    for width in given.widths:
        for precision in given.precision:
            X, new, atoms = made(given.rows, width, precision)
            columns, turned = np.asfortranarray(X.T), np.asfortranarray(atoms.T)
            what = f"{width} columns, {precision}"
            race(
                f"OMP, {what}",
                {
                    "ours": lambda X=X, atoms=atoms: omp_codes(X, atoms, USED),
                    "spams": lambda X=columns, D=turned: spams.omp(X, D, L=USED, eps=0.0, numThreads=1),
                },
                lambda codes, X=X, atoms=atoms: error(X, atoms, codes),
                given.rounds,
            )
            race(
                f"lasso, {what}",
                {
                    "ours": lambda X=X, atoms=atoms: lasso_codes(X, atoms, PENALTY),
                    "spams": lambda X=columns, D=turned: spams.lasso(X, D, lambda1=PENALTY, numThreads=1),
                },
                lambda codes, X=X, atoms=atoms: objective(X, atoms, codes),
                given.rounds,
            )
            start = X[np.random.default_rng(1).choice(len(X), ATOMS, replace=False)]
            race(
                f"epoch, {what}",
                {
                    "ours": lambda X=X, start=start: learn_atoms(X, start, PENALTY, batch=BATCH),
                    "spams": lambda X=columns, start=start: spams.trainDL(
                        X, D=np.asfortranarray(start.T), lambda1=PENALTY, batchsize=BATCH, iter=len(X.T) // BATCH,
                        numThreads=1, verbose=False,
                    ).T,
                },
                lambda found, new=new: objective(new, found, lasso_codes(new, np.ascontiguousarray(found), PENALTY)),
                given.rounds,
            )  # fmt: skip


if __name__ == "__main__":
    main()

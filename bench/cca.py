"""How fast canonical correlations are fitted, against the limit of the machine and against cca-zoo.

    python -m bench.cca [--rows 100000] [--rounds 5]

Views of 512 and 384 columns share 80 factors; 64 components. All sides take turns in one process, one thread each,
after one uncounted turn; times are processor seconds. `limit` is the three Gram matrices alone in single precision. The
peer (`cca-zoo`, extra `bench`) gets the views in double precision, as it is used, and in single precision; `CCA from
double` gets the same double views and casts them batch by batch. Quality is the sum of the correlations of 5,000 rows
that were held out.
"""

from __future__ import annotations

import argparse
import os
import time
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402  (threads are set first)

from correlate import CCA  # noqa: E402

WIDTHS = {"image": 512, "text": 384}
COMPONENTS, HELD_OUT, BATCH = 64, 5_000, 10_000

Views = dict[str, np.ndarray]


def made(rows: int, seed: int = 0) -> tuple[Views, Views]:
    """Views in single precision for fitting and for judging, with means that are not zero."""
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((rows + HELD_OUT, 80)) * np.linspace(1.5, 0.2, 80)
    views = {}
    for name, width in WIDTHS.items():
        noise = rng.standard_normal((rows + HELD_OUT, width))
        views[name] = (factors @ rng.standard_normal((80, width)) / 8 + noise + 3.0).astype(np.float32)
    return {n: v[:rows].copy() for n, v in views.items()}, {n: v[rows:] for n, v in views.items()}


def agreement(left: np.ndarray, right: np.ndarray) -> float:
    """Sum of the correlations of the components in turn."""
    return float(sum(abs(np.corrcoef(left[:, k], right[:, k])[0, 1]) for k in range(left.shape[1])))


def batches(views: Views, precision: type = np.float32) -> Iterator[Views]:
    """The rows in batches, as they would come from a file, in a precision."""
    for start in range(0, len(views["image"]), BATCH):
        yield {name: view[start : start + BATCH].astype(precision, copy=False) for name, view in views.items()}


def grams(views: Views) -> None:
    """What nobody who uses covariances can leave out."""
    X, Y = views.values()
    for product in (lambda: X.T @ X, lambda: Y.T @ Y, lambda: X.T @ Y):
        product()


def zoo(views: Views) -> Callable[[Views], list[np.ndarray]]:
    """Fit the peer."""
    from cca_zoo.linear import CCA as Peer

    fitted = Peer(n_components=COMPONENTS).fit(list(views.values()))
    return lambda new: [np.asarray(each) for each in fitted.transform(list(new.values()))]


def own(model: CCA) -> Callable[[Views], list[np.ndarray]]:
    """Project with our model."""
    return lambda new: [model.transform(view, name) for name, view in new.items()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    train, held_out = made(given.rows)
    double = {name: view.astype(np.float64) for name, view in train.items()}
    sides: dict[str, Callable[[], object]] = {
        "limit": lambda: grams(train),
        "CCA": lambda: own(CCA(COMPONENTS, ridge=0.01).fit(train)),
        "CCA in batches": lambda: own(CCA(COMPONENTS, ridge=0.01).fit_batches(batches(train))),
        "CCA from double": lambda: own(CCA(COMPONENTS, ridge=0.01).fit_batches(batches(double, np.float32))),
        "cca-zoo": lambda: zoo(double),
        "cca-zoo single": lambda: zoo(train),
    }
    times: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(given.rounds + 1):
        for side, fit in sides.items():
            started = time.process_time()
            projector = fit()
            if turn:
                times[side].append(time.process_time() - started)
            elif callable(projector):
                print(f"{side:<17} held out {agreement(*projector(held_out)):.3f} of {COMPONENTS}", flush=True)
    for side, taken in times.items():
        line = f"{side:<17}{median(taken):>8.3f} s"
        for other in ("limit", "cca-zoo", "cca-zoo single"):
            ratios = sorted(a / b for a, b in zip(taken, times[other], strict=True))
            line += f"   {median(ratios):.3f} of {other} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
        print(line)
    tracemalloc.start()
    CCA(COMPONENTS, ridge=0.01).fit_batches(batches(train))
    print(f"memory beyond the views, in batches of {BATCH}: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()

"""Every method of cross-media retrieval on one table.

    python -m bench.retrieval [--data DIR] [--sets wikipedia cub flickr8k] [--methods NAME ...] [--write DIR]

For each method two columns: the similarity of its paper, and the best similarity for it (cosine, centred cosine and dot
product, each with and without a correction for hubs, and the dot product of calibrated posteriors). Settings and
similarity are chosen by cross-validation within the training part; the test part is asked once. Intervals are 95 % of
1,000 bootstrap draws of the queries. Times are processor seconds of one thread. What is measured is printed, and put
into the files `retrieval-table.json` and `retrieval-table.md` of `--write`, where rows of other methods stay.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench.retrieval_flickr import measure as measure_flickr
from bench.retrieval_methods import ENTRIES, Entry
from bench.retrieval_page import page
from correlate.datasets import Part, Split, cub, wikipedia
from correlate.evaluate import Choice, Report, choose, evaluate, folds_of, mixed

ROOT = Path(__file__).resolve().parent.parent
SETS: dict[str, Callable[[Path], Split]] = {
    "wikipedia": lambda data: wikipedia(data / "wikipedia-rasiwasia"),
    "cub": lambda data: cub(data / "multiview-features"),
}
MEASURES = (*product(("cosine", "dot", "centred"), (False, True)), ("posterior", False))
SPLITS = 5

Json = dict[str, Any]


def main() -> None:
    """Measure what was asked for, print it, and store it if a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--sets", nargs="*", default=[*SETS, "flickr8k"])
    parser.add_argument("--methods", nargs="*", default=[entry.name for entry in ENTRIES])
    parser.add_argument("--splits", type=int, default=SPLITS, help="other random splits on which the choice must hold")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    stored = given.write / "retrieval-table.json" if given.write else None
    table: Json = json.loads(stored.read_text(encoding="utf-8")) if stored and stored.is_file() else {}
    for name in given.sets:
        rows = table.setdefault(name, {})
        if name == "flickr8k":
            rows.update(measure_flickr(given.data / "flickr8k-1k"))
            _store(table, given.write)
            continue
        split = SETS[name](given.data)
        rows["chance"] = chance(split.test)
        for entry in ENTRIES:
            if entry.name in given.methods:
                rows[entry.name] = row(entry, split, given.splits)
                print(line(name, entry.name, rows[entry.name]), flush=True)
                _store(table, given.write)


def _store(table: Json, folder: Path | None) -> None:
    if folder:
        (folder / "retrieval-table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        (folder / "retrieval-table.md").write_text(page(table), encoding="utf-8")


def chance(part: Part) -> float:
    """MAP of random scores, mean of 20 draws."""
    from correlate.metrics import mean_average_precision

    relevant = part.labels[:, None] == part.labels[None, :]
    rng = np.random.default_rng(0)
    return float(np.mean([mean_average_precision(rng.random(relevant.shape), relevant) for _ in range(20)]))


def row(entry: Entry, split: Split, splits: int) -> Json:
    """Choose on the training part, ask the test part: what the table says of one method."""
    counts = all(view.min() >= 0 for view in split.train.views.values())
    choices = choose(entry.model, entry.tried(counts), split.train, MEASURES)
    paper = next(choice for choice in choices if (choice.form, choice.hubs) == (entry.form, False))
    best = max(choices, key=lambda choice: choice.reached)
    found: Json = {}
    for column, choice in (("paper", paper), ("best", best)):
        report = evaluate(entry.model, split, choice)
        found[column] = told(choice, report)
    found["best"]["splits"] = other_splits(entry, split, best, splits)
    found["best"]["mixed"] = asdict(mixed(entry.model, split, best))
    return found


def told(choice: Choice, report: Report) -> Json:
    """A report as plain values."""
    return {"choice": asdict(choice), **asdict(report)}


def other_splits(entry: Entry, split: Split, choice: Choice, count: int) -> list[list[float]]:
    """MAP of both directions on random splits of all rows, of the sizes of the given one.

    Settings stay as chosen: they were chosen on rows that now are partly asked, which a new choice on each split would
    avoid at many times the cost.
    """
    views = {name: np.vstack([split.train.views[name], split.test.views[name]]) for name in split.train.views}
    whole = Part(views, np.concatenate([split.train.labels, split.test.labels]))
    share = round(len(whole) / len(split.test))
    maps = []
    for seed in range(count):
        fold = folds_of(whole.labels, share, seed)
        again = Split(whole.rows(np.flatnonzero(fold != 0)), whole.rows(np.flatnonzero(fold == 0)))
        maps.append([direction.map for direction in evaluate(entry.model, again, choice).directions])
    return maps


def line(data: str, method: str, found: Json) -> str:
    """One row for the screen: both columns, I>T and T>I."""
    parts = []
    for column in ("paper", "best"):
        maps = " ".join(f"{each['map']:.3f}/{each['map_50']:.3f}" for each in found[column]["directions"])
        parts.append(f"{column} {maps} ({found[column]['choice']['form']}, hubs {found[column]['choice']['hubs']})")
    return f"{data:<10} {method:<20} {'   '.join(parts)}   fit {found['paper']['fit_seconds']:.2f} s"


if __name__ == "__main__":
    main()

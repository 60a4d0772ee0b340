"""The methods of the retrieval table: what is tried for each in cross-validation, and the similarity of its paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import correlate
from correlate import CrossModalModel


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a method as first made, the settings tried, the paper's form of similarity. `histograms` settings are
    tried only where no view has negative values.
    """

    name: str
    model: CrossModalModel
    grid: Mapping[str, Sequence[Any]]
    form: str = "cosine"
    histograms: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def tried(self, counts: bool) -> dict[str, Sequence[Any]]:
        """The settings for a set whose views are counts, or are not."""
        return {**self.grid, **(self.histograms if counts else {})}


WIDTHS = (5, 7, 9, 15)
RIDGES = (0.01, 0.1, 1.0)
SEEN: dict[str, Sequence[Any]] = {"kernel": ("linear", "rbf"), "width": (0.5,)}
OF_COUNTS: dict[str, Sequence[Any]] = {"kernel": ("linear", "chi2")}

ENTRIES: tuple[Entry, ...] = (
    Entry("RidgeLabels", correlate.RidgeLabels(), {"ridge": (0.001, 0.01, 0.1, 1.0)}),
    Entry("LCFS", correlate.LCFS(iterations=8), {"sparsity": (0.01, 0.05, 0.2), "coupling": (0.001, 0.01)}),
    Entry("CCA (CM)", correlate.CCA(weighted=False), {"n_components": WIDTHS, "ridge": RIDGES}),
    Entry("CCA, weighted axes", correlate.CCA(weighted=True), {"n_components": WIDTHS, "ridge": RIDGES}),
    Entry(
        "KernelCCA",
        correlate.KernelCCA(n_components=9, landmarks=600),
        {"width": (0.3, 1.0), "ridge": (1.0, 10.0), "n_components": (9, 15)},
        histograms={"kernel": ("rbf", "chi2")},
    ),
    Entry(
        "SparseCCA",
        correlate.SparseCCA(n_components=9),
        {"sparsity": (0.02, 0.1), "dual_sparsity": (0.02, 0.1), "n_components": (7, 9)},
    ),
    Entry("PMD", correlate.PMD(), {"n_components": (5, 7, 9), "share": (0.3, 0.5, 0.7, 1.0)}),
    Entry(
        "StructuredSparseCCA", correlate.StructuredSparseCCA(), {"n_components": (5, 7, 9), "penalty": (0.02, 0.1, 0.3)}
    ),
    Entry("MultiviewCCA", correlate.MultiviewCCA(), {"n_components": WIDTHS, "ridge": RIDGES}),
    Entry("PLS", correlate.PLS(), {"n_components": WIDTHS}),
    Entry("SM", correlate.SM(), {"C": (0.001, 0.01, 0.1, 1.0), "root": (False, True)}),
    Entry("SCM", correlate.SCM(), {"n_components": (7, 9), "ridge": (0.01, 0.1), "C": (0.1, 1.0)}),
    Entry("GMLDA", correlate.GMLDA(), {"alignment": (1.0, 10.0, 100.0), "ridge": (0.01, 0.1)}),
    Entry("GMMFA", correlate.GMMFA(), {"alignment": (1.0, 10.0, 100.0), "friends": (10, 50)}),
    Entry("PAMIR", correlate.PAMIR(epochs=20), {"C": (0.01, 0.03, 0.1), **SEEN}, "dot", OF_COUNTS),
    Entry("SSI", correlate.SSI(epochs=20), {"rate": (0.003, 0.01, 0.03), **SEEN}, "dot", OF_COUNTS),
    Entry(
        "UniCMSRM",
        correlate.UniCMSRM(tolerance=2e-3),
        {"penalty": (0.003, 0.006, 0.012), "query": ("image", "text"), **SEEN},
        "dot",
        OF_COUNTS,
    ),
    Entry("BiCMSRM", correlate.BiCMSRM(tolerance=2e-3), {"penalty": (0.003, 0.006, 0.012), **SEEN}, "dot", OF_COUNTS),
    Entry("InfoNCE", correlate.InfoNCE(iterations=30), {"penalty": (0.002, 0.004, 0.008), **SEEN}, "dot", OF_COUNTS),
    Entry("Posteriors", correlate.Posteriors(), {"taught": (False, True)}, form="dot"),
)

"""Topics that change from one window of time to the next."""

from __future__ import annotations

import numpy as np

from topics.base import check_at_least
from topics.comparing import ComparingModel
from topics.stacking import Counts, Layout, Table


class DynamicLDA(ComparingModel):
    """LDA whose topics drift: each window's words have those of the windows around it as their prior, by expected
    counts.

    The collections are windows of time, named so that their order as texts is that of time ("2011-03", "2011-04").
    Topic z in window s has phi_sz ~ Dirichlet(eta + inertia x the mean of phi in the windows before and after); shares
    theta_d ~ Dirichlet(alpha). So a topic keeps its identity, and moves as far as its window's documents move it.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta : float
        Dirichlet parameters of topics in documents and of words in topics, above 0.
    inertia : float
        Tokens that the windows around count for, each topic, at least 0; 0 leaves the windows on their own.
    passes, random_state, n_jobs
        As for `LDA`.

    Attributes
    ----------
    topic_word_ : dict
        `topic_word_[view, window]`, and `topic_word_[view]` over all windows.

    Source: chained Dirichlet priors as in T. Iwata, S. Watanabe, T. Yamada, N. Ueda, "Topic tracking model for
    analyzing consumer purchase behavior", IJCAI 2009, looking both ways; the idea: D. Blei, J. Lafferty, "Dynamic
    topic models", ICML 2006.
    """

    def __init__(
        self,
        n_topics: int = 20,
        alpha: float = 0.1,
        eta: float = 0.01,
        inertia: float = 200.0,
        passes: int = 12,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.inertia = inertia
        self.passes = passes
        self.random_state = random_state
        self.n_jobs = n_jobs

    optimise = False

    def _check(self) -> None:
        super()._check()
        check_at_least("inertia", self.inertia, 0)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)

    def _begin(self, counts: Counts, layout: Layout, names: list[str]) -> None:
        self._spans(list(counts), layout, names)

    def _spans(self, views: list[str], layout: Layout, names: list[str]) -> None:
        self.spans_ = {view: [layout.spans[view, name] for name in names] for view in views}

    def _grow(self, layout: Layout, names: list[str], table: Table) -> None:
        """A new window begins with the words of the known one before it, or of the first."""
        known = self.collections_
        self._spans(list(self.widths_), layout, names)
        for view, spans in self.spans_.items():
            for name, span in zip(names, spans, strict=True):
                near = max((other for other in known if other <= name), default=known[0])
                table[span, : self.n_topics] = self.topic_word_[view, near].T

    def _update(self, expected: Table, table: Table, *, pool: bool) -> None:
        for spans in self.spans_.values():
            self._drift(expected, table, spans, pool)
        self.table_ = table

    def _drift(self, expected: Table, table: Table, spans: list[slice], pooled: bool) -> None:
        """Write p(word given topic) of one view in every window; `pooled` takes all windows for one."""
        known = np.stack([expected[span, : self.n_topics] for span in spans]).astype(np.float64)
        whole = known.sum(axis=0) + self.eta
        if pooled:
            for span in spans:
                table[span, : self.n_topics] = whole / whole.sum(axis=0)
            return
        former = np.stack([table[span, : self.n_topics] for span in spans]).astype(np.float64)
        for number, span in enumerate(spans):
            around = [former[near] for near in (number - 1, number + 1) if 0 <= near < len(spans)]
            prior = self.inertia * np.mean(around, axis=0) if around else 0.0
            told = known[number] + self.eta + prior
            table[span, : self.n_topics] = told / told.sum(axis=0)

    def _tell(self, names: list[str]) -> None:
        self.topic_word_ = {}
        for view, spans in self.spans_.items():
            whole = np.sum([self.expected_[span, : self.n_topics].T for span in spans], axis=0, dtype=np.float64)
            whole += self.eta
            self.topic_word_[view] = np.asarray(whole / whole.sum(axis=1, keepdims=True))
            for window, span in zip(names, spans, strict=True):
                words = self.table_[span, : self.n_topics].T.astype(np.float64)
                self.topic_word_[view, window] = words / words.sum(axis=1, keepdims=True)

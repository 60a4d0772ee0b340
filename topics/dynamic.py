"""Topics that change from one window of time to the next."""

from __future__ import annotations

import numpy as np

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.expected import Engine, Schedule
from topics.mixture import alike
from topics.simd import padded, rows
from topics.stacking import Counts, Key, Labels, Layout, Matrix, Table


class DynamicLDA(TopicModel):
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

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        for name, least in (("n_topics", 1), ("passes", 1), ("n_jobs", 1), ("inertia", 0)):
            check_at_least(name, getattr(self, name), least)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        if collections is None:
            raise InvalidInput("DynamicLDA follows topics through time: say which window each document belongs to")
        windows = sorted({str(label) for label in collections})
        layout = Layout.of({(view, window): matrix.shape[1] for view, matrix in counts.items() for window in windows})
        documents = layout.documents(counts, collections)
        order = documents.order(self.random_state)
        documents = documents.take(order)
        alpha = rows(padded(self.n_topics))
        alpha[: self.n_topics] = self.alpha
        table = alike(documents, layout, self.n_topics, self.random_state)
        with Engine(documents, self.n_topics, layout.size, self.n_jobs) as engine:
            passed = 0

            def update(expected: Table, table: Table) -> None:
                for view in counts:
                    self._drift(
                        expected, table, [layout.spans[view, window] for window in windows], 3 * passed < self.passes
                    )

            def after_pass(done: int) -> None:
                nonlocal passed
                passed = done

            expected = engine.learn(table, alpha, update, Schedule(passes=self.passes), after_pass)
            self.doc_topic_ = np.empty((len(documents), self.n_topics))
            self.doc_topic_[order] = engine.shares(engine.theta)
        self.alpha_ = alpha[: self.n_topics].astype(np.float64)
        self._tell(expected, table, layout, windows, list(counts))

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

    def _tell(self, expected: Table, table: Table, layout: Layout, windows: list[str], views: list[str]) -> None:
        found: dict[Key, Matrix] = {}
        for view in views:
            spans = [layout.spans[view, window] for window in windows]
            whole = np.sum([expected[span, : self.n_topics].T for span in spans], axis=0, dtype=np.float64) + self.eta
            found[view] = np.asarray(whole / whole.sum(axis=1, keepdims=True))
            for window, span in zip(windows, spans, strict=True):
                words = table[span, : self.n_topics].T.astype(np.float64)
                found[view, window] = words / words.sum(axis=1, keepdims=True)
        self.topic_word_ = found

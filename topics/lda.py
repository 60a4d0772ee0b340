"""Latent Dirichlet allocation over one view or several that share a document's topics."""

from __future__ import annotations

import numpy as np

from topics.base import TopicModel, check_at_least
from topics.expected import Engine, Schedule, Update, first_table, smooth
from topics.gibbs import Sampler
from topics.priors import fitted_alpha
from topics.simd import row
from topics.stacking import Counts, Documents, Key, Labels, Layout, Matrix, Table


class LDA(TopicModel):
    """LDA by expected counts, or by Gibbs sampling.

    theta_d ~ Dirichlet(alpha); for each token of view v a topic z ~ theta_d and a word ~ phi_vz, phi_vz ~
    Dirichlet(eta). With several views this is mmLDA: one theta, a vocabulary for each view.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta : float
        Parameters of the two Dirichlet priors, above 0.
    passes : int
        Times that all documents are gone through with expected counts (see `topics.expected`).
    sweeps : int
        Sweeps of collapsed Gibbs sampling in place of the passes; topics are the mean over the last half of them. The
        passes give a better likelihood in less time; sweeps give true samples of the posterior.
    optimise : bool
        Learn an alpha for each topic after every pass or sweep (Minka's fixed point) instead of keeping one for all.
    random_state : int
        Where learning begins.
    n_jobs : int
        Threads; they change how long it takes and nothing else.

    Sources: D. Blei, A. Ng, M. Jordan, "Latent Dirichlet allocation", JMLR 3, 2003; T. Griffiths, M. Steyvers, "Finding
    scientific topics", PNAS 101, 2004, eq. 5; T. Minka, "Estimating a Dirichlet distribution", 2000, eq. 55.

    >>> import numpy as np
    >>> words = np.repeat([[9, 7, 0, 0], [0, 0, 8, 6]], 20, axis=0)
    >>> LDA(n_topics=2).fit({"words": words}).topic_word_["words"].round(1).max(axis=1)
    array([0.6, 0.6])
    """

    expected_: Table

    def __init__(
        self,
        n_topics: int = 50,
        alpha: float = 0.1,
        eta: float = 0.01,
        passes: int = 8,
        sweeps: int = 0,
        optimise: bool = False,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.passes = passes
        self.sweeps = sweeps
        self.optimise = optimise
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        for name, least in (("n_topics", 1), ("passes", 1), ("sweeps", 0), ("n_jobs", 1)):
            check_at_least(name, getattr(self, name), least)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        documents = layout.documents(counts, None)
        order = documents.order(self.random_state)
        documents, alpha = documents.take(order), row(self.n_topics, self.alpha)
        theta = (self._sample if self.sweeps else self._expect)(documents, layout, alpha)
        self.doc_topic_ = np.empty_like(theta)
        self.doc_topic_[order] = theta
        self.alpha_ = alpha[: self.n_topics].astype(np.float64)
        self._tell(layout)

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        layout, alpha = self.layout, row(self.n_topics, self.alpha_)
        documents, table = layout.documents(counts, None), layout.table(self.topic_word_)
        if self.sweeps:
            known = table, self._project(counts, None)
            self.doc_topic_ = self._sample(documents, layout, alpha, known, self.expected_)
        else:
            with Engine(documents, self.n_topics, layout.size, self.n_jobs) as engine:
                self.expected_ = engine.learn_on(table, alpha, self._update(layout), self.expected_)
                self.doc_topic_ = engine.shares(engine.theta)
        self._tell(layout)

    def _tell(self, layout: Layout) -> None:
        self.topic_word_ = distributions(self.expected_ + np.float32(self.eta), layout, self.n_topics)

    def _update(self, layout: Layout) -> Update:
        def update(expected: Table, table: Table) -> None:
            for span in layout.spans.values():
                smooth(expected, table, span.start, span.stop, self.eta, self.n_topics)

        return update

    def _expect(self, documents: Documents, layout: Layout, alpha: Table) -> Matrix:
        table = first_table(documents, layout.size, self.n_topics, self.random_state)
        with Engine(documents, self.n_topics, layout.size, self.n_jobs) as engine:

            def prior(done: int) -> None:
                # Early shares are spread over many topics, and a prior fitted to them would keep them so.
                if self.optimise and 2 * done >= self.passes:
                    known = alpha[: self.n_topics]
                    known[:] = fitted_alpha(engine.theta[:, : self.n_topics] - known, known)

            schedule = Schedule(passes=self.passes)
            self.expected_ = engine.learn(table, alpha, self._update(layout), schedule, prior)
            return engine.shares(engine.theta)

    def _sample(
        self,
        documents: Documents,
        layout: Layout,
        alpha: Table,
        known: tuple[Table, Matrix] | None = None,
        before: Table | None = None,
    ) -> Matrix:
        seed, threads, count = self.random_state, self.n_jobs, self.n_topics
        sampler = Sampler(documents, layout, count, alpha, self.eta, seed, threads, known, before)

        def prior(sweep: int) -> None:
            if self.optimise and before is None and sweep % 10 == 9:
                alpha[:count] = fitted_alpha(sampler.theta[:, :count], alpha[:count])

        self.expected_, theta = sampler.mean(self.sweeps, max(1, self.sweeps // 2), prior)
        return np.asarray(theta / theta.sum(axis=1, keepdims=True))


def distributions(table: Table, layout: Layout, topics: int) -> dict[Key, Matrix]:
    """The rows of each block as distributions over its words: (topics, words), rows sum to 1."""
    found: dict[Key, Matrix] = {}
    for key, span in layout.spans.items():
        words = table[span, :topics].T.astype(np.float64)
        found[key] = words / words.sum(axis=1, keepdims=True)
    return found

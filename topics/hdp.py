"""The hierarchical Dirichlet process: LDA that chooses how many topics it needs."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import gammaln

from topics.base import TopicModel, check_at_least
from topics.gibbs import Sampler
from topics.lda import distributions
from topics.simd import padded, row, rows
from topics.stacking import Counts, Labels, Layout, Matrix, Table

JOIN_EVERY: Final = 10
"""Sweeps from one look for topics to be joined to the next."""


class HDP(TopicModel):
    """HDP over one view or several, by direct assignment sampling, with at most `most_topics` topics.

    Topic weights b ~ GEM(gamma) are shared by all documents, theta_d ~ DP(concentration, b). Given b, documents are
    sampled as for LDA with alpha = concentration x b; given the topics of all tokens, the number of tables that serve
    each topic in each document is drawn, and b from a Dirichlet distribution over tables. Drawing token by token takes
    very long to make one of two topics that say the same: now and then every topic is joined with the one most like it
    if that makes the state more likely. Topics that serve next to nothing are left out at the end.

    Parameters
    ----------
    most_topics : int
        Topics that there may be, 1 or more; `topic_word_` has as many as are used.
    concentration, gamma : float
        How far a document's topics may lie from the shared weights, and how readily a new topic is opened; above 0.
    eta : float
        Parameter of the Dirichlet prior of a topic's words, above 0; the smaller, the more topics.
    sweeps : int
        Sweeps of the sampler; topics are the mean over the last quarter.
    least_share : float
        Share of all tokens below which a topic is left out.
    random_state, n_jobs
        As for `LDA`.

    Source: Y. W. Teh, M. Jordan, M. Beal, D. Blei, "Hierarchical Dirichlet processes", JASA 101, 2006, section 5.3,
    with the weights truncated as in E. Fox et al., "A sticky HDP-HMM", Annals of Applied Statistics 5, 2011, section
    3.1.
    """

    def __init__(
        self,
        most_topics: int = 100,
        concentration: float = 1.0,
        gamma: float = 1.0,
        eta: float = 0.05,
        sweeps: int = 200,
        least_share: float = 0.002,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.most_topics = most_topics
        self.concentration = concentration
        self.gamma = gamma
        self.eta = eta
        self.sweeps = sweeps
        self.least_share = least_share
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        for name in ("most_topics", "sweeps", "n_jobs"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("concentration", "gamma", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        check_at_least("least_share", self.least_share, 0)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        documents = layout.documents(counts, None)
        order = documents.order(self.random_state)
        count, alpha = self.most_topics, row(self.most_topics, self.concentration / self.most_topics)
        sampler = Sampler(documents.take(order), layout, count, alpha, self.eta, self.random_state, self.n_jobs)
        rng = np.random.default_rng(self.random_state)
        kept = max(1, self.sweeps // 4)
        weights = np.zeros(count)

        def after(sweep: int) -> None:
            if self.sweeps <= 4 * sweep < 3 * self.sweeps and sweep % JOIN_EVERY == 0:
                join(sampler, alpha)
            alpha[:count] = self.concentration * self._weights(sampler.theta[:, :count], alpha[:count], rng)
            if sweep >= self.sweeps - kept:
                weights[:] += alpha[:count] / kept

        expected, shares = sampler.mean(self.sweeps, kept, after)
        used = np.flatnonzero(shares.sum(axis=0) >= self.least_share * shares.sum())
        used = used[np.argsort(-shares.sum(axis=0)[used], kind="stable")]
        self.expected_ = rows(layout.size, padded(len(used)))
        self.expected_[:, : len(used)] = expected[:, used]
        self.alpha_ = weights[used]
        self.doc_topic_ = np.empty((len(documents), len(used)))
        self.doc_topic_[order] = shares[:, used] / shares[:, used].sum(axis=1, keepdims=True)
        self._tell(layout)

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        """The topics and their weights stay; further documents are sampled under them."""
        layout, count = self.layout, len(self.alpha_)
        known = layout.table(self.topic_word_), self._project(counts, None)
        documents, alpha = layout.documents(counts, None), row(count, self.alpha_)
        sampler = Sampler(
            documents, layout, count, alpha, self.eta, self.random_state, self.n_jobs, known, self.expected_
        )
        self.expected_, shares = sampler.mean(self.sweeps, max(1, self.sweeps // 4))
        self.doc_topic_ = shares / shares.sum(axis=1, keepdims=True)
        self._tell(layout)

    def _tell(self, layout: Layout) -> None:
        self.topic_word_ = distributions(self.expected_ + np.float32(self.eta), layout, len(self.alpha_))

    def _weights(self, counts: Table, alpha: Table, rng: np.random.Generator) -> Matrix:
        """Shared weights drawn given the counts of topics in documents: tables first, then a Dirichlet over them."""
        tables = _tables(counts.astype(np.int64), alpha.astype(np.float64), rng)
        drawn = rng.dirichlet(tables + self.gamma / len(tables))
        return np.maximum(drawn, 1e-6)


def join(sampler: Sampler, alpha: Table) -> None:
    """Join each topic with the one most like it, smaller into larger, where the joint likelihood gains by that."""
    known = np.maximum(sampler.table[:, : sampler.topics].astype(np.float64) - sampler.eta, 0)
    used = np.flatnonzero(known.sum(axis=0) > 0.5)
    used = used[np.argsort(known.sum(axis=0)[used], kind="stable")]
    shape = np.sqrt(known[:, used] / known[:, used].sum(axis=0))
    alike = shape.T @ shape
    for place, topic in enumerate(used[:-1]):
        other = int(used[place + 1 :][alike[place, place + 1 :].argmax()])
        if _gain(sampler, alpha, int(topic), other) > 0:
            sampler.move(int(topic), other)


def _gain(sampler: Sampler, alpha: Table, one: int, other: int) -> float:
    """What joining two topics adds to the logarithm of p(words, topics)."""
    both = [one, other]
    gain = 0.0
    for span in sampler.layout.spans.values():
        counts = sampler.table[span][:, both].astype(np.float64) - sampler.eta
        gain += _polya(counts.sum(axis=1, keepdims=True), np.full((len(counts), 1), sampler.eta))
        gain -= _polya(counts, np.full(counts.shape, sampler.eta))
    served = sampler.theta[:, both].astype(np.float64)
    prior = alpha[both].astype(np.float64)
    gain += (gammaln(served.sum(axis=1) + prior.sum()) - gammaln(prior.sum())).sum()
    return float(gain - (gammaln(served + prior) - gammaln(prior)).sum())


def _polya(counts: Matrix, prior: Matrix) -> float:
    """The logarithm of p(words given topics), for topics (words, topics) whose words have a Dirichlet prior."""
    told = gammaln(prior.sum(axis=0)) - gammaln((counts + prior).sum(axis=0))
    return float(told.sum() + (gammaln(counts + prior) - gammaln(prior)).sum())


def _tables(counts: np.ndarray, alpha: Matrix, rng: np.random.Generator) -> Matrix:
    """How many tables serve each topic, over all documents: customer j + 1 opens one with chance a / (a + j)."""
    drawn = np.zeros(len(alpha))
    for topic, prior in enumerate(alpha):
        sizes = np.bincount(counts[:, topic])
        # As many customers come j-th in a document as documents have more than j of them.
        coming = len(counts) - np.cumsum(sizes)[:-1]
        drawn[topic] = rng.binomial(coming, prior / (prior + np.arange(len(coming)))).sum() if len(coming) else 0
    return drawn

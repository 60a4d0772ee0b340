"""Topics that several collections share, each telling them partly in words of its own."""

from __future__ import annotations

import numpy as np

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.expected import Engine, Schedule
from topics.mixture import Mixture, Prior, alike
from topics.priors import fitted_alpha
from topics.simd import padded, rows
from topics.stacking import Counts, Key, Labels, Layout, Table


class CCLDA(TopicModel):
    """Cross-collection LDA over one view or several, by expected counts.

    theta_d ~ Dirichlet(alpha); for each token of view v in collection c a topic z ~ theta_d and a coin x ~ psi_vzc,
    psi ~ Beta(common, own); the word comes from phi_vz, common to all collections, or from sigma_vzc, the collection's
    own. What a token is expected to have drawn is divided between the two for each word of a collection at once, so a
    pass costs what it costs for LDA.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta, own_eta : float
        Dirichlet parameters of topics in documents, of common words and of a collection's own words, above 0.
    common, own : float
        Parameters of the beta prior of the share of common words, above 0.
    passes, optimise, random_state, n_jobs
        As for `LDA`.

    Attributes
    ----------
    topic_word_ : dict
        `topic_word_[view]` is phi, what all share; `topic_word_[view, collection]` the topic as the collection tells
        it, psi phi + (1 - psi) sigma.
    own_word_ : dict
        `own_word_[view, collection]` is sigma, (topics, words), rows sum to 1.
    common_share_ : dict
        `common_share_[view, collection]` is psi, (topics,).

    Source: M. Paul, R. Girju, "Cross-cultural analysis of blogs and forums with mixed-collection topic models", EMNLP
    2009, section 3.
    """

    def __init__(
        self,
        n_topics: int = 50,
        alpha: float = 0.1,
        eta: float = 0.01,
        own_eta: float = 0.01,
        common: float = 1.0,
        own: float = 1.0,
        passes: int = 12,
        optimise: bool = False,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.own_eta = own_eta
        self.common = common
        self.own = own
        self.passes = passes
        self.optimise = optimise
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        for name, least in (("n_topics", 1), ("passes", 1), ("n_jobs", 1)):
            check_at_least(name, getattr(self, name), least)
        for name in ("alpha", "eta", "own_eta", "common", "own"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        if collections is None:
            raise InvalidInput(f"{type(self).__name__} compares collections: say which one each document belongs to")
        names = sorted({str(label) for label in collections})
        widths: dict[Key, int] = {(v, c): view.shape[1] for v, view in counts.items() for c in names}
        layout = Layout.of(widths)
        documents = layout.documents(counts, collections)
        order = documents.order(self.random_state)
        documents = documents.take(order)
        alpha = rows(padded(self.n_topics))
        alpha[: self.n_topics] = self.alpha
        table = alike(documents, layout, self.n_topics, self.random_state)
        mixtures = self._mixtures(counts, names, layout)
        with Engine(documents, self.n_topics, layout.size, self.n_jobs) as engine:
            passed = 0

            def update(expected: Table, table: Table) -> None:
                for mixture in mixtures.values():
                    (mixture.pool if 3 * passed < self.passes else mixture.learn)(expected, table)

            def after_pass(done: int) -> None:
                nonlocal passed
                passed = done
                if self.optimise and 2 * done >= self.passes:
                    known = alpha[: self.n_topics]
                    known[:] = fitted_alpha(engine.theta[:, : self.n_topics] - known, known)

            self.expected_ = engine.learn(table, alpha, update, Schedule(passes=self.passes), after_pass)
            self.doc_topic_ = np.empty((len(documents), self.n_topics))
            self.doc_topic_[order] = engine.shares(engine.theta)
        self.alpha_ = alpha[: self.n_topics].astype(np.float64)
        self.mixtures_ = mixtures
        self._tell(mixtures, names)

    def _tell(self, mixtures: dict[str, Mixture], names: list[str]) -> None:
        self.topic_word_, self.own_word_, self.common_share_ = {}, {}, {}
        for view, mixture in mixtures.items():
            self.topic_word_[view] = mixture.words()
            for number, name in enumerate(names):
                own, share = mixture.own_words(number), mixture.share[number]
                self.own_word_[view, name], self.common_share_[view, name] = own, share
                self.topic_word_[view, name] = share[:, None] * self.topic_word_[view] + (1 - share[:, None]) * own

    def _mixtures(self, counts: Counts, names: list[str], layout: Layout) -> dict[str, Mixture]:
        prior = Prior(self.eta, self.own_eta, self.common, self.own)
        return {
            view: Mixture(
                np.array([layout.spans[view, name].start for name in names]), matrix.shape[1], self.n_topics, prior
            )
            for view, matrix in counts.items()
        }

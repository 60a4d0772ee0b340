"""Topics that several collections share, each telling them partly in words of its own."""

from __future__ import annotations

import numpy as np
from numba import njit

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.expected import Engine, Schedule, first_table
from topics.priors import fitted_alpha
from topics.simd import padded, rows
from topics.stacking import Counts, Key, Labels, Layout, Matrix, Table


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
        `topic_word_[view]` is phi, what all share; `topic_word_[view, collection]` the topic as the collection tells it,
        psi phi + (1 - psi) sigma.
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
        table = rows(layout.size, padded(self.n_topics))
        mixtures = {view: self._mixture(view, names, layout, counts) for view in counts}
        self._begin(mixtures, counts, table)
        with Engine(documents, self.n_topics, layout.size, self.n_jobs) as engine:

            def update(expected: Table, table: Table) -> None:
                for mixture in mixtures.values():
                    mixture.learn(expected, table)

            def prior(done: int) -> None:
                if self.optimise and 2 * done >= self.passes:
                    known = alpha[: self.n_topics]
                    known[:] = fitted_alpha(engine.theta[:, : self.n_topics] - known, known)

            engine.learn(table, alpha, update, Schedule(passes=self.passes), prior)
            self.doc_topic_ = np.empty((len(documents), self.n_topics))
            self.doc_topic_[order] = engine.shares(engine.theta)
        self.alpha_ = alpha[: self.n_topics].astype(np.float64)
        self._tell(mixtures, names)

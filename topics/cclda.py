"""Topics that several collections share, each telling them partly in words of its own."""

from __future__ import annotations

import numpy as np

from topics.base import check_at_least
from topics.comparing import ComparingModel
from topics.mixture import Mixture, Prior
from topics.stacking import Counts, Layout, Table


class CCLDA(ComparingModel):
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

    def _check(self) -> None:
        super()._check()
        for name in ("alpha", "eta", "own_eta", "common", "own"):
            check_at_least(name, getattr(self, name), 0, strictly=True)

    def _begin(self, counts: Counts, layout: Layout, names: list[str]) -> None:
        self.mixtures_ = {view: self._mixture(view, matrix.shape[1], layout, names) for view, matrix in counts.items()}

    def _mixture(self, view: str, width: int, layout: Layout, names: list[str]) -> Mixture:
        starts = np.array([layout.spans[view, name].start for name in names])
        return Mixture(starts, width, self.n_topics, Prior(self.eta, self.own_eta, self.common, self.own))

    def _grow(self, layout: Layout, names: list[str], table: Table) -> None:
        places = [names.index(name) for name in self.collections_]
        for view, former in self.mixtures_.items():
            self.mixtures_[view] = self._mixture(view, self.widths_[view], layout, names)
            self.mixtures_[view].take_over(former, places)
            self.mixtures_[view].write(table)

    def _update(self, expected: Table, table: Table, *, pool: bool) -> None:
        for mixture in self.mixtures_.values():
            (mixture.pool if pool else mixture.learn)(expected, table)

    def _tell(self, names: list[str]) -> None:
        self.topic_word_, self.own_word_, self.common_share_ = {}, {}, {}
        for view, mixture in self.mixtures_.items():
            self.topic_word_[view] = mixture.words()
            for number, name in enumerate(names):
                own, share = mixture.own_words(number), mixture.share[number]
                self.own_word_[view, name], self.common_share_[view, name] = own, share
                self.topic_word_[view, name] = share[:, None] * self.topic_word_[view] + (1 - share[:, None]) * own

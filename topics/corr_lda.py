"""Correspondence LDA: the words beside a picture are told by the topics that its regions really have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.gibbs import Sampler, uniform
from topics.lda import LDA, distributions
from topics.simd import LANES, draw, row, rows
from topics.stacking import Counts, Labels, Layout, Matrix, Table
from topics.telling import tell


@njit(nogil=True, cache=True)
def _sweep_pairs(first, last, places, owner, topic, lead, follow, table, total, alpha, scratch, topics, leading, state):  # type: ignore[no-untyped-def]
    """Draw the topics of tokens [first, last) of the leading view, or of those that follow it.

    `lead` and `follow` (documents, topics) count the topics of both views' tokens in each document. A following token
    picks one of the leading ones and has its topic: p(t) ~ lead_t x word. A leading one pays for what it does to them:
    p(t) ~ (lead_t + alpha) x word x ((lead_t + 1) / lead_t) ** follow_t, lead counted without it.
    """
    width = np.int64(4) * table.shape[1]
    blocks = table.shape[1] // LANES
    weights, least = scratch[0], np.float32(1e-3)
    one = np.float32(1)
    for i in range(first, last):
        d, place, old = owner[i], np.int64(places[i]), np.int64(topic[i])
        mine = lead[d] if leading else follow[d]
        mine[old] -= one
        table[place, old] -= one
        total[old] -= one
        for t in range(topics):
            if leading:
                weights[t] = (mine[t] + alpha[t]) / total[t]
                if follow[d, t] > 0:
                    weights[t] *= ((mine[t] + one) / max(mine[t], least)) ** follow[d, t]
            else:
                weights[t] = max(lead[d, t], least) / total[t]
        if leading:
            most = weights[:topics].max()
            for t in range(topics):
                weights[t] /= most
        chance, state = uniform(state)
        new = draw(
            scratch.ctypes.data, table.ctypes.data + place * width, scratch.ctypes.data + width, blocks, np.int64(-1),
            np.float32(0), chance, topics,
        )  # fmt: skip
        topic[i] = new
        mine[new] += one
        table[place, new] += one
        total[new] += one
    return state


class CorrLDA(TopicModel):
    """Corr-LDA over two views of counts, by collapsed Gibbs sampling: the first view leads, the second follows.

    theta_d ~ Dirichlet(alpha); each token of the leading view (visual words, labels) has a topic z ~ theta_d; each
    token of the following view (a caption's words) picks a token of the leading view evenly and has its topic. So a
    caption has no topic that the picture lacks, which sharing theta alone does not give. The picks are summed out. In
    a document whose leading view is empty the following one is told by all topics alike. The chain begins with the
    topics of `LDA`: from chance ones it would take very long, since what follows holds on to what leads.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta : float
        Dirichlet parameters of topics in documents and of words in topics, above 0.
    sweeps : int
        Sweeps; topics are the mean over the last half of them.
    random_state : int
        Where the chain begins.

    Sources: D. Blei, M. Jordan, "Modeling annotated data", SIGIR 2003, section 3.3, with visual words for regions; the
    collapsed sampler: D. Newman, C. Chemudugunta, P. Smyth, "Statistical entity-topic models", KDD 2006 (CorrLDA1).
    """

    def __init__(
        self, n_topics: int = 50, alpha: float = 0.1, eta: float = 0.01, sweeps: int = 100, random_state: int = 0
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.sweeps = sweeps
        self.random_state = random_state

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        if len(counts) != 2:
            raise InvalidInput(f"CorrLDA takes two views, the leading one first, got {', '.join(counts)}")
        for name in ("n_topics", "sweeps"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        order = layout.documents(counts, None).order(self.random_state)
        begin = LDA(self.n_topics, self.alpha, self.eta, random_state=self.random_state).fit(counts)
        self.alpha_ = np.full(self.n_topics, self.alpha)
        known = layout.table(begin.topic_word_), begin.doc_topic_[order]
        shares = self._sample({name: view[order] for name, view in counts.items()}, layout, known, None)
        self.doc_topic_ = np.empty_like(shares)
        self.doc_topic_[order] = shares

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        layout = self.layout
        known = layout.table(self.topic_word_), self._project(counts, None)
        self.doc_topic_ = self._sample(counts, layout, known, self.expected_)

    def _sample(self, counts: Counts, layout: Layout, known: tuple[Table, Matrix], before: Table | None) -> Matrix:
        documents, alpha = layout.documents(counts, None), row(self.n_topics, self.alpha)
        sampler = Pairs(
            documents, layout, self.n_topics, alpha, self.eta, self.random_state, known=known, before=before
        )
        self.expected_, shares = sampler.mean(self.sweeps, max(1, self.sweeps // 2))
        self.topic_word_ = distributions(self.expected_ + np.float32(self.eta), layout, self.n_topics)
        return _shares(shares)

    def _telling(self, seen: Counts, hidden: Counts, collections: Labels | None) -> dict[str, Matrix]:
        """What follows is told by the topics of the leading tokens; of hidden ones by those that theta lets expect."""
        lead, follow = self.widths_
        shares = self._project(seen, collections)
        layout = Layout.of({lead: self.widths_[lead]})
        led = np.zeros_like(shares)
        if lead in seen:
            table = layout.table({lead: self.topic_word_[lead]})
            led += tell(layout.documents({lead: seen[lead]}, None), table, shares)
        if lead in hidden:
            led += np.asarray(hidden[lead].sum(axis=1)).reshape(-1, 1) * shares
        return {lead: shares, follow: _shares(np.where(led.any(axis=1, keepdims=True), led, shares))}


class Pairs(Sampler):
    """A chain over two views: the tokens of each, and the topics of both counted apart; `theta` counts the leading."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        leading = self.places < next(iter(self.layout.spans.values())).stop
        # Leading tokens first, then those that follow, both in the order of documents.
        order = np.argsort(~leading, kind="stable")
        self.border = int(leading.sum())
        self.places, self.owner = self.places[order], self.owner[order]
        self.topic = self.topic[order]
        self.theta, self.follow = rows(*self.theta.shape), rows(*self.theta.shape)
        np.add.at(self.theta, (self.owner[: self.border], self.topic[: self.border]), 1)
        np.add.at(self.follow, (self.owner[self.border :], self.topic[self.border :]), 1)
        self.scratch = rows(2, self.table.shape[1])
        self.state = np.uint64(self.states[0])

    def sweep(self) -> None:
        """Draw every topic once, those that follow first."""
        for first, last, leading in ((self.border, len(self.places), False), (0, self.border, True)):
            tokens = self.places, self.owner, self.topic, self.theta, self.follow
            words = self.table, self.totals[0 if leading else 1], self.alpha, self.scratch
            self.state = np.uint64(_sweep_pairs(first, last, *tokens, *words, self.topics, leading, self.state))


def _shares(counts: Matrix) -> Matrix:
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))

"""Topics over documents of any single medium, which a graph of likeness holds together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix, diags

from ontology.errors import InvalidInput
from topics.base import TopicModel, Views, check_at_least, check_collections, check_some
from topics.expected import smooth
from topics.lda import LDA, distributions
from topics.simd import padded, rows
from topics.stacking import Counts, Labels, Layout, Matrix
from topics.telling import tell

Links: TypeAlias = ArrayLike | csr_matrix
ROUNDS = 60
"""Looks at the tokens of a new document."""
LEARN_ON = 3
"""How often further documents are told under what they taught."""


class MDRF(TopicModel):
    """The multi-modal document random field, by expectation maximisation.

    A document may hold any of the fields, most often one: a photo here, a text there. Its shares have the prior
    p(theta) ~ prod_i Dir(theta_i | alpha + 1) prod_ij exp(-pull w_ij |theta_i - theta_j|^2) over the linked documents
    i, j; for each token of view v a topic z ~ theta_i and a word ~ phi_vz, phi_vz ~ Dirichlet(eta). Topics are one for
    all media because linked documents of different media have to agree. Each theta is set to its exact maximum given
    its neighbours: under |.|^2 that is the root of a quadratic for each topic, with one multiplier for them all.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta : float
        Dirichlet parameters of topics in documents and of words in topics, above 0.
    pull : float
        What a link of weight 1 counts, at least 0; 0 leaves documents on their own.
    passes : int
        Steps of expectation maximisation; the graph starts to count with the first.
    random_state : int
        Where learning begins.

    Attributes
    ----------
    shares_ : ndarray (documents, topics)
        Shares of all documents that were learned from so far, which links can lead to.

    Source: Y. Jia, M. Salzmann, T. Darrell, "Learning cross-modality similarity for multinomial data", ICCV 2011,
    section 3.
    """

    def __init__(
        self,
        n_topics: int = 50,
        alpha: float = 0.1,
        eta: float = 0.01,
        pull: float = 10.0,
        passes: int = 40,
        random_state: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.pull = pull
        self.passes = passes
        self.random_state = random_state

    def fit(self, views: Views, collections: Sequence[str] | None = None, links: Links | None = None) -> Self:
        """Learn from views, and from links (n, n) of at least 0 between documents; which way they point is all one."""
        counts = check_some(views)
        length = _length(counts)
        self._fit(counts, check_collections(collections, counts), check_links(links, (length, length)))
        self.widths_ = {name: view.shape[1] for name, view in counts.items()}
        return self

    def partial_fit(self, views: Views, collections: Sequence[str] | None = None, links: Links | None = None) -> Self:
        """Learn from further documents; `links` (m, n) lead to all documents that were learned from so far."""
        if not hasattr(self, "widths_"):
            return self.fit(views, collections, links)
        counts = self._known(views)
        labels = check_collections(collections, counts)
        self._learn_on(counts, labels, check_links(links, (_length(counts), len(self.shares_))))
        return self

    def transform(self, views: Views, collections: Sequence[str] | None = None, links: Links | None = None) -> Matrix:
        """The share of each topic: (m, topics); `links` (m, n) lead to the documents that were learned from."""
        counts = self._known(views)
        check_collections(collections, counts)
        return self._settled(counts, check_links(links, (_length(counts), len(self.shares_))))

    def _fit(self, counts: Counts, collections: Labels | None, links: csr_matrix | None = None) -> None:
        for name in ("n_topics", "passes"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        check_at_least("pull", self.pull, 0)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        documents = layout.documents(counts, None)
        order = documents.order(self.random_state)
        documents = documents.take(order)
        links = check_links(links, (len(order), len(order)))[order][:, order]
        links = self.pull * (links + links.T)
        links = links - diags(links.diagonal())
        model = LDA(self.n_topics, self.alpha, self.eta, random_state=self.random_state).fit(
            {name: view[order] for name, view in counts.items()}
        )
        self.alpha_ = model.alpha_
        table, shares = layout.table(model.topic_word_), model.doc_topic_
        for _ in range(self.passes):
            self.expected_ = rows(layout.size, padded(self.n_topics))
            told = tell(documents, table, shares, self.expected_)
            shares = agreed(told + self.alpha_, links.sum(axis=1), links @ shares)
            for span in layout.spans.values():
                smooth(self.expected_, table, span.start, span.stop, self.eta, self.n_topics)
        self.topic_word_ = distributions(table, layout, self.n_topics)
        self.doc_topic_ = np.empty_like(shares)
        self.doc_topic_[order] = shares
        self.shares_ = self.doc_topic_

    def _learn_on(self, counts: Counts, collections: Labels | None, links: csr_matrix | None = None) -> None:
        layout = self.layout
        documents, before = layout.documents(counts, None), self.expected_
        for _ in range(LEARN_ON):
            self.doc_topic_ = self._settled(counts, check_links(links, (len(documents), len(self.shares_))))
            self.expected_ = before.copy()
            tell(documents, layout.table(self.topic_word_), self.doc_topic_, self.expected_)
            self.topic_word_ = distributions(self.expected_ + np.float32(self.eta), layout, self.n_topics)
        self.shares_ = np.vstack([self.shares_, self.doc_topic_])

    def _project(self, counts: Counts, collections: Labels | None) -> Matrix:
        return self._settled(counts, check_links(None, (_length(counts), len(self.shares_))))

    def _settled(self, counts: Counts, links: csr_matrix) -> Matrix:
        layout = self.layout
        documents, table = layout.documents(counts, None), layout.table(self.topic_word_)
        links = self.pull * links
        around, weight = links @ self.shares_, links.sum(axis=1)
        shares = agreed(np.tile(self.alpha_, (len(documents), 1)), weight, around)
        for _ in range(ROUNDS):
            shares = agreed(tell(documents, table, shares) + self.alpha_, weight, around)
        return shares


def _length(counts: Counts) -> int:
    return int(next(iter(counts.values())).shape[0])


def check_links(links: Links | None, shape: tuple[int, int]) -> csr_matrix:
    """Give links between documents as a sparse matrix; none at all if none are given."""
    if links is None:
        return csr_matrix(shape, dtype=np.float64)
    try:
        found = csr_matrix(links, dtype=np.float64, copy=True)
    except (TypeError, ValueError) as error:
        raise InvalidInput("links are no matrix of weights") from error
    if found.shape != shape:
        raise InvalidInput(f"links must have shape {shape}, got {found.shape}")
    if not np.isfinite(found.data).all() or (found.data < 0).any():
        raise InvalidInput("links must be finite and not below 0")
    return found


def agreed(counts: Matrix, weight: Matrix, around: Matrix) -> Matrix:
    """The shares (n, topics) that maximise sum_k counts_k log theta_k - sum_j w_j |theta - theta_j|^2 on the simplex.

    `weight` (n,) is the sum of w_j, `around` (n, topics) that of w_j theta_j. With the multiplier v of the constraint,
    2 weight theta^2 + (v - 2 around) theta - counts = 0; the sum of the positive roots falls with v and is convex in
    it, so Newton's method goes up to v from where one share alone would be 1, and never past it.
    """
    heavy = np.maximum(2 * np.asarray(weight).ravel(), 1e-9)[:, None]
    level = (counts + 2 * around - heavy).max(axis=1, keepdims=True)
    for _ in range(100):
        half = 2 * around - level
        root = np.sqrt(half**2 + 4 * heavy * counts)
        # The same root twice: without taking the difference of two large numbers.
        shares = np.where(half > 0, (half + root) / (2 * heavy), 2 * counts / np.maximum(root - half, 1e-300))
        excess = shares.sum(axis=1, keepdims=True) - 1
        if (excess < 1e-12).all():
            break
        level = level + np.maximum(excess, 0) / (shares / root).sum(axis=1, keepdims=True)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))

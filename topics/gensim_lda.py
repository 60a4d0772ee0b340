"""Gensim's online variational LDA behind the contract of every topic model."""

from __future__ import annotations

import warnings

import numpy as np

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.expected import fold_in
from topics.stacking import Counts, Labels


class GensimLDA(TopicModel):
    """LDA of one view by gensim's `LdaModel`; documents are told by the same inference as for every other model.

    Parameters
    ----------
    n_topics : int
        Topics, 1 or more.
    alpha, eta : float
        Parameters of the Dirichlet priors of a document's topics and of a topic's words, above 0.
    passes : int
        Times that all documents are gone through.
    chunk : int
        Documents of one online update.
    random_state : int
        Where learning begins.

    Source: M. Hoffman, D. Blei, F. Bach, "Online learning for latent Dirichlet allocation", NIPS 2010.
    """

    def __init__(
        self,
        n_topics: int = 50,
        alpha: float = 0.1,
        eta: float = 0.01,
        passes: int = 10,
        chunk: int = 2000,
        random_state: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.passes = passes
        self.chunk = chunk
        self.random_state = random_state

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        if len(counts) != 1:
            raise InvalidInput(f"GensimLDA takes one view, got {', '.join(counts)}")
        for name in ("n_topics", "passes", "chunk"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("alpha", "eta"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        ((view, matrix),) = counts.items()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from gensim.matutils import Sparse2Corpus
            from gensim.models import LdaModel

        self.model_ = LdaModel(
            Sparse2Corpus(matrix, documents_columns=False),
            num_topics=self.n_topics,
            id2word={word: str(word) for word in range(matrix.shape[1])},
            alpha=[self.alpha] * self.n_topics,
            eta=self.eta,
            passes=self.passes,
            chunksize=self.chunk,
            eval_every=None,
            random_state=self.random_state,
        )
        self.alpha_ = np.full(self.n_topics, self.alpha)
        self._tell(view, counts)

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        from gensim.matutils import Sparse2Corpus

        ((view, matrix),) = counts.items()
        self.model_.update(Sparse2Corpus(matrix, documents_columns=False))
        self._tell(view, counts)

    def _tell(self, view: str, counts: Counts) -> None:
        words = self.model_.get_topics().astype(np.float64)
        self.topic_word_ = {view: words / words.sum(axis=1, keepdims=True)}
        layout = self.layout
        self.doc_topic_ = fold_in(layout.documents(counts, None), layout.table(self.topic_word_), self.alpha_)

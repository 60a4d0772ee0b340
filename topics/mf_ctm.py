"""The multi-field correlated topic model: every field has topics of its own, and the fields' topics go together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ontology.errors import InvalidInput
from topics.base import check_at_least
from topics.fields import FieldTopics
from topics.normal import Moments, inverse, modes, softmaxes, variances
from topics.stacking import Counts, Documents, Labels, Layout, Matrix, Table, texts_of
from topics.telling import tell

STEPS = 3
"""Newton steps between two looks at the tokens."""
ROUNDS = 30
"""Looks at the tokens of a new document."""


class MFCTM(FieldTopics):
    """mf-CTM over one view or several, by variational expectation maximisation.

    x_d ~ Normal(mean, covariance) over the topics of all fields; the shares of field f's topics are the softmax of its
    part of x_d; for each token of the field a topic z ~ theta_df and a word ~ phi_fz, phi_fz ~ Dirichlet(eta). The
    covariance says which topics of one field go with which of another, and tells a field that a document lacks from
    those that it has. Learning begins with `LDA` over the fields that have equally many topics.

    Parameters
    ----------
    n_topics : int or dict
        Topics of each field, 1 or more; a dict names every field.
    eta : float
        Parameter of the Dirichlet prior of a topic's words, above 0.
    shrinkage : float
        Documents that the identity counts for in the covariance, above 0.
    passes : int
        Steps of expectation maximisation.
    rounds : int
        How often in a step documents are looked at, and their modes moved.
    random_state : int
        Where learning begins.

    Attributes
    ----------
    mean_, covariance_ : ndarray (D,), (D, D)
        Of the normal prior, D being all topics side by side.
    fields_, topic_word_, doc_topic_
        As for `topics.fields.FieldTopics`.

    Source: K. Salomatin, Y. Yang, A. Lad, "Multi-field correlated topic modeling", SDM 2009, with the posteriors of
    C. Wang, D. Blei, JMLR 14, 2013, section 3 (Laplace) in place of the bound.
    """

    def __init__(
        self,
        n_topics: int | Mapping[str, int] = 20,
        eta: float = 0.01,
        shrinkage: float = 10.0,
        passes: int = 20,
        rounds: int = 2,
        random_state: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.eta = eta
        self.shrinkage = shrinkage
        self.passes = passes
        self.rounds = rounds
        self.random_state = random_state

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        for name in ("passes", "rounds"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("eta", "shrinkage"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        topics = self._topics(counts)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        order = layout.documents(counts, None).order(self.random_state)
        counts = {name: view[order] for name, view in counts.items()}
        texts = texts_of(counts)
        x = np.log(self._begin(counts, topics, self.eta, self.random_state))
        x -= x.mean(axis=1, keepdims=True)
        self.mean_, self.covariance_ = x.mean(axis=0), np.eye(x.shape[1])
        for _ in range(self.passes):
            self.expected_ = self._empty()
            x, variance = self._learn(texts, x, self.rounds, None)
        shares = np.empty_like(x)
        shares[order] = softmaxes(x + variance / 2, self._edges)
        self._keep(shares)
        self.alpha_ = self._shares({name: view[:1] * 0 for name, view in counts.items()}, {})[0] / len(counts)

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        length = next(iter(counts.values())).shape[0]
        x, variance = self._learn(texts_of(counts), np.tile(self.mean_, (length, 1)), ROUNDS, self.moments_)
        self._keep(softmaxes(x + variance / 2, self._edges))

    def _learn(
        self, texts: dict[str, Documents], x: Matrix, rounds: int, before: Moments | None
    ) -> tuple[Matrix, Matrix]:
        """One step with documents, besides those whose moments and expected counts are known; modes, and variances."""
        x, told = self._expect(texts, x, rounds, self.expected_)
        variance, whole = variances(told, x, inverse(self.covariance_), self._edges)
        self.moments_ = Moments.of(x, whole).joined(before)
        self.mean_, size = self.moments_.mean, self.moments_.size + self.shrinkage
        self.covariance_ = (self.moments_.scatter + self.shrinkage * np.eye(x.shape[1])) / size
        self._smooth(self.expected_, self.eta)
        return x, variance

    def _shares(self, seen: Counts, hidden: Counts) -> Matrix:
        length = next(iter(seen.values())).shape[0]
        x, told = self._expect(texts_of(seen), np.tile(self.mean_, (length, 1)), ROUNDS, {})
        variance, _ = variances(told, x, inverse(self.covariance_), self._edges)
        return softmaxes(x + variance / 2, self._edges)

    def _expect(
        self, texts: dict[str, Documents], x: Matrix, rounds: int, expected: dict[str, Table]
    ) -> tuple[Matrix, Matrix]:
        """Modes of x and expected counts of topics, both (n, D); `expected` gets the expected counts of words."""
        told, mean = np.zeros_like(x), np.tile(self.mean_, (len(x), 1))
        precision = inverse(self.covariance_)
        for turn in range(rounds):
            shares = softmaxes(x, self._edges)
            for name, text in texts.items():
                span = self.fields_[name]
                into = expected.get(name) if turn == rounds - 1 else None
                told[:, span] = tell(text, self.tables_[name], shares[:, span], into)
            x = modes(told, mean, precision, self._edges, x, STEPS)
        return x, told

    @property
    def _edges(self) -> np.ndarray:
        return np.array([0, *(span.stop for span in self.fields_.values())])

    def _topics(self, counts: Counts) -> dict[str, int]:
        given = self.n_topics
        if isinstance(given, Mapping) and set(given) != set(counts):
            raise InvalidInput(f"n_topics names {', '.join(sorted(given))}; the fields are {', '.join(counts)}")
        topics = {name: int(given[name] if isinstance(given, Mapping) else given) for name in counts}
        check_at_least("n_topics", min(topics.values()), 1)
        return topics

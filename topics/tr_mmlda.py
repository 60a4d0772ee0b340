"""Topic-regression multi-modal LDA: the topics of a caption follow from those of its picture by regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import digamma

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


class TrMMLDA(FieldTopics):
    """tr-mmLDA over two views of counts, by variational expectation maximisation: the first leads, the second follows.

    theta_d ~ Dirichlet(alpha); each token of the leading view (visual words, labels) has a topic z ~ theta_d, with
    frequencies zbar_d in the document. x_d ~ Normal(mean + slope zbar_d, covariance), and the shares of the following
    view's own topics (a caption's) are softmax(x_d). So the two have different topics, as many as each needs, and the
    regression tells one from the other. A document without any leading token has the mean zbar; what its following
    tokens say of it is told back by the same normal variables. Learning begins with `LDA`.

    Parameters
    ----------
    n_topics : int
        Topics of the leading view, 1 or more.
    following : int, optional
        Topics of the following view; as many as the leading view has if not given.
    alpha, eta : float
        Dirichlet parameters of topics in documents and of words in topics, above 0.
    shrinkage : float
        Documents that a covariance of 1 and a slope of 0 count for, above 0.
    passes, rounds, random_state
        As for `MFCTM`.

    Attributes
    ----------
    mean_, slope_, covariance_ : ndarray (L,), (L, K), (L, L)
        Of the normal variable given the frequencies of K leading topics, L being the topics that follow.
    fields_, topic_word_, doc_topic_
        As for `topics.fields.FieldTopics`.

    Source: D. Putthividhya, H. Attias, S. Nagarajan, "Topic regression multi-modal latent Dirichlet allocation for
    image annotation", CVPR 2010, section 3, with expected frequencies in place of their second moments.
    """

    def __init__(
        self,
        n_topics: int = 20,
        following: int | None = None,
        alpha: float = 0.1,
        eta: float = 0.01,
        shrinkage: float = 10.0,
        passes: int = 20,
        rounds: int = 2,
        random_state: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.following = following
        self.alpha = alpha
        self.eta = eta
        self.shrinkage = shrinkage
        self.passes = passes
        self.rounds = rounds
        self.random_state = random_state

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        topics = self._topics(counts)
        layout = Layout.of({name: view.shape[1] for name, view in counts.items()})
        order = layout.documents(counts, None).order(self.random_state)
        counts = {name: view[order] for name, view in counts.items()}
        texts = texts_of(counts)
        begun = self._begin(counts, topics, self.eta, self.random_state)
        lead, follow = self.fields_.values()
        x = np.log(begun[:, follow])
        x -= x.mean(axis=1, keepdims=True)
        frequencies = begun[:, lead]
        led = frequencies * next(iter(texts.values())).sizes[:, None]
        self._regress(np.hstack([x, frequencies]), np.zeros((x.shape[1], x.shape[1])), None)
        for _ in range(self.passes):
            self.expected_ = self._empty()
            x, led, followed = self._learn(texts, x, led, self.rounds, None)
        shares = np.empty_like(begun)
        shares[order] = self._told(x, led, followed)
        self._keep(shares)
        self.alpha_ = self._shares({name: view[:1] * 0 for name, view in counts.items()}, {})[0] / 2

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        texts, x, led = self._start(counts)
        self._keep(self._told(*self._learn(texts, x, led, ROUNDS, self.moments_)))

    def _learn(
        self, texts: dict[str, Documents], x: Matrix, led: Matrix, rounds: int, before: Moments | None
    ) -> tuple[Matrix, Matrix, Matrix]:
        """One step with documents, besides those that are known by moments and expected counts."""
        x, led, followed = self._expect(texts, x, led, rounds, self.expected_)
        # A document without leading tokens says nothing of the regression.
        held = led.any(axis=1)
        if held.any():
            _, whole = variances(followed[held], x[held], inverse(self.covariance_), self._edges)
            self._regress(np.hstack([x, self._frequencies(led)])[held], whole, before)
        self._smooth(self.expected_, self.eta)
        return x, led, followed

    def _regress(self, values: Matrix, covariances: Matrix, before: Moments | None) -> None:
        """The regression of x on zbar, from both side by side (n, L + K), and the covariances of x that are left."""
        count = len(covariances)
        spread = np.zeros((values.shape[1],) * 2)
        spread[:count, :count] = covariances
        self.moments_ = Moments.of(values, spread).joined(before)
        size, mean, scatter = self.moments_.size, self.moments_.mean, self.moments_.scatter
        cross, self.spread_ = scatter[count:, :count], scatter[count:, count:] / size
        ridge = self.shrinkage * np.trace(self.spread_) / len(self.spread_) + 1e-9
        self.slope_ = np.linalg.solve(size * self.spread_ + ridge * np.eye(len(self.spread_)), cross).T
        self.frequency_ = mean[count:]
        self.mean_ = mean[:count] - self.slope_ @ self.frequency_
        told = self.slope_ @ cross
        left = scatter[:count, :count] - told - told.T + self.slope_ @ (size * self.spread_) @ self.slope_.T
        self.covariance_ = (left + self.shrinkage * np.eye(count)) / (size + self.shrinkage)

    @property
    def _edges(self) -> np.ndarray:
        return np.array([0, len(self.mean_)])

    def _topics(self, counts: Counts) -> dict[str, int]:
        if len(counts) != 2:
            raise InvalidInput(f"TrMMLDA takes two views, the leading one first, got {', '.join(counts)}")
        following = self.n_topics if self.following is None else self.following
        for name, value in (("n_topics", self.n_topics), ("following", following)):
            check_at_least(name, value, 1)
        for name in ("passes", "rounds"):
            check_at_least(name, getattr(self, name), 1)
        for name in ("alpha", "eta", "shrinkage"):
            check_at_least(name, getattr(self, name), 0, strictly=True)
        return dict(zip(counts, (self.n_topics, following), strict=True))

    def _shares(self, seen: Counts, hidden: Counts) -> Matrix:
        texts, x, led = self._start(seen)
        lead = next(iter(texts))
        more = np.asarray(hidden[lead].sum(axis=1)).ravel() if lead in hidden else np.zeros(len(x))
        return self._told(*self._expect(texts, x, led, ROUNDS, {}, more))

    def _start(self, counts: Counts) -> tuple[dict[str, Documents], Matrix, Matrix]:
        """The documents of both views, and what is expected of them before they are looked at: x, and topic counts."""
        length = next(iter(counts.values())).shape[0]
        texts = texts_of(
            {name: counts.get(name, csr_matrix((length, len(table)))) for name, table in self.tables_.items()}
        )
        led = self.frequency_ * next(iter(texts.values())).sizes[:, None]
        return texts, np.tile(self.mean_ + self.slope_ @ self.frequency_, (length, 1)), led

    def _expect(
        self,
        texts: dict[str, Documents],
        x: Matrix,
        led: Matrix,
        rounds: int,
        expected: dict[str, Table],
        more: Matrix | float = 0.0,
    ) -> tuple[Matrix, Matrix, Matrix]:
        """Modes of x (n, L), and the expected counts of leading (n, K) and of following topics (n, L).

        `more` (n,) is how many leading tokens there are besides those that are known.
        """
        (lead, leading), (follow, following) = texts.items()
        pull = inverse(self.covariance_) @ self.slope_
        sizes = np.maximum(leading.sizes + more, 1)[:, None]
        for turn in range(rounds):
            into = expected if turn == rounds - 1 else {}
            away = x - self.mean_ - self._frequencies(led, more) @ self.slope_.T
            weights = np.exp(digamma(self.alpha + led) + away @ pull / sizes)
            led = tell(leading, self.tables_[lead], weights, into.get(lead))
            followed = tell(following, self.tables_[follow], softmaxes(x, self._edges), into.get(follow))
            mean = self.mean_ + self._frequencies(led, more) @ self.slope_.T
            for some, precision in self._precisions(led):
                x[some] = modes(followed[some], mean[some], precision, self._edges, x[some], STEPS)
        return x, led, followed

    def _frequencies(self, led: Matrix, more: Matrix | float = 0.0) -> Matrix:
        """zbar (n, K), of so many more tokens what the known ones let expect; without any the mean."""
        sizes = led.sum(axis=1, keepdims=True)
        whole = led + np.reshape(more, (-1, 1)) * (self.alpha + led) / (self.alpha + led).sum(axis=1, keepdims=True)
        return np.asarray(
            np.where(sizes > 0, whole / np.maximum(whole.sum(axis=1, keepdims=True), 1e-9), self.frequency_)
        )

    def _precisions(self, led: Matrix) -> list[tuple[NDArray[np.bool_], Matrix]]:
        """Of x given zbar for the documents whose zbar is known, and of x alone for the others."""
        known = led.sum(axis=1) > 0
        alone = self.covariance_ + self.slope_ @ self.spread_ @ self.slope_.T
        return [(known, inverse(self.covariance_)), (~known, inverse(alone))]

    def _told(self, x: Matrix, led: Matrix, followed: Matrix) -> Matrix:
        """Shares of leading and following topics side by side, each sum to 1."""
        variance = np.empty_like(x)
        for some, precision in self._precisions(led):
            variance[some], _ = variances(followed[some], x[some], precision, self._edges)
        leading = (self.alpha + led) / (self.alpha + led).sum(axis=1, keepdims=True)
        lacking = led.sum(axis=1) == 0
        leading[lacking] = self._told_back(x[lacking])
        return np.hstack([leading, softmaxes(x + variance / 2, self._edges)])

    def _told_back(self, x: Matrix) -> Matrix:
        """zbar expected given x, by the regression turned round."""
        together = self.spread_ @ self.slope_.T
        gain = np.linalg.solve(self.covariance_ + self.slope_ @ together, together.T)
        told = self.frequency_ + (x - self.mean_ - self.slope_ @ self.frequency_) @ gain
        told = np.maximum(told, 1e-6)
        return np.asarray(told / told.sum(axis=1, keepdims=True))

"""Topics told in aspects and media by several collections: what all say of who, what, when, where, why and how, and
what each says in its own way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ontology.errors import InvalidInput
from topics.cclda import CCLDA
from topics.stacking import Counts, Labels

EVERYBODY = "all"
"""The collection of documents that are not said to belong to one."""


class AspectTopicModel(CCLDA):
    """An aspect-oriented, cross-collection topic model over any number of fields.

    A field is one aspect (who, what, when, where, why, how) or one medium (words, labels of pictures, spoken words),
    with a vocabulary of its own. A topic has in every field f a distribution phi_fz that all collections share and
    one of its own for each collection c, sigma_fzc, mixed by psi_fzc: so it shows for each aspect what all agree on
    and what sets a collection apart, and psi says how much they agree on *who* and how much on *why*. Topic shares
    theta_d are one for all fields of a document; a field counts in them by its weight, so that the many words of an
    article do not silence its few names or the labels of its photo.

    Parameters
    ----------
    n_topics, alpha, eta, own_eta, common, own, passes, optimise, random_state, n_jobs
        As for `CCLDA`.
    weights : dict, optional
        What a token of a field counts, above 0; fields that are not named count 1.
    even : float
        In [0, 1]: how far fields are made to count alike. A field's tokens are divided by (its tokens a document over
        those of the richest field) ** even; 0 leaves all tokens equal, 1 gives every field the same say.

    Learns as `CCLDA`. Without collections all documents are one.

    Source: own; common and own words after Paul and Girju 2009, one theta for several fields after D. Mimno et al.,
    "Polylingual topic models", EMNLP 2009.
    """

    def __init__(
        self,
        n_topics: int = 50,
        alpha: float = 0.1,
        eta: float = 0.01,
        own_eta: float = 0.01,
        common: float = 1.0,
        own: float = 1.0,
        weights: Mapping[str, float] | None = None,
        even: float = 0.0,
        passes: int = 12,
        optimise: bool = False,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        super().__init__(n_topics, alpha, eta, own_eta, common, own, passes, optimise, random_state, n_jobs)
        self.weights = weights
        self.even = even

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        self.field_weights_ = self._weights(counts)
        super()._fit(self._weighted(counts), self._labels(counts, collections))

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        super()._learn_on(self._weighted(counts), self._labels(counts, collections))

    def _labels(self, counts: Counts, collections: Labels | None) -> Labels:
        if collections is not None:
            return collections
        return np.full(next(iter(counts.values())).shape[0], EVERYBODY)

    def _project(self, counts: Counts, collections: Labels | None) -> np.ndarray:
        return super()._project(self._weighted(counts), collections)

    def _weights(self, counts: Counts) -> dict[str, float]:
        given = dict(self.weights or {})
        if not set(given) <= set(counts):
            raise InvalidInput(
                f"weights name {', '.join(sorted(set(given) - set(counts)))}; there are {', '.join(counts)}"
            )
        if not all(weight > 0 for weight in given.values()) or not 0 <= self.even <= 1:
            raise InvalidInput(f"weights above 0 and even in [0, 1] are needed, got {given}, {self.even}")
        tokens = {name: max(float(view.sum()), 1.0) for name, view in counts.items()}
        most = max(tokens.values())
        return {name: given.get(name, 1.0) * (most / tokens[name]) ** self.even for name in counts}

    def _weighted(self, counts: Counts) -> Counts:
        return {name: view * self.field_weights_[name] for name, view in counts.items()}

"""Comparative text mining: common themes and each collection's own, over a background of words that all texts use."""

from __future__ import annotations

import numpy as np

from ontology.errors import InvalidInput
from topics.comparing import ComparingModel
from topics.expected import Schedule
from topics.stacking import Counts, Layout, Matrix, Table


class CCMix(ComparingModel):
    """The cross-collection mixture model, by expectation maximisation.

    A word of document d in collection c has p(w) = b p(w|B) + (1 - b) sum_z pi_dz [s p(w|z) + (1 - s) p(w|z, c)], with
    a background B of all words and fixed shares b and s. There are no priors but what keeps probabilities above 0.

    Parameters
    ----------
    n_topics : int
        Themes, 1 or more; the background is no theme.
    background : float
        b, in [0, 1): the share of words that say nothing of any theme.
    common : float
        s, in (0, 1): the share of a theme's words that are common to all collections.
    passes : int
        Steps of expectation maximisation.
    random_state, n_jobs
        As for `LDA`.

    Attributes
    ----------
    topic_word_ : dict
        `topic_word_[view]` is p(w|z); `topic_word_[view, collection]` is what is to be expected of the collection's
        documents, b p(w|B) + (1 - b) [s p(w|z) + (1 - s) p(w|z, c)].
    own_word_ : dict
        `own_word_[view, collection]` is p(w|z, c), (topics, words), rows sum to 1.
    background_ : dict
        `background_[view]` is p(w|B), (words,).

    Source: C. Zhai, A. Velivelli, B. Yu, "A cross-collection mixture model for comparative text mining", KDD 2004,
    section 3.2.
    """

    def __init__(
        self,
        n_topics: int = 10,
        background: float = 0.9,
        common: float = 0.5,
        passes: int = 60,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.n_topics = n_topics
        self.background = background
        self.common = common
        self.passes = passes
        self.random_state = random_state
        self.n_jobs = n_jobs

    alpha = 1e-3
    """Shares of a theme in a document have no prior; this keeps an empty document from having none."""
    optimise = False

    def _check(self) -> None:
        super()._check()
        if not (0 <= self.background < 1 and 0 < self.common < 1):
            raise InvalidInput(f"background in [0, 1), common in (0, 1) are needed: {self.background}, {self.common}")

    def _schedule(self) -> Schedule:
        return Schedule(passes=self.passes, batches=1)

    def _other(self, layout: Layout) -> Table:
        weight = self.background / (1 - self.background)
        return np.concatenate([weight * self.background_[key[0]] for key in layout.spans]).astype(np.float32)

    def _begin(self, counts: Counts, layout: Layout, names: list[str]) -> None:
        self.background_ = {view: _share(np.asarray(matrix.sum(axis=0))[0]) for view, matrix in counts.items()}
        self.themes_ = {view: _Themes(view, names, layout, self.n_topics, self.common) for view in counts}

    def _grow(self, layout: Layout, names: list[str], table: Table) -> None:
        places = [names.index(name) for name in self.collections_]
        for view, former in self.themes_.items():
            self.themes_[view] = _Themes(view, names, layout, self.n_topics, self.common)
            self.themes_[view].common_words = former.common_words
            self.themes_[view].own_words[places] = former.own_words
            self.themes_[view].write(table)

    def _update(self, expected: Table, table: Table, *, pool: bool) -> None:
        for theme in self.themes_.values():
            theme.learn(expected, table, pool=pool)

    def _tell(self, names: list[str]) -> None:
        self.topic_word_, self.own_word_ = {}, {}
        for view, theme in self.themes_.items():
            self.topic_word_[view] = theme.common_words.T
            for name, own in zip(names, theme.own_words, strict=True):
                self.own_word_[view, name] = own.T
                mixed = self.common * theme.common_words.T + (1 - self.common) * own.T
                told = self.background * self.background_[view] + (1 - self.background) * mixed
                self.topic_word_[view, name] = told


class _Themes:
    """p(word given theme) in one view: common (words, topics) and own (collections, words, topics)."""

    def __init__(self, view: str, names: list[str], layout: Layout, topics: int, common: float) -> None:
        self.spans = [layout.spans[view, name] for name in names]
        self.topics, self.share = topics, common
        words = self.spans[0].stop - self.spans[0].start
        self.common_words: Matrix = np.ones((words, topics)) / words
        self.own_words: Matrix = np.ones((len(names), words, topics)) / words

    def learn(self, expected: Table, table: Table, *, pool: bool) -> None:
        """One step: divide the expected counts between common and own words, and normalise both.

        `pool` takes all words for common ones: what learning begins with, so that a theme is the same everywhere.
        """
        counts = np.stack([expected[span, : self.topics] for span in self.spans]).astype(np.float64)
        shared = self.share * self.common_words
        part = counts * shared / (shared + (1 - self.share) * self.own_words)
        self.common_words = _share(counts.sum(axis=0) if pool else part.sum(axis=0))
        self.own_words = np.stack([_share(own) for own in counts - part])
        if not pool:
            self.write(table)
            return
        for span in self.spans:
            table[span, : self.topics] = self.common_words

    def write(self, table: Table) -> None:
        """Write p(word given theme) of every collection into the table, but for the background."""
        for span, own in zip(self.spans, self.own_words, strict=True):
            table[span, : self.topics] = self.share * self.common_words + (1 - self.share) * own


def _share(counts: Matrix) -> Matrix:
    """Columns as distributions; every word keeps a little, so that none is impossible."""
    least = counts + 1e-9 * max(float(counts.mean()), 1e-9)
    return np.asarray(least / least.sum(axis=0))

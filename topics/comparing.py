"""What models have in common that tell collections apart: a row of the table is a word of a field in one collection."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from ontology.errors import InvalidInput
from topics.base import TopicModel, check_at_least
from topics.expected import Engine, Schedule
from topics.mixture import alike
from topics.priors import fitted_alpha
from topics.simd import padded, row, rows
from topics.stacking import Counts, Key, Labels, Layout, Table


class ComparingModel(TopicModel):
    """A model of collections, by expected counts.

    Learning begins with topics that are the same in every collection, and for a third of the passes takes them as one:
    so a topic is the same topic everywhere. What a subclass writes is what it makes of the expected counts.
    """

    n_topics: int
    alpha: float
    passes: int
    optimise: bool
    random_state: int
    n_jobs: int

    def _fit(self, counts: Counts, collections: Labels | None) -> None:
        self._check()
        names = self._named(collections)
        widths = {name: view.shape[1] for name, view in counts.items()}
        layout = _layout(widths, names)
        documents = layout.documents(counts, collections)
        order = documents.order(self.random_state)
        documents, alpha = documents.take(order), row(self.n_topics, self.alpha)
        table = alike(documents, layout, self.n_topics, self.random_state)
        self._begin(counts, layout, names)
        passed = 0

        def update(expected: Table, table: Table) -> None:
            self._update(expected, table, pool=3 * passed < self.passes)

        with Engine(documents, self.n_topics, layout.size, self.n_jobs, self._other(layout)) as engine:

            def after_pass(done: int) -> None:
                nonlocal passed
                passed = done
                if self.optimise and 2 * done >= self.passes:
                    known = alpha[: self.n_topics]
                    known[:] = fitted_alpha(engine.theta[:, : self.n_topics] - known, known)

            self.expected_ = engine.learn(table, alpha, update, self._schedule(), after_pass)
            self.doc_topic_ = np.empty((len(documents), self.n_topics))
            self.doc_topic_[order] = engine.shares(engine.theta)
        self.alpha_ = alpha[: self.n_topics].astype(np.float64)
        self._tell(names)

    def _learn_on(self, counts: Counts, collections: Labels | None) -> None:
        """New collections begin with what is common to those that are known."""
        known = self.collections_
        names = sorted({*known, *self._named(collections)})
        former, layout = _layout(self.widths_, known), _layout(self.widths_, names)
        expected, table = rows(layout.size, padded(self.n_topics)), rows(layout.size, padded(self.n_topics))
        for key, span in former.spans.items():
            expected[layout.spans[key]] = self.expected_[span]
        self._grow(layout, names, table)
        documents, alpha = layout.documents(counts, collections), row(self.n_topics, self.alpha_)

        def update(expected: Table, table: Table) -> None:
            self._update(expected, table, pool=False)

        with Engine(documents, self.n_topics, layout.size, self.n_jobs, self._other(layout)) as engine:
            self.expected_ = engine.learn_on(table, alpha, update, expected)
            self.doc_topic_ = engine.shares(engine.theta)
        self._tell(names)

    def _check(self) -> None:
        for name in ("n_topics", "passes", "n_jobs"):
            check_at_least(name, getattr(self, name), 1)

    def _named(self, collections: Labels | None) -> list[str]:
        if collections is None:
            raise InvalidInput(f"{type(self).__name__} compares collections: say which one each document belongs to")
        return sorted({str(label) for label in collections})

    def _schedule(self) -> Schedule:
        return Schedule(passes=self.passes)

    def _other(self, layout: Layout) -> Table | None:
        """What competes with the topics for the words of each row."""
        return None

    @abstractmethod
    def _begin(self, counts: Counts, layout: Layout, names: list[str]) -> None:
        """Make ready for learning."""

    @abstractmethod
    def _grow(self, layout: Layout, names: list[str], table: Table) -> None:
        """Make room for collections that were not known, and write what is known into the table."""

    @abstractmethod
    def _update(self, expected: Table, table: Table, *, pool: bool) -> None:
        """From expected counts to probabilities; `pool` takes all collections as one."""

    @abstractmethod
    def _tell(self, names: list[str]) -> None:
        """Write `topic_word_` and what else there is to tell."""


def _layout(widths: dict[str, int], names: list[str]) -> Layout:
    blocks: dict[Key, int] = {(view, name): width for view, width in widths.items() for name in names}
    return Layout.of(blocks)

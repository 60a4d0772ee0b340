"""Collapsed Gibbs sampling: every token has a topic, drawn anew given those of all others.

Counts are float32 with the topics of a word side by side and the prior already added, so that the conditional of a
token is the product of two short rows, p(z = t) ~ [(n_dt + alpha_t) / n_t] x [n_wt + eta], of which the first hardly
changes within a document. The token's own count is taken out of one product instead of out of three arrays; where the
topic stays what it was, which it mostly does, nothing is written.

Sources: T. Griffiths, M. Steyvers, "Finding scientific topics", PNAS 101, 2004, eq. 5; parts of the documents side by
side: D. Newman, A. Asuncion, P. Smyth, M. Welling, "Distributed algorithms for topic models", JMLR 10, 2009 (AD-LDA).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ontology.errors import InvalidInput
from topics.simd import LANES, draw, padded, prefetch, rows
from topics.stacking import Documents, Layout, Matrix, Table

AHEAD: Final = 6
"""Tokens between asking for a word's row and needing it."""
ENOUGH: Final = 4
"""Tokens for each word of the vocabulary from which on documents are sampled in two parts: fewer are not worth it."""

CHUNK: Final = 1 << 15
"""Tokens whose first topics are drawn at once."""


@njit(cache=True)
def uniform(state):  # type: ignore[no-untyped-def]
    """The next number in [0, 1) and the next state, not 0, of a xorshift generator (G. Marsaglia, 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return np.float32(np.int64(state >> np.uint64(40))) * np.float32(2.0**-24), state


@njit(nogil=True, cache=True)
def _sweep(first, last, starts, owner, group, places, topic, theta, table, totals, alpha, scratch, topics, state):  # type: ignore[no-untyped-def]
    """Draw the topics of runs [first, last) of tokens anew; a run is what one document holds of one view."""
    width = np.int64(4) * table.shape[1]
    blocks = table.shape[1] // LANES
    weights = scratch[0]
    at_weights, at_sums, words = scratch.ctypes.data, scratch.ctypes.data + width, table.ctypes.data
    one = np.float32(1)
    for run in range(first, last):
        mine, total = theta[owner[run]], totals[group[run]]
        for t in range(topics):
            weights[t] = (mine[t] + alpha[t]) / total[t]
        for i in range(starts[run], starts[run + 1]):
            prefetch(words + np.int64(places[min(i + AHEAD, places.size - 1)]) * width, blocks)
            place, old = np.int64(places[i]), np.int64(topic[i])
            own = (mine[old] - one + alpha[old]) * (table[place, old] - one) / (total[old] - one)
            chance, state = uniform(state)
            new = draw(at_weights, words + place * width, at_sums, blocks, old, own, chance, topics)
            if new != old:
                topic[i] = new
                mine[old] -= one
                table[place, old] -= one
                total[old] -= one
                weights[old] = (mine[old] + alpha[old]) / total[old]
                mine[new] += one
                table[place, new] += one
                total[new] += one
                weights[new] = (mine[new] + alpha[new]) / total[new]
    return state


@njit(cache=True)
def _tally(owner, places, topic, theta, table):  # type: ignore[no-untyped-def]
    for i in range(places.size):
        theta[owner[i], topic[i]] += 1
        table[places[i], topic[i]] += 1


class Sampler:
    """The state of a chain: a topic for every token, and all counts of them.

    `table` (rows, topics) holds the counts of words plus eta, `totals` (views, topics) their sums over each view,
    `theta` (documents, topics) the counts of documents. Columns are padded. The chain begins with topics drawn evenly,
    or from what is `known`: p(word given topic) as a table, and shares (documents, topics). Counts of words `before`
    (rows, topics), of documents that are not sampled again, are added to the table.
    """

    def __init__(
        self,
        documents: Documents,
        layout: Layout,
        topics: int,
        alpha: Table,
        eta: float,
        seed: int,
        threads: int = 1,
        known: tuple[Table, Matrix] | None = None,
        before: Table | None = None,
    ) -> None:
        if (documents.amounts != np.floor(documents.amounts)).any():
            raise InvalidInput("sampling draws a topic for each token: counts must be whole numbers")
        self.topics, self.alpha, self.eta, self.layout = topics, alpha, eta, layout
        amounts = documents.amounts.astype(np.int64)
        self.places = np.repeat(documents.places, amounts)
        self.owner = np.repeat(np.repeat(np.arange(len(documents)), np.diff(documents.starts)), amounts)
        self._runs()
        rng = np.random.default_rng(seed)
        self.topic = self._drawn(*known, rng) if known else rng.integers(0, topics, len(self.places), dtype=np.int16)
        self.table = rows(layout.size, padded(topics))
        self.theta = rows(len(documents), padded(topics))
        _tally(self.owner, self.places, self.topic, self.theta, self.table)
        self.table[:, :topics] += np.float32(eta)
        if before is not None:
            self.table += before
        self.totals = np.ones((len(layout.spans), padded(topics)), dtype=np.float32)
        self._sum()
        self.states = [int(state) for state in np.random.SeedSequence(seed).generate_state(2, np.uint64) | np.uint64(1)]
        self._pool = ThreadPoolExecutor(threads)

    def sweep(self) -> None:
        """Draw every topic once. Two parts of the documents do not see each other's changes within a sweep."""
        cuts = self._cuts()
        if len(cuts) == 2:
            self._part(0, cuts, self.table, self.totals)
            return
        copies = [(_copy(self.table), self.totals.copy()) for _ in cuts[1:]]
        list(self._pool.map(lambda number: self._part(number, cuts, *copies[number]), range(len(copies))))
        self.table += sum(table - self.table for table, _ in copies)
        self._sum()

    def mean(self, sweeps: int, kept: int, after: Callable[[int], None] | None = None) -> tuple[Table, Matrix]:
        """Counts of words (rows, topics), and of topics in documents with alpha, as means over the last sweeps.

        `after` is called with the number of each sweep that was made, and may change alpha in place. Then the threads
        are let go.
        """
        words, shares = np.zeros(self.table.shape), np.zeros((len(self.theta), self.topics))
        for sweep in range(sweeps):
            self.sweep()
            if after is not None:
                after(sweep)
            if sweep >= sweeps - kept:
                words += self.table / kept
                shares += (self.theta + self.alpha)[:, : self.topics] / kept
        self.close()
        words[:, : self.topics] -= self.eta
        counts = rows(*words.shape)
        counts[:] = np.maximum(words, 0)
        return counts, shares

    def move(self, one: int, other: int) -> None:
        """Give all tokens of a topic to another one."""
        self.topic[self.topic == one] = other
        self.theta[:, other] += self.theta[:, one]
        self.theta[:, one] = 0
        self.table[:, other] += self.table[:, one] - np.float32(self.eta)
        self.table[:, one] = self.eta
        self._sum()

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def _part(self, number: int, cuts: NDArray[np.intp], table: Table, totals: Table) -> None:
        scratch, state = rows(2, table.shape[1]), np.uint64(self.states[number])
        tokens = self.starts, self.run_owner, self.group, self.places, self.topic
        counts = self.theta, table, totals, self.alpha, scratch
        self.states[number] = int(_sweep(cuts[number], cuts[number + 1], *tokens, *counts, self.topics, state))

    def _drawn(self, table: Table, shares: Matrix, rng: np.random.Generator) -> NDArray[np.int16]:
        """A topic for each token by share x p(word given topic)."""
        topic = np.empty(len(self.places), dtype=np.int16)
        for start in range(0, len(topic), CHUNK):
            some = slice(start, start + CHUNK)
            chances = np.cumsum(shares[self.owner[some]] * table[self.places[some], : self.topics], axis=1)
            threshold = rng.random((len(chances), 1)) * chances[:, -1:]
            topic[some] = np.minimum((chances <= threshold).sum(axis=1), self.topics - 1)
        return topic

    def _runs(self) -> None:
        """Cut the tokens where the document or the view changes."""
        ends = np.array([span.stop for span in self.layout.spans.values()])
        view = np.searchsorted(ends, self.places, side="right")
        changes = np.flatnonzero((np.diff(self.owner) != 0) | (np.diff(view) != 0)) + 1
        self.starts = np.concatenate([[0], changes, [len(self.places)]]).astype(np.int64)
        self.run_owner, self.group = self.owner[self.starts[:-1]], view[self.starts[:-1]]

    def _cuts(self) -> NDArray[np.intp]:
        """Where the runs are cut into parts: between two documents, hanging on nothing but the documents."""
        runs = len(self.run_owner)
        if len(self.places) < ENOUGH * len(self.table):
            return np.array([0, runs])
        middle = int(np.searchsorted(self.starts, len(self.places) // 2))
        return np.array([0, int(np.searchsorted(self.run_owner, self.run_owner[min(middle, runs - 1)])), runs])

    def _sum(self) -> None:
        for number, span in enumerate(self.layout.spans.values()):
            self.totals[number, : self.topics] = self.table[span, : self.topics].sum(axis=0, dtype=np.float64)


def _copy(table: Table) -> Table:
    copy = rows(*table.shape)
    copy[:] = table
    return copy

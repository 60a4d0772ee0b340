"""The engine of the models whose documents are mixtures of topics: expected counts, learned from growing batches.

Zero-order collapsed variational inference keeps, in place of one topic a token, the share that each topic has in it,
given the expected counts of all *other* tokens. In batches nothing is remembered of single tokens from pass to pass:
within a document the shares are iterated, then the batch's expected counts, scaled up to the whole, are blended into
those known. A pass costs about what a sweep of Gibbs sampling does and gets many times as far; batches grow from pass
to pass, so that learning ends on all documents at once.

A token's own share has to be left out of its document's counts: in a text of five words it is a fifth of them, and with
it the first guess of a topic would confirm itself.

Sources: A. Asuncion, M. Welling, P. Smyth, Y. W. Teh, "On smoothing and inference for topic models", UAI 2009 (CVB0,
eq. 10); J. Foulds, L. Boyles, C. DuBois, P. Smyth, M. Welling, "Stochastic collapsed variational Bayesian inference for
latent Dirichlet allocation", KDD 2013 (the blending, eq. 9 to 11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from topics.simd import LANES, padded, respread, row, rows
from topics.stacking import Documents, Matrix, Table

MOST_PARTS: Final = 4
"""Parts of a batch that are worked on side by side; fixed by the batch alone, so threads do not change results."""
FEWEST_DOCUMENTS: Final = 64
"""No first batch is smaller."""
MANY_DOCUMENTS: Final = 250
"""No first batch is larger, if there are more than `Schedule.batches` of them."""

Update = Callable[[Table, Table], None]
"""From expected counts (rows, topics) to the table of probabilities (rows, topics), written in place."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How documents are gone through: passes, batches of the first pass, how they grow, and how fast they forget.

    There are more batches where they would be very large, and fewer where very small. Batch s of all weighs (s + 2)
    ** -forgetting against what is known; `rounds` is how often a document's topic shares are iterated at most.
    """

    passes: int = 10
    batches: int = 40
    growth: float = 1.3
    forgetting: float = 0.5
    rounds: int = 8

    def turns(self, count: int) -> Iterator[list[tuple[int, int, float]]]:
        """For each pass the first and last document of each batch, and its weight.

        A batch that holds all documents weighs 1, and the last pass is one.
        """
        most = max(1, min(max(self.batches, count // MANY_DOCUMENTS), count // FEWEST_DOCUMENTS))
        number = 0
        for turn in range(self.passes):
            batches = 1 if turn == self.passes - 1 else max(1, int(most / self.growth**turn))
            cuts = np.linspace(0, count, batches + 1).astype(int).tolist()
            weights = [1.0 if batches == 1 else (number + i + 2) ** -self.forgetting for i in range(batches)]
            number += batches
            yield list(zip(cuts, cuts[1:], weights, strict=False))


@njit(nogil=True, cache=True, fastmath=True)
def _expect(first, last, starts, places, amounts, table, other, alpha, theta, scratch, into, topics, rounds, rest):  # type: ignore[no-untyped-def]
    """Iterate the topic counts of documents [first, last): `theta` rows become alpha + expected counts.

    `into` (rows, topics) gets the expected counts of words added, unless it has no rows; `other` (rows,) is the weight
    of what is no topic beside topic shares that sum to 1, unless it has no rows. `rest` is the change a token at
    which a document is left alone.
    """
    blocks = table.shape[1] // LANES
    width = np.int64(4) * table.shape[1]
    now, before, own = scratch[0], scratch[1], scratch[2:]
    at_now, at_own, words = now.ctypes.data, own.ctypes.data, table.ctypes.data
    zero, even = np.float32(0), np.float32(1 / topics)
    for d in range(first, last):
        start, end = starts[d], starts[d + 1]
        size = zero
        for i in range(start, end):
            size += amounts[i]
            for t in range(topics):
                own[i - start, t] = even
        for t in range(topics):
            now[t] = alpha[t] + size * even
        for _ in range(rounds):
            whole = zero
            for t in range(topics):
                before[t] = now[t]
                whole += now[t]
            for i in range(start, end):
                place = np.int64(places[i])
                apart = other[place] * whole if other.size else zero
                respread(at_now, words + place * width, at_own + (i - start) * width, blocks, amounts[i], apart)
            change = zero
            for t in range(topics):
                change += abs(now[t] - before[t])
            if change <= rest * size:
                break
        if into.shape[0]:
            for i in range(start, end):
                for t in range(topics):
                    into[places[i], t] += amounts[i] * own[i - start, t]
        for t in range(topics):
            theta[d, t] = now[t]


@njit(nogil=True, cache=True)
def _blend(known, parts, keep, gain, start, end):  # type: ignore[no-untyped-def]
    """known = keep x known + gain x (sum of the parts), in rows [start, end); the parts become zero."""
    for r in range(start, end):
        for p in range(1, parts.shape[0]):
            for t in range(known.shape[1]):
                parts[0, r, t] += parts[p, r, t]
                parts[p, r, t] = 0
        for t in range(known.shape[1]):
            known[r, t] = keep * known[r, t] + gain * parts[0, r, t]
            parts[0, r, t] = 0


@njit(nogil=True, cache=True)
def smooth(known, table, start, end, prior, topics):  # type: ignore[no-untyped-def]
    """table = (known + prior), each topic divided by its sum over the rows [start, end)."""
    sums = np.zeros(topics)
    for r in range(start, end):
        for t in range(topics):
            sums[t] += known[r, t]
    scale = np.empty(topics, dtype=np.float32)
    for t in range(topics):
        scale[t] = 1 / (sums[t] + prior * (end - start))
    prior = np.float32(prior)
    for r in range(start, end):
        for t in range(topics):
            table[r, t] = (known[r, t] + prior) * scale[t]


def first_table(documents: Documents, size: int, topics: int, seed: int) -> Table:
    """Where learning begins: each word's frequency in every topic, blurred by a gamma variable of mean 1.

    Rows are not normalised: a document's shares do not hang on a topic's scale at the first look.
    """
    noise = np.random.default_rng(seed).gamma(10.0, 0.1, size=(size, topics))
    frequency = np.bincount(documents.places, weights=documents.amounts, minlength=size) + 0.1
    table = rows(size, padded(topics))
    table[:, :topics] = noise * frequency[:, None]
    table /= table.sum(axis=0, dtype=np.float64).mean().astype(np.float32)
    return table


class Engine:
    """Expected counts of documents under a table, with so many threads; the same result with any number of them."""

    def __init__(self, documents: Documents, topics: int, size: int, threads: int, other: Table | None = None) -> None:
        self.documents = documents
        self.topics = topics
        self.size = size
        self.theta = rows(len(documents), padded(topics))
        self.other = np.empty(0, dtype=np.float32) if other is None else other
        longest = int(np.diff(documents.starts).max(initial=0))
        self._scratch = [rows(2 + longest, padded(topics)) for _ in range(MOST_PARTS)]
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def learn(
        self,
        table: Table,
        alpha: Table,
        update: Update,
        schedule: Schedule,
        after_pass: Callable[[int], None] | None = None,
    ) -> Table:
        """Fill the table, beginning with what it holds; gives the expected counts (rows, topics) of the last pass.

        `update` is called after each batch, `after_pass` after each pass but the last: it is told how
        many are done and may change alpha in place.
        """
        tokens = np.concatenate([[0.0], np.cumsum(self.documents.sizes)])
        whole = float(tokens[-1])
        known = rows(*table.shape)
        parts = rows(self._most_parts(), *table.shape)
        for turn, batches in enumerate(schedule.turns(len(self.documents))):
            if turn and after_pass is not None:
                after_pass(turn)
            for start, end, weight in batches:
                self._expect(start, end, table, alpha, parts, schedule.rounds, 0.0)
                self._merge(known, parts, 1 - weight, weight * whole / max(tokens[end] - tokens[start], 1.0))
                update(known, table)
        return known

    def learn_on(self, table: Table, alpha: Table, update: Update, known: Table, rounds: int = 3) -> Table:
        """The expected counts (rows, topics) that were known and those of these documents together.

        The documents are told under the table, and again under what it becomes by them, so many times in all.
        """
        for _ in range(rounds):
            whole = known + self.expected(table, alpha)
            update(whole, table)
        return whole

    def theta_under(self, table: Table, alpha: Table, rounds: int, rest: float) -> Table:
        """alpha + expected counts of each document's topics, iterated until they change by less than `rest` a token."""
        self._expect(0, len(self.documents), table, alpha, rows(MOST_PARTS, 0, table.shape[1]), rounds, rest)
        return self.theta

    def expected(self, table: Table, alpha: Table, rounds: int = 8) -> Table:
        """The expected counts (rows, topics) of all documents under a table; `theta` is theirs."""
        parts = rows(self._most_parts(), *table.shape)
        self._expect(0, len(self.documents), table, alpha, parts, rounds, 0.0)
        return np.asarray(parts.sum(axis=0))

    def shares(self, theta: Table) -> Matrix:
        """Counts of topics as shares (n, topics), rows sum to 1."""
        counts = theta[:, : self.topics].astype(np.float64)
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    def _most_parts(self) -> int:
        return self._parts(int(self.documents.starts[-1]))

    def _parts(self, entries: int) -> int:
        return int(np.clip(2 * entries // max(self.size, 1), 1, MOST_PARTS))

    def _expect(self, start: int, end: int, table: Table, alpha: Table, parts: Table, rounds: int, rest: float) -> None:
        documents = self.documents
        entries = int(documents.starts[end] - documents.starts[start])
        count = min(self._parts(entries), len(parts))
        targets = documents.starts[start] + np.linspace(0, entries, count + 1)
        cuts = np.clip(np.searchsorted(documents.starts, targets), start, end)
        cuts[0], cuts[-1] = start, end

        def part(number: int) -> None:
            held = documents.starts, documents.places, documents.amounts
            model = table, self.other, alpha, self.theta, self._scratch[number], parts[number]
            _expect(cuts[number], cuts[number + 1], *held, *model, self.topics, rounds, np.float32(rest))

        list(self._pool.map(part, range(count)))

    def _merge(self, known: Table, parts: Table, keep: float, gain: float) -> None:
        cuts = np.linspace(0, len(known), 5).astype(int)

        def chunk(number: int) -> None:
            _blend(known, parts, np.float32(keep), np.float32(gain), cuts[number], cuts[number + 1])

        list(self._pool.map(chunk, range(4)))


def fold_in(documents: Documents, table: Table, alpha: Matrix, threads: int = 1) -> Matrix:
    """The topic shares (n, topics), rows sum to 1, of documents under a table of p(word given topic)."""
    with Engine(documents, len(alpha), len(table), threads) as engine:
        return engine.shares(engine.theta_under(table, row(len(alpha), alpha), rounds=200, rest=1e-4))

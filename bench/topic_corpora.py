"""Corpora for measuring topic models: one made from known topics, and those of the OCTIS collection."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Corpus:
    """Texts as rows of word numbers, cut into a part to learn from and one to be told; `limit` is the true topics."""

    name: str
    words: list[str]
    train: list[NDArray[np.int32]]
    test: list[NDArray[np.int32]]
    labels: list[str]
    limit: NDArray[np.float64] | None = None

    @property
    def tokens(self) -> int:
        """Tokens of the part to learn from."""
        return sum(map(len, self.train))

    def counts(self, texts: list[NDArray[np.int32]]) -> csr_matrix:
        """Texts as counts (texts, words)."""
        starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
        counts = csr_matrix((np.ones(starts[-1]), np.concatenate(texts), starts), shape=(len(texts), len(self.words)))
        counts.sum_duplicates()
        return counts


def made(
    documents: int = 11_000, vocabulary: int = 20_000, topics: int = 50, length: int = 150, seed: int = 7
) -> Corpus:
    """1.5 million tokens of 50 topics: each has 1,500 words of its own by Zipf's law over a background of all words.

    The last 1,000 documents are to be told.
    """
    rng = np.random.default_rng(seed)
    base = 1 / np.arange(1, vocabulary + 1) ** 1.05
    base = rng.permutation(base / base.sum())
    phi = np.zeros((topics, vocabulary))
    chance = base**0.4 / (base**0.4).sum()
    for row in phi:
        own = rng.choice(vocabulary, 1500, replace=False, p=chance)
        ranks = 1 / np.arange(1, 1501) ** 0.9
        row[own] = 0.7 * ranks / ranks.sum()
    phi += 0.3 * base
    lengths = np.maximum(20, rng.poisson(rng.gamma(4, 37.5, documents)))
    below = np.cumsum(phi, axis=1)
    below[:, -1] = 1.0
    texts = []
    for size in lengths:
        shares = rng.multinomial(size, rng.dirichlet(np.full(topics, 0.08)))
        drawn = [np.searchsorted(below[topic], rng.random(shares[topic])) for topic in np.flatnonzero(shares)]
        texts.append(rng.permutation(np.concatenate(drawn)).astype(np.int32))
    names = [str(word) for word in range(vocabulary)]
    return Corpus("made", names, texts[:-1000], texts[-1000:], [], phi / phi.sum(axis=1, keepdims=True))


def octis(folder: Path, name: str, told: str = "test", *, whole: bool = False) -> Corpus:
    """A corpus of OCTIS: its training part (or the whole) to learn from, and its test or validation part to be told."""
    rows = [line.split("\t") for line in (folder / name / "corpus.tsv").read_text(encoding="utf-8").splitlines()]
    counted = Counter(word for text, _, _ in rows for word in text.split())
    words = sorted(counted)
    place = {word: number for number, word in enumerate(words)}
    texts = [np.array([place[word] for word in text.split()], dtype=np.int32) for text, _, _ in rows]
    parts = [part for _, part, _ in rows]
    return Corpus(
        name,
        words,
        [text for text, part in zip(texts, parts, strict=True) if whole or part == "train"],
        [text for text, part in zip(texts, parts, strict=True) if part == told],
        [label for _, _, label in rows],
    )

"""Time to equal held-out perplexity: our LDA against tomotopy, gensim and scikit-learn.

    python -m bench.lda [--data DIR] [--pairs 5] [--topics 50 100] [--corpora made BBC_News DBLP] [--peers NAME ...]

One thread each and process CPU seconds. Our side and each peer run in turn; all are judged by one evaluator that is fed
nothing but p(word given topic): half of each held-out document is folded in with alpha 0.1, the other half told. All
have alpha 0.1 and eta 0.01 and no optimisation of them. Peers' reading of documents and everybody's evaluation are not
counted; our whole `fit` is. A target is 1.02 x the better of the two best perplexities ("best") and 1.02 x the worse
("both", which both sides reach); the ratio is ours over the peer's time to it, the median over pairs with least and
greatest. Where the peer never reaches the target, the ratio is at most what is printed with "<".
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.topic_corpora import Corpus, made, octis
from topics.completion import halves, log_likelihood, perplexity
from topics.expected import fold_in
from topics.lda import LDA
from topics.stacking import Layout

ALPHA, ETA = 0.1, 0.01
Curve = list[tuple[float, float]]
"""CPU seconds so far, and the perplexity then."""
Learning = Iterator[tuple[float, Callable[[], NDArray[np.float64]]]]
"""CPU seconds so far, and what gives p(word given topic) then."""
PASSES = (2, 3, 5, 8, 12, 24, 48)
CHECKPOINTS = (5, 10, 20, 30, 40, 50, 70, 100, 140, 200, 280, 400)


def ours(corpus: Corpus, topics: int, seed: int, budget: float) -> Learning:
    """A fit from nothing for each number of passes."""
    counts = corpus.counts(corpus.train)
    for passes in PASSES:
        begin = time.process_time()
        model = LDA(topics, alpha=ALPHA, eta=ETA, passes=passes, random_state=seed).fit({"words": counts})
        spent = time.process_time() - begin
        yield spent, lambda model=model: model.topic_word_["words"]  # type: ignore[misc]
        if 2 * spent > budget:
            return


def tomotopy(corpus: Corpus, topics: int, seed: int, budget: float) -> Learning:
    """Collapsed Gibbs sampling in C++."""
    import tomotopy as tp

    model = tp.LDAModel(k=topics, alpha=ALPHA, eta=ETA, seed=seed + 1)
    model.optim_interval = 0
    for text in corpus.train:
        model.add_doc(list(map(str, text)))
    model.train(0, workers=1)
    places = np.array([int(word) for word in model.used_vocabs])

    def words() -> NDArray[np.float64]:
        known = np.array([model.get_topic_word_dist(topic) for topic in range(topics)], dtype=np.float64)
        # A word that was not learned from has the prior's share, as the rarest of the others have.
        full = np.repeat(known.min(axis=1, keepdims=True), len(corpus.words), axis=1)
        full[:, places] = known
        return full / full.sum(axis=1, keepdims=True)

    spent, done = 0.0, 0
    for checkpoint in CHECKPOINTS:
        begin = time.process_time()
        model.train(checkpoint - done, workers=1)
        spent, done = spent + time.process_time() - begin, checkpoint
        yield spent, words
        if spent > budget:
            return


def gensim(corpus: Corpus, topics: int, seed: int, budget: float) -> Learning:
    """Online variational Bayes in Python and numpy."""
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    texts = Sparse2Corpus(corpus.counts(corpus.train), documents_columns=False)
    texts = [list(text) for text in texts]
    spent = 0.0
    begin = time.process_time()
    names = dict(enumerate(corpus.words))
    model = LdaModel(None, topics, names, alpha=[ALPHA] * topics, eta=ETA, random_state=seed, eval_every=None)
    while spent < budget:
        model.update(texts, chunksize=2000, passes=1)
        spent += time.process_time() - begin
        yield spent, lambda: model.get_topics().astype(np.float64)
        begin = time.process_time()


def scikit_learn(corpus: Corpus, topics: int, seed: int, budget: float) -> Learning:
    """Batch variational Bayes in Cython."""
    from sklearn.decomposition import LatentDirichletAllocation

    counts = corpus.counts(corpus.train)
    for passes in (1, 2, 4, 8, 16, 32, 64):
        begin = time.process_time()
        model = LatentDirichletAllocation(
            topics, doc_topic_prior=ALPHA, topic_word_prior=ETA, max_iter=passes, random_state=seed
        ).fit(counts)
        spent = time.process_time() - begin
        words = model.components_ / model.components_.sum(axis=1, keepdims=True)
        yield spent, lambda words=words: words  # type: ignore[misc]
        if spent > budget:
            return


PEERS = {"tomotopy": tomotopy, "gensim": gensim, "scikit-learn": scikit_learn}


class Evaluator:
    """The held-out perplexity of whatever gives p(word given topic)."""

    def __init__(self, corpus: Corpus) -> None:
        self.layout = Layout.of({"words": len(corpus.words)})
        self.seen, self.hidden = halves({"words": corpus.counts(corpus.test)})

    def __call__(self, words: NDArray[np.float64]) -> float:
        """Perplexity under topics (topics, words)."""
        table = self.layout.table({"words": words})
        shares = fold_in(self.layout.documents(self.seen, None), table, np.full(len(words), ALPHA))
        return perplexity(log_likelihood(self.layout.documents(self.hidden, None), shares, table))


def curve(learning: Learning, evaluate: Evaluator) -> Curve:
    """Follow one side until it stops."""
    return [(spent, evaluate(words())) for spent, words in learning]


def best(points: Curve) -> float:
    """The lowest perplexity."""
    return min(value for _, value in points)


def reached(points: Curve, target: float) -> float:
    """CPU seconds until the perplexity was that low, on a line between two checkpoints; inf if it never was."""
    for number, (spent, value) in enumerate(points):
        if value <= target:
            before, higher = points[number - 1] if number else (spent, value)
            return spent if higher <= value else before + (spent - before) * (higher - target) / (higher - value)
    return float("inf")


def race(corpus: Corpus, peer: str, topics: int, pairs: int, budget: float) -> None:
    """Print one line: our time over the peer's to each target."""
    evaluate = Evaluator(corpus)
    ratios: dict[str, list[float]] = {"best": [], "both": []}
    times: dict[str, list[tuple[float, float]]] = {"best": [], "both": []}
    bests = []
    bound = False
    for pair in range(pairs):
        mine = curve(ours(corpus, topics, pair, budget), evaluate)
        theirs = curve(PEERS[peer](corpus, topics, pair, budget), evaluate)
        bests.append((best(mine), best(theirs)))
        for name, choose in (("best", min), ("both", max)):
            target = 1.02 * choose(bests[-1])
            one, other = reached(mine, target), reached(theirs, target)
            if not np.isfinite(other):
                bound, other = True, theirs[-1][0]
            ratios[name].append(one / other)
            times[name].append((one, other))
    mean = np.mean(bests, axis=0)
    line = f"{corpus.name:<10}{topics:>4}  {peer:<13}{mean[0]:>9.1f}{mean[1]:>9.1f}"
    for name in ("best", "both"):
        one, other = np.median(times[name], axis=0)
        mark = "<" if name == "best" and bound else " "
        low, middle, high = np.min(ratios[name]), np.median(ratios[name]), np.max(ratios[name])
        line += f"  {one:>7.2f}{other:>8.2f} {mark}{middle:.3f} [{low:.3f}, {high:.3f}]"
    print(line, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--data", type=Path, default=root.parent / "shared" / "data")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--topics", type=int, nargs="+", default=[50, 100])
    parser.add_argument("--corpora", nargs="+", default=["made", "BBC_News", "DBLP"])
    parser.add_argument("--peers", nargs="+", default=["tomotopy", "gensim", "scikit-learn"], choices=list(PEERS))
    parser.add_argument("--budget", type=float, default=30.0, help="CPU seconds after which a side is stopped")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'':<29}{'best perplexity':>18}  {'target: best of both':^38}  {'target: reached by both':^38}")
    print(
        f"{'corpus':<10}{'K':>4}  {'peer':<13}{'ours':>9}{'peer':>9}"
        + f"  {'ours s':>7}{'peer s':>8} {'ratio':<22}" * 2
    )
    for name in given.corpora:
        corpus = made() if name == "made" else octis(given.data / "octis-corpora", name)
        LDA(2, passes=2).fit({"words": corpus.counts(corpus.train[:100])})
        if corpus.limit is not None:
            print(f"{name}: {corpus.tokens:,} tokens; true topics: perplexity {Evaluator(corpus)(corpus.limit):.1f}")
        for topics in given.topics:
            for peer in given.peers:
                race(corpus, peer, topics, given.pairs, given.budget)


if __name__ == "__main__":
    main()

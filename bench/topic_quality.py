"""How good topics are at equal K: coherence, diversity and agreement with labels, ours and the peers' in one run.

    python -m bench.topic_quality [--data DIR] [--seeds 5] [--corpora BBC_News M10] [--only NAME ...]

Each model learns from the whole corpus, has its ten top words read and its documents put into their strongest topic.
C_v and NPMI are gensim's over the same corpus; diversity, NMI and purity are those of `topics.evaluation`. "worded"
rows have their words chosen by `topics.wording` from the same topics. K is 20 for BBC_News and 10 for M10; the mean
over seeds, then the standard deviation.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bench.topic_corpora import octis
from topics.evaluation import coherence, diversity, nmi, purity
from topics.gensim_lda import GensimLDA
from topics.hdp import HDP
from topics.lda import LDA
from topics.wording import top_words

TOPICS = {"BBC_News": 20, "M10": 10, "DBLP": 4}


@dataclass(frozen=True)
class Given:
    """A whole corpus: texts, their counts, the vocabulary and labels."""

    texts: list[list[str]]
    counts: csr_matrix
    words: NDArray[np.str_]
    labels: list[str]


Found = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Weights of words (topics, words) by the model itself, and shares of topics in documents (documents, topics)."""


def own_lda(given: Given, topics: int, seed: int) -> Found:
    """Our LDA as it comes."""
    model = LDA(topics, random_state=seed).fit({"words": given.counts})
    return model.topic_word_["words"], model.doc_topic_


def own_hdp(given: Given, topics: int, seed: int) -> Found:
    """Our HDP with at most as many topics."""
    model = HDP(topics, random_state=seed).fit({"words": given.counts})
    return model.topic_word_["words"], model.doc_topic_


def gensim_lda(given: Given, topics: int, seed: int) -> Found:
    """Gensim's LdaModel, 20 passes."""
    model = GensimLDA(topics, passes=20, random_state=seed).fit({"words": given.counts})
    return model.topic_word_["words"], model.doc_topic_


def tomotopy_lda(given: Given, topics: int, seed: int) -> Found:
    """Tomotopy's LDA with inverse document frequencies as term weights, 1,000 iterations."""
    import tomotopy as tp

    model = tp.LDAModel(tw=tp.TermWeight.IDF, k=topics, seed=seed + 1)
    for text in given.texts:
        model.add_doc(text)
    model.train(1000, workers=1)
    place = {word: number for number, word in enumerate(given.words)}
    weights = np.zeros((topics, len(given.words)))
    weights[:, [place[word] for word in model.used_vocabs]] = [model.get_topic_word_dist(t) for t in range(topics)]
    return weights, np.array([document.get_topic_dist() for document in model.docs])


def scikit_learn_nmf(given: Given, topics: int, seed: int) -> Found:
    """Non-negative matrix factorisation of TF-IDF."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfTransformer

    model = NMF(topics, init="nndsvda", random_state=seed, max_iter=500)
    shares = model.fit_transform(TfidfTransformer(sublinear_tf=True).fit_transform(given.counts))
    return model.components_, shares


MODELS: dict[str, Callable[[Given, int, int], Found]] = {
    "LDA": own_lda,
    "HDP": own_hdp,
    "gensim LdaModel": gensim_lda,
    "tomotopy LDA, idf": tomotopy_lda,
    "scikit-learn NMF": scikit_learn_nmf,
}


def measure(given: Given, tops: NDArray[np.intp], shares: NDArray[np.float64]) -> list[float]:
    """C_v, NPMI, diversity, NMI and purity."""
    topics = [given.words[top].tolist() for top in tops]
    strongest = shares.argmax(axis=1)
    return [
        coherence(topics, given.texts, "c_v"),
        coherence(topics, given.texts, "c_npmi"),
        diversity(topics),
        nmi(strongest, given.labels),
        purity(strongest, given.labels),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--data", type=Path, default=root.parent / "shared" / "data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--corpora", nargs="+", default=["BBC_News", "M10"], choices=list(TOPICS))
    parser.add_argument("--only", nargs="+", default=list(MODELS), choices=list(MODELS))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in asked.corpora:
        corpus = octis(asked.data / "octis-corpora", name, whole=True)
        words = np.array(corpus.words)
        given = Given(
            [words[text].tolist() for text in corpus.train], corpus.counts(corpus.train), words, corpus.labels
        )
        print(f"{name}, K={TOPICS[name]}, {asked.seeds} seeds, mean and standard deviation")
        print(f"{'':<28}{'C_v':>12}{'NPMI':>13}{'diversity':>13}{'NMI':>13}{'purity':>13}{'CPU s':>8}")
        for model in asked.only:
            plain, worded, spent = [], [], []
            for seed in range(asked.seeds):
                begin = time.process_time()
                weights, shares = MODELS[model](given, TOPICS[name], seed)
                spent.append(time.process_time() - begin)
                shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
                plain.append(measure(given, np.argsort(-weights, axis=1, kind="stable")[:, :10], shares))
                worded.append(measure(given, top_words(given.counts, shares), shares))
            for label, rows in ((model, plain), (f"{model}, worded", worded)):
                figures = zip(np.mean(rows, axis=0), np.std(rows, axis=0), strict=True)
                line = "".join(f"{mean:>8.3f} {deviation:.3f}".rjust(13) for mean, deviation in figures)
                print(f"{label:<28}{line}{np.mean(spent):>8.2f}", flush=True)


if __name__ == "__main__":
    main()

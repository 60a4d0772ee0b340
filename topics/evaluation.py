"""How good topics are: coherence and diversity of their words, agreement with known labels, stability between runs.

Likelihood is measured in `topics.completion`, by `score` of every model.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontology.errors import InvalidInput
from topics.alignment import align
from topics.stacking import Matrix

Measure = Literal["c_v", "c_npmi", "u_mass"]
WINDOW: Final = {"c_v": 110, "c_npmi": 10, "u_mass": None}


def coherence(topics: Sequence[Sequence[str]], texts: Sequence[Sequence[str]], measure: Measure = "c_v") -> float:
    """How much the top words of topics keep company in the texts, by gensim: the mean over topics, higher is better.

    C_v lies in [0, 1]: cosine of NPMI vectors within windows of 110 tokens; NPMI in [-1, 1], windows of 10.

    Source: M. Röder, A. Both, A. Hinneburg, "Exploring the space of topic coherence measures", WSDM 2015.
    """
    if not topics or min(map(len, topics)) < 2:
        raise InvalidInput("coherence needs topics of two words or more")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from gensim.corpora import Dictionary
        from gensim.models import CoherenceModel

        dictionary = Dictionary(texts)
        model = CoherenceModel(
            topics=[list(topic) for topic in topics],
            texts=texts,
            dictionary=dictionary,
            coherence=measure,
            topn=min(map(len, topics)),
            window_size=WINDOW[measure],
            processes=1,
        )
        return float(model.get_coherence())


def diversity(topics: Sequence[Sequence[object]]) -> float:
    """The share of different words among the top words of all topics, in (0, 1].

    Source: A. Dieng, F. Ruiz, D. Blei, "Topic modeling in embedding spaces", TACL 8, 2020, section 5.

    >>> diversity([["bank", "loan"], ["bank", "river"]])
    0.75
    """
    words = [word for topic in topics for word in topic]
    return len(set(words)) / len(words)


def purity(found: ArrayLike, truth: ArrayLike) -> float:
    """The share of documents whose label is the most frequent one of their topic, in (0, 1].

    >>> purity([0, 0, 0, 1], ["a", "a", "b", "b"])
    0.75
    """
    table = _contingency(found, truth)
    return float(table.max(axis=1).sum() / table.sum())


def nmi(found: ArrayLike, truth: ArrayLike) -> float:
    """Mutual information of topics and labels over the mean of their entropies, in [0, 1].

    >>> round(nmi([0, 0, 1, 1], ["a", "a", "b", "b"]), 6)
    1.0
    """
    table = _contingency(found, truth)
    joint = table / table.sum()
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    whole = _entropy(rows) + _entropy(columns)
    return 1.0 if whole == 0 else float(2 * (_entropy(rows) + _entropy(columns) - _entropy(joint.ravel())) / whole)


def stability(runs: Sequence[Matrix]) -> float:
    """How alike the topics (topics, words) of several runs are, in [0, 1]: mean similarity of aligned topics over
    pairs.

    Source: after D. Greene, D. O'Callaghan, P. Cunningham, "How many topics?", ECML PKDD 2014, on distributions.
    """
    if len(runs) < 2:
        raise InvalidInput(f"stability needs two runs or more, got {len(runs)}")
    pairs = [(i, j) for i in range(len(runs)) for j in range(i)]
    return float(np.mean([align(runs[i], runs[j]).similarity.mean() for i, j in pairs]))


def _contingency(found: ArrayLike, truth: ArrayLike) -> NDArray[np.intp]:
    _, one = np.unique(np.asarray(found), return_inverse=True)
    _, other = np.unique(np.asarray(truth), return_inverse=True)
    if one.shape != other.shape or one.ndim != 1 or not len(one):
        raise InvalidInput(f"topics and labels must be of the same documents, got {one.shape} and {other.shape}")
    table = np.zeros((one.max() + 1, other.max() + 1), dtype=np.intp)
    np.add.at(table, (one, other), 1)
    return table


def _entropy(chances: Matrix) -> float:
    some = chances[chances > 0]
    return float(-(some * np.log(some)).sum())

"""Learn what each feature of an answer counts, from articles with marked answers.

`python -m bench.train_aspects [FOLDER [ECBPLUS]]` writes `topics/aspects/weights.json`. FOLDER holds `gold.jsonl`
(articles with marked answers and the event they tell of) and `score.py`, which says when an answer hits a marked one;
ECBPLUS holds the reports of ECB+, which answer who, where and when on many more events.

The model is a conditional logit (McFadden 1974; as a ranking loss: Cao et al., ICML 2007, "ListNet"): among the spans
of one article, the chance of each is the exponential of its weighted features over the sum of all; training makes the
chance that a marked span comes first large, and pulls weights towards rules of thumb. `bench.aspects` measures it on
events that it did not learn from.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import minimize

from bench.articles import DATA, Article, load_scorer, read_articles
from bench.coreference import read_reports
from ontology.model import ASPECTS, AspectName
from topics.aspects.candidate import PROPOSERS, Weights
from topics.aspects.story import Story

OUT: Final = Path(__file__).parent.parent / "topics" / "aspects" / "weights.json"
#: Strength of the pull towards the rules of thumb (zero for most features); the same for all aspects.
RIDGE: Final = 1.5
#: What a report of ECB+ counts beside an article whose answers were marked as such.
REPORT_WEIGHT: Final = 0.5
#: Answers of an article that the calibration learns from.
RANKED: Final = 5
DIGITS: Final = 3
#: Rules of thumb where marked answers are few: sure words of cause and means count, unsure ones do not.
RULES: Final[Mapping[AspectName, Mapping[str, float]]] = {
    "why": {
        "cue_because": 2.0, "cue_due": 2.0, "cue_answer": 2.5, "cue_answer_noun": 2.0, "cue_caused": 2.0,
        "cue_purpose": 1.5, "cue_blamed": 1.5, "cue_since": -0.5, "cue_from": -1.0, "to_advcl": 0.7, "to_xcomp": -1.0,
        "near": 1.0, "title": 1.0, "in_lead": 1.0, "deep": -1.0, "one_word": -1.0, "long": -1.0, "time_start": -1.0,
        "only_name": -1.0,
    },
    "how": {
        "by_gerund": 2.0, "cue_using": 1.5, "cue_with": 0.5, "cue_through": 0.5, "cue_in": -1.0, "cue_on": -1.0,
        "participle": 0.5, "near": 1.0, "deep": -1.0, "in_title": 0.5, "in_lead": 0.5, "time_inside": -1.0,
    },
}  # fmt: skip

Hit = Callable[[str, str], tuple[bool, bool]]


@dataclass(frozen=True)
class Choices:
    """The spans of one article for one aspect: their features, strict and lenient hits (n, 2), event and weight."""

    event: str
    rows: Sequence[Mapping[str, float]]
    hits: np.ndarray
    weight: float

    @cached_property
    def strict(self) -> np.ndarray:
        """1.0 where a span is a marked answer, (n,)."""
        return self.hits[:, 0].astype(float)

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        """Features (n, f) in the order of `names`."""
        return np.array([[features.get(name, 0.0) for name in names] for features in self.rows]).reshape(-1, len(names))


def choices(name: AspectName, articles: Sequence[Article], hit: Hit, weight: float = 1.0) -> list[Choices]:
    """The spans of each article that has a marked answer."""
    made = []
    for article in articles:
        marked = article.answers[name]
        if not marked:
            continue
        story = Story(article.told)
        spans = list(PROPOSERS[name](story))
        hits = np.zeros((len(spans), 2), bool)
        for row, span in enumerate(spans):
            text = " ".join(story.doc[span.start : span.end].text.split())
            for phrase in marked:
                hits[row] |= hit(text, phrase)
        made.append(Choices(article.event, [span.features for span in spans], hits, weight))
    return made


def fit(sets: Sequence[Choices], names: Sequence[str], rules: np.ndarray, ridge: float = RIDGE) -> np.ndarray:
    """Weights (f,) that make a marked span likely to come first, near the weights `rules` (f,)."""
    useful = [(one.matrix(names), one.strict, one.weight) for one in sets if one.strict.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        away = weights - rules
        value, gradient = 0.5 * ridge * float(away @ away), ridge * away
        for features, marked, weight in useful:
            utility = features @ weights
            chance = np.exp(utility - utility.max())
            chance /= chance.sum()
            right = max(float(chance @ marked), 1e-300)
            value -= weight * float(np.log(right))
            gradient = gradient + weight * (features.T @ (chance - chance * marked / right))
        return value, gradient

    return np.asarray(minimize(loss, rules.copy(), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)


def calibrate(utilities: np.ndarray, hits: np.ndarray) -> tuple[float, float]:
    """Scale and shift that turn utilities into the chance of a hit (Platt 1999)."""

    def loss(line: np.ndarray) -> tuple[float, np.ndarray]:
        z = line[0] * utilities + line[1]
        residual = 1 / (1 + np.exp(-z)) - hits
        value = float(np.logaddexp(0, z).sum() - hits @ z) + 0.05 * float(line @ line)
        return value, np.array([residual @ utilities, residual.sum()]) + 0.1 * line

    scale, shift = minimize(loss, np.array([0.5, -1.0]), jac=True, method="L-BFGS-B").x
    return max(float(scale), 0.05), float(shift)


def learn(name: AspectName, sets: Sequence[Choices]) -> Weights:
    """The model of one aspect; its calibration comes from events left out in turn."""
    names = sorted({feature for one in sets for features in one.rows for feature in features})
    rules = np.array([RULES.get(name, {}).get(feature, 0.0) for feature in names])
    utilities, hits = [], []
    for event in sorted({one.event for one in sets if one.weight == 1.0}):
        weights = fit([one for one in sets if one.event != event], names, rules)
        for one in sets:
            if one.event == event and one.rows:
                utility = one.matrix(names) @ weights
                top = np.argsort(-utility, kind="stable")[:RANKED]
                utilities.append(utility[top])
                hits.append(one.hits[top, 1].astype(float))
    scale, shift = calibrate(np.concatenate(utilities), np.concatenate(hits))
    learned = zip(names, fit(sets, names, rules), strict=True)
    rounded = {feature: round(float(weight), DIGITS) for feature, weight in learned if abs(weight) >= 10**-DIGITS}
    return Weights(rounded, round(scale, DIGITS), round(shift, DIGITS))


def training_sets(
    folder: Path, articles: Sequence[Article], reports: Sequence[Article]
) -> dict[AspectName, list[Choices]]:
    """What there is to learn from for each aspect."""
    hit = load_scorer(folder).hit
    return {
        name: choices(name, articles, hit) + choices(name, reports, hit, REPORT_WEIGHT)
        for name in ASPECTS
    }  # fmt: skip


def main() -> None:
    """Learn from a folder and write the weights that ship."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("ecbplus", type=Path, nargs="?", default=DATA.parent / "ecbplus")
    options = parser.parse_args()
    sets = training_sets(options.folder, read_articles(options.folder), read_reports(options.ecbplus))
    models = {name: learn(name, sets[name]) for name in ASPECTS}
    stored = {
        name: {"scale": model.scale, "shift": model.shift, "weights": dict(sorted(model.weights.items()))}
        for name, model in models.items()
    }
    OUT.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"{OUT.name}: " + ", ".join(f"{name} {len(model.weights)}" for name, model in models.items()))


if __name__ == "__main__":
    main()

"""How well one article's six answers are found, beside the figures of other programs on the same articles.

`python -m bench.aspects [--data FOLDER] [--shipped] [--show]`. FOLDER holds `gold.jsonl`, `score.py` and, if there are
any, stored answers of others (`*.jsonl`). Weights are learned anew without the event of each article, unless
`--shipped` asks for those of the package: these were learned from `news-5w1h` and flatter themselves there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.articles import DATA, Article, load_scorer, read_articles
from bench.coreference import read_reports
from bench.train_aspects import Choices, learn, training_sets
from ontology.model import ASPECTS, AspectName
from topics.aspects.candidate import Weights, candidates
from topics.aspects.merging import describe

Row = dict[str, str | None]


def answer(article: Article, weights: Mapping[AspectName, Weights] | None = None) -> Row:
    """The first value of each aspect of an article described by itself."""
    aspects = describe([article.told], found=[candidates(article.told, weights)])
    row: Row = {"id": article.id}
    for name in ASPECTS:
        row[name] = next((one.value for one in aspects if one.name == name), None)
    return row


def held_out(articles: Sequence[Article], sets: Mapping[AspectName, Sequence[Choices]]) -> list[Row]:
    """Answers for each article with weights that know nothing of its event."""
    rows = []
    for event in sorted({article.event for article in articles}):
        weights = {name: learn(name, [one for one in sets[name] if one.event != event]) for name in ASPECTS}
        rows += [answer(article, weights) for article in articles if article.event == event]
    return rows


def main() -> None:
    """Print the scorer's table for this program and for the stored answers of others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER")
    parser.add_argument("--ecbplus", type=Path, default=DATA.parent / "ecbplus", metavar="FOLDER")
    parser.add_argument("--shipped", action="store_true", help="use the weights of the package")
    parser.add_argument("--show", action="store_true", help="also print each answer beside what was marked")
    options = parser.parse_args()
    scorer, articles = load_scorer(options.data), read_articles(options.data)
    if options.shipped:
        began = time.process_time()
        rows, title = [answer(article) for article in articles], "crossmedia, shipped weights"
        print(f"{(time.process_time() - began) / len(articles):.3f} s of processor time an article, parsing apart\n")
    else:
        rows = held_out(articles, training_sets(options.data, articles, read_reports(options.ecbplus)))
        title = "crossmedia, each event held out"
    gold = scorer.read_gold(str(options.data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        result, cases = scorer.score(gold, scorer.read_predictions(str(path)))
    print(scorer.show_table(result, title))
    for stored in sorted(options.data.glob("*.jsonl")):
        if stored.name != "gold.jsonl":
            print("\n" + scorer.show_table(scorer.score(gold, scorer.read_predictions(str(stored)))[0], stored.name))
    if options.show:
        for case in cases:
            mark = "S" if case["strict"] else "l" if case["lenient"] else "-"
            print(f"{mark} {case['aspect']:5} {case['id'][:8]} {case['answer']!r}  {case['gold']}")


if __name__ == "__main__":
    main()

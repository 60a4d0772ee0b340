"""How well one article's six answers are found, beside the figures of other programs on the same articles.

`python -m bench.aspects [--data FOLDER] [--shipped]`. FOLDER holds `gold.jsonl`, `score.py` and, if there are any,
stored answers of others (`*.jsonl`). Weights are learned anew without the event of each article, unless `--shipped`
asks for those of the package: these were learned from `news-5w1h` and flatter themselves there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.articles import Article, load_scorer, read_articles
from bench.train_aspects import train
from ontology.model import ASPECTS
from topics.aspects.candidate import candidates
from topics.aspects.merging import describe

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "news-5w1h"


def answers(articles: Sequence[Article], folder: Path, shipped: bool) -> list[dict[str, str | None]]:
    """The first value of each aspect, described article by article."""
    rows = []
    for event in sorted({article.event for article in articles}):
        others = [article for article in articles if article.event != event]
        weights = None if shipped or not others else train(others, folder)
        for article in articles:
            if article.event == event:
                told = [article.told]
                aspects = describe(told, found=[candidates(article.told, weights)])
                best = {name: next((one.value for one in aspects if one.name == name), None) for name in ASPECTS}
                rows.append({"id": article.id} | best)
    return rows


def main() -> None:
    """Print the scorer's table for this program and for the stored answers of others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER")
    parser.add_argument("--shipped", action="store_true", help="use the weights of the package")
    parser.add_argument("--show", action="store_true", help="also print each answer beside what was marked")
    options = parser.parse_args()
    scorer, articles = load_scorer(options.data), read_articles(options.data)
    gold = scorer.read_gold(str(options.data))
    began = time.process_time()
    rows = answers(articles, options.data, options.shipped)
    spent = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        result, cases = scorer.score(gold, scorer.read_predictions(str(path)))
    print(scorer.show_table(result, "crossmedia, " + ("shipped weights" if options.shipped else "each event held out")))
    if options.shipped:
        print(f"{spent / len(articles):.3f} s of processor time an article, parsing apart")
    for stored in sorted(options.data.glob("*.jsonl")):
        if stored.name != "gold.jsonl":
            print("\n" + scorer.show_table(scorer.score(gold, scorer.read_predictions(str(stored)))[0], stored.name))
    if options.show:
        for case in cases:
            mark = "S" if case["strict"] else "l" if case["lenient"] else "-"
            print(f"{mark} {case['aspect']:5} {case['id'][:8]} {case['answer']!r}  {case['gold']}")


if __name__ == "__main__":
    main()

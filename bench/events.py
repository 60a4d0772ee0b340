"""How well events are found: B-cubed agreement with the gold standard of the news events and of the example collection.

    python -m bench.events [--data DIR] [--stores DIR]

Builds both collections with the command's own defaults (nothing is set on them), reads `crossmedia events` back as JSON
lines and scores the objects that the gold standard names. `--stores` keeps the stores for a second look.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from correlate.metrics import b_cubed

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "api.cli")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--stores", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = given.stores or Path(folder)
        print(f"{'collection':<14}{'objects':>8}{'true':>6}{'found':>6}{'precision':>11}{'recall':>8}{'F1':>8}")
        example = json.loads((ROOT / "examples" / "gold.json").read_text(encoding="utf-8"))
        truth = {item: event["id"] for event in example["events"] for item in event["objects"]}
        score("example", truth, [ROOT / "examples" / "collection"], stores)
        news = given.data / "news-events"
        if news.is_dir():
            rows = map(json.loads, (news / "articles.jsonl").read_text(encoding="utf-8").splitlines())
            mapping = ROOT / "bench" / "mappings" / "news-events.toml"
            score("news-events", {row["id"]: row["event_id"] for row in rows}, [news, "--mapping", mapping], stores)
        else:
            print(f"news-events: not measured, there is no {news}")


def score(name: str, truth: dict[str, object], collection: list[object], stores: Path) -> None:
    """Build one collection and print its row."""
    store = ["--store", str(stores / name)]
    subprocess.run([*COMMAND, "build", *map(str, collection), *store], check=True, cwd=ROOT, stdout=sys.stderr)
    lines = subprocess.run(
        [*COMMAND, "events", "--format", "jsonl", *store], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    found = {item: event["id"] for event in events for item in event["objects"]}
    agreement = b_cubed(found, truth)
    true = len(set(truth.values()))
    print(
        f"{name:<14}{len(truth):>8}{true:>6}{len(events):>6}{agreement.precision:>11.3f}{agreement.recall:>8.3f}"
        f"{agreement.f1:>8.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()

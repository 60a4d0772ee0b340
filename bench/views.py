"""What each view is worth and what it costs: alone, beside the standing view, and taken away from all.

    python -m bench.views [--data DIR] [--media image text audio video] [--write DIR]

Photos: flickr8k-1k, 800 photos to learn from and 200 to ask, five splits. A view of photos is linked to the meaning of
captions, a view of captions to the network's view of photos, by canonical correlation; codebooks, ridges and weights of
a fusion are learned or chosen within the 800 (640 and 160). Fused are similarities, each in its own spread. MRR is that
of the right photo, or of the first of the right five captions, the mean of both ways; R@10 the share found among the
first ten. News: other photos, or articles, of the same event of news-events, by cosine, near copies of a photo left
out; the weight beside the standing view is chosen on the other half of the events. Sound: pieces of 4 seconds of
recordings, of the same kind in other recordings. Clips: other versions. All MAP and costs in milliseconds of one
processor for one object, opened already. What is measured is printed, and put into `views-table.json` and `views.md` of
`--write`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.views_neighbours import sounds_and_clips, within_news
from bench.views_page import page
from bench.views_retrieval import captions, costs

ROOT = Path(__file__).resolve().parent.parent
Json = dict[str, Any]
PARTS: dict[str, Callable[[Path], Json]] = {
    "captions": captions,
    "news": within_news,
    "sounds": sounds_and_clips,
    "costs": costs,
}


def main() -> None:
    """Measure what was asked for, print it, and store it if a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--parts", nargs="*", default=[*PARTS], choices=[*PARTS])
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    stored = given.write / "views-table.json" if given.write else None
    table: Json = json.loads(stored.read_text(encoding="utf-8")) if stored and stored.is_file() else {}
    for part in given.parts:
        table[part] = PARTS[part](given.data)
        print(json.dumps({part: table[part]}), flush=True)
        if given.write and stored:
            stored.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(page(table))
    if given.write:
        (given.write / "views.md").write_text(page(table), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The page of what views are worth, from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from correlate.features.views import VIEWS, ViewKind

HEAD = """# Views, and what each is worth

Written by `python -m bench.views --write docs/reference`; `views-table.json` beside it has the figures of each split.
How to have them made: [add views](../how-to/views.md).

## How to read it

* **MRR alone**: photos of flickr8k-1k found by their captions and captions by their photos, with this view alone on
  its side and the view that is always made (`image`, `text`) on the other, linked by canonical correlation; the mean
  of both ways. 800 photos to learn from, 200 to ask; five splits, in brackets the lowest and the highest. **R@10** is
  the share found among the first ten.
* **MRR with** the standing view: the similarities of both added. **MRR of all without it**: all views fused but this
  one; a view that is missed there lowers it. Ridges, weights and codebooks come from the 800 photos alone.
* **event MAP**: other photos (near copies left out), or articles, of the same event of news-events, by cosine. The
  weight beside the standing view was chosen on the other half of the events.
* **ms**: of one processor, for one object opened already; of clips, for one of 4 to 22 seconds with its decoding.

## Which view when

* To link photos and words, the network's view is what counts: taking it away from all costs 0.086 MRR, in each split;
  taking any other away costs less than 0.001. Colours are the best of those made by hand (0.12 alone, chance 0.03)
  and the only ones of them that add more than 0.002 to it (0.006, in four splits of five, which may be chance). All
  views fused are no better than the network alone by more than the splits differ. A view that tells little costs
  something even with the smallest weight (`zernike`, `phash`: 0.01 less).
* Among photos of news the order is alike: network 0.27, its classes 0.23, Fisher vectors 0.15, colours 0.14, chance
  0.03. Fused, none adds more than 0.007.
* So ask for views of pictures for what they say, not for better links: colours, textures and shapes to search and
  group by, counts of words for topic models (`lbp-words` tell most and cost least), `sift-fisher` where no network is
  wanted. Of local views the dense patterns do better on the small photos of flickr8k-1k, Fisher vectors of corners on
  those of news.
* For words, `tf-idf` is worth its place beside sentences: 0.025 more MRR, in each split, and 0.007 more MAP for
  events. `n-grams` add nothing to it. `parts-of-speech` say how a text is written and `entities` only help where
  names are: articles (0.85), not captions (chance).
* Pieces of sound find pieces of their own recording by any view (0.89 to 0.92, chance 0.06) but `chroma` (0.58),
  which is made for pitches. Kinds of sound in other recordings are harder (0.43 to 0.57, chance 0.32): 25 recordings
  are few, and the figures would differ with others.
* The usual values and spreads by which textures, sounds and movements are scaled were taken, without labels, from 300
  of these photos, from these recordings and from these clips, so those rows flatter a little.
* 14 clips of four scenes say only that `motion` and `shots` keep versions of one clip together (0.85, 0.97; chance
  0.54).
"""


def page(table: dict[str, Any]) -> str:
    """The whole page in Markdown: how to read it, then a table for each medium."""
    media = {"image": _pictures, "text": _texts, "audio": _sounds, "video": _clips}
    parts = [HEAD.rstrip()]
    for medium, rows in media.items():
        kinds = [kind for kind in VIEWS.values() if kind.medium == medium]
        parts += ["", *rows(table, kinds)]
    return "\n".join(parts) + "\n"


def _pictures(table: dict[str, Any], kinds: Sequence[ViewKind]) -> list[str]:
    title = "## Photos"
    return [title, "", *_linked(table, kinds, "image", "photo > captions", "captions > photo")]


def _texts(table: dict[str, Any], kinds: Sequence[ViewKind]) -> list[str]:
    return ["## Words", "", *_linked(table, kinds, "text", "photo > captions", "captions > photo")]


def _linked(table: dict[str, Any], kinds: Sequence[ViewKind], medium: str, there: str, back: str) -> list[str]:
    measured, news = table.get("captions", {}), table.get("news", {}).get(medium, {})
    heads = ["view", "level", "form", "width", "ms", "MRR alone", f"R@10 {back}", f"R@10 {there}"]
    heads += [f"MRR with `{medium}`", "MRR of all without it", "event MAP", f"event MAP with `{medium}`"]
    lines = [_line(heads), _line(["---"] * len(heads))]
    found = measured.get(medium, {})
    for kind in kinds:
        own = found.get(kind.name, {})
        told = [_spread(own.get(key)) for key in ("mrr", "photos", "captions", "beside", "without")]
        near = [_number(news.get(kind.name, {}).get(key)) for key in ("alone", "beside")]
        lines.append(_line([*_about(table, kind), *told, *near]))
    chance, random = measured.get("chance", {}), news.get("chance", {})
    told = [_number(chance.get(key)) for key in ("mrr", "photos", "captions")]
    lines.append(_line(["chance", "", "", "", "", *told, "", "", _number(random.get("alone")), ""]))
    everything = _spread(found.get("all", {}).get("mrr"))
    lines.append(_line(["all views fused", "", "", "", "", everything, *[""] * 6]))
    return lines


def _sounds(table: dict[str, Any], kinds: Sequence[ViewKind]) -> list[str]:
    measured = table.get("sounds", {}).get("audio", {})
    heads = ["view", "level", "form", "width", "ms", "MAP of the same kind", "nearest is of the same recording"]
    lines = ["## Sound", "", _line(heads), _line(["---"] * len(heads))]
    lines += [_line([*_about(table, kind), *_two(measured.get(kind.name, {}), "kind", "recording")]) for kind in kinds]
    return [*lines, _line(["chance", "", "", "", "", *_two(measured.get("chance", {}), "kind", "recording")])]


def _clips(table: dict[str, Any], kinds: Sequence[ViewKind]) -> list[str]:
    measured = table.get("sounds", {}).get("video", {})
    lines = ["## Clips", "", _line(["view", "level", "form", "width", "ms", "MAP of the same clip"])]
    lines.append(_line(["---"] * 6))
    lines += [_line([*_about(table, kind), _number(measured.get(kind.name, {}).get("family"))]) for kind in kinds]
    return [*lines, _line(["chance", "", "", "", "", _number(measured.get("chance", {}).get("family"))])]


def _about(table: dict[str, Any], kind: ViewKind) -> list[str]:
    cost = table.get("costs", {}).get(kind.name)
    name = f"`{kind.name}`" + (" (always made)" if kind.standing else "")
    return [name, kind.level, kind.form, f"{kind.width:,}", "" if cost is None else f"{cost:.1f}"]


def _two(own: dict[str, float], *keys: str) -> list[str]:
    return [_number(own.get(key)) for key in keys]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _spread(values: Sequence[float] | None) -> str:
    """Mean over the splits, and between what they lie."""
    if not values:
        return ""
    return f"{sum(values) / len(values):.3f} ({min(values):.2f} to {max(values):.2f})"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

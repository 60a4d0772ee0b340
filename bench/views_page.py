"""The page of what views are worth, from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from correlate.features.views import VIEWS, ViewKind

HEAD = """# Views, and what each is worth

Written by `python -m bench.views --write docs/reference`; `views-table.json` beside it has the figures of each split.
How to have them made: [add views](../how-to/views.md).
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

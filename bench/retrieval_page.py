"""The page of the retrieval table, from what was measured."""

from __future__ import annotations

from typing import Any

TITLES = {"wikipedia": "Wikipedia (2,173 / 693 pairs, 10 labels)", "cub": "CUB (480 / 120 pairs, 10 labels)"}
HEAD = """# Methods of cross-media retrieval, measured

Written by `python -m bench.retrieval --write docs/reference`; `retrieval-table.json` beside it has all figures, with
intervals, chosen settings and precision-recall curves. MAP divides by the relevant items found; "I>T" asks with a
picture for texts, "T>I" with a text for pictures. "20 %" is the share of queries whose own partner is in the first
fifth. All settings and the best similarity are chosen by cross-validation within the training part. Brackets are 95 %
intervals over the queries.
"""


def page(table: dict[str, Any]) -> str:
    """The whole page in Markdown."""
    parts = [HEAD]
    for name, title in TITLES.items():
        if name in table:
            parts += [f"## {title}", "", f"Chance MAP: {table[name]['chance']:.3f}.", "", *_columns(table[name])]
    if "flickr8k" in table:
        parts += ["## flickr8k-1k from raw media", "", *_recalls(table["flickr8k"])]
    return "\n".join(parts).rstrip() + "\n"


def _columns(rows: dict[str, Any]) -> list[str]:
    lines = []
    for column, title in (("paper", "The similarity of the paper"), ("best", "The best similarity for each method")):
        lines += [f"### {title}", "", "| method | similarity | I>T all | I>T @50 | 20 % | T>I all | T>I @50 | 20 % |"]
        lines[-1] += " fit s | query ms |" + (" other splits I>T, T>I |" if column == "best" else "")
        lines.append("|---" * (11 if column == "best" else 10) + "|")
        measured = [(method, row[column]) for method, row in rows.items() if method != "chance"]
        lines += [_row(method, found) for method, found in measured]
        lines.append("")
    return lines


def _row(method: str, found: dict[str, Any]) -> str:
    hubs = ", hubs" if found["choice"]["hubs"] else ""
    cells = [method, found["choice"]["form"] + hubs]
    for each in found["directions"]:
        low, high = each["map_interval"]
        cells += [f"{each['map']:.3f} [{low:.3f}, {high:.3f}]", f"{each['map_50']:.3f}", f"{each['percentage']:.2f}"]
    cells += [f"{found['fit_seconds']:.2f}", f"{1000 * found['query_seconds']:.3f}"]
    if found.get("splits"):
        cells.append(", ".join(_spread([maps[way] for maps in found["splits"]]) for way in (0, 1)))
    return "| " + " | ".join(cells) + " |"


def _spread(values: list[float]) -> str:
    return f"{sum(values) / len(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def _recalls(rows: dict[str, Any]) -> list[str]:
    lines = ["| recipe | searched | caption > image R@1 / 5 / 10 | median | image > caption R@1 / 5 / 10 | median |"]
    lines.append("|---|---|---|---|---|---|")
    for recipe, found in rows.items():
        for searched, seeds in found.items():
            cells = [recipe, searched]
            for way in ("caption to image", "image to caption"):
                means = [sum(seed[way][at] for seed in seeds) / len(seeds) for at in range(4)]
                cells += [" / ".join(_between([seed[way][at] for seed in seeds]) for at in range(3)), f"{means[3]:.1f}"]
            lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _between(values: list[float]) -> str:
    return f"{sum(values) / len(values):.3f} ({min(values):.2f} to {max(values):.2f})"

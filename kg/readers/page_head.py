"""What a web page says of itself in its head: JSON-LD (schema.org), Open Graph and the older meta elements."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from kg.readers.details import Details, fitting
from kg.readers.item import Problems
from kg.readers.values import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_NODES: Final = 1000
_ARTICLE: Final = re.compile(r"(\w*Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report)", re.ASCII)
_PUBLISHED: Final = ("article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate")
Node = Mapping[str, object]


def stated(tree: HtmlElement, problems: Problems) -> Details:
    """Details that the page states, JSON-LD before meta elements before what a reader sees."""
    nodes = {}
    for number, node in enumerate(_nodes(tree, problems)):
        nodes[str(node.get("@id", number))] = node
    article = next((node for node in nodes.values() if _is_article(node)), {})
    return fitting(_from_article(article, nodes)).or_else(fitting(_from_meta(tree)))


def _nodes(tree: HtmlElement, problems: Problems) -> Iterator[Node]:
    waiting: list[object] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            try:
                waiting.append(json.loads(script.text or ""))
            except (ValueError, RecursionError):
                problems.warn("a block of JSON-LD is not valid JSON and was left out")
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node
        elif isinstance(node, dict):
            yield node
            waiting[:0] = [node[key] for key in ("@graph", "mainEntity") if key in node]


def _is_article(node: Node) -> bool:
    kinds = node.get("@type")
    return any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in _several(kinds))


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _words(value: object) -> str:
    return one_line(html.unescape(value)) if isinstance(value, str) else ""


def _named(value: object, nodes: Mapping[str, Node]) -> str:
    """The names of persons, organisations or places: written out, as nodes or as references to nodes."""
    names = []
    for one in _several(value):
        if isinstance(one, dict):
            one = {**nodes.get(str(one.get("@id")), {}), **one}.get("name")
        names.append(_words(one))
    return ", ".join(dict.fromkeys(filter(None, names)))


def _position(place: object) -> str:
    geo = place.get("geo") if isinstance(place, dict) else None
    if not isinstance(geo, dict):
        return ""
    try:
        latitude, longitude = float(geo["latitude"]), float(geo["longitude"])
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{latitude:.6f},{longitude:.6f}" if abs(latitude) <= 90 and abs(longitude) <= 180 else ""


def _from_article(article: Node, nodes: Mapping[str, Node]) -> dict[str, object]:
    place = _several(article.get("contentLocation"))[0]
    facts = {
        "author": _named(article.get("author"), nodes),
        "place": _named(article.get("contentLocation"), nodes),
        "geo": _position(place),
    }
    single = {
        "title": _words(article.get("headline")),
        "published": _words(article.get("datePublished")),
        "source": _named(article.get("publisher"), nodes),
        "language": _words(article.get("inLanguage")),
        "licence": _words(article.get("license")),
        "url": _words(article.get("url")),
    }
    return _known(single, facts)


def _from_meta(tree: HtmlElement) -> dict[str, object]:
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and (content := one_line(element.get("content") or "")):
            meta.setdefault(name.strip().lower(), content)
    single = {
        "title": meta.get("og:title") or _first_text(tree, "h1") or _first_text(tree, "title"),
        "published": next((meta[name] for name in _PUBLISHED if name in meta), "") or _marked_time(tree),
        "source": meta.get("og:site_name", ""),
        "language": tree.get("lang") or meta.get("content-language") or meta.get("og:locale", ""),
        "licence": _licence(tree),
        "url": _canonical(tree) or meta.get("og:url", ""),
    }
    author = meta.get("author") or meta.get("article:author", "")
    return _known(single, {"author": "" if author.startswith("http") else author})


def _known(single: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, object]:
    known: dict[str, object] = {key: value for key, value in single.items() if value}
    return {**known, "metadata": {key: value for key, value in facts.items() if value}}


def _first_text(tree: HtmlElement, tag: str) -> str:
    return next((text for element in tree.iter(tag) if (text := one_line(element.text_content()))), "")


def _marked_time(tree: HtmlElement) -> str:
    """The time of a `time` element that is marked as that of publication."""
    for element in tree.iter("time"):
        if element.get("pubdate") is not None or (element.get("itemprop") or "").lower() == "datepublished":
            return one_line(element.get("datetime") or "")
    return ""


def _canonical(tree: HtmlElement) -> str:
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    return next((one_line(link.get("href") or "") for link in links), "")


def _licence(tree: HtmlElement) -> str:
    """The target of a link with rel=license, the way of Creative Commons."""
    for element in tree.iter("a", "link"):
        if "license" in (element.get("rel") or "").lower().split():
            return one_line(element.get("href") or "")
    return ""

"""A web page: its main text, what it says of itself, and the pictures, sounds and clips shown in its main part.

Scripts are never run and nothing is fetched. The markup is read by an HTML parser, which knows no entities but those of
HTML, so there is none to multiply.
"""

from __future__ import annotations

import logging
import re
from configparser import ConfigParser
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kg.readers.details import Details, fitting
from kg.readers.item import Problems
from kg.readers.page_head import stated
from kg.readers.text_file import decoded
from kg.readers.values import body, clean, one_line
from ontology.errors import InvalidInput

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_ELEMENTS: Final = 50_000  # some seconds of extraction
_MOST_SHOWN: Final = 200
_LAST: Final = "2100-01-01"
_SHORTEST: Final = 100  # characters of a text; less may be a miss of the extractor
_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{1,40})""", re.IGNORECASE)
_HEAD: Final = 4096  # bytes in which a page must declare its encoding (HTML wants 1024)
_MEDIA: Final = "self::img or self::video or self::audio or self::source"
_ASIDE: Final = "ancestor::nav or ancestor::aside or ancestor::footer or ancestor::form"


@dataclass(frozen=True, slots=True)
class Shown:
    """A medium shown in the main part of a page: its address as written there, and its caption."""

    address: str
    caption: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What was read: details that the page states, those that were guessed from it, and the media that it shows."""

    stated: Details
    guessed: Details
    shown: tuple[Shown, ...]


def read_page(content: bytes, problems: Problems) -> Page:
    """Read a page. Raises `InvalidInput` if it is no page or too large to work on."""
    tree = _tree(content, problems)
    said = stated(tree, problems)
    shown = _shown(tree, problems)
    text = _main_text(tree, said.title or "")
    if text is None:
        problems.warn("no main text was found on the page")
    guessed = _guessed(tree, said.url) if said.published is None else Details()
    return Page(Details(text=text).or_else(said), guessed, shown)


def _tree(content: bytes, problems: Problems) -> HtmlElement:
    from lxml import etree, html

    charset = _CHARSET.search(content, 0, _HEAD)
    text, encoding = decoded(content, charset[1].decode() if charset else None)
    if encoding:
        problems.warn(f"not UTF-8; read as {encoding}")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise InvalidInput("not a readable page: it has no markup") from error
    elements = sum(1 for _ in tree.iter())
    if elements > _MOST_ELEMENTS:
        raise InvalidInput(f"a page of {elements} elements; at most {_MOST_ELEMENTS} are read")
    return tree


@cache
def _trafilatura() -> Any:
    """The extractor, quiet: what it would log comes back as a failure of the page."""
    import trafilatura

    for name in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return trafilatura


@cache
def _rules() -> ConfigParser:
    """The extractor's settings; by default it takes less than 250 characters of text for a miss, and dumps the page."""
    _trafilatura()
    from trafilatura.settings import use_config

    rules = deepcopy(use_config())
    rules.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(_SHORTEST))
    return rules


def _main_text(tree: HtmlElement, title: str) -> str | None:
    """The main text without navigation, comments and the title; None if there is none.

    Method: Barbaresi, Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery and Extraction,
    ACL 2021.
    """
    body_only = deepcopy(tree)
    for caption in list(body_only.iter("figcaption")):
        caption.drop_tree()  # it tells of a picture and becomes its text
    document = _trafilatura().bare_extraction(body_only, include_comments=False, config=_rules())
    text = clean(document.text or "").strip() if document is not None else ""
    first, _, rest = text.partition("\n")
    if title and one_line(first).casefold() == title.casefold():
        text = rest
    elif title and text.startswith(title + " "):
        text = text[len(title) :]
    return body(text)


def _guessed(tree: HtmlElement, url: str | None) -> Details:
    """The day of publication as the address and the lines around the text suggest it.

    Method: Barbaresi, htmldate: A Python package to extract publication dates from web pages, JOSS 2020.
    """
    around = deepcopy(tree)
    for part in around.xpath("//p | //li | //blockquote | //td | //footer | //aside"):
        part.clear()  # the words of a text tell of other days
    _trafilatura()
    from htmldate import find_date

    # Nor may today's date decide what is a possible one: it changes.
    return fitting(
        {"published": find_date(around, url=url, original_date=True, extensive_search=False, max_date=_LAST)}
    )


def _shown(tree: HtmlElement, problems: Problems) -> tuple[Shown, ...]:
    """The media within articles (or `main`), without those of navigation and margins; each address once."""
    elements = tree.xpath(f"//*[{_MEDIA}][ancestor::article or ancestor::main][not({_ASIDE})]")
    if not elements and not tree.xpath("//article | //main"):
        elements = tree.xpath(f"//body//*[{_MEDIA}][not({_ASIDE} or ancestor::header)]")
    if len(elements) > _MOST_SHOWN:
        problems.warn(f"{len(elements)} pictures, sounds and clips; the first {_MOST_SHOWN} were looked at")
    shown: dict[str, Shown] = {}
    for element in elements[:_MOST_SHOWN]:
        address = _address(element)
        if address:
            shown.setdefault(address, Shown(address, _caption(element)))
    return tuple(shown.values())


def _address(element: HtmlElement) -> str:
    candidates = [element.get("src"), element.get("data-src"), element.get("data-original")]
    candidates.append((element.get("srcset") or "").split(",")[0].strip().partition(" ")[0])
    found = (clean(address).strip() for address in candidates if address)
    return next((address for address in found if address and not address.lower().startswith("data:")), "")


def _caption(element: HtmlElement) -> str | None:
    figure = next(element.iterancestors("figure"), None)
    below = None if figure is None else figure.find(".//figcaption")
    captions = ["" if below is None else below.text_content(), element.get("alt") or "", element.get("title") or ""]
    return next(filter(None, map(one_line, captions)), None)

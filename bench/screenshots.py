"""Pictures of the pages of a running service, for the documentation: `python bench/screenshots.py --url URL --out DIR`.

The pages are chosen by what the service says it has: the event with most objects, and an object of each medium in it.
Needs the package playwright and a Chromium (its path in CHROMIUM, default `chromium` on the search path); loads nothing
from anywhere but the service.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE, PHONE = (1280, 900), (390, 844)


def read(url: str) -> dict:  # type: ignore[type-arg]
    """The JSON at an address of the service."""
    with urlopen(url, timeout=60) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def object_pages(url: str, event: dict) -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]
    """Name and path of the page of one object of each medium in an event, with evidence marked if there is some."""
    evidence = [piece for answers in event["aspects"].values() for answer in answers for piece in answer["evidence"]]
    fragments = {piece["object"]: piece["segment"] for piece in reversed(evidence) if piece["segment"]}
    seen = set()
    for key in sorted(event["objects"], key=lambda key: key not in fragments):
        medium = read(f"{url}/api/v1/objects/{quote(key, safe='')}")["modality"]
        if medium not in seen:
            seen.add(medium)
            segment = "?" + urlencode({"segment": fragments[key]}) if key in fragments else ""
            yield medium, f"/objects/{quote(key, safe='')}{segment}"


def pages(url: str, words: str | None) -> Iterator[tuple[str, str]]:
    """Name and path of each page to show."""
    yield "events", "/"
    largest = read(f"{url}/api/v1/events?order=largest&limit=1")["items"]
    for event in largest:
        yield "event", f"/events/{quote(event['id'], safe='')}"
        yield from object_pages(url, event)
        yield "search", "/search?" + urlencode({"q": words or event["title"]})


def shoot(
    browser: Browser, url: str, path: str, file: Path, *, size: tuple[int, int], scheme: str, whole: bool
) -> None:
    """One picture of one page."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(url + path, wait_until="load")
    page.wait_for_timeout(300)
    page.screenshot(path=str(file), full_page=whole)
    page.close()
    print(file)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service answers")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="folder for the pictures")
    parser.add_argument("--query", help="words for the search page (default: the title of the largest event)")
    parser.add_argument("--whole", action="store_true", help="the whole length of each page, not one screen of it")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    url = asked.url.rstrip("/")
    chosen = list(pages(url, asked.query))
    with sync_playwright() as player:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = player.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, path in chosen:
            shoot(browser, url, path, asked.out / f"{name}.png", size=WIDE, scheme="light", whole=asked.whole)
        for name, path in chosen[:2]:
            shoot(browser, url, path, asked.out / f"{name}-dark.png", size=WIDE, scheme="dark", whole=asked.whole)
            shoot(browser, url, path, asked.out / f"{name}-phone.png", size=PHONE, scheme="light", whole=asked.whole)
        browser.close()


if __name__ == "__main__":
    main()

"""The real Neo4j Browser: the style file, every saved query, and the link from an event, by hand of a person.

`CROSSMEDIA_PICTURES=docs/images` makes the pictures of the guide anew.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from kg import neo4j_queries
from kg.neo4j import Neo4jStore
from kg.neo4j_queries import browser_link, saved
from kg.neo4j_server import Server
from tests.api.neo4j_demo import fill
from tests.neo4j_lender import Lender

pytestmark = [pytest.mark.service, pytest.mark.slow]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 60_000
DROP = """text => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], 'style.grass'));
  return dropped;
}"""
PLACES = "[...document.querySelectorAll('g.node')].map(node => node.getAttribute('transform')).join()"

# For each saved query what it is asked about, and words and colours that its picture or table must show.
SHOWN: dict[str, tuple[dict[str, str], list[str]]] = {
    "event": ({"event": "ferry"}, ["Ferry runs", "84", "passengers", "Norholm", "Courier", "#B3261E", "#8E5BB5"]),
    "evidence": ({"event": "ferry"}, ["Sandvik reef", "eighty-four", "#2E8B57", "#C46A1B", "#8E5BB5", "#3B6FB6"]),
    "why-linked": ({"object": "aground", "other": "report"}, ["transcript 0.72", "#3B6FB6", "#8E5BB5"]),
    "between-events": ({"event": "ferry", "other": "storm"}, ["Ferry", "Storm", "neighbour 0.58", "#FBE3A6"]),
    "path": ({"event": "ferry", "other": "storm"}, ["Ferry", "Storm", "neighbour 0.58"]),
    "first-told": ({"event": "ferry"}, ["Harbour Office", "A walker", "2021-11-06T07:30"]),
    "neighbourhood": ({"object": "aground-photo"}, ["near_duplicate 0.66", "#C46A1B"]),
    "contradictions": ({"event": "ferry", "aspect": "where"}, ["off Norholm", "Sandvik reef", "#4A4F57"]),
    "words": ({"words": "storm"}, ["Storm", "#B3261E", "#3B6FB6"]),
    "look-alikes": ({"object": "aground-photo"}, ["Ferry leaning", "#C46A1B"]),
}
TABLES = {"first-told"}


@pytest.fixture(scope="module")
def server(neo4j_lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    with closing(neo4j_lender.open(folder)) as store:
        assert isinstance(store, Neo4jStore)
        fill(store)
        store.set_pages("http://127.0.0.1:8000")
        store.query("CALL db.awaitIndexes(60)", {})
        yield neo4j_lender.server_of(folder)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """Neo4j Browser, logged in, with the style file dropped on it."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    # It asks for letters from elsewhere; whoever is without a network sees its own.
    page.route("**/*", lambda route: route.continue_() if "//127.0.0.1:" in route.request.url else route.abort())
    page.goto(server.browser)
    log_in(page, server)
    page.dispatch_event(
        ".filedrop", "drop", {"dataTransfer": page.evaluate_handle(DROP, neo4j_queries.STYLE.read_text())}
    )
    expect(newest(page)).to_contain_text("node.Event", timeout=PATIENCE)
    run(page, ":config autoComplete: false")
    yield page
    context.close()


def log_in(page: Page, server: Server) -> None:
    page.fill("[data-testid=password]", server.login.password)
    page.click("[data-testid=connect]")
    expect(page.get_by_text("You are connected as user").first).to_be_visible(timeout=PATIENCE)


def newest(page: Page) -> Locator:
    """The answer to what was run last."""
    return page.locator("[data-testid=frame]").first


def run(page: Page, text: str) -> Locator:
    """Put a query or a command into the editor and run it."""
    number = page.locator("[data-testid=frame]").count()
    page.click("[data-testid=activeEditor] .monaco-editor")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.click("[data-testid=editor-Run]")
    expect(page.locator("[data-testid=frame]")).to_have_count(min(number + 1, 15), timeout=PATIENCE)
    first = text.splitlines()[0]
    expect(newest(page).locator("[data-testid=frameCommand]")).to_contain_text(first[:30], timeout=PATIENCE)
    return newest(page)


def settled(page: Page) -> None:
    """Wait until the nodes have found their places."""
    page.wait_for_selector("g.node")
    before = None
    while before != (now := page.evaluate(PLACES)):
        before = now
        page.wait_for_timeout(1000)


def drawn(frame: Locator) -> str:
    """The captions in a picture, and the colours of its nodes."""
    colours = frame.locator("g.node circle").evaluate_all("all => all.map(node => node.getAttribute('fill')).join(' ')")
    return " ".join([*frame.locator("g.node, g.relationship").all_text_contents(), colours])


def picture(frame: Locator, name: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("CROSSMEDIA_PICTURES") or tmp_path)
    frame.screenshot(path=folder / f"neo4j-{name}.png")
    assert (folder / f"neo4j-{name}.png").stat().st_size > 5000


def asked(page: Page, name: str) -> Locator:
    """The answer to a saved query, with its parameters set as a person would."""
    for parameter, value in SHOWN[name][0].items():
        expect(run(page, f":param {parameter} => '{value}'")).to_contain_text(f'"{parameter}": "{value}"')
    return run(page, saved()[name].text)


@pytest.mark.parametrize("name", saved())
def test_a_saved_query_shows_what_it_says(page: Page, name: str, tmp_path: Path) -> None:
    frame = asked(page, name)
    if name in TABLES:
        expect(frame.locator("[data-testid=frame-loaded-contents], table").first).to_be_visible(timeout=PATIENCE)
        shown: Any = frame.inner_text()
    else:
        settled(page)
        shown = drawn(frame)
    words = " ".join(shown.split())
    assert [word for word in SHOWN[name][1] if word not in words] == []
    picture(frame, name, tmp_path)


def test_an_edge_tells_why(page: Page, tmp_path: Path) -> None:
    frame = asked(page, "why-linked")
    settled(page)
    frame.locator("g.relationship path.overlay").first.click(force=True)
    expect(frame.get_by_text("eighty-four people were on the ferry")).to_be_visible(timeout=PATIENCE)
    picture(frame, "reason", tmp_path)


def test_a_node_leads_to_its_page(page: Page) -> None:
    frame = asked(page, "why-linked")
    settled(page)
    frame.locator("g.node").first.click()
    expect(frame.get_by_text("http://127.0.0.1:8000/objects/").first).to_be_visible(timeout=PATIENCE)


def test_the_link_of_an_event_opens_it(chromium: Browser, server: Server, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.route("**/*", lambda route: route.continue_() if "//127.0.0.1:" in route.request.url else route.abort())
    page.goto(browser_link(server.browser, "ferry"))
    log_in(page, server)
    page.click("[data-testid=editor-Run]")
    settled(page)
    labels = newest(page).locator("[data-testid^=property-details-overview-node-label]")
    assert "Event (1)" in labels.all_inner_texts()
    context.close()

"""The real Neo4j Browser: the style file, every saved query, and the link from an event, by hand of a person."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from bench.neo4j_pictures import PATIENCE, TABLES, Explorer, chromium, opened
from kg.neo4j_queries import browser_link, saved
from kg.neo4j_server import Server
from tests.api.neo4j_demo import fill
from tests.neo4j_lender import Lender

pytestmark = [pytest.mark.service, pytest.mark.slow]

# For each saved query what it is asked about, and words and colours that its picture or table must show.
SHOWN: dict[str, tuple[dict[str, str], list[str]]] = {
    "event": ({"event": "ferry"}, ["Ferry runs", "84", "passengers", "Norholm", "Courier", "#B3261E", "#8E5BB5"]),
    "evidence": ({"event": "ferry"}, ["Sandvik reef", "eighty-four", "#2E8B57", "#C46A1B", "#8E5BB5", "#3B6FB6"]),
    "why-linked": ({"object": "aground", "other": "report"}, ["transcript", "#3B6FB6", "#8E5BB5"]),
    "between-events": ({"event": "ferry", "other": "storm"}, ["Ferry", "Storm", "neighbour", "#FBE3A6"]),
    "path": ({"event": "ferry", "other": "storm"}, ["Ferry", "Storm", "neighbour"]),
    "first-told": ({"event": "ferry"}, ["Harbour Office", "A walker", "2021-11-06T07:30"]),
    "neighbourhood": ({"object": "aground-photo"}, ["near_duplicate", "#C46A1B"]),
    "contradictions": ({"event": "ferry", "aspect": "where"}, ["off Norholm", "Sandvik reef", "#4A4F57"]),
    "words": ({"words": "storm"}, ["Storm", "#B3261E", "#3B6FB6"]),
    "look-alikes": ({"object": "aground-photo"}, ["Ferry leaning", "#C46A1B"]),
}


@pytest.fixture(scope="module")
def server(neo4j_lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    with closing(neo4j_lender.open(folder)) as store:
        fill(store)
        store.set_pages("http://127.0.0.1:8000")
        store.query("CALL db.awaitIndexes(60)", {})
        yield neo4j_lender.server_of(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def explorer(browser: Browser, server: Server) -> Iterator[Explorer]:
    """Neo4j Browser, logged in, with the style file dropped on it."""
    with opened(browser, server, server.browser) as page:
        ready = Explorer(page)
        ready.set_up()
        yield ready


def drawn(frame: Locator) -> str:
    """The captions in a picture, and the colours of its nodes."""
    colours = frame.locator("g.node circle").evaluate_all("all => all.map(node => node.getAttribute('fill')).join(' ')")
    return " ".join([*frame.locator("g.node, g.relationship").all_text_contents(), colours])


@pytest.mark.parametrize("name", saved())
def test_a_saved_query_shows_what_it_says(explorer: Explorer, name: str) -> None:
    values, wanted = SHOWN[name]
    frame = explorer.asked(name, values)
    words = " ".join((frame.inner_text() if name in TABLES else drawn(frame)).split())
    assert [word for word in wanted if word not in words] == []


def test_an_edge_tells_why(explorer: Explorer) -> None:
    frame = explorer.asked("why-linked", SHOWN["why-linked"][0])
    frame.locator("g.relationship text").first.click(force=True)
    expect(frame.get_by_text("eighty-four people were on the ferry")).to_be_visible(timeout=PATIENCE)


def test_a_node_leads_to_its_page(explorer: Explorer) -> None:
    frame = explorer.asked("why-linked", SHOWN["why-linked"][0])
    frame.locator("g.node").first.click()
    expect(frame.get_by_text("http://127.0.0.1:8000/objects/").first).to_be_visible(timeout=PATIENCE)


def test_a_picture_is_as_large_as_the_window_and_small_as_a_file(explorer: Explorer, tmp_path: Path) -> None:
    frame = explorer.asked("evidence", SHOWN["evidence"][0])
    explorer.panel(frame, shown=False)
    explorer.picture(frame, tmp_path / "picture.png")
    assert 5_000 < (tmp_path / "picture.png").stat().st_size < 150_000
    explorer.panel(frame, shown=True)


def test_the_link_of_an_event_opens_it(browser: Browser, server: Server) -> None:
    with opened(browser, server, browser_link(server.browser, "ferry")) as page:
        linked = Explorer(page)
        page.click("[data-testid=editor-Run]")
        linked.settled(linked.newest())
        labels = linked.newest().locator("[data-testid^=property-details-overview-node-label]")
        assert "Event (1)" in labels.all_inner_texts()

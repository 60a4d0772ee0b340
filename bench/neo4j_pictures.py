"""Pictures of Neo4j Browser for its guide: `python -m bench.neo4j_pictures STORE [--out DIR]`.

Starts a Neo4j server of its own, brings the graph of STORE to it, opens the style file and saved queries in Neo4j
Browser as a person would, and stops the server. What the queries are asked about is chosen by what the graph holds, and
is printed. Needs the package playwright and a Chromium (its path in CHROMIUM, default `chromium` on the search path).
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from kg import neo4j_queries, neo4j_server
from kg.neo4j import Neo4jStore
from kg.neo4j_queries import saved
from kg.neo4j_server import Server
from kg.questions import ask
from kg.sqlite import SQLiteStore
from kg.store import Store
from kg.syncing import sync
from ontology.model import Event, MediaObject

ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE: Final = 60_000
SIZE: Final = {"width": 1200, "height": 800}
DROP: Final = """text => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], 'style.grass'));
  return dropped;
}"""
PLACES: Final = "nodes => nodes.map(node => node.getAttribute('transform')).join()"
PICTURES: Final = ("event", "evidence", "neighbourhood", "between-events", "first-told", "contradictions")
COLOURS: Final = 64
"""As many as a small file has room for."""
TABLES: Final = ("first-told",)
PAGES: Final = "http://127.0.0.1:8000"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as player:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = player.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, server: Server, address: str) -> Iterator[Page]:
    """Neo4j Browser at an address of a server, logged in; it loads nothing from anywhere else."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    # It asks for letters from elsewhere; whoever is without a network sees its own.
    page.route("**/*", lambda route: route.continue_() if "//127.0.0.1:" in route.request.url else route.abort())
    page.goto(address)
    page.fill("[data-testid=password]", server.login.password)
    page.click("[data-testid=connect]")
    expect(page.get_by_text("You are connected as user").first).to_be_visible(timeout=PATIENCE)
    yield page
    context.close()


class Explorer:
    """Does in Neo4j Browser what a person would."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def set_up(self) -> None:
        """Drop the style file on the window, and switch off the links among all nodes."""
        style = self.page.evaluate_handle(DROP, neo4j_queries.STYLE.read_text())
        self.page.dispatch_event(".filedrop", "drop", {"dataTransfer": style})
        expect(self.newest()).to_contain_text("node.Event", timeout=PATIENCE)
        self.run(":config autoComplete: false")

    def newest(self) -> Locator:
        """The answer to what was run last."""
        return self.page.locator("[data-testid=frame]").first

    def run(self, text: str) -> Locator:
        """Put a query or a command into the editor and run it."""
        frames = self.page.locator("[data-testid=frame]")
        number = frames.count()
        self.page.click("[data-testid=activeEditor] .monaco-editor")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.page.click("[data-testid=editor-Run]")
        expect(frames).to_have_count(min(number + 1, 15), timeout=PATIENCE)
        first = text.splitlines()[0]
        expect(self.newest().locator("[data-testid=frameCommand]")).to_contain_text(first[:30], timeout=PATIENCE)
        return self.newest()

    def asked(self, name: str, values: Mapping[str, str]) -> Locator:
        """The answer to a saved query with its parameters, once it is there and lies still."""
        for parameter, value in values.items():
            expect(self.run(f":param {parameter} => '{value}'")).to_contain_text(f'"{parameter}": "{value}"')
        frame = self.run(saved()[name].text)
        if name in TABLES:
            expect(frame.locator("table").first).to_be_visible(timeout=PATIENCE)
        else:
            self.settled(frame)
        return frame

    def settled(self, frame: Locator) -> None:
        """Wait until there are nodes in a frame, and they have found their places."""
        expect(frame.locator("g.node").first).to_be_visible(timeout=PATIENCE)
        before = None
        while before != (now := frame.locator("g.node").evaluate_all(PLACES)):
            before = now
            self.page.wait_for_timeout(1000)

    def panel(self, frame: Locator, shown: bool) -> None:
        """Show or hide what is told beside the nodes; it stays so for frames to come."""
        change = frame.get_by_title(f"{'Expand' if shown else 'Collapse'} the node properties display")
        if change.count():
            change.click()

    def picture(self, frame: Locator, file: Path) -> None:
        """Keep what a frame shows, as large as the window."""
        frame.get_by_title("Fullscreen", exact=True).click()
        if frame.locator("g.node").count():
            self.settled(frame)
            frame.get_by_label("zoom-to-fit").click()
            self.settled(frame)
        frame.screenshot(path=file)
        with Image.open(file) as shot:
            shot.convert("RGB").quantize(COLOURS).save(file, optimize=True)
        frame.get_by_title("Close fullscreen").click()


def chosen(store: Store) -> dict[str, dict[str, str]]:
    """What each query is asked about: the largest event, the one nearest to it, and objects of the first."""
    events = sorted(store.scan(Event), key=lambda event: -len(event.members))
    event, others = events[0].id, [event.id for event in events[1:]]
    other = max(others, key=lambda id_: len(ask(store, "between-events", {"event": event, "other": id_})))
    members = store.get(MediaObject, [member.object for member in events[0].members])
    photo = next(item.id for item in members.values() if item.modality == "image")
    return {
        "event": {"event": event},
        "evidence": {"event": event},
        "neighbourhood": {"object": photo},
        "between-events": {"event": event, "other": other},
        "first-told": {"event": event},
        "contradictions": {"event": event, "aspect": "where"},
        "why-linked": _told(store, members),
    }


def _told(store: Store, members: Mapping[str, MediaObject]) -> dict[str, str]:
    """The strongest link by what is said between a text and a recording of an event."""
    links = store.neighbours(members, kinds=["transcript"])
    for link in links:
        if {members[end].modality for end in (link.subject, link.target) if end in members} == {"text", "audio"}:
            return {"object": link.subject, "other": link.target}
    raise SystemExit("the largest event has no text that is linked to a recording")


def take(explorer: Explorer, values: Mapping[str, Mapping[str, str]], out: Path) -> None:
    """Ask, and keep what is shown."""
    for name in PICTURES:
        print(name, dict(values[name]), flush=True)
        frame = explorer.asked(name, values[name])
        explorer.panel(frame, shown=False)
        explorer.picture(frame, out / f"neo4j-{name}.png")
    print("reason", dict(values["why-linked"]), flush=True)
    frame = explorer.asked("why-linked", values["why-linked"])
    explorer.panel(frame, shown=True)
    frame.locator("g.relationship text").first.click(force=True)
    expect(frame.locator("[data-testid=vizInspector]")).to_contain_text("reason", timeout=PATIENCE)
    explorer.picture(frame, out / "neo4j-reason.png")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, help="folder of a store, such as that of `make demo`")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="folder for the pictures")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStore.open(asked.store, create=False)) as store:
        server = neo4j_server.start(Path(folder))
        try:
            with closing(Neo4jStore(server.login)) as target:
                sync(store, target)
                target.set_pages(PAGES)
            with chromium() as browser, opened(browser, server, server.browser) as page:
                explorer = Explorer(page)
                explorer.set_up()
                take(explorer, chosen(store), asked.out)
        finally:
            neo4j_server.stop(Path(folder))


if __name__ == "__main__":
    main()

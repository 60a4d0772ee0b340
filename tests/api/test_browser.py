"""The pages in a real browser: by keyboard, by dropping a file, on a small screen, and without scripts."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from api.keys import Keys
from kg.sqlite import SQLiteStore
from ontology.model import Correlation, Decision, MediaObject, Source

pytestmark = [pytest.mark.service, pytest.mark.slow]

KEY = "correct horse battery staple"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGES = (
    "/", "/events/quake", "/objects", "/objects/story?segment=char%3D14,19#marked",
    "/objects/photo?segment=xywh%3D10,20,60,30#marked", "/objects/talk?segment=t%3D0.9,1.8#marked", "/objects/clip",
    "/search", "/search?q=tsunami", "/failures", "/graph?event=quake", "/path?from=quake&to=photo", "/decisions",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an app that is served for a while."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found:
        yield found


class Watched:
    """A tab that remembers what went wrong in it and whom it asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.asked: set[str] = set()
        page.on("console", lambda message: message.type in ("error", "warning") and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.asked.add(request.url))
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(base_url=address)
    watched = Watched(context.new_page())
    yield watched
    context.close()
    assert watched.wrong == []
    assert all(url.startswith((address, "blob:")) for url in watched.asked)


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_without_a_complaint_and_fit_a_phone(tab: Watched, path: str) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.page.goto(path, wait_until="load")
    assert tab.page.locator("h1").count() == 1
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_records_run_nothing(tab: Watched, hostile_id: str) -> None:
    for prefix in ("/objects/", "/events/"):
        tab.page.goto(prefix + quote(hostile_id, safe=""), wait_until="load")
        assert tab.page.locator("h1").count() == 1


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name || ''"))


def test_everything_is_reached_by_keyboard(tab: Watched) -> None:
    tab.page.goto("/")
    tab.page.keyboard.press("Tab")
    assert focus(tab.page) == "Skip to content"
    assert tab.page.locator(".skip").bounding_box()["x"] > 0  # type: ignore[index]
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "content"
    tab.page.keyboard.press("Tab")
    assert focus(tab.page) == "q"
    tab.page.keyboard.type("sendai")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/?q=sendai*")
    tab.page.locator("main").focus()
    for _ in range(30):
        tab.page.keyboard.press("Tab")
        if focus(tab.page) == "Earthquake off Japan":
            break
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/events/quake")


def test_a_dropped_file_is_looked_for(tab: Watched) -> None:
    tab.page.goto("/search")
    dropped = tab.page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['x'], 'a.jpg', {type: 'image/jpeg'})); return t; }"
    )
    form = "form.drop"
    tab.page.dispatch_event(form, "dragenter", {"dataTransfer": dropped})
    assert tab.page.locator("form.drop.over").count() == 1
    tab.page.dispatch_event(form, "drop", {"dataTransfer": dropped})
    tab.page.wait_for_selector("text=Like the file “a.jpg”")
    assert tab.page.locator(".hits li").count() == 1


def test_a_time_code_moves_the_player_on_the_page(tab: Watched) -> None:
    tab.page.goto("/objects/talk")
    tab.page.wait_for_function("document.querySelector('audio').readyState >= 1")
    tab.page.locator("a.jump").nth(1).click()
    tab.page.wait_for_function("document.querySelector('audio').currentTime >= 0.9")
    assert "segment=t%3D0.9,1.8" in tab.page.url
    assert "Sendai" in tab.page.locator("li.now").inner_text()


def test_a_clip_starts_at_the_evidence(tab: Watched) -> None:
    tab.page.goto("/objects/clip?segment=t%3D1.0,1.5")
    tab.page.wait_for_function("document.querySelector('video').currentTime >= 1.0")
    assert tab.page.evaluate("document.querySelector('video').videoWidth") == 96


def test_without_scripts_files_and_segments_work(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search")
    sent: Any = {"name": "b.png", "mimeType": "image/png", "buffer": b"x"}
    page.set_input_files("input[type=file]", sent)
    page.click("form.drop button")
    assert page.locator("h2.results").inner_text() == "Like the file “b.png”"
    page.goto("/objects/story?segment=char%3D14,19#marked")
    assert page.locator("mark#marked").inner_text() == "Japan"
    context.close()


@pytest.fixture
def deciding(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[tuple[str, SQLiteStore]]:
    """A service that Anna has a key to, with one link in its store."""
    with closing(SQLiteStore(tmp_path / "store")) as store:
        store.add([Source("s1", "One"), *(MediaObject(name, "text", "s1", title=name) for name in "ab")])
        store.add([Correlation("a", "b", "neighbour", "intra", 0.5, "words", "1", "run", "near")])
        app = make_app(store, writers=Keys.parse(f"anna: {KEY}", "test"))
        with served(app) as address:
            yield address, store


def test_a_link_is_rejected_with_a_key_and_taken_back(browser: Browser, deciding: tuple[str, SQLiteStore]) -> None:
    address, store = deciding
    page = browser.new_page(base_url=address)
    page.goto("/objects/a")
    page.click("button.reject")
    page.fill("dialog input", "not the right key at all")
    page.click("dialog button[value=send]")
    page.wait_for_selector("[role=alert]:has-text('a key is needed')")
    assert store.count(Decision) == 0
    page.click("button.reject")
    page.fill("dialog input", KEY)
    page.click("dialog button[value=send]")
    page.wait_for_selector(".word:has-text('reject')")
    assert [word.by for word in store.scan(Decision)] == ["anna"]
    assert page.locator(".links li").count() == 0
    page.goto("/objects/b")
    page.click("[data-withdraw]")
    page.wait_for_selector(".links li")
    assert store.count(Decision) == 0
    page.fill(".note input", "seen by hand")
    page.click(".note button")
    page.wait_for_selector(".word:has-text('seen by hand')")
    page.close()


def test_pointing_at_a_node_shows_what_it_is_joined_to(tab: Watched) -> None:
    tab.page.goto("/graph?event=quake")
    tab.page.hover("[data-key='object:photo'] .dot")
    near = tab.page.locator(".network [data-key].near")
    assert 1 < near.count() < tab.page.locator(".network [data-key]").count()
    tab.page.mouse.move(2, 2)
    assert near.count() == 0

"""The pages: what they show, that they are whole HTML, and that they cost a fixed number of questions to the store."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from PIL import Image

from api import catalogue
from api.web.object_view import runs, upright_size
from api.web.wording import heading, host, outward, period, shortened, timecode
from kg.sqlite import SQLiteStore
from ontology.model import Event, MediaObject, Member, Source

MakeApp = Callable[..., Flask]
PAGES = (
    "/", "/?q=tsunami&from=2011-03-11&to=2011-03-12&source=s1&modality=image&order=oldest", "/?q=nothing-like-this",
    "/events/quake", "/events/small", "/objects", "/objects?event=quake&modality=image", "/objects?source=none",
    "/objects/story", "/objects/story?segment=char%3D14,19", "/objects/photo?segment=xywh%3D10,20,60,30",
    "/objects/photo", "/objects/talk", "/objects/talk?segment=t%3D0.9,1.8", "/objects/clip", "/objects/page",
    "/objects/drawing", "/search", "/search?q=tsunami", "/search?q=nothing-like-this&modality=text",
    "/search?object=photo", "/failures", "/no-such-page", "/graph", "/graph?event=quake", "/graph?object=photo&limit=5",
    "/graph?nodes=object&least=0.5", "/path", "/path?from=quake&to=photo", "/path?from=page&to=photo", "/decisions",
    "/topics", "/topics?q=tsunami&run=topics",
    "/topics?q=nothing-like-this", "/topics/t-quake", "/topics/t-all", "/objects?topic=t-quake&modality=image",
)  # fmt: skip


def tree(client: FlaskClient, address: str, **options: Any) -> html.HtmlElement:
    answer = client.get(address, **options)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.data)


def text(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole_and_usable_html(client: FlaskClient, address: str) -> None:
    page = client.get(address).data
    html5lib.HTMLParser(strict=True).parse(page)
    shown = html.fromstring(page)
    assert len(shown.xpath("//h1")) == 1
    assert shown.xpath("//title")[0].text.endswith("· crossmedia")
    assert shown.get("lang") == "en"
    assert len(shown.xpath("//main[@id='content']")) == 1
    assert shown.xpath("//body/a[1]/@href") == ["#content"]
    assert all(image.get("alt") is not None for image in shown.iter("img"))
    for field in shown.xpath("//input[not(@type='hidden')] | //select"):
        assert field.xpath("ancestor::label"), html.tostring(field)
    for link in shown.iter("a"):
        assert (
            text(link)
            or link.xpath(".//img[@alt!='']")
            or link.get("aria-hidden")
            or link.xpath(".//*[name()='title']")
        )
    named = shown.xpath("//@id")
    assert len(named) == len(set(named))
    levels = [int(head.tag[1]) for head in shown.xpath("//h1 | //h2 | //h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("address", PAGES)
def test_links_lead_somewhere(client: FlaskClient, address: str) -> None:
    shown = html.fromstring(client.get(address).data)
    named = set(shown.xpath("//@id"))
    for link in set(shown.xpath("//@href | //@src | //@poster")):
        if link.startswith("#"):
            assert link[1:] in named
        elif link.startswith("?"):
            assert client.get(address.partition("?")[0] + link).status_code == 200
        elif not link.startswith("https://news.example/") and "%" not in link:
            assert client.get(link.partition("#")[0]).status_code in (200, 404)
            if client.get(link.partition("#")[0]).status_code == 404:
                assert link.startswith("/api/v1/media/drawing")


def test_the_list_shows_what_an_event_is(client: FlaskClient) -> None:
    (card,) = tree(client, "/?q=sendai").xpath("//li[contains(@class, 'card')]")
    shown = text(card)
    for words in ("Earthquake off Japan", "11 March 2011, 05:00 to 10:00 UTC", "Sendai, Fukushima", "2 texts",
                  "1 photo", "1 recording", "1 clip", "3 sources", "An earthquake and a tsunami"):  # fmt: skip
        assert words in shown
    assert card.xpath(".//img/@src") == ["/api/v1/media/photo/thumbnail"]


def test_the_filter_is_filled_in_again(client: FlaskClient) -> None:
    shown = tree(client, "/?q=sendai&from=2011-03-11&source=s2&order=largest")
    assert shown.xpath("//input[@name='q']/@value") == ["sendai"]
    assert shown.xpath("//input[@name='from']/@value") == ["2011-03-11"]
    assert shown.xpath("//select[@name='source']/option[@selected]/@value") == ["s2"]
    assert shown.xpath("//select[@name='order']/option[@selected]/@value") == ["largest"]


def test_an_event_is_told_in_six_aspects_with_evidence_in_every_medium(client: FlaskClient) -> None:
    shown = tree(client, "/events/quake")
    questions = shown.xpath("//section[contains(@class, 'question')]")
    assert [text(question.find("h2")) for question in questions] == ["Who", "What", "When", "Where", "Why", "How"]
    where = questions[3]
    answers = where.xpath(".//li[@class='answer']")
    assert [text(answer.xpath(".//p[@class='value']")[0]) for answer in answers] == ["Sendai", "Fukushima"]
    assert "0.80" in text(answers[0])
    assert "2 sources" in text(answers[0])
    assert answers[0].xpath(".//audio/@src") == ["/api/v1/media/talk#t=0.9,1.8"]
    assert "/objects/photo?segment=xywh%3D10,20,60,30#marked" in answers[0].xpath(".//figure//a/@href")
    assert questions[1].xpath(".//video/@src") == ["/api/v1/media/clip#t=1.0,1.5"]
    assert questions[1].xpath(".//blockquote/mark/text()") == ["Japan"]
    assert "Nothing that was read answers this." in text(questions[5])


def test_an_event_lists_its_objects_by_medium(client: FlaskClient) -> None:
    shown = tree(client, "/events/quake")
    assert [text(head) for head in shown.xpath("//section/h2[@id]")[-4:]] == ["Photos", "Recordings", "Clips", "Texts"]
    assert "0:00 This is the radio news. 0:00 Sendai was hit by a tsunami." in text(shown)
    assert shown.xpath("//a[text()='JSON']/@href") == ["/api/v1/events/quake"]
    assert len(shown.xpath("//*[name()='circle' and contains(@class, 'dot')]")) == 5


def test_evidence_is_marked_in_the_text(client: FlaskClient) -> None:
    shown = tree(client, "/objects/story?segment=char%3D14,19")
    assert shown.xpath("//mark/text()") == ["Japan"]
    assert shown.xpath("//mark/@id") == ["marked"]
    across = tree(client, "/objects/story?segment=char%3D14,28")  # title, line break, text
    assert across.xpath("//mark/text()") == ["Japan", "A strong"]
    assert across.xpath("//mark/@id") == ["marked"]
    for segment in ("char%3D9999,99999", "char%3D0,0", ""):
        assert tree(client, f"/objects/story?segment={segment}").xpath("//mark") == []


@pytest.mark.parametrize(
    "segment", ["char%3D", "char%3D5,2", "t%3Dnan,1", "xywh%3D0,0,0,0", "nonsense", "t%3D1", "t%3D1.2.3,4"]
)
def test_a_segment_that_is_none_is_refused(client: FlaskClient, segment: str) -> None:
    answer = client.get(f"/objects/story?segment={segment}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


def test_a_region_is_boxed_in_the_pixels_of_the_picture(client: FlaskClient) -> None:
    shown = html.fromstring(client.get("/objects/photo?segment=xywh%3D10,20,60,30").data)
    (drawing,) = shown.xpath("//p[@id='marked']/*")
    assert drawing.get("viewbox") == "0 0 120 80"
    box = drawing.xpath(".//*[@class='box']")[0]
    assert [box.get(name) for name in ("x", "y", "width", "height")] == ["10", "20", "60", "30"]


def test_sound_starts_where_the_evidence_is(client: FlaskClient) -> None:
    shown = tree(client, "/objects/talk?segment=t%3D0.9,1.8")
    assert shown.xpath("//div[@class='player']/audio/@src") == ["/api/v1/media/talk#t=0.9,1.8"]
    jumps = shown.xpath("//ol[@class='transcript']//a[@class='jump']")
    assert [(jump.get("data-time"), jump.get("href")) for jump in jumps] == [
        ("0.0", "/objects/talk?segment=t%3D0.0,0.9#marked"),
        ("0.9", "/objects/talk?segment=t%3D0.9,1.8#marked"),
    ]
    assert text(shown.xpath("//li[@class='now']")[0]).endswith("Sendai was hit by a tsunami.")


def test_related_objects_are_grouped_and_say_why(client: FlaskClient) -> None:
    shown = tree(client, "/objects/story")
    other, same = shown.xpath("//section[.//ul[@class='links']]")
    assert (text(other.find("h2")), text(same.find("h2"))) == ("Related in other media", "Related in the same medium")
    first = text(other.xpath(".//li")[0])
    for words in (
        "Flooded street",
        "neighbour",
        "0.90",
        "the words describe the picture",
        "method 1 · run run-1",
    ):
        assert words in first


def test_what_a_browser_cannot_show_is_said(client: FlaskClient, tmp_path: Path, make_app: MakeApp) -> None:
    store = SQLiteStore(tmp_path)
    store.add([Source("s", "S"), MediaObject("gone", "audio", "s", location="/no/such/file.wav")])
    shown = text(tree(make_app(store).test_client(), "/objects/gone"))
    assert "The content of object 'gone' is not on this machine" in shown
    assert "/no/such" not in shown
    store.close()
    assert tree(client, "/objects/drawing").xpath("//p[@class='picture']//span[@class='blank']")


def test_search_shows_reasons_and_takes_ids_and_files(client: FlaskClient) -> None:
    shown = tree(client, "/search?q=tsunami")
    assert [text(head) for head in shown.xpath("//ol[@class='hits']//h3")] == ["Radio report", "Quake strikes Japan"]
    assert "has the words tsunami · <b>bold</b>" in text(shown)
    assert "Belongs with Flooded street" in text(tree(client, "/search?q=photo"))
    assert "Belongs with Flooded street" in text(tree(client, "/search?object=photo&modality=video"))
    sent = {"file": (BytesIO(b"x"), "<b>my file</b>.jpg"), "modality": "image"}
    answer = client.post("/search", data=sent)
    assert "Like the file “<b>my file</b>.jpg”" in text(html.fromstring(answer.data))
    assert "looks like the file" in answer.text
    for data in ({}, {"file": (BytesIO(b""), "")}):
        refused = client.post("/search", data=data, content_type="multipart/form-data")
        assert (refused.status_code, refused.mimetype) == (400, "text/html")


def test_failures_are_listed(client: FlaskClient) -> None:
    assert "broken.jpg perceive error no picture demo" in text(tree(client, "/failures"))


def test_an_empty_store_says_so(tmp_path: Path, make_app: MakeApp) -> None:
    client = make_app(SQLiteStore(tmp_path)).test_client()
    assert "There are no events yet." in text(tree(client, "/"))
    assert "There are no objects yet." in text(tree(client, "/objects"))
    assert "Everything was read without a problem." in text(tree(client, "/failures"))


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: SQLiteStore) -> None:
        self._store = store
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self._store, name)


@pytest.fixture(scope="module")
def large_store(tmp_path_factory: pytest.TempPathFactory) -> SQLiteStore:
    """Events of 1 and of 150 objects."""
    store = SQLiteStore(tmp_path_factory.mktemp("large"))
    kinds = ("text", "image", "audio", "video")
    store.add([Source("s", "S")])
    store.add(MediaObject(f"o{n:03}", kinds[n % 4], "s", title=f"Object {n}") for n in range(600))
    members = [Member(f"o{n:03}", 1.0, "") for n in range(600)]
    store.add(
        [Event("one", "One", None, None, "", tuple(members[:1])), Event("all", "All", None, None, "", tuple(members))]
    )
    store.add(Event(f"e{n:03}", f"Event {n}", None, None, "", (members[n],)) for n in range(60))
    return store


def test_a_page_asks_the_store_as_often_whatever_its_length(
    large_store: SQLiteStore, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PATIENCE", 10**6)
    store = Counting(large_store)
    client = make_app(store).test_client()
    client.get("/")
    asked = {}
    for address in ("/events/one", "/events/all", "/", "/?q=one", "/objects?event=one", "/objects?event=all"):
        store.asked = 0
        assert client.get(address).status_code == 200
        asked[address] = store.asked
    assert asked["/events/one"] == asked["/events/all"] <= 12
    assert asked["/"] == asked["/?q=one"] <= 10
    assert asked["/objects?event=one"] == asked["/objects?event=all"] <= 10


def test_nothing_is_cut_off_silently(large_store: SQLiteStore, make_app: MakeApp) -> None:
    client = make_app(large_store).test_client()
    shown = tree(client, "/events/all")
    assert "48 of 150 photos shown" in text(shown)
    assert len(shown.xpath("//ul[@class='photos']/li")) == 48
    assert text(tree(client, "/objects?event=all&modality=image")).count("Object ") >= 48
    pages = tree(client, "/objects?event=all&modality=image&page=4")
    assert "145 to 150 of 150 objects" in text(pages)
    assert tree(client, "/?page=3").xpath("//nav[@class='pager']/a/@href") == ["?page=2"]
    assert "Page 3 of 3" in text(tree(client, "/?page=999"))
    assert client.get("/?page=0").status_code == 400


def test_wording() -> None:
    one = datetime(2011, 3, 11, 5, 46, tzinfo=UTC)
    assert period(one, None) == period(None, one) == period(one, one) == "11 March 2011, 05:46 UTC"
    assert period(None, None) == "time not known"
    assert period(one, one.replace(hour=7)) == "11 March 2011, 05:46 to 07:46 UTC"
    assert period(one, one.replace(day=14)) == "11 to 14 March 2011"
    assert period(one, one.replace(month=4)) == "11 March to 11 April 2011"
    assert period(one, one.replace(year=2012)) == "11 March 2011 to 11 March 2012"
    assert (timecode(0), timecode(65.9), timecode(3600)) == ("0:00", "1:05", "1:00:00")
    assert shortened("one  two\nthree", 20) == "one two three"
    assert shortened("one two three", 9) == "one two…"
    assert shortened("x" * 30, 9) == "x" * 9 + "…"
    assert host("https://User@News.example:80/x") == "news.example"
    assert heading(MediaObject("id-1", "audio", "s")) == "Recording id-1"
    assert heading(MediaObject("id-1", "audio", "s", text="A caption")) == "A caption"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/path", "http://", "https://[bad", "", None],
)
def test_only_web_addresses_are_linked(address: str | None) -> None:
    assert outward(address) is None
    assert outward("https://news.example/a?b") == "https://news.example/a?b"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 3), (2, 3), (3, 99), (50, 60), (0, 99)])
def test_runs_are_the_text(start: int, end: int) -> None:
    pieces = runs("abcdef", start, end)
    assert "".join(piece.text for piece in pieces) == "abcdef"
    assert "".join(piece.text for piece in pieces if piece.marked) == "abcdef"[start:end]


def test_the_size_of_a_picture_is_that_of_the_upright_one(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=turned)
    assert upright_size(tmp_path / "turned.jpg") == (20, 40)
    Image.new("RGB", (40, 20)).save(tmp_path / "plain.png")
    assert upright_size(tmp_path / "plain.png") == (40, 20)
    (tmp_path / "none.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    assert upright_size(tmp_path / "none.jpg") is None


def test_what_the_package_needs_is_in_it() -> None:
    web = Path(__file__).resolve().parents[2] / "api" / "web"
    served = {file.name for file in (web / "static").iterdir()}
    assert served == {
        "decide.js", "graph.css", "graph.js", "icon.svg", "pages.js", "sparql.css", "style.css",
        "topics.css",
    }  # fmt: skip
    for page in (web / "templates").iterdir():
        content = page.read_text("utf-8")
        assert "|safe" not in content.replace(" ", "")
        assert not re.search(r"\s(style|on\w+)=", content)

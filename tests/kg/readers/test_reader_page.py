from datetime import UTC, datetime

import pytest

from kg.readers import count, read

BODY = "<p>The old bridge over the Leam fell on Tuesday evening. Nobody was on it, the police said.</p>"
MORE = "<p>Engineers had warned for years that the piers, built in 1931, were worn by the current.</p>"
LINKED = """{"@context": "https://schema.org", "@graph": [
  {"@type": "Organization", "@id": "#radio", "name": "Valley Radio"},
  {"@type": ["NewsArticle"], "headline": "Bridge &amp; road gone", "datePublished": "2024-03-19T18:45:00+01:00",
   "publisher": {"@id": "#radio"}, "inLanguage": "en-GB", "license": "https://creativecommons.org/licenses/by/4.0/",
   "author": [{"@type": "Person", "name": "Ann Lee"}, {"name": "Bo Ek"}],
   "contentLocation": {"@type": "Place", "name": "Riverton", "geo": {"latitude": 52.5, "longitude": "-1.25"}}}]}"""


def page(body=BODY + MORE, head="", lang="en"):
    return f"<!doctype html><html lang='{lang}'><head>{head}</head><body><article>{body}</article></body></html>"


def linked(json=LINKED):
    return f'<script type="application/ld+json">{json}</script>'


def one(lay_out, objects, content, **files):
    root = lay_out({"page.html": content} | files)
    item = next(iter(read(root)))
    return item, objects(item)


def test_everything_that_json_ld_states(lay_out, objects, sources):
    head = linked() + '<link rel="canonical" href="https://radio.example/1"><title>Other - Radio</title>'
    item, (text,) = one(lay_out, objects, page(head=head, lang="fr"))
    assert (text.title, text.language, text.media_type) == ("Bridge & road gone", "en-gb", "text/html")
    assert text.published == datetime(2024, 3, 19, 17, 45, tzinfo=UTC)
    assert (text.licence, text.url) == ("https://creativecommons.org/licenses/by/4.0/", "https://radio.example/1")
    assert text.metadata == {"author": "Ann Lee, Bo Ek", "place": "Riverton", "geo": "52.500000,-1.250000"}
    assert sources(item)[0].name == "Valley Radio"
    assert text.document is None
    assert item.failures == ()


def test_open_graph_and_meta_elements(lay_out, objects, sources):
    head = """<meta property="og:title" content="Bridge falls"><meta property="og:site_name" content="Courier">
    <meta property="article:published_time" content="2024-03-19"><meta name="author" content="Ann Lee">
    <meta property="og:locale" content="en_GB"><meta property="og:url" content="https://courier.example/1">"""
    item, (text,) = one(lay_out, objects, page(head=head, lang=""))
    assert (text.title, text.url, text.language) == ("Bridge falls", "https://courier.example/1", "en-gb")
    assert text.published == datetime(2024, 3, 19, tzinfo=UTC)
    assert text.metadata == {"author": "Ann Lee"}
    assert sources(item)[0].name == "Courier"


def test_title_is_not_said_twice_and_menus_not_at_all(lay_out, objects):
    content = f"""<html><head><title>Bridge falls - Courier</title></head><body>
    <nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><main><h1>Bridge falls</h1>{BODY}{MORE}</main>
    <script>alert("run")</script><footer>Imprint</footer></body></html>"""
    _, (text,) = one(lay_out, objects, content)
    assert text.title == "Bridge falls"
    assert text.text.startswith("The old bridge over")
    assert text.text.endswith("worn by the current.")
    assert text.text.count("\n") == 1


def test_words_of_the_text_are_no_date(lay_out, objects):
    _, (text,) = one(
        lay_out, objects, page(BODY + "<p>On 11 March 2011 an earlier one fell, on 2012-01-02 another.</p>")
    )
    assert text.published is None


def test_defaults_come_before_guesses_and_after_statements(lay_out, objects):
    dated = page(head='<link rel="canonical" href="https://x.example/2024/03/19/bridge.html">')
    _, (text,) = one(lay_out, objects, dated)
    assert text.published == datetime(2024, 3, 19, tzinfo=UTC)
    _, (text,) = one(lay_out, objects, dated, **{"_defaults.json": {"published": "2020-01-01", "language": "de"}})
    assert (text.published, text.language) == (datetime(2020, 1, 1, tzinfo=UTC), "en")


def test_what_the_defaults_know_of_the_publisher_that_a_page_names(lay_out, objects, sources):
    defaults = {"source": {"name": "valley radio", "kind": "broadcaster", "url": "https://radio.example/"}}
    item, _ = one(lay_out, objects, page(head=linked()), **{"_defaults.json": defaults})
    (source,) = sources(item)
    assert (source.name, source.kind, source.url) == ("Valley Radio", "broadcaster", "https://radio.example/")


def test_pictures_of_a_page(lay_out, picture, objects):
    figure = """<figure><img src="img/a%20b.jpg?w=300" alt="not this"><figcaption> The span
    in the river. </figcaption></figure><img src="img/c.png" alt="Pier"><img src="img/c.png">
    <img src="https://cdn.example/x.jpg"><img src="../../etc/passwd"><img src="img/gone.jpg">
    <img src="data:image/png;base64,xx" data-src="img/lazy.jpg"><nav><img src="img/logo.jpg"></nav>"""
    files = {
        "news/img/a b.jpg": picture(1),
        "news/img/c.png": picture(2, "PNG"),
        "news/img/c.png.json": {"licence": "CC0-1.0", "source": "Photographer"},
        "news/img/lazy.jpg": picture(3),
        "news/img/logo.jpg": picture(4),
    }
    head = '<meta name="date" content="2024-03-19"><link rel="license" href="https://l.example/by">'
    root = lay_out({"news/page.html": page(BODY + figure + MORE, head)} | files)
    items = {item.name: item for item in read(root)}
    assert len(items) == count(root) == 5
    text, a, c, lazy = objects(items["news/page.html"])
    assert [image.text for image in (a, c, lazy)] == ["The span in the river.", "Pier", ""]
    assert {part.document for part in (text, a, c, lazy)} == {text.id}
    assert {part.published for part in (text, a, c, lazy)} == {datetime(2024, 3, 19, tzinfo=UTC)}
    assert (text.licence, a.licence, c.licence) == ("https://l.example/by", None, "CC0-1.0")
    assert a.source == text.source != c.source
    assert text.metadata["images"].split("\n") == ["https://cdn.example/x.jpg", "../../etc/passwd", "img/gone.jpg"]
    assert "span" not in text.text
    claimed = [name for name, item in items.items() if not item.records]
    assert claimed == ["news/img/a b.jpg", "news/img/c.png", "news/img/lazy.jpg"]
    assert items["news/img/a b.jpg"].failures == ()


def test_two_pages_with_one_picture_have_one_each(lay_out, picture, objects):
    content = page(BODY + MORE + "<img src='a.jpg'>")
    root = lay_out({"1.html": content, "2.html": content.replace("Tuesday", "Monday"), "a.jpg": picture()})
    first, second, alone = read(root)
    images = [objects(item)[1] for item in (first, second)]
    assert images[0].id != images[1].id
    assert images[0].checksum == images[1].checksum
    assert alone.records == ()


def test_a_broken_picture_does_not_lose_the_page(lay_out, objects):
    item, found = one(lay_out, objects, page(BODY + "<img src='a.jpg'>"), **{"a.jpg": b"no picture"})
    assert [part.modality for part in found] == ["text"]
    assert item.failures[0].severity == "error"
    assert "a.jpg: not a readable JPEG" in item.failures[0].reason


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\0\1\2\3", "binary"),
        ("<p>words</p>" * 50_001, "at most 50000"),
        ("<html><body><script>x</script></body></html>", "no title, no text"),
        ("<!-- only -->", "no markup"),
        (b"<p>" + b" " * (20 * 2**20), "at most 20971520"),
    ],
)
def test_unfit_pages(lay_out, objects, content, why):
    item, found = one(lay_out, objects, content)
    assert found == []
    assert item.failures[0].severity == "error"
    assert why in item.failures[0].reason


def test_entities_do_not_multiply(lay_out, objects):
    bomb = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    content = f"<?xml version='1.0'?><!DOCTYPE html [{bomb}]><html><body>{BODY}<p>&i;</p></body></html>"
    _, (text,) = one(lay_out, objects, content)
    assert len(text.text) < 200


def test_deep_nesting_is_survived(lay_out, objects):
    item, found = one(lay_out, objects, "<div>" * 100_000 + BODY)
    assert found or item.failures
    item, found = one(lay_out, objects, page(head=linked("[" * 100_000)))
    assert len(found) == 1
    assert "JSON-LD" in item.failures[0].reason


@pytest.mark.parametrize(
    "json", ['{"@type": "NewsArticle", "datePublished": 5, "author": {"name": []}}', "[null, 1]", "5"]
)
def test_odd_json_ld_is_survived(lay_out, objects, json):
    item, (text,) = one(lay_out, objects, page(head=linked(json)))
    assert (text.published, text.metadata, item.failures) == (None, {}, ())


def test_encoding_of_a_page(lay_out, objects):
    declared = page(BODY + "<p>Žluťoučký kůň</p>", '<meta charset="windows-1250">').encode("cp1250")
    item, (text,) = one(lay_out, objects, declared)
    assert "Žluťoučký kůň" in text.text
    assert item.failures == ()

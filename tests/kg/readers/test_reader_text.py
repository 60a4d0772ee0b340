import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.text_file import decoded, titled
from kg.readers.values import clean, language, time, url
from ontology.errors import InvalidInput

FRENCH = "L'été à Paris est arrivé. Les élèves étaient très contents de la décision du ministère, a déclaré le préfet."
CZECH = (
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Policie v Praze uvedla, že při nehodě bylo zraněno více než dvacet lidí."
)
RUSSIAN = "Мост через реку обрушился во вторник вечером, сообщила полиция. Никто не пострадал."


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("Brücke → zu".encode(), "Brücke → zu", None),
        (b"\xef\xbb\xbfBOM", "BOM", None),
        ("Brücke".encode("utf-16"), "Brücke", "utf-16-le"),
        (b"caf\xe9", "café", "cp1252"),
        (FRENCH.encode("cp1252"), FRENCH, "cp1252"),
        (CZECH.encode("cp1250"), CZECH, "cp1250"),
        (RUSSIAN.encode("cp1251"), RUSSIAN, "cp1251"),
        (b"a\r\nb\rc", "a\nb\nc", None),
    ],
)
def test_encodings(content, text, encoding):
    assert decoded(content) == (text, encoding)


def test_a_declared_encoding_needs_no_warning_and_no_codec_but_for_text():
    assert decoded(b"\xbd\xb5", "iso-8859-7") == ("½΅", None)
    assert decoded("Brücke".encode("cp1252"), "latin-1") == ("Brücke", None)
    for unfit in ("unicode_escape", "hex", "no-such", "utf-8"):
        assert decoded(b"caf\xe9 \\x", unfit) == ("café \\x", "cp1252")


@pytest.mark.parametrize("content", [b"\0\0\0", b"a\0b", bytes(range(1, 32)) * 3, b"\xff\xd8\xff\xe0\0\x10JFIF\0"])
def test_binary_content_is_no_text(content):
    with pytest.raises(InvalidInput, match="not a text"):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "markdown", "parts"),
    [
        ("Title\n\nBody", False, ("Title", "Body")),
        ("  Title \n  \nBody\n\nMore", False, ("Title", "Body\n\nMore")),
        ("First\nsecond\n\nthird", False, ("", "First\nsecond\n\nthird")),
        ("Only line", False, ("", "Only line")),
        ("# Title\nBody", True, ("Title", "Body")),
        ("# Title #\n\nBody", True, ("Title", "Body")),
        ("# no heading\nBody", False, ("", "# no heading\nBody")),
        ("x" * 201 + "\n\nBody", False, ("", "x" * 201 + "\n\nBody")),
        ("x" * 200 + "\n\nBody", False, ("x" * 200, "Body")),
        ("", False, ("", "")),
    ],
)
def test_titles(text, markdown, parts):
    assert titled(text, markdown) == parts


@given(st.text(st.characters(blacklist_categories=("Cs",))), st.booleans())
def test_no_word_is_lost_with_the_title(text, markdown):
    title, rest = titled(text, markdown)
    kept, given_words = f"{title} {rest}".split(), text.split()
    assert [word.strip("#") for word in kept if word.strip("#")] == [w.strip("#") for w in given_words if w.strip("#")]


@given(st.text())
def test_clean_text_can_be_written_anywhere(text):
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert "\0" not in cleaned
    assert "\r" not in cleaned


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2011-03-11", "2011-03-11T00:00:00+00:00"),
        ("2011-03-11T05:46:23Z", "2011-03-11T05:46:23+00:00"),
        ("2011-03-11 14:46:23+09:00", "2011-03-11T05:46:23+00:00"),
        ("2011-03-11T05:46", "2011-03-11T05:46:00+00:00"),
        ("20110311", "2011-03-11T00:00:00+00:00"),
    ],
)
def test_times(written, read):
    found = time(written)
    assert found is not None
    assert found.isoformat() == read


@pytest.mark.parametrize("written", ["soon", "0024-03-20", "2024-13-01", "9999-12-31T23:59:59-14:00", 5, "2024"])
def test_no_times(written):
    with pytest.raises(InvalidInput):
        time(written)


def test_languages_and_addresses():
    assert language("pt_BR") == "pt-br"
    assert language(" ") is None
    assert url("https://x.example/a?b=c#d") == "https://x.example/a?b=c#d"
    for unfit in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "http://[",
        "//x",
        "http://a b",
        "http://a/\x00",
    ):
        with pytest.raises(InvalidInput):
            url(unfit)
    for unfit in ("English", "e", "en/us", "<script>"):
        with pytest.raises(InvalidInput):
            language(unfit)

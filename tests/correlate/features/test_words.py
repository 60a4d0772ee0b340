import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.features import words
from correlate.features.reading import reading_of
from ontology.model import Annotation, MediaObject, Segment

TITLE = "Fire on ship near Rotterdam"
BODY = (
    'Angela Merkel visited the United Nations in the Netherlands on Friday. "She paid 20 euros," France\'s mayor said.'
)


def item(title=TITLE, text=BODY):
    return MediaObject("a", "text", "s", title=title, text=text)


def facts(doc):
    tokens = [
        (t.text, t.whitespace_, t.tag_, t.pos_, t.lemma_, t.dep_, t.head.i, t.ent_type_, t.is_sent_start, t.like_num)
        for t in doc
    ]
    return tokens, [(e.start_char, e.end_char, e.label_) for e in doc.ents], [c.text for c in doc.noun_chunks]


def test_a_restored_parse_knows_what_the_parse_knew_without_the_model(monkeypatch):
    doc = next(words.parse([f"{TITLE}\n{BODY}"]))
    content = words.dump(doc)
    expected = facts(doc)
    monkeypatch.setattr(words, "parser", lambda: pytest.fail("the model was loaded"))
    assert facts(words.restore(content)) == expected
    assert words.restore(content).text == f"{TITLE}\n{BODY}"


def test_a_title_is_a_sentence_of_its_own_and_a_wrapped_line_is_not():
    doc = next(words.parse([f"{TITLE}\n{BODY}"]))
    assert next(doc.sents).text.strip() == TITLE
    wrapped = next(words.parse(["The mayor of the city said that\nthree men were hurt."]))
    assert len(list(wrapped.sents)) == 1


def test_no_name_reaches_from_one_line_into_the_next():
    doc = next(words.parse(["Police arrest John\nParis\nBy Jane Smith\nThe ship burned in New\nYork."]))
    assert not any("\n" in entity.text.strip() for entity in doc.ents)
    assert [sentence.text for sentence in doc.sents][1:3] == ["Paris\n", "By Jane Smith\n"]


def test_mentions_are_names_without_what_surrounds_them():
    reading = reading_of(item())
    found = words.mentions(reading, next(words.parse([reading.text])))
    values = {annotation.value: annotation.type for annotation in found}
    assert values["Angela Merkel"] == "PERSON"
    assert values["United Nations"] == "ORG"
    assert values["Netherlands"] == values["France"] == "GPE"
    assert "Friday" not in values
    for annotation in found:
        first, last = annotation.segment.chars
        assert reading.text[first:last] == annotation.value
        assert 0 < annotation.score < 1


def test_a_name_that_was_said_leads_to_its_seconds():
    said = Annotation(Segment("a", time=(3.0, 5.5)), "speech", "I met Angela Merkel.", 0.9, "m")
    reading = reading_of(item(title="", text="A talk"), [said])
    found = words.mentions(reading, next(words.parse([reading.text])))
    assert [(one.value, one.segment.time, one.segment.chars) for one in found] == [("Angela Merkel", (3.0, 5.5), None)]


def test_a_parse_does_not_depend_on_its_neighbours():
    texts = [BODY, TITLE, "", "Stocks rose.", BODY * 3]
    together = [facts(doc) for doc in words.parse(texts)]
    assert together == [facts(next(words.parse([text]))) for text in texts]


def test_long_texts_are_cut():
    doc = next(words.parse(["word " * words.MAX_CHARS]))
    assert doc.text == ("word " * words.MAX_CHARS)[: words.MAX_CHARS]


@pytest.mark.parametrize("run", ["(", "\N{GRINNING FACE}", "'", "a-"])
def test_a_run_without_spaces_takes_no_more_than_words_do(run):
    began = time.process_time()
    next(words.parse([run * 4000]))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("text", ["", "\n", " \n ", "\x00\x01", "\ud800", "a\n\n\n", "\u200b", "\n.\n."])
def test_odd_texts_come_back_as_long_as_they_were(text):
    doc = words.restore(words.dump(next(words.parse([text]))))
    assert len(doc.text) == len(text)


@given(st.text(alphabet=st.characters(), max_size=600) | st.text("ab(", min_size=150, max_size=900))
def test_legible_keeps_length_and_breaks_runs(text):
    kept = words.legible(text)
    assert len(kept) == len(text)
    assert max((len(run) for run in kept.split()), default=0) <= words.MAX_RUN
    kept.encode()


@given(st.text("ab.\n A!", max_size=80))
def test_paragraphs_are_the_text_and_end_with_a_line_break(text):
    parts = words._paragraphs(text)
    assert "".join(parts) == text
    assert all(part.endswith("\n") for part in parts[:-1])

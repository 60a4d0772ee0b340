"""Views of counts against a graph made by hand."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from correlate.features.reading import reading_of
from correlate.features.words import dump, parse
from kg.sqlite import SQLiteStore
from ontology.errors import InvalidInput
from ontology.model import Annotation, Aspect, Event, Evidence, MediaObject, Member, Segment, Source
from topics import AspectTopicModel
from topics.counts import count_terms, fields_of, phrases

ARTICLE = "Floods hit Sendai. Rivers rose in Sendai."


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """An article with its photo, a recording, and an article that says the same; all parsed."""
    day = datetime(2011, 3, 11, 6, tzinfo=UTC)
    items = [
        MediaObject(
            "a-text", "text", "north", document="a", text="Floods hit Sendai. Rivers rose in Sendai.", published=day
        ),
        MediaObject("a-photo", "image", "north", document="a", published=day.replace(hour=8)),
        MediaObject("b-sound", "audio", "south"),
        MediaObject("c-text", "text", "south", text="Rivers flooded Sendai, Naoto Kan said.", published=day),
    ]
    read = [
        Annotation(Segment("a-photo"), "label", "dam", 0.8, "made", "made"),
        Annotation(Segment("b-sound", time=(0.0, 2.0)), "speech", "the rivers rose", 0.9, "made"),
        Annotation(Segment("a-text", chars=(11, 17)), "mention", "Sendai", 0.8, "made", "GPE"),
        Annotation(Segment("a-text", chars=(34, 40)), "mention", "Sendai", 0.8, "made", "GPE"),
        Annotation(Segment("c-text", chars=(23, 32)), "mention", "Naoto Kan", 0.8, "made", "PERSON"),
    ]
    answers = (Aspect("why", "heavy rain", 0.5, 1, (Evidence("c-text"),)),)
    with closing(SQLiteStore(tmp_path_factory.mktemp("counts"))) as opened:
        opened.add([Source("north", "North"), Source("south", "South"), *items, *read])
        opened.add([Event("event-1", "Flood", None, None, "", (Member("c-text", 1.0, "made"),), answers)])
        for item in items:
            reading = reading_of(item, [annotation for annotation in read if annotation.segment.object == item.id])
            (doc,) = parse([reading.text])
            opened.put_payloads("parse", {item.id: dump(doc)})
        yield opened


def told(fields, field):
    """Terms of each document with their counts."""
    counts = fields.views[field].toarray()
    return [{term: n for term, n in zip(fields.vocabularies[field], row, strict=True) if n} for row in counts]


def test_every_field_is_counted_for_its_document(store):
    fields = fields_of(store, fewest=1, most=1.0)
    assert fields.documents == ("a-photo", "b-sound", "c-text")
    assert fields.objects == (("a-photo", "a-text"), ("b-sound",), ("c-text",))
    assert fields.sources == ("north", "south", "south")
    assert told(fields, "where")[0] == {"Sendai": 2}
    assert told(fields, "who") == [{}, {}, {"Naoto Kan": 1}]
    assert told(fields, "labels") == [{"dam": 1}, {}, {}]
    assert told(fields, "when") == [{"2011-03-11": 1}, {}, {"2011-03-11": 1}]
    assert told(fields, "why") == [{}, {}, {"heavy": 1, "rain": 1}]
    assert set(told(fields, "words")[0]) >= {"river", "hit"}
    assert set(told(fields, "spoken")[1]) >= {"river"}
    assert told(fields, "words")[1] == told(fields, "spoken")[1]
    assert told(fields, "written")[1] == {}
    assert all(view.shape == (3, len(fields.vocabularies[name])) for name, view in fields.views.items())


def test_rare_and_ubiquitous_words_are_left_out_and_empty_fields_too(store):
    fields = fields_of(store)
    assert "labels" not in fields.views
    assert "hit" not in fields.vocabularies.get("words", ())


def test_fields_are_what_a_model_takes(store):
    fields = fields_of(store, fewest=1, most=1.0)
    model = AspectTopicModel(n_topics=2).fit(fields.views, fields.sources)
    assert model.doc_topic_.shape == (3, 2)
    assert model.collections_ == ["north", "south"]
    assert ("where", "north") in model.topic_word_


def test_a_store_without_objects_is_refused(tmp_path):
    with closing(SQLiteStore(tmp_path)) as empty, pytest.raises(InvalidInput, match="no objects"):
        fields_of(empty)


def test_terms_are_cut_by_the_documents_that_hold_them():
    texts = [["a", "a", "b"], ["a", "c"], ["a", "b"], []]
    counts, vocabulary = count_terms(texts, fewest=2, most=0.5)
    assert vocabulary == ("b",)
    assert counts.toarray().tolist() == [[1], [0], [1], [0]]
    assert count_terms([])[0].shape == (0, 0)


def test_pairs_that_keep_company_are_phrases():
    texts = [["prime", "minister", "spoke"]] * 6 + [["spoke", "prime"], ["minister"]] * 2
    assert phrases(texts)[0] == ["prime minister"]

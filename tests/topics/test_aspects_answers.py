"""The six answers of single objects: known answers on short texts, posts, speech, writing and pictures."""

from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.errors import InvalidInput
from ontology.model import ASPECTS, Annotation, Aspect, MediaObject, Modality, Segment
from topics.aspects import Told, candidates, describe

SATURDAY = datetime(2021, 6, 12, 18, 0, tzinfo=UTC)
ARTICLE = (
    "Ferry runs aground near Lisbon after engine failure",
    "A ferry with 80 passengers ran aground near Lisbon on Friday evening because its engine failed. "
    "Captain Rui Moreira steered the ship onto a sandbank by dropping both anchors. "
    "Rescue teams brought everybody ashore with small boats, the coast guard said.",
)


@cache
def told(
    text: str,
    title: str = "",
    modality: Modality = "text",
    annotations: tuple[Annotation, ...] = (),
    identity: str = "a",
    published: datetime | None = SATURDAY,
) -> Told:
    item = MediaObject(identity, modality, "s", title=title, text=text, published=published)
    reading = reading_of(item, annotations)
    (doc,) = parse([reading.text])
    labels = tuple(one for one in annotations if one.kind == "label")
    return Told(item, reading, doc, labels, "s")


def values(aspects: tuple[Aspect, ...], name: str) -> list[str]:
    return [one.value for one in aspects if one.name == name]


def test_an_article_answers_all_six_questions() -> None:
    aspects = describe([told(ARTICLE[1], ARTICLE[0])])
    assert "Rui Moreira" in " ".join(values(aspects, "who"))
    assert any("runs aground" in value.lower() or "ran aground" in value for value in values(aspects, "what")[:3])
    assert values(aspects, "when")[0] == "Friday evening"
    assert values(aspects, "where")[0] == "Lisbon"
    assert "engine fail" in values(aspects, "why")[0]
    assert any("dropping both anchors" in value or "small boats" in value for value in values(aspects, "how"))


def test_the_title_subject_beats_whoever_is_only_quoted() -> None:
    text = "Senator Maria Lopez resigned on Monday. Analyst Peter Grant said that many had expected it."
    who = values(describe([told(text, "Maria Lopez resigns from the senate")]), "who")
    assert "Lopez" in who[0]
    assert not any("Grant" in value for value in who[:1])


def test_a_short_post_in_lower_case_without_a_title_is_understood() -> None:
    aspects = describe([told("huge fire in berlin since yesterday!! http://t.co/abc")])
    assert values(aspects, "when") == ["yesterday"]
    assert "berlin" in values(aspects, "where")[0].lower()
    assert values(aspects, "what")
    assert not any("http" in one.value for one in aspects)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The match was cancelled because of heavy rain.", "heavy rain"),
        ("Trains stopped due to a power failure.", "power failure"),
        ("They marched in protest against the new tax.", "new tax"),
        ("The fire was caused by a broken heater.", "broken heater"),
        ("The mayor blamed the flood on blocked drains.", "blocked drains"),
    ],
)
def test_the_side_of_the_cue_that_is_the_cause_is_found(sentence: str, reason: str) -> None:
    assert reason in values(describe([told(sentence)]), "why")[0]


@pytest.mark.parametrize(
    ("sentence", "means"),
    [
        ("The thieves opened the safe by drilling a hole.", "drilling a hole"),
        ("Workers cut the cable using a chainsaw.", "using a chainsaw"),
    ],
)
def test_means_are_found(sentence: str, means: str) -> None:
    assert any(means in value for value in values(describe([told(sentence)]), "how")[:3])


def test_speech_leads_to_seconds_and_writing_to_a_region() -> None:
    spoken = Annotation(Segment("v", time=(12.0, 16.5)), "speech", "the storm hit Hamburg on friday night", 0.9, "asr")
    written = Annotation(Segment("v", time=(20.0, 21.0), region=(5, 5, 90, 20)), "ocr", "Storm in Hamburg", 0.9, "ocr")
    aspects = describe([told("", modality="video", annotations=(spoken, written), identity="v")])
    hamburg = next(one for one in aspects if one.name == "where" and "Hamburg" in one.value)
    assert {evidence.segment for evidence in hamburg.evidence} == {"t=12.0,16.5", "t=20.0,21.0&xywh=5,5,90,20"}
    assert values(aspects, "when") == ["friday night"]


def test_a_picture_without_words_answers_what_it_shows_and_no_more() -> None:
    label = Annotation(Segment("i", region=(0, 0, 10, 10)), "label", "volcano", 0.8, "net")
    (aspect,) = describe([told("", modality="image", annotations=(label,), identity="i")])
    assert (aspect.name, aspect.value) == ("what", "volcano")
    assert (aspect.evidence[0].segment, aspect.evidence[0].text) == ("xywh=0,0,10,10", "shows: volcano")
    assert aspect.score < 0.8


def test_page_furniture_answers_nothing() -> None:
    text = "Click to share on Twitter (Opens in new window). Subscribe to our newsletter from New York today."
    assert describe([told(text)]) == ()


def test_an_object_without_words_or_labels_says_nothing() -> None:
    assert candidates(told("", modality="audio", identity="silent")) == ()


def test_a_parse_of_other_words_is_refused() -> None:
    one, other = told("A ship sank."), told("A plane landed.")
    with pytest.raises(InvalidInput, match="not of its reading"):
        Told(one.item, one.reading, other.doc)


def test_names_are_never_cut() -> None:
    name = "Mazar-i-Sharif"
    text = f"A bomb went off in {name} on Thursday, officials in the northern Afghan city of {name} said."
    for candidate in candidates(told(text)):
        assert name in candidate.value or not any(part in candidate.value for part in ("Mazar", "Sharif"))


SCRAPS = (
    'The a fire killed John Smith and 12 people in Rome on Monday because of rain , . " ( ) \n by with said 6am — -'
    " 's € http://x.org @you #tag ÜBER 東京 \u200b"
)
WORDS = st.sampled_from(SCRAPS.split(" "))


@settings(max_examples=30, deadline=None)
@given(st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=8).map(" ".join))
def test_every_candidate_is_a_span_of_the_reading_with_a_score_in_range(text: str, title: str) -> None:
    one = told(text, title.replace("\n", " "))
    found = candidates(one)
    for candidate in found:
        assert candidate.chars is not None
        start, end = candidate.chars
        assert 0 <= start < end <= len(one.reading.text)
        assert candidate.value == " ".join(one.reading.text[start:end].split())
        assert candidate.evidence.segment == f"char={start},{end}"
        assert candidate.evidence.text in one.reading.text
        assert one.reading.text[start:end] in candidate.evidence.text
        assert 0.0 <= candidate.score <= 1.0
    for name in ASPECTS:
        scores = [candidate.score for candidate in found if candidate.name == name]
        assert scores == sorted(scores, reverse=True)

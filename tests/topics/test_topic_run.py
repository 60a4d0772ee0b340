"""Runs of topics on made documents: known themes are found, named, shown, compared, kept and told of what is new."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ontology.errors import InvalidInput
from ontology.model import Event, Member
from ontology.topic import Topic
from tests.topics.made_fields import SOURCES, THEMES, joined, made
from topics import learning
from topics.counterparts import paired, parts
from topics.guides import guides_of
from topics.learned import Learned
from topics.learning import Options, choose, chosen_fields, labels_of
from topics.lexicon import Lexicon, by_document
from topics.run import Result, Wish, event_shares, fit, object_shares, told

HELD = made(("flood", "vote", "fire"))
WISH = Wish(options=Options(topics=3))


@pytest.fixture(scope="module")
def result() -> Result:
    return fit(HELD, {}, SOURCES, replace(WISH, repeats=1))


def theme(topic: Topic) -> str:
    """The theme that a topic is: the one whose words it holds."""
    best = {word.value for word in topic.told("words")[:4]}
    return next(
        (name for name, fields in THEMES.items() if best <= {*fields["words"], "rescuers", "insurers", "engineers"}),
        "?",
    )


def by_theme(result: Result) -> dict[str, Topic]:
    return {theme(topic): topic for topic in result.topics}


def test_the_themes_are_found_and_told_in_every_field(result: Result) -> None:
    found = by_theme(result)
    assert set(found) == set(THEMES)
    for name, topic in found.items():
        assert {word.value for word in topic.told("where")} == set(THEMES[name]["where"])
        assert [word.value for word in topic.told("labels")] == list(THEMES[name]["labels"])
        assert any(word in topic.label for word in THEMES[name]["words"])
        assert topic.share == pytest.approx(1 / 3, abs=0.12)
        assert topic.stability is not None
        assert topic.stability > 0.7
    assert sum(topic.share for topic in result.topics) == pytest.approx(1.0)
    assert result.starts is not None
    assert result.samples is not None
    assert result.starts > 0.7


def test_every_object_has_the_topic_of_its_document(result: Result) -> None:
    found = {topic.id: theme(topic) for topic in result.topics}
    best = [found[result.learned.ids[at]] for at in result.shares.argmax(axis=1)]
    assert best == [name for number in range(36) for name in [("flood", "vote", "fire")[number % 3]] * 2]
    np.testing.assert_allclose(result.shares.sum(axis=1), 1.0)
    shares = list(object_shares(result.learned, HELD, result.shares))
    assert {share.subject for share in shares} == {item.id for item in HELD.items}
    assert min(share.weight for share in shares) >= 0.1


def test_sources_are_compared_and_the_own_word_of_each_sets_it_apart(result: Result) -> None:
    flood = by_theme(result)["flood"]
    assert flood.collections == ("NORTH", "SOUTH", "WEST")
    for name, word in (("NORTH", "rescuers"), ("SOUTH", "insurers"), ("WEST", "engineers")):
        own = max(flood.told("words", name), key=lambda told: told.apart)
        assert own.value == word
        assert own.apart > 1.96
    assert all(told.apart < 1.96 for told in flood.told("words", "NORTH") if told.value in THEMES["flood"]["words"])


def test_examples_are_of_every_medium_and_of_the_topic(result: Result) -> None:
    for name, topic in by_theme(result).items():
        numbers = {("flood", "vote", "fire").index(name)}
        assert {int(member.object[1:4]) % 3 for member in topic.examples} == numbers
        assert {member.object[-1] for member in topic.examples} == {"a", "b"}
        assert topic.examples[0].object.endswith("a")
        photo = next(member for member in topic.examples if member.object.endswith("b"))
        assert photo.reason == f"shows {THEMES[name]['labels'][0]}"


def test_copies_show_a_topic_once_and_what_stands_in_other_topics_shows_none() -> None:
    places = {item.id: at for at, item in enumerate(HELD.items)}
    floods = [places[f"d{number:03}-b"] for number in range(0, 36, 3)]
    twins = {at: frozenset(set(floods[:10]) - {at}) for at in floods[:10]}
    logo = {floods[10]: frozenset([places["d001-b"]]), places["d001-b"]: frozenset([floods[10]])}
    flood = by_theme(fit(HELD, {}, SOURCES, WISH, twins=twins | logo))["flood"]
    photos = [member.object for member in flood.examples if member.object.endswith("b")]
    assert len(photos) == 2
    assert "d033-b" in photos


def test_the_same_again_is_the_same(result: Result) -> None:
    again = fit(HELD, {}, SOURCES, replace(WISH, repeats=1))
    assert again.topics == result.topics
    np.testing.assert_array_equal(again.shares, result.shares)


def test_topics_of_a_new_fit_keep_their_ids_and_those_of_a_new_theme_are_new(result: Result) -> None:
    without = fit(made(("flood", "vote")), {}, SOURCES, replace(WISH, options=Options(topics=2)))
    grown = fit(HELD, {}, SOURCES, WISH, before=without.learned)
    ids = {name: topic.id for name, topic in by_theme(without).items()}
    assert {name: by_theme(grown)[name].id for name in ids} == ids
    assert by_theme(grown)["fire"].id not in ids.values()
    assert [change.change for change in grown.changes] == ["new"]
    assert grown.learned.fit == 2


def test_what_is_kept_comes_back_and_tells_new_documents(result: Result) -> None:
    learned = Learned.loads(result.learned.dumps())
    assert (learned.ids, learned.lexicon.vocabularies) == (result.learned.ids, result.learned.lexicon.vocabularies)
    late = made(("fire", "flood"), 6, seed=5, prefix="x")
    rows = told(learned, late, {})
    found = {topic.id: theme(topic) for topic in result.topics}
    assert [found[learned.ids[at]] for at in rows[::2].argmax(axis=1)] == ["fire", "flood"] * 3
    np.testing.assert_allclose(rows[0::2], rows[1::2])


def test_a_photo_alone_has_topics_and_what_holds_nothing_has_none(result: Result) -> None:
    late = made(("fire",), 1, prefix="x")
    for field in late.terms:
        if field != "labels":
            late.terms[field][0] = []
    found = {topic.id: theme(topic) for topic in result.topics}
    assert found[result.learned.ids[int(told(result.learned, late, {})[1].argmax())]] == "fire"
    late.terms["labels"][1] = []
    assert not told(result.learned, late, {}).any()
    assert list(object_shares(result.learned, late, told(result.learned, late, {}))) == []


@pytest.mark.parametrize(
    "broken",
    [
        "", "{}", "[]", '{"version": 99}', "null",
        lambda kept: kept | {"ids": kept["ids"][:1]},
        lambda kept: kept | {"vocabularies": {}},
        lambda kept: kept | {"arrays": kept["arrays"] | {"alpha": [[3], "!!"]}},
        lambda kept: kept | {"arrays": {}},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(result: Result, broken: object) -> None:
    text = broken if isinstance(broken, str) else json.dumps(broken(json.loads(result.learned.dumps())))  # type: ignore[operator]
    with pytest.raises(InvalidInput):
        Learned.loads(text)


def test_events_have_the_topics_of_their_members_by_weight(result: Result) -> None:
    shares = list(object_shares(result.learned, HELD, result.shares))
    found = by_theme(result)
    event = Event(
        "e", "E", None, None, "", (Member("d000-a", 0.9, ""), Member("d001-a", 0.3, ""), Member("gone", 1, ""))
    )
    told_of = {share.topic: share.weight for share in event_shares(result.learned, [event], shares)}
    weight = {share.topic: share.weight for share in shares if share.subject == "d000-a"}[found["flood"].id]
    assert told_of[found["flood"].id] == pytest.approx(0.75 * weight, abs=0.05)
    assert told_of[found["flood"].id] > told_of[found["vote"].id] > 0.1
    nobody = Event("e", "E", None, None, "", (Member("gone", 1, ""),))
    assert list(event_shares(result.learned, [nobody], shares)) == []


def test_the_number_of_topics_is_that_at_which_the_same_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "CANDIDATES", 4)
    lexicon = Lexicon.learn(HELD, {})
    counts = chosen_fields(by_document(lexicon.count(HELD, {}), HELD.row), Options())
    assert choose(counts, Options()) == 3


def test_a_vocabulary_guides_topics() -> None:
    """Two topics of three themes: a concept that names the words of two of them puts these into one topic."""
    two = replace(WISH, options=Options(topics=2))
    pairs = {("vote", "fire"), ("flood", "fire"), ("flood", "vote")}
    for pair in sorted(pairs):
        words = tuple(word for name in pair for word in (*THEMES[name]["words"], *THEMES[name]["where"]))
        rest = next(name for name in THEMES if name not in pair)
        concepts = {
            "http://v.example/both": ("both of them", words),
            "http://v.example/rest": ("the rest", THEMES[rest]["words"]),
        }
        result = fit(HELD, {}, SOURCES, two, concepts=concepts)
        (guided,) = (topic for topic in result.topics if topic.concepts == ("http://v.example/both",))
        assert guided.label.startswith("both of them: ")
        at = result.learned.ids.index(guided.id)
        shares = result.shares[::2, at]
        mine = [("flood", "vote", "fire")[number % 3] in pair for number in range(36)]
        assert shares[mine].mean() > 0.8 > 0.2 > shares[~np.array(mine)].mean()


def test_concepts_without_a_word_in_the_collection_guide_nothing() -> None:
    lexicon = Lexicon.learn(HELD, {})
    counts = chosen_fields(by_document(lexicon.count(HELD, {}), HELD.row), Options())
    concepts = {"a": ("A", ("zebra",)), "b": ("B", ("River", "lima")), "c": ("C", ("poll",))}
    guides = guides_of(concepts, counts, lexicon.vocabularies, 5)
    assert guides is not None
    assert guides.concepts == ("b", "c")
    assert guides.counts.shape == (36, 2)
    poll = [terms.count("poll") for terms in HELD.terms["words"][::2]]
    assert guides.counts[:, 1].toarray().ravel().tolist() == [2 * number for number in poll]
    assert guides_of({"a": ("A", ("zebra",))}, counts, lexicon.vocabularies, 5) is None
    most = guides_of(concepts, counts, lexicon.vocabularies, 1)
    assert most is not None
    assert most.concepts == ("b",)


def test_runs_and_parts_are_compared(result: Result) -> None:
    other = fit(HELD, {}, SOURCES, Wish("other", Options(topics=3, seed=7)))
    pairs = paired(result.learned, other.learned)
    names = {topic.id: theme(topic) for topic in (*result.topics, *other.topics)}
    assert [names[pair.one] for pair in pairs] == [names[pair.other] for pair in pairs]
    assert len(pairs) == 3
    assert pairs[-1].similarity > 0.5
    counts = by_document(result.learned.lexicon.count(HELD, {}), HELD.row)
    labels = labels_of(HELD.groups(), SOURCES, "source")
    found = parts(result.learned, counts, labels, result.learned.lexicon.vocabularies)
    assert [(part.name, part.documents) for part in found] == [("NORTH", 12), ("SOUTH", 12), ("WEST", 12)]
    for part in found:
        assert {names[strand.topic] for strand in part.strands if strand.known} == set(THEMES)
        assert part.strands[0].words
    assert found[1].came == found[1].went == ()
    with pytest.raises(InvalidInput, match="no parts"):
        parts(result.learned, counts, None, result.learned.lexicon.vocabularies)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options("Nonsense", 3), "no model 'Nonsense'"),
        (Options(topics=3, fields=("smell",)), "no field smell"),
    ],
)
def test_wrong_options_are_refused(options: Options, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        fit(HELD, {}, SOURCES, Wish(options=options))


def test_too_few_documents_are_refused() -> None:
    with pytest.raises(InvalidInput, match="12 documents or more, there are 11"):
        fit(made(("flood",), 11), {}, SOURCES, WISH)


@pytest.mark.parametrize("model", ["LDA", "CCLDA"])
def test_other_models_learn_as_well(model: str) -> None:
    found = by_theme(fit(HELD, {}, SOURCES, Wish(options=Options(model, 3, ("words",)))))
    assert set(found) == set(THEMES)


def test_collections_are_named_and_small_ones_are_one() -> None:
    groups = joined(HELD, made(("vote",), 2, prefix="x")).groups()
    assert labels_of(groups, SOURCES, "nothing") is None
    assert labels_of(groups, SOURCES, "kind") is None
    names = labels_of(groups, SOURCES, "month")
    assert names is not None
    assert set(names) == {"2011-03", "2011-04"}
    few = labels_of(groups, SOURCES | {"west": replace(SOURCES["west"], name="SOUTH")}, "source")
    assert few is not None
    assert sorted(set(few)) == ["NORTH", "SOUTH"]

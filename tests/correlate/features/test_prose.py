import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.features.prose import PARTS, content_words, names, parts_of_speech, runs
from correlate.features.vocabulary import Counts, Weights
from correlate.features.words import parse

TERMS = st.lists(st.sampled_from(["ash", "lava", "rain", "ice", "sea"]), max_size=8)


@pytest.fixture(scope="module")
def doc():
    return next(parse(["Ash fell on Iceland. The old rivers of Iceland rose, and Maria Gomez left the Red Cross."]))


def test_words_that_say_something_are_lemmas(doc):
    found = content_words(doc)
    assert {"ash", "fall", "river", "rise", "iceland"} <= set(found)
    assert not {"the", "on", "of", "and", ","} & set(found)
    assert found.index("ash") < found.index("river")


def test_runs_stay_within_sentences(doc):
    found = runs(doc)
    assert {"ash fell", "ash fell on", "of iceland rose"} <= set(found)
    assert "iceland the" not in found


def test_names_come_without_article(doc):
    assert {"iceland", "maria gomez", "red cross"} <= set(names(doc))
    assert names(doc).count("iceland") == 2


def test_parts_of_speech_tell_how_not_what(doc):
    found = parts_of_speech(doc)
    assert found.shape == (17 + 17 * 17,)
    assert np.linalg.norm(found) == pytest.approx(1)
    same, other = parse(["Snow fell on Norway.", "Who are you? Why do you ask? Do I know you?"])
    first = parts_of_speech(next(parse(["Ash fell on Iceland."])))
    assert first @ parts_of_speech(same) > 0.99
    assert first @ parts_of_speech(other) < 0.5
    assert first[PARTS.index("ADP")] > 0
    assert not parts_of_speech(next(parse([""]))).any()


def test_a_vocabulary_keeps_what_two_texts_share_in_the_order_of_the_alphabet():
    learned = Counts(2).learn([["lava", "ash", "ice"], ["ash", "lava"], ["ash", "ice", "ice"], ["rain"]])
    assert learned["terms"].tolist() == ["ash", "ice"]
    assert Counts(2).place(["ash", "sea", "ash", "ice"], learned).tolist() == [2, 1]
    assert Counts(4).learn([["a"], ["b"]]) is None
    assert Counts(4).learn([]) is None
    common = [["ash", f"word {at // 2}"] for at in range(12)]
    assert "ash" not in Counts(9).learn(common)["terms"]


def test_weights_by_hand():
    learned = Weights(3).learn([["ash", "ice"], ["ash", "ice"], ["ash"], []])
    found = Weights(3).place(["ash", "ice", "ice"], learned)
    expected = np.array([np.log(2) * (np.log(5 / 4) + 1), np.log(3) * (np.log(5 / 3) + 1), 0])
    assert found == pytest.approx(expected / np.linalg.norm(expected))


@settings(max_examples=40)
@given(st.lists(TERMS, max_size=6), TERMS)
def test_any_texts_give_counts_that_a_loop_gives(texts, asked):
    book = Counts(3)
    learned = book.learn([book.sample(text) for text in texts])
    if learned is None:
        assert all(sum(term in text for text in texts) < 2 for term in ("ash", "lava", "rain", "ice", "sea"))
        return
    vocabulary = learned["terms"].tolist()
    assert vocabulary == sorted(vocabulary)
    assert book.place(asked, learned)[: len(vocabulary)].tolist() == [asked.count(term) for term in vocabulary]
    assert np.isfinite(Weights(3).place(asked, learned)).all()

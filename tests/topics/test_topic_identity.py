"""Topics keep their ids from fit to fit; what is split, merged, new or gone is said."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ontology.errors import InvalidInput
from topics.contrast import Tokens, contrast
from topics.hierarchy import grouped, likeness
from topics.identity import Spoken, inherit, stability
from topics.naming import label, label_of_parts


def spoken(rows: list[list[float]], terms: str = "abcdefgh", shares: list[float] | None = None) -> Spoken:
    words = np.array(rows, dtype=float)
    words /= words.sum(axis=1, keepdims=True)
    named = tuple(("words", term) for term in terms[: words.shape[1]])
    return Spoken(named, words, np.array(shares or [1 / len(rows)] * len(rows)))


APART = [[8, 4, 0, 0, 0, 0, 0, 0], [0, 0, 5, 7, 0, 0, 0, 0], [0, 0, 0, 0, 6, 6, 0, 0]]


def test_first_topics_are_new_and_nothing_became_of_them() -> None:
    heirs = inherit("run", 1, (), None, spoken(APART))
    assert len(set(heirs.ids)) == 3
    assert heirs.changes == ()
    assert heirs.ids == inherit("run", 1, (), None, spoken(APART)).ids
    assert set(heirs.ids).isdisjoint(inherit("other", 1, (), None, spoken(APART)).ids)


def test_topics_that_are_found_again_keep_their_ids_in_whatever_order() -> None:
    turned = [APART[2], APART[0], [0, 0, 4, 8, 0, 0, 1, 0]]
    heirs = inherit("run", 2, ("x", "y", "z"), spoken(APART), spoken(turned))
    assert heirs.ids == ("z", "x", "y")
    assert heirs.changes == ()
    assert heirs.alike[0] == pytest.approx(1.0)


def test_words_that_only_one_fit_knows_do_no_harm() -> None:
    heirs = inherit("run", 2, ("x", "y", "z"), spoken(APART), spoken([row[:6] for row in APART], "fedcba"))
    assert heirs.ids == ("z", "y", "x")


def test_a_topic_that_split_leaves_its_id_to_the_larger_part() -> None:
    before = spoken([[4, 4, 4, 4, 0, 0, 0, 0], APART[2]], shares=[0.7, 0.3])
    after = spoken([[4, 4, 0.5, 0.5, 0, 0, 0, 0], [0.5, 0.5, 4, 4, 0, 0, 0, 0], APART[2]], shares=[0.25, 0.45, 0.3])
    heirs = inherit("run", 2, ("x", "y"), before, after)
    assert heirs.ids[1:] == ("x", "y")
    (change,) = heirs.changes
    assert (change.change, change.before, change.after) == ("split", ("x",), tuple(sorted((heirs.ids[0], "x"))))


def test_topics_that_merged_leave_the_id_of_the_larger_one() -> None:
    parts = [[4, 4, 0.5, 0.5, 0, 0, 0, 0], [0.5, 0.5, 4, 4, 0, 0, 0, 0], APART[2]]
    whole = spoken([[4, 4, 4, 4, 0, 0, 0, 0], APART[2]], shares=[0.7, 0.3])
    heirs = inherit("run", 2, ("x", "y", "z"), spoken(parts, shares=[0.25, 0.45, 0.3]), whole)
    assert heirs.ids == ("y", "z")
    assert [(change.change, change.before, change.after) for change in heirs.changes] == [
        ("merged", ("x", "y"), ("y",))
    ]


def test_what_is_like_nothing_before_is_new_and_what_has_no_heir_is_gone() -> None:
    strange = [APART[0], APART[1], [0, 0, 0, 0, 0, 0, 5, 5]]
    heirs = inherit("run", 2, ("x", "y", "z"), spoken(APART), spoken(strange))
    assert heirs.ids[:2] == ("x", "y")
    assert heirs.ids[2] not in ("x", "y", "z")
    assert sorted(change.change for change in heirs.changes) == ["gone", "new"]


def test_stability_is_one_for_the_same_topics_and_low_for_others() -> None:
    same = stability(spoken(APART), [spoken(APART[::-1]), spoken(APART)])
    np.testing.assert_allclose(same, 1.0)
    other = stability(spoken(APART), [spoken([APART[0], [1] * 8, [0, 0, 0, 0, 0, 0, 5, 5]])])
    assert other[0] == pytest.approx(1.0)
    assert other[2] < 0.5


# What sets collections apart.


def test_log_odds_by_hand() -> None:
    told = contrast(np.array([[30.0, 10.0], [10.0, 30.0]]), prior=10)
    apart = (np.log(35 / 15) - np.log(15 / 35)) / np.sqrt(1 / 35 + 1 / 15 + 1 / 15 + 1 / 35)
    np.testing.assert_allclose(told.apart, [[apart, -apart], [-apart, apart]])
    np.testing.assert_allclose(told.weights, [[0.75, 0.25], [0.25, 0.75]])


def test_a_rare_word_has_to_be_said_often_to_set_apart() -> None:
    told = contrast(np.array([[1.0, 20.0, 500.0, 9.0], [0.0, 2.0, 500.0, 28.0]]))
    assert told.apart[0, 1] > 1.96 > told.apart[0, 0] > 0
    assert abs(told.apart[0, 2]) < 0.5


def test_tokens_are_divided_as_a_naive_loop_would() -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.6, (6, 5)).astype(float)
    shares, words = rng.dirichlet([1, 1, 1], 6), rng.dirichlet([1] * 5, 3)
    labels = np.array(["b", "a", "b", "c", "a", "c"])
    tokens = Tokens(csr_matrix(counts), shares, words)
    for topic in range(3):
        naive = np.array([
            [counts[d, w] * shares[d, topic] * words[topic, w] / (shares[d] @ words[:, w]) for w in range(5)]
            for d in range(6)
        ])  # fmt: skip
        np.testing.assert_allclose(tokens.of(topic).toarray(), naive)
        told = tokens.told(topic, labels, np.array(["a", "b", "c"]))
        np.testing.assert_allclose(told.counts, [naive[labels == name].sum(axis=0) for name in "abc"])
    whole = sum(tokens.of(topic).toarray() for topic in range(3))
    np.testing.assert_allclose(whole, counts)


# Broader topics and labels.


def test_topics_that_say_the_same_are_put_together() -> None:
    words = np.full((8, 60), 0.01)
    for topic in range(8):
        words[topic, 7 * topic : 7 * topic + 7] = 1.0
    words[1, 0:5] = 1.0
    words[:, 56:] = 3.0  # what all say makes none alike
    words /= words.sum(axis=1, keepdims=True)
    shares = np.full(8, 1 / 8)
    assert grouped(words, shares) == [(0, 1)]
    alike = likeness(words, shares)
    np.testing.assert_allclose(np.diag(alike), 1.0)
    assert alike[0, 1] == alike.max(where=~np.eye(8, dtype=bool), initial=0)


def test_few_topics_are_not_put_together() -> None:
    assert grouped(np.eye(5), np.full(5, 0.2)) == []


def test_labels_say_nothing_twice_and_are_short() -> None:
    best = {
        "words": ["suez", "canal", "ship", "tug"],
        "phrases": ["suez canal"],
        "where": ["Suez Canal"],
        "who": ["Smit"],
    }
    assert label(best) == "ship, tug · Suez Canal, Smit"
    assert label({}) == ""
    assert label({"where": ["Paris"], "who": ["City of Paris"]}) == "Paris"
    assert len(label({"words": ["x" * 60, "y" * 60]})) <= 90
    assert label_of_parts(["a, b · C", "d · E", "a, z"]) == "a, d"


def test_topics_over_other_words_are_refused() -> None:
    from topics.alignment import similarity

    with pytest.raises(InvalidInput, match="same words"):
        similarity(np.eye(2), np.eye(3))

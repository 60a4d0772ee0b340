"""Choosing and asking: the folds are even, the test part is asked only, and known figures come out."""

import numpy as np
import pytest
from scipy.io import savemat

from correlate import CCA, SCM, RidgeLabels
from correlate.datasets import Part, Split, cub, flickr, wikipedia
from correlate.evaluate import Choice, bootstrap, choose, direction, evaluate, folds_of, settings_of
from ontology.errors import InvalidInput
from tests.checks import labels_of, paired_views


def part(rows=120):
    labels = np.unique(labels_of(rows), return_inverse=True)[1]
    return Part(paired_views(rows=rows), labels)


def test_folds_spread_every_label_evenly():
    labels = np.array([0] * 23 + [1] * 12 + [2] * 5)
    fold = folds_of(labels, 5, seed=1)
    counts = np.array([np.bincount(fold[labels == label], minlength=5) for label in range(3)])
    assert (counts.max(axis=1) - counts.min(axis=1) <= 1).all()
    assert not np.array_equal(fold, folds_of(labels, 5, seed=2))


def test_every_combination_of_settings_is_tried():
    assert list(settings_of({"a": (1, 2), "b": ("x",)})) == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    assert list(settings_of({})) == [{}]


def test_the_interval_of_a_mean_holds_it_and_narrows_with_the_number_of_queries():
    rng = np.random.default_rng(0)
    few, many = (bootstrap(rng.uniform(size=size)) for size in (20, 2000))
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < 0.3 * (few[1] - few[0])
    assert bootstrap(np.full(5, 0.25)) == (0.25, 0.25)


def test_what_works_in_the_folds_is_chosen_for_each_measure():
    choices = choose(
        CCA(weighted=False), {"ridge": (0.1, 1e6)}, part(), [("cosine", False), ("posterior", False)], folds=3
    )
    assert [choice.form for choice in choices] == ["cosine", "posterior"]
    assert all(0.25 < choice.reached <= 1 for choice in choices)
    assert choices[0].settings in ({"ridge": 0.1}, {"ridge": 1e6})


def test_the_test_part_changes_nothing_that_is_learned():
    whole = part()
    train, test = whole.rows(np.arange(80)), whole.rows(np.arange(80, 120))
    choice = Choice({"ridge": 0.5}, "cosine", True, 0.0)
    once = evaluate(RidgeLabels(), Split(train, test), choice)
    # Fewer rows to ask for and search: those that stay are scored as before, so a list of one query has the same order.
    fewer = evaluate(RidgeLabels(), Split(train, test.rows(np.arange(20))), choice)
    assert [each.query for each in once.directions] == ["image", "text"]
    assert once.directions[0].map != fewer.directions[0].map
    model = RidgeLabels()
    evaluate(model, Split(train, test), choice)
    assert not hasattr(model, "axes_")


def test_a_direction_is_measured_as_its_parts_are():
    labels = np.array([0, 0, 1, 1])
    scores = np.array([[4.0, 3, 2, 1], [3, 4, 1, 2], [1, 2, 3, 4], [4, 3, 2, 1]])
    found = direction("image", "text", scores, labels)
    assert found.map == pytest.approx(np.mean([1, 1, 1, (1 / 3 + 2 / 4) / 2]))
    assert found.map == found.map_50
    assert found.percentage == 0.0
    assert found.map_interval[0] <= found.map <= found.map_interval[1]
    assert len(found.curve) == 11


def test_readers_name_what_is_missing(tmp_path):
    with pytest.raises(InvalidInput, match=r"raw_features\.mat is missing"):
        wikipedia(tmp_path)
    savemat(tmp_path / "CUB.mat", {"x1_train": np.ones((2, 3))})
    with pytest.raises(InvalidInput, match=r"CUB\.mat has no x1_test"):
        cub(tmp_path)
    with pytest.raises(InvalidInput, match=r"captions\.txt is missing"):
        flickr(tmp_path)
    savemat(tmp_path / "raw_features.mat", {"I_tr": np.ones((2, 3)), "T_tr": np.ones((2, 2)), "I_te": 1, "T_te": 1})
    (tmp_path / "trainset_txt_img_cat.list").write_text("a\tb\t1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="2 pictures, 2 texts and 1 labels do not pair"):
        wikipedia(tmp_path)


@pytest.mark.data
def test_the_sets_are_read_as_described(data_dir):
    wiki, birds = wikipedia(data_dir / "wikipedia-rasiwasia"), cub(data_dir / "multiview-features")
    assert (len(wiki.train), len(wiki.test)) == (2173, 693)
    assert {name: view.shape[1] for name, view in wiki.train.views.items()} == {"image": 128, "text": 10}
    assert set(wiki.train.labels) == set(range(1, 11))
    assert (len(birds.train), len(birds.test)) == (480, 120)
    assert (np.diff(birds.test.labels) < 0).any()
    captioned = flickr(data_dir / "flickr8k-1k")
    assert (len(captioned.pictures), len(captioned.captions)) == (1000, 5000)
    assert (np.bincount(captioned.owners) == 5).all()
    assert captioned.pictures[0].is_file()


@pytest.mark.data
def test_published_figures_come_out(data_dir):
    """CM 0.249 / 0.196 and SCM 0.277 / 0.226, by the similarity of the papers."""
    split = wikipedia(data_dir / "wikipedia-rasiwasia")
    choice = Choice({}, "cosine", False, 0.0)
    for model, expected in ((CCA(7, 0.01, weighted=False), (0.249, 0.196)), (SCM(9, 0.01), (0.277, 0.226))):
        found = [each.map for each in evaluate(model, split, choice).directions]
        np.testing.assert_allclose(found, expected, atol=0.015)

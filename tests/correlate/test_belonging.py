"""One measure for all media: what a similarity is worth, learned where it is known and true where it is not."""

import numpy as np
import pytest

from correlate import CCA, RidgeLabels
from correlate.belonging import Belonging
from correlate.calibration import Calibrator
from correlate.datasets import Part, Split
from correlate.evaluate import Choice, mixed
from correlate.hubs import fit_scaling, spread_of
from correlate.metrics import calibration_error
from correlate.similarity import Similarity
from ontology.errors import InvalidInput


def media(seed=0, rows=240):
    """Two media that show four labels, one of them dimly, and the labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, size=rows)
    centres = np.random.default_rng(99).normal(size=(4, 5))
    image = centres[labels] @ np.random.default_rng(98).normal(size=(5, 8)) + 3 * rng.normal(size=(rows, 8)) + 3
    text = centres[labels] @ np.random.default_rng(97).normal(size=(5, 6)) + 0.7 * rng.normal(size=(rows, 6))
    return Part({"image": image, "text": text}, labels)


def test_a_side_is_asked_as_the_other_is():
    rng = np.random.default_rng(0)
    similarities, together = rng.normal(size=(30, 40)), rng.uniform(size=(30, 40)) < 0.3
    similarities += 2.0 * together
    none = np.zeros_like(together)
    found = Belonging.fit(fit_scaling(similarities, none), similarities, together, ~none)
    np.testing.assert_allclose(found.turned.probability(similarities.T), found.probability(similarities).T)
    np.testing.assert_allclose(found.query(similarities[4:5])[0], found.probability(similarities)[4])
    np.testing.assert_allclose(found.turned.query(similarities[:, 4:5].T)[0], found.probability(similarities)[:, 4])
    levels = found.scaling.rows[:3], found.scaling.columns[:5]
    np.testing.assert_allclose(found.between(similarities[:3, :5], *levels), found.probability(similarities)[:3, :5])
    assert found.probability(similarities)[together].mean() > found.probability(similarities)[~together].mean() + 0.3


def test_pairs_of_one_kind_teach_nothing():
    similarities = np.random.default_rng(1).normal(size=(9, 9))
    all_pairs = np.ones((9, 9), dtype=bool)
    assert Belonging.fit(fit_scaling(similarities, ~all_pairs), similarities, all_pairs, all_pairs) is None


def test_levels_that_are_known_are_taken_away():
    similarities = np.add.outer(np.arange(4.0), 10 * np.arange(3.0))
    scaling = spread_of(similarities, 2 * np.arange(4.0), 20 * np.arange(3.0), np.zeros((4, 3), dtype=bool))
    assert scaling.deviation == 1.0
    np.testing.assert_allclose(scaling.apply(similarities), 0.0)
    assert Belonging(scaling, Calibrator(1.0, 0.0, 0.5)).probability(similarities) == pytest.approx(0.5)


def test_probabilities_hold_on_rows_that_were_not_seen_and_across_media():
    learned, known, new = media(0), media(1), media(2)
    model = RidgeLabels().fit(learned.views, learned.labels)
    spaces = [{n: model.transform(v, n) for n, v in each.views.items()} for each in (learned, known, new)]
    similarity = Similarity("centred").fit(spaces[0], learned.labels).calibrate(spaces[1], known.labels)
    same = new.labels[:, None] == new.labels[None, :]
    other = ~np.eye(len(same), dtype=bool)
    for query in spaces[2]:
        for database in spaces[2]:
            found = similarity.probability(spaces[2][query], query, spaces[2][database], database)
            assert calibration_error(found[other], same[other]) < 0.06
            assert found[same & other].mean() > found[~same].mean() + 0.02


def test_partners_are_what_belongs_together_without_labels():
    learned, known = media(0), media(1)
    model = CCA(3, ridge=0.1).fit(learned.views)
    spaces = [{n: model.transform(v, n) for n, v in each.views.items()} for each in (learned, known)]
    similarity = Similarity().fit(spaces[0]).calibrate(spaces[1])
    found = similarity.probability(spaces[1]["image"], "image", spaces[1]["text"], "text")
    assert np.diag(found).mean() > found.mean()
    assert found.mean() < 0.05
    with pytest.raises(InvalidInput, match="similarities of text and text are worth"):
        similarity.probability(spaces[1]["text"], "text", spaces[1]["text"], "text")


def test_probabilities_merge_media_that_bare_similarities_keep_apart():
    found = mixed(RidgeLabels(), Split(media(0, 400), media(2, 200)), Choice({}, "cosine", False, 0.0))
    assert found.probable > found.bare
    assert found.error < 0.06


def test_the_error_of_probabilities_is_their_distance_from_what_happens():
    assert calibration_error(np.full(100, 0.5), np.arange(100) < 80) == pytest.approx(0.3)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0
    assert calibration_error(np.array([1.0, 0.0]), np.array([False, True])) == 1.0

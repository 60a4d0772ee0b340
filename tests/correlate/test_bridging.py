"""Any method by name between pictures and words, and fitted models that are kept as plain values."""

import json

import numpy as np
import pytest

from correlate import CCA, MODELS
from correlate.bridging import METHODS, PAIRS, check_method, learn, project
from correlate.corpus import Rows
from correlate.edges import correlations
from correlate.index import Index, index_of
from correlate.keeping import pack, unpack
from correlate.linking import link
from correlate.neighbours import unit_rows
from ontology.errors import InvalidInput
from tests.checks import fitted, paired_views
from tests.correlate.made import newsroom


def _collection(rows=60, stories=4, seed=0):
    """Pictures and texts of `stories` happenings, a document each; the group of a document is its story."""
    rng = np.random.default_rng(seed)
    group = np.arange(rows) % stories
    image = rng.normal(size=(stories, 12))[group] + 0.5 * rng.normal(size=(rows, 12))
    text = rng.normal(size=(stories, 9))[group] + 0.5 * rng.normal(size=(rows, 9))
    pictures, texts = Rows(np.arange(rows), unit_rows(image)), Rows(np.arange(rows, 2 * rows), unit_rows(text))
    return pictures, texts, np.tile(np.arange(rows), 2), group


@pytest.mark.parametrize("method", METHODS)
def test_every_method_brings_a_picture_near_texts_of_its_story(method):
    pictures, texts, document, group = _collection()
    found = learn(method, pictures, texts, document, group)
    same = (group[:, None] == group[None, :]) & ~np.eye(len(group), dtype=bool)
    other = group[:, None] != group[None, :]
    if METHODS[method].supervised:  # the model never saw the picture's story, only others
        assert found.similarities.shape == same.shape
    else:
        assert found.similarities[same].mean() > found.similarities[other].mean() + 0.1
    whole = project(found.model, pictures.matrix, "image") @ project(found.model, texts.matrix, "text").T
    assert whole[same].mean() > whole[other].mean() + 0.1


def test_a_picture_is_compared_by_a_model_that_never_saw_its_document():
    pictures, texts, document, group = _collection()
    before = learn("CCA", pictures, texts, document, group)
    turned = Rows(pictures.owners, pictures.matrix.copy())
    turned.matrix[3] = -turned.matrix[3]
    after = learn("CCA", turned, texts, document, group)
    np.testing.assert_allclose(after.similarities[3], -before.similarities[3], atol=0.35)
    assert np.abs(after.similarities[4] - before.similarities[4]).max() > 1e-6


def test_too_few_pairs_or_labels_teach_nothing():
    pictures, texts, document, group = _collection(PAIRS - 1)
    assert learn("CCA", pictures, texts, document, group) is None
    pictures, texts, document, group = _collection()
    assert learn("RidgeLabels", pictures, texts, document, np.zeros_like(group)) is None
    alone = learn("GMLDA", pictures, texts, document, np.full_like(group, -1))
    assert np.isfinite(alone.similarities).all()


def test_a_name_that_is_no_method_is_answered_with_all_names():
    assert check_method("KernelCCA") == "KernelCCA"
    with pytest.raises(InvalidInput, match=r"no method 'cca'; there are .*CCA.*GMLDA"):
        check_method("cca")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_that_was_kept_projects_as_before(model):
    views = paired_views()
    before = fitted(model, views)
    after = unpack(json.loads(json.dumps(pack(before))))
    assert type(after) is type(before)
    assert after.get_params() == before.get_params()
    for name, view in views.items():
        expected = before.transform(view, name)
        np.testing.assert_allclose(after.transform(view, name), expected, atol=1e-3 * np.abs(expected).max())


def test_what_is_no_number_is_not_kept_and_nothing_else_is_made():
    with pytest.raises(InvalidInput, match="a function cannot be kept"):
        pack({"f": test_a_model_that_was_kept_projects_as_before})
    for name in ("os:system", "correlate.keeping:pack", "correlate.linalg:Moments", "correlate.base:np"):
        with pytest.raises(InvalidInput, match="no model or record"):
            unpack({"type": name, "holds": {}})
    with pytest.raises(InvalidInput, match="nothing that was kept"):
        unpack({"code": "print()"})
    model = CCA(n_components=3, ridge={"image": 1.0, "text": 2.0}, weighted=False)
    assert unpack(pack(model)).get_params() == model.get_params()


def test_links_say_by_which_method_they_were_found():
    corpus, _ = newsroom()
    links = link(corpus, method="PLS")
    learned = [edge for edge in correlations(corpus, links, "run-1") if edge.kind == "learned"]
    assert learned
    assert {edge.method for edge in learned} == {"PLS"}
    part = next(part for part in Index.loads(index_of(corpus, links).dumps()).parts if part.kind == "learned")
    assert type(part.model).__name__ == "PLS"

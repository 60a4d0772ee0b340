"""Views that were asked for by name link objects of one medium like those that are always made."""

from dataclasses import replace

import numpy as np
import pytest

from correlate.corpus import Rows
from correlate.edges import correlations
from correlate.features.views import VIEWS, beside, comparable
from correlate.index import index_of
from correlate.linking import link
from correlate.neighbours import unit_rows
from tests.correlate.made import newsroom, picture_vector


@pytest.fixture(scope="module")
def made():
    corpus, truth = newsroom()
    photos = [at for at, item in enumerate(corpus.items) if item.id.endswith("-photo")]
    rng = np.random.default_rng(0)
    telling = [picture_vector(truth[corpus.items[at].id], rng) for at in photos]
    views = {
        "colour-histogram": Rows(np.array(photos), unit_rows(np.stack(telling))),
        "gist": Rows(np.array(photos), unit_rows(rng.normal(size=(len(photos), 32)).astype(np.float32))),
    }
    further = replace(corpus, views={**corpus.views, **views}, further=tuple(views))
    return further, truth, link(further)


def test_a_view_that_tells_links_and_one_that_tells_nothing_does_not(made):
    corpus, truth, links = made
    edges = list(correlations(corpus, links, "run"))
    colours = [edge for edge in edges if edge.method == "colour-histogram"]
    assert {edge.reason for edge in colours} == {"look alike (colour-histogram)"}
    assert {edge.kind for edge in colours} == {"neighbour"}
    heavy = [edge for edge in colours if edge.weight > 0.6]
    assert len(heavy) > 20
    assert np.mean([truth[edge.subject] == truth[edge.target] for edge in heavy]) > 0.9
    assert not [edge for edge in edges if edge.method == "gist" and edge.weight > 0.6]


def test_what_is_learned_is_kept_for_new_objects(made):
    corpus, _, links = made
    parts = {part.method: part for part in index_of(corpus, links).parts}
    assert parts["colour-histogram"].symmetric
    assert parts["colour-histogram"].left.view == "colour-histogram"


def test_only_views_of_what_is_seen_and_heard_are_compared_beside_the_standing_ones():
    assert beside(["image", "hog", "mfcc", "tf-idf", "shots", "joint_image"]) == ("hog", "mfcc", "shots")
    assert all(VIEWS[name].medium != "text" for name in beside(VIEWS))


def test_counts_are_compared_by_the_roots_of_their_shares():
    counts = np.zeros((3, 256), np.float32)
    counts[0, :2], counts[1, 0] = (9, 16), 4
    found = comparable("lbp-words", counts)
    assert found[0, :2] == pytest.approx([0.6, 0.8])
    assert found[1, 0] == 1
    assert not found[2].any()
    assert comparable("lbp", counts) is counts

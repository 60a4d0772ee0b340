"""Links and events on a made collection whose happenings are known."""

from dataclasses import replace

import numpy as np
import pytest

from correlate.corpus import Corpus
from correlate.duplicates import exact_copies, families, image_copies, text_copies
from correlate.edges import EACH, FLOOR, correlations
from correlate.index import Index, index_of
from correlate.linking import link
from ontology.model import Correlation
from tests.correlate.made import STORIES, article, made_corpus, newsroom, picture
from topics.events import detect, memberships


@pytest.fixture(scope="module")
def made():
    corpus, truth = newsroom()
    links = link(corpus)
    return corpus, truth, links, list(correlations(corpus, links, "run-1")), detect(corpus, links)


def test_events_are_the_happenings_with_lone_photos_and_recordings(made):
    corpus, truth, _, _, events = made
    assert len(events) == len(STORIES)
    for event in events:
        assert len({truth[member.object] for member in event.members}) == 1
    found = memberships(corpus, events)
    assert (found >= 0).all()


def test_logos_are_boiler_plate_and_photos_are_not(made):
    corpus, _, links, _, events = made
    marked = {item.id for item, flag in zip(corpus.items, links.boiler_plate, strict=True) if flag}
    assert marked == {item.id for item in corpus.items if item.id.endswith("-logo")}
    weights = {member.object: member.weight for event in events for member in event.members}
    assert all(weights[name] < 0.1 for name in marked)


def test_every_edge_says_what_it_must(made):
    corpus, _, _, edges, _ = made
    ids = {item.id: item for item in corpus.items}
    assert len({edge.id for edge in edges}) == len(edges)
    for edge in edges:
        assert FLOOR <= edge.weight <= 1.0
        assert edge.status == "proposed"
        assert edge.reason
        assert (edge.scope == "intra") == (ids[edge.subject].modality == ids[edge.target].modality)
        assert all(evidence.object in (edge.subject, edge.target) for evidence in edge.evidence)
    kinds = {edge.kind for edge in edges}
    assert {"same_document", "near_duplicate", "neighbour", "transcript", "learned"} <= kinds


def test_heavy_edges_join_what_belongs_together(made):
    _, truth, _, edges, _ = made
    heavy = [edge for edge in edges if edge.weight > 0.7 and edge.kind != "same_document"]
    assert len(heavy) > 50
    assert np.mean([truth[edge.subject] == truth[edge.target] for edge in heavy]) > 0.9


def test_no_object_starts_more_links_of_a_kind_than_allowed_to_its_best(made):
    _, _, _, edges, _ = made
    assert (
        max(
            sum(edge.kind == "same_document" for edge in edges if name in (edge.subject, edge.target))
            for name in ("000", "103")
        )
        <= 2
    )
    words = [edge for edge in edges if edge.method == "words"]
    assert len(words) <= EACH * 2 * 40


def test_a_spoken_report_is_quoted_with_its_time(made):
    _, _, _, edges, _ = made
    spoken = [edge for edge in edges if edge.kind == "transcript"]
    assert spoken
    assert all("says: “" in edge.reason and "at 0:01" in edge.reason for edge in spoken)
    assert all(edge.evidence[0].segment == "t=1.0,9.0" for edge in spoken)


def test_the_order_in_which_objects_came_does_not_matter(made):
    corpus, _, _, edges, events = made
    order = np.random.default_rng(0).permutation(len(corpus))
    shuffled = made_corpus([corpus.items[at] for at in order], {}, {})
    assert [item.id for item in shuffled.items] == [item.id for item in corpus.items]
    again_corpus, _ = newsroom()
    again = link(again_corpus)
    assert list(correlations(again_corpus, again, "run-1")) == edges
    assert detect(again_corpus, again) == events


def test_event_ids_outlive_later_reports():
    corpus, _ = newsroom()
    before = {event.id for event in detect(corpus, link(corpus))}
    late = article("999", "ship", 555, day=30)
    grown = _with(corpus, late)
    assert before == {event.id for event in detect(grown, link(grown))}


def _with(corpus: Corpus, *items):
    read = {item: seen[0].value for item, seen in zip(corpus.items, corpus.annotations, strict=True) if seen}
    pictures = {item.id: value for item, value in read.items() if item.modality == "image"}
    spoken = {item.id: value for item, value in read.items() if item.modality == "audio"}
    return made_corpus([*corpus.items, *items], pictures, {}, spoken)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_tiny_collections_are_linked_without_complaint(count):
    items = [article(f"a{at}", "ship", at) for at in range(count)]
    corpus = made_corpus(items, {})
    links = link(corpus)
    edges: list[Correlation] = list(correlations(corpus, links, "r"))
    events = detect(corpus, links)
    assert len(events) <= max(count, 0)
    assert sum(len(event.members) for event in events) == count
    assert all(edge.subject < edge.target for edge in edges)


def test_pictures_without_any_text_are_linked_but_make_no_event():
    items = [picture(f"p{at}", "ship", None) for at in range(6)]
    corpus = made_corpus(items, {item.id: "ship" for item in items})
    assert detect(corpus, link(corpus)) == []


def test_copies_of_texts_count_only_what_is_shared():
    first = article("a", "ship", 1)
    longer = replace(first, id="b", text=f"{first.text} {article('x', 'flood', 2).text}")
    other = article("c", "flood", 3)
    corpus = made_corpus([first, longer, other], {})
    found = text_copies(corpus)
    assert [(corpus.items[i].id, corpus.items[j].id) for i, j in zip(found.first, found.second, strict=True)] == [
        ("a", "b")
    ]
    assert found.score[0] > 0.8


def test_boiler_plate_of_a_source_is_no_copy():
    footer = "sign up to our newsletter and follow us on every network for more stories like this one today"
    items = [
        replace(article(f"a{at}", story, at), source="s", text=f"{article(f'a{at}', story, at).text} {footer}")
        for at, story in enumerate(STORIES)
    ]
    assert len(text_copies(made_corpus(items, {})).first) == 0


def test_copies_of_pictures_by_hash_and_checksum():
    code = np.where(np.random.default_rng(1).normal(size=64) > 0, 1.0, -1.0)
    near, far = code.copy(), code.copy()
    near[:8] *= -1
    far[:9] *= -1
    items = [picture(name, "ship", None, checksum=name[0]) for name in ("a1", "a2", "b1", "c1")]
    corpus = made_corpus(items, {i.id: "ship" for i in items}, {"a1": code, "a2": code, "b1": near, "c1": far})
    exact, alike = exact_copies(corpus), image_copies(corpus)
    assert list(zip(exact.first, exact.second, strict=True)) == [(0, 1)]
    assert (0, 2) in list(zip(alike.first, alike.second, strict=True))
    assert (0, 3) not in list(zip(alike.first, alike.second, strict=True))
    assert len(set(families([exact], 4))) == 3


def test_an_index_is_read_back_as_it_was(made):
    corpus, _, links, _, _ = made
    index = index_of(corpus, links)
    again = Index.loads(index.dumps())
    assert again.dumps() == index.dumps()
    assert {(part.kind, part.method) for part in again.parts} >= {("words", "meaning"), ("learned", "CCA")}
    part = next(part for part in again.parts if part.kind == "learned")
    assert part.model is not None
    assert len(part.left.objects) == len(part.belonging.scaling.rows)
    assert len(part.right.objects) == len(part.belonging.scaling.columns)

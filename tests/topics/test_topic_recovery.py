"""Each model finds the parameters that its data were drawn with, and what it says that others cannot."""

import numpy as np
import pytest
from scipy.special import softmax

from ontology.errors import InvalidInput
from topics import CCLDA, HDP, LDA, MDRF, MFCTM, AspectTopicModel, CCMix, CorrLDA, DynamicLDA, TrMMLDA
from topics.mdrf import agreed
from topics.normal import modes, variances


def words_of(rng, topics, width):
    """Topics that share few words."""
    return rng.dirichlet(np.full(width, 0.05), topics)


def drawn(rng, size, shares, words):
    """Counts of documents with these shares; `size` tokens each."""
    return np.array([rng.multinomial(size, share @ words) for share in shares])


def emitted(rng, topics, words):
    """Counts of documents whose tokens have these topics (documents, topics)."""
    return np.array([sum(rng.multinomial(n, row) for n, row in zip(held, words, strict=True)) for held in topics])


def paired(truth, found):
    """For each true topic the nearest one found, and how far it is: total variation, in [0, 1]."""
    distance = 0.5 * np.abs(truth[:, None] - found[None]).sum(axis=2)
    return distance.argmin(axis=1), distance.min(axis=1)


def of_collections(rng, share=0.6):
    """Three topics told by two collections, each in common and in own words."""
    common, own = words_of(rng, 3, 60), rng.dirichlet(np.full(60, 0.03), (2, 3))
    shares = rng.dirichlet(np.full(3, 0.2), 600)
    labels = np.array(["north", "south"] * 300)
    counts = np.array(
        [
            rng.multinomial(80, theta @ (share * common + (1 - share) * own[int(label == "south")]))
            for theta, label in zip(shares, labels, strict=True)
        ]
    )
    return common, own, counts, labels


@pytest.mark.parametrize("model", [CCLDA(3, passes=30), AspectTopicModel(3, passes=30)], ids=lambda m: type(m).__name__)
def test_common_and_own_words_are_told_apart(model):
    common, own, counts, labels = of_collections(np.random.default_rng(1))
    model.fit({"words": counts}, labels)
    place, away = paired(common, model.topic_word_["words"])
    assert sorted(place) == [0, 1, 2]
    assert away.max() < 0.2
    for number, name in enumerate(("north", "south")):
        found = model.own_word_["words", name][place]
        assert 0.5 * np.abs(found - own[number]).sum(axis=1).max() < 0.4
        assert 0.5 * np.abs(found - own[1 - number]).sum(axis=1).min() > 0.5
        assert model.common_share_["words", name] == pytest.approx(0.6, abs=0.15)


def test_themes_are_told_in_common_and_own_words():
    common, own, counts, labels = of_collections(np.random.default_rng(2), share=0.5)
    model = CCMix(3, background=0.0, common=0.5).fit({"words": counts}, labels)
    place, away = paired(common, model.topic_word_["words"])
    assert sorted(place) == [0, 1, 2]
    assert away.max() < 0.35
    for number, name in enumerate(("north", "south")):
        assert paired(own[number], model.own_word_["words", name])[0].tolist() == place.tolist()


def test_a_background_takes_the_words_that_every_text_has():
    rng = np.random.default_rng(2)
    _, _, counts, labels = of_collections(rng)
    noise = rng.multinomial(80, np.full(40, 1 / 40), 600)
    views = {"words": np.hstack([counts, noise])}
    told = [CCMix(3, background=b).fit(views, labels).topic_word_["words"][:, 60:].sum() for b in (0.0, 0.9)]
    assert told[0] > 1
    assert told[1] < 0.1


def test_the_number_of_topics_is_found():
    rng = np.random.default_rng(3)
    words = words_of(rng, 6, 80)
    counts = drawn(rng, 60, rng.dirichlet(np.full(6, 0.2), 400), words)
    model = HDP(most_topics=30, sweeps=300).fit({"words": counts})
    assert len(model.topic_word_["words"]) == 6
    assert paired(words, model.topic_word_["words"])[1].max() < 0.15


def test_a_topic_is_followed_while_it_drifts():
    rng = np.random.default_rng(4)
    first, last, other = words_of(rng, 3, 50)
    windows = [f"2011-{month:02}" for month in range(1, 7)]
    counts, labels, paths = [], [], []
    for step, window in enumerate(windows):
        now = np.array([first + step / 5 * (last - first), other])
        paths.append(now)
        counts.append(drawn(rng, 60, rng.dirichlet([0.3, 0.3], 80), now))
        labels += [window] * 80
    model = DynamicLDA(2, inertia=50.0).fit({"words": np.vstack(counts)}, labels)
    place, _ = paired(paths[0], model.topic_word_["words", windows[0]])
    for window, now in zip(windows, paths, strict=True):
        found = model.topic_word_["words", window][place]
        assert 0.5 * np.abs(found - now).sum(axis=1).max() < 0.15


def test_a_new_window_goes_on_from_the_one_before():
    rng = np.random.default_rng(4)
    first, last, other = words_of(rng, 3, 50)
    counts = [drawn(rng, 60, rng.dirichlet([0.3, 0.3], 150), np.array([now, other])) for now in (first, last)]
    model = DynamicLDA(2, inertia=20.0).fit({"words": counts[0]}, ["2011-03"] * 150)
    place, _ = paired(np.array([first, other]), model.topic_word_["words"])
    model.partial_fit({"words": counts[1]}, ["2011-04"] * 150)
    assert model.collections_ == ["2011-03", "2011-04"]
    for window, topic in (("2011-03", first), ("2011-04", last)):
        found = model.topic_word_["words", window][place]
        assert 0.5 * np.abs(found - np.array([topic, other])).sum(axis=1).max() < 0.25


@pytest.mark.parametrize(
    "model", [CCLDA(3), AspectTopicModel(3), CCMix(3, background=0.0)], ids=lambda m: type(m).__name__
)
def test_a_new_collection_brings_words_of_its_own(model):
    rng = np.random.default_rng(1)
    common, own, counts, labels = of_collections(rng)
    model.fit({"words": counts[labels == "south"]}, labels[labels == "south"])
    before = model.topic_word_["words", "south"]
    model.partial_fit({"words": counts[labels == "north"]}, labels[labels == "north"])
    assert model.collections_ == ["north", "south"]
    told = 0.6 * common + 0.4 * own
    for number, name in enumerate(model.collections_):
        assert paired(told[number], model.topic_word_["words", name])[1].max() < 0.3
    assert paired(told[0], before)[1].max() > 0.3


def test_further_documents_can_be_linked_to_those_known():
    rng = np.random.default_rng(7)
    shares, labels, words = rng.dirichlet(np.full(4, 0.2), 200), words_of(rng, 4, 20), words_of(rng, 4, 50)
    blank = np.zeros((200, 20))
    model = MDRF(4, pull=30.0).fit({"labels": blank, "words": drawn(rng, 40, shares, words)})
    model.partial_fit({"labels": drawn(rng, 12, shares, labels)}, links=np.eye(200))
    assert model.shares_.shape == (400, 4)
    assert paired(labels, model.topic_word_["labels"])[1].max() < 0.3
    pairs = [paired(true, model.topic_word_[name])[0].tolist() for name, true in (("words", words), ("labels", labels))]
    assert pairs[0] == pairs[1]


def test_a_caption_has_no_topic_that_its_picture_lacks():
    rng = np.random.default_rng(5)
    labels, words = words_of(rng, 3, 20), words_of(rng, 3, 40)
    led = np.array([rng.multinomial(6, theta) for theta in rng.dirichlet(np.full(3, 0.5), 500)])
    views = {"labels": emitted(rng, led, labels), "words": drawn(rng, 20, led / 6, words)}
    model = CorrLDA(3, sweeps=80).fit({name: view[:400] for name, view in views.items()})
    place, away = paired(words, model.topic_word_["words"])
    assert paired(labels, model.topic_word_["labels"])[0].tolist() == place.tolist()
    assert away.max() < 0.25
    told = model.tell({"labels": views["labels"][400:]}, {"words": views["words"][400:]})
    plain = LDA(3).fit({name: view[:400] for name, view in views.items()})
    assert told > plain.tell({"labels": views["labels"][400:]}, {"words": views["words"][400:]})


def test_fields_with_topics_of_their_own_go_together():
    rng = np.random.default_rng(0)
    words, labels = words_of(rng, 4, 50), words_of(rng, 3, 20)
    covariance = 3 * np.eye(7)
    for topic in range(3):
        covariance[topic, 4 + topic] = covariance[4 + topic, topic] = 2.7
    x = rng.multivariate_normal(np.zeros(7), covariance, 600)
    views = {
        "words": drawn(rng, 60, softmax(x[:, :4], axis=1), words),
        "labels": drawn(rng, 15, softmax(x[:, 4:], axis=1), labels),
    }
    model = MFCTM({"words": 4, "labels": 3}).fit({name: view[:400] for name, view in views.items()})
    one, far = paired(words, model.topic_word_["words"][model.fields_["words"]])
    other, away = paired(labels, model.topic_word_["labels"][model.fields_["labels"]])
    assert sorted(one) == [0, 1, 2, 3]
    assert sorted(other) == [0, 1, 2]
    assert max(far.max(), away.max()) < 0.3
    across = model.covariance_[np.ix_(one[:3], other + 4)]
    assert (across.argmax(axis=1) == [0, 1, 2]).all()
    assert np.diag(across).min() > 0.5
    rest = {name: view[400:] for name, view in views.items()}
    alike = LDA(4).fit({name: view[:400] for name, view in views.items()})
    told = [m.tell({"words": rest["words"]}, {"labels": rest["labels"]}) for m in (model, alike)]
    assert told[0] > told[1] + 0.01


def test_topics_of_a_caption_follow_from_those_of_its_picture():
    rng = np.random.default_rng(6)
    labels, words = words_of(rng, 3, 20), words_of(rng, 4, 50)
    slope = np.array([[4.0, -2.0, 0.0], [-2.0, 4.0, 0.0], [0.0, -2.0, 3.0], [1.0, 1.0, 3.0]])
    led = np.array([rng.multinomial(12, theta) for theta in rng.dirichlet(np.full(3, 0.3), 600)])
    followed = softmax(led / 12 @ slope.T + 0.4 * rng.normal(size=(600, 4)), axis=1)
    views = {
        "labels": emitted(rng, led, labels),
        "words": drawn(rng, 30, followed, words),
    }
    model = TrMMLDA(3, following=4).fit({name: view[:400] for name, view in views.items()})
    lead, far = paired(labels, model.topic_word_["labels"][model.fields_["labels"]])
    follow, away = paired(words, model.topic_word_["words"][model.fields_["words"]])
    assert sorted(lead) == [0, 1, 2]
    assert sorted(follow) == [0, 1, 2, 3]
    assert max(far.max(), away.max()) < 0.3
    found = model.slope_[np.ix_(follow, lead)]
    swapped = TrMMLDA(4, following=3).fit({name: views[name][:100] for name in ("words", "labels")})
    assert swapped.transform({"labels": views["labels"][:5]}).shape == (5, 7)
    # Shares say nothing of what is added to all of x, and frequencies that sum to 1 nothing of the mean.
    found, true = (each - each.mean(axis=0) - each.mean(axis=1, keepdims=True) for each in (found, slope))
    assert np.corrcoef(found.ravel(), true.ravel())[0, 1] > 0.9


def test_linked_documents_make_topics_of_different_media_one():
    rng = np.random.default_rng(7)
    shares, labels, words = rng.dirichlet(np.full(4, 0.2), 300), words_of(rng, 4, 20), words_of(rng, 4, 50)
    views = {
        "labels": np.vstack([drawn(rng, 12, shares, labels), np.zeros((300, 20))]),
        "words": np.vstack([np.zeros((300, 50)), drawn(rng, 40, shares, words)]),
    }
    links = np.zeros((600, 600))
    links[np.arange(300), np.arange(300) + 300] = 1
    model = MDRF(4, pull=30.0).fit(views, links=links)
    pairs = [paired(true, model.topic_word_[name]) for name, true in (("words", words), ("labels", labels))]
    assert pairs[0][0].tolist() == pairs[1][0].tolist()
    assert max(away.max() for _, away in pairs) < 0.25
    apart = np.abs(model.doc_topic_[:300] - model.doc_topic_[300:]).sum(axis=1).mean()
    alone = MDRF(4).fit(views)
    assert apart < 0.5 * np.abs(alone.doc_topic_[:300] - alone.doc_topic_[300:]).sum(axis=1).mean()
    # A new photo with nothing in it is told by the texts that it is linked to.
    told = model.transform(
        {"labels": np.zeros((600, 20))}, links=np.hstack([np.zeros((600, 300)), 100 * np.eye(600, 300)])
    )
    np.testing.assert_allclose(told[:300], model.doc_topic_[300:], atol=0.05)


def test_links_that_are_none_are_refused():
    views = {"words": np.ones((4, 3))}
    with pytest.raises(InvalidInput, match=r"links must have shape \(4, 4\), got \(3, 4\)"):
        MDRF(2).fit(views, links=np.ones((3, 4)))
    with pytest.raises(InvalidInput, match="finite and not below 0"):
        MDRF(2).fit(views, links=np.full((4, 4), np.nan))
    with pytest.raises(InvalidInput, match="no matrix"):
        MDRF(2).fit(views, links="everything")


def test_shares_agree_with_their_neighbours_as_far_as_their_counts_let_them():
    rng = np.random.default_rng(8)
    counts, near, weight = rng.gamma(1.0, 3.0, (5, 7)), rng.dirichlet(np.ones(7), 5), np.array([0, 1, 10, 100, 1e4])
    found = agreed(counts, weight, weight[:, None] * near)
    np.testing.assert_allclose(found[0], counts[0] / counts[0].sum(), atol=1e-9)
    np.testing.assert_allclose(found[4], near[4], atol=0.01)
    # At the maximum on the simplex the slope is the same for all topics.
    slope = counts / found - 2 * weight[:, None] * (found - near)
    np.testing.assert_allclose(slope, slope[:, :1] * np.ones(7), rtol=1e-5)


def test_modes_are_where_the_slope_is_nothing():
    rng = np.random.default_rng(9)
    counts, mean = rng.poisson(5, (4, 5)).astype(float), rng.normal(size=(4, 5))
    root = rng.normal(size=(5, 5))
    precision, edges = root @ root.T + np.eye(5), np.array([0, 3, 5])
    x = modes(counts, mean, precision, edges, np.zeros((4, 5)), steps=20)
    shares = np.hstack([softmax(x[:, :3], axis=1), softmax(x[:, 3:], axis=1)])
    sizes = np.repeat([counts[:, :3].sum(axis=1), counts[:, 3:].sum(axis=1)], [3, 2], axis=0).T
    np.testing.assert_allclose(counts - sizes * shares, (x - mean) @ precision, atol=1e-8)
    # Without any tokens the posterior is the prior.
    variance, whole = variances(np.zeros((4, 5)), mean, precision, edges)
    np.testing.assert_allclose(variance, np.tile(np.diag(np.linalg.inv(precision)), (4, 1)))
    np.testing.assert_allclose(whole, 4 * np.linalg.inv(precision))

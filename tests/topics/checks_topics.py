"""What every exported topic model must satisfy; a new one is tested by being exported."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone

from ontology.errors import InvalidInput
from topics.base import TopicModel

Make = Callable[[], TopicModel]


@dataclass(frozen=True)
class Made:
    """Counts drawn from known topics: two views, two collections, what each topic says, and who has how much of it."""

    views: dict[str, np.ndarray]
    collections: list[str]
    words: dict[str, np.ndarray]
    shares: np.ndarray

    def of(self, model: TopicModel) -> dict[str, np.ndarray]:
        """The views that the model takes."""
        return {"words": self.views["words"]} if takes_one_view(model) else self.views


def takes_one_view(model: TopicModel) -> bool:
    """Whether a model is of words alone."""
    return type(model).__name__ == "GensimLDA"


def made(seed: int = 0, documents: int = 240, topics: int = 4) -> Made:
    """Four topics over 60 words and 24 labels; some documents without labels, two equal, one empty."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(topics, 0.15), documents)
    words = {name: rng.dirichlet(np.full(width, 0.06), topics) for name, width in (("words", 60), ("labels", 24))}
    sizes = {"words": rng.integers(20, 90, documents), "labels": rng.integers(0, 12, documents)}
    views = {
        name: np.array([rng.multinomial(n, share @ words[name]) for n, share in zip(sizes[name], shares, strict=True)])
        for name in words
    }
    for view in views.values():
        view[1], view[2] = view[0], 0
    collections = ["north" if number % 3 else "south" for number in range(documents)]
    collections[1] = collections[0]
    return Made(views, collections, words, shares)


def fitted(make: Make, given: Made) -> TopicModel:
    """The model after learning from made counts."""
    model = make()
    return model.fit(given.of(model), given.collections)


def check_distributions(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    topics = model.doc_topic_.shape[1]
    for key, words in model.topic_word_.items():
        view = key if isinstance(key, str) else key[0]
        assert words.shape == (topics, given.views[view].shape[1])
        assert (words >= 0).all()
        np.testing.assert_allclose(words.sum(axis=1), 1, atol=1e-9)
    for shares in (model.doc_topic_, model.transform(given.of(model), given.collections)):
        assert shares.shape == (240, topics)
        assert (shares >= 0).all()
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert model.alpha_.shape == (topics,)


def check_it_finds_the_topics(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    truth, found = given.words["words"], model.topic_word_["words"]
    distance = 0.5 * np.abs(truth[:, None] - found[None]).sum(axis=2)
    assert distance.min(axis=1).mean() < 0.2
    assert np.sort(distance.min(axis=1))[-2] < 0.3


def check_it_tells_unseen_documents_better_than_frequencies(make: Make) -> None:
    given, model = made(documents=360), make()
    views = given.of(model)
    model.fit({name: view[:240] for name, view in views.items()}, given.collections[:240])
    rest = {name: view[240:] for name, view in views.items()}
    frequency = {name: view[:240].sum(axis=0) + 0.5 for name, view in views.items()}
    tokens = sum(view.sum() for view in rest.values())
    plain = sum((rest[name] * np.log(frequency[name] / frequency[name].sum())).sum() for name in rest) / tokens
    assert model.score(rest, given.collections[240:]) > plain + 0.4


def check_one_row_equals_batch(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    views = given.of(model)
    batch = model.transform(views, given.collections)
    one = model.transform({name: view[7:8] for name, view in views.items()}, given.collections[7:8])
    np.testing.assert_allclose(one[0], batch[7], atol=1e-5)


def check_any_subset_of_views_is_told(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    views = given.of(model)
    whole = model.transform(views, given.collections)
    for name, view in views.items():
        rich = view.sum(axis=1) >= 6
        part = model.transform({name: view}, given.collections)
        shuffled = whole[np.random.default_rng(2).permutation(len(whole))]
        overlap, chance = (np.minimum(part, other).sum(axis=1)[rich].mean() for other in (whole, shuffled))
        assert overlap > max(0.65, chance + 0.2)


def check_an_empty_document_has_the_mean_of_the_prior(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    shares = model.transform({"words": given.views["words"][2:3]}, given.collections[2:3])
    np.testing.assert_allclose(shares[0], model.alpha_ / model.alpha_.sum(), atol=1e-6)


def check_further_documents_are_learned_from(make: Make) -> None:
    given, model = made(documents=500), make()
    views, labels = given.of(model), given.collections

    def part(start: int, end: int) -> tuple[dict[str, np.ndarray], list[str]]:
        return {name: view[start:end] for name, view in views.items()}, labels[start:end]

    few = model.fit(*part(0, 60)).score(*part(300, 500))
    shape = model.topic_word_["words"].shape
    more = model.partial_fit(*part(60, 300)).score(*part(300, 500))
    assert model.doc_topic_.shape == (240, shape[0])
    assert model.topic_word_["words"].shape == shape
    for words in model.topic_word_.values():
        np.testing.assert_allclose(words.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(model.doc_topic_.sum(axis=1), 1, atol=1e-6)
    assert more > few + 0.01
    whole = make().fit(*part(0, 300)).score(*part(300, 500))
    assert more > whole - 0.1


def check_the_first_part_fits_and_any_views_may_follow(make: Make) -> None:
    given = made()
    model, other = make(), make()
    first = model.partial_fit(given.of(model), given.collections).doc_topic_
    np.testing.assert_array_equal(first, fitted(make, given).doc_topic_)
    other.fit(given.of(other), given.collections)
    words = {"words": given.views["words"][:9]}
    for each in (model, other):
        each.partial_fit(words, given.collections[:9])
        assert each.doc_topic_.shape[0] == 9
    np.testing.assert_array_equal(model.topic_word_["words"], other.topic_word_["words"])
    with pytest.raises(InvalidInput, match="no view 'sound' was fitted"):
        model.partial_fit({"sound": given.views["words"]}, given.collections)


def check_same_seed_same_result(make: Make) -> None:
    given = made()
    first, second = fitted(make, given), fitted(lambda: clone(make()), given)
    for key, words in first.topic_word_.items():
        np.testing.assert_array_equal(words, second.topic_word_[key])
    np.testing.assert_array_equal(first.doc_topic_, second.doc_topic_)


def check_threads_change_nothing(make: Make) -> None:
    if "n_jobs" not in make().get_params():
        return
    given = made()
    one, two = fitted(make, given), fitted(lambda: make().set_params(n_jobs=2), given)
    np.testing.assert_array_equal(one.doc_topic_, two.doc_topic_)


def check_order_of_documents_changes_nothing(make: Make) -> None:
    if takes_one_view(make()):
        return
    given = made()
    order = np.random.default_rng(5).permutation(240)
    turned = Made(
        {name: view[order] for name, view in given.views.items()},
        [given.collections[place] for place in order],
        given.words,
        given.shares,
    )
    one, other = fitted(make, given), fitted(make, turned)
    # Two equal documents may change places.
    single = order > 1
    np.testing.assert_allclose(one.doc_topic_[order][single], other.doc_topic_[single], atol=1e-9)
    np.testing.assert_allclose(one.topic_word_["words"], other.topic_word_["words"], atol=1e-9)


def check_sparse_equals_dense_and_input_is_left_alone(make: Make) -> None:
    given = made()
    kept = {name: view.copy() for name, view in given.views.items()}
    dense = fitted(make, given)
    sparse = {name: csr_matrix(view) for name, view in given.of(make()).items()}
    other = make().fit(sparse, given.collections)
    np.testing.assert_array_equal(dense.doc_topic_, other.doc_topic_)
    for name, view in given.views.items():
        np.testing.assert_array_equal(view, kept[name])


def check_pickle(make: Make) -> None:
    given = made()
    model = fitted(make, given)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(model.transform(given.of(model)), again.transform(given.of(model)))


def check_constructor_only_stores(make: Make) -> None:
    model = make()
    assert not [name for name in vars(model) if name.endswith("_")]
    assert set(vars(model)) == set(model.get_params())


def check_errors_name_the_view(make: Make) -> None:
    given = made()
    views = given.of(make())
    with pytest.raises(InvalidInput, match="one view of counts or more"):
        make().fit({})
    with pytest.raises(InvalidInput, match="no document holds anything in"):
        make().fit({name: np.zeros_like(view) for name, view in views.items()}, given.collections)
    for wrong in (-1.0, np.nan, np.inf):
        bad = views["words"].astype(float)
        bad[3, 2] = wrong
        with pytest.raises(InvalidInput, match="'words' holds values that are no counts"):
            make().fit({**views, "words": bad}, given.collections)
    with pytest.raises(InvalidInput, match="aligned"):
        make().fit({**views, "places": np.ones((3, 4))}, given.collections)
    with pytest.raises(InvalidInput, match=r"collections must have shape \(240,\)"):
        make().fit(views, given.collections[:5])
    with pytest.raises(InvalidInput, match="'words' must be a matrix with columns"):
        make().fit({**views, "words": np.ones(240)}, given.collections)
    model = make().fit(views, given.collections)
    with pytest.raises(InvalidInput, match="no view 'sound' was fitted"):
        model.transform({"sound": views["words"]})
    with pytest.raises(InvalidInput, match="'words' has 60 columns, got 5"):
        model.transform({"words": views["words"][:, :5]})


TOPIC_CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]

"""Every exported topic model against the contract, and each against what is known of it."""

import pytest

import topics
from ontology.errors import InvalidInput
from tests.topics.checks_topics import TOPIC_CHECKS, made

# Small settings, so that the checks take little time.
SETTINGS = {
    "AspectTopicModel": {"n_topics": 4},
    "CCLDA": {"n_topics": 4},
    "CCMix": {"n_topics": 4, "background": 0.0},
    "CorrLDA": {"n_topics": 4, "sweeps": 60},
    "DynamicLDA": {"n_topics": 4},
    "GensimLDA": {"n_topics": 4, "chunk": 60},
    "HDP": {"most_topics": 12, "sweeps": 60},
    "LDA": {"n_topics": 4},
    "MDRF": {"n_topics": 4},
    "MFCTM": {"n_topics": 4},
    "TrMMLDA": {"n_topics": 4},
}


@pytest.mark.parametrize("check", TOPIC_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", [*topics.MODELS, "LDA by sampling"])
def test_contract(name, check):
    model = getattr(topics, name.split()[0])
    settings = SETTINGS[name.split()[0]] | ({"sweeps": 60} if "sampling" in name else {})
    check(lambda: model(**settings))


def test_an_unknown_name_is_no_model():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        topics.Nothing  # noqa: B018


@pytest.mark.parametrize("name", ["CCLDA", "CCMix", "DynamicLDA"])
def test_models_of_collections_want_them(name):
    with pytest.raises(InvalidInput, match="say which"):
        getattr(topics, name)(**SETTINGS[name]).fit(made().views)


@pytest.mark.parametrize(("name", "wrong"), [("n_topics", 0), ("alpha", 0.0), ("eta", -1.0), ("passes", 0)])
def test_parameters_out_of_range_are_named(name, wrong):
    with pytest.raises(InvalidInput, match=name):
        topics.LDA(**{name: wrong}).fit(made().views)


def test_sampling_wants_whole_numbers():
    views = {"words": made().views["words"] * 0.5}
    topics.LDA(n_topics=4).fit(views)
    with pytest.raises(InvalidInput, match="whole numbers"):
        topics.LDA(n_topics=4, sweeps=2).fit(views)

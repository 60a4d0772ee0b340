"""Topic, event and aspect models.

The models are imported when they are first asked for: they compile their inner loops, and who only reads events should
not wait for that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topics.aspect_model import AspectTopicModel
    from topics.base import TopicModel
    from topics.cclda import CCLDA
    from topics.ccmix import CCMix
    from topics.corr_lda import CorrLDA
    from topics.dynamic import DynamicLDA
    from topics.gensim_lda import GensimLDA
    from topics.hdp import HDP
    from topics.lda import LDA
    from topics.mdrf import MDRF
    from topics.mf_ctm import MFCTM
    from topics.tr_mmlda import TrMMLDA

__all__ = [
    "CCLDA",
    "HDP",
    "LDA",
    "MDRF",
    "MFCTM",
    "AspectTopicModel",
    "CCMix",
    "CorrLDA",
    "DynamicLDA",
    "GensimLDA",
    "TopicModel",
    "TrMMLDA",
]

_HOMES = {
    "AspectTopicModel": "aspect_model",
    "CCLDA": "cclda",
    "CCMix": "ccmix",
    "CorrLDA": "corr_lda",
    "DynamicLDA": "dynamic",
    "GensimLDA": "gensim_lda",
    "HDP": "hdp",
    "LDA": "lda",
    "MDRF": "mdrf",
    "MFCTM": "mf_ctm",
    "TopicModel": "base",
    "TrMMLDA": "tr_mmlda",
}

MODELS = tuple(name for name in __all__ if name != "TopicModel")
"""The names of all models that can be chosen, for what must hold of all of them."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"topics.{_HOMES[name]}"), name)

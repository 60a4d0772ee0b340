"""Media in, views, links and rankings out; never sees the store."""

from correlate.base import CrossModalModel
from correlate.cca import CCA
from correlate.gmlda import GMLDA
from correlate.gmmfa import GMMFA
from correlate.kernel_cca import KernelCCA
from correlate.lcfs import LCFS
from correlate.multiview_cca import MultiviewCCA
from correlate.pls import PLS
from correlate.pmd import PMD
from correlate.ridge_labels import RidgeLabels
from correlate.scm import SCM
from correlate.sm import SM
from correlate.sparse_cca import SparseCCA
from correlate.structured_sparse_cca import StructuredSparseCCA

MODELS: tuple[type[CrossModalModel], ...] = (
    RidgeLabels,
    LCFS,
    CCA,
    KernelCCA,
    SparseCCA,
    PMD,
    StructuredSparseCCA,
    MultiviewCCA,
    PLS,
    SM,
    SCM,
    GMLDA,
    GMMFA,
)
"""Every method that can be chosen, for what must hold of all of them."""

__all__ = ["MODELS", "CrossModalModel", *(model.__name__ for model in MODELS)]

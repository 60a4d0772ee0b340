"""Media in, views, links and rankings out; never sees the store."""

from correlate.base import CrossModalModel
from correlate.cca import CCA
from correlate.cmsrm import BiCMSRM, UniCMSRM
from correlate.early_fusion import EarlyFusion
from correlate.gmlda import GMLDA
from correlate.gmmfa import GMMFA
from correlate.info_nce import InfoNCE
from correlate.kernel_cca import KernelCCA
from correlate.kernel_fusion import KernelFusion
from correlate.late_fusion import LateFusion
from correlate.lcfs import LCFS
from correlate.lrbs import LRBS
from correlate.multiview_cca import MultiviewCCA
from correlate.pamir import PAMIR
from correlate.pls import PLS
from correlate.pmd import PMD
from correlate.posteriors import Posteriors
from correlate.ridge_labels import RidgeLabels
from correlate.scm import SCM
from correlate.selection import HeterogeneousSelection
from correlate.sm import SM
from correlate.sparse_cca import SparseCCA
from correlate.ssi import SSI
from correlate.structured_sparse_cca import StructuredSparseCCA
from correlate.transfer import SubspaceAlignment

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
    PAMIR,
    SSI,
    UniCMSRM,
    BiCMSRM,
    InfoNCE,
    Posteriors,
    EarlyFusion,
    LateFusion,
    KernelFusion,
    HeterogeneousSelection,
    LRBS,
    SubspaceAlignment,
)
"""Every method that can be chosen, for what must hold of all of them."""

__all__ = ["MODELS", "CrossModalModel", *(model.__name__ for model in MODELS)]

"""Media in, views, links and rankings out; never sees the store."""

from correlate.base import CrossModalModel
from correlate.cca import CCA

__all__ = ["CCA", "CrossModalModel"]

MODELS: tuple[type[CrossModalModel], ...] = (CCA,)
"""Every method that can be chosen, for what must hold of all of them."""

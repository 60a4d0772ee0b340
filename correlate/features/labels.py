"""The bridge from pictures to words without joint weights: the names of what a picture shows, as one vector of text.

Source: Norouzi et al., Zero-shot learning by convex combination of semantic embeddings (ConSE), ICLR 2014. It knows the
1,000 nouns of ImageNet and nothing else.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from correlate.features.image import class_names
from correlate.features.text import TextEncoder

TOP: Final = 10


class LabelBridge:
    """Maps class probabilities into the space of a text encoder."""

    def __init__(self, encoder: TextEncoder) -> None:
        self.encoder = encoder

    @cached_property
    def _names(self) -> np.ndarray:
        """1000 x 384: computed at first use, in about a second."""
        return self.encoder.encode([f"a photo of a {name}" for name in class_names()])

    def embed(self, probabilities: np.ndarray) -> np.ndarray:
        """Give n x 384 float32 unit rows: the mean of the ten likeliest names' vectors, weighted by their probability.

        `probabilities` is n x 1000.
        """
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
        weights = np.take_along_axis(probabilities, best, axis=1)
        means = np.einsum("nk,nkd->nd", weights, self._names[best])
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        unit: np.ndarray = (means / np.maximum(norms, np.finfo(np.float32).tiny)).astype(np.float32)
        return unit

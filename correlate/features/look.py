"""A picture as its views see it: in one size, in the colour spaces that they ask for, each made once."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from correlate.features.encoders import Encoders
from correlate.features.image import rgb
from correlate.features.scaling import Floats

Bytes = NDArray[np.uint8]

SIDE: Final = 256
"""Pixels of the longest side: views do not depend on the size in which a picture is kept."""
NARROWEST: Final = 32


class Look:
    """One decoded picture of any size and mode, and the encoders that read meanings from it."""

    def __init__(self, picture: Image.Image, encoders: Encoders | None = None) -> None:
        self.picture = rgb(picture)
        self._encoders = encoders

    @cached_property
    def colours(self) -> Bytes:
        """Red, green and blue (h, w, 3), the longest side 256, the other at least 32."""
        scale = SIDE / max(self.picture.size)
        width, height = (max(NARROWEST, round(side * scale)) for side in self.picture.size)
        return np.asarray(self.picture.resize((width, height), Image.Resampling.BICUBIC))

    @cached_property
    def grey(self) -> Bytes:
        """Brightness (h, w)."""
        import cv2

        return np.asarray(cv2.cvtColor(self.colours, cv2.COLOR_RGB2GRAY), np.uint8)

    @cached_property
    def hsv(self) -> Bytes:
        """Hue in [0, 180), saturation and value in [0, 255] (h, w, 3)."""
        import cv2

        return np.asarray(cv2.cvtColor(self.colours, cv2.COLOR_RGB2HSV), np.uint8)

    @cached_property
    def lab(self) -> Floats:
        """CIE L* in [0, 100], a* and b* (h, w, 3)."""
        import cv2

        return np.asarray(cv2.cvtColor(self.colours.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)

    @cached_property
    def understood(self) -> tuple[Floats, Floats]:
        """What the image encoder makes of it: a unit vector (1, 1280) and class probabilities (1, 1000)."""
        return self.encoders.image.encode([self.picture])

    @cached_property
    def encoders(self) -> Encoders:
        """The encoders given, else new ones."""
        return self._encoders or Encoders()

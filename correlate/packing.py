"""Arrays as text, so that what was learned can be kept among the settings of a store."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def pack(arrays: Mapping[str, NDArray[np.generic]]) -> str:
    """Named arrays of numbers or texts as one word of letters, compressed; the same arrays give the same text.

    >>> unpack(pack({"words": np.arange(3)}))["words"].tolist()
    [0, 1, 2]
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unpack(text: str) -> dict[str, NDArray[np.generic]]:
    """Read back what `pack` wrote."""
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}

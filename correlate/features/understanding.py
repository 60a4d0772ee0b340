"""What was read from one object: what a stage of features gives back for each object it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ontology.model import Annotation, Failure

Rows = tuple[tuple[str, np.ndarray], ...]
"""Vectors of one view, each with the fragment that it shows (empty for the whole object)."""


@dataclass(frozen=True, slots=True, eq=False)
class Understanding:
    """Annotations, views (name to rows) and payloads (name to bytes) of the object with id `object`.

    `warnings` say what was left out, when an object could be read only in part.
    """

    object: str
    annotations: tuple[Annotation, ...] = ()
    views: Mapping[str, Rows] = field(default_factory=dict)
    payloads: Mapping[str, bytes] = field(default_factory=dict)
    warnings: tuple[Failure, ...] = ()

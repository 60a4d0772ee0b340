"""Codebooks of views, kept in the store so that new objects are placed without learning anything again.

A codebook is learned on a fixed sample of the objects that are there when it is first needed, and again when there are
twice as many, up to the size of the sample: what grew from ten photos is not described by their corners for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from correlate.features.codebook import Learned
from correlate.features.viewing import HOLDS, Samples
from correlate.features.views import ViewKind
from correlate.packing import pack, unpack
from kg.store import Store
from ontology.model import MediaObject, stable_id

SAMPLE: Final = 1000
"""Objects that a codebook is learned from at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A codebook as it is kept: the version of its view, of how many objects it was learned, and the arrays.

    `digest` changes with the arrays; `learned` is None where the objects held nothing to learn from.
    """

    version: str
    objects: int
    digest: str
    learned: Learned | None

    def serves(self, kind: ViewKind, objects: int) -> bool:
        """Whether it is still the one to use for a view that so many objects could be learned from."""
        return self.version == kind.version and (objects < 2 * self.objects or objects <= self.objects)


def read_codebooks(store: Store, kinds: Sequence[ViewKind]) -> dict[str, Kept]:
    """The codebooks of these views that have been learned, by the name of the view."""
    kept = {kind.name: store.setting(_setting(kind)) for kind in kinds if kind.book is not None}
    return {name: _read(text) for name, text in kept.items() if text}


def sample_of(kind: ViewKind, items: Sequence[MediaObject]) -> list[MediaObject]:
    """The objects that the codebook of a view is learned from: always the same of the same objects."""
    mine = (item for item in items if kind.medium in HOLDS[item.modality])
    return sorted(mine, key=lambda item: stable_id("sample", item.id))[:SAMPLE]


def learn_codebook(store: Store, kind: ViewKind, items: Sequence[MediaObject], gathered: Mapping[str, Samples]) -> Kept:
    """Learn the codebook of a view from what was gathered of each of these objects, and keep it."""
    learned = kind.learn([row for item in items for row in gathered[item.id].get(kind.name, ())])
    arrays = None if learned is None else pack(learned)
    digest = hashlib.sha256((arrays or "").encode()).hexdigest()[:16]
    text = json.dumps({"version": kind.version, "objects": len(items), "digest": digest, "arrays": arrays})
    store.set_setting(_setting(kind), text)
    return Kept(kind.version, len(items), digest, learned)


def _setting(kind: ViewKind) -> str:
    return f"codebook {kind.name}"


def _read(text: str) -> Kept:
    kept = json.loads(text)
    learned = None if kept["arrays"] is None else unpack(kept["arrays"])
    return Kept(kept["version"], kept["objects"], kept["digest"], learned)

"""What a search gives and what the service asks of a searcher, so that the pages know no method of searching."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ontology.model import Modality


@dataclass(frozen=True, slots=True)
class Hit:
    """An object found: the score it was ranked by, and why it was found, a phrase each, for a person."""

    object: str
    score: float
    reasons: tuple[str, ...]


class Searcher(Protocol):
    """Finds objects of any medium by a query of any medium, best first. `modality` is that of what is found."""

    def words(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects that plain words describe. Nothing that a person types is an error."""
        ...

    def content(self, path: Path, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects like the file at `path`, of whatever medium it is. Raises `InvalidInput` if it cannot be read."""
        ...

    def related(self, object_id: str, *, modality: Modality | None = None, limit: int = 20) -> list[Hit]:
        """Objects that belong with a kept one. Raises `NotFound` if there is none of that id."""
        ...

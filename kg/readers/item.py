"""What a reader yields: the records of one item and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.readers.values import one_line
from ontology.model import Failure, MediaObject, Severity, Source

STAGE = "ingest"
_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """One file or row: `name` as the user knows it (`photos/bridge.jpg`, `posts.jsonl:12`), what became of it, and what
    was wrong. Neither records nor failures: the item was read as a part of another, like a photo of a page.
    """

    name: str
    records: tuple[Source | MediaObject, ...] = ()
    failures: tuple[Failure, ...] = ()


class Problems:
    """Collects what is wrong with one item and with the side-cars it was read with.

    All reasons of one name become one failure, since a store keeps one entry for an item at a stage; it is an error
    when one of them is.
    """

    def __init__(self, collection: str, item: str) -> None:
        self.collection = collection
        self.item = item
        self._reasons: dict[str, list[str]] = {}
        self._errors: set[str] = set()

    def warn(self, reason: str, item: str | None = None) -> None:
        """Note that something was taken otherwise than it was given."""
        reasons = self._reasons.setdefault(item or self.item, [])
        if reason not in reasons:
            reasons.append(reason)

    def fail(self, reason: str, item: str | None = None) -> None:
        """Note that something could not be taken."""
        self.warn(reason, item)
        self._errors.add(item or self.item)

    def failures(self) -> tuple[Failure, ...]:
        """One failure for each name, in the order in which they were noted."""
        return tuple(self._failure(name, reasons) for name, reasons in self._reasons.items())

    def _failure(self, name: str, reasons: list[str]) -> Failure:
        severity: Severity = "error" if name in self._errors else "warning"
        reason = one_line("; ".join(reasons))
        if len(reason) > _LONGEST_REASON:
            reason = reason[:_LONGEST_REASON] + "..."
        return Failure(self.collection, name, STAGE, reason, severity)

"""Decisions for tests, each a minute after the one before unless said otherwise."""

from datetime import UTC, datetime, timedelta

from ontology.model import Action, Decision

FIRST = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def decision(
    action: Action, subject: str, target: str | None = None, kind: str = "", note: str = "", minute: int = 0
) -> Decision:
    """What Anna decided."""
    return Decision(action, subject, target, kind, note, "anna", FIRST + timedelta(minutes=minute))

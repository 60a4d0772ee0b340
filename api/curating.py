"""From what a person says, on the command line or over HTTP, to a decision; and decisions as programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.present import Json
from kg.deciding import about, kind_of
from kg.store import Store
from ontology.errors import InvalidInput, NotFound
from ontology.model import Action, Correlation, Decision

LONGEST_NOTE = 10_000


def decision_dict(decision: Decision) -> Json:
    """A decision; its time in full, because it is a part of what was decided."""
    return {
        "id": decision.id,
        "action": decision.action,
        "subject": decision.subject,
        "target": decision.target,
        "kind": decision.kind,
        "note": decision.note,
        "by": decision.by,
        "at": decision.at.isoformat(),
    }


def said(
    store: Store, action: Action, things: Sequence[str], note: str, by: str, now: datetime, kind: str = ""
) -> Decision:
    """The decision that a person means by an action on one or two ids: a link, or its two ends (then `kind` may name
    one kind of link); two events or sources to merge; one thing to annotate.

    Raises `NotFound` for ids that are not there, `InvalidInput` and `Conflict` for what cannot be decided.
    """
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(f"a note has at most {LONGEST_NOTE} characters, got {len(note)}")
    if action == "annotate":
        if len(things) != 1 or kind:
            raise InvalidInput("a note is about one thing, named by its id alone")
        return Decision(action, things[0], None, kind_of(store, things[0]), note.strip(), by, now)
    if len(things) == 1 and action != "merge":
        link = _link(store, things[0])
        return Decision(action, link.subject, link.target, link.kind, note.strip(), by, now)
    if len(things) != 2:
        raise InvalidInput(f"to {action} takes two ids" + ("" if action == "merge" else ", or that of a link"))
    subject, target, found = about(store, action, *things)
    if kind and found:
        raise InvalidInput(f"kind names a kind of link between two objects; this is about {found}")
    return Decision(action, subject, target, kind or found, note.strip(), by, now)


def _link(store: Store, link_id: str) -> Correlation:
    found = store.get(Correlation, [link_id])
    if not found:
        raise NotFound(f"no link {link_id[:200]!r}; name a link by its id, or two objects")
    return found[link_id]

"""Decisions over HTTP: what was decided is read by everybody, who has a key decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from api import keys, parameters
from api.curating import decision_dict, said
from api.paging import paginate
from api.present import correlation_dict
from api.responses import json_response, page_dict
from api.service import service
from kg.curation import in_time
from kg.deciding import decide, withdraw
from ontology.errors import InvalidInput, NotFound
from ontology.model import ACTIONS, Action, Correlation, Decision

blueprint = Blueprint("curation", __name__, url_prefix="/api/v1")

LARGEST = 2**16
FIELDS = ("action", "link", "subject", "target", "kind", "note")


@blueprint.get("/decisions")
def decisions() -> Response:
    """A page of what was decided, the latest first."""
    parameters.only("about", "action", "limit", "cursor")
    thing, action = parameters.text("about"), parameters.text("action")
    if action is not None and action not in ACTIONS:
        raise InvalidInput(f"action must be one of {', '.join(ACTIONS)}, got {action[:80]!r}")
    found = [
        word
        for word in reversed(in_time(service().store.scan(Decision)))
        if thing in (None, word.subject, word.target) and action in (None, word.action)
    ]
    page = paginate(found, parameters.number("limit", 50, 500), parameters.text("cursor"), lambda word: word.id)
    return json_response(page_dict(page, [decision_dict(word) for word in page.items]))


@blueprint.get("/decisions/<id:decision_id>")
def decision(decision_id: str) -> Response:
    """One decision."""
    parameters.only()
    return json_response(decision_dict(_decision(decision_id)))


@blueprint.post("/decisions")
def add_decision() -> Response:
    """Keep a decision of who sends the key."""
    by = keys.writer()
    parameters.only()
    asked = _body()
    things = [asked["link"]] if "link" in asked else [asked[name] for name in ("subject", "target") if name in asked]
    if "link" in asked and {"subject", "target", "kind"} & asked.keys():
        raise InvalidInput("name a link by its id, or by subject and target, not both")
    made = said(
        service().store, _action(asked), things, asked.get("note", ""), by, datetime.now(UTC), asked.get("kind", "")
    )
    response = json_response({"decision": decision_dict(made), "links": _links(decide(service().store, [made]))})
    response.status_code = 201
    return response


@blueprint.delete("/decisions/<id:decision_id>")
def remove_decision(decision_id: str) -> Response:
    """Take a decision back."""
    keys.writer()
    parameters.only()
    gone = _decision(decision_id)
    return json_response({"decision": decision_dict(gone), "links": _links(withdraw(service().store, [decision_id]))})


def _decision(decision_id: str) -> Decision:
    found = service().store.get(Decision, [decision_id])
    if decision_id not in found:
        raise NotFound(f"no decision {decision_id[:200]!r}")
    return found[decision_id]


def _links(changed: list[Correlation]) -> list[Any]:
    return [correlation_dict(link) for link in changed]


def _body() -> dict[str, str]:
    """The fields of a JSON object, all of them text."""
    if not request.is_json:
        raise UnsupportedMediaType("a decision is sent as application/json")
    request.max_content_length = LARGEST
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise InvalidInput("a decision is sent as a JSON object")
    for name, value in asked.items():
        if name not in FIELDS:
            raise InvalidInput(f"no field {name[:80]!r} in a decision; there are: {', '.join(FIELDS)}")
        if not isinstance(value, str):
            raise InvalidInput(f"{name} of a decision must be text, got {str(value)[:80]!r}")
    return asked


def _action(asked: dict[str, str]) -> Action:
    for action in ACTIONS:
        if asked.get("action") == action:
            return action
    raise InvalidInput(f"action must be one of {', '.join(ACTIONS)}, got {asked.get('action', '')[:80]!r}")

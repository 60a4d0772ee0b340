"""Events over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response

from api import parameters
from api.paging import paginate
from api.present import event_line
from api.responses import json_response, page_dict
from api.selection import ORDERS, EventFilter, Order
from api.service import service
from ontology.errors import InvalidInput, NotFound
from ontology.model import Event

blueprint = Blueprint("events", __name__, url_prefix="/api/v1")


def asked_order() -> Order:
    """The order asked for, newest first if none."""
    value = parameters.text("order") or "newest"
    if value not in ORDERS:
        raise InvalidInput(f"order must be one of {', '.join(ORDERS)}, got {value[:80]!r}")
    return value


def asked_filter() -> EventFilter:
    """The filter that the parameters ask for."""
    return EventFilter(
        words=parameters.query(),
        start=parameters.moment("from"),
        end=parameters.moment("to", end=True),
        source=parameters.text("source"),
        modality=parameters.modality(),
    )


def event_of(event_id: str) -> Event:
    """The event of that id. Raises `NotFound`."""
    found = service().store.get(Event, [event_id])
    if event_id not in found:
        raise NotFound(f"no event {event_id[:200]!r}")
    return found[event_id]


@blueprint.get("/events")
def events() -> Response:
    """A page of events."""
    parameters.only("q", "from", "to", "source", "modality", "order", "limit", "cursor")
    chosen = asked_filter().select(service().catalogue.lines().events, asked_order())
    page = paginate(chosen, parameters.number("limit", 20, 200), parameters.text("cursor"), lambda line: line.id)
    shown = service().store.get(Event, [line.id for line in page.items])
    return json_response(page_dict(page, [event_line(event) for event in shown.values()]))


@blueprint.get("/events/<id:event_id>")
def event(event_id: str) -> Response:
    """One event."""
    parameters.only()
    return json_response(event_line(event_of(event_id)))

"""Whether the service works, and the description of its HTTP API."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from api import parameters
from api.paging import paginate
from api.present import failure_dict
from api.responses import json_response, page_dict
from api.service import service
from ontology.model import Annotation, Correlation, Decision, Event, Failure, MediaObject, Source
from ontology.topic import Topic

blueprint = Blueprint("health", __name__)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    read: dict[str, Any] = json.loads((Path(__file__).parent.parent / "openapi.json").read_text("utf-8"))
    return read


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 with the number of records of each kind if the store answers, else 503."""
    store = service().store
    counts = {
        "sources": store.count(Source),
        "objects": store.count(MediaObject),
        "annotations": store.count(Annotation),
        "correlations": store.count(Correlation),
        "events": store.count(Event),
        "topics": store.count(Topic),
        "failures": store.count(Failure),
        "decisions": store.count(Decision),
    }
    return json_response({"status": "ok", "counts": counts})


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of the HTTP API."""
    return json_response(description())


@blueprint.get("/api/v1/failures")
def failures() -> Response:
    """A page of the items that could not be taken, or not as they were given."""
    parameters.only("limit", "cursor")
    kept = list(service().store.scan(Failure))
    page = paginate(kept, parameters.number("limit", 100, 1000), parameters.text("cursor"), lambda entry: entry.id)
    return json_response(page_dict(page, [failure_dict(entry) for entry in page.items]))

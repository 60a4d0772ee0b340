"""Where an event can be explored in Neo4j Browser, if the service was told of one."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app

from api import parameters
from api.resources.events import event_of
from api.responses import json_response
from kg.neo4j_queries import browser_link

NAME = "NEO4J_BROWSER"

blueprint = Blueprint("neo4j", __name__, url_prefix="/api/v1")


def configure(app: Flask, browser: str | None) -> None:
    """Lead to the Neo4j Browser at that address, or to none. Raises `InvalidInput` for what is no address."""
    if browser is not None:
        browser_link(browser, "")
    app.config[NAME] = browser


@blueprint.app_template_global()
def neo4j_link(event_id: str) -> str | None:
    """The address that opens an event in Neo4j Browser; None if there is none."""
    browser = current_app.config.get(NAME)
    return None if browser is None else browser_link(browser, event_id)


@blueprint.get("/events/<id:event_id>/neo4j")
def neo4j(event_id: str) -> Response:
    """The address that opens an event in Neo4j Browser, or null."""
    parameters.only()
    return json_response({"browser": neo4j_link(event_of(event_id).id)})

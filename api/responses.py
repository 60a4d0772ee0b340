"""Answers to programs: one way to write JSON, and the headers by which a client need not fetch twice."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from api.paging import Page
from api.present import Json, json_text


def json_response(value: object) -> Response:
    """`value` as JSON in UTF-8."""
    return Response(json_text(value).encode("utf-8", "replace"), mimetype="application/json")


def page_dict(page: Page[Any], items: list[Json]) -> Json:
    """A page of a list: the items as shown, how many there are in all, and the address of the next page or None."""
    following = None
    if page.next is not None:
        following = f"{request.path}?{urlencode(request.args.to_dict() | {'cursor': page.next})}"
    return {"items": items, "total": page.total, "cursor": page.next, "next": following}


def conditional(response: Response) -> Response:
    """Tag a whole answer to GET by its content, and answer 304 if the client has it."""
    plain = response.status_code == 200 and not response.direct_passthrough and not response.is_streamed
    if plain and request.method in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.add_etag()
        response.make_conditional(request)
    return response

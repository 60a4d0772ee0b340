"""What an error becomes on its way out: a status, and problem+json (RFC 9457) for programs or a page for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from api.present import json_text
from ontology.errors import Conflict, CrossmediaError, InvalidInput, NotFound, StoreUnavailable

log = logging.getLogger(__name__)

STATUS: Final[Mapping[type[CrossmediaError], HTTPStatus]] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_SECONDS: Final = "5"


def is_api() -> bool:
    """Whether a program asks: its errors are problem+json, those of people are pages."""
    return request.path.startswith(("/api/", "/healthz", "/openapi.json"))


def error_response(status: HTTPStatus, detail: str) -> Response:
    """The response to a request that failed: `detail` says what was wrong, for a person."""
    if is_api():
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        body = json_text(problem | {"instance": request.path})
        return Response(body.encode("utf-8", "replace"), status, mimetype="application/problem+json")
    return Response(render_template("error.html", status=status, detail=detail), status, mimetype="text/html")


def on_crossmedia_error(error: CrossmediaError) -> Response:
    """Answer with the status of the error's class and its own words."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error_response(status, str(error))
    log.error("%s %s: %s", request.method, request.path, error)
    response = error_response(status, "The store cannot be reached or written now; the log of the service says why.")
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def on_http_error(error: HTTPException) -> Response | HTTPException:
    """Answer what Flask itself refuses (no such address, too large, wrong method); a redirect passes."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    response = error_response(HTTPStatus(error.code), error.description or "")
    for name in ("Allow", "Content-Range", "Accept-Ranges", "WWW-Authenticate"):
        value = dict(error.get_headers()).get(name)
        if value is not None:
            response.headers[name] = value
    return response


def register(app: Flask) -> None:
    """Let `app` answer errors so."""
    app.register_error_handler(CrossmediaError, on_crossmedia_error)
    app.register_error_handler(HTTPException, on_http_error)

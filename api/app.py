"""The web service: the HTTP API and the pages over one store, safe to leave running on a machine with a browser.

Only names of this machine are answered to (else any web site could read the store through a name that it points here),
nothing that a page shows can run a script, and no GET changes anything.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import Forbidden
from werkzeug.routing import BaseConverter

from api import errors, keys, networks, querying
from api.catalogue import Catalogue
from api.hits import Searcher
from api.resources import curation, events, graph, health, media, neo4j, objects, search, sparql, topics
from api.responses import conditional
from api.service import NAME, Service
from api.web import decisions, graph_view, pages, questions, topic_pages, wording
from kg.store import Store
from ontology.errors import InvalidInput

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LARGEST_UPLOAD = 64 * 2**20
FORM_MARGIN = 2**16

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


RESOURCES = (
    events, objects, topics, search, media, health, curation, graph, sparql, questions, neo4j, pages, topic_pages,
    graph_view, decisions,
)  # fmt: skip


class IdConverter(BaseConverter):
    """An id of any characters as a part of a path; slashes in it are written as `%2F`."""

    regex = "(?s:.+?)"
    part_isolating = False
    weight = 200

    def to_url(self, value: str) -> str:
        """Percent-encode everything but letters, digits and `_.-~`."""
        return quote(value, safe="")


def _guard_host(hosts: Collection[str]) -> None:
    given = request.headers.get("Host", "")
    match = re.fullmatch(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?", given.lower())
    if match is None or (match[1] or match[2]) not in hosts:
        raise InvalidInput(f"this service does not answer to the host name {given[:200]!r}")


def _guard_origin() -> None:
    """Refuse a form that another site sends through the reader's browser: it could feed files to our decoders."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and origin.partition("://")[2] != request.headers.get("Host"):
        raise Forbidden("forms are taken from pages of this service only")


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def create_app(
    store: Store,
    searcher: Searcher,
    *,
    content_root: Path | None = None,
    hosts: Collection[str] = LOOPBACK,
    largest_upload: int = LARGEST_UPLOAD,
    writers: keys.Keys | None = None,
) -> Flask:
    """The service over `store` and `searcher`, as a WSGI application.

    `content_root` is the folder that relative locations of content start from; if given, no file outside of it is
    served. `hosts` are the host names answered to, without port; `largest_upload` is in bytes;
    `writers` are who may decide, nobody without.
    """
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config["MAX_CONTENT_LENGTH"] = largest_upload + FORM_MARGIN
    app.extensions[NAME] = Service(store, searcher, Catalogue(store), content_root)
    app.extensions[keys.NAME] = writers or keys.Keys()
    app.extensions[networks.NAME] = networks.Networks(store)
    app.extensions[querying.NAME] = querying.engine(store)
    weakref.finalize(app, app.extensions[querying.NAME].close)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = IdConverter
    names = frozenset(name.strip("[]").lower() for name in hosts)
    app.before_request(lambda: _guard_host(names))
    app.before_request(_guard_origin)
    app.after_request(_secure)
    app.after_request(conditional)
    errors.register(app)
    wording.register(app)
    for module in RESOURCES:
        app.register_blueprint(module.blueprint)
    return app

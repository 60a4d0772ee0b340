"""Objects, what was read from them, and their stored links, over HTTP."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, url_for

from api import parameters
from api.paging import paginate
from api.present import Json, annotation_dict, correlation_dict, object_dict, source_dict
from api.responses import json_response, page_dict
from api.selection import ObjectFilter
from api.service import service
from ontology.errors import NotFound
from ontology.model import Correlation, MediaObject, Source

blueprint = Blueprint("objects", __name__, url_prefix="/api/v1")


def object_of(object_id: str) -> MediaObject:
    """The object of that id. Raises `NotFound`."""
    found = service().store.get(MediaObject, [object_id])
    if object_id not in found:
        raise NotFound(f"no object {object_id[:200]!r}")
    return found[object_id]


def sources_of(items: Iterable[MediaObject]) -> dict[str, Source]:
    """The sources of objects, by id."""
    return service().store.get(Source, dict.fromkeys(item.source for item in items))


def links_of(item: MediaObject) -> Json:
    """Where more about an object is."""
    return {
        "self": url_for("objects.one", object_id=item.id),
        "related": url_for("objects.related", object_id=item.id),
        "content": url_for("media.content", object_id=item.id),
        "thumbnail": url_for("media.thumbnail", object_id=item.id),
        "page": url_for("pages.object_page", object_id=item.id),
    }


def asked_filter() -> ObjectFilter:
    """The filter that the parameters ask for."""
    return ObjectFilter(
        modality=parameters.modality(),
        source=parameters.text("source"),
        collection=parameters.text("collection"),
        document=parameters.text("document"),
        start=parameters.moment("from"),
        end=parameters.moment("to", end=True),
    )


@blueprint.get("/sources")
def sources() -> Response:
    """All sources, by id."""
    parameters.only("limit", "cursor")
    kept = list(service().store.scan(Source))
    limit = parameters.number("limit", 100, 1000)
    page = paginate(kept, limit, parameters.text("cursor"), lambda source: source.id)
    return json_response(page_dict(page, [source_dict(source) for source in page.items]))


@blueprint.get("/objects")
def objects() -> Response:
    """A page of objects, by id."""
    parameters.only("modality", "source", "collection", "document", "from", "to", "limit", "cursor")
    chosen = asked_filter().select(service().catalogue.lines().objects)
    page = paginate(chosen, parameters.number("limit", 50, 500), parameters.text("cursor"), lambda line: line.id)
    items = list(service().store.get(MediaObject, [line.id for line in page.items]).values())
    published_by = sources_of(items)
    shown = [object_dict(item, published_by.get(item.source)) | {"links": links_of(item)} for item in items]
    return json_response(page_dict(page, shown))


@blueprint.get("/objects/<id:object_id>")
def one(object_id: str) -> Response:
    """One object with what was read from it and the events it tells of."""
    parameters.only()
    store = service().store
    item = object_of(object_id)
    read = store.annotations([object_id]).get(object_id, [])
    return json_response(
        object_dict(item, sources_of([item]).get(item.source))
        | {
            "annotations": [annotation_dict(annotation) for annotation in read],
            "events": store.events_of([object_id]).get(object_id, []),
            "links": links_of(item),
        }
    )


def other_end(link: Correlation, object_id: str) -> str:
    """The object that a link joins with `object_id`."""
    return link.target if link.subject == object_id else link.subject


@blueprint.get("/objects/<id:object_id>/related")
def related(object_id: str) -> Response:
    """A page of the stored links of one object, heaviest first, with the object at the other end."""
    parameters.only("modality", "limit", "cursor")
    store = service().store
    object_of(object_id)
    links = store.neighbours([object_id], modality=parameters.modality())
    page = paginate(links, parameters.number("limit", 20, 500), parameters.text("cursor"), lambda link: link.id)
    others = store.get(MediaObject, [other_end(link, object_id) for link in page.items])
    published_by = sources_of(others.values())
    shown = []
    for link in page.items:
        other = others.get(other_end(link, object_id))
        if other is not None:  # else it was removed since the links were read
            shown.append(correlation_dict(link) | {"object": object_dict(other, published_by.get(other.source))})
    return json_response(page_dict(page, shown))

"""The pages: events, one event, objects, one object, search, and what could not be taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, render_template, request

from api import parameters
from api.catalogue import object_line
from api.hits import Hit
from api.resources.events import asked_filter as asked_events
from api.resources.events import asked_order, event_of
from api.resources.objects import asked_filter as asked_objects
from api.resources.objects import object_of
from api.resources.search import hits_by_file, hits_by_query, require_form, uploaded
from api.resources.topics import topic_of
from api.selection import ORDERS
from api.service import service
from api.web.cards import cards, event_cards
from api.web.event_view import event_view
from api.web.numbered import numbered
from api.web.object_view import object_view
from ontology.errors import InvalidInput, NotFound
from ontology.model import MODALITIES, Event, Failure, MediaObject, Segment, Source

EVENTS_A_PAGE: Final = 24
OBJECTS_A_PAGE: Final = 48
FAILURES_A_PAGE: Final = 100
HITS: Final = 30

blueprint = Blueprint("pages", __name__)


def asked() -> dict[str, str]:
    """What the form asked for last, to fill it in again and to lead to the next page."""
    return {name: value for name, value in request.args.to_dict().items() if value and name != "page"}


def all_sources() -> list[Source]:
    """All sources by name, to choose from."""
    return sorted(service().store.scan(Source), key=lambda source: (source.name.casefold(), source.id))


@blueprint.get("/")
def events_page() -> str:
    """All events, or those that the filter asks for."""
    parameters.only("q", "from", "to", "source", "modality", "order", "page")
    chosen = asked_events().select(service().catalogue.lines().events, asked_order())
    page = numbered([line.id for line in chosen], EVENTS_A_PAGE)
    shown = list(service().store.get(Event, page.items).values())
    return render_template(
        "events.html",
        page=page,
        cards=event_cards(shown),
        asked=asked(),
        sources=all_sources(),
        modalities=MODALITIES,
        orders=ORDERS,
    )


@blueprint.get("/events/<id:event_id>")
def event_page(event_id: str) -> str:
    """One event in six aspects."""
    parameters.only()
    return render_template("event.html", view=event_view(event_of(event_id)))


def ids_among(objects: Sequence[str]) -> list[str]:
    """Those of some objects, in their order, that pass the filter."""
    items = service().store.get(MediaObject, objects)
    return [line.id for line in asked_objects().select([object_line(item) for item in items.values()])]


@blueprint.get("/objects")
def objects_page() -> str:
    """All objects, or those that the filter asks for; of an event or a topic, by weight, if one is named."""
    parameters.only("event", "topic", "modality", "source", "from", "to", "page")
    event_id, topic_id = parameters.text("event"), parameters.text("topic")
    event = event_of(event_id) if event_id is not None else None
    topic = topic_of(topic_id) if topic_id is not None else None
    if event is not None:
        chosen = ids_among([member.object for member in event.members])
    elif topic is not None:
        shares = service().store.topic_shares([topic.id], "topic", about="object")
        chosen = ids_among([share.subject for share in shares])
    else:
        chosen = [line.id for line in asked_objects().select(service().catalogue.lines().objects)]
    page = numbered(chosen, OBJECTS_A_PAGE)
    return render_template(
        "objects.html",
        page=page,
        cards=list(cards(page.items).values()),
        event=event,
        topic=topic,
        asked=asked(),
        sources=all_sources(),
        modalities=MODALITIES,
    )


@blueprint.get("/objects/<id:object_id>")
def object_page(object_id: str) -> str:
    """One object; `segment` is the fragment to mark."""
    parameters.only("segment")
    item = object_of(object_id)
    segment = Segment.parse(object_id, parameters.text("segment") or "")
    return render_template("object.html", view=object_view(item, segment))


def search_results(hits: list[Hit], **shown: Any) -> str:
    """The search page with what was found."""
    known = cards(hit.object for hit in hits[:HITS])
    found = [(hit, known[hit.object]) for hit in hits[:HITS] if hit.object in known]
    return render_template("search.html", found=found, more=len(hits) > HITS, modalities=MODALITIES, **shown)


@blueprint.get("/search")
def search_page() -> str:
    """The search box; with a question asked, what answers it. Words that are an id of an object ask for that one."""
    parameters.only("q", "object", "modality")
    words, kept = parameters.query(), parameters.text("object")
    asked_object = next(iter(service().store.get(MediaObject, [kept or words or ""]).values()), None)
    if kept is not None and asked_object is None:
        raise NotFound(f"no object {kept[:200]!r}")
    if asked_object is not None:
        hits = service().searcher.related(asked_object.id, modality=parameters.modality(), limit=HITS + 1)
    else:
        hits = hits_by_query(HITS + 1) if words else []
    nothing = words is None and kept is None
    return search_results(hits, asked=asked(), like=asked_object, file=None, idle=nothing)


@blueprint.post("/search")
def search_by_file() -> str:
    """What is like the file sent. Nothing is kept."""
    require_form()
    upload = uploaded()
    if upload is None:
        raise InvalidInput("no file was chosen")
    hits = hits_by_file(upload, HITS + 1)
    shown = {"modality": parameters.modality() or ""}
    return search_results(hits, asked=shown, like=None, file=upload.filename, idle=False)


@blueprint.get("/failures")
def failures_page() -> str:
    """What could not be taken, or not as it was given, and why."""
    parameters.only("page")
    return render_template("failures.html", page=numbered(list(service().store.scan(Failure)), FAILURES_A_PAGE))

"""The page of what people decided, and what the other pages say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from flask import Blueprint, current_app, render_template, url_for

from api import keys, parameters
from api.service import service
from api.web.numbered import numbered
from api.web.wording import heading
from kg.curation import in_time
from ontology.model import Decision, Event, MediaObject, Source

blueprint = Blueprint("decided", __name__)

DECISIONS_A_PAGE: Final = 100


@blueprint.app_template_global()
def may_decide() -> bool:
    """Whether the service takes decisions from anybody: only then do pages offer to decide."""
    return bool(cast(keys.Keys, current_app.extensions[keys.NAME]).digests)


def about(thing: str, decisions: Sequence[Decision]) -> list[Decision]:
    """Those decisions that are about an object, an event or a source."""
    return [word for word in decisions if thing in (word.subject, word.target)]


@blueprint.get("/decisions")
def decisions_page() -> str:
    """Everything that was decided, the latest first."""
    parameters.only("page")
    page = numbered(latest_first(), DECISIONS_A_PAGE)
    return render_template("decisions.html", page=page, named=named(page.items))


def named(decisions: Sequence[Decision]) -> dict[str, tuple[str, str | None]]:
    """For each thing that is named by its id, what to call it and the address of its page."""
    ids = {end for word in decisions for end in (word.subject, word.target) if end}
    store = service().store
    found: dict[str, tuple[str, str | None]] = {id_: (id_, None) for id_ in ids}
    for source in store.get(Source, ids).values():
        found[source.id] = source.name, url_for("pages.objects_page", source=source.id)
    for event in store.get(Event, ids).values():
        found[event.id] = event.title or event.id, url_for("pages.event_page", event_id=event.id)
    for item in store.get(MediaObject, ids).values():
        found[item.id] = heading(item), url_for("pages.object_page", object_id=item.id)
    return found


def latest_first() -> list[Decision]:
    """All decisions."""
    return in_time(service().store.scan(Decision))[::-1]

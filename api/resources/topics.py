"""Topics, their shares in objects and events, the runs that learned them and what became of them, over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response

from api import parameters, topic_runs
from api.paging import paginate
from api.resources.events import event_of
from api.resources.objects import object_of
from api.responses import json_response, page_dict
from api.service import service
from api.topic_views import (
    change_dict,
    described,
    history,
    ordered,
    share_dict,
    slice_dict,
    successors,
    timeline,
    topic_dict,
    topic_line,
)
from ontology.errors import InvalidInput, NotFound
from ontology.topic import ABOUT, About, Topic, TopicShare

blueprint = Blueprint("topics", __name__, url_prefix="/api/v1")


def topic_of(topic_id: str) -> Topic:
    """The topic of that id. Raises `NotFound`, which says what one that is gone went into."""
    found = service().store.get(Topic, [topic_id])
    if topic_id not in found:
        later = successors(service().store, topic_id)
        raise NotFound(f"no topic {topic_id[:200]!r}" + (f"; it went into {', '.join(later)}" if later else ""))
    return found[topic_id]


def asked_topics() -> list[Topic]:
    """The topics that the parameters `run` and `q` ask for: words that must all be in the label or among its words."""
    run, words = parameters.text("run"), (parameters.query() or "").casefold().split()
    found = [topic for topic in service().store.scan(Topic) if run in (None, topic.run)]
    return ordered(topic for topic in found if all(word in _told(topic) for word in words))


def _told(topic: Topic) -> str:
    return "\n".join((topic.label, *(word.value for word in topic.words))).casefold()


def asked_about() -> About | None:
    """What shares are asked for: those in objects, in events, or in both."""
    value = parameters.text("about")
    if value is not None and value not in ABOUT:
        raise InvalidInput(f"about must be one of {', '.join(ABOUT)}, got {value[:80]!r}")
    return value


@blueprint.get("/topics")
def topics() -> Response:
    """A page of topics."""
    parameters.only("run", "q", "limit", "cursor")
    limit = parameters.number("limit", 50, 500)
    page = paginate(asked_topics(), limit, parameters.text("cursor"), lambda topic: topic.id)
    return json_response(page_dict(page, [topic_line(topic) for topic in page.items]))


@blueprint.get("/topics/<id:topic_id>")
def topic(topic_id: str) -> Response:
    """One topic with its words, what sets collections apart, what shows it, its events and its time."""
    parameters.only()
    found = topic_of(topic_id)
    shares = service().store.topic_shares([topic_id], "topic")
    published = service().catalogue.published()
    told = [share_dict(share) for share in shares if share.about == "event"]
    slices = timeline(shares, published)
    return json_response(topic_dict(found) | {"events": told, "timeline": [slice_dict(one) for one in slices]})


def _shares(shares: list[TopicShare]) -> Response:
    limit = parameters.number("limit", 50, 1000)
    page = paginate(shares, limit, parameters.text("cursor"), lambda share: share.id)
    return json_response(page_dict(page, [share_dict(share) for share in page.items]))


@blueprint.get("/topics/<id:topic_id>/shares")
def shares_of_topic(topic_id: str) -> Response:
    """A page of what a topic has a share in, the largest first."""
    parameters.only("about", "limit", "cursor")
    topic_of(topic_id)
    return _shares(service().store.topic_shares([topic_id], "topic", about=asked_about()))


@blueprint.get("/objects/<id:object_id>/topics")
def topics_of_object(object_id: str) -> Response:
    """A page of the topics of an object, the largest share first."""
    parameters.only("limit", "cursor")
    object_of(object_id)
    return _shares(service().store.topic_shares([object_id], "object"))


@blueprint.get("/events/<id:event_id>/topics")
def topics_of_event(event_id: str) -> Response:
    """A page of the topics of an event, the largest share first."""
    parameters.only("limit", "cursor")
    event_of(event_id)
    return _shares(service().store.topic_shares([event_id], "event"))


@blueprint.get("/topic-runs")
def topic_runs_() -> Response:
    """The runs: which model learned how many topics of what."""
    parameters.only()
    known = topic_runs.runs(service().store)
    return json_response({"items": [described(name, run) for name, run in known.items()]})


@blueprint.get("/topic-changes")
def topic_changes() -> Response:
    """A page of what became of topics, fit by fit."""
    parameters.only("run", "limit", "cursor")
    found = history(service().store, parameters.text("run"))
    limit = parameters.number("limit", 100, 1000)
    page = paginate(found, limit, parameters.text("cursor"), lambda change: change.id)
    return json_response(page_dict(page, [change_dict(change) for change in page.items]))

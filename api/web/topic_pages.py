"""The pages of topics: all of a run, and one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from api import parameters, topic_runs
from api.resources.topics import asked_topics, topic_of
from api.service import service
from api.topic_views import successors
from api.web.pages import asked
from api.web.topic_view import FIELDS, topic_lines, topic_view
from ontology.errors import NotFound

blueprint = Blueprint("topic_pages", __name__)


@blueprint.get("/topics")
def topics_page() -> str:
    """All topics, or those that the filter asks for."""
    parameters.only("run", "q")
    known = topic_runs.runs(service().store)
    lines = topic_lines(asked_topics())
    return render_template("topics.html", lines=lines, runs=known, asked=asked())


@blueprint.get("/topics/<id:topic_id>")
def topic_page(topic_id: str) -> str | Response:
    """One topic; the page of one that is gone leads to the one that it went into."""
    parameters.only()
    try:
        topic = topic_of(topic_id)
    except NotFound:
        later = successors(service().store, topic_id)
        if len(later) != 1:
            raise
        return redirect(url_for("topic_pages.topic_page", topic_id=later[0]))
    run = topic_runs.runs(service().store).get(topic.run)
    return render_template("topic.html", view=topic_view(topic), run=run, names=FIELDS)

"""The page of ready questions: each with a form, its answer, and the same in SPARQL to go on from."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from api import parameters
from api.resources.sparql import NAMES
from api.service import service
from kg import questions
from kg.sparql_text import filled

blueprint = Blueprint("questions", __name__)

LINKED = {
    "event": "event", "object": "object", "counterpart": "object", "photo": "object", "duplicate": "object",
}  # fmt: skip
"""Columns whose values are ids of something that has a page."""
SHOWN = 200


@blueprint.get("/questions")
def questions_page() -> str:
    """All questions; with one chosen its form, and with the form filled in the answer."""
    parameters.only("question", *NAMES)
    name = parameters.text("question")
    if name is None:
        return render_template("questions.html", questions=questions.QUESTIONS.values(), asked=None)
    asked = questions.question(name)
    given = {wanted.name: request.args.get(wanted.name, "") for wanted in asked.parameters}
    rows = query = None
    if all(given.values()):
        rows = questions.ask(service().store, name, given)
        query = filled(asked, list(questions.read(asked, given).values()))
    return render_template(
        "questions.html",
        questions=questions.QUESTIONS.values(),
        asked=asked,
        given=given,
        rows=None if rows is None else [[questions.told(value) for value in row] for row in rows[:SHOWN]],
        more=len(rows or ()) - SHOWN,
        query=query,
        linked=LINKED,
    )

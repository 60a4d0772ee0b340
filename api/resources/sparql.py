"""SPARQL over HTTP (the SPARQL 1.1 Protocol, queries only), and the ready questions answered from the store."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from api import parameters
from api.errors import STATUS
from api.present import json_text
from api.querying import NAME
from api.responses import json_response
from api.service import service
from kg import questions
from kg.sparql import Answer, Engine
from kg.sparql_forms import FORMS, GRAPH_FORMS, ROW_FORMS
from kg.sparql_text import checked, gives_graph
from ontology.errors import CrossmediaError, InvalidInput

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE: Final = "application/sparql-query"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MEDIA_TYPES: Final = {**ROW_FORMS, **GRAPH_FORMS}
HTML: Final = "text/html"
ALIASES: Final = {"application/json": "json", "application/xml": "xml"}
SINGLE: Final = ("query", "format")
GRAPHS: Final = ("default-graph-uri", "named-graph-uri")
SHOWN: Final = 200
"""Rows that the page shows; all can be fetched."""


def engine() -> Engine:
    """What answers queries over the store of the service."""
    return cast(Engine, current_app.extensions[NAME])


def _asked() -> dict[str, list[str]]:
    """The parameters of the request, from its address and its form. Raises `InvalidInput` for others."""
    given = request.values.to_dict(flat=False)
    for name, values in given.items():
        if name == "update":
            raise InvalidInput("updates are refused: the graph is only read")
        if name not in (*SINGLE, *GRAPHS):
            raise InvalidInput(f"no parameter {name[:80]!r} here; there are: {', '.join((*SINGLE, *GRAPHS))}")
        if name in SINGLE and len(values) > 1:
            raise InvalidInput(f"parameter {name!r} is given {len(values)} times")
    if request.method == "POST" and request.mimetype == QUERY_TYPE:
        if "query" in given:
            raise InvalidInput("the query is given twice: in the body and in the address")
        given["query"] = [_body()]
    elif request.method == "POST" and request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType(f"send the query as {QUERY_TYPE}, or as {FORM_TYPE} in a field named 'query'")
    return given


def _body() -> str:
    try:
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the query is not UTF-8: {error}") from error


def _form(query: str, wanted: str) -> str:
    """The form of the answer: the one named, else the one that the client likes best; empty for a page."""
    if wanted:
        if wanted not in FORMS:
            raise InvalidInput(f"format must be one of {', '.join(FORMS)}, got {wanted[:40]!r}")
        return wanted
    forms = GRAPH_FORMS if gives_graph(checked(query)) else ROW_FORMS
    offered = {media_type: form for form, media_type in forms.items()}
    offered |= {alias: form for alias, form in ALIASES.items() if form in forms}
    best = _liked([*offered, HTML])
    if not best:
        raise NotAcceptable(f"the answer is given as one of: {', '.join(offered)}")
    return "" if best == HTML else offered[best]


def _liked(offered: list[str]) -> str:
    """The type that the client likes best, the first if it has no wish; empty if it takes none of them."""
    return request.accept_mimetypes.best_match(offered, "") if request.accept_mimetypes else offered[0]


def _wants_page(*, by_default: bool = False) -> bool:
    """Whether the client likes a page best; one without a wish likes it if `by_default`."""
    return _liked([HTML, *ROW_FORMS.values()] if by_default else [*ROW_FORMS.values(), HTML]) == HTML


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """The answer to a query, in the syntax that is asked for; for a browser, the page to ask on."""
    asked = _asked()
    query = asked.get("query", [""])[0]
    if not query.strip():
        if request.method == "GET" and _wants_page(by_default=True):
            return _page("", None)
        raise InvalidInput("there is no query: give one in the parameter 'query'")
    form = _form(query, asked.get("format", [""])[0])
    default, named = (asked.get(name, []) for name in GRAPHS)
    answer = engine().query(query, form, default_graphs=default, named=named)
    if not form:
        return _page(query, answer)
    response = Response(answer.body, content_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
    response.headers["Vary"] = "Accept"
    return response


def _page(query: str, answer: Answer | None, error: str = "", status: int = HTTPStatus.OK) -> Response:
    shown: dict[str, Any] = {"query": query, "error": error, "rows": None, "columns": (), "text": None, "more": 0}
    if answer is not None and answer.form != "json":
        shown["text"] = answer.body.decode()
    elif answer is not None:
        told = json.loads(answer.body)
        if "boolean" in told:
            shown["text"] = "yes" if told["boolean"] else "no"
        else:
            rows = told["results"]["bindings"]
            shown |= {"columns": told["head"]["vars"], "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN)}
    forms = GRAPH_FORMS if answer is not None and answer.form in GRAPH_FORMS else ROW_FORMS
    body = render_template("sparql.html", forms=list(forms), base=engine().base, **shown)
    return Response(body, status, mimetype=HTML, headers={"Vary": "Accept"})


@blueprint.errorhandler(CrossmediaError)
def on_error(error: CrossmediaError) -> Response:
    """A page that keeps the query for a person, problem+json for a program."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    if request.path == "/sparql" and _wants_page():
        return _page(request.values.get("query", ""), None, str(error), status)
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": str(error)}
    body = json_text(problem | {"instance": request.path}).encode("utf-8", "replace")
    return Response(body, status, mimetype="application/problem+json")


# The ready questions, from the store itself.

NAMES: Final = tuple(
    dict.fromkeys(parameter.name for asked in questions.QUESTIONS.values() for parameter in asked.parameters)
)


@blueprint.get("/api/v1/questions")
def ready_questions() -> Response:
    """The ready questions with their parameters and columns."""
    parameters.only()
    return json_response(
        {
            "items": [
                {
                    "name": asked.name,
                    "question": asked.text,
                    "parameters": [
                        {"name": wanted.name, "type": wanted.sort, "example": wanted.example}
                        for wanted in asked.parameters
                    ],
                    "columns": list(asked.columns),
                }
                for asked in questions.QUESTIONS.values()
            ]
        }
    )


@blueprint.get("/api/v1/answers")
def answers() -> Response:
    """The rows that answer one of the ready questions."""
    parameters.only("question", *NAMES)
    name = parameters.text("question")
    if name is None:
        raise InvalidInput(f"question must be one of {', '.join(questions.QUESTIONS)}")
    given = {key: value for key in NAMES if (value := request.args.get(key))}
    rows = questions.ask(service().store, name, given)
    asked = questions.question(name)
    told = [[questions.told(value) for value in row] for row in rows]
    return json_response({"question": name, "columns": list(asked.columns), "rows": told})

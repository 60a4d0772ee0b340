"""The ready questions: what they are called, what they take, what columns they answer with.

One list for the store, HTTP, SPARQL and Cypher, whose answers are equal; `docs/reference/questions.md` says what each
question means exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Any, Final, Literal

from kg import answers
from kg.answers import Row, Values
from kg.rdf_literals import canonical
from kg.store import Store
from ontology.errors import InvalidInput, NotFound
from ontology.model import ASPECTS

Sort = Literal["id", "words", "time", "number", "aspect"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question takes: an id, words, a time in ISO 8601, a number, or the name of an aspect."""

    name: str
    sort: Sort
    example: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, its parameters, the columns of its rows, and what answers it from a store."""

    name: str
    text: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    answer: Callable[[Store, Values], list[Row]]


EVENT: Final = Parameter("event", "id", "event-0123456789abcdef")
OBJECT: Final = Parameter("object", "id", "article-1")

QUESTIONS: Final[Mapping[str, Question]] = {
    question.name: question
    for question in (
        Question(
            "events-between",
            "Which events touch the time between two moments?",
            (Parameter("from", "time", "2011-03-11"), Parameter("to", "time", "2011-03-12")),
            ("event", "title", "start", "end"),
            answers.events_between,
        ),
        Question(
            "event-evidence",
            "What is the evidence of an event, in every medium?",
            (EVENT,),
            ("aspect", "value", "modality", "object", "segment", "text"),
            answers.event_evidence,
        ),
        Question(
            "why-linked",
            "Why are two objects linked?",
            (OBJECT, Parameter("other", "id", "photo-1")),
            ("kind", "scope", "weight", "method", "status", "reason"),
            answers.why_linked,
        ),
        Question(
            "first-told",
            "Which sources told of an event first?",
            (EVENT,),
            ("source", "name", "first", "object"),
            answers.first_told,
        ),
        Question(
            "related-photos",
            "Which photos are related to an object, with at least a weight?",
            (OBJECT, Parameter("weight", "number", "0.5")),
            ("photo", "title", "weight", "kind", "method", "reason"),
            answers.related_photos,
        ),
        Question(
            "near-duplicates",
            "What are the near duplicates of an object?",
            (OBJECT,),
            ("duplicate", "modality", "source", "weight", "method", "reason"),
            answers.near_duplicates,
        ),
        Question(
            "conflicting-values",
            "Where do sources contradict each other about an aspect of an event?",
            (EVENT, Parameter("aspect", "aspect", "where")),
            ("value", "score", "source", "objects"),
            answers.conflicting_values,
        ),
        Question(
            "objects-of-source",
            "What did a source publish?",
            (Parameter("source", "id", "source-0123456789abcdef"),),
            ("object", "modality", "title", "published"),
            answers.objects_of_source,
        ),
        Question(
            "actor-at-place",
            "Which events have an actor at a place?",
            (Parameter("actor", "words", "minister"), Parameter("place", "words", "Tokyo")),
            ("event", "title", "start", "actor", "place"),
            answers.actor_at_place,
        ),
        Question(
            "recordings-saying",
            "Which recordings say a word, at which second?",
            (Parameter("words", "words", "tsunami"),),
            ("object", "title", "second", "text"),
            answers.recordings_saying,
        ),
        Question(
            "between-events",
            "What connects two events?",
            (EVENT, Parameter("other", "id", "event-fedcba9876543210")),
            ("object", "counterpart", "kind", "weight", "reason"),
            answers.between_events,
        ),
        Question(
            "failures-by-stage",
            "What could not be taken, at which stage?",
            (),
            ("stage", "severity", "items"),
            answers.failures_by_stage,
        ),
    )
}


def question(name: str) -> Question:
    """The question of that name. Raises `NotFound`."""
    if name not in QUESTIONS:
        raise NotFound(f"there is no question {name[:80]!r}; there are: {', '.join(QUESTIONS)}")
    return QUESTIONS[name]


def ask(store: Store, name: str, given: Mapping[str, str]) -> list[Row]:
    """The rows that answer a question, in its order: texts, numbers, times in UTC, and None for what is not known.

    `given` are the parameters as text. Raises `NotFound` for an unknown question, `InvalidInput` for its parameters.
    """
    asked = question(name)
    return asked.answer(store, read(asked, given))


def told(value: Any) -> Any:
    """A value of a row as JSON can hold it: times as ISO 8601 in UTC with all their decimals."""
    return canonical(value) if isinstance(value, datetime) else value


def read(asked: Question, given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of a question from text: texts, floats and times. Raises `InvalidInput`."""
    names = [parameter.name for parameter in asked.parameters]
    unknown = sorted(given.keys() - set(names))
    if unknown:
        raise InvalidInput(
            f"{asked.name} takes no parameter {unknown[0][:80]!r}; it takes: {', '.join(names) or 'none'}"
        )
    return {parameter.name: _value(parameter, given.get(parameter.name, "")) for parameter in asked.parameters}


def _value(parameter: Parameter, text: str) -> Any:
    if not text:
        raise InvalidInput(f"the question needs a value for {parameter.name!r}")
    match parameter.sort:
        case "time":
            return _moment(parameter.name, text, end=parameter.name == "to")
        case "number":
            return _number(parameter.name, text)
        case "aspect" if text not in ASPECTS:
            raise InvalidInput(f"{parameter.name} must be one of {', '.join(ASPECTS)}, got {text[:80]!r}")
        case _:
            return text


def _moment(name: str, text: str, *, end: bool) -> datetime:
    """A date alone is its first moment, as the end of a period its last second."""
    try:
        moment = datetime.fromisoformat(text)
        if end and len(text) <= 10:
            moment = datetime.combine(moment.date(), time.max) - timedelta(microseconds=999_999)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{name} must be a date or time in ISO 8601, got {text[:80]!r}") from None


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise InvalidInput(f"{name} must be a number, got {text[:80]!r}")
    return number

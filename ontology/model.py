"""What exists: the frozen records that every stage takes and gives.

A record holds data and checks its own range; it knows no library and no store. Times are aware and in UTC, weights and
scores lie in [0, 1], ids are text. `MediaObject.reading` fixes the character positions that segments of text refer to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Final, Literal, get_args

from ontology.errors import InvalidInput

Modality = Literal["text", "image", "audio", "video"]
AspectName = Literal["who", "what", "when", "where", "why", "how"]
Status = Literal["proposed", "confirmed", "rejected"]
Severity = Literal["error", "warning"]
Action = Literal["confirm", "reject", "merge", "annotate"]

MODALITIES: Final[tuple[Modality, ...]] = get_args(Modality)
ASPECTS: Final[tuple[AspectName, ...]] = get_args(AspectName)
LONGEST: Final = 1e9
"""No recording is of so many seconds: a time beyond it is a mistake."""
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)


def stable_id(prefix: str, *parts: str) -> str:
    """Give the id of what `parts` describe: the same parts give the same id, on every machine.

    >>> stable_id("source", "Example News")
    'source-e2fa22fa34cf941b'
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return f"{prefix}-{digest.hexdigest()[:16]}"


def check_that(condition: bool, message: str, *named: object) -> None:
    """Raise `InvalidInput` unless something holds; the message has a place for each thing named.

    Records are made by the million and are seldom wrong: what is wrong is put into words only then.
    """
    if not condition:
        raise InvalidInput(message.format(*named))


def check_unit(what: str, value: float, *named: object) -> None:
    """Raise `InvalidInput` for a number outside [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise InvalidInput(f"{what.format(*named)} must lie in [0, 1], got {value!r}")


def check_choice(what: str, value: str, choices: tuple[str, ...], *named: object) -> None:
    """Raise `InvalidInput` for what is none of the choices."""
    if value not in choices:
        raise InvalidInput(f"{what.format(*named)} must be one of {', '.join(choices)}, got {value!r}")


def check_utc(what: str, value: datetime | None, *named: object) -> None:
    """Raise `InvalidInput` for a time that is not in UTC."""
    if value is not None and value.tzinfo is not UTC:
        raise InvalidInput(f"{what.format(*named)} must be in UTC, got {value!r}")


def _check_span(what: str, span: tuple[float, float], most: float) -> None:
    check_that(0 <= span[0] <= span[1] < most, "{} must be 0 <= start <= end, got {}", what, span)


def _seconds(time: float) -> str:
    """Milliseconds are as fine as media are cut; as short as it can be said, with one decimal at least."""
    whole, decimals = f"{abs(time):.3f}".split(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def isoformat(time: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC with seconds, `2011-03-11T05:46:23Z`; None stays None."""
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Source:
    """Who published: a newspaper, an agency, a broadcaster, a person."""

    id: str
    name: str
    kind: str = ""
    url: str | None = None

    def __post_init__(self) -> None:
        check_that(bool(self.id and self.name), "a source needs an id and a name, got {!r}, {!r}", self.id, self.name)


@dataclass(frozen=True, slots=True)
class MediaObject:
    """One item of one modality.

    `source` is the id of its `Source`; `collection` the set it was read with; `document` joins the objects that were
    published as one (an article with its photos). `text` is the body of a text and the caption of any other medium.
    `location` is the path or URL of the content, `checksum` its SHA-256 in hex, `url` where it was published.
    """

    id: str
    modality: Modality
    source: str
    collection: str = ""
    published: datetime | None = None
    document: str | None = None
    title: str = ""
    text: str = ""
    location: str = ""
    checksum: str = ""
    media_type: str = ""
    licence: str | None = None
    language: str | None = None
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_that(bool(self.id), "an object needs an id")
        check_choice("modality of object {!r}", self.modality, MODALITIES, self.id)
        check_that(bool(self.source), "object {!r} needs a source", self.id)
        check_utc("published of object {!r}", self.published, self.id)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def reading(self) -> str:
        """Title, newline, text: what `char=` positions of segments count in, from 0, in code points."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an object: `chars` (start, end) of its reading, `region` (x, y, width, height) in pixels of the upright
    picture, `time` (start, end) in seconds. All None is the whole object.
    """

    object: str
    chars: tuple[int, int] | None = None
    region: tuple[int, int, int, int] | None = None
    time: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_that(bool(self.object), "a segment needs an object")
        if self.chars is not None:
            _check_span("chars", self.chars, inf)
        if self.time is not None:
            _check_span("time", self.time, LONGEST)
        if (region := self.region) is not None:
            check_that(min(region) >= 0 and region[2] > 0 and region[3] > 0, "region is not a box: {}", region)

    @property
    def fragment(self) -> str:
        """The segment as a W3C media fragment (`xywh=`, `t=`) or RFC 5147 (`char=`); empty for the whole.

        >>> Segment("clip", time=(12.0, 14.5), region=(0, 0, 64, 48)).fragment
        't=12.0,14.5&xywh=0,0,64,48'
        """
        parts = []
        if self.chars is not None:
            parts.append(f"char={self.chars[0]},{self.chars[1]}")
        if self.time is not None:
            parts.append(f"t={_seconds(self.time[0])},{_seconds(self.time[1])}")
        if self.region is not None:
            parts.append("xywh=" + ",".join(map(str, self.region)))
        return "&".join(parts)

    @classmethod
    def parse(cls, object_id: str, fragment: str) -> Segment:
        """Read back what `fragment` wrote. Raises `InvalidInput` on anything else."""
        spans: dict[str, str] = {}
        for part in filter(None, fragment.split("&")):
            match = re.fullmatch(r"(char|t|xywh)=([0-9.]+(?:,[0-9.]+)+)", part)
            check_that(match is not None, "not a media fragment: {!r}", fragment)
            assert match is not None
            check_that(match[1] not in spans, "a media fragment names {} once: {!r}", match[1], fragment)
            spans[match[1]] = match[2]
        try:
            chars = tuple(map(int, spans["char"].split(","))) if "char" in spans else None
            region = tuple(map(int, spans["xywh"].split(","))) if "xywh" in spans else None
            time = tuple(map(float, spans["t"].split(","))) if "t" in spans else None
        except ValueError as error:
            raise InvalidInput(f"not a media fragment: {fragment!r}") from error
        for span, length in ((chars, 2), (region, 4), (time, 2)):
            check_that(span is None or len(span) == length, "not a media fragment: {!r}", fragment)
        return cls(object_id, chars, region, time)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something read from a segment of one object by a method.

    `kind` says what sort: `mention` (a name in a text; `type` is the entity type), `label` (what a picture shows;
    `type` is the vocabulary), `speech` (an utterance), `ocr` (a line of writing), `shot` (of a video), `voice`.
    """

    segment: Segment
    kind: str
    value: str
    score: float
    method: str
    type: str = ""

    def __post_init__(self) -> None:
        check_unit("score of {} {!r}", self.score, self.kind, self.value)

    @property
    def id(self) -> str:
        """Stable: the same thing read from the same segment by the same method has the same id."""
        return stable_id(
            "annotation", self.segment.object, self.segment.fragment, self.kind, self.type, self.value, self.method
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was read: an object's segment (as a fragment, empty for the whole) and what it says there."""

    object: str
    segment: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A scored link between two objects.

    `kind` names the relation (`same_document`, `near_duplicate`, `neighbour`, `transcript`, ...), `scope` whether both
    are of one modality, `weight` the probability in [0, 1] that the two belong together, `run` the configuration that
    made it, `reason` why, for a person. Symmetric: `subject` <= `target` by id.
    """

    subject: str
    target: str
    kind: str
    scope: Literal["intra", "inter"]
    weight: float
    method: str
    version: str
    run: str
    reason: str
    status: Status = "proposed"
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        check_unit("weight of {} {!r} - {!r}", self.weight, self.kind, self.subject, self.target)
        ends = (self.subject, self.target)
        check_that(self.subject < self.target, "a link needs subject < target, got {!r}, {!r}", *ends)
        check_choice("scope", self.scope, ("intra", "inter"))
        for piece in self.evidence:
            check_that(piece.object in ends, "the evidence of a link is in one of its ends")
        check_choice("status", self.status, STATUSES)

    @property
    def id(self) -> str:
        """One link of a kind by a method between two objects has one id."""
        return stable_id("correlation", self.kind, self.method, self.subject, self.target)


@dataclass(frozen=True, slots=True)
class Member:
    """An object of an event, or one that shows a topic: the weight in [0, 1] with which it belongs, and why."""

    object: str
    weight: float
    reason: str

    def __post_init__(self) -> None:
        check_unit("weight of member {!r}", self.weight, self.object)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One answer to who, what, when, where, why or how, with where it was read and how many sources say so."""

    name: AspectName
    value: str
    score: float
    sources: int
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        check_choice("aspect", self.name, ASPECTS)
        check_unit("score of {} {!r}", self.score, self.name, self.value)
        told = self.sources >= 1 and bool(self.evidence)
        check_that(told, "{} {!r} needs a source and evidence", self.name, self.value)


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a time and place that several objects tell of. Members by weight; aspects best first."""

    id: str
    title: str
    start: datetime | None
    end: datetime | None
    summary: str
    members: tuple[Member, ...]
    aspects: tuple[Aspect, ...] = ()

    def __post_init__(self) -> None:
        check_that(bool(self.id and self.members), "an event needs an id and members, got {!r}", self.id)
        objects = [member.object for member in self.members]
        check_that(len(set(objects)) == len(objects), "event {!r} names a member twice", self.id)
        check_utc("start of event {!r}", self.start, self.id)
        check_utc("end of event {!r}", self.end, self.id)
        if self.start is not None and self.end is not None:
            check_that(self.start <= self.end, "event {!r} ends before it starts", self.id)

    def aspect(self, name: AspectName) -> tuple[Aspect, ...]:
        """All answers to one question, best first."""
        return tuple(aspect for aspect in self.aspects if aspect.name == name)


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that could not be taken (`error`) or not as it was given (`warning`): which, at what stage, and why.

    `item` names it as the user knows it (a path, a line of a file, an object id).
    """

    collection: str
    item: str
    stage: str
    reason: str
    severity: Severity = "error"

    @property
    def id(self) -> str:
        """One entry for an item at a stage."""
        return stable_id("failure", self.collection, self.item, self.stage)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, and when. It outlives every build, also one that removes and reads again what it is about.

    `confirm` and `reject` say whether `subject` and `target` belong together: two objects by a link of that `kind`
    (empty: by whatever kind), or an object and an event (`kind` is `member`). `merge` says that two events or two
    sources (`kind` is `event` or `source`) are one. `annotate` puts a `note` on a subject and has no target.
    Symmetric: `subject` < `target` by id. Ids need not be known to a store. Of decisions on the same thing the latest
    holds.
    """

    action: Action
    subject: str
    target: str | None
    kind: str
    note: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        check_choice("action of a decision", self.action, ACTIONS)
        check_that(bool(self.subject and self.by), "a decision needs a subject and who made it, got {!r}", self)
        check_that(self.at is not None, "a decision on {!r} needs a time", self.subject)
        check_utc("time of the decision on {!r}", self.at, self.subject)
        if self.action == "annotate":
            check_that(
                self.target is None and bool(self.note), "a note on {!r} needs words and no target", self.subject
            )
        else:
            ordered = self.target is not None and self.subject < self.target
            check_that(ordered, "to {} needs subject < target, got {!r}, {!r}", self.action, self.subject, self.target)

    @property
    def id(self) -> str:
        """Of all that was decided: a decision is never changed, another one is made after it."""
        return stable_id(
            "decision", self.action, self.subject, self.target or "", self.kind, self.note, self.by, self.at.isoformat()
        )

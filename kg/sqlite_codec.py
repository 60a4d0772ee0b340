"""How records lie in the tables of the SQLite store: one `Table` for each kind that is one row a record.

Times are ISO 8601 text with their microseconds, mappings and evidence of links are JSON text. Reading back gives a
record equal to the one that was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kg.store import Record
from ontology.errors import InvalidInput
from ontology.model import Annotation, Correlation, Decision, Event, Evidence, Failure, MediaObject, Segment, Source
from ontology.topic import Topic, TopicChange, TopicShare

Row = tuple[Any, ...]

# Equal content is written in one way only: sorted, without blanks, all letters as they are.
JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_from_json: Final = json.JSONDecoder().raw_decode

# The order in which the kinds of one batch are written: what others refer to comes first.
KINDS: Final[tuple[type[Record], ...]] = (
    Source, MediaObject, Annotation, Correlation, Event, Failure, Decision, Topic, TopicShare, TopicChange,
)  # fmt: skip


def by_kind(records: Iterable[Record]) -> dict[type[Record], list[Any]]:
    """Sort a batch by kind. Raises `InvalidInput` for what is no record."""
    batch: dict[type[Record], list[Any]] = {kind: [] for kind in KINDS}
    for record in records:
        if type(record) not in batch:
            raise InvalidInput(f"not a record that a store keeps: {record!r:.80}")
        batch[type(record)].append(record)
    return batch


def time_text(time: datetime | None) -> str | None:
    """Write a time with its microseconds."""
    return None if time is None else time.isoformat()


def time_read(text: str | None) -> datetime | None:
    """Read what `time_text` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def _source_row(source: Source) -> Row:
    return source.id, source.name, source.kind, source.url


def _object_row(item: MediaObject) -> Row:
    return (
        item.id, item.modality, item.source, item.collection, time_text(item.published), item.document, item.title,
        item.text, item.location, item.checksum, item.media_type, item.licence, item.language, item.url,
        JSON.encode(dict(item.metadata)) if item.metadata else "",
    )  # fmt: skip


def _object(row: Row) -> MediaObject:
    fields = [*row[:4], time_read(row[4]), *row[5:14]]
    if row[14]:
        fields.append(_from_json(row[14])[0])
    return MediaObject(*fields)


def _annotation_row(annotation: Annotation) -> Row:
    segment = annotation.segment
    chars, time = segment.chars or (-1, -1), segment.time or (-1.0, -1.0)
    region = ",".join(map(str, segment.region or ()))
    return (
        annotation.id, segment.object, float(time[0]), float(time[1]), int(chars[0]), int(chars[1]), region,
        annotation.kind, annotation.type, annotation.value, float(annotation.score), annotation.method,
    )  # fmt: skip


def _annotation(row: Row) -> Annotation:
    _, item, time_start, time_end, char_start, char_end, region, kind, type_, value, score, method = row
    segment = Segment(
        item,
        chars=None if char_start < 0 else (char_start, char_end),
        region=tuple(map(int, region.split(","))) if region else None,  # type: ignore[arg-type]
        time=None if time_start < 0 else (time_start, time_end),
    )
    return Annotation(segment, kind, value, score, method, type_)


def _correlation_row(link: Correlation) -> Row:
    evidence = [[piece.object, piece.segment, piece.text] for piece in link.evidence]
    return (
        link.id, link.subject, link.target, link.kind, link.scope, float(link.weight), link.method, link.version,
        link.run, link.reason, link.status, JSON.encode(evidence) if evidence else "[]",
    )  # fmt: skip


def _correlation(row: Row) -> Correlation:
    evidence = () if row[11] == "[]" else tuple([Evidence(*piece) for piece in _from_json(row[11])[0]])
    fields = [*row[1:11], evidence]
    return Correlation(*fields)


def _failure_row(failure: Failure) -> Row:
    return failure.id, failure.collection, failure.item, failure.stage, failure.reason, failure.severity


def _decision_row(decision: Decision) -> Row:
    return (
        decision.id, decision.action, decision.subject, decision.target, decision.kind, decision.note, decision.by,
        time_text(decision.at),
    )  # fmt: skip


def _decision(row: Row) -> Decision:
    fields = [*row[1:7], datetime.fromisoformat(row[7])]
    return Decision(*fields)


def _share_row(share: TopicShare) -> Row:
    ends = (share.subject, None) if share.about == "object" else (None, share.subject)
    return share.id, share.topic, *ends, float(share.weight), share.method, share.run


def _share(row: Row) -> TopicShare:
    _, topic, item, event, *rest = row
    return TopicShare(topic, "object" if event is None else "event", item if event is None else event, *rest)


def _change_row(change: TopicChange) -> Row:
    before, after = JSON.encode(change.before), JSON.encode(change.after)
    return change.id, change.run, change.fit, change.change, before, after


def _change(row: Row) -> TopicChange:
    _, run, fit, change, before, after = row
    return TopicChange(run, fit, change, tuple(json.loads(before)), tuple(json.loads(after)))


@dataclass(frozen=True, slots=True)
class Table:
    """Where one kind of record lies: its columns (`id` first), the way in and out, and the order of a scan."""

    name: str
    columns: tuple[str, ...]
    encode: Callable[[Any], Row]
    decode: Callable[[Row], Any]
    place: tuple[str, ...] = ("id",)
    start: Row = ("",)

    def upsert(self) -> str:
        """Insert or replace by id; a row that is there already with the same content is not touched."""
        columns, values = _list(self.columns), _list("?" * len(self.columns))
        rest = self.columns[1:]
        excluded = [f"excluded.{column}" for column in rest]
        pairs = _list([f"{column} = {new}" for column, new in zip(rest, excluded, strict=True)])
        old = _list([f"{self.name}.{column}" for column in rest])
        return (
            f"INSERT INTO {self.name} ({columns}) VALUES ({values}) "  # noqa: S608 - names from this module alone
            f"ON CONFLICT (id) DO UPDATE SET {pairs} WHERE ({old}) IS NOT ({_list(excluded)})"
        )

    def wanted(self) -> str:
        """Rows of the ids in `wanted`, in their order."""
        return (
            f"SELECT {self.named()} FROM wanted CROSS JOIN {self.name} ON {self.name}.id = wanted.id "  # noqa: S608
            "ORDER BY wanted.position"
        )

    def page(self) -> str:
        """The next rows after a place, in order."""
        place = _list(self.place)
        return (
            f"SELECT {_list(self.columns)} FROM {self.name} "  # noqa: S608
            f"WHERE ({place}) > ({_list('?' * len(self.place))}) ORDER BY {place} LIMIT ?"
        )

    def place_of(self, row: Row) -> Row:
        """Where a row stands in that order."""
        return tuple(row[self.columns.index(column)] for column in self.place)

    def named(self) -> str:
        """The columns with the name of their table before them."""
        return _list([f"{self.name}.{column}" for column in self.columns])


def _list(columns: Sequence[str]) -> str:
    return ", ".join(columns)


TABLES: Final[dict[type[Any], Table]] = {
    Source: Table("source", ("id", "name", "kind", "url"), _source_row, lambda row: Source(*row)),
    MediaObject: Table(
        "object",
        (
            "id", "modality", "source", "collection", "published", "document", "title", "text", "location",
            "checksum", "media_type", "licence", "language", "url", "metadata",
        ),
        _object_row,
        _object,
    ),
    Annotation: Table(
        "annotation",
        (
            "id", "object", "time_start", "time_end", "char_start", "char_end", "region", "kind", "type", "value",
            "score", "method",
        ),
        _annotation_row,
        _annotation,
        ("object", "time_start", "time_end", "char_start", "char_end", "id"),
        ("", -2.0, -2.0, -2, -2, ""),
    ),
    Correlation: Table(
        "correlation",
        (
            "id", "subject", "target", "kind", "scope", "weight", "method", "version", "run", "reason", "status",
            "evidence",
        ),
        _correlation_row,
        _correlation,
    ),
    Failure: Table(
        "failure",
        ("id", "collection", "item", "stage", "reason", "severity"),
        _failure_row,
        lambda row: Failure(*row[1:]),
    ),
    Decision: Table(
        "decision",
        ("id", "action", "subject", "target", "kind", "note", "made_by", "made_at"),
        _decision_row,
        _decision,
    ),
    TopicShare: Table(
        "topic_share", ("id", "topic", "object", "event", "weight", "method", "run"), _share_row, _share
    ),
    TopicChange: Table("topic_change", ("id", "run", "fit", "change", "before", "after"), _change_row, _change),
}  # fmt: skip

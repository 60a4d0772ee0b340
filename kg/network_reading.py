"""A graph that a person worked on in another program, read back as decisions.

Only what a person can decide is taken: the status of links, memberships and notes that were changed, and the decisions
that a JSON file carries. Everything else of the file is left alone: a graph is made by builds. Files are hostile: a
document type, and with it any entity, is refused, and sizes are bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from kg.curation import MEMBER, holding, word_on
from kg.store import Store
from ontology.errors import InvalidInput
from ontology.model import ACTIONS, Action, Correlation, Decision

LARGEST: Final = 2**28
DEEPEST: Final = 32
ACTION_OF: Final[Mapping[str, Action]] = {"confirmed": "confirm", "rejected": "reject"}
CHUNK: Final = 2**16

Row = dict[str, str]


@dataclass(slots=True)
class Curated:
    """What a file says: nodes by key, edges with their ends in `source` and `target`, and decisions that it carries."""

    nodes: dict[str, Row] = field(default_factory=dict)
    edges: list[Row] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def read(path: Path) -> Curated:
    """Read a GraphML or JSON file, told apart by how it begins. Raises `InvalidInput` for anything else."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InvalidInput(f"{path.name!r} has {size} bytes, a graph to read has at most {LARGEST}")
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror}") from error
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{":
        return read_json(content)
    if start == b"<":
        return read_graphml(content)
    raise InvalidInput(f"{path.name!r} is neither JSON nor GraphML: it begins with {content[:20]!r}")


# JSON.


def read_json(content: bytes) -> Curated:
    """Read what `kg.network_writing` wrote as JSON."""
    try:
        graph = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not a graph in JSON: {str(error)[:200]}") from error
    lists = {name: graph.get(name, []) for name in ("nodes", "edges", "decisions")}
    for name, rows in lists.items():
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise InvalidInput(f"{name} of a graph in JSON must be a list of objects")
    nodes = [_row(row) for row in lists["nodes"]]
    found = Curated({row.get("key", ""): row for row in nodes}, [_row(row) for row in lists["edges"]])
    found.decisions.extend(map(decision_of, lists["decisions"]))
    return found


def _row(row: Mapping[str, Any]) -> Row:
    return {name: value if isinstance(value, str) else str(value) for name, value in row.items() if value is not None}


def decision_of(row: Mapping[str, Any]) -> Decision:
    """A decision from its fields as text. Raises `InvalidInput` if one is missing or not what it must be."""
    texts = {name: row.get(name) for name in ("action", "subject", "target", "kind", "note", "by", "at")}
    wrong = [name for name, value in texts.items() if not isinstance(value, str) and (name, value) != ("target", None)]
    if wrong:
        raise InvalidInput(f"{wrong[0]} of a decision must be text, got {texts[wrong[0]]!r:.80}")
    action = str(texts["action"])
    if action not in ACTIONS:
        raise InvalidInput(f"action of a decision must be one of {', '.join(ACTIONS)}, got {action[:80]!r}")
    at = moment(str(texts["at"]))
    rest = {name: texts[name] for name in ("subject", "target", "kind", "note", "by")}
    return Decision(action=action, at=at, **rest)  # type: ignore[arg-type]


def moment(text: str) -> datetime:
    """A time in ISO 8601 with its zone. Raises `InvalidInput`."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(f"the time of a decision must be in ISO 8601 with a zone, got {text[:80]!r}")


# GraphML.


def read_graphml(content: bytes) -> Curated:
    """Read GraphML of any program that kept the names of attributes."""
    reader = _GraphML()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    parser.buffer_text = True
    try:
        for at in range(0, len(content), CHUNK):
            parser.Parse(content[at : at + CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InvalidInput(f"not GraphML: {error}") from error
    except (ValueError, LookupError) as error:  # an encoding that is not known
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"not GraphML: {error}") from error
    if not reader.graph:
        raise InvalidInput("not GraphML: it has no element `graphml`")
    return reader.found


class _GraphML:
    """What expat calls: keeps the attributes of the node or edge that it is in."""

    def __init__(self) -> None:
        self.found = Curated()
        self.graph = False
        self._names: dict[str, str] = {}
        self._row: Row | None = None
        self._name: str | None = None
        self._text: list[str] = []
        self._depth = 0

    def refuse(self, *_: object) -> None:
        raise InvalidInput("a graph must not declare a document type: its entities could read files or fill the memory")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InvalidInput(f"GraphML is nested deeper than {DEEPEST}")
        element = tag.rpartition(" ")[2]
        self.graph |= element == "graphml"
        if element == "key":
            self._names[attributes.get("id", "")] = attributes.get("attr.name", "")
        elif element in ("node", "edge"):
            self._row = dict(attributes)
            if element == "node":
                self.found.nodes[attributes.get("id", "")] = self._row
            else:
                self.found.edges.append(self._row)
        elif element == "data":
            self._name, self._text = self._names.get(attributes.get("key", "")), []

    def characters(self, text: str) -> None:
        if self._name is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        element = tag.rpartition(" ")[2]
        if element == "data" and self._name and self._row is not None and self._name not in ("source", "target"):
            self._row[self._name] = "".join(self._text)
        if element == "data":
            self._name = None
        elif element in ("node", "edge"):
            self._row = None


# Decisions.


def wishes(found: Curated, store: Store, by: str, now: datetime) -> list[Decision]:
    """The decisions in which a file differs from a store: those that it carries, and for each link, membership and note
    that was changed in it one by `by` at `now`, or by whom the file says if it is the same.
    """
    kept = {decision.id: decision for decision in store.scan(Decision)}
    carried = [decision for decision in found.decisions if decision.id not in kept]
    known = [*kept.values(), *carried]
    latest = holding(known)
    links = store.get(Correlation, [row.get("key") or row.get("id", "") for row in found.edges])
    new = [*carried]
    for row in found.edges:
        wished = ACTION_OF.get(row.get("status", ""))
        ends = _ends(row, found.nodes)
        if wished is None or ends is None:
            continue
        link = links.get(row.get("key") or row.get("id", ""))
        word = latest.get((*ends, row.get("kind", ""))) if link is None else word_on(link, latest)
        if word is None or word.action != wished:
            new.append(_decided(row, wished, ends, by, now))
    return [*new, *_notes(found, known, by, now)]


def _ends(row: Row, nodes: Mapping[str, Row]) -> tuple[str, str] | None:
    """The ids that an edge joins, in order, if it joins objects, or an object and an event as its member."""
    kinds: list[str] = []
    ids: list[str] = []
    for end in (row.get("source", ""), row.get("target", "")):
        kind, _, id_ = end.partition(":")
        node = nodes.get(end, {})
        kinds.append(node.get("kind", kind))
        ids.append(node.get("id", id_) if node.get("id", id_) != end else id_)
    ids.sort()
    pair = sorted(kinds) == ["object", "object"] or (sorted(kinds) == ["event", "object"] and row.get("kind") == MEMBER)
    return (ids[0], ids[1]) if pair and ids[0] != ids[1] else None


def _decided(row: Row, wished: Action, ends: tuple[str, str], by: str, now: datetime) -> Decision:
    kind, note = row.get("kind", ""), row.get("decision_note", "")
    if row.get("decision") == wished and row.get("decided_by") and row.get("decided_at"):
        return Decision(wished, *ends, kind, note, row["decided_by"], moment(row["decided_at"]))
    return Decision(wished, *ends, kind, "", by, now)


def _notes(found: Curated, known: Sequence[Decision], by: str, now: datetime) -> Iterator[Decision]:
    """Lines of notes that nobody has made yet."""
    made = {(word.subject, line) for word in known if word.action == "annotate" for line in _lines(word)}
    for key, row in found.nodes.items():
        kind, _, id_ = key.partition(":")
        if kind not in ("object", "event", "source"):
            continue
        for line in row.get("note", "").splitlines():
            if line.strip() and (id_, line.strip()) not in made:
                yield Decision("annotate", id_, None, kind, line.strip(), by, now)


def _lines(word: Decision) -> Iterator[str]:
    """How the lines of a note are shown: as they are, the last one with who said it and when."""
    lines = [line.strip() for line in word.note.splitlines() if line.strip()]
    yield from lines
    if lines:
        yield f"{lines[-1]} ({word.by}, {word.at:%Y-%m-%d})"

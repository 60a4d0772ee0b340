"""What records have in common as lines: shared nodes, parts of objects with their selectors, evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from kg.rdf_literals import double, integer, literal
from ontology import terms
from ontology.errors import InvalidInput
from ontology.model import Evidence, Segment
from ontology.terms import CLASSES, DCTERMS, FIELDS, MA, OA, RDF, SCHEMA, Base, X

REMEMBERED: Final = 500_000
"""How many shared nodes are remembered as told; then all are forgotten, so that memory stays bounded."""

SUBJECT: Final = "\0"
"""Stands for the subject in lines that are made before it is known; no IRI holds it, no literal as it is written."""


def of_class(*classes: str) -> list[str]:
    """The statements that something is of some classes."""
    return [f"<{RDF.type}> <{class_}>" for class_ in classes]


POSITION: Final = f"<{SCHEMA.position}>"
VALUE: Final = f"<{RDF.value}>"
_EVIDENCE_TYPES: Final = of_class(*CLASSES[Evidence])
_SAYS: Final = f"<{FIELDS[Evidence]['text']}>"
_LEADS: Final = f"<{X.evidence}>"
_TARGET: Final = f"<{OA.hasTarget}>"
_OF: Final = f"<{FIELDS[Segment]['object']}>"
_PART_OF: Final = f"<{MA.isFragmentOf}>"
_SELECTOR: Final = f"<{OA.hasSelector}>"
_SELECTS, _SELECTS_TEXT = of_class(OA.FragmentSelector, OA.TextPositionSelector)
_START, _END, _BEGIN, _FINISH = (f"<{iri}>" for iri in (OA.start, OA.end, SCHEMA.startOffset, SCHEMA.endOffset))
_OF_TEXT: Final = f"<{DCTERMS.conformsTo}> <{terms.TEXT_FRAGMENTS}>"
_OF_MEDIA: Final = f"<{DCTERMS.conformsTo}> <{terms.MEDIA_FRAGMENTS}>"
_PLAIN: Final = re.compile(r"[a-z0-9=,&.]+")
"""Fragments that stand in an IRI as they are."""
_CHARACTERS: Final = re.compile(r"char=([0-9]{1,18}),([0-9]{1,18})")


class Parts:
    """Writes what several records name, once; as quads or as triples, under a base."""

    def __init__(self, base: Base, *, quads: bool) -> None:
        self.base = base
        self._quads = quads
        self._end = self._end_of("")
        self._told: set[str] = set()
        # What many records say in the same words is put into words once.
        self._object_of = lru_cache(maxsize=65_536)(base.object)
        self._selectors = base.selector("")
        self._part = lines_of(of_class(*CLASSES[Segment]), self._end)
        self._evidence_at = lru_cache(maxsize=1024)(self._evidence_at_of)

    def _end_of(self, run: str) -> str:
        return f" <{self.base.graph(run)}> .\n" if self._quads else " .\n"

    def _block(self, subject: str, statements: Iterable[str], end: str) -> str:
        """All lines about a subject: each statement is a property and its value."""
        between = f"{end}<{subject}> "
        return f"<{subject}> {between.join(statements)}{end}"

    def _first_time(self, node: str) -> bool:
        if node in self._told:
            return False
        if len(self._told) >= REMEMBERED:
            self._told.clear()
        self._told.add(node)
        return True

    def _shared(self, node: str, *statements: str) -> str:
        """What is told once of a node that several records name."""
        return self._block(node, statements, self._end) if self._first_time(node) else ""

    def _target(self, item: str, fragment: str, segment: Segment | None = None) -> tuple[str, str]:
        """The IRI of an object or a part of it, and the lines about the part if it was not told of yet.

        `segment` is what the fragment says, if that is known.
        """
        iri = self._object_of(item)
        if not fragment:
            return iri, ""
        name = fragment if _PLAIN.fullmatch(fragment) else self.base.segment(item, fragment).partition("#")[2]
        part = f"{iri}#{name}"
        if part in self._told:
            return part, ""
        self._first_time(part)
        selector, end = f"{self._selectors}{name}", self._end
        told = (
            f"{self._part.replace(SUBJECT, part)}<{part}> {_OF} <{iri}>{end}"
            f"<{part}> {_PART_OF} <{iri}>{end}<{part}> {_SELECTOR} <{selector}>{end}"
        )
        if self._first_time(selector):
            told += _selecting(f"<{selector}>", fragment, end, segment)
        return part, told

    def _evidence(self, of: str, pieces: Iterable[Evidence], end: str) -> str:
        """What leads from a link or an answer to its evidence, and the lines about that."""
        leading: list[str] = []
        parts: list[str] = []
        for position, piece in enumerate(pieces):
            node = terms.evidence(of, position)
            target, part = self._target(piece.object, piece.segment)
            leading.append(f"<{of}> {_LEADS} <{node}>{end}")
            told = f"{self._evidence_at(position, end).replace(SUBJECT, node)}<{node}> {_TARGET} <{target}>{end}"
            if piece.text:
                told += f"<{node}> {_SAYS} {literal(piece.text)}{end}"
            parts += (told, part)
        return "".join((*leading, *parts))

    def _evidence_at_of(self, position: int, end: str) -> str:
        """What all evidence at a place has in common."""
        return lines_of([*_EVIDENCE_TYPES, f"{POSITION} {integer(position)}"], end)


def lines_of(statements: Iterable[str], end: str) -> str:
    """Lines about a subject that is not known yet."""
    return "".join(f"<{SUBJECT}> {statement}{end}" for statement in statements)


def _segment(fragment: str) -> Segment:
    """What a fragment says; nearly all are characters and need not be looked at closely."""
    match = _CHARACTERS.fullmatch(fragment)
    return Segment("any", (int(match[1]), int(match[2]))) if match else Segment.parse("any", fragment)


def _selecting(selector: str, fragment: str, end: str, segment: Segment | None) -> str:
    """The lines about the selector of a fragment, which evidence may have written in a way that nobody knows."""
    told = f"{selector} {_SELECTS}{end}{selector} {VALUE} {literal(fragment)}{end}"
    if segment is None:
        try:
            segment = _segment(fragment)
        except InvalidInput:
            return told
    if segment.chars is not None:
        first, last = segment.chars
        told += (
            f"{selector} {_SELECTS_TEXT}{end}{selector} {_START} {integer(first)}{end}"
            f"{selector} {_END} {integer(last)}{end}"
        )
    if segment.time is not None:
        begin, finish = segment.time
        told += f"{selector} {_BEGIN} {double(begin)}{end}{selector} {_FINISH} {double(finish)}{end}"
    characters = segment.time is None and segment.region is None
    return f"{told}{selector} {_OF_TEXT if characters else _OF_MEDIA}{end}"

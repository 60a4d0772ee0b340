"""Articles of ECB+ as articles with marked answers: whom, where and when the reports of one event agree on.

ECB+ (Cybulska and Vossen, LREC 2014; CC BY 3.0) marks persons, places and times of events and which of them are the
same across the reports of one event. The persons (places, times) that most reports of an event mention are taken as its
answers to who (where, when). It says nothing about the other three questions.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.articles import Article
from correlate.features.reading import reading_of
from correlate.features.words import parse
from ontology.model import ASPECTS, AspectName, MediaObject
from topics.aspects.story import Told

#: Reports read of one event, so that none weighs too much.
REPORTS: Final = 4
#: An answer is mentioned in at least this share of the reports that the best known one is in, and in two.
AGREED: Final = 0.5
LONGEST_TITLE: Final = 20

_ROLES: Final[dict[str, AspectName]] = {"HUMAN": "who", "LOC": "where", "TIME": "when"}
_PRONOUNS: Final = frozenset(
    ("he", "she", "it", "they", "his", "her", "who", "him", "them", "their", "there", "where", "here", "then", "that",
     "we", "i", "you", "its", "which", "himself", "herself")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """One file: its lines, and the phrases of each person, place or time that other reports mention too."""

    id: str
    event: str
    lines: list[str]
    phrases: dict[tuple[AspectName, str], set[str]]

    @property
    def title(self) -> str:
        """The first line where it looks like a headline."""
        line = self.lines[0].strip() if len(self.lines) > 2 else ""
        return "" if re.search(r'[.!?"]$', line) or len(line.split()) > LONGEST_TITLE else line


def read_reports(folder: Path) -> list[Article]:
    """Read and parse up to `REPORTS` reports of each event below a folder of ECB+ files that have two answers or
    more."""
    events: dict[str, list[Report]] = defaultdict(list)
    for path in sorted(
        folder.rglob("*_*ecb*.xml"), key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)]
    ):
        report = _report(path)
        events[report.event].append(report)
    chosen = [(report, answers) for reports in events.values() for report, answers in _answered(reports)[:REPORTS]]
    items = [
        MediaObject(report.id, "text", "ecbplus", title=report.title, text=" ".join(report.lines[bool(report.title) :]))
        for report, _ in chosen
    ]
    readings = [reading_of(item) for item in items]
    return [
        # both events of a topic are alike, so they are left out together
        Article(report.id, report.event.split("ecb")[0], Told(item, reading, doc, (), item.source), answers)
        for (report, answers), item, reading, doc in zip(
            chosen, items, readings, parse([reading.text for reading in readings]), strict=True
        )
    ]


def _report(path: Path) -> Report:
    root = ElementTree.parse(path).getroot()
    tokens = {token.get("t_id", ""): token for token in root.findall("token")}
    marked: dict[str, tuple[str, list[str]]] = {}
    for markable in root.find("Markables") or []:
        words = [tokens[anchor.get("t_id", "")].text or "" for anchor in markable.findall("token_anchor")]
        marked[markable.get("m_id", "")] = (markable.tag, words)
    phrases: dict[tuple[AspectName, str], set[str]] = defaultdict(set)
    for relation in root.find("Relations") or []:
        for source in relation.findall("source"):
            tag, words = marked.get(source.get("m_id", ""), ("", []))
            name = next((name for prefix, name in _ROLES.items() if tag.startswith(prefix)), None)
            phrase = _text(words)
            useful = phrase and phrase.lower() not in _PRONOUNS and (name != "where" or phrase != phrase.lower())
            if relation.tag == "CROSS_DOC_COREF" and name is not None and useful:
                phrases[name, relation.get("note", "")].add(phrase)
    lines: dict[int, list[str]] = defaultdict(list)
    for token in tokens.values():
        lines[int(token.get("sentence", 0))].append(token.text or "")
    texts = [_text(lines[number]) for number in sorted(lines)]
    if texts and re.match(r"https? ?:", texts[0]):
        texts = texts[1:]
    topic, _, rest = path.stem.partition("_")
    return Report(path.stem, topic + rest.lstrip("0123456789"), texts, dict(phrases))


def _answered(reports: list[Report]) -> list[tuple[Report, dict[AspectName, list[str]]]]:
    """The reports with answers to two questions or more, and the answers."""
    known = Counter(instance for report in reports for instance in report.phrases)
    top = {name: max((n for (role, _), n in known.items() if role == name), default=0) for name in ASPECTS}
    answered = []
    for report in reports:
        answers: dict[AspectName, list[str]] = {name: [] for name in ASPECTS}
        for (name, instance), phrases in report.phrases.items():
            if known[name, instance] >= max(2, AGREED * top[name]):
                answers[name] = sorted({*answers[name], *phrases})
        if sum(map(bool, answers.values())) >= 2:
            answered.append((report, answers))
    return answered


def _text(tokens: list[str]) -> str:
    """Tokens as printed text."""
    text = " ".join(tokens).replace("`` ", '"').replace(" ''", '"').replace("' '", '"')
    text = re.sub(r" ('s|n't|'re|'ve|'ll|'d)\b", r"\1", text)
    return re.sub(r" ([.,;:!?%)])", r"\1", text).replace("( ", "(").replace("$ ", "$")

"""The last stage: from everything that was read to links, events and their aspects, written as a difference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from api.collecting import corpus_of
from api.jobs import Bar, Progress
from api.understanding import EncoderChoice
from api.viewing import stages
from correlate.corpus import Corpus
from correlate.curated import decided
from correlate.edges import correlations
from correlate.features.words import restore
from correlate.index import index_of
from correlate.linking import Links, link
from kg.curation import applied, curated_pairs, merged_sources
from kg.store import Store
from ontology.model import Correlation, Decision, Event, MediaObject, Source, stable_id
from topics.aspects import Told, describe, span
from topics.aspects.figures import beside, conflicting_figures
from topics.events import Found, detect
from topics.summary import summarize, title

VERSION: Final = "2"
"""Changes when linking, detecting or telling gives other results for the same features."""


def relate(store: Store, choice: EncoderChoice, method: str, progress: Progress) -> tuple[int, int, int]:
    """Link all objects, find and tell their events. Gives the number of links, of events, and of events told anew.

    `method` names how pictures and words are brought together, one of `correlate.bridging.METHODS`.

    Does nothing if nothing that it depends on has changed.
    """
    state = _state(store, choice, method)
    if store.setting("related") == state:
        return store.count(Correlation), store.count(Event), 0
    with progress.stage("relate", 3) as bar:
        corpus = corpus_of(store, merged_sources(store.scan(Decision)))
        pairs = curated_pairs(store.scan(Decision), [item.id for item in corpus.items])
        links = link(corpus, decided(corpus, *pairs), method)
        bar.update()
        found = detect(corpus, links)
        bar.update()
        run = stable_id("run", VERSION, choice.version("perceive"), choice.version("parse"), method)
        modalities = {item.id: item.modality for item in corpus.items}
        edges = list(applied(correlations(corpus, links, run), store.scan(Decision), modalities))
        bar.update()
    with progress.stage("describe", len(found)) as bar:
        events, digests, told = _describe(store, corpus, links, found, bar)
    with store.transaction():
        _replace_links(store, edges)
        _replace_events(store, events)
        store.set_setting("told", json.dumps(digests, sort_keys=True))
        store.set_setting("index", index_of(corpus, links).dumps())
        store.set_setting("related", state)
    return len(edges), len(events), told


def _state(store: Store, choice: EncoderChoice, method: str) -> str:
    """A digest of all that the stage depends on."""
    digest = hashlib.sha256(f"{VERSION} {choice.version('perceive')} {choice.version('parse')} {method}".encode())
    for stage in ("perceive", "parse", *stages(store)):
        digest.update(json.dumps(store.marks(stage), sort_keys=True).encode())
    for decision in store.scan(Decision):
        digest.update(decision.id.encode())
    for item in store.scan(MediaObject):
        digest.update(repr((item.id, item.source, item.published, item.document, item.title, item.checksum)).encode())
    return digest.hexdigest()


def _describe(
    store: Store, corpus: Corpus, links: Links, found: Sequence[Found], bar: Bar
) -> tuple[list[Event], dict[str, str], int]:
    place = {item.id: at for at, item in enumerate(corpus.items)}
    parsed = store.marks("parse")
    before: dict[str, str] = json.loads(store.setting("told") or "{}")
    kept = store.get(Event, before)
    digests: dict[str, str] = {}
    events: list[Event] = []
    told_anew = 0
    for one in found:
        members = sorted(place[member.object] for member in one.members)
        digests[one.id] = _digest(corpus, links, members, parsed)
        event = kept.get(one.id)
        if event is None or before.get(one.id) != digests[one.id]:
            event = _tell(store, corpus, links, one, members)
            told_anew += 1
        events.append(replace(event, members=one.members))
        bar.update()
    return events, digests, told_anew


def _digest(corpus: Corpus, links: Links, members: Sequence[int], parsed: dict[str, str]) -> str:
    """Of all that telling an event depends on: what its objects are and say, and which are copies."""
    family = np.unique(links.family[list(members)], return_inverse=True)[1]
    told = [
        (corpus.items[at].id, corpus.items[at].source, str(corpus.items[at].published), parsed.get(corpus.items[at].id))
        for at in members
    ]
    return hashlib.sha256(
        repr((VERSION, told, family.tolist(), links.boiler_plate[list(members)].tolist())).encode()
    ).hexdigest()


def _tell(store: Store, corpus: Corpus, links: Links, found: Found, members: Sequence[int]) -> Event:
    """Title, times, summary and aspects of an event from its objects, boiler-plate pictures left out."""
    heard = [at for at in members if not links.boiler_plate[at]]
    ids = [corpus.items[at].id for at in heard]
    parses = store.payloads("parse", ids)
    names = store.get(Source, {corpus.items[at].source for at in heard})
    told = [
        Told(
            corpus.items[at],
            corpus.readings[at],
            restore(parses[corpus.items[at].id]),
            tuple(read for read in corpus.annotations[at] if read.kind == "label"),
            names[corpus.items[at].source].name,
        )
        for at in heard
        if corpus.items[at].id in parses
    ]
    copies = _copies(corpus, links, heard)
    aspects = describe(told, copies)
    start, end = span(told, aspects)
    aspects = beside(aspects, conflicting_figures(told, copies))
    return Event(found.id, title(told), start, end, summarize(told), found.members, aspects)


def _copies(corpus: Corpus, links: Links, members: Sequence[int]) -> list[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for at in members:
        groups.setdefault(int(links.family[at]), set()).add(corpus.items[at].id)
    return [frozenset(group) for group in groups.values() if len(group) > 1]


def _replace_links(store: Store, edges: Sequence[Correlation]) -> None:
    """Write what is new or other, remove what is no more; statuses follow what people decided."""
    before = {edge.id: edge for edge in store.scan(Correlation)}
    now = {edge.id: edge for edge in edges}
    store.remove(Correlation, sorted(before.keys() - now.keys()))
    store.add(edge for key, edge in now.items() if before.get(key) != edge)


def _replace_events(store: Store, events: Sequence[Event]) -> None:
    before = {event.id: event for event in store.scan(Event)}
    now = {event.id: event for event in events}
    store.remove(Event, sorted(before.keys() - now.keys()))
    store.add(event for key, event in now.items() if before.get(key) != event)

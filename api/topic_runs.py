"""The stage of topics: learned once and again when asked or when the collection has grown by half, and told of every
new document in between; kept as a difference, in one transaction.

Topics are the one part of the graph that has a history: they keep their ids from fit to fit, and what is new is told by
what was learned before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from api.jobs import Progress
from kg.skos import guide_words, kept_in
from kg.store import Record, Store
from ontology.errors import NotFound
from ontology.model import Event, MediaObject, Source, stable_id
from ontology.topic import Topic, TopicShare

if TYPE_CHECKING:
    from topics.counterparts import Part
    from topics.learned import Learned
    from topics.learning import Compare
    from topics.lexicon import Vectors
    from topics.run import Result, Wish
    from topics.terms import Held

R = TypeVar("R", bound=Record)
RUNS: Final = "topics"
"""The setting that describes the runs of a store."""
DEFAULT: Final = "topics"
"""The run that a build makes."""
GROWN: Final = 1.5
"""Documents, as a multiple of those learned from, at which a build learns anew."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was done for a run: whether topics were learned, how many there are, how many objects were told."""

    run: str
    learned: bool
    topics: int
    told: int


def runs(store: Store) -> dict[str, dict[str, Any]]:
    """The runs of a store by name, with what describes each."""
    return dict(json.loads(store.setting(RUNS) or "{}"))


def run_named(store: Store, name: str) -> dict[str, Any]:
    """What describes a run. Raises `NotFound`."""
    known = runs(store)
    if name not in known:
        raise NotFound(f"there is no run of topics {name!r}; there are: {', '.join(sorted(known)) or 'none'}")
    return known[name]


def learned_of(store: Store, name: str) -> Learned:
    """What is kept of the topics of a run. Raises `NotFound`."""
    from topics.learned import Learned

    text = store.setting(_kept(name))
    if text is None:
        raise NotFound(f"nothing was learned in a run {name!r}")
    return Learned.loads(text)


def update(store: Store, progress: Progress) -> list[Report]:
    """Bring all runs up to date with the graph, and make the default one if there is enough to learn from."""
    reports = [_updated(store, name, progress) for name in sorted({*runs(store), DEFAULT})]
    return [report for report in reports if report is not None]


def _updated(store: Store, name: str, progress: Progress) -> Report | None:
    described = runs(store).get(name)
    if described is not None and described["state"] == _state(store, name):
        return None
    documents = len({(item.document or item.id, item.document is None) for item in store.scan(MediaObject)})
    if described is not None and documents < GROWN * described["documents"]:
        return _tell(store, name, progress)
    from topics.learning import FEWEST
    from topics.run import Wish, enough

    if documents < FEWEST:
        return None
    held, vectors = _material(store)
    if not enough(held, vectors):
        return None
    wish = Wish(name) if described is None else _wish(name, described)
    return _learn(store, wish, progress, held, vectors)


def learn(store: Store, wish: Wish, progress: Progress, *, guide: bool = True) -> Report:
    """Learn the topics of a run anew. Raises `InvalidInput` if there is too little to learn from."""
    return _learn(store, wish, progress, *_material(store), guide=guide)


def _material(store: Store) -> tuple[Held, Vectors]:
    """What all objects hold."""
    from topics.lexicon import vectors_of
    from topics.terms import held_in

    held = held_in(store, store.scan(MediaObject), keep=True)
    return held, vectors_of(store, held)


def _learn(store: Store, wish: Wish, progress: Progress, held: Held, vectors: Vectors, *, guide: bool = True) -> Report:
    from topics.run import fit, object_shares

    with progress.stage("topics", 2) as bar:
        before = learned_of(store, wish.run) if store.setting(_kept(wish.run)) else None
        concepts = kept_in(store) if guide else []
        words = guide_words(concepts)
        result = fit(
            held, vectors, {source.id: source for source in store.scan(Source)}, wish, before=before,
            concepts={one.iri: (one.label, words[one.iri]) for one in concepts}, twins=_twins(store, held),
        )  # fmt: skip
        bar.update()
        _keep(store, wish, result, held, list(object_shares(result.learned, held, result.shares)))
        bar.update()
    return Report(wish.run, True, len(result.topics), len(held.items))


def _keep(store: Store, wish: Wish, result: Result, held: Held, shares: list[TopicShare]) -> None:
    from topics.run import event_shares

    name = wish.run
    with store.transaction():
        there = {topic.id: topic for topic in store.scan(Topic) if topic.run == name}
        now = {topic.id: topic for topic in result.topics}
        store.remove(Topic, sorted(there.keys() - now.keys()))
        store.add(topic for topic in result.topics if there.get(topic.id) != topic)
        store.add(result.changes)
        told = [*shares, *event_shares(result.learned, store.scan(Event), shares)]
        _replace(store, [share for share in store.scan(TopicShare) if share.run == name], told)
        store.set_setting(_kept(name), result.learned.dumps())
        store.mark(_mark(name), _versions(store, result.learned, (item.id for item in held.items)))
        _describe(store, wish, result)


def _tell(store: Store, name: str, progress: Progress) -> Report:
    """Tell the documents that are new or were read anew by what was learned before."""
    from topics.lexicon import vectors_of
    from topics.run import event_shares, object_shares, told
    from topics.terms import held_in

    learned = learned_of(store, name)
    items = list(store.scan(MediaObject))
    versions, marks = _versions(store, learned, (item.id for item in items)), store.marks(_mark(name))
    documents = {_document(item) for item in items if marks.get(item.id) != versions[item.id]}
    left = [item for item in items if _document(item) in documents]
    with progress.stage("topics", 1) as bar:
        held = held_in(store, left, keep=True)
        shares = list(object_shares(learned, held, told(learned, held, vectors_of(store, held)))) if left else []
        with store.transaction():
            _replace(store, store.topic_shares([item.id for item in left], "object"), shares, run=name)
            kept = [share for share in store.scan(TopicShare) if share.run == name]
            objects = [share for share in kept if share.about == "object"]
            events = [share for share in kept if share.about == "event"]
            _replace(store, events, list(event_shares(learned, store.scan(Event), objects)))
            store.mark(_mark(name), {item.id: versions[item.id] for item in left})
            _note(store, name, runs(store)[name] | {"state": _state(store, name)})
        bar.update()
    return Report(name, False, len(learned.ids), len(left))


def compared(store: Store, name: str, by: Compare) -> list[Part]:
    """The documents of each collection or window of time learned by themselves, against the topics of a run."""
    from topics.counterparts import parts
    from topics.learning import labels_of
    from topics.lexicon import by_document, vectors_of
    from topics.terms import held_in

    learned = learned_of(store, name)
    held = held_in(store, store.scan(MediaObject))
    counts = by_document(learned.lexicon.count(held, vectors_of(store, held)), held.row)
    labels = labels_of(held.groups(), {source.id: source for source in store.scan(Source)}, by)
    return parts(learned, counts, labels, learned.lexicon.vocabularies)


def forget(store: Store, name: str) -> int:
    """Forget a run with its topics; gives how many there were. Its history stays. Raises `NotFound`."""
    run_named(store, name)
    with store.transaction():
        gone = store.remove(Topic, [topic.id for topic in store.scan(Topic) if topic.run == name])
        store.set_setting(_kept(name), None)
        _note(store, name, None)
    return gone


def _replace(store: Store, there: Iterable[TopicShare], now: Sequence[TopicShare], *, run: str | None = None) -> None:
    """Write what is new or other, remove what is no more, of one run if it is named."""
    before = {share.id: share for share in there if run in (None, share.run)}
    after = {share.id: share for share in now}
    store.remove(TopicShare, sorted(before.keys() - after.keys()))
    store.add(share for key, share in after.items() if before.get(key) != share)


def _describe(store: Store, wish: Wish, result: Result) -> None:
    learned, options = result.learned, wish.options
    described = {
        "model": learned.method,
        "fit": learned.fit,
        "documents": learned.documents,
        "topics": len(learned.ids),
        "fields": list(learned.words),
        "compared": sorted({name for topic in result.topics for name in topic.collections}),
        "stability": {"starts": result.starts, "samples": result.samples},
        "options": {"topics": options.topics, "fields": list(options.fields), "compare": options.compare,
                    "seed": options.seed, "repeats": wish.repeats},
        "state": _state(store, wish.run),
    }  # fmt: skip
    _note(store, wish.run, described)


def _note(store: Store, name: str, described: dict[str, Any] | None) -> None:
    known = runs(store) | {name: described}
    kept = {run: known[run] for run in sorted(known) if known[run] is not None}
    store.set_setting(RUNS, json.dumps(kept, ensure_ascii=False) if kept else None)


def _wish(name: str, described: dict[str, Any]) -> Wish:
    """The wish that a run was made with."""
    from topics.learning import Options
    from topics.run import Wish

    then = described["options"]
    options = Options(described["model"], then["topics"], tuple(then["fields"]), then["compare"], then["seed"])
    return Wish(name, options, then["repeats"])


def _twins(store: Store, held: Held) -> dict[int, frozenset[int]]:
    """The copies of each object, by number."""
    place = {item.id: at for at, item in enumerate(held.items)}
    found: dict[int, set[int]] = {}
    for link in store.neighbours(list(place), kinds=["near_duplicate"]):
        one, other = place[link.subject], place[link.target]
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {at: frozenset(others) for at, others in found.items()}


def _document(item: MediaObject) -> tuple[bool, str]:
    return (True, item.document) if item.document else (False, item.id)


def _versions(store: Store, learned: Learned, objects: Iterable[str]) -> dict[str, str]:
    """What the shares of each object hang on: the fit, and what was read from the object."""
    parsed, perceived = store.marks("parse"), store.marks("perceive")
    fit = str(learned.fit)
    return {id_: stable_id("told", fit, parsed.get(id_, ""), perceived.get(id_, "")) for id_ in objects}


def _state(store: Store, name: str) -> str:
    """A digest of all that topics are told by, and of what was told."""
    digest = hashlib.sha256()
    for stage in ("parse", "perceive", _mark(name)):
        digest.update(json.dumps(store.marks(stage), sort_keys=True).encode())
    for item in store.scan(MediaObject):
        digest.update(repr((item.id, item.source, item.published, item.document)).encode())
    for event in store.scan(Event):
        digest.update(repr((event.id, [(member.object, member.weight) for member in event.members])).encode())
    return digest.hexdigest()


def _kept(name: str) -> str:
    return f"topics learned {name}"


def _mark(name: str) -> str:
    return f"topics {name}"

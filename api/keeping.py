"""What stages write: what was read from objects, in place of what an earlier version of the stage had read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from api.collecting import view_of
from correlate.features.understanding import Understanding
from kg.store import Store
from ontology.model import Annotation, Failure, MediaObject

T = TypeVar("T")


def clear(store: Store, stage: str, ids: Sequence[str], kinds: Iterable[str]) -> None:
    """Remove what an earlier version of a stage read from these objects, and its failures."""
    read = store.annotations(ids)
    dated = [annotation.id for seen in read.values() for annotation in seen if annotation.kind in set(kinds)]
    store.remove(Annotation, dated)
    there = store.get(MediaObject, ids)
    store.remove(Failure, [Failure(item.collection, item.id, stage, "-").id for item in there.values()])


def keep(store: Store, results: Iterable[Understanding | Failure]) -> None:
    """Write what was read: failures and warnings, annotations, views and payloads."""
    understood = [result for result in results if isinstance(result, Understanding)]
    store.add(result for result in results if isinstance(result, Failure))
    store.add(warning for result in understood for warning in result.warnings)
    store.add(annotation for result in understood for annotation in result.annotations)
    for name in sorted({name for result in understood for name in result.views}):
        rows = [(r.object, fragment, row) for r in understood for fragment, row in r.views.get(name, ())]
        store.put_view(view_of(name, rows))
    for name in sorted({name for result in understood for name in result.payloads}):
        store.put_payloads(name, {r.object: r.payloads[name] for r in understood if name in r.payloads})


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream of items into lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch

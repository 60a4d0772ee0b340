"""A store to RDF and back, and to a Neo4j server and back: the same graph, and how long it takes.

`python -m bench.round_trips STORE`. It works on a copy of the store, in which some links are confirmed and rejected and
an event gets a note, so that what people decided makes the journey as well. Vectors go along. A Neo4j server of its own
is started and stopped. Ends with an error if any graph comes back changed.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from kg import neo4j_server, rdf
from kg.deciding import about, decide
from kg.neo4j import Neo4jStore
from kg.snapshot import digest
from kg.sqlite import SQLiteStore
from kg.store import Store
from kg.syncing import sync
from ontology.model import Correlation, Decision, Event, MediaObject

AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def decided(store: Store) -> None:
    """Confirm the heaviest link, reject the next, and put a note on an event."""
    heaviest = store.neighbours([item.id for item in store.scan(MediaObject)], limit=100)
    first, second = heaviest[0], next(link for link in heaviest if {link.subject, link.target} != _ends(heaviest[0]))
    event = next(store.scan(Event))
    decide(store, [
        Decision("confirm", *about(store, "confirm", first.subject, first.target)[:2], "", "it is so", "anna", AT),
        Decision("reject", *about(store, "reject", second.subject, second.target)[:2], "", "another one", "anna", AT),
        Decision("annotate", event.id, None, "event", "ask the agency", "böb", AT),
    ])  # fmt: skip


def _ends(link: Correlation) -> set[str]:
    return {link.subject, link.target}


def through_rdf(store: Store, folder: Path, form: rdf.Form) -> str:
    """The digest of what comes back from a file in a syntax."""
    file = folder / f"graph.{form}"
    with file.open("wb") as output:
        rdf.export(store, output, form, vectors=True)
    with closing(SQLiteStore(folder / form)) as back:
        rdf.load(back, file, form)
        return digest(back)


def through_neo4j(store: Store, server: Store, folder: Path) -> str:
    """The digest of what comes back from a server, whose database is empty or held this graph."""
    sync(store, server, vectors=True)
    with closing(SQLiteStore(folder / "neo4j")) as back:
        sync(server, back, vectors=True)
        return digest(back)


def race(what: str, there_and_back: Callable[[], str], wanted: str) -> bool:
    """Print how long a journey takes, and whether the graph that came back is the same."""
    begin = time.perf_counter()
    same = there_and_back() == wanted
    print(f"{what:<10}{time.perf_counter() - begin:>9.1f} s  {'same graph' if same else 'ANOTHER GRAPH'}", flush=True)
    return same


def main() -> None:
    """Send a graph on all journeys."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(given.store, folder / "store")
        with closing(SQLiteStore.open(folder / "store", create=False)) as store:
            decided(store)
            wanted = digest(store)
            statuses = sorted({link.status for link in store.scan(Correlation)})
            print(f"{store.count(MediaObject)} objects, {store.count(Correlation)} links ({', '.join(statuses)})")
            same = [race(form, lambda form=form: through_rdf(store, folder, form), wanted) for form in rdf.FORMS]  # type: ignore[misc]
            server = neo4j_server.start(folder / "server")
            try:
                with closing(Neo4jStore(server.login)) as target:
                    same.append(race("neo4j", lambda: through_neo4j(store, target, folder), wanted))
            finally:
                neo4j_server.stop(folder / "server")
    if not all(same):
        raise SystemExit("a graph came back changed")


if __name__ == "__main__":
    main()

"""The store on a Neo4j server: the same graph as an embedded one, to be explored in Neo4j Browser and by Cypher.

Writers of all programs take turns, so that a write is exact whatever another is about to do. Within one program,
readers see whole transactions; another program may see a transaction while it is being committed, piece by piece,
since Neo4j isolates no further. Methods may be called from several threads; a transaction belongs to the thread that
opened it. How records lie in the graph is said in `kg.neo4j_schema`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Final, Literal

from kg import (
    neo4j_annotations,
    neo4j_events,
    neo4j_links,
    neo4j_pages,
    neo4j_records,
    neo4j_schema,
    neo4j_shares,
    neo4j_views,
    neo4j_words,
)
from kg.neo4j_codec import bindable, check_id
from kg.neo4j_session import Connection, Login, Statements, rows, write
from kg.store import R, Record, View
from ontology.errors import InvalidInput
from ontology.model import Annotation, Correlation, MediaObject, Modality, stable_id
from ontology.topic import About, TopicShare

PAGE: Final = 256
DIGESTS: Final = 5000


class Neo4jStore:
    """A store in a database of a Neo4j server, which is prepared if it is empty.

    `patience` is how many seconds to wait for a first answer, and to try again what failed in passing. Raises
    `InvalidInput` for an address that is none, `StoreUnavailable` if there is no server, it refuses the login, is too
    old, or its database holds another graph. A write raises `Conflict` when another writer does not finish within the
    server's `db.lock.acquisition.timeout`.
    """

    def __init__(self, login: Login, *, patience: float = 5.0) -> None:
        self._connection = Connection(login, patience)
        try:
            neo4j_schema.prepare(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is written in the block or, if it raises, nothing. Inner blocks join the outermost one."""
        return self._connection.transaction()

    def close(self) -> None:
        """Close the connections; closing twice is no error."""
        self._connection.close()

    # Records.

    def add(self, records: Iterable[Record]) -> None:
        """Insert or replace by id, all or nothing; one call is one batch and one transaction of the server.

        What a record refers to must be in the store or in the same batch, in whatever order, else `InvalidInput`.
        """
        batch = list(records)
        encoded = neo4j_records.prepared(batch)

        def work(tx: Statements) -> None:
            neo4j_records.check_references(tx, batch)
            neo4j_records.add(tx, encoded)

        self._connection.writing(work)

    def get(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The records with these ids, in the order asked for, unknown ones left out."""
        asked = list(ids)
        return self._connection.reading(lambda tx: neo4j_records.get(tx, kind, asked))

    def scan(self, kind: type[R]) -> Iterator[R]:
        """All records of a kind in order, read a page at a time, each page of the state at its time."""
        if kind is Annotation:
            return self._annotations()  # type: ignore[return-value]
        return self._pages(kind)

    def _pages(self, kind: type[Any]) -> Iterator[Any]:
        after = ""
        while page := self._connection.reading(lambda tx: neo4j_records.page(tx, kind, after, PAGE)):  # noqa: B023
            yield from page
            after = page[-1].id

    def _annotations(self) -> Iterator[Annotation]:
        for items in batched((id_ for id_, _ in self.digests(MediaObject)), PAGE):
            for read in self.annotations(items).values():
                yield from read

    def count(self, kind: type[Record]) -> int:
        """How many records of a kind there are."""
        return self._connection.reading(lambda tx: neo4j_records.count(tx, kind))

    def remove(self, kind: type[Record], ids: Iterable[str]) -> int:
        """Remove records and say how many were there; with an object goes all that was derived from it.

        Raises `Conflict` for a source that still has objects.
        """
        asked = list(ids)
        return self._connection.writing(lambda tx: neo4j_records.remove(tx, kind, asked))

    # Questions.

    def annotations(self, objects: Iterable[str], kind: str | None = None) -> dict[str, list[Annotation]]:
        """For each known object asked for, what was read from it, by time, then characters, then id."""
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_annotations.read_from(tx, asked, kind))

    def neighbours(
        self,
        objects: Iterable[str],
        *,
        kinds: Sequence[str] | None = None,
        modality: Modality | None = None,
        limit: int | None = None,
    ) -> list[Correlation]:
        """Links that touch any of the objects and were not rejected, heaviest first, then by id."""
        most = None if limit is None else _checked_limit(limit)
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_links.neighbours(tx, asked, kinds, modality, most))

    def events_of(self, objects: Iterable[str]) -> dict[str, list[str]]:
        """For each known object asked for, the ids of its events, by its weight in them, then by id."""
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_events.ids_of(tx, asked))

    def topic_shares(
        self,
        ids: Iterable[str],
        of: About | Literal["topic"],
        *,
        about: About | None = None,
        limit: int | None = None,
    ) -> list[TopicShare]:
        """The shares of topics in objects or events, or of topics in anything, heaviest first, then by id."""
        most = None if limit is None else _checked_limit(limit)
        asked = list(ids)
        return self._connection.reading(lambda tx: neo4j_shares.shares(tx, asked, of, about, most))

    def search(self, query: str, *, modality: Modality | None = None, limit: int = 20) -> list[tuple[str, float]]:
        """Objects in which words of the query stand, with their BM25 score > 0, best first, then by id.

        Scores and the order of hits are Lucene's; they count removed objects until it tidies up.
        """
        most = _checked_limit(limit)
        return self._connection.reading(lambda tx: neo4j_words.search(tx, query, modality, most))

    # Views and payloads of objects.

    def put_view(self, view: View) -> None:
        """Keep vectors in place of those of the same object, name and fragment.

        Raises `InvalidInput` for an unknown object, numbers that are not finite, or another width than those kept.
        """
        if not view.ids and not view.fragments and not len(view.matrix):
            return
        vectors = neo4j_views.prepared(view, neo4j_views.checked(view))

        def work(tx: Statements) -> None:
            neo4j_records.refuse_unknown(tx, MediaObject, dict.fromkeys(view.ids, f"view {view.name!r}"))
            neo4j_views.write_view(tx, view.name, vectors)

        self._connection.writing(work)

    def view(self, name: str, objects: Iterable[str] | None = None) -> View:
        """The vectors of that name, of all objects or those asked for, by object id and fragment; the array is new."""
        asked = None if objects is None else list(objects)
        return self._connection.reading(lambda tx: neo4j_views.read(tx, name, asked))

    def view_names(self) -> list[str]:
        """The names under which vectors are kept, sorted."""
        return self._connection.reading(neo4j_views.names)

    def put_payloads(self, name: str, payloads: Mapping[str, bytes]) -> None:
        """Keep bytes for objects. Raises `InvalidInput` for an unknown object."""
        self._put(name, payloads, lambda tx: neo4j_views.put_payloads(tx, name, payloads))

    def _put(self, name: str, values: Mapping[str, Any], put: Any) -> None:
        def work(tx: Statements) -> None:
            neo4j_records.refuse_unknown(tx, MediaObject, dict.fromkeys(values, repr(name)))
            put(tx)

        self._connection.writing(work)

    def payloads(self, name: str, objects: Iterable[str]) -> dict[str, bytes]:
        """The bytes kept under that name for the objects, in the order asked for; those without are left out."""
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_views.payloads(tx, name, asked))

    # How far a stage came, and settings.

    def mark(self, stage: str, versions: Mapping[str, str]) -> None:
        """Note for each object the version at which `stage` is done with it. Unknown objects are `InvalidInput`."""
        marks = [
            {"key": stable_id("mark", stage, item), "stage": check_id(stage), "object": item, "version": version}
            for item, version in versions.items()
        ]
        statement = "UNWIND $rows AS row MERGE (m:Mark {key: row.key}) SET m += row"
        self._put(stage, versions, lambda tx: write(tx, statement, rows=marks))

    def marks(self, stage: str) -> dict[str, str]:
        """The version at which `stage` is done with each object that it was marked for, by object id."""
        statement = "UNWIND $stages AS stage MATCH (m:Mark {stage: stage}) RETURN m.object, m.version"
        found = self._connection.reading(lambda tx: rows(tx, statement, stages=bindable([stage])))
        return dict(sorted(found))

    def setting(self, name: str) -> str | None:
        """The value kept under a name, or None."""
        statement = "UNWIND $names AS name MATCH (s:Setting {name: name}) RETURN s.value"
        found = self._connection.reading(lambda tx: rows(tx, statement, names=bindable([name])))
        return found[0][0] if found else None

    def set_setting(self, name: str, value: str | None) -> None:
        """Keep a value under a name; None forgets it."""
        if value is None:
            self._connection.writing(lambda tx: write(tx, "MATCH (s:Setting {name: $name}) DELETE s", name=name))
        else:
            statement = "MERGE (s:Setting {name: $name}) SET s.value = $value"
            check_id(name)
            self._connection.writing(lambda tx: write(tx, statement, name=name, value=value))

    def set_pages(self, address: str) -> int:
        """Note on objects and events where their pages are, below the address of a service; give how many were new."""
        return neo4j_pages.set_pages(self._connection, address)

    def query(self, text: str, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a Cypher statement of this project answers with; what it is about goes as parameters."""
        return self._connection.reading(lambda tx: rows(tx, text, **parameters))

    # What two stores are compared by.

    def digests(self, kind: type[Record]) -> Iterator[tuple[str, str]]:
        """Id and digest (`kg.neo4j_codec.digest`) of every record of a kind but annotations, in order of id."""
        after = ""
        while page := self._connection.reading(lambda tx: neo4j_records.digest_page(tx, kind, after, DIGESTS)):  # noqa: B023
            yield from ((id_, digest) for id_, digest in page)
            after = page[-1][0]

    def annotation_digests(self, objects: Iterable[str]) -> dict[str, str]:
        """The digests of what was read from objects, by id."""
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_annotations.digests_of(tx, asked))

    def vector_digests(self, name: str, objects: Iterable[str]) -> dict[str, dict[str, str]]:
        """For each object that has vectors of that name, the digests of them by fragment."""
        asked = list(objects)
        return self._connection.reading(lambda tx: neo4j_views.digests(tx, name, asked))


def batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _checked_limit(limit: int) -> int:
    if not 0 <= limit < 2**63:
        raise InvalidInput(f"limit must be a number from 0, got {limit!r}")
    return limit

"""What is sent to a Neo4j server as a statement is one of a fixed set, whatever records, ids and words say."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from kg import neo4j_annotations, neo4j_events, neo4j_links, neo4j_objects, neo4j_records, neo4j_views, neo4j_words
from kg.neo4j_schema import LINKS
from kg.neo4j_session import Statements
from kg.store import Record
from ontology.model import ASPECTS, MODALITIES, Aspect, Correlation, Event, Evidence, MediaObject, Member, Source
from tests.kg.test_rdf import HOSTILE, hostile_graphs
from tests.kg.test_store_contract import GRAPH

CYPHER = ("' }) DETACH DELETE n //", "`) MATCH (n) DETACH DELETE n //", "\\u0027 OR 1=1", "$rows", "NEIGHBOUR|CAPTION")


class Listening:
    """A transaction that keeps the text of every statement, and finds nothing."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def run(self, text: str, parameters: dict[str, Any]) -> "Listening":
        self.texts.add(text)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def consume(self) -> None:
        pass


def sent(records: Iterable[Record], words: Iterable[str]) -> set[str]:
    """The statements that add, read, find and remove things."""
    batch, names = list(records), list(words)
    listening = Listening()
    tx = cast(Statements, listening)
    neo4j_records.add(tx, neo4j_records.prepared(batch))
    for kind in neo4j_records.WRITE:
        ids = [record.id for record in batch if type(record) is kind] + names
        neo4j_records.get(tx, kind, ids)
        neo4j_records.remove(tx, kind, ids)
        for word in names:
            neo4j_records.digest_page(tx, kind, word, 10)
    neo4j_objects.remove_objects(tx, names)
    neo4j_events.remove(tx, names)
    neo4j_events.ids_of(tx, names)
    neo4j_links.remove(tx, names)
    neo4j_links.neighbours(tx, names, names, None, 3)
    for word in names:
        neo4j_annotations.read_from(tx, names, word)
        neo4j_words.search(tx, f"word {word}", None, 3)
        neo4j_views.read(tx, word, names)
        neo4j_views.put_payloads(tx, word, dict.fromkeys(names, b""))
        neo4j_views.payloads(tx, word, names)
    return listening.texts


@cache
def fixed() -> frozenset[str]:
    """All statements there are: those for a plain graph with every medium, kind of link and question."""
    objects = [MediaObject(f"o{place}", modality, "s", document="d") for place, modality in enumerate(MODALITIES)]
    links = [Correlation("o0", "o1", kind, "intra", 0.5, "m", "1", "r", "why") for kind in (*LINKS, "other")]
    answers = tuple(Aspect(name, "value", 0.5, 1, (Evidence("o0"),)) for name in ASPECTS)
    event = Event("e", "E", None, None, "", (Member("o0", 1.0, ""),), answers)
    return frozenset(sent([*GRAPH, Source("s", "S"), *objects, *links, event], ["plain"]))


@given(graph=hostile_graphs(), words=st.lists(st.sampled_from([*HOSTILE, *CYPHER]), min_size=1, max_size=3))
@settings(max_examples=50)
def test_no_record_id_or_word_makes_another_statement(graph: list[Record], words: list[str]) -> None:
    assert sent(graph, words) <= fixed()


def test_titles_labels_and_kinds_that_are_cypher_make_no_other_statement() -> None:
    for text in CYPHER:
        first, second = sorted((text, "z"))
        link = Correlation(first, second, text, "intra", 0.5, text, text, text, text)
        made = [Source(text, text), MediaObject(text, "text", text, text, document=text, title=text, text=text), link]
        assert sent(made, [text]) <= fixed()

"""The reference page of the ontology, from its own files: `python scripts/ontology_page.py`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "ontology"

HEAD = """# The ontology

<!-- Made by `python scripts/ontology_page.py` from the files in `ontology/`; change those. -->

What exists in a graph, for programs that know linked data. `ontology/crossmedia.ttl` holds the few terms of the project
(`x:`, in the OWL 2 RL profile), on top of vocabularies that exist; [records as linked data](rdf-mapping.md) says which
class and property tells each record and field. Terms of the project start with `{namespace}`,
always; records start with a base that you choose, `https://w3id.org/crossmedia/` if you do not (`--base` or
the variable `CROSSMEDIA_BASE`).

```sh
crossmedia validate
crossmedia validate --first 5 graph.nq
crossmedia infer --output follows.nt
crossmedia vocabulary import thesaurus.ttl
crossmedia vocabulary facts places.ttl
```

`validate` checks the store, or a file of RDF, against the [shapes](#shapes); its exit code is 1 if one is broken.
`infer` writes what follows from a graph by the ontology. `vocabulary import` keeps the concepts of a SKOS vocabulary,
whose labels can guide topics; `vocabulary facts` keeps what a file tells of those whom events name.
"""

INFERENCE = """## What follows

By OWL 2 RL: the classes and properties that are above those of a record, the classes of what a property leads from and
to, inverses, `x:toldBy` (from an event to the objects of its members), and what holds of things that `owl:sameAs` says
are one. Of the rules of the profile those are applied that these vocabularies can fire; a test compares the result with
that of owlrl, which has them all. A node of two classes that exclude each other is an error: no source is an event.
"""


def made() -> str:
    """The page."""
    from ontology import terms

    ontology = Graph().parse(FOLDER / "crossmedia.ttl")
    shapes = Graph().parse(FOLDER / "shapes.ttl")
    shorten = Shortener({name: str(namespace) for name, namespace in terms.PREFIXES.items()})
    parts = [
        HEAD.format(namespace=terms.ONTOLOGY),
        "## Classes\n",
        *_sections(ontology, OWL.Class, shorten),
        "## Properties\n",
        *_sections(ontology, OWL.ObjectProperty, shorten, OWL.DatatypeProperty),
        INFERENCE,
        _shapes(shapes, shorten),
        _reused(terms.PREFIXES, shorten),
    ]
    return "\n".join(parts)


class Shortener:
    """Writes IRIs with prefixes."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes

    def __call__(self, iri: object) -> str:
        """`x:Event` for its IRI; in angle brackets what has no prefix."""
        for prefix, namespace in self._prefixes.items():
            if str(iri).startswith(namespace):
                return f"{prefix}:{str(iri).removeprefix(namespace)}"
        return f"<{iri}>"


def _own(ontology: Graph, *kinds: URIRef) -> list[URIRef]:
    found = {term for kind in kinds for term in ontology.subjects(RDF.type, kind) if isinstance(term, URIRef)}
    return sorted(found)


def _sections(ontology: Graph, kind: URIRef, shorten: Shortener, *more: URIRef) -> Iterator[str]:
    for term in _own(ontology, kind, *more):
        lines = [f"### {shorten(term)}\n", f"{ontology.value(term, RDFS.comment)}\n", "| | |", "|---|---|"]
        lines += (f"| {what} | {value} |" for what, value in _about(ontology, term, shorten))
        example = str(ontology.value(term, SKOS.example))
        yield "\n".join([*lines, f"\n```turtle\n{_wrapped(example)}\n```\n"])


def _about(ontology: Graph, term: URIRef, shorten: Shortener) -> Iterator[tuple[str, str]]:
    yield "label", str(ontology.value(term, RDFS.label))
    for what, property_ in (
        ("is a kind of", RDFS.subClassOf),
        ("is a kind of", RDFS.subPropertyOf),
        ("leads from", RDFS.domain),
        ("leads to", RDFS.range),
        ("see also", RDFS.seeAlso),
    ):
        values = sorted(f"`{shorten(value)}`" for value in ontology.objects(term, property_))
        if values:
            yield what, ", ".join(values)
    for chain in ontology.objects(term, OWL.propertyChainAxiom):
        yield "follows from", " then ".join(f"`{shorten(step)}`" for step in Collection(ontology, chain))


def _wrapped(example: str) -> str:
    """A statement of Turtle on lines of its own; signs inside of a text stay."""
    outside = r'(?=[^"]*(?:"[^"]*"[^"]*)*$)'
    lines = re.sub(f" ; {outside}", " ;\n    ", example)
    return re.sub(rf" \. {outside}", " .\n", lines)


def _shapes(shapes: Graph, shorten: Shortener) -> str:
    lines = ["## Shapes\n", "`ontology/shapes.ttl`, in SHACL. A property in brackets may be missing.\n"]
    lines += ["| shape | of | properties |", "|---|---|---|"]
    for shape in sorted(shapes.subjects(RDF.type, SH.NodeShape), key=str):
        targets = [*shapes.objects(shape, SH.targetClass), *shapes.objects(shape, SH.targetSubjectsOf)]
        named = ", ".join(f"`{shorten(target)}`" for target in targets)
        properties = sorted(_property(shapes, node, shorten) for node in shapes.objects(shape, SH.property))
        lines.append(f"| {str(shape).rpartition('#')[2]} | {named} | {', '.join(properties)} |")
    return "\n".join(lines) + "\n"


def _property(shapes: Graph, node: Node, shorten: Shortener) -> str:
    path = f"`{shorten(shapes.value(node, SH.path))}`"
    least = shapes.value(node, SH.minCount)
    return path if least is not None and int(str(least)) > 0 else f"({path})"


def _reused(prefixes: Mapping[str, object], shorten: Shortener) -> str:
    used = _named()
    lines = ["## Vocabularies\n", "| prefix | namespace | copy | terms used |", "|---|---|---|---|"]
    for prefix, namespace in sorted(prefixes.items()):
        found = sorted({shorten(iri) for iri in used if iri.startswith(str(namespace))})
        if prefix == "x" or not found:
            continue
        copy = FOLDER / "vocabularies" / f"{prefix}.ttl"
        kept = f"`{copy.relative_to(ROOT)}`" if copy.exists() else "rdflib"
        names = ", ".join(f"`{name.partition(':')[2]}`" for name in found)
        lines.append(f"| `{prefix}:` | {namespace} | {kept} | {names} |")
    note = "A file in `ontology/vocabularies/` tells at its head its origin, its licence, and whether it is an extract."
    return "\n".join([*lines, "", note, ""])


def _named() -> set[str]:
    """Every IRI that the ontology, its shapes or the mapping of records name."""
    from ontology import terms

    found = {iri for namespace in terms.PREFIXES.values() for iri in namespace}
    for name in ("crossmedia.ttl", "shapes.ttl"):
        for triple in Graph().parse(FOLDER / name):
            found |= {str(term) for term in triple if isinstance(term, URIRef)}
    return found - {str(RDF.first), str(RDF.rest), str(RDF.nil)}


def main() -> None:
    """Print the page."""
    sys.path.insert(0, str(ROOT))
    print(made(), end="")


if __name__ == "__main__":
    main()

"""Vectors and payloads in a Neo4j database: nodes apart, found by the id of their object.

A vector is kept as bytes (little-endian float32), exact and small. Views named in `kg.neo4j_schema.NEAREST` that have
the width said there are also kept as the property `embedding`, which a vector index is made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kg.neo4j_codec import bindable, check_id
from kg.neo4j_schema import NEAREST
from kg.neo4j_session import Statements, rows, write
from kg.store import View
from ontology.errors import InvalidInput
from ontology.model import stable_id

FLOAT = np.dtype("<f4")


def checked(view: View) -> np.ndarray:
    """The matrix of a view as contiguous float32. Raises `InvalidInput` unless it is finite and has a row an id."""
    matrix = np.asarray(view.matrix)
    shape = (len(view.ids), len(view.fragments))
    if matrix.ndim != 2 or shape != (len(matrix), len(matrix)) or not matrix.shape[1]:
        raise InvalidInput(
            f"view {view.name!r} needs an n x d matrix with n ids and n fragments, "
            f"got {matrix.shape} with {shape[0]} and {shape[1]}"
        )
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused next
        vectors = np.ascontiguousarray(matrix, dtype=FLOAT)
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise InvalidInput(f"view {view.name!r} of object {view.ids[row]!r} is not finite in float32")
    check_id(view.name)
    return vectors


def vector_digest(vector: bytes) -> str:
    """A hash of a vector's bytes."""
    return hashlib.blake2b(vector, digest_size=16).hexdigest()


def prepared(view: View, vectors: np.ndarray) -> list[dict[str, Any]]:
    """A row for a statement for each vector, the last of equal places alone."""
    _, width = NEAREST.get(view.name, ("", 0))
    made = {}
    for item, fragment, vector in zip(view.ids, view.fragments, vectors, strict=True):
        key, content = stable_id("vector", view.name, item, fragment), vector.tobytes()
        # A vector without length has no direction, and so no nearest.
        embedding = vector.tolist() if len(vector) == width and vector.any() else None
        made[key] = {
            "key": key, "object": item, "name": view.name, "fragment": fragment, "content": content,
            "digest": vector_digest(content), "embedding": embedding, "width": len(vector),
        }  # fmt: skip
    return list(made.values())


def write_view(tx: Statements, name: str, vectors: list[dict[str, Any]]) -> None:
    """Replace the vectors of each object under the name. Raises `InvalidInput` if others there have another width."""
    _check_width(tx, name, vectors[0]["width"])
    objects = list(dict.fromkeys(row["object"] for row in vectors))
    now = {row["key"] for row in vectors}
    kept = {key: digest for _, key, _, digest in _kept(tx, name, objects)}
    write(tx, "UNWIND $keys AS key MATCH (v:Vector {key: key}) DELETE v", keys=[key for key in kept if key not in now])
    changed = [row for row in vectors if kept.get(row["key"]) != row["digest"]]
    names = ("key", "object", "name", "fragment", "content", "digest")
    label, _ = NEAREST.get(name, ("Vector", 0))
    write(
        tx,
        f"UNWIND $rows AS row MERGE (v:Vector {{key: row.key}}) SET v:{label}, v += row REMOVE v.embedding",
        rows=[{field: row[field] for field in names} for row in changed],
    )
    write(
        tx,
        "UNWIND $rows AS row MATCH (v:Vector {key: row.key}) "
        "CALL db.create.setNodeVectorProperty(v, 'embedding', row.vector)",
        rows=[{"key": row["key"], "vector": row["embedding"]} for row in changed if row["embedding"]],
    )


def _check_width(tx: Statements, name: str, width: int) -> None:
    found = rows(tx, "MATCH (v:Vector {name: $name}) RETURN size(v.content) LIMIT 1", name=name)
    if found and found[0][0] != width * FLOAT.itemsize:
        raise InvalidInput(f"view {name!r} has width {found[0][0] // FLOAT.itemsize}, got {width}")


def _kept(tx: Statements, name: str, objects: list[str]) -> list[list[str]]:
    return rows(
        tx,
        "UNWIND $ids AS id MATCH (v:Vector {object: id}) WHERE v.name = $name RETURN id, v.key, v.fragment, v.digest",
        ids=objects,
        name=name,
    )


def digests(tx: Statements, name: str, objects: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each object that has vectors of that name, their digests by fragment."""
    found: dict[str, dict[str, str]] = {}
    for item, _, fragment, digest in _kept(tx, name, bindable(objects)):
        found.setdefault(item, {})[fragment] = digest
    return found


def read(tx: Statements, name: str, objects: Iterable[str] | None) -> View:
    """The vectors of a name, of all objects or of those asked for, by object id and fragment."""
    if not bindable([name]):
        answer = []
    elif objects is None:
        answer = rows(tx, "MATCH (v:Vector {name: $name}) RETURN v.object, v.fragment, v.content", name=name)
    else:
        answer = rows(
            tx,
            "UNWIND $ids AS id MATCH (v:Vector {object: id}) WHERE v.name = $name RETURN id, v.fragment, v.content",
            ids=bindable(objects),
            name=name,
        )
    if not answer:
        return View(name, (), (), np.zeros((0, 0), dtype=np.float32))
    ids, fragments, vectors = zip(*sorted(answer, key=lambda row: row[:2]), strict=True)
    # Joined into a bytearray, not bytes: the array that looks into it can be written.
    matrix = np.frombuffer(bytearray().join(vectors), dtype=FLOAT).reshape(len(answer), -1)
    return View(name, ids, fragments, matrix.astype(np.float32, copy=False))


def names(tx: Statements) -> list[str]:
    """The names of all views, sorted."""
    return sorted(name for (name,) in rows(tx, "MATCH (v:Vector) RETURN DISTINCT v.name"))


def put_payloads(tx: Statements, name: str, payloads: Mapping[str, bytes]) -> None:
    """Keep bytes for objects that are there, in place of those of the same name."""
    write(
        tx,
        "UNWIND $rows AS row MERGE (p:Payload {key: row.key}) SET p += row",
        rows=[
            {"key": stable_id("payload", name, item), "name": name, "object": item, "content": content}
            for item, content in payloads.items()
        ],
    )


def payloads(tx: Statements, name: str, objects: Iterable[str]) -> dict[str, bytes]:
    """The payloads of a name, in the order of the objects asked for."""
    asked = bindable(objects)
    answer = rows(
        tx,
        "UNWIND $keys AS key MATCH (p:Payload {key: key}) RETURN p.object, p.content",
        keys=[stable_id("payload", name, item) for item in asked],
    )
    found = {item: bytes(content) for item, content in answer}
    return {item: found[item] for item in asked if item in found}

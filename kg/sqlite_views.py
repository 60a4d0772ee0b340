"""Views and payloads in the SQLite store: vectors as little-endian float32, a row a segment; bytes as they are."""

from __future__ import annotations

import json
import sqlite3

import numpy as np

from kg.store import View
from ontology.errors import InvalidInput

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
    return vectors


def write(db: sqlite3.Connection, view: View, vectors: np.ndarray) -> None:
    """Replace the vectors of each object under the name. Raises `InvalidInput` if others there have another width."""
    row = db.execute("SELECT length(vector) FROM view WHERE name = ? LIMIT 1", (view.name,)).fetchone()
    width = vectors.shape[1]
    if row and row[0] != width * FLOAT.itemsize:
        raise InvalidInput(f"view {view.name!r} has width {row[0] // FLOAT.itemsize}, got {width}")
    now = set(zip(view.ids, view.fragments, strict=True))
    kept = db.execute(
        "SELECT object, fragment FROM view WHERE name = ? AND object IN (SELECT value FROM json_each(?))",
        (view.name, json.dumps(sorted(set(view.ids)))),
    )
    dated = [(view.name, *row) for row in kept.fetchall() if row not in now]
    db.executemany("DELETE FROM view WHERE name = ? AND object = ? AND fragment = ?", dated)
    db.executemany(
        "INSERT INTO view (name, object, fragment, vector) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name, object, fragment) DO UPDATE SET vector = excluded.vector "
        "WHERE view.vector IS NOT excluded.vector",
        ((view.name, *row) for row in zip(view.ids, view.fragments, vectors, strict=True)),
    )


def read(db: sqlite3.Connection, name: str, *, wanted: bool) -> View:
    """The vectors of a name, of all objects or of those in `wanted` (which must be sorted)."""
    if wanted:
        select = (
            "SELECT object, fragment, vector FROM wanted CROSS JOIN view ON name = ? AND object = wanted.id "
            "ORDER BY wanted.position, fragment"
        )
    else:
        select = "SELECT object, fragment, vector FROM view WHERE name = ? ORDER BY object, fragment"
    rows = db.execute(select, (name,)).fetchall()
    if not rows:
        return View(name, (), (), np.zeros((0, 0), dtype=np.float32))
    ids, fragments, vectors = zip(*rows, strict=True)
    # Joined into a bytearray, not bytes: the array that looks into it can be written.
    matrix = np.frombuffer(bytearray().join(vectors), dtype=FLOAT).reshape(len(rows), -1)
    return View(name, ids, fragments, matrix.astype(np.float32, copy=False))


def names(db: sqlite3.Connection) -> list[str]:
    """The names of all views, sorted; each is found by one look into the index, not by reading every row."""
    rows = db.execute(
        "WITH RECURSIVE found (name) AS (SELECT min(name) FROM view UNION ALL "
        "SELECT (SELECT min(name) FROM view WHERE view.name > found.name) FROM found WHERE found.name IS NOT NULL) "
        "SELECT name FROM found WHERE name IS NOT NULL"
    )
    return [name for (name,) in rows]


def payloads(db: sqlite3.Connection, name: str) -> dict[str, bytes]:
    """The payloads of a name of the objects in `wanted`, in that order."""
    return dict(
        db.execute(
            "SELECT object, content FROM wanted CROSS JOIN payload ON object = wanted.id AND name = ? "
            "ORDER BY wanted.position",
            (name,),
        )
    )

"""Every store there is, for the tests that each of them must pass."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kg.sqlite import SQLiteStore
from kg.store import Store
from tests.neo4j_lender import Lender

OpenStore = Callable[[Path], Store]

# A new backend is tested by being named here: a fixture that gives what opens the store of a folder, making an empty
# one if it is missing.
BACKENDS = [pytest.param("sqlite_folders"), pytest.param("neo4j_folders", marks=pytest.mark.service)]


@pytest.fixture(scope="session")
def sqlite_folders() -> OpenStore:
    """Open the SQLite store of a folder."""
    return SQLiteStore


@pytest.fixture(scope="session")
def neo4j_folders(neo4j_lender: Lender) -> OpenStore:
    """Open the store on the Neo4j server that stands for a folder."""
    return neo4j_lender.open


@pytest.fixture(scope="session", params=BACKENDS, ids=lambda backend: backend.partition("_")[0])
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Open the store of a folder, with each backend in turn."""
    opener: OpenStore = request.getfixturevalue(request.param)
    return opener


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """How many made examples are tried where an embedded store is given so many: a server answers more slowly."""
    served = request.node.get_closest_marker("service") is not None
    return lambda number: number // 4 if served else number


@pytest.fixture
def store(open_store: OpenStore, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with closing(open_store(tmp_path / "store")) as opened:
        yield opened


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    """An empty embedded store beside it, whatever the backend."""
    with closing(SQLiteStore(tmp_path / "embedded")) as opened:
        yield opened

"""Every store there is, for the tests that each of them must pass."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from kg.sqlite import SQLiteStore
from kg.store import Store
from tests.neo4j_servers import Servers

OpenStore = Callable[[Path], Store]

# A new backend is tested by being named here: a fixture that gives what opens the store of a folder, making an empty
# one if it is missing.
BACKENDS = [pytest.param("sqlite_folders"), pytest.param("neo4j_folders", marks=pytest.mark.service)]


@pytest.fixture(scope="session")
def sqlite_folders() -> OpenStore:
    """Open the SQLite store of a folder."""
    return SQLiteStore


@pytest.fixture(scope="session")
def neo4j_folders(neo4j_servers: Servers) -> OpenStore:
    """Open the store on the Neo4j server that stands for a folder."""
    return neo4j_servers.open


@pytest.fixture(scope="session", params=BACKENDS, ids=lambda backend: backend.partition("_")[0])
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Open the store of a folder, with each backend in turn."""
    opener: OpenStore = request.getfixturevalue(request.param)
    return opener


@pytest.fixture
def store(open_store: OpenStore, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with closing(open_store(tmp_path / "store")) as opened:
        yield opened


@pytest.fixture(scope="session")
def fresh(
    open_store: OpenStore, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Store]]:
    """Make one more empty store, as often as a test needs one."""

    @contextmanager
    def make() -> Iterator[Store]:
        with closing(open_store(tmp_path_factory.mktemp("fresh"))) as opened:
            yield opened

    return make

"""Every store there is, for the tests that each of them must pass."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from kg.sqlite import SQLiteStore
from kg.store import Store

OpenStore = Callable[[Path], Store]

# A new backend is tested by being named here: what opens the store of a folder, making an empty one if it is missing.
BACKENDS: dict[str, OpenStore] = {"sqlite": SQLiteStore}


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Open the store of a folder, with each backend in turn."""
    return BACKENDS[request.param]


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

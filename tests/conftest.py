"""Fixtures that several parts share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neo4j_lender import Lender, lender

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of the real data sets; without it the tests marked `data` are skipped, unless it was named."""
    named = os.environ.get("CROSSMEDIA_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        if named:
            pytest.fail(f"CROSSMEDIA_DATA names {folder}, which is no folder")
        pytest.skip("the real data sets are not on this machine")
    return folder


@pytest.fixture(scope="session")
def neo4j_lender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lender]:
    """A real Neo4j server, started when first asked for; only for tests marked `service`."""
    with lender(tmp_path_factory.mktemp("neo4j")) as lending:
        yield lending

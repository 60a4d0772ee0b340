"""The order of the tests: what is fast first, so that an error shows early; what takes seconds last."""

import pytest
from hypothesis import settings

# How long an example may take says nothing on a machine that is busy with other things.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

LATE = {"data": 1, "slow": 2, "service": 3}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by how long a test is expected to take; within that the order stays."""
    items.sort(key=lambda item: max((LATE.get(mark.name, 0) for mark in item.iter_markers()), default=0))

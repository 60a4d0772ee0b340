"""Keeps readers of this program out while a transaction of this program is being committed.

Neo4j shows a commit to other transactions piece by piece (its isolation is *read committed*). A store promises whole
transactions, so reads and commits of one program exclude each other; reads do not exclude reads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Any number of readers, or one commit; a commit that waits goes before readers that come later."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._commits = 0  # waiting or under way
        self._committing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in the block. Blocks of one thread must not nest."""
        with self._condition:
            self._condition.wait_for(lambda: not self._commits)
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    def close(self) -> None:
        """Wait until nobody reads and keep everybody out; `open` must follow."""
        with self._condition:
            self._commits += 1
            self._condition.wait_for(lambda: not self._readers and not self._committing)
            self._committing = True

    def open(self) -> None:
        """Let readers in again."""
        with self._condition:
            self._commits -= 1
            self._committing = False
            self._condition.notify_all()

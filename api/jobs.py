"""Work over many items: in several processes, shown as it goes, safe from an item that kills its reader."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from ontology.errors import Conflict

Item = TypeVar("Item")
Result = TypeVar("Result")
Batch = Callable[[Sequence[Any]], list[Any]]


class Bar(Protocol):
    """A bar that counts items done."""

    def update(self, n: int = 1) -> object:
        """Count n more."""
        ...


class Progress:
    """Bars on the error stream, one a stage, counting items that are really done; quiet if asked."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Bar]:
        """A bar for one stage of `total` items."""
        layout = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}]"
        with tqdm(
            total=total,
            desc=f"{name:<10}",
            unit="item",
            disable=self._quiet or total == 0,
            file=sys.stderr,
            bar_format=layout,
            mininterval=0.2 if sys.stderr.isatty() else 5.0,
        ) as bar:
            yield bar


class Workers:
    """Processes that work on batches; `count` 0 works in this process."""

    def __init__(self, count: int, start: Callable[..., None], arguments: tuple[Any, ...] = ()) -> None:
        self._count = count
        self._start = start
        self._arguments = arguments
        self._pool: ProcessPoolExecutor | None = None
        self._ready = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run(
        self,
        work: Callable[[Sequence[Item]], list[Result]],
        batches: Iterable[Sequence[Item]],
        died: Callable[[Item], Result],
    ) -> Iterator[tuple[Sequence[Item], list[Result]]]:
        """Work on every batch and give each with its results as they come, in any order.

        A batch whose process dies is taken up again item by item, each in a process of its own; for the item that kills
        it, `died` gives the result.
        """
        if self._count == 0:
            if not self._ready:
                self._start(*self._arguments)
                self._ready = True
            yield from ((batch, work(batch)) for batch in batches)
            return
        waiting = iter(batches)
        running: dict[Future[list[Result]], Sequence[Item]] = {}
        lost: list[Sequence[Item]] = []
        while True:
            for batch in islice(waiting, 2 * self._count - len(running)):
                self._submit(work, batch, running, lost)
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                batch = running.pop(future)
                try:
                    yield batch, future.result()
                except BrokenProcessPool:
                    lost.append(batch)
                    self._pool = None
        for batch in lost:
            yield batch, [self._alone(work, item, died) for item in batch]

    def _submit(
        self,
        work: Callable[[Sequence[Item]], list[Result]],
        batch: Sequence[Item],
        running: dict[Future[list[Result]], Sequence[Item]],
        lost: list[Sequence[Item]],
    ) -> None:
        if self._pool is None:
            self._pool = self._new_pool(self._count)
        try:
            running[self._pool.submit(work, batch)] = batch
        except BrokenProcessPool:
            self._pool = None
            lost.append(batch)

    def _alone(
        self, work: Callable[[Sequence[Item]], list[Result]], item: Item, died: Callable[[Item], Result]
    ) -> Result:
        with self._new_pool(1) as pool:
            try:
                return pool.submit(work, [item]).result()[0]
            except BrokenProcessPool:
                return died(item)

    def _new_pool(self, count: int) -> ProcessPoolExecutor:
        # A fresh interpreter each: forking a process that has threads is not safe.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(self._start, self._arguments))


def _begin(start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start(*arguments)


def _end_with_parent() -> None:
    # A build that is killed leaves nobody to tell its workers; they watch it themselves.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def default_workers() -> int:
    """As many processes as this one may use processors, at most 8; with one processor, none besides this."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if count == 1 else min(count, 8)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the right to build in a store's folder; the system gives it back however the process ends.

    Raises `Conflict` if another build holds it.
    """
    with (folder / "build.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(f"another build is at work on {folder}; wait for it, or stop it") from error
        yield

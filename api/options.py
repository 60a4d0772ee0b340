"""What commands share: the options that all have, and the store in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from kg.store import Store

F = TypeVar("F", bound=Callable[..., Any])

STORE: Final = ".crossmedia"


def common(command: F) -> F:
    """The options that every command has."""

    @click.option(
        "--store",
        "folder",
        type=click.Path(path_type=Path),
        default=STORE,
        envvar="CROSSMEDIA_STORE",
        show_default=True,
        help="Folder of the store.",
    )
    @click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "jsonl"]),
        default="text",
        show_default=True,
        help="How to print.",
    )
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


@contextmanager
def opened(folder: Path, create: bool = False) -> Iterator[Store]:
    """The store in a folder, closed at the end."""
    from kg.sqlite import SQLiteStore

    store = SQLiteStore.open(folder, create)
    try:
        yield store
    finally:
        store.close()

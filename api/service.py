"""What every route works with: the store, the lists over it, the searcher, and where content lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from api.catalogue import Catalogue
from api.hits import Searcher
from kg.store import Store

NAME = "crossmedia"


@dataclass(frozen=True, slots=True)
class Service:
    """One for an app. `content_root` is the folder that relative locations are meant from, None the current one."""

    store: Store
    searcher: Searcher
    catalogue: Catalogue
    content_root: Path | None = None


def service() -> Service:
    """The service of the app that answers the present request."""
    return cast(Service, current_app.extensions[NAME])

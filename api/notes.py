"""What the pipeline notes for later builds: where a collection was read from, and which objects a person removed."""

from __future__ import annotations

import json
from pathlib import Path

from api.understanding import EncoderChoice
from correlate.bridging import DEFAULT, check_method
from kg.store import Store
from ontology.errors import InvalidInput


def left_out(store: Store) -> set[str]:
    """Ids of objects that a person removed, and that a build therefore leaves out."""
    return set(json.loads(store.setting("removed") or "[]"))


def set_left_out(store: Store, ids: set[str]) -> None:
    """Keep those ids."""
    store.set_setting("removed", json.dumps(sorted(ids)) if ids else None)


def origin(store: Store, collection: str) -> tuple[Path, Path | None]:
    """Path and mapping that a collection was last read with."""
    path, mapping = json.loads(store.setting(f"collection {collection}") or "[null, null]")
    if path is None:
        raise InvalidInput(f"it is not known where collection {collection!r} was read from")
    return Path(path), Path(mapping) if mapping else None


def set_origin(store: Store, collection: str, path: Path, mapping: Path | None) -> None:
    """Keep path and mapping of a collection."""
    origin = json.dumps([str(path.resolve()), str(mapping.resolve()) if mapping else None])
    if store.setting(f"collection {collection}") != origin:
        store.set_setting(f"collection {collection}", origin)


def encoder_choice(store: Store) -> EncoderChoice:
    """The encoders that the store is built with."""
    folder = store.setting("joint encoder")
    return EncoderChoice(Path(folder) if folder else None)


def set_joint(store: Store, folder: Path) -> None:
    """Build with a joint encoder of pictures and words from now on."""
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder of an encoder")
    store.set_setting("joint encoder", str(folder.resolve()))


def method(store: Store) -> str:
    """The method by which the store brings pictures and words together."""
    return check_method(store.setting("method") or DEFAULT)


def set_method(store: Store, name: str) -> None:
    """Bring them together by a method of this name from now on. Raises `InvalidInput` with all names."""
    store.set_setting("method", check_method(name))

"""Fitted methods as plain JSON values, arrays in base64: what is read back can hold numbers, and nothing that runs.

Kept are a model's settings and what it learned: arrays, numbers, words, lists and mappings of them, other models, and
the frozen records of this package (kernels, maps, classifiers). Floating point numbers are kept in single precision.
"""

from __future__ import annotations

import base64
import io
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from ontology.errors import InvalidInput

PACKAGE: Final = "correlate."


def pack_array(array: NDArray[Any]) -> str:
    """An array as text."""
    buffer = io.BytesIO()
    floating = np.issubdtype(array.dtype, np.floating)
    np.save(buffer, array.astype(np.float32) if floating else array, allow_pickle=False)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unpack_array(text: str) -> NDArray[Any]:
    """Read back what `pack_array` wrote; floating point numbers come in double precision."""
    array: NDArray[Any] = np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False)
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def pack(value: Any) -> Any:
    """A fitted model, or anything it may hold, as JSON values. Raises `InvalidInput` for what cannot be kept."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return pack(value.item())
    if isinstance(value, int | float):
        return value
    if isinstance(value, np.ndarray) and value.dtype != object:
        return {"array": pack_array(value)}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [pack(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(each)] for key, each in value.items()]}
    if type(value).__module__.startswith(PACKAGE):
        return {"type": f"{type(value).__module__}:{type(value).__qualname__}", "holds": _held(value)}
    raise InvalidInput(f"a {type(value).__name__} cannot be kept")


def _held(value: Any) -> dict[str, Any]:
    names = [field.name for field in fields(value)] if is_dataclass(value) else vars(value)
    return {name: pack(getattr(value, name)) for name in names}


def unpack(kept: Any) -> Any:
    """Read back what `pack` wrote. Raises `InvalidInput` for anything else."""
    if not isinstance(kept, dict):
        return kept
    match kept:
        case {"array": str(text)}:
            return unpack_array(text)
        case {"list": list(values)}:
            return [unpack(each) for each in values]
        case {"tuple": list(values)}:
            return tuple(unpack(each) for each in values)
        case {"dict": list(pairs)}:
            return {unpack(key): unpack(each) for key, each in pairs}
        case {"type": str(name), "holds": dict(held)}:
            return _made(name, {key: unpack(each) for key, each in held.items()})
    raise InvalidInput(f"nothing that was kept: {sorted(kept)}")


def _made(name: str, held: dict[str, Any]) -> Any:
    module, _, qualified = name.partition(":")
    found = getattr(import_module(module), qualified, None) if module.startswith(PACKAGE) else None
    if not isinstance(found, type) or not (is_dataclass(found) or issubclass(found, BaseEstimator)):
        raise InvalidInput(f"no model or record of this package: {name!r}")
    if is_dataclass(found):
        return cast(Any, found)(**held)
    made: Any = object.__new__(found)
    vars(made).update(held)
    return made

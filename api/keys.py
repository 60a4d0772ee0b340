"""Who may write over HTTP: people with a key, each known by a name, which their decisions then carry."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from flask import current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from ontology.errors import InvalidInput

NAME: Final = "crossmedia.keys"
VARIABLE: Final = "CROSSMEDIA_API_KEYS"
SHORTEST: Final = 16


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Keys:
    """For each person's name the SHA-256 of their key; the keys themselves are not kept."""

    digests: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, where: str) -> Keys:
        """Keys from lines `name: key`; empty lines and those after `#` say nothing. Raises `InvalidInput`."""
        found: dict[str, bytes] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            name, colon, key = (part.strip() for part in line.partition(":"))
            if not name or name.startswith("#"):
                continue
            if not colon or len(key) < SHORTEST:
                raise InvalidInput(f"line {number} of {where} must be `name: key` with {SHORTEST} characters or more")
            if name in found:
                raise InvalidInput(f"line {number} of {where} names {name!r} again")
            found[name] = _digest(key)
        return cls(found)

    @classmethod
    def read(cls, path: Path | None) -> Keys:
        """Keys of a file, else those of the environment, else none. Raises `InvalidInput`, also for a file that others
        than its owner can read.
        """
        if path is None:
            return cls.parse(os.environ.get(VARIABLE, ""), VARIABLE)
        try:
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise InvalidInput(f"{str(path)!r} holds keys, but others can read it; `chmod 600` it")
            return cls.parse(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{str(path)!r} cannot be read as a file of keys: {error}") from error

    def who(self, key: str) -> str | None:
        """Whose key it is. Takes the same time for any key."""
        given, found = _digest(key), None
        for name, digest in self.digests.items():
            if hmac.compare_digest(given, digest):
                found = name
        return found


def writer() -> str:
    """The name of who sends the present request, by `Authorization: Bearer` or `X-Api-Key`: headers that no page of
    another site can make a browser send. Answers 403 if nobody may write, 401 without a key that is known.
    """
    keys = cast(Keys, current_app.extensions[NAME])
    if not keys.digests:
        raise Forbidden("this service takes no decisions: it was started without keys")
    given = request.headers.get("X-Api-Key", "")
    if request.authorization is not None and request.authorization.type == "bearer":
        given = request.authorization.token or ""
    name = keys.who(given)
    if name is None:
        raise Unauthorized("a key is needed that this service knows", www_authenticate=WWWAuthenticate("bearer"))
    return name

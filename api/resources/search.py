"""Search over HTTP: by words, by an object that is kept, or by a file of any medium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from api import parameters
from api.hits import Hit
from api.present import hit_dict
from api.responses import json_response
from api.service import service
from ontology.errors import InvalidInput
from ontology.model import MediaObject

blueprint = Blueprint("search", __name__, url_prefix="/api/v1")
MOST = 200


def require_form() -> None:
    """Refuse a body that is no form with files: 415."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("send the file as multipart/form-data, in a part named 'file'")


@contextmanager
def kept_for_now(upload: FileStorage) -> Iterator[Path]:
    """The upload as a file of a neutral name, gone at the end of the block; nothing of the given name but a plain
    extension is used.
    """
    extension = re.search(r"\.[A-Za-z0-9]{1,8}\Z", upload.filename or "")
    with TemporaryDirectory(prefix="crossmedia-") as folder:
        path = Path(folder) / f"query{extension[0].lower() if extension else ''}"
        upload.save(path)
        if path.stat().st_size == 0:
            raise InvalidInput("the file is empty")
        yield path


def uploaded() -> FileStorage | None:
    """The one file sent, None if there is none. A form sends an empty, nameless part if no file was chosen."""
    sent = [upload for upload in request.files.getlist("file") if upload.filename]
    if len(sent) > 1:
        raise InvalidInput(f"{len(sent)} files were sent, one at a time is looked for")
    return sent[0] if sent else None


def hits_by_file(upload: FileStorage, limit: int) -> list[Hit]:
    """What is like the file sent, best first."""
    with kept_for_now(upload) as path:
        return service().searcher.content(path, modality=parameters.modality(), limit=limit)


def hits_by_query(limit: int) -> list[Hit]:
    """What the words in `q` or the object in `object` ask for, best first."""
    words, kept = parameters.query(), parameters.text("object")
    if (words is None) == (kept is None):
        raise InvalidInput("search needs either words in q or the id of an object in object")
    if words is not None:
        return service().searcher.words(words, modality=parameters.modality(), limit=limit)
    assert kept is not None
    return service().searcher.related(kept, modality=parameters.modality(), limit=limit)


def hits_response(hits: list[Hit], limit: int) -> Response:
    """The first `limit` hits with what they found, and whether there are more."""
    items = service().store.get(MediaObject, [hit.object for hit in hits])
    shown = [hit_dict(hit, items.get(hit.object)) for hit in hits[:limit]]
    return json_response({"items": shown, "limit": limit, "more": len(hits) > limit})


@blueprint.get("/search")
def by_query() -> Response:
    """Hits for words or for an object."""
    parameters.only("q", "object", "modality", "limit")
    limit = parameters.number("limit", 20, MOST)
    return hits_response(hits_by_query(limit + 1), limit)


@blueprint.post("/search")
def by_file() -> Response:
    """Hits for a file of any medium. Nothing is kept."""
    require_form()
    parameters.only("modality", "limit")
    limit = parameters.number("limit", 20, MOST)
    upload = uploaded()
    if upload is None:
        raise InvalidInput("no file was sent in a part named 'file'")
    return hits_response(hits_by_file(upload, limit + 1), limit)

"""The content of objects and their thumbnails over HTTP, as a whole or in ranges."""

from __future__ import annotations

import hashlib
import io
import mimetypes

from flask import Blueprint, Response, send_file

from api import parameters
from api.content import content_path, own_words, served_type
from api.resources.objects import object_of
from api.service import service
from ontology.errors import NotFound

blueprint = Blueprint("media", __name__, url_prefix="/api/v1")
NAME = "content"


def harmless(response: Response) -> Response:
    """Let the content run nothing and load nothing, even when a browser opens it as a page."""
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/media/<id:object_id>")
def content(object_id: str) -> Response:
    """The content as it was read, with the media type of the record, not one that the file suggests."""
    parameters.only()
    item = object_of(object_id)
    words = own_words(item)
    media_type, download = ("text/plain", False) if words is not None else served_type(item.media_type)
    file = content_path(item, service().content_root) if words is None else io.BytesIO(words)
    name = NAME + (mimetypes.guess_extension(media_type) or ".bin")
    # Without a checksum send_file makes its own tag of the time of change and the size.
    tag: str | bool = item.checksum or True
    return harmless(send_file(file, media_type, as_attachment=download, download_name=name, conditional=True, etag=tag))


@blueprint.get("/media/<id:object_id>/thumbnail")
def thumbnail(object_id: str) -> Response:
    """The small JPEG picture of an image, or of a video's poster."""
    parameters.only()
    picture = service().store.payloads("thumbnail", [object_id]).get(object_id)
    if picture is None:
        raise NotFound(f"object {object_id[:200]!r} has no thumbnail")
    tag = hashlib.sha256(picture).hexdigest()
    return harmless(send_file(io.BytesIO(picture), "image/jpeg", conditional=True, etag=tag))

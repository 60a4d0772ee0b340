"""One file of a collection into records: a text, a page with what it shows, a picture, a recording, a clip."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final

from kg.readers import archive, picture, text_file
from kg.readers.collection import Collection
from kg.readers.details import CHECKS, Content, Details, identity, media_object
from kg.readers.item import Item, Problems
from kg.readers.media_type import HEAD, is_archive, media_type, modality_of
from kg.readers.page import Page, read_page
from ontology.errors import InvalidInput
from ontology.model import MediaObject, Source

Records = tuple[Source | MediaObject, ...]

_MOST_ADDRESSES: Final = 20
_OF_TEXTS: Final = tuple(key for key in CHECKS if key != "text")


def read_file(collection: Collection, path: Path, claimed: set[Path]) -> Item:
    """The item that a file is. The files that a page shows are read with it and added to `claimed`."""
    problems = Problems(collection.name, collection.place(path))
    try:
        records = _records(collection, path, problems, claimed)
    except InvalidInput as error:
        records = ()
        problems.fail(str(error))
    except OSError as error:
        records = ()
        problems.fail(f"cannot be read: {error.strerror or error}")
    return Item(problems.item, records, problems.failures())


def _records(collection: Collection, path: Path, problems: Problems, claimed: set[Path]) -> Records:
    kind = _media_type(path)
    if kind == "text/html":
        return _page(collection, path, problems, claimed)
    if modality_of(kind) == "text":
        return _text(collection, path, kind, problems)
    return read_medium(collection, path, problems, Details())


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise InvalidInput("the file is empty")
    if is_archive(path.name, head):
        raise InvalidInput(archive.refusal(path))
    return media_type(path.name, head)


def _content(collection: Collection, path: Path, kind: str) -> Content:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return Content(modality_of(kind), kind, checksum, path.as_posix(), collection.place(path))


def _side_car(collection: Collection, path: Path, problems: Problems, allowed: tuple[str, ...]) -> Details:
    return collection.side_car(path.with_name(path.name + ".json"), problems, allowed)


def read_medium(collection: Collection, path: Path, problems: Problems, base: Details) -> tuple[Source, MediaObject]:
    """The record of a picture, recording or clip and its source. Its side-car counts more than `base`, what is said
    where it is shown; that counts more than the defaults of its folder, and those more than its header.

    Raises `InvalidInput` or `OSError` if it cannot be taken.
    """
    kind = _media_type(path)
    if modality_of(kind) == "text":
        raise InvalidInput(f"not a picture, recording or clip but {kind}")
    header = picture.header(path, kind) if modality_of(kind) == "image" else Details()
    said = _side_car(collection, path, problems, tuple(CHECKS)).or_else(
        Details(text=_caption(collection, path, problems))
    )
    details = said.or_else(base, collection.defaults(path.parent, problems), header)
    assert details.source is not None
    return details.source, media_object(details, _content(collection, path, kind), collection.name)


def _caption(collection: Collection, path: Path, problems: Problems) -> str | None:
    """The text in `photo.jpg.txt`."""
    beside = path.with_name(path.name + ".txt")
    if not beside.is_file():
        return None
    item = collection.place(beside)
    if collection.within(beside) is None:
        problems.warn("a link that leaves the collection; it was left out", item)
        return None
    try:
        caption, encoding = text_file.decoded(_whole(beside))
    except InvalidInput as error:
        problems.warn(f"{error}; it was left out", item)
        return None
    if encoding:
        problems.warn(f"not UTF-8; read as {encoding}", item)
    return caption.strip() or None


def _whole(path: Path) -> bytes:
    size = path.stat().st_size
    if size > text_file.LARGEST:
        raise InvalidInput(f"a text of {size} bytes; at most {text_file.LARGEST} are read")
    return path.read_bytes()


def _text(collection: Collection, path: Path, kind: str, problems: Problems) -> Records:
    whole, encoding = text_file.decoded(_whole(path))
    if encoding:
        problems.warn(f"not UTF-8; read as {encoding}")
    title, text = text_file.titled(whole, kind == "text/markdown")
    if not text:
        raise InvalidInput("the file holds nothing but white space")
    said = _side_car(collection, path, problems, _OF_TEXTS)
    if said.title and said.title != title:  # then the first line is no title, and must not be lost
        title, text = said.title, whole.strip()
    details = replace(said, title=title, text=text).or_else(collection.defaults(path.parent, problems))
    assert details.source is not None
    return details.source, media_object(details, _content(collection, path, kind), collection.name)


def _page(collection: Collection, path: Path, problems: Problems, claimed: set[Path]) -> Records:
    page = read_page(_whole(path), problems)
    content = _content(collection, path, "text/html")
    said = _side_car(collection, path, problems, _OF_TEXTS)
    details = said.or_else(page.stated, collection.defaults(path.parent, problems), page.guessed)
    document = details.document or identity(details, content)
    media, elsewhere = _shown(collection, path, page, replace(details, document=document), problems, claimed)
    if not (details.title or details.text or media):
        raise InvalidInput("the page holds no title, no text and no picture that is there")
    if elsewhere:
        details = replace(details, metadata={**details.metadata, "images": "\n".join(elsewhere[:_MOST_ADDRESSES])})
    if media:
        details = replace(details, id=identity(details, content), document=document)
    assert details.source is not None
    return details.source, media_object(details, content, collection.name), *media


def _shown(
    collection: Collection, path: Path, page: Page, details: Details, problems: Problems, claimed: set[Path]
) -> tuple[Records, list[str]]:
    """What a page shows: the records of what lies in the collection, and the addresses of what does not."""
    # Not the licence: that of a text says nothing about the photos of others.
    base = replace(details, id=None, title=None, licence=None, metadata={})
    records: list[Source | MediaObject] = []
    elsewhere: list[str] = []
    taken: set[Path] = set()
    for shown in page.shown:
        file = collection.shown(shown.address, path.parent)
        if file is None:
            elsewhere.append(shown.address)
        elif file not in taken:
            taken.add(file)
            try:
                records += read_medium(collection, file, problems, replace(base, text=shown.caption))
            except InvalidInput as error:
                problems.fail(f"{collection.place(file)}: {error}")
            except OSError as error:
                problems.fail(f"{collection.place(file)}: cannot be read: {error.strerror or error}")
    claimed |= taken
    return tuple(records), elsewhere

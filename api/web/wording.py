"""How times, numbers, names and addresses are written on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from flask import Flask

from ontology.model import MediaObject, Modality, isoformat

MEDIA: Final[dict[Modality, tuple[str, str]]] = {
    "text": ("text", "texts"),
    "image": ("photo", "photos"),
    "audio": ("recording", "recordings"),
    "video": ("clip", "clips"),
}
TITLE_LENGTH: Final = 90


def date(time: datetime) -> str:
    """A day as `11 March 2011`."""
    return f"{time.day} {time:%B} {time.year}"


def moment(time: datetime | None) -> str:
    """A time as `11 March 2011, 05:46 UTC`; midnight sharp is a date alone, None is said in words."""
    if time is None:
        return "time not known"
    return date(time) if (time.hour, time.minute, time.second) == (0, 0, 0) else f"{date(time)}, {time:%H:%M} UTC"


def period(start: datetime | None, end: datetime | None) -> str:
    """From a time to another, with what both share said once."""
    if start is None or end is None or start == end:
        return moment(start or end)
    if start.date() == end.date():
        return f"{date(start)}, {start:%H:%M} to {end:%H:%M} UTC"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {date(end)}"
    if start.year == end.year:
        return f"{start.day} {start:%B} to {date(end)}"
    return f"{date(start)} to {date(end)}"


def timecode(seconds: float) -> str:
    """Seconds as `1:02:03` or `2:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def shortened(text: str, length: int) -> str:
    """The first `length` characters, cut at a word, with an ellipsis if something is missing."""
    line = " ".join(text[: length * 4].split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",;:.-") + "…"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 photo`, `12 photos`, `1,200 photos`."""
    return f"{number:,} {one if number == 1 else many}"


def media(modality: Modality, number: int) -> str:
    """A number of objects of a medium."""
    return counted(number, *MEDIA[modality])


def heading(item: MediaObject) -> str:
    """What to call an object: its title, else how its text begins, else its medium and id."""
    named = shortened(item.title, TITLE_LENGTH) or shortened(item.text, TITLE_LENGTH)
    return named or f"{MEDIA[item.modality][0].capitalize()} {shortened(item.id, TITLE_LENGTH)}"


def outward(address: str | None) -> str | None:
    """An address that a page may link to, None for one that is no web address (such as `javascript:`)."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def host(address: str) -> str:
    """The host of a web address, as its short name."""
    return urlsplit(address).hostname or address


def plain(name: str) -> str:
    """A name of the records in words: `near_duplicate` as `near duplicate`."""
    return name.replace("_", " ")


def register(app: Flask) -> None:
    """Let the templates of `app` write so."""
    for function in (moment, period, timecode, shortened, counted, media, heading, outward, host, plain, isoformat):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["MEDIA"] = MEDIA

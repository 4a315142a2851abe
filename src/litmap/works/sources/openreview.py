"""OpenReview's notes, API 2 and 1 (venues up to 2022). https://docs.openreview.net

Anonymous callers may meet a challenge; then other sources are asked by the forum's address.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from litmap.errors import NotFound
from litmap.models import Location, Request
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    items,
    load_json,
    people,
    split_title,
    text,
    year,
)

NAME = "OpenReview"
HOSTS = ("api2.openreview.net", "api.openreview.net")


def request_for(ident: str, host: str = HOSTS[0]) -> Request:
    """A request for one note by its id, at API 2 or (second of `HOSTS`) API 1."""
    return Request(f"https://{host}/notes?id={quote(ident, safe='')}", accept="application/json")


def parse(body: bytes) -> list[Record]:
    """The records of a list of notes. Raises `NotFound` for the service's own error object,
    `WebError` if not JSON.
    """
    data = fields(load_json(body, NAME))
    if data.get("name") and "notes" not in data:
        raise NotFound(f"{NAME}: {text(data.get('message'))[:200]}")
    found = [_record(fields(note)) for note in items(data.get("notes"))]
    return [record for record in found if record is not None]


def _record(note: dict[str, Any]) -> Record | None:
    content = {
        name: fields(value).get("value", value)
        for name, value in fields(note.get("content")).items()
    }
    ident = text(note.get("forum") or note.get("id"))
    title, marked = split_title(content.get("title"), NAME)
    if not ident or not title:
        return None
    has_file = bool(content.get("pdf"))
    page = f"https://openreview.net/forum?id={ident}"
    file = Location(f"https://openreview.net/pdf?id={ident}", "pdf", NAME, "open")
    return Record(
        source=NAME,
        title=title,
        authors=people(text(name) for name in items(content.get("authors"))),
        year=_year(note, text(content.get("venueid"))),
        venue=text(content.get("venue")),
        abstract=text(content.get("abstract")),
        ids=identifiers([f"openreview:{ident}"]),
        urls=(page,),
        notices=marked,
        locations=(file, Location(page, "landing", NAME, "open"))
        if has_file
        else (Location(page, "landing", NAME),),
    )


def _year(note: dict[str, Any], venue: str) -> int | None:
    for part in venue.split("/"):
        found = year(part)
        if found:
            return found
    for key in ("pdate", "odate", "cdate"):
        if isinstance(note.get(key), int | float):
            return time.gmtime(min(max(0, note[key]), 4e12) / 1000).tm_year
    return None

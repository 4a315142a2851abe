"""EconBiz, the search engine of the German library of economics: open copies of working papers, at
EconStor above all, by title. https://api.econbiz.de
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from litmap.models import Location, Request
from litmap.parsing.identifiers import identifier_from_url
from litmap.works.phrases import phrase
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    is_web_address,
    items,
    load_json,
    named,
    people,
    split_title,
    text,
    year,
)

NAME = "EconBiz"
API = "https://api.econbiz.de/v1/search"
PAGE = 10
_WORKING_PAPER = re.compile(r"10\.2139/ssrn\.\d+")
"""Papers at SSRN, whose files want a login."""


def can_ask(doi: str) -> bool:
    """Whether a DOI is that of a working paper of which the publisher gives no file."""
    return _WORKING_PAPER.fullmatch(doi) is not None


def request_for_title(title: str) -> Request:
    """A search for works with this title, as a phrase."""
    asked = urlencode({"q": f'title:"{phrase(title)}"', "size": str(PAGE)})
    return Request(f"{API}?{asked}", accept="application/json")


def parse(body: bytes) -> list[Record]:
    """The records of an answer. Raises `WebError` for what is not JSON."""
    hits = fields(fields(load_json(body, NAME)).get("hits"))
    return named(_record(fields(item)) for item in items(hits.get("hits")))


def _record(hit: dict[str, Any]) -> Record | None:
    item = fields(hit.get("_source")) or hit
    title, marked = split_title(item.get("title"), NAME)
    if not title:
        return None
    links = [text(url) for url in _listed(item.get("identifier_url"))]
    links = [url for url in links if is_web_address(url)]
    dates = [text(date) for date in _listed(item.get("date"))]
    return Record(
        source=NAME,
        title=title,
        authors=people(text(name) for name in _listed(item.get("creator"))),
        year=year(next(iter(dates), "")[-4:]),
        ids=identifiers(identifier_from_url(url) or "" for url in links),
        locations=tuple(_place(url) for url in links),
        notices=marked,
    )


def _listed(value: Any) -> list[Any]:
    """A field that is a text where it has one value only."""
    return [value] if isinstance(value, str) else list(items(value))


def _place(url: str) -> Location:
    """A file, or EconStor's page, which leads to one; other pages may be behind a wall."""
    if url.lower().endswith(".pdf"):
        return Location(url, "pdf", NAME, "open")
    is_own = "econstor.eu/" in url or "hdl.handle.net/10419/" in url
    return Location(url, "landing", NAME, "open" if is_own else "unknown")

"""bioRxiv and medRxiv: under which DOI a preprint was published. https://api.biorxiv.org

Their own files stand behind a robot check; the published version is often open elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from litmap.models import Request
from litmap.parsing.identifiers import doi_id
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    items,
    load_json,
    named,
    people,
    split_title,
    text,
    year,
)

NAME = "bioRxiv"
_PREPRINT = re.compile(r"10\.(?:1101|64898)/(?:(?:\d{4}\.\d\d\.\d\d\.)?(\d{6,8}))")
_MEDICAL = 8
"""Digits of a number at medRxiv; at bioRxiv it has six."""


def can_ask(doi: str) -> bool:
    """Whether a DOI is that of a preprint: the prefix has journals too."""
    return _PREPRINT.fullmatch(doi) is not None


def unpublished(dois: Sequence[str]) -> str:
    """The DOI of a work that is a preprint and has no other, '' for all others."""
    return dois[0] if len(dois) == 1 and can_ask(dois[0]) else ""


def request_for(doi: str) -> Request:
    """A request for the versions of one preprint."""
    number = _PREPRINT.fullmatch(doi)
    server = "medrxiv" if number and len(number[1]) == _MEDICAL else "biorxiv"
    url = f"https://api.biorxiv.org/details/{server}/{quote(doi, safe='/.')}/na/json"
    return Request(url, accept="application/json")


def parse(body: bytes) -> list[Record]:
    """The record of the newest version. Raises `WebError` for what is not JSON."""
    versions = items(fields(load_json(body, NAME)).get("collection"))
    return named(_record(fields(item)) for item in versions[-1:])


def _record(item: dict[str, object]) -> Record | None:
    title, marked = split_title(item.get("title"), NAME)
    doi = doi_id(text(item.get("doi")))
    if not title or not doi:
        return None
    return Record(
        source=NAME,
        title=title,
        authors=people(name.strip() for name in text(item.get("authors")).split(";")),
        year=year(text(item.get("date"))[:4]),
        venue=text(item.get("server")),
        abstract=text(item.get("abstract")),
        ids=identifiers([doi, doi_id(text(item.get("published"))) or ""]),
        notices=marked,
    )

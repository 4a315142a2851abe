"""Unpaywall: open copies of a DOI's work. Wants a real e-mail address.
https://unpaywall.org/products/api
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    items,
    load_json,
    people,
    places,
    split_title,
    text,
    year,
)

NAME = "Unpaywall"
API = "https://api.unpaywall.org/v2"


def request_for(doi: str, contact: str) -> Request:
    """A request for one DOI, in the name of a contact."""
    return Request(
        f"{API}/{quote(doi, safe='/():;.-_')}?email={quote(contact, safe='@')}",
        accept="application/json",
    )


def parse(body: bytes) -> list[Record]:
    """The record with its open places. Raises `WebError` for what is not JSON."""
    item = fields(load_json(body, NAME))
    doi = doi_id(text(item.get("doi")))
    title, marked = split_title(item.get("title"), NAME)
    if not doi:
        return []
    locations = [
        location
        for place in map(fields, items(item.get("oa_locations"), 40))
        for location in _locations(place)
    ]
    ids = [identifier_from_url(location.url) or "" for location in locations]
    names = (text(fields(a).get("raw_author_name")) for a in items(item.get("z_authors")))
    record = Record(
        source=NAME,
        title=title,
        authors=people(names),
        year=year(item.get("year")),
        venue=text(item.get("journal_name")),
        ids=identifiers([doi, *(ident for ident in ids if ident.startswith("arxiv:"))]),
        locations=tuple(dict.fromkeys(locations)),
        notices=marked,
    )
    return [record]


def _locations(place: dict[str, Any]) -> list[Location]:
    file = text(place.get("url_for_pdf"))
    page = text(place.get("url_for_landing_page") or place.get("url"))
    return places(file, page, NAME, "open", text(place.get("version")))

"""Unpaywall: open copies of a DOI's work. Wants a real e-mail address.
https://unpaywall.org/products/api
"""

from __future__ import annotations

from urllib.parse import quote

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url
from litmap.works.record import Record, fields, items, load_json, text, unique, year

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
    doi, title = doi_id(text(item.get("doi"))), text(item.get("title"))
    if not doi:
        return []
    spots: list[Location] = []
    for place in map(fields, items(item.get("oa_locations"), 40)):
        file, page = (
            text(place.get("url_for_pdf")),
            text(place.get("url_for_landing_page") or place.get("url")),
        )
        version = text(place.get("version"))
        if file.startswith(("http://", "https://")):
            spots.append(Location(file, "pdf", NAME, "open", version))
        if page.startswith(("http://", "https://")):
            spots.append(Location(page, "landing", NAME, "open", version))
    found = [identifier_from_url(spot.url) or "" for spot in spots]
    arxiv = [ident for ident in found if ident.startswith("arxiv:")]
    return [
        Record(
            source=NAME,
            title=title,
            authors=tuple(
                filter(
                    None,
                    (text(fields(a).get("raw_author_name")) for a in items(item.get("z_authors"))),
                )
            ),
            year=year(item.get("year")),
            venue=text(item.get("journal_name")),
            ids=unique([doi, *arxiv]),
            locations=tuple(dict.fromkeys(spots)),
        )
    ]

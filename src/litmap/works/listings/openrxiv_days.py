"""New preprints of bioRxiv and medRxiv in a category, by day. https://api.biorxiv.org"""

from __future__ import annotations

from urllib.parse import quote

from litmap.models import Request
from litmap.parsing.identifiers import doi_id
from litmap.works.listings.page import ListingPage, NewPaper, day_of
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

NAMES = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}
API = "https://api.biorxiv.org/details"


def request_for(server: str, category: str, since: str, until: str, cursor: str = "0") -> Request:
    """A request for the preprints of a server ('biorxiv', 'medrxiv') and category between two days
    (ISO 8601); `cursor` is `ListingPage.more` of the page before.
    """
    wanted = quote(category.strip().lower().replace(" ", "_"), safe="")
    url = f"{API}/{server}/{since}/{until}/{quote(cursor)}/json?category={wanted}"
    return Request(url, accept="application/json")


def parse(body: bytes) -> ListingPage:
    """The first versions among the preprints of an answer. Raises `WebError` for what is not
    JSON.
    """
    data = fields(load_json(body, "bioRxiv"))
    listed = [fields(item) for item in items(data.get("collection"))]
    papers = [p for item in listed if (p := _paper(item)) is not None]
    told = fields(next(iter(items(data.get("messages"))), None))
    done = _number(told.get("cursor")) + len(listed)
    more = str(done) if listed and done < _number(told.get("total")) else ""
    return ListingPage(papers, more)


def _number(value: object) -> int:
    """A count, which comes as a number or as a text; 0 for anything else."""
    found = str(value)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0


def _paper(item: dict[str, object]) -> NewPaper | None:
    server = text(item.get("server")) or "bioRxiv"
    title, marked = split_title(item.get("title"), server)
    doi = doi_id(text(item.get("doi")))
    if not title or not doi or str(item.get("version", "1")) != "1":
        return None
    day = day_of(text(item.get("date")))
    record = Record(
        source=server,
        title=title,
        authors=people(name.strip() for name in text(item.get("authors")).split(";")),
        year=year(day),
        venue=server,
        abstract=text(item.get("abstract")),
        ids=identifiers([doi]),
        urls=(f"https://doi.org/{doi.removeprefix('doi:')}",),
        notices=marked,
    )
    return NewPaper(record, day)

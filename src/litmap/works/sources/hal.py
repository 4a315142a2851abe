"""HAL: the open archive of French science and scholarship, by DOI or title, many in one request.
https://api.archives-ouvertes.fr/docs
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, normalise_id
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

NAME = "HAL"
API = "https://api.archives-ouvertes.fr/search/"
DOIS_AT_ONCE = 25
TITLES_AT_ONCE = 10
_FIELDS = (
    "halId_s,doiId_s,title_s,authFullName_s,producedDateY_i,journalTitle_s,abstract_s,uri_s,"
    "fileMain_s"
)


def request_for_dois(dois: Sequence[str]) -> Request:
    """A request for the deposits with any of these DOIs."""
    return _request(" OR ".join(f'doiId_s:"{doi}"' for doi in dois), 4 * len(dois))


def request_for_titles(titles: Sequence[str]) -> Request:
    """A search for deposits with any of these titles, as phrases."""
    return _request(" OR ".join(f'title_t:"{phrase(t)}"' for t in titles), 10 * len(titles))


def _request(query: str, rows: int) -> Request:
    asked = urlencode({"q": query, "fl": _FIELDS, "rows": str(rows), "wt": "json"})
    return Request(f"{API}?{asked}", accept="application/json")


def parse(body: bytes) -> list[Record]:
    """The records of an answer. Raises `WebError` for what is not JSON."""
    response = fields(fields(load_json(body, NAME)).get("response"))
    return named(_record(fields(item)) for item in items(response.get("docs")))


def _record(item: dict[str, Any]) -> Record | None:
    titles = [text(title) for title in items(item.get("title_s"))]
    title, marked = split_title(next(iter(titles), ""), NAME)
    ident, page = text(item.get("halId_s")), text(item.get("uri_s"))
    if not title or not ident:
        return None
    abstracts = [text(abstract) for abstract in items(item.get("abstract_s"))]
    return Record(
        source=NAME,
        title=title,
        authors=people(text(name) for name in items(item.get("authFullName_s"))),
        year=year(item.get("producedDateY_i")),
        venue=text(item.get("journalTitle_s")),
        abstract=next(iter(abstracts), ""),
        ids=identifiers([doi_id(text(item.get("doiId_s"))) or "", *_own_id(item, ident)]),
        urls=(page,) if is_web_address(page) else (),
        locations=_files(item),
        other_titles=tuple(titles[1:]),
        notices=marked,
    )


def _own_id(item: dict[str, Any], ident: str) -> list[str]:
    """The id of a deposit with a file; from the id of a mere notice no address would follow."""
    return [normalise_id(f"hal:{ident}")] if _files(item) else []


def _files(item: dict[str, Any]) -> tuple[Location, ...]:
    file = text(item.get("fileMain_s"))
    return (Location(file, "pdf", NAME, "open"),) if is_web_address(file) else ()

"""CORE: theses and deposits of the world's repositories, by DOI or title, many in one request.
Wants a key, which is free. https://api.core.ac.uk/docs/v3
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id
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
    unique,
    year,
)

NAME = "CORE"
API = "https://api.core.ac.uk/v3/search/works/"
AT_ONCE = 10
MAX_PAGE = 100


def request_for_dois(dois: Sequence[str], key: str) -> Request:
    """A request for the deposits with any of these DOIs."""
    return _request(" OR ".join(f'doi:"{doi}"' for doi in dois), key)


def request_for_titles(titles: Sequence[str], key: str) -> Request:
    """A search for deposits with any of these titles, as phrases."""
    return _request(" OR ".join(f'title:"{phrase(title)}"' for title in titles), key)


def _request(query: str, key: str) -> Request:
    asked = urlencode({"q": query, "limit": str(MAX_PAGE)})
    return Request(f"{API}?{asked}", {"Authorization": f"Bearer {key}"}, "application/json")


def parse(body: bytes) -> list[Record]:
    """The records of an answer. Raises `WebError` for what is not JSON."""
    results = items(fields(load_json(body, NAME)).get("results"))
    return named(_record(fields(item)) for item in results)


def _record(item: dict[str, Any]) -> Record | None:
    title, marked = split_title(item.get("title"), NAME)
    if not title:
        return None
    arxiv = text(item.get("arxivId"))
    return Record(
        source=NAME,
        title=title,
        authors=people(text(fields(author).get("name")) for author in items(item.get("authors"))),
        year=year(item.get("yearPublished")),
        venue=text(item.get("publisher")),
        abstract=text(item.get("abstract")),
        ids=identifiers([doi_id(text(item.get("doi"))) or "", f"arxiv:{arxiv}" if arxiv else ""]),
        locations=_files(item),
        notices=marked,
    )


def _files(item: dict[str, Any]) -> tuple[Location, ...]:
    """The file at CORE, then those of the repositories themselves."""
    own = text(item.get("downloadUrl"))
    others = [text(url) for url in items(item.get("sourceFulltextUrls"), 5)]
    urls = unique([own, *(url for url in others if url.lower().endswith(".pdf"))])
    return tuple(Location(url, "pdf", NAME, "open") for url in urls if is_web_address(url))

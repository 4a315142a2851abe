"""arXiv's API: Atom feeds for ids (many in one request) and for titles.
https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from urllib.parse import quote

from litmap.errors import WebError
from litmap.models import Location, Request
from litmap.parsing.identifiers import arxiv_version, doi_id, valid_arxiv
from litmap.works.record import Record, identifiers, people, text, year

NAME = "arXiv"
API = "https://export.arxiv.org/api/query"
IDS_AT_ONCE = 100
TITLES_AT_ONCE = 12
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


def request_for(ids: Sequence[str]) -> Request:
    """A request for up to `IDS_AT_ONCE` ids (`1611.03530`, without version: the newest)."""
    listed = ",".join(quote(i, safe="/.-") for i in ids)
    return Request(
        f"{API}?id_list={listed}&start=0&max_results={len(ids)}", accept="application/atom+xml"
    )


def request_for_titles(titles: Sequence[str]) -> Request:
    """A request for works with any of these titles as a phrase."""
    wanted = " OR ".join(f'ti:"{phrase(title)}"' for title in titles)
    query = quote(wanted, safe="")
    return Request(
        f"{API}?search_query={query}&start=0&max_results={10 * len(titles)}",
        accept="application/atom+xml",
    )


def request_for_people(families: Sequence[str], year: int, words: Sequence[str] = ()) -> Request:
    """A request for works by all of these people of about a year, with any of some words where
    given.
    """
    span = f"submittedDate:[{year - 1}01010000 TO {year + 1}12312359]"
    wanted = " AND ".join([*(f"au:{quote(name.replace(' ', '_'))}" for name in families), span])
    if words:
        wanted += f" AND ({' OR '.join(f'all:{word}' for word in words)})"
    return Request(
        f"{API}?search_query={quote(wanted, safe='')}&start=0&max_results=30",
        accept="application/atom+xml",
    )


def phrase(title: str) -> str:
    """A title as it may stand in a quoted phrase of a query."""
    return " ".join(re.sub(r"[^\w'.+-]+", " ", title).split())[:250]


def parse(body: bytes) -> list[Record]:
    """The records of a feed. Raises `WebError` for what is no feed or tells of an error."""
    if b"<!DOCTYPE" in body[:2000] or b"<!ENTITY" in body:
        raise WebError(f"{NAME} sent something that is not a feed")
    try:
        feed = ET.fromstring(body)  # noqa: S314 - entities were refused above
    except ET.ParseError as error:
        raise WebError(f"{NAME} sent something that is not a feed") from error
    found = []
    for entry in feed.iter(f"{_ATOM}entry"):
        ident = _get(entry, f"{_ATOM}id")
        if "/api/errors" in ident:
            raise WebError(
                f"{NAME}: {_get(entry, f'{_ATOM}summary')[:200]}", status=400, transient=False
            )
        record = _record(entry, ident)
        if record is not None:
            found.append(record)
    return found


def _get(entry: ET.Element, name: str) -> str:
    child = entry.find(name)
    return text("".join(child.itertext())) if child is not None else ""


def _record(entry: ET.Element, ident: str) -> Record | None:
    value = ident.rpartition("/abs/")[2]
    arxiv, title = valid_arxiv(value), _get(entry, f"{_ATOM}title")
    if arxiv is None or not title:
        return None
    bare = arxiv.removeprefix("arxiv:")
    comment = _get(entry, f"{_ARXIV}comment")
    withdrawn = (
        "withdrawn" in comment.lower()
        or "has been withdrawn" in _get(entry, f"{_ATOM}summary").lower()
    )
    doi = doi_id(_get(entry, f"{_ARXIV}doi").split(" ")[0]) or ""
    version = arxiv_version(value)
    return Record(
        source=NAME,
        title=title,
        authors=people(_get(author, f"{_ATOM}name") for author in entry.iter(f"{_ATOM}author")),
        year=year(_get(entry, f"{_ATOM}published")),
        venue=_get(entry, f"{_ARXIV}journal_ref") or "arXiv",
        abstract=_get(entry, f"{_ATOM}summary"),
        ids=identifiers([arxiv, doi]),
        urls=(f"https://arxiv.org/abs/{bare}",),
        locations=(
            Location(
                f"https://export.arxiv.org/pdf/{bare}",
                "pdf",
                NAME,
                "open",
                f"v{version}" if version else "",
            ),
        ),
        arxiv_version=version,
        notices=(f"withdrawn from arXiv: {comment}"[:300],) if withdrawn else (),
    )

"""A work's page on any site: the `citation_*` meta tags that search engines for scholars read, and
their cousins.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core and bepress name the same
things otherwise.
"""

from __future__ import annotations

import re

from litmap.models import Location, Request
from litmap.parsing.grammar import YEAR_SINCE_1600
from litmap.parsing.identifiers import doi_id, identifier_from_url, normalise_id, valid_arxiv
from litmap.parsing.meta_tags import pdf_urls, read_tags
from litmap.works.record import Record, text, unique, year

NAME = "the work's page"
_IEEE = re.compile(rb"xplGlobal\.document\.metadata\s{0,3}=\s{0,3}\{")
_NAMES = {
    "title": ("title", "citation_title"),
    "author": ("author", "authors", "creator", "creators_name"),
    "date": (
        "publication_date",
        "date",
        "online_date",
        "year",
        "cover_date",
        "issued",
        "publicationdate",
    ),
    "venue": (
        "journal_title",
        "conference_title",
        "inbook_title",
        "technical_report_institution",
        "publicationname",
    ),
}


def request_for(url: str) -> Request:
    """A request for a page."""
    return Request(url, accept="text/html,application/xhtml+xml", limit=5_000_000)


def parse(body: bytes, url: str = "") -> list[Record]:
    """The record that a page's meta tags give, or []. `url` is the page's address, for relative
    links.
    """
    tags = read_tags(body)
    if b"xplGlobal" in body:
        tags += _ieee(body)
    title = _first(tags, "title")
    if not title:
        return []
    ids = [doi_id(v) or "" for n, v in tags if n in {"doi", "identifier", "identifier.doi"}]
    ids += [valid_arxiv(v) or "" for n, v in tags if n == "arxiv_id"]
    ids += [normalise_id(f"pmid:{v}") for n, v in tags if n == "pmid" and v.isdigit()]
    ids.append(identifier_from_url(url) or "" if url else "")
    files = [f for f in pdf_urls(body, url) if f.startswith(("http://", "https://"))]
    closed = any(n == "access" and v.lower() == "no" for n, v in tags)
    access = "closed" if closed else "unknown"
    authors = [
        part
        for n, v in tags
        if n in _NAMES["author"]
        for part in (v.split(";") if ";" in v else [v])
    ]
    return [
        Record(
            source=NAME,
            title=title,
            authors=unique([text(a) for a in authors]),
            year=next((y for y in map(year, _all(tags, "date")) if y), None) or _loose_year(tags),
            venue=_first(tags, "venue"),
            abstract=next((v for n, v in tags if n in {"abstract", "description.abstract"}), ""),
            ids=unique(ids),
            urls=(url,) if url else (),
            locations=tuple(Location(f, "pdf", NAME, access) for f in files),
        )
    ]


def _ieee(body: bytes) -> list[tuple[str, str]]:
    """What IEEE Xplore keeps in a script instead of tags."""
    match = _IEEE.search(body[:2_000_000])
    part = body[match.start() : match.start() + 200_000].decode("utf-8", "replace") if match else ""
    found = []
    for key, name in (("doi", "doi"), ("title", "title"), ("publicationYear", "date")):
        hit = re.search(rf'"{key}"\s{{0,3}}:\s{{0,3}}"([^"\\]{{2,500}})"', part)
        if hit:
            found.append((name, text(hit.group(1))))
    people = re.search(r'"authors"\s{0,3}:\s{0,3}\[([^\]]{0,20000})\]', part)
    if people:
        found += [
            ("author", text(n))
            for n in re.findall(r'"name"\s{0,3}:\s{0,3}"([^"\\]{2,200})"', people.group(1))
        ]
    return found


def _all(tags: list[tuple[str, str]], what: str) -> list[str]:
    return [value for wanted in _NAMES[what] for name, value in tags if name == wanted]


def _first(tags: list[tuple[str, str]], what: str) -> str:
    return next(iter(_all(tags, what)), "")


def _loose_year(tags: list[tuple[str, str]]) -> int | None:
    for value in _all(tags, "date"):
        hit = re.search(rf"\b({YEAR_SINCE_1600})\b", value)
        if hit:
            return int(hit.group(1))
    return None

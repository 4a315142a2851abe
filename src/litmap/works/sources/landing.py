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
from litmap.works.record import Record, identifiers, is_web_address, text, unique, year

NAME = "the work's page"
_IEEE = re.compile(rb"xplGlobal\.document\.metadata\s{0,3}=\s{0,3}\{")
Tags = list[tuple[str, str]]
_DOI_NAMES = frozenset({"doi", "identifier", "identifier.doi"})
_ABSTRACT_NAMES = frozenset({"abstract", "description.abstract"})
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
    files = filter(is_web_address, pdf_urls(body, url))
    access = "closed" if _is_closed(tags) else "unknown"
    record = Record(
        source=NAME,
        title=title,
        authors=_authors(tags),
        year=next(filter(None, map(year, _all(tags, "date"))), None) or _loose_year(tags),
        venue=_first(tags, "venue"),
        abstract=next((v for name, v in tags if name in _ABSTRACT_NAMES), ""),
        ids=_ids(tags, url),
        urls=(url,) if url else (),
        locations=tuple(Location(file, "pdf", NAME, access) for file in files),
    )
    return [record]


def _ids(tags: Tags, url: str) -> tuple[str, ...]:
    """DOIs, arXiv and PubMed ids of the tags, and what the page's own address names."""
    ids = [doi_id(value) or "" for name, value in tags if name in _DOI_NAMES]
    ids += [valid_arxiv(value) or "" for name, value in tags if name == "arxiv_id"]
    ids += [normalise_id(f"pmid:{v}") for name, v in tags if name == "pmid" and v.isdigit()]
    return identifiers([*ids, (identifier_from_url(url) or "") if url else ""])


def _authors(tags: Tags) -> tuple[str, ...]:
    """The authors in the order of the page; some sites put all of them into one tag."""
    values = [value for name, value in tags if name in _NAMES["author"]]
    return unique([text(name) for value in values for name in value.split(";")])


def _is_closed(tags: Tags) -> bool:
    return any(name == "access" and value.lower() == "no" for name, value in tags)


def _ieee(body: bytes) -> Tags:
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


def _all(tags: Tags, what: str) -> list[str]:
    return [value for wanted in _NAMES[what] for name, value in tags if name == wanted]


def _first(tags: Tags, what: str) -> str:
    return next(iter(_all(tags, what)), "")


def _loose_year(tags: Tags) -> int | None:
    for value in _all(tags, "date"):
        hit = re.search(rf"\b({YEAR_SINCE_1600})\b", value)
        if hit:
            return int(hit.group(1))
    return None

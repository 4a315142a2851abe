"""A work's page on any site: the `citation_*` meta tags that search engines for scholars read, and their cousins.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core and bepress name the same things otherwise.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from litmap.identifiers import doi_id, identifier_from_url, normalise_id, valid_arxiv
from litmap.models import Location, Request
from litmap.works.records import Record, text, unique, year

NAME = "the work's page"
_META = re.compile(rb"<meta\b([^<>]{1,20000})>", re.I)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z:.-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]{0,19000})"|'([^']{0,19000})'|([^\s"'>]{1,2000}))"""
)
_IEEE = re.compile(rb"xplGlobal\.document\.metadata\s{0,3}=\s{0,3}\{")
_PREFIXES = ("citation_", "bepress_citation_", "eprints.", "dc.", "dcterms.", "prism.")
_NAMES = {
    "title": ("title", "citation_title"),
    "author": ("author", "authors", "creator", "creators_name"),
    "date": ("publication_date", "date", "online_date", "year", "cover_date", "issued", "publicationdate"),
    "venue": ("journal_title", "conference_title", "inbook_title", "technical_report_institution", "publicationname"),
    "pdf": ("pdf_url", "document_url"),
}


def request_for(url: str) -> Request:
    """A request for a page."""
    return Request(url, accept="text/html,application/xhtml+xml", limit=5_000_000)


def parse(body: bytes, url: str = "") -> list[Record]:
    """The record that a page's meta tags give, or []. `url` is the page's address, for relative links."""
    tags = _tags(body)
    if b"xplGlobal" in body:
        tags += _ieee(body)
    title = _first(tags, "title")
    if not title:
        return []
    ids = [doi_id(v) or "" for n, v in tags if n in {"doi", "identifier", "identifier.doi"}]
    ids += [valid_arxiv(v) or "" for n, v in tags if n == "arxiv_id"]
    ids += [normalise_id(f"pmid:{v}") for n, v in tags if n == "pmid" and v.isdigit()]
    ids.append(identifier_from_url(url) or "" if url else "")
    files = [urljoin(url, v) for n, v in tags if n in _NAMES["pdf"]]
    files = [f for f in files if f.startswith(("http://", "https://"))]
    closed = any(n == "access" and v.lower() == "no" for n, v in tags)
    access = "closed" if closed else "unknown"
    authors = [part for n, v in tags if n in _NAMES["author"] for part in (v.split(";") if ";" in v else [v])]
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
            locations=tuple(Location(f, "pdf", NAME, access) for f in dict.fromkeys(files)),
        )
    ]


def pdf_urls(body: bytes, url: str) -> list[str]:
    """Addresses of the PDF that a page names, made absolute."""
    return [spot.url for record in parse(body, url) for spot in record.locations] or [
        urljoin(url, v) for n, v in _tags(body) if n in _NAMES["pdf"]
    ]


def _tags(body: bytes) -> list[tuple[str, str]]:
    """(name without prefix, content) of the scholarly meta tags in the first 800,000 bytes."""
    found = []
    for match in _META.finditer(body[:800_000]):
        pairs: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(match.group(1).decode("utf-8", "replace")):
            pairs.setdefault(name.lower(), next((v for v in values if v), ""))
        name = (pairs.get("name") or pairs.get("property") or "").lower().strip()
        content = text(html.unescape(pairs.get("content", "")))
        prefix = next((p for p in _PREFIXES if name.startswith(p)), "")
        if prefix and content:
            found.append((name.removeprefix(prefix), content))
        if len(found) > 3000:
            break
    return found


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
        found += [("author", text(n)) for n in re.findall(r'"name"\s{0,3}:\s{0,3}"([^"\\]{2,200})"', people.group(1))]
    return found


def _all(tags: list[tuple[str, str]], what: str) -> list[str]:
    return [value for wanted in _NAMES[what] for name, value in tags if name == wanted]


def _first(tags: list[tuple[str, str]], what: str) -> str:
    return next(iter(_all(tags, what)), "")


def _loose_year(tags: list[tuple[str, str]]) -> int | None:
    for value in _all(tags, "date"):
        hit = re.search(r"\b(1[6-9]\d\d|20\d\d)\b", value)
        if hit:
            return int(hit.group(1))
    return None

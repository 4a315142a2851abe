"""Crossref's REST API: DOIs, bibliographic search, notices of retraction.
https://github.com/CrossRef/rest-api-doc
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url, url_key
from litmap.parsing.notices import write_notice
from litmap.parsing.word_lists import load_pattern
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

NAME = "Crossref"
API = "https://api.crossref.org/works"
DOIS_AT_ONCE = 25
"""DOIs in one list: each brings its whole reference list."""
NOTICES_AT_ONCE = 50
"""DOIs in one list where only what was told of them since is wanted."""
MAX_UPDATES = 50
"""Updates of one work that are read."""
_SELECT = "DOI,title,author,type,container-title,updated-by,update-to,relation"
_RELATIONS = ("is-preprint-of", "has-preprint", "is-identical-to", "is-version-of", "has-version")
_NOT_REGISTERED = (
    "10.48550/", "10.5281/", "10.6084/", "10.4230/", "10.13140/", "10.17605/", "10.17632/",
)  # fmt: skip
"""Prefixes of DOIs that live at DataCite."""
MAX_FILES = 2
"""Files of one record that are named."""
_TOKEN_ADDRESS = re.compile(
    rf"https?://(?:{load_pattern('token_addresses', 'litmap.works')})", re.I
)
_NOT_WORKS = {
    "component",
    "journal",
    "journal-issue",
    "journal-volume",
    "peer-review",
    "grant",
    "book-series",
    "database",
}


def registers(doi: str) -> bool:
    """Whether a DOI may be one of Crossref's, as far as its prefix tells."""
    return not doi.startswith(_NOT_REGISTERED)


def request_for(doi: str) -> Request:
    """A request for one DOI."""
    return Request(f"{API}/{quote(doi, safe='')}", accept="application/json")


def can_list(doi: str) -> bool:
    """Whether a DOI may stand in a list (a comma would cut it)."""
    return "," not in doi


def request_for_dois(dois: Sequence[str]) -> Request:
    """A list of works by their DOIs, at most `DOIS_AT_ONCE`; those not known are not in it."""
    listed = ",".join(f"doi:{quote(doi, safe='/:;.()-_')}" for doi in dois)
    return Request(f"{API}?filter={listed}&rows={len(dois)}", accept="application/json")


def request_for_notices(dois: Sequence[str], *, selected: bool = True) -> Request:
    """A list of works by their DOIs, at most `NOTICES_AT_ONCE`, with what was told of them since
    they appeared; whole records where not `selected`.
    """
    request = request_for_dois(dois)
    return replace(request, url=f"{request.url}&select={_SELECT}") if selected else request


def request_for_reference(title: str, author: str = "", year: int | None = None) -> Request:
    """A search by title, helped by an author and a year; the nearest ten."""
    words = " ".join(part for part in (title[:400], author[:100], str(year or "")) if part)
    query = urlencode({"query.bibliographic": words, "rows": "10"})
    return Request(f"{API}?{query}", accept="application/json")


def request_for_people(authors: str, words: str, year: int | None) -> Request:
    """A search for works of these people, nearest to some words; with a year, of that one and those
    beside it.
    """
    query = {"query.author": authors[:200], "query.bibliographic": words[:300], "rows": "100"}
    if year:
        query["filter"] = f"from-pub-date:{year - 1},until-pub-date:{year + 1}"
    return Request(f"{API}?{urlencode(query)}", accept="application/json")


def request_for_pii(pii: str) -> Request:
    """A search for a publisher item identifier (Elsevier's addresses name it)."""
    return Request(
        f"{API}?{urlencode({'filter': f'alternative-id:{pii}', 'rows': '2'})}",
        accept="application/json",
    )


def parse(body: bytes) -> list[Record]:
    """The records of a single answer or of a list. Raises `WebError` for what is not JSON."""
    message = fields(fields(load_json(body, NAME)).get("message"))
    listed = message.get("items")
    return named(_record(fields(i)) for i in (items(listed) if listed is not None else [message]))


def _record(item: dict[str, Any]) -> Record | None:
    titles = [text(t) for t in items(item.get("title"))]
    is_work = bool(item.get("author")) and not item.get("update-to")
    title, marked = split_title(next(iter(titles), ""), NAME, is_work=is_work)
    doi = doi_id(text(item.get("DOI")))
    if not doi or not title or text(item.get("type")) in _NOT_WORKS:
        return None
    page = text(fields(fields(item.get("resource")).get("primary")).get("URL"))
    also = identifier_from_url(page) if page else None
    resolver = f"https://doi.org/{quote(doi[4:], safe='/():;.-_')}"
    return Record(
        source=NAME,
        title=title,
        authors=_names(item, "author") or _names(item, "editor"),
        year=_year(item),
        venue=_venue(item),
        abstract=text(item.get("abstract")).removeprefix("Abstract").strip(),
        ids=identifiers([doi, *_related(item), also or ""]),
        urls=unique([f"https://doi.org/{doi[4:]}", page if is_web_address(page) else ""]),
        locations=(Location(resolver, "landing", NAME), *_files(item)),
        other_titles=unique(_other_titles(item, [title, *titles[1:]])),
        notices=unique([*marked, *_notices(item)]),
        published_as=_published_as(item),
    )


def _other_titles(item: dict[str, Any], titles: list[str]) -> list[str]:
    """The title with its subtitle, further titles, and those in the original language."""
    subtitle = next(iter(map(text, items(item.get("subtitle")))), "")
    is_new = bool(subtitle) and subtitle.lower() not in titles[0].lower()
    others = [f"{titles[0]}: {subtitle}"] if is_new else []
    return [*others, *titles[1:], *map(text, items(item.get("original-title")))]


def _venue(item: dict[str, Any]) -> str:
    containers = map(text, items(item.get("container-title")))
    return next(iter(containers), "") or text(item.get("publisher"))


def _names(item: dict[str, Any], role: str) -> tuple[str, ...]:
    """The people and groups in a role: author or editor."""
    return people(_name(fields(person)) for person in items(item.get(role)))


def _name(person: dict[str, Any]) -> str:
    given, family = text(person.get("given")), text(person.get("family"))
    return f"{family}, {given}" if given and family else family or text(person.get("name"))


def _year(item: dict[str, Any]) -> int | None:
    years = []
    for key in ("published-print", "published-online", "published", "issued"):
        parts = items(fields(item.get(key)).get("date-parts"))
        first = items(parts[0]) if parts else []
        found = year(first[0]) if first else None
        if found:
            years.append(found)
    return min(years) if years else None


def _related(item: dict[str, Any]) -> list[str]:
    """Other identifiers of the same work: its preprint, its published version."""
    others = [
        fields(o) for name in _RELATIONS for o in items(fields(item.get("relation")).get(name))
    ]
    return [
        doi_id(text(other.get("id")).lower()) or ""
        for other in others
        if other.get("id-type") == "doi"
    ]


def _files(item: dict[str, Any]) -> list[Location]:
    """Full-text links that the publisher deposited as PDF, each once, those for holders of a token
    last; whether they are open is not said.
    """
    files: dict[str, Location] = {}
    for link in map(fields, items(item.get("link"))):
        url = text(link.get("URL"))
        if is_web_address(url) and _is_pdf(url, text(link.get("content-type"))):
            version = text(link.get("content-version"))
            files.setdefault(url_key(url), Location(url, "pdf", NAME, "unknown", version))
    return sorted(files.values(), key=lambda file: _needs_token(file.url))[:MAX_FILES]


def _is_pdf(url: str, kind: str) -> bool:
    """Whether a link is to a PDF: said so, or unspecified and '…/pdf'."""
    path = url.partition("?")[0].lower()
    return kind == "application/pdf" or (kind == "unspecified" and path.endswith("pdf"))


def _needs_token(url: str) -> bool:
    """Whether an address is one of text mining, which answers only holders of a token."""
    return _TOKEN_ADDRESS.match(url) is not None


def _notices(item: dict[str, Any]) -> tuple[str, ...]:
    """Retractions and corrections of this work ('updated-by'), or what this notice itself is about
    ('update-to').
    """
    found = []
    for key, word in (("updated-by", "see"), ("update-to", "of")):
        for update in map(fields, items(item.get(key), MAX_UPDATES)):
            label = text(update.get("label")) or text(update.get("type")) or "update"
            doi = doi_id(text(update.get("DOI"))) or ""
            found.append(write_notice(label, _day(update), word, doi.removeprefix("doi:")))
    return unique(found)


def _day(update: dict[str, Any]) -> str:
    """The day of an update (ISO 8601), '' where none is given."""
    stamp = re.match(r"\d{4}-\d\d-\d\d", text(fields(update.get("updated")).get("date-time")))
    return stamp[0] if stamp else ""


def _published_as(item: dict[str, Any]) -> str:
    """The DOI of what a preprint was published as, as its publisher says."""
    others = map(fields, items(fields(item.get("relation")).get("is-preprint-of")))
    dois = (doi_id(text(o.get("id"))) for o in others if o.get("id-type") == "doi")
    return next(filter(None, dois), "")

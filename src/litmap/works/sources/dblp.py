"""DBLP's publication search: computer science, with links to the publisher or the open copy.
https://dblp.org/faq
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url
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

NAME = "DBLP"
API = "https://dblp.org/search/publ/api"

_NAMESAKE = re.compile(r"\s+\d{4}$")


def request_for(title: str) -> Request:
    """A search for publications whose titles have all these words."""
    return Request(f"{API}?q={quote(_words(title))}&format=json&h=20", accept="application/json")


def _words(title: str) -> str:
    return " ".join(re.sub(r"[^\w'’]+", " ", title.replace("’", "'")).split())[:300]


def parse(body: bytes) -> list[Record]:
    """The records of the hits. Raises `WebError` for what is not JSON."""
    hits = fields(fields(fields(load_json(body, NAME)).get("result")).get("hits")).get("hit")
    return named(_record(fields(fields(hit).get("info"))) for hit in items(hits))


def _record(info: dict[str, Any]) -> Record | None:
    title, marked = split_title(text(info.get("title")).rstrip("."), NAME)
    if not title:
        return None
    links = [url for url in map(text, items(info.get("ee"))) if is_web_address(url)]
    ids = [doi_id(text(info.get("doi"))) or "", *[identifier_from_url(url) or "" for url in links]]
    access = "open" if info.get("access") == "open" else "unknown"
    return Record(
        source=NAME,
        title=title,
        authors=_authors(info),
        year=year(info.get("year")),
        venue=next(iter(map(text, items(info.get("venue")))), ""),
        ids=identifiers([*ids, f"dblp:{text(info.get('key'))}"]),
        urls=tuple(links),
        locations=tuple(Location(url, _kind(url), NAME, access) for url in links),
        notices=marked,
    )


def _authors(info: dict[str, Any]) -> tuple[str, ...]:
    """The names, without the number that tells namesakes apart: 'Wei Wang 0001'."""
    persons = items(fields(info.get("authors")).get("author"))
    names = [text(fields(p).get("text")) if isinstance(p, dict) else text(p) for p in persons]
    return people(_NAMESAKE.sub("", name) for name in names)


def _kind(url: str) -> str:
    return "pdf" if url.lower().endswith(".pdf") else "landing"

"""DBLP's publication search: computer science, with links to the publisher or the open copy.
https://dblp.org/faq
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url
from litmap.works.record import Record, fields, items, load_json, text, unique, year

NAME = "DBLP"
API = "https://dblp.org/search/publ/api"


def request_for(title: str) -> Request:
    """A search for publications whose titles have all these words."""
    return Request(f"{API}?q={quote(_words(title))}&format=json&h=20", accept="application/json")


def _words(title: str) -> str:
    return " ".join(re.sub(r"[^\w'’]+", " ", title.replace("’", "'")).split())[:300]


def parse(body: bytes) -> list[Record]:
    """The records of the hits. Raises `WebError` for what is not JSON."""
    hits = fields(fields(fields(load_json(body, NAME)).get("result")).get("hits")).get("hit")
    found = [_record(fields(fields(hit).get("info"))) for hit in items(hits)]
    return [record for record in found if record is not None]


def _record(info: dict[str, Any]) -> Record | None:
    title = text(info.get("title")).rstrip(".")
    if not title:
        return None
    people = items(fields(info.get("authors")).get("author"))
    names = [text(fields(p).get("text")) if isinstance(p, dict) else text(p) for p in people]
    links = [
        url for url in map(text, items(info.get("ee"))) if url.startswith(("http://", "https://"))
    ]
    ids = [doi_id(text(info.get("doi"))) or "", *[identifier_from_url(url) or "" for url in links]]
    access = "open" if info.get("access") == "open" else "unknown"
    spots = [
        Location(u, "pdf" if u.lower().endswith(".pdf") else "landing", NAME, access) for u in links
    ]
    return Record(
        source=NAME,
        title=title,
        authors=tuple(re.sub(r"\s+\d{4}$", "", name) for name in names if name),
        year=year(info.get("year")),
        venue=next((text(v) for v in items(info.get("venue"))), ""),
        ids=unique([*ids, f"dblp:{text(info.get('key'))}" if info.get("key") else ""]),
        urls=tuple(links),
        locations=tuple(spots),
    )

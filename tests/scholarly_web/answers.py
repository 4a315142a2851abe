"""What is asked and what is answered: values that the services, challenges and faults hand on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

JSON = "application/json"
HTML = "text/html; charset=utf-8"
XML = "application/xml"


@dataclass(frozen=True)
class Question:
    """A request. `target` is path and query as sent; headers have lower-case names."""

    host: str
    target: str
    method: str = "GET"
    scheme: str = "https"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        return dict(reversed(pairs))

    def number(self, name: str, default: int) -> int:
        value = self.query.get(name, "")
        return int(value) if value.isascii() and value.isdigit() else default


@dataclass(frozen=True)
class Delivery:
    """How a body is sent. `cut`: only so many bytes; `reset`: then the connection is reset, not
    closed; `hold`: then nothing comes any more; `length`: announced in place of the true length;
    `block` bytes every `pause` seconds; `silent`: not even a head; `endless`: so many bytes follow
    without an announced length.
    """

    cut: int | None = None
    reset: bool = False
    hold: bool = False
    length: int | None = None
    block: int = 0
    pause: float = 0.0
    silent: bool = False
    endless: int = 0


@dataclass(frozen=True)
class Answer:
    """A status, a body with its media type, further headers, and the work that it is about."""

    status: int = 200
    body: bytes = b""
    type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    work: str = ""
    delivery: Delivery = Delivery()

    def with_headers(self, **headers: str | int) -> Answer:
        """With further headers; underscores stand for hyphens."""
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    @property
    def is_pdf(self) -> bool:
        return self.body.startswith(b"%PDF-")


def as_json(data: Any, status: int = 200, kind: str = JSON) -> Answer:
    return Answer(status, json.dumps(data, ensure_ascii=False).encode(), kind)


def as_xml(text: str, status: int = 200, kind: str = XML) -> Answer:
    return Answer(status, text.encode(), kind)


def as_file(body: bytes, work: str = "", kind: str = "application/pdf") -> Answer:
    """A file with what makes it possible to ask again politely: ETag, Last-Modified, ranges."""
    mark = hashlib.sha256(body).hexdigest()[:20]
    stamps = {
        "ETag": f'"{mark}"',
        "Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT",
        "Accept-Ranges": "bytes",
    }
    return Answer(200, body, kind, stamps, work)


def html(
    title: str, body: str = "", tags: Sequence[tuple[str, str]] = (), status: int = 200
) -> Answer:
    """A page; `tags` are names and contents of its meta tags, those without content are left
    out.
    """
    metas = "".join(f'<meta name="{n}" content="{escape(v)}">\n' for n, v in tags if v)
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title>\n{metas}</head>'
    page = (
        f"<!DOCTYPE html>\n<html>{head}<body>{body or f'<h1>{escape(title)}</h1>'}</body></html>\n"
    )
    return Answer(status, page.encode())


def moved(url: str, status: int = 302) -> Answer:
    return Answer(status, headers={"Location": url})


def missing(what: str = "page") -> Answer:
    return html(f"There is no such {what}", status=404)


def refused(why: str = "This article is for subscribers") -> Answer:
    return html(why, status=403)

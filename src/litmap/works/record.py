"""What a source says of one work, before it is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litmap.errors import WebError
from litmap.models import Location
from litmap.parsing.grammar import YEAR_SINCE_1400
from litmap.parsing.markup import plain_text
from litmap.parsing.retractions import split_mark
from litmap.parsing.safe_markup import parse_xml
from litmap.parsing.word_lists import load_words


@dataclass(frozen=True, slots=True)
class Record:
    """One source's record of a work; fields as in `models.Work`. `source` is the service's name."""

    source: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    abstract: str = ""
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    other_titles: tuple[str, ...] = ()
    arxiv_version: int | None = None
    notices: tuple[str, ...] = ()
    published_as: str = ""
    """The id of the version in a journal or proceedings, where this is a preprint's record."""
    updated: str = ""
    """The day of the newest version (ISO 8601)."""


def load_json(body: bytes, source: str) -> Any:
    """The JSON of an answer. Raises `WebError` where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebError(f"{source} sent something that is not JSON") from error


def load_xml(body: bytes, source: str, what: str) -> Any:
    """The root of an answer in XML. Raises `WebError`, which says that it is not `what` it should
    be, where it is none, or a page of the web.
    """
    if b"<!DOCTYPE" in body[:2000]:
        raise WebError(f"{source} sent something that is not {what}")
    try:
        return parse_xml(body).root
    except ValueError as error:
        raise WebError(f"{source} sent something that is not {what}") from error


def text(value: Any, limit: int = 20_000) -> str:
    """A value as one line of plain text: tags out, entities resolved, blanks joined; '' for what is
    no string.
    """
    if not isinstance(value, str):
        return ""
    return plain_text(value[:limit])


def split_title(value: Any, source: str, *, is_work: bool = False) -> tuple[str, tuple[str, ...]]:
    """A title as one line of plain text without the mark of a retraction, and the notice that it
    gives.

    `source` says so; `is_work` as in `litmap.parsing.retractions.split_mark`.
    """
    title, mark = split_mark(text(value), is_work=is_work)
    return title, (f"marked “{mark}” in the title by {source}",) if mark else ()


def year(value: Any) -> int | None:
    """A year out of a number or a string that begins with one; None where it is none."""
    match = re.match(rf"\s*({YEAR_SINCE_1400}|2100)", str(value)) if value is not None else None
    return int(match.group(1)) if match else None


def items(value: Any, limit: int = 2000) -> list[Any]:
    """A list as it is, one thing as a list, nothing as []."""
    if value is None:
        return []
    return value[:limit] if isinstance(value, list) else [value]


def fields(value: Any) -> dict[str, Any]:
    """A dict as it is, anything else as {}."""
    return value if isinstance(value, dict) else {}


def unique(values: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Without empty ones and repeats, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def identifiers(values: Iterable[str]) -> tuple[str, ...]:
    """Identifiers ('doi:10.1000/1') once each, in order; what has no kind or no value, or is more
    than one line, is left out: services fill such fields with anything.
    """
    return unique([value for value in values if all(value.partition(":")) and text(value) == value])


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Names in order, without empty ones."""
    return tuple(name for name in values if name)


def is_web_address(url: str) -> bool:
    """Whether a value is an address of the web, and not one of another scheme or a mere path."""
    return url.startswith(("http://", "https://"))


def is_public_address(url: str) -> bool:
    """Whether an address leads to the public web, as far as it tells: no host inside a network, no
    name and password.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    last = host.rpartition(".")[2]
    is_named = "." in host and last.isalpha() and last not in load_words(*_PRIVATE)
    return is_named and "@" not in parts.netloc and parts.scheme in {"http", "https"}


_PRIVATE = ("private_domains", "litmap.works")


def named(records: Iterable[Record | None]) -> list[Record]:
    """The records, without items that turned out to be no work."""
    return [record for record in records if record is not None]


def places(file: str, page: str, source: str, access: str, version: str = "") -> list[Location]:
    """A copy's PDF and landing page as locations, as far as they are addresses of the web."""
    kinds = (("pdf", file), ("landing", page))
    return [
        Location(url, kind, source, access, version) for kind, url in kinds if is_web_address(url)
    ]

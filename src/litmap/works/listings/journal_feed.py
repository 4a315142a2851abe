"""RSS (0.9 to 2.0, with Dublin Core and PRISM) and Atom feeds of journals.

Read with lxml, which the notes and full texts are read with, and not with feedparser: it takes time
in proportion to the length of any input, opens nothing, and goes on behind what is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from litmap.errors import WebError
from litmap.models import Request
from litmap.parsing.identifiers import doi_id, identifier_from_url
from litmap.parsing.markup import unescape
from litmap.parsing.safe_markup import DeclaresEntities, parse_xml
from litmap.works.listings.page import ListingPage, NewPaper, day_of
from litmap.works.record import Record, identifiers, is_public_address, people, split_title, text
from litmap.works.record import year as year_of

MAX_BYTES = 5_000_000
MAX_PAPERS = 500
MAX_AUTHORS = 100
MAX_TEXT = 20_000
_ITEMS = frozenset({"item", "entry"})
_FEEDS = frozenset({"rss", "feed", "rdf"})
_NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};")
_ANNOUNCED = re.compile(r"arXiv:\S{1,40}\sAnnounce Type:\s([\w-]{1,20})\s+Abstract:\s*")
"""What arXiv's feeds put before an abstract."""


def request_for(address: str) -> Request:
    """A request for a feed."""
    accept = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"
    return Request(address, accept=accept, limit=MAX_BYTES)


def parse(body: bytes, address: str) -> ListingPage:
    """The papers of the feed at an address. Raises `WebError` for what is no feed, or declares
    entities of its own.
    """
    root = _root(body)
    feed = next((text(_within(e)) for e in root.iter() if _name(e) == "title"), "")
    found = (e for e in root.iter() if _name(e) in _ITEMS)
    papers = (
        _paper(item, feed, address) for item, _ in zip(found, range(MAX_PAPERS), strict=False)
    )
    return ListingPage([paper for paper in papers if paper is not None])


def _root(body: bytes) -> Any:
    try:
        root = parse_xml(_NAMED_ENTITY.sub(_numbered, body.strip()), recover=True).root
    except DeclaresEntities as error:
        message = "the feed declares entities of its own, which are not read"
        raise WebError(message, transient=False) from error
    except ValueError as error:
        raise WebError("what came is not a feed") from error
    if _name(root) not in _FEEDS:
        raise WebError("what came is not a feed")
    return root


def _numbered(match: re.Match[bytes]) -> bytes:
    """An entity of HTML ('&nbsp;') by number, which every XML knows; others stay."""
    signs = unescape(match.group().decode("ascii"))
    if signs.startswith("&"):
        return match.group()
    return "".join(f"&#{ord(sign)};" for sign in signs).encode("ascii")


def _name(element: Any) -> str:
    """An element's name in lower case without its namespace; '' for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _within(element: Any) -> str:
    """All text within an element, cut where it is endless."""
    return "".join(element.itertext())[:MAX_TEXT]


def _paper(item: Any, feed: str, address: str) -> NewPaper | None:
    parts: dict[str, list[Any]] = {}
    for part in item:
        parts.setdefault(_name(part), []).append(part)
    title, marked = split_title(_first(parts, "title"), feed)
    abstract = _abstract(parts)
    announced = _ANNOUNCED.match(abstract)
    is_revised = announced is not None and announced[1].startswith("replace")
    if not title or is_revised:
        return None
    urls = [url for url in _links(parts, address) if is_public_address(url)]
    day = _day(parts)
    record = Record(
        source=feed,
        title=title,
        authors=_authors(parts),
        year=year_of(day),
        venue=_first(parts, "publicationname") or feed,
        abstract=abstract[announced.end() :] if announced else abstract,
        ids=identifiers(_ids(parts, urls)),
        urls=tuple(dict.fromkeys(urls)),
        notices=marked,
    )
    return NewPaper(record, day)


def _first(parts: dict[str, list[Any]], *names: str) -> str:
    """The first text that there is under these names, on one line."""
    told = (text(_within(part)) for name in names for part in parts.get(name, ()))
    return next(filter(None, told), "")


def _abstract(parts: dict[str, list[Any]]) -> str:
    """The longest of what may be one."""
    names = ("description", "summary", "abstract", "encoded", "content")
    return max((_first(parts, name) for name in names), key=len)


def _authors(parts: dict[str, list[Any]]) -> tuple[str, ...]:
    found = [name for kind in ("creator", "author") for part in parts.get(kind, ())
             for name in _names(part)]  # fmt: skip
    return people(list(dict.fromkeys(found))[:MAX_AUTHORS])


def _names(part: Any) -> Iterator[str]:
    """The names in an element: Atom's `name`, or a text with one or several."""
    named = [text(_within(e)) for e in part if _name(e) == "name"]
    told = named[0] if named else text(_within(part))
    divider = ";" if ";" in told else "," if told.count(",") != 1 else "\n"
    yield from (name.strip() for name in told.split(divider))


def _links(parts: dict[str, list[Any]], address: str) -> Iterator[str]:
    """Addresses of the paper's page: RSS has them as text, Atom as an attribute."""
    for link in parts.get("link", ()):
        told = text(link.get("href") or _within(link))
        if link.get("rel", "alternate") == "alternate" and told:
            with suppress(ValueError):  # no address at all
                yield urljoin(address, told)


def _ids(parts: dict[str, list[Any]], urls: Sequence[str]) -> list[str]:
    told = [text(_within(p)) for name in ("doi", "identifier", "guid", "id")
            for p in parts.get(name, ())]  # fmt: skip
    found = [doi_id(re.sub(r"^doi:\s*", "", value, flags=re.I)) or "" for value in told]
    pages = [value for value in told if value.startswith(("http://", "https://"))]
    return [*found, *(identifier_from_url(url) or "" for url in (*urls, *pages))]


def _day(parts: dict[str, list[Any]]) -> str:
    """The day (ISO 8601) on which it appeared; '' where none is told or it is no day."""
    told = _first(parts, "published", "publicationdate", "date", "pubdate", "updated")
    if day := day_of(told):
        return day
    with suppress(ValueError, TypeError, OverflowError, IndexError):
        return parsedate_to_datetime(told).date().isoformat()
    return ""

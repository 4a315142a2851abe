"""arXiv's API: Atom feeds for ids (many in one request) and for titles.
https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from litmap.errors import WebError
from litmap.models import Location, Request
from litmap.parsing.identifiers import arxiv_version, doi_id, valid_arxiv
from litmap.works.record import (
    Record,
    identifiers,
    load_xml,
    people,
    split_title,
    text,
    year,
)

NAME = "arXiv"
API = "https://export.arxiv.org/api/query"
PEOPLES_WORKS = 100
"""Works by people of one year that are looked through; those meant are told apart here."""
IDS_AT_ONCE = 100
TITLES_AT_ONCE = 12
_ATOM = "{http://www.w3.org/2005/Atom}"
_NO_TITLE = frozenset({"", "0"})
"""What the feed gives where a title is missing."""
_PAPER = (
    r"(?:paper|article|manuscript|submission|preprint|e-?print|version|work|note|report|thesis)"
)
_WITHDRAWN = re.compile(
    rf"^\W*(?:\w+,\s)?(?:this|the)?\s?(?:{_PAPER}\s)?(?:has\s|must\s|should\s|had\sto\s)?(?:now\s)?"
    r"(?:been|be|is\sbeing|is|was)?\s?(?:hereby|now|temporarily|permanently)?\s?withdrawn\b"
    r"|\bwithdrawn\sby\s(?:the\s|its\s)?(?:authors?|arxiv|submitters?|admin\w*)\b"
    rf"|\bwithdr(?:aws?|ew|awn|awing)\s(?:this|our|the)\s{_PAPER}\b",
    re.I,
)
_WITHDRAWN_ELSEWHERE = re.compile(
    rf"withdr(?:aws?|ew|awn|awing)\s(?:(?:this|our|the)\s{_PAPER}\s)?"
    r"from\s(?!arxiv|the\sarxiv|public|submission|circulation)"
    r"|\b(?:earlier|previous|prior|old(?:er)?|first|original|initial|another|preceding|v\d|"
    r"version\s\d|previously|supersedes|replaces|by\smistake)\b",
    re.I,
)
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


def request_for_people(families: Sequence[str], year: int) -> Request:
    """A request for works by all of these people of about a year."""
    span = f"submittedDate:[{year - 1}01010000 TO {year + 1}12312359]"
    wanted = " AND ".join([*(f"au:{quote(name.replace(' ', '_'))}" for name in families), span])
    return Request(
        f"{API}?search_query={quote(wanted, safe='')}&start=0&max_results={PEOPLES_WORKS}",
        accept="application/atom+xml",
    )


def phrase(title: str) -> str:
    """A title as it may stand in a quoted phrase of a query."""
    return " ".join(re.sub(r"[^\w'.+-]+", " ", title).split())[:250]


def parse(body: bytes) -> list[Record]:
    """The records of a feed. Raises `WebError` for what is no feed or tells of an error."""
    feed = load_xml(body, NAME, "a feed")
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


def _get(entry: Any, name: str) -> str:
    child = entry.find(name)
    return text("".join(child.itertext())) if child is not None else ""


def _record(entry: Any, ident: str) -> Record | None:
    value = ident.rpartition("/abs/")[2]
    arxiv = valid_arxiv(value)
    title, marked = split_title(_get(entry, f"{_ATOM}title"), NAME)
    if arxiv is None or title in _NO_TITLE:
        return None
    bare = arxiv.removeprefix("arxiv:")
    comment = _get(entry, f"{_ARXIV}comment")
    withdrawn = is_withdrawn(comment) or is_withdrawn(_get(entry, f"{_ATOM}summary"))
    doi = doi_id(_get(entry, f"{_ARXIV}doi").split(" ")[0]) or ""
    version = arxiv_version(value)
    if withdrawn and version and version > 1:
        version -= 1  # the withdrawn version itself has no file
    return Record(
        source=NAME,
        title=title,
        authors=_names(entry),
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
        notices=marked + ((f"withdrawn from arXiv: {comment}"[:300],) if withdrawn else ()),
        published_as=doi if doi.startswith("doi:") else "",
        updated=_day(_get(entry, f"{_ATOM}updated")),
    )


def _day(stamp: str) -> str:
    """The day of a time of the feed, '' where it is none."""
    return stamp[:10] if re.match(r"\d{4}-\d\d-\d\d(?:T|$)", stamp) else ""


def _names(entry: Any) -> tuple[str, ...]:
    """The authors; a sign between a collaboration and its members ('…', ':', '…') is none."""
    names = (_get(author, f"{_ATOM}name") for author in entry.iter(f"{_ATOM}author"))
    return people(name for name in names if any(map(str.isalpha, name)))


def is_withdrawn(told: str) -> bool:
    """Whether a comment or an abstract says that this very paper was withdrawn from arXiv.

    'This paper has been withdrawn by the author' does; 'withdrawn from ICLR', 'an earlier version
    was withdrawn' and 'the drug has been withdrawn' do not.
    """
    return any(
        _WITHDRAWN.search(sentence) is not None and _WITHDRAWN_ELSEWHERE.search(sentence) is None
        for sentence in re.split(r"[.;]\s", told)
    )

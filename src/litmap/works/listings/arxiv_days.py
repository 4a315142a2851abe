"""arXiv's new papers of a category, by OAI-PMH: all since a day, so that no day is missed while a
laptop sleeps. https://info.arxiv.org/help/oa

Its RSS feeds hold one day alone.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litmap.errors import WebError
from litmap.models import Request
from litmap.parsing.identifiers import doi_id, valid_arxiv
from litmap.works.listings.page import ListingPage, NewPaper, day_of
from litmap.works.record import (
    Record,
    identifiers,
    load_xml,
    people,
    split_title,
    text,
    year,
)
from litmap.works.sources.arxiv import is_withdrawn

NAME = "arXiv"
API = "https://oaipmh.arxiv.org/oai"
_ARCHIVES_OF_PHYSICS = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin"}
    | {"nucl-ex", "nucl-th", "physics", "quant-ph"}
)
_OAI, _PAPER = "{http://www.openarchives.org/OAI/2.0/}", "{http://arxiv.org/OAI/arXiv/}"


def set_of(category: str) -> str:
    """The set of a category: 'cs.LG' is 'cs:cs:LG', 'hep-th' is 'physics:hep-th'."""
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _ARCHIVES_OF_PHYSICS else archive
    return ":".join(filter(None, (group, archive, subject)))


def request_for(category: str, since: str) -> Request:
    """A request for what is new or changed in a category since a day (ISO 8601)."""
    wanted = f"set={quote(set_of(category))}&from={since}"
    return _request(f"verb=ListRecords&metadataPrefix=arXiv&{wanted}")


def request_for_more(token: str) -> Request:
    """A request for the page that `ListingPage.more` names."""
    return _request(f"verb=ListRecords&resumptionToken={quote(token, safe='')}")


def _request(query: str) -> Request:
    return Request(f"{API}?{query}", accept="text/xml, application/xml")


def parse(body: bytes) -> ListingPage:
    """The papers of an answer, changed ones with the day they first appeared. Raises `WebError` for
    what is no answer of this kind or tells of an error.
    """
    root = load_xml(body, NAME, "a list of papers")
    if root.tag != f"{_OAI}OAI-PMH":
        raise WebError(f"{NAME} sent something that is not a list of papers")
    failure = root.find(f"{_OAI}error")
    if failure is not None and failure.get("code") != "noRecordsMatch":
        told = text(failure.text) or text(failure.get("code"))
        raise WebError(f"{NAME}: {told[:200]}", status=400, transient=False)
    papers = [paper for r in root.iter(f"{_PAPER}arXiv") if (paper := _paper(r)) is not None]
    token = root.find(f"{_OAI}ListRecords/{_OAI}resumptionToken")
    return ListingPage(papers, text(token.text) if token is not None else "")


def _paper(item: Any) -> NewPaper | None:
    arxiv = valid_arxiv(_get(item, "id"))
    title, marked = split_title(_get(item, "title"), NAME)
    if arxiv is None or not title or is_withdrawn(_get(item, "comments")):
        return None
    created = day_of(_get(item, "created"))
    record = Record(
        source=NAME,
        title=title,
        authors=people(map(_name, item.iter(f"{_PAPER}author"))),
        year=year(created),
        venue=_get(item, "journal-ref") or NAME,
        abstract=_get(item, "abstract"),
        ids=identifiers([arxiv, doi_id(_get(item, "doi").split(" ")[0]) or ""]),
        urls=(f"https://arxiv.org/abs/{arxiv.removeprefix('arxiv:')}",),
        notices=marked,
    )
    return NewPaper(record, created)


def _name(author: Any) -> str:
    family, given = _get(author, "keyname"), _get(author, "forenames")
    return f"{family}, {given}" if family and given else family


def _get(item: Any, name: str) -> str:
    child = item.find(f"{_PAPER}{name}")
    return text("".join(child.itertext())) if child is not None else ""

"""Europe PMC: records with abstracts and free places for the works of biology and medicine, by DOI,
PubMed id or PubMed Central id, many in one request. https://europepmc.org/RestfulWebService
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, normalise_id
from litmap.works.phrases import can_quote
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

NAME = "Europe PMC"
API = "https://www.ebi.ac.uk/europepmc/webservices/rest"
AT_ONCE = 25
"""Ids in one query, which must stay below 1,500 letters."""
_KINDS = {"doi": 'DOI:"{}"', "pmid": "(EXT_ID:{} AND SRC:MED)", "pmcid": "PMCID:{}"}
_FREE = frozenset({"OA", "F"})
"""Codes of open access and of what is merely free to read."""


def can_ask(ident: str) -> bool:
    """Whether an id may stand in a query: of a kind that it knows, and without signs that mean
    something there.
    """
    kind, _, value = ident.partition(":")
    return kind in _KINDS and len(value) <= 45 and can_quote(value)


def request_for(idents: Sequence[str]) -> Request:
    """A request for the works with any of these ids, at most `AT_ONCE`."""
    wanted = []
    for ident in idents:
        kind, _, value = ident.partition(":")
        wanted.append(_KINDS[kind].format(value))
    query = {
        "query": " OR ".join(wanted),
        "resultType": "core",
        "format": "json",
        "pageSize": "100",
    }
    return Request(f"{API}/search?{urlencode(query)}", accept="application/json")


def parse(body: bytes) -> list[Record]:
    """The records of an answer. Raises `WebError` for what is not JSON."""
    results = fields(fields(load_json(body, NAME)).get("resultList"))
    return named(_record(fields(item)) for item in items(results.get("result")))


def _record(item: dict[str, Any]) -> Record | None:
    title, marked = split_title(item.get("title"), NAME)
    title = title.removesuffix(".")
    if not title:
        return None
    pmcid = text(item.get("pmcid"))
    return Record(
        source=NAME,
        title=title,
        authors=_authors(item),
        year=year(item.get("pubYear")),
        venue=_venue(item),
        abstract=text(item.get("abstractText")),
        ids=identifiers(_ids(item, pmcid)),
        locations=(*_files(item), *_full_text(item, pmcid)),
        notices=marked + _retractions(item),
    )


def _ids(item: dict[str, Any], pmcid: str) -> list[str]:
    pmid = text(item.get("pmid"))
    return [
        doi_id(text(item.get("doi"))) or "",
        normalise_id(f"pmid:{pmid}") if pmid else "",
        normalise_id(f"pmcid:{pmcid}") if pmcid else "",
    ]


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    listed = items(fields(item.get("authorList")).get("author"))
    return people(_name(fields(author)) for author in listed)


def _name(author: dict[str, Any]) -> str:
    given, family = text(author.get("firstName")), text(author.get("lastName"))
    if given and family:
        return f"{family}, {given}"
    return family or text(author.get("collectiveName")) or text(author.get("fullName"))


def _venue(item: dict[str, Any]) -> str:
    journal = fields(fields(item.get("journalInfo")).get("journal"))
    return text(journal.get("title")) or text(
        fields(item.get("bookOrReportDetails")).get("publisher")
    )


def _files(item: dict[str, Any]) -> list[Location]:
    """The PDFs that are free to read."""
    listed = map(fields, items(fields(item.get("fullTextUrlList")).get("fullTextUrl")))
    urls = [
        text(place.get("url"))
        for place in listed
        if place.get("documentStyle") == "pdf" and text(place.get("availabilityCode")) in _FREE
    ]
    return [Location(url, "pdf", NAME, "open") for url in urls if is_web_address(url)]


def _full_text(item: dict[str, Any], pmcid: str) -> list[Location]:
    """The article as JATS XML, which the service gives of works in open access."""
    is_there = item.get("isOpenAccess") == "Y" and item.get("inEPMC") == "Y"
    if not is_there or not re.fullmatch(r"PMC\d+", pmcid):
        return []
    return [Location(f"{API}/{pmcid}/fullTextXML", "jats", NAME, "open")]


def _retractions(item: dict[str, Any]) -> tuple[str, ...]:
    kinds = items(fields(item.get("pubTypeList")).get("pubType"))
    is_retracted = any(text(kind).lower() == "retracted publication" for kind in kinds)
    return (f"retracted, says {NAME}",) if is_retracted else ()

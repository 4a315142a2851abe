"""PubMed Central: which of its articles a DOI or PubMed id is, and what its open bucket has of one.

https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api and https://pmc.ncbi.nlm.nih.gov/tools/pmcaws.
Its own pages are for people: they give programs no file, and are not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from litmap.errors import WebError
from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, normalise_id
from litmap.works.record import Record, fields, identifiers, items, load_json, text

NAME = "PubMed Central"
CONVERTER = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"
BUCKET = "https://pmc-oa-opendata.s3.amazonaws.com/"
AT_ONCE = 100
"""Ids in one request; it takes 200, but addresses have an end."""
_KEY = re.compile(r"<Key>((PMC\d+)\.(\d+)/\2\.\3\.(pdf|xml))</Key>")
_KINDS = {"pdf": "pdf", "xml": "jats"}


def can_ask(ident: str) -> bool:
    """Whether an id may stand in a list of DOIs or PubMed ids (a comma would cut it)."""
    return bool(re.fullmatch(r"doi:10\.\d{4,9}/[^\s,]+|pmid:\d+", ident))


def request_for(kind: str, values: Sequence[str], contact: str) -> Request:
    """A request for the ids of up to `AT_ONCE` articles, given as 'doi' or 'pmid', in the name of a
    contact.
    """
    query = urlencode({"idtype": kind, "format": "json", "tool": "litmap", "email": contact})
    listed = ",".join(quote(value, safe="/:;.()-_") for value in values)
    return Request(f"{CONVERTER}?ids={listed}&{query}", accept="application/json")


def parse(body: bytes) -> list[Record]:
    """Records that tell ids and nothing else. Raises `WebError` for what is not JSON."""
    listed = items(fields(load_json(body, NAME)).get("records"))
    records = [Record(NAME, "", ids=_ids(fields(item))) for item in listed]
    return [record for record in records if len(record.ids) > 1]


def _ids(item: dict[str, object]) -> tuple[str, ...]:
    pmcid, pmid = text(item.get("pmcid")), str(item.get("pmid") or "")
    if not pmcid:
        return ()
    return identifiers(
        [
            doi_id(text(item.get("doi"))) or "",
            f"pmid:{pmid}" if pmid.isdecimal() else "",
            normalise_id(f"pmcid:{pmcid}"),
        ]
    )


def request_for_files(pmcid: str) -> Request:
    """A listing of what the open bucket has of an article ('PMC123')."""
    return Request(
        f"{BUCKET}?list-type=2&prefix={quote(pmcid, safe='')}.", accept="application/xml"
    )


def parse_files(body: bytes) -> list[Location]:
    """The article's newest version as PDF and as JATS XML. Raises `WebError` for what is no
    listing.
    """
    listing = body.decode("utf-8", "replace")
    if "<ListBucketResult" not in listing:
        raise WebError(f"{NAME} sent something that is no listing")
    keys = _KEY.findall(listing)
    newest = max((int(version) for _, _, version, _ in keys), default=0)
    files = {ending: key for key, _, version, ending in keys if int(version) == newest}
    return [
        Location(BUCKET + files[ending], kind, NAME, "open")
        for ending, kind in _KINDS.items()
        if ending in files
    ]

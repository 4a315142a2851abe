"""Semantic Scholar's graph API, optional: slow without a key (S2_API_KEY).
https://api.semanticscholar.org/api-docs
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litmap.models import Request
from litmap.parsing.identifiers import doi_id, identifier_from_url, normalise_id, valid_arxiv
from litmap.parsing.title_similarity import normalise_title
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    items,
    load_json,
    named,
    people,
    places,
    split_title,
    text,
    year,
)

NAME = "Semantic Scholar"
API = "https://api.semanticscholar.org/graph/v1/paper"
_FIELDS = "title,abstract,venue,year,externalIds,authors,openAccessPdf"


def request_for(ident: str, keys: Mapping[str, str] | None = None) -> Request:
    """A request for one paper: a 40-digit id, `CorpusId:…`, `URL:…`, `DOI:…`, `ARXIV:…`,
    `PMID:…`.
    """
    return _request(f"{API}/{quote(ident, safe=':')}?fields={_FIELDS}", keys)


def request_for_title(title: str, keys: Mapping[str, str] | None = None) -> Request:
    """A request for the one paper whose title is nearest."""
    return _request(
        f"{API}/search/match?query={quote(normalise_title(title)[:300])}&fields={_FIELDS}", keys
    )


def _request(url: str, keys: Mapping[str, str] | None) -> Request:
    key = (keys or {}).get("s2", "")
    return Request(url, {"x-api-key": key} if key else {}, "application/json")


def parse(body: bytes) -> list[Record]:
    """The records of a single paper or of a match. Raises `WebError` for what is not JSON."""
    data = fields(load_json(body, NAME))
    listed = data.get("data")
    return named(_record(fields(i)) for i in (items(listed) if listed is not None else [data]))


def _record(item: dict[str, Any]) -> Record | None:
    title, marked = split_title(item.get("title"), NAME)
    if not title:
        return None
    file = text(fields(item.get("openAccessPdf")).get("url"))
    locations = places(file, "", NAME, "open")
    names = (text(fields(author).get("name")) for author in items(item.get("authors")))
    of_file = identifier_from_url(file) if locations else None
    return Record(
        source=NAME,
        title=title,
        authors=people(names),
        year=year(item.get("year")),
        venue=text(item.get("venue")),
        abstract=text(item.get("abstract")),
        ids=identifiers([*_ids(item), of_file or ""]),
        locations=tuple(locations),
        notices=marked,
    )


def _ids(item: dict[str, Any]) -> list[str]:
    """The ids of other services, then its own."""
    known = fields(item.get("externalIds"))
    ids = [valid_arxiv(str(known.get("ArXiv", ""))) or "", doi_id(str(known.get("DOI", ""))) or ""]
    for kind, name in (("acl", "ACL"), ("pmid", "PubMed"), ("pmcid", "PubMedCentral")):
        ids.append(normalise_id(f"{kind}:{known[name]}") if known.get(name) else "")
    return [*ids, f"s2:{text(item.get('paperId'))}"]

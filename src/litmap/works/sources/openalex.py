"""OpenAlex: works by many DOIs or ids in one request, by titles, with all their places.
https://docs.openalex.org

Since February 2026 searches cost credits of a daily allowance and single look-ups are free; so
titles are asked many at once and only where nothing cheaper knows the work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litmap.models import Location, Request
from litmap.parsing.identifiers import doi_id, identifier_from_url, normalise_id
from litmap.works.record import (
    Record,
    fields,
    identifiers,
    items,
    load_json,
    named,
    places,
    split_title,
    text,
    unique,
    year,
)

NAME = "OpenAlex"
API = "https://api.openalex.org/works"
AT_ONCE = 50
TITLES_AT_ONCE = 8
LIST_CREDITS = 1
SEARCH_CREDITS = 10
"""Credits of the day's allowance (1,000 without a key, ten times as many with a free one)."""
MAX_PAGE = 100
"""Records on one page at most."""
CORPUS = "&corpus=all"
"""Asks for all of OpenAlex: theses, and what repositories and DataCite hold, are in its expansion
(https://docs.openalex.org, 'xpac').
"""
_SELECT = (
    "id,doi,title,display_name,publication_year,ids,primary_location,locations,best_oa_location,"
    "authorships,"
    "abstract_inverted_index,is_retracted,is_paratext,type"
)
_DOI_HOST = re.compile(r"^https?://(?:dx\.)?doi\.org/")
_LISTED_KINDS = frozenset({"openalex", "pmid", "pmcid"})
_PLACE_KINDS = frozenset(
    {"arxiv", "openreview", "pmlr", "neurips", "iclr", "mlsys", "jmlr", "acl", "pmcid", "hal"}
)
_ID_KINDS = {"doi": "doi", "pmid": "pmid", "openalex": "openalex"}
"""Kinds that lists are asked for, and the filter's name; there is none for PubMed Central's ids."""


def can_ask(ident: str) -> bool:
    """Whether an id may stand in a list of ids (a comma or bar would cut it)."""
    kind, _, value = ident.partition(":")
    return kind in _ID_KINDS and not re.search(r"[|,\"!]", value)


def request_for(
    kind: str, values: Sequence[str], keys: Mapping[str, str] | None = None, corpus: str = CORPUS
) -> Request:
    """A request for up to `AT_ONCE` ids of one kind: doi, pmid or openalex; with `corpus` '' among
    its core alone.
    """
    listed = quote("|".join(values), safe="|/:.()-_;")
    query = f"filter={_ID_KINDS[kind]}:{listed}&per-page={max(25, len(values) * 2)}{corpus}"
    return authorised_list(query, keys, LIST_CREDITS)


def request_for_one(kind: str, value: str, keys: Mapping[str, str] | None = None) -> Request:
    """A request for one work by its DOI, PubMed id or OpenAlex id, which costs no credit."""
    name = value if kind == "openalex" else f"{kind}:{value}"
    return _authorised(f"{API}/{quote(name, safe='/:.()-_;')}?select={_selected(keys)}", keys)


def request_for_titles(
    titles: Sequence[str], keys: Mapping[str, str] | None = None, corpus: str = CORPUS
) -> Request:
    """A search for works with any of these titles; each must have all the words. `corpus` as in
    `request_for`.
    """
    wanted = "|".join(words_to_ask(title) for title in titles)
    return authorised_list(
        f"filter=title.search:{quote(wanted, safe='|')}&per-page={min(MAX_PAGE, 25 * len(titles))}"
        f"{corpus}",
        keys,
        SEARCH_CREDITS,
    )


def request_for_people(
    families: Sequence[str], year: int | None, keys: Mapping[str, str] | None = None
) -> Request:
    """A search for works by all of these people, with a year of that one and those beside it; the
    most cited first.
    """
    wanted = [f"raw_author_name.search:{quote(words_to_ask(family))}" for family in families]
    wanted += [f"publication_year:{year - 1}-{year + 1}"] if year else []
    query = f"filter={','.join(wanted)}&sort=cited_by_count:desc&per-page=25"
    return authorised_list(query, keys, SEARCH_CREDITS)


def words_to_ask(title: str) -> str:
    """A title without the signs that mean something in a query; apostrophes stay, for they are part
    of their words.
    """
    return " ".join(re.sub(r"[^\w'’]+", " ", title.replace("’", "'")).split())[:400]


def authorised_list(
    query: str, keys: Mapping[str, str] | None, cost: int, more_fields: Sequence[str] = ()
) -> Request:
    """A request for a list by a query, with further fields; `cost` in credits."""
    wanted = ",".join((_selected(keys), *more_fields))
    return _authorised(f"{API}?{query}&select={wanted}", keys, cost)


def _selected(keys: Mapping[str, str] | None) -> str:
    """The fields wanted: where OpenAlex keeps the PDF itself only for who has a key to ask for
    it.
    """
    return f"{_SELECT},content_urls" if (keys or {}).get("openalex") else _SELECT


def _authorised(url: str, keys: Mapping[str, str] | None, cost: int = 0) -> Request:
    key = (keys or {}).get("openalex", "")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Request(url, headers, "application/json", credits=cost)


def parse(body: bytes) -> list[Record]:
    """The records of a list or of a single work. Raises `WebError` for what is not JSON."""
    data = fields(load_json(body, NAME))
    listed = data.get("results")
    return named(record_of(fields(i)) for i in (items(listed) if listed is not None else [data]))


def record_of(item: dict[str, Any]) -> Record | None:
    """The record of a work's JSON; None where it has no title or is no paper."""
    title, marked = split_title(item.get("title") or item.get("display_name"), NAME)
    if not title or item.get("is_paratext"):
        return None
    locations = [
        location
        for place in map(fields, items(item.get("locations"), 40))
        for location in _locations(place)
    ]
    return Record(
        source=NAME,
        title=title,
        authors=tuple(_names(item)),
        year=year(item.get("publication_year")),
        venue=_venue(item),
        abstract=_abstract(item.get("abstract_inverted_index")),
        ids=identifiers([*_own_ids(item), *_ids_of_places(locations)]),
        urls=unique([location.url for location in locations if location.kind == "landing"]),
        locations=(*dict.fromkeys(locations), *_kept_file(item)),
        notices=marked
        + (("retracted, says OpenAlex",) if item.get("is_retracted") is True else ()),
    )


def _own_ids(item: dict[str, Any]) -> list[str]:
    """The DOI, and the ids of OpenAlex and PubMed."""
    ids = [doi_id(_DOI_HOST.sub("", text(item.get("doi")))) or ""]
    for kind, value in fields(item.get("ids")).items():
        last = text(str(value)).rstrip("/").rpartition("/")[2]
        if kind in _LISTED_KINDS and last:
            ids.append(normalise_id(f"{kind}:{last}"))
    return ids


def _ids_of_places(locations: Sequence[Location]) -> list[str]:
    """What the addresses of the copies name, as far as it is an id of this very work."""
    ids = [identifier_from_url(location.url) or "" for location in locations]
    return [ident for ident in ids if ident.partition(":")[0] in _PLACE_KINDS]


def _names(item: dict[str, Any]) -> list[str]:
    people = [fields(person) for person in items(item.get("authorships"))]
    names = [
        text(p.get("raw_author_name") or fields(p.get("author")).get("display_name"))
        for p in people
    ]
    return [name for name in names if name]


def _venue(item: dict[str, Any]) -> str:
    place = fields(item.get("primary_location"))
    return text(fields(place.get("source")).get("display_name") or place.get("raw_source_name"))


def _locations(place: dict[str, Any]) -> list[Location]:
    file, page = text(place.get("pdf_url")), text(place.get("landing_page_url"))
    access = "open" if place.get("is_oa") is True else "closed"
    return places(file, page, NAME, access, text(place.get("version")))


def _kept_file(item: dict[str, Any]) -> list[Location]:
    """The PDF that OpenAlex itself keeps and gives to holders of a key."""
    file = text(fields(item.get("content_urls")).get("pdf"))
    is_kept = file.startswith("https://content.openalex.org/")
    return [Location(file, "keyed", NAME, "open")] if is_kept else []


def _abstract(index: Any) -> str:
    """The abstract from its inverted index (word to places)."""
    if not isinstance(index, dict):
        return ""
    words: dict[int, str] = {}
    for word, spots in list(index.items())[:20_000]:
        for spot in items(spots):
            if isinstance(spot, int) and 0 <= spot < 20_000:
                words[spot] = word
    return text(" ".join(words[spot] for spot in sorted(words)))

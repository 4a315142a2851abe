"""New works that cite given ones, and new works of given people, at OpenAlex.
https://docs.openalex.org
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litmap.models import Request
from litmap.parsing.identifiers import normalise_id
from litmap.parsing.person_names import family_name, split_name
from litmap.parsing.title_similarity import normalise_title
from litmap.works.listings.page import ListingPage, NewPaper, day_of
from litmap.works.record import fields, items, load_json, text
from litmap.works.sources import openalex

AT_ONCE = 50
"""Works whose citing ones are asked for in one request."""
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")


def request_for_citing(
    works: Sequence[str], since: str, keys: Mapping[str, str] | None = None
) -> Request:
    """A request for the newest works since a day (ISO 8601) that cite any of these, at most
    `AT_ONCE` ('openalex:W1').
    """
    cited = "|".join(w.removeprefix("openalex:") for w in works)
    return _request(f"cites:{quote(cited, safe='|')}", since, keys, openalex.LIST_CREDITS)


def request_for_author(person: str, since: str, keys: Mapping[str, str] | None = None) -> Request:
    """A request for the newest works of a person, by ORCID or name, since a day (ISO 8601); a name
    is searched for, which costs more.
    """
    orcid = _ORCID.fullmatch(person.strip())
    if orcid:
        return _request(f"authorships.author.orcid:{orcid[1]}", since, keys, openalex.LIST_CREDITS)
    name = quote(openalex.words_to_ask(person))
    return _request(f"raw_author_name.search:{name}", since, keys, openalex.SEARCH_CREDITS)


def _request(wanted: str, since: str, keys: Mapping[str, str] | None, cost: int) -> Request:
    query = f"filter={wanted},from_publication_date:{since}&sort=publication_date:desc"
    query += f"&per-page={openalex.MAX_PAGE}"
    return openalex.authorised_list(query, keys, cost, ("publication_date", "referenced_works"))


def parse(body: bytes) -> ListingPage:
    """The papers of an answer with what they cite. Raises `WebError` for what is not JSON."""
    listed = items(fields(load_json(body, openalex.NAME)).get("results"))
    return ListingPage([p for item in map(fields, listed) if (p := _paper(item)) is not None])


def _paper(item: dict[str, Any]) -> NewPaper | None:
    record = openalex.record_of(item)
    if record is None:
        return None
    cited = (text(url).rpartition("/")[2] for url in items(item.get("referenced_works")))
    cites = tuple(normalise_id(f"openalex:{work}") for work in cited if work)
    return NewPaper(record, day_of(text(item.get("publication_date"))), cites)


def is_by(paper: NewPaper, person: str) -> bool:
    """Whether a person is among the authors: the same family name, and given names that begin alike
    ('B. Neyshabur' is 'Behnam Neyshabur'). Whoever was asked for by ORCID is.
    """
    if _ORCID.fullmatch(person.strip()):
        return True
    family, initial = family_name(person), _initial(person)
    return any(
        family_name(name) == family and _agree(_initial(name), initial)
        for name in paper.record.authors
    )


def _initial(name: str) -> str:
    return normalise_title(split_name(name).given)


def _agree(one: str, two: str) -> bool:
    """Whether given names may be one person's: the first ones begin alike."""
    first, second = one.split(" ", maxsplit=1)[0], two.split(" ", maxsplit=1)[0]
    return first.startswith(second) or second.startswith(first)

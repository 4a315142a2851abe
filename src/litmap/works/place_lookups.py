"""Where to ask for copies of a work when the places that are known gave none: each question told to
the fetching of PDFs, which asks it when it comes to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from litmap.models import Location, PlaceLookup, Response, Work
from litmap.parsing.word_lists import load_words
from litmap.works.queries import SourceOptions
from litmap.works.query_plan import DATACITE
from litmap.works.sources import pmc, unpaywall, wayback

MAX_LINKS = 2
"""The note's own links to files that are looked for in the archive."""


def place_lookups(
    work: Work, *, contact: str = "", keys: Mapping[str, str] | None = None
) -> Iterator[PlaceLookup]:
    """The questions, in the order of asking; `contact` and `keys` as in `works.resolve`."""
    options = SourceOptions(contact, dict(keys or {}))
    yield from _in_bucket(work)
    yield from _at_unpaywall(work, options)
    yield from _in_archive(work)


def _in_bucket(work: Work) -> Iterator[PlaceLookup]:
    """PubMed Central's open bucket, for its articles."""
    pmcid = work.identifier("pmcid")
    if pmcid:
        request = pmc.request_for_files(pmcid)
        yield PlaceLookup(pmc.NAME, request, lambda r: pmc.parse_files(r.body), is_own=True)


def _at_unpaywall(work: Work, options: SourceOptions) -> Iterator[PlaceLookup]:
    """Unpaywall, where it was not asked before: an open copy was known then."""
    doi = work.identifier("doi") or ""
    was_asked = not any(at.kind == "pdf" and at.access == "open" for at in work.locations)
    is_told = any(at.source == unpaywall.NAME for at in work.locations)
    if options.contact and doi and not doi.startswith(DATACITE) and not was_asked and not is_told:
        request = unpaywall.request_for(doi, options.contact)
        yield PlaceLookup(unpaywall.NAME, request, _read_unpaywall)


def _read_unpaywall(response: Response) -> list[Location]:
    return [place for record in unpaywall.parse(response.body) for place in record.locations]


def _in_archive(work: Work) -> Iterator[PlaceLookup]:
    """The Wayback Machine, for the note's own links to files, once they proved dead."""
    for url in _links_to_files(work)[:MAX_LINKS]:
        request = wayback.request_for(url)
        yield PlaceLookup(wayback.NAME, request, lambda r: wayback.parse(r.body), replaces=url)


def _links_to_files(work: Work) -> list[str]:
    return [url for url in work.urls if is_public_file(url)]


def is_public_file(url: str) -> bool:
    """Whether an address is that of a PDF on the public web, as far as it tells: no host inside a
    network, no name and password, no query, which may hold a token.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    last = host.rpartition(".")[2]
    is_named = "." in host and last.isalpha() and last not in load_words(*_PRIVATE)
    is_plain = not parts.query and "@" not in parts.netloc and parts.scheme in {"http", "https"}
    return is_named and is_plain and parts.path.lower().endswith(".pdf")


_PRIVATE = ("private_domains", "litmap.works")

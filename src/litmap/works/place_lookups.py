"""Where to ask for copies of a work when the places that are known gave none: each question told to
the fetching of PDFs, which asks it when it comes to that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from urllib.parse import urlsplit

from litmap.models import Location, PlaceLookup, Response, Work
from litmap.works.record import is_public_address
from litmap.works.sources import (
    crossref,
    europe_pmc,
    openrxiv,
    osf,
    pmc,
    unpaywall,
    wayback,
    zenodo,
)

MAX_LINKS = 2
"""The note's own links to files that are looked for in the archive."""


def place_lookups(work: Work, *, contact: str = "") -> Iterator[PlaceLookup]:
    """The questions, in the order of asking; `contact` as in `works.resolve`."""
    pmcid, doi = work.identifier("pmcid"), work.identifier("doi") or ""
    if pmcid:
        yield _in_bucket(pmcid)
    if zenodo.can_ask(doi):
        request = zenodo.request_for(doi)
        yield PlaceLookup(zenodo.NAME, request, lambda r: zenodo.parse(r.body), is_own=True)
    if osf.can_ask(doi):
        yield PlaceLookup(osf.NAME, osf.request_for(doi), _read_preprint, is_own=True)
    if doi and crossref.registers(doi) and any(at.is_open_pdf for at in work.locations):
        # else asked when it was found
        yield from _of_preprint(work, contact)
        yield from _by_doi(doi, contact, {at.source for at in work.locations})
    yield from _in_archive(work)


def _in_bucket(pmcid: str) -> PlaceLookup:
    """PubMed Central's open bucket, for one of its articles."""
    request = pmc.request_for_files(pmcid)
    return PlaceLookup(pmc.NAME, request, lambda r: pmc.parse_files(r.body), is_own=True)


def _read_preprint(response: Response) -> list[Location | PlaceLookup]:
    """The question about the file that a preprint at the Open Science Framework names."""
    request = osf.file_request(response.body)
    if request is None:
        return []
    return [PlaceLookup(osf.NAME, request, lambda r: osf.parse(r.body), is_own=True)]


def _by_doi(doi: str, contact: str, told: Collection[str] = ()) -> Iterator[PlaceLookup]:
    """Europe PMC, and Unpaywall in the name of a contact; not those that have told of the work."""
    ident = f"doi:{doi}"
    if europe_pmc.NAME not in told and europe_pmc.can_ask(ident):
        request = europe_pmc.request_for([ident])
        yield PlaceLookup(europe_pmc.NAME, request, partial(_read_europe_pmc, ident=ident))
    if contact and unpaywall.NAME not in told:
        yield PlaceLookup(unpaywall.NAME, unpaywall.request_for(doi, contact), _read_unpaywall)


def _read_europe_pmc(response: Response, ident: str) -> list[Location | PlaceLookup]:
    """The bucket, where the work is an article of PubMed Central, and free files."""
    found: list[Location | PlaceLookup] = []
    for record in europe_pmc.parse(response.body):
        if ident in record.ids:
            pmcids = [i.partition(":")[2] for i in record.ids if i.startswith("pmcid:")]
            found += [*record.locations, *map(_in_bucket, pmcids)]
    return found


def _read_unpaywall(response: Response) -> list[Location]:
    return [place for record in unpaywall.parse(response.body) for place in record.locations]


def _of_preprint(work: Work, contact: str) -> Iterator[PlaceLookup]:
    """BioRxiv and medRxiv, for a preprint of which no published version is known."""
    preprint = openrxiv.unpublished([i[4:] for i in work.ids if i.startswith("doi:")])
    if preprint:
        request = openrxiv.request_for(preprint)
        read = partial(_read_published, preprint=preprint, contact=contact)
        yield PlaceLookup(openrxiv.NAME, request, read)


def _read_published(response: Response, preprint: str, contact: str) -> list[PlaceLookup]:
    """The questions about the published version."""
    ids = [ident for record in openrxiv.parse(response.body) for ident in record.ids]
    published = [ident[4:] for ident in ids if ident.startswith("doi:") and ident[4:] != preprint]
    return [lookup for doi in published for lookup in _by_doi(doi, contact)]


def _in_archive(work: Work) -> Iterator[PlaceLookup]:
    """The Wayback Machine, for the note's own links to files, once they proved dead."""
    for url in _links_to_files(work)[:MAX_LINKS]:
        request = wayback.request_for(url)
        yield PlaceLookup(wayback.NAME, request, lambda r: wayback.parse(r.body), replaces=url)


def _links_to_files(work: Work) -> list[str]:
    return [url for url in work.urls if is_public_file(url)]


def is_public_file(url: str) -> bool:
    """Whether an address is that of a PDF on the public web, as far as it tells, without a query,
    which may hold a token.
    """
    if not is_public_address(url):
        return False
    parts = urlsplit(url)
    return not parts.query and parts.path.lower().endswith(".pdf")

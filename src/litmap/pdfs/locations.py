"""Where a work's PDF may be had, the best location first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from litmap.models import Location, PlaceLookup, Work
from litmap.parsing.identifiers import host_of, identifier_from_url, url_key
from litmap.pdfs.doi_files import file_of_doi

MAX_LOCATIONS = 10
"""Locations tried for one work."""
MAX_TEXTS = 3
"""Texts without pages that are tried."""
TEXT_KINDS = {"jats": ".xml", "html": ".html"}
"""For a kind of location at which a text without pages lies the ending of its file."""
MAX_NOTED = 2
"""Links of the note to files that are tried."""
_WALLED_HOSTS = re.compile(
    r"(?:^|\.)(?:semanticscholar\.org|researchgate\.net|academia\.edu|jstor\.org|sci-hub\.\w+)$"
)
"""Sites whose pages never hold a file for a plain client, or which litmap does not use."""
_ASKED_BY_ID = re.compile(r"(?:^|\.)(?:arxiv\.org|ncbi\.nlm\.nih\.gov)$")
"""Sites whose files are asked for by id. PubMed Central's pages are for people: it forbids programs
to fetch articles there and gives them from an open bucket.
"""
_FILE_HOSTS = re.compile(r"^(?:pdfs\.semanticscholar\.org)$")
_PMLR_ON_GITHUB = 235
"""The first volume of PMLR whose files lie on GitHub."""
_NEURIPS_TRACKS = 2022
"""The first year whose files name their track."""


@dataclass(frozen=True, slots=True)
class PdfLocation:
    """An address to try, and who names it.

    `trusted`: the work's own id or the reader's own link leads here, so that the paper should be
    there. `version`: that of an arXiv paper. `text`: a text without pages lies here, no PDF; '.xml'
    or '.html'.
    """

    url: str
    source: str
    trusted: bool = False
    version: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class LookupLocation:
    """A question to a service that knows where copies lie, in the place of an address."""

    lookup: PlaceLookup

    @property
    def url(self) -> str:
        """The address of the question."""
        return self.lookup.request.url

    @property
    def source(self) -> str:
        """Who is asked."""
        return self.lookup.source

    @property
    def trusted(self) -> bool:
        """Whether the service keeps the work under an id of its own."""
        return self.lookup.is_own


LocationSource = Callable[[Work], Iterator[PdfLocation]]
"""Names addresses of a work."""


def find_locations(work: Work) -> list[PdfLocation]:
    """Addresses in the order of trying (`LOCATION_SOURCES`), each once, at most ten."""
    return _unique(work, LOCATION_SOURCES)[:MAX_LOCATIONS]


def plan_locations(
    work: Work, lookups: Iterable[PlaceLookup]
) -> list[PdfLocation | LookupLocation]:
    """Addresses and questions in the order of trying: files, then the services that keep the work
    under an id of their own, pages, all other questions.
    """
    known = find_locations(work)
    count = len(_unique(work, FILE_SOURCES))
    asked = [LookupLocation(lookup) for lookup in lookups]
    own = [location for location in asked if location.trusted]
    others = [location for location in asked if not location.trusted]
    return [*known[:count], *own, *known[count:], *others]


def _unique(work: Work, sources: Iterable[LocationSource]) -> list[PdfLocation]:
    """The locations of these sources, each address once."""
    unique: dict[str, PdfLocation] = {}
    for list_locations in sources:
        for location in list_locations(work):
            if location.url.startswith(("http://", "https://")):
                unique.setdefault(place_key(location.url), location)
    return list(unique.values())


def noted_files(work: Work) -> Iterator[PdfLocation]:
    """The note's own links to PDFs; those of arXiv and PubMed Central are asked by id."""
    noted = [url for url in work.urls if is_file(url) and not is_asked_by_id(url)]
    for url in noted[:MAX_NOTED]:
        yield PdfLocation(url, "the note's link", trusted=True)


def files_by_id(work: Work) -> Iterator[PdfLocation]:
    """Files whose address follows from an id."""
    for identifier in work.ids:
        kind, _, value = identifier.partition(":")
        if kind == "arxiv":
            yield _arxiv_file(value, work.arxiv_version)
        elif kind in _FILE_ADDRESSES:
            source, address = _FILE_ADDRESSES[kind]
            if url := address(value):
                yield PdfLocation(url, source, trusted=True)
        elif kind == "doi":
            keeper, url = file_of_doi(value)
            if url:
                yield PdfLocation(url, keeper, trusted=True)


def open_files(work: Work) -> Iterator[PdfLocation]:
    """Files that sources name: open copies, then those of unknown access."""
    files = [at for at in _with_own_address(work) if at.kind == "pdf" and at.access != "closed"]
    for at in _open_first(files):
        yield PdfLocation(at.url, at.source, trusted=at.access == "open")


def open_pages(work: Work) -> Iterator[PdfLocation]:
    """Pages of open works that sources name."""
    for at in _landing_pages(work):
        if at.access == "open":
            yield PdfLocation(at.url, at.source, trusted=True)


def noted_pages(work: Work) -> Iterator[PdfLocation]:
    """The note's own links to pages that may name a file."""
    for url in work.urls:
        if not is_file(url) and may_have_file(url):
            yield PdfLocation(url, "the note's link")


def doi_pages(work: Work) -> Iterator[PdfLocation]:
    """The pages that DOIs lead to."""
    for identifier in work.ids:
        if identifier.startswith("doi:"):
            yield PdfLocation(
                f"https://doi.org/{quote(identifier[4:], safe='/():;.-_')}", "the DOI"
            )


def other_pages(work: Work) -> Iterator[PdfLocation]:
    """All pages that sources name."""
    for at in _landing_pages(work):
        yield PdfLocation(at.url, at.source)


def keyed_files(work: Work) -> Iterator[PdfLocation]:
    """Files that a service gives to holders of a key, and counts."""
    for at in work.locations:
        if at.kind == "keyed":
            yield PdfLocation(at.url, at.source, trusted=True)


def text_places(locations: Iterable[Location]) -> list[PdfLocation]:
    """Those of some locations where a text without pages lies."""
    return [
        PdfLocation(at.url, at.source, trusted=at.access == "open", text=TEXT_KINDS[at.kind])
        for at in locations
        if at.kind in TEXT_KINDS and at.access != "closed" and at.url.startswith("http")
    ]


def full_texts(work: Work) -> list[PdfLocation]:
    """Texts without pages, for where no PDF can be had: those that sources name (a `Location` of
    kind 'jats' or 'html'), and arXiv's HTML.
    """
    places = text_places(work.locations)
    for identifier in work.ids:
        kind, _, value = identifier.partition(":")
        if kind == "arxiv":
            version = f"v{work.arxiv_version}" if work.arxiv_version else ""
            url = f"https://arxiv.org/html/{value}{version}"
            places.append(PdfLocation(url, "arXiv", True, work.arxiv_version, ".html"))
    return list({place_key(at.url): at for at in places}.values())[:MAX_TEXTS]


FILE_SOURCES: tuple[LocationSource, ...] = (noted_files, files_by_id, open_files)
PAGE_SOURCES: tuple[LocationSource, ...] = (open_pages, noted_pages, doi_pages, other_pages)
LOCATION_SOURCES = (*FILE_SOURCES, *PAGE_SOURCES, keyed_files)
"""In the order of trying."""


def _with_own_address(work: Work) -> list[Location]:
    return [at for at in work.locations if not is_asked_by_id(at.url)]


def _landing_pages(work: Work) -> list[Location]:
    """The pages that sources name, but those behind a wall."""
    return [at for at in _with_own_address(work) if at.kind == "landing" and not _is_walled(at.url)]


def _open_first(locations: list[Location]) -> list[Location]:
    return sorted(locations, key=lambda at: at.access != "open")


# ── addresses that follow from an id ─────────────────────────────────────────────────────────────
def _arxiv_file(value: str, version: int | None) -> PdfLocation:
    suffix = f"v{version}" if version else ""
    url = f"https://export.arxiv.org/pdf/{value}{suffix}"
    return PdfLocation(url, "arXiv", trusted=True, version=version)


def _openreview_file(value: str) -> str:
    return f"https://openreview.net/pdf?id={quote(value, safe='')}"


def _pmlr_file(value: str) -> str:
    """'v97/abc19a': newer volumes lie on GitHub."""
    volume, _, key = value.partition("/")
    if volume[1:].isdigit() and int(volume[1:]) >= _PMLR_ON_GITHUB:
        base = "https://raw.githubusercontent.com/mlresearch"
        return f"{base}/{volume}/main/assets/{key}/{key}.pdf"
    return f"https://proceedings.mlr.press/{volume}/{key}/{key}.pdf"


def _jmlr_file(value: str) -> str:
    """'v15/name14a'."""
    volume, _, key = value.partition("/")
    return f"https://jmlr.org/papers/volume{volume[1:]}/{key}/{key}.pdf"


def _neurips_file(value: str) -> str:
    """'2019/HASH'; '' where the year is missing."""
    if "/" not in value:
        return ""
    year, _, code = value.partition("/")
    suffix = "-Conference" if year.isdigit() and int(year) >= _NEURIPS_TRACKS else ""
    base = f"https://proceedings.neurips.cc/paper_files/paper/{year}"
    return f"{base}/file/{code}-Paper{suffix}.pdf"


def _iclr_file(value: str) -> str:
    """'2025/HASH'."""
    year, _, code = value.partition("/")
    base = f"https://proceedings.iclr.cc/paper_files/paper/{year}"
    return f"{base}/file/{code}-Paper-Conference.pdf" if code else ""


def _mlsys_file(value: str) -> str:
    """'2023/HASH'."""
    year, _, code = value.partition("/")
    base = f"https://proceedings.mlsys.org/paper_files/paper/{year}"
    return f"{base}/file/{code}-Paper-mlsys{year}.pdf" if code else ""


def _hal_file(value: str) -> str:
    return f"https://hal.science/{value}/document"


def _acl_file(value: str) -> str:
    return f"https://aclanthology.org/{value}.pdf"


_FILE_ADDRESSES: dict[str, tuple[str, Callable[[str], str]]] = {
    "openreview": ("OpenReview", _openreview_file),
    "pmlr": ("PMLR", _pmlr_file),
    "jmlr": ("JMLR", _jmlr_file),
    "neurips": ("NeurIPS", _neurips_file),
    "iclr": ("ICLR", _iclr_file),
    "mlsys": ("MLSys", _mlsys_file),
    "acl": ("the ACL Anthology", _acl_file),
    "hal": ("HAL", _hal_file),
}
"""For a kind of id who keeps the file, and its address ('' where the id does not tell)."""


def place_key(url: str) -> str:
    """The same for spellings of one address; an archive's copy is another place than its
    original.
    """
    return url if host_of(url) == "web.archive.org" else url_key(url)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────
def is_file(url: str) -> bool:
    """Whether an address itself names a PDF."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.path.lower().endswith(".pdf"):
        return True
    return (parts.hostname or "").endswith("openreview.net") and parts.path == "/pdf"


def is_asked_by_id(url: str) -> bool:
    """Whether an address is one of a site whose files are asked for by id."""
    return _ASKED_BY_ID.search(host_of(url)) is not None


def may_have_file(url: str) -> bool:
    """Whether a page may name a file: not of a site asked by id, and not behind a wall."""
    host = host_of(url)
    if not host or is_asked_by_id(url) or (_is_walled(url) and not _FILE_HOSTS.search(host)):
        return False
    return not (identifier_from_url(url) or "").startswith("arxiv:")


def _is_walled(url: str) -> bool:
    return _WALLED_HOSTS.search(host_of(url)) is not None

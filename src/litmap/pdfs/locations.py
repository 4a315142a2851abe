"""Where a work's PDF may be had, the best place first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from litmap.models import Work
from litmap.parsing.identifiers import identifier_from_url, url_key

MOST = 10
"""Places tried for one work."""
_ARXIV_HOSTS = re.compile(r"(?:^|\.)arxiv\.org$")
_WALLED = re.compile(
    r"(?:^|\.)(?:semanticscholar\.org|researchgate\.net|academia\.edu|jstor\.org|sci-hub\.\w+)$"
)
"""Sites whose pages never hold a file for a plain client, or which litmap does not use."""
_FILE_HOSTS = re.compile(r"^(?:pdfs\.semanticscholar\.org)$")


@dataclass(frozen=True, slots=True)
class Place:
    """An address to try. `sure`: the work's own id or the reader's own link leads here, so that it should be there."""

    url: str
    source: str
    sure: bool = False
    version: int | None = None


def find_places(work: Work) -> list[Place]:
    """Addresses in the order of trying: the note's link if it is a PDF, arXiv, proceedings, open copies, pages."""
    seen: set[str] = set()
    places = []
    for place in _all(work):
        key = url_key(place.url)
        if key not in seen and place.url.startswith(("http://", "https://")):
            seen.add(key)
            places.append(place)
    return places[:MOST]


def _all(work: Work) -> Iterator[Place]:
    noted = [u for u in work.urls if is_file(u) and not _ARXIV_HOSTS.search(_host(u))]
    yield from (Place(u, "the note's link", sure=True) for u in noted[:2])
    for ident in work.ids:
        yield from _by_id(ident, work)
    spots = [s for s in work.locations if not _ARXIV_HOSTS.search(_host(s.url))]
    files = [s for s in spots if s.kind == "pdf" and s.access != "closed"]
    for spot in sorted(files, key=lambda s: s.access != "open"):
        yield Place(spot.url, spot.source, sure=spot.access == "open")
    pages = [s for s in spots if s.kind == "landing" and not _WALLED.search(_host(s.url))]
    for spot in sorted(pages, key=lambda s: s.access != "open"):
        if spot.access == "open":
            yield Place(spot.url, spot.source, sure=True)
    for url in work.urls:
        if not is_file(url) and _may_have_file(url):
            yield Place(url, "the note's link")
    for ident in work.ids:
        if ident.startswith("doi:"):
            yield Place(f"https://doi.org/{quote(ident[4:], safe='/():;.-_')}", "the DOI")
    for spot in pages:
        yield Place(spot.url, spot.source)


def _by_id(ident: str, work: Work) -> Iterator[Place]:
    """Files whose address follows from an id."""
    kind, _, value = ident.partition(":")
    if kind == "arxiv":
        version = f"v{work.arxiv_version}" if work.arxiv_version else ""
        yield Place(
            f"https://export.arxiv.org/pdf/{value}{version}",
            "arXiv",
            sure=True,
            version=work.arxiv_version,
        )
    elif kind == "openreview":
        yield Place(
            f"https://openreview.net/pdf?id={quote(value, safe='')}", "OpenReview", sure=True
        )
    elif kind == "pmlr":
        volume, _, key = value.partition("/")
        if volume[1:].isdigit() and int(volume[1:]) >= 235:  # files of these volumes lie on GitHub
            base = "https://raw.githubusercontent.com/mlresearch"
            yield Place(f"{base}/{volume}/main/assets/{key}/{key}.pdf", "PMLR", sure=True)
        else:
            yield Place(
                f"https://proceedings.mlr.press/{volume}/{key}/{key}.pdf", "PMLR", sure=True
            )
    elif kind == "jmlr":
        volume, _, key = value.partition("/")
        yield Place(
            f"https://jmlr.org/papers/volume{volume[1:]}/{key}/{key}.pdf", "JMLR", sure=True
        )
    elif kind == "neurips" and "/" in value:
        year, _, code = value.partition("/")
        suffix = "-Conference" if year.isdigit() and int(year) >= 2022 else ""
        base = f"https://proceedings.neurips.cc/paper_files/paper/{year}"
        yield Place(f"{base}/file/{code}-Paper{suffix}.pdf", "NeurIPS", sure=True)
    elif kind == "acl":
        yield Place(f"https://aclanthology.org/{value}.pdf", "the ACL Anthology", sure=True)


def is_file(url: str) -> bool:
    """Whether an address itself names a PDF."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.path.lower().endswith(".pdf"):
        return True
    return (parts.hostname or "").endswith("openreview.net") and parts.path == "/pdf"


def _may_have_file(url: str) -> bool:
    host = _host(url)
    if (
        not host
        or _ARXIV_HOSTS.search(host)
        or (_WALLED.search(host) and not _FILE_HOSTS.search(host))
    ):
        return False
    return not (identifier_from_url(url) or "").startswith("arxiv:")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""

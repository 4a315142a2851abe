"""What the services share: looking works up, and their pages with `citation_*` tags."""

from __future__ import annotations

import hashlib

from .. import papers
from ..answers import Answer, as_file, html, missing
from ..works import ScholarlyWork


def by_id(web, kind: str, value: str) -> ScholarlyWork | None:
    """The work with an id; letters' case does not count."""
    wanted = value.strip().lower()
    found = (w for w in web.works if wanted and w.id(kind).lower() == wanted)
    return next(found, None)


def by_doi(web, value: str) -> ScholarlyWork | None:
    wanted = value.strip().lower().removeprefix("https://doi.org/").removeprefix("doi:")
    return by_id(web, "doi", wanted)


def by_arxiv(web, value: str) -> ScholarlyWork | None:
    """By an arXiv id without version."""
    found = (w for w in web.works if value and w.arxiv.lower() == value.strip().lower())
    return next(found, None)


def known(web, service: str) -> list[ScholarlyWork]:
    """The works that a service indexes."""
    return [w for w in web.works if w.is_known_to(service)]


def number(work: ScholarlyWork, name: str = "") -> int:
    """A number of the work's own for a service that counts its records."""
    return int(hashlib.sha256(f"{name} {work.key}".encode()).hexdigest()[:7], 16)


def file(work: ScholarlyWork | None, version: int = 0) -> Answer:
    """A work's PDF."""
    return as_file(papers.pdf(work, version), work.key) if work else missing("file")


def page(work: ScholarlyWork | None, file_url: str = "", *more: tuple[str, str]) -> Answer:
    """A work's page with its tags; with `citation_pdf_url` where a file is named."""
    if work is None:
        return missing()
    tags = [("citation_title", work.title)]
    tags += [("citation_author", name) for name in work.authors]
    tags += [
        ("citation_publication_date", str(work.year)),
        ("citation_journal_title", work.venue),
        ("citation_doi", work.doi),
        ("citation_pdf_url", file_url),
        *more,
    ]
    body = f"<h1>{work.title}</h1><p>{work.abstract}</p>"
    return html(work.title, body, tags)

"""Unpaywall: open copies of a DOI's work. https://unpaywall.org/products/api"""

from __future__ import annotations

from typing import Any

from ..answers import Answer, Question, as_json
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("api.unpaywall.org",)


def answer(web, question: Question) -> Answer:
    contact = question.query.get("email", "")
    if "@" not in contact or contact.endswith("example.com"):
        message = "Please use your own email address in API calls. See https://unpaywall.org"
        return as_json({"HTTP_status_code": 422, "error": True, "message": message}, 422)
    doi = question.path.removeprefix("/v2/")
    work = shelf.by_doi(web, doi)
    if work is None or not work.is_known_to("unpaywall"):
        message = f"'{doi}' isn't in Unpaywall. See https://unpaywall.org"
        return as_json({"HTTP_status_code": 404, "error": True, "message": message}, 404)
    copies = [_copy(work, url) for url in open_files(work)]
    return as_json(
        {
            "doi": work.doi,
            "title": work.title,
            "year": work.year,
            "journal_name": work.venue,
            "z_authors": [{"raw_author_name": name} for name in work.authors],
            "is_oa": bool(copies),
            "best_oa_location": copies[0] if copies else None,
            "oa_locations": copies,
        }
    )


def _copy(work: ScholarlyWork, url: str) -> dict[str, Any]:
    return {
        "url": url,
        "url_for_pdf": url,
        "url_for_landing_page": work.landing_page,
        "version": "publishedVersion",
        "host_type": "publisher" if url == work.landing_file else "repository",
    }


def open_files(work: ScholarlyWork) -> list[str]:
    """Addresses of PDFs that are open, whether or not a challenge stands before them."""
    files = list(work.files)
    if work.arxiv:
        files.append(f"https://arxiv.org/pdf/{work.arxiv}")
    if work.id("hal"):
        files.append(f"https://hal.science/{work.id('hal')}/document")
    if work.id("pmcid") and "bucket-pdf" in work.routes:
        files.append(f"https://pmc.ncbi.nlm.nih.gov/articles/{work.id('pmcid')}/pdf/main.pdf")
    return files

"""bioRxiv and medRxiv: the API's details of a DOI, content pages and PDFs.

https://api.biorxiv.org; prefixes 10.1101 and, since December 2025, 10.64898.
"""

from __future__ import annotations

import re

from ..answers import Answer, Question, as_json, missing, moved
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = (
    "api.biorxiv.org", "api.medrxiv.org", "www.biorxiv.org", "biorxiv.org", "www.medrxiv.org",
    "medrxiv.org",
)  # fmt: skip


def answer(web, question: Question) -> Answer:
    if question.host.startswith("api."):
        return _details(web, question)
    if not question.host.startswith("www."):
        return moved(f"https://www.{question.host}{question.target}", 301)
    form = r"/content/(10\.\d+/.+?)(?:v(\d+))?(\.full\.pdf|\.full|\.abstract)?"
    hit = re.fullmatch(form, question.path)
    work = _preprint(web, hit[1], question.host) if hit else None
    if hit is None or work is None:
        return missing()
    if hit[3] == ".full.pdf":
        return shelf.file(work)
    return shelf.page(work, f"{work.landing_page}.full.pdf")


def _preprint(web, doi: str, host: str) -> ScholarlyWork | None:
    work = shelf.by_doi(web, doi)
    return work if work and work.id("biorxiv").lower() in host and work.id("biorxiv") else None


def _details(web, question: Question) -> Answer:
    """/details/SERVER/DOI/na/json: one record a version."""
    hit = re.match(r"/(?:details|pubs)/(\w+)/(10\.\d+/[^/]+)", question.path)
    work = _preprint(web, re.sub(r"v\d+$", "", hit[2]), f"{hit[1]}.") if hit else None
    if work is None:
        return as_json({"messages": [{"status": "no posts found"}], "collection": []})
    records = [_record(work, version) for version in (1, 2)]
    return as_json({"messages": [{"status": "ok"}], "collection": records})


def _record(work: ScholarlyWork, version: int) -> dict[str, str]:
    return {
        "title": work.title,
        "authors": "; ".join(f"{family(n)}, {given(n)[:1]}." for n in work.authors),
        "doi": work.doi,
        "date": f"{work.year}-01-0{version + 4}",
        "version": str(version),
        "category": "zoology",
        "abstract": work.abstract,
        "published": work.published_as or "NA",
        "server": work.id("biorxiv"),
        "license": "cc_by",
    }

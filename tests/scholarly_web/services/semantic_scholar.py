"""Semantic Scholar's graph API. https://api.semanticscholar.org/api-docs"""

from __future__ import annotations

import hashlib
from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("api.semanticscholar.org",)
_PAPER = "/graph/v1/paper"


def answer(web, question: Question) -> Answer:
    name = question.path.removeprefix(_PAPER).strip("/")
    works = shelf.known(web, "s2")
    if name == "search/match":
        found = queries.nearest(works, question.query.get("query", ""), 0.6)[:1]
        if not found:
            return as_json({"error": "Title match not found"}, 404)
        return as_json({"data": [{**_item(w), "matchScore": 90.0} for w in found]})
    if name == "search":
        found = queries.nearest(works, question.query.get("query", ""), 0.6)
        return as_json({"total": len(found), "offset": 0, "data": [_item(w) for w in found[:100]]})
    work = next((w for w in works if _is_named(w, name)), None)
    return as_json(_item(work)) if work else as_json({"error": "Paper not found"}, 404)


def _is_named(work: ScholarlyWork, name: str) -> bool:
    """By the service's own id, or `DOI:`, `ARXIV:`, `PMID:`, `PMCID:`, `CorpusId:`, `URL:`."""
    kind, _, value = name.partition(":")
    url = f"https://openreview.net/forum?id={work.id('openreview')}"
    values = {
        "doi": work.doi,
        "arxiv": work.arxiv,
        "pmid": work.id("pmid"),
        "pmcid": work.id("pmcid").removeprefix("PMC"),
        "corpusid": str(shelf.number(work, "s2")),
        "url": url if work.id("openreview") else "",
    }
    if kind.lower() in values:
        known = values[kind.lower()]
        return bool(known) and known.lower() == value.lower()
    return _paper_id(work) == name


def _paper_id(work: ScholarlyWork) -> str:
    return hashlib.sha256(work.key.encode()).hexdigest()[:40]


def _item(work: ScholarlyWork) -> dict[str, Any]:
    ids = {
        "DOI": work.doi,
        "ArXiv": work.arxiv,
        "PubMed": work.id("pmid"),
        "PubMedCentral": work.id("pmcid").removeprefix("PMC"),
        "CorpusId": shelf.number(work, "s2"),
    }
    file = f"https://arxiv.org/pdf/{work.arxiv}" if work.arxiv else ""
    return {
        "paperId": _paper_id(work),
        "title": work.title,
        "abstract": work.abstract,
        "venue": work.venue,
        "year": work.year,
        "externalIds": {kind: value for kind, value in ids.items() if value},
        "authors": [{"authorId": "1", "name": name} for name in work.authors],
        "openAccessPdf": {"url": file, "status": "GREEN" if file else "CLOSED"},
    }

"""OpenAlex: lists by filter, single works, cached PDFs; the day's credits are counted.

https://developers.openalex.org: without a key 1,000 credits a day, with one 10,000; a search costs
10, a list 1, a single work nothing, a PDF 100 (with a key only). Works of the expansion (`xpac`)
are shown where `corpus=all`, or the older `include_xpac=true`, asks for them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json, missing
from ..works import ScholarlyWork
from . import shelf, unpaywall

HOSTS = ("api.openalex.org", "content.openalex.org")


def answer(web, question: Question) -> Answer:
    if question.host == "content.openalex.org":
        return _content(web, question)
    path = question.path.rstrip("/")
    if path == "/works":
        cost = 10 if "search" in question.target else 1
        return _charged(web, question, cost, lambda: _list(web, question))
    if path.startswith("/works/"):
        work = _single(web, path.removeprefix("/works/"))
        return as_json(_selected(question, work)) if work else missing("work")
    return missing()


def key_of(question: Question) -> str:
    bearer = question.headers.get("authorization", "").removeprefix("Bearer ")
    return question.query.get("api_key") or bearer


def _charged(web, question: Question, cost: int, make: Callable[[], Answer]) -> Answer:
    """The answer with the day's credits in its headers; 429 until midnight UTC where they are
    spent.
    """
    day = web.credits * (10 if key_of(question) else 1)
    reset = int(86_400 - time.time() % 86_400)
    limits = {"X_RateLimit_Limit": day, "X_RateLimit_Reset": reset}
    if web.spent + cost > day:
        error = {"error": "Rate limit exceeded", "message": "Insufficient budget for this request"}
        head = {**limits, "X_RateLimit_Remaining": 0}
        return as_json(error, 429).with_headers(Retry_After=reset, **head)
    web.spent += cost
    left = {"X_RateLimit_Remaining": day - web.spent, "X_RateLimit_Credits_Used": cost}
    return make().with_headers(**limits, **left)


def _content(web, question: Question) -> Answer:
    if not key_of(question):
        return as_json({"error": "API key required"}, 401)
    ident = re.fullmatch(r"/works/(W\d+)(?:\.pdf)?", question.path)
    work = _by_number(web, ident[1]) if ident else None
    if work is None or "openalex-content" not in work.routes:
        return missing("file")
    return _charged(web, question, 100, lambda: shelf.file(work))


# ── which works ──────────────────────────────────────────────────────────────────────────────────
def _single(web, name: str) -> ScholarlyWork | None:
    """By W…, doi:…, https://doi.org/…, pmid:…; a PMCID names nothing here."""
    kind, _, value = name.partition(":")
    if kind in {"pmid", "doi"}:
        work = shelf.by_id(web, kind, value) or _by_arxiv_doi(web, value)
    elif name.lower().startswith("https://doi.org/"):
        work = shelf.by_doi(web, name) or _by_arxiv_doi(web, name)
    else:
        work = _by_number(web, name.removeprefix("https://openalex.org/").removeprefix("openalex:"))
    return work if work and work.is_known_to("openalex") else None


def _by_arxiv_doi(web, value: str) -> ScholarlyWork | None:
    return shelf.by_arxiv(web, value.lower().rpartition("10.48550/arxiv.")[2])


def _by_number(web, name: str) -> ScholarlyWork | None:
    return next((w for w in web.works if number(w) == name.upper()), None)


def number(work: ScholarlyWork) -> str:
    """The work's id at OpenAlex."""
    return f"W99{shelf.number(work, 'openalex')}"


def _list(web, question: Question) -> Answer:
    query = question.query
    size = question.number("per-page", question.number("per_page", 25))
    if not 1 <= size <= 200:
        return as_json({"error": "Invalid query parameters error."}, 403)
    works = shelf.known(web, "openalex")
    corpus = query.get("corpus") or ("all" if query.get("include_xpac") == "true" else "core")
    if corpus != "all":
        works = [w for w in works if w.only_xpac is (corpus == "expansion")]
    for part in filter(None, query.get("filter", "").split(",")):
        name, _, value = part.partition(":")
        if name not in FILTERS:
            message = f"{name} is not a valid field."
            return as_json({"error": "Invalid query parameters error.", "message": message}, 400)
        works = [w for w in works if any(FILTERS[name](web, w, v) for v in value.split("|"))]
    if query.get("search"):
        works = queries.nearest(works, query["search"], 0.6)
    start = (question.number("page", 1) - 1) * size
    results = [_selected(question, work) for work in works[start : start + size]]
    meta = {"count": len(works), "page": question.number("page", 1), "per_page": size}
    return as_json({"meta": meta, "results": results})


def _selected(question: Question, work: ScholarlyWork) -> dict[str, Any]:
    wanted = [name for name in question.query.get("select", "").split(",") if name]
    return {name: value for name, value in item(work).items() if not wanted or name in wanted}


def _is_doi(web, work: ScholarlyWork, value: str) -> bool:
    wanted = value.lower().removeprefix("https://doi.org/")
    own = {work.doi.lower(), f"10.48550/arxiv.{work.arxiv}".lower() if work.arxiv else ""}
    return bool(wanted) and wanted in own


FILTERS: dict[str, Callable[[Any, ScholarlyWork, str], bool]] = {
    "doi": _is_doi,
    "pmid": lambda web, w, v: w.id("pmid") == v.rpartition("/")[2],
    "ids.pmid": lambda web, w, v: w.id("pmid") == v.rpartition("/")[2],
    "ids.pmcid": lambda web, w, v: False,
    "openalex": lambda web, w, v: number(w) == v.rpartition("/")[2].upper(),
    "ids.openalex": lambda web, w, v: number(w) == v.rpartition("/")[2].upper(),
    "title.search": lambda web, w, v: queries.has_words(w, v),
    "display_name.search": lambda web, w, v: queries.has_words(w, v),
    "raw_author_name.search": lambda web, w, v: queries.is_by(w, v),
    "publication_year": lambda web, w, v: _in_years(w, v),
    "is_oa": lambda web, w, v: bool(unpaywall.open_files(w)) is (v == "true"),
}
"""Filters by name; a value may list alternatives with bars."""


def _in_years(work: ScholarlyWork, value: str) -> bool:
    first, _, last = value.partition("-")
    return int(first or 0) <= work.year <= int(last or first or 9999)


# ── the record ───────────────────────────────────────────────────────────────────────────────────
def item(work: ScholarlyWork) -> dict[str, Any]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(work.abstract.split()):
        index.setdefault(word, []).append(place)
    places = _places(work)
    ident = f"https://openalex.org/{number(work)}"
    ids = {"openalex": ident}
    if work.id("pmid"):
        ids["pmid"] = f"https://pubmed.ncbi.nlm.nih.gov/{work.id('pmid')}"
    if work.id("pmcid"):
        ids["pmcid"] = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{work.id('pmcid')[3:]}"
    has_content = "openalex-content" in work.routes
    content = f"https://content.openalex.org/works/{number(work)}.pdf"
    return {
        "id": ident,
        "ids": ids,
        "doi": f"https://doi.org/{work.doi}" if work.doi else None,
        "title": work.title,
        "display_name": work.title,
        "publication_year": work.year,
        "type": "article",
        "authorships": [
            {"author": {"display_name": name}, "raw_author_name": name} for name in work.authors
        ],
        "locations": places,
        "primary_location": places[0] if places else None,
        "best_oa_location": next((p for p in places if p["is_oa"]), None),
        "abstract_inverted_index": index,
        "is_retracted": bool(work.retraction),
        "is_paratext": False,
        "is_xpac": work.only_xpac,
        "cited_by_count": 5,
        "has_content": {"pdf": has_content, "grobid_xml": False},
        "content_urls": {"pdf": content} if has_content else None,
    }


def _places(work: ScholarlyWork) -> list[dict[str, Any]]:
    places = []
    if work.doi:
        file = work.landing_file if work.page_names_file else None
        places.append(_place(f"https://doi.org/{work.doi}", file, work.venue))
    elif work.files or work.pages or _has_own_page(work):
        places.append(_place(work.landing_page, next(iter(work.files), None), work.venue))
    if work.arxiv:
        file = f"https://arxiv.org/pdf/{work.arxiv}"
        places.append(_place(f"https://arxiv.org/abs/{work.arxiv}", file, "arXiv"))
    if work.id("pmcid"):
        page = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{work.id('pmcid')[3:]}"
        places.append(_place(page, None, "PubMed Central", is_open=True))
    if work.id("hal"):
        page = f"https://hal.science/{work.id('hal')}"
        places.append(_place(page, f"{page}/document", "HAL"))
    if work.id("openreview"):
        page = f"https://openreview.net/forum?id={work.id('openreview')}"
        places.append(_place(page, page.replace("/forum", "/pdf"), work.venue))
    return places


def _has_own_page(work: ScholarlyWork) -> bool:
    return any(work.id(kind) for kind in ("econstor", "pmlr", "jmlr", "zenodo", "nber"))


def _place(page: str, file: str | None, source: str, *, is_open: bool = False) -> dict[str, Any]:
    return {
        "is_oa": bool(file) or is_open,
        "landing_page_url": page,
        "pdf_url": file,
        "source": {"display_name": source},
        "version": "publishedVersion",
    }

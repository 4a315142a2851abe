"""Crossref's REST API: single DOIs and lists, each with the headers of its own limit.

https://www.crossref.org/documentation/retrieve-metadata/rest-api/ (access rules of 1 December 2025)
"""

from __future__ import annotations

import re
from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = ("api.crossref.org",)
SELECTABLE = frozenset(
    "abstract URL member type title author editor DOI container-title issued published publisher "
    "link relation resource update-to updated-by is-referenced-by-count reference".split()
)
"""Fields that a list may be cut down to."""


def answer(web, question: Question) -> Answer:
    path = question.path.removeprefix("/v1").rstrip("/")
    polite = "mailto" in question.query or "mailto:" in question.headers.get("user-agent", "")
    if path == "/works":
        found = _list(web, question)
        pool, limit, at_once = ("polite-array", 3, 3) if polite else ("public-array", 1, 1)
    elif path.startswith("/works/"):
        found = _single(web, path.removeprefix("/works/"))
        pool, limit, at_once = ("polite", 10, 3) if polite else ("public", 5, 1)
    else:
        return Answer(404, b"Resource not found.", "text/plain")
    limits = {"x-rate-limit-limit": str(limit), "x-rate-limit-interval": "1s"}
    own = {"x-api-pool": pool, "x-concurrency-limit": str(at_once)}
    return Answer(found.status, found.body, found.type, {**limits, **own})


def _single(web, doi: str) -> Answer:
    work = shelf.by_doi(web, doi)
    if work is None or not work.is_known_to("crossref"):
        return Answer(404, b"Resource not found.", "text/plain")
    return _message("work", item(work))


def _message(kind: str, message: dict[str, Any]) -> Answer:
    head = {"status": "ok", "message-type": kind, "message-version": "1.0.0"}
    return as_json({**head, "message": message})


def _list(web, question: Question) -> Answer:
    query = question.query
    works = [w for w in shelf.known(web, "crossref") if _passes(w, query.get("filter", ""))]
    text = " ".join(query.get(f"query{part}", "") for part in ("", ".bibliographic", ".title"))
    people = query.get("query.author", "")
    if people:
        works = [w for w in works if any(queries.is_by(w, name) for name in people.split())]
    if text.strip() or people:
        works = queries.nearest(works, f"{text} {people}", 0.2)
    rows, start = question.number("rows", 20), question.number("offset", 0)
    if rows > 1000:
        return as_json({"status": "failed", "message-type": "validation-failure"}, 400)
    wanted = [name for name in query.get("select", "").split(",") if name]
    if not set(wanted) <= SELECTABLE:
        return as_json({"status": "failed", "message-type": "validation-failure"}, 400)
    items = [_selected(item(work), wanted) for work in works[start : start + rows]]
    total = {"total-results": len(works), "items-per-page": rows}
    return _message("work-list", {**total, "items": items})


def _selected(record: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if not wanted or name in wanted}


def _passes(work: ScholarlyWork, wanted: str) -> bool:
    """Filters: values of one name are alternatives, names must all hold."""
    values: dict[str, list[str]] = {}
    for part in filter(None, wanted.split(",")):
        name, _, value = part.partition(":")
        values.setdefault(name, []).append(value)
    return all(_holds(work, name, listed) for name, listed in values.items())


def _holds(work: ScholarlyWork, name: str, values: list[str]) -> bool:
    if name == "doi":
        return work.doi.lower() in {value.lower() for value in values}
    if name == "alternative-id":
        return any(re.sub(r"\W", "", value).lower() in _squashed(work) for value in values)
    if name in {"from-pub-date", "until-pub-date"}:
        year = int(values[0][:4])
        return work.year >= year if name.startswith("from") else work.year <= year
    return True


def _squashed(work: ScholarlyWork) -> str:
    return re.sub(r"\W", "", f"{work.doi} {work.landing}").lower()


def item(work: ScholarlyWork) -> dict[str, Any]:
    """The record of one work."""
    people = [
        {"given": given(name), "family": family(name), "sequence": "additional"}
        for name in work.authors
    ]
    links = [
        {"URL": url, "content-type": "application/pdf", "content-version": "vor"}
        for url in ([work.landing_file] if work.landing else [])
    ]
    kind = "posted-content" if work.id("biorxiv") or work.id("osf") else "journal-article"
    found = {
        "DOI": work.doi,
        "type": kind,
        "title": [work.marked_title],
        "author": people,
        "container-title": [work.venue] if kind == "journal-article" else [],
        "publisher": work.venue,
        "issued": {"date-parts": [[work.year, 6]]},
        "abstract": f"<jats:p>{work.abstract}</jats:p>",
        "resource": {"primary": {"URL": work.landing_page}},
        "URL": f"https://doi.org/{work.doi}",
        "link": links,
        "is-referenced-by-count": 3,
        "relation": {},
    }
    if work.published_as:
        other = {"id-type": "doi", "id": work.published_as, "asserted-by": "subject"}
        found["relation"] = {"is-preprint-of": [other]}
    noticed = [*([("retraction", work.retraction)] if work.retraction else []), *work.updates]
    if noticed:
        stamp = {"date-time": f"{work.year + 1}-06-05T00:00:00Z"}
        found["updated-by"] = [
            {"DOI": doi, "type": kind, "label": kind.capitalize(), "updated": stamp}
            for kind, doi in noticed
        ]
    return found

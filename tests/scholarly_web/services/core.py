"""CORE: a search that wants a key, and files. https://api.core.ac.uk/docs/v3"""

from __future__ import annotations

import re
from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json, missing, moved
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = ("api.core.ac.uk", "core.ac.uk")
FIELDS = {
    "doi": queries.same(lambda w: w.doi),
    "title": queries.within(lambda w: w.title),
    "authors": queries.is_by,
    "yearpublished": queries.of_years,
    "": queries.within(lambda w: f"{w.title} {' '.join(w.authors)}"),
}


def answer(web, question: Question) -> Answer:
    if question.host == "core.ac.uk":
        hit = re.fullmatch(r"/download/(\d+)\.pdf", question.path)
        if "authorization" in question.headers:  # the key stays with the API
            return as_json({"message": "Bad request"}, 400)
        return shelf.file(shelf.by_id(web, "core", hit[1]) if hit else None)
    if not (question.headers.get("authorization") or question.query.get("apiKey")):
        message = "Too many requests. Register for an API key to increase your rate limit."
        return as_json({"message": message}, 429)
    if question.path == "/v3/search/works":
        return moved(
            f"https://api.core.ac.uk/v3/search/works/?{question.target.partition('?')[2]}", 301
        )
    if question.path != "/v3/search/works/":
        return missing()
    works = [w for w in web.works if w.id("core")]
    found = queries.select(works, question.query.get("q", ""), FIELDS)
    results = [_record(work) for work in found[: question.number("limit", 10)]]
    return as_json({"totalHits": len(found), "limit": 10, "offset": 0, "results": results})


def _record(work: ScholarlyWork) -> dict[str, Any]:
    ident = work.id("core")
    file = f"https://core.ac.uk/download/{ident}.pdf"
    return {
        "id": int(ident),
        "doi": work.doi or None,
        "title": work.title,
        "authors": [{"name": f"{family(name)}, {given(name)}"} for name in work.authors],
        "yearPublished": work.year,
        "abstract": work.abstract,
        "downloadUrl": file,
        "links": [{"type": "download", "url": file}],
        "fullText": None,
    }

"""Zenodo: records of the API with their files, and the record's page.

https://developers.zenodo.org; guests may ask sixty times a minute.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .. import papers, queries
from ..answers import Answer, Question, as_json, missing, moved
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = ("zenodo.org", "www.zenodo.org")
FIELDS = {
    "doi": queries.same(lambda w: w.doi),
    "recid": queries.same(lambda w: w.id("zenodo")),
    "title": queries.within(lambda w: w.title),
    "": queries.within(lambda w: f"{w.title} {' '.join(w.authors)}"),
}


def answer(web, question: Question) -> Answer:
    if question.path.rstrip("/") == "/api/records":
        works = [w for w in web.works if w.id("zenodo")]
        found = queries.select(works, question.query.get("q", ""), FIELDS)
        hits = [_record(work) for work in found]
        return as_json({"hits": {"hits": hits, "total": len(hits)}})
    form = r"(/api)?/records?/(\d+)(?:/files/([^/]+)(?:/content)?)?/?"
    hit = re.fullmatch(form, question.path)
    work = shelf.by_id(web, "zenodo", hit[2]) if hit else None
    if hit is None or work is None:
        message = "The persistent identifier does not exist."
        return as_json({"status": 404, "message": message}, 404) if hit else missing()
    if hit[3]:
        return shelf.file(work) if hit[3] == f"{work.key}.pdf" else missing("file")
    if hit[1]:
        return as_json(_record(work))
    if question.path.startswith("/record/"):
        return moved(f"https://zenodo.org/records/{hit[2]}", 301)
    return shelf.page(work, f"https://zenodo.org/records/{hit[2]}/files/{work.key}.pdf")


def _record(work: ScholarlyWork) -> dict[str, Any]:
    ident, body = work.id("zenodo"), papers.pdf(work)
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    file = f"https://zenodo.org/api/records/{ident}/files/{work.key}.pdf/content"
    return {
        "id": int(ident),
        "recid": ident,
        "doi": work.doi,
        "title": work.title,
        "metadata": {
            "title": work.title,
            "doi": work.doi,
            "publication_date": f"{work.year}-06-01",
            "description": f"<p>{work.abstract}</p>",
            "access_right": "open",
            "creators": [{"name": f"{family(n)}, {given(n)}"} for n in work.authors],
            "resource_type": {"type": "publication", "subtype": "preprint"},
        },
        "links": {"self_html": f"https://zenodo.org/records/{ident}"},
        "files": [
            {
                "key": f"{work.key}.pdf",
                "size": len(body),
                "checksum": f"md5:{digest}",
                "links": {"self": file},
            }
        ],
    }

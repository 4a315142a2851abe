"""OpenReview: notes of API 2 (and, for venues up to 2022, API 1), forum pages, PDFs.

https://docs.openreview.net; anonymous callers may meet a challenge ('openreview-api').
"""

from __future__ import annotations

from ..answers import Answer, Question, as_json, missing
from . import shelf

HOSTS = ("openreview.net", "www.openreview.net", "api.openreview.net", "api2.openreview.net")


def answer(web, question: Question) -> Answer:
    ident = question.query.get("id", "") or question.query.get("forum", "")
    work = next((w for w in web.works if ident and w.id("openreview") == ident), None)
    if question.path == "/notes":
        is_newer = work is not None and work.year > 2022
        if work is None or is_newer is not (question.host == "api2.openreview.net"):
            error = {"name": "NotFoundError", "message": "The Note was not found", "status": 404}
            return as_json(error, 404)
        return as_json({"notes": [_note(work)], "count": 1})
    if question.path == "/pdf":
        return shelf.file(work)
    if question.path == "/forum":
        return shelf.page(work, f"https://openreview.net/pdf?id={ident}" if work else "")
    return missing()


def _note(work) -> dict[str, object]:
    content = {
        "title": work.title,
        "authors": list(work.authors),
        "abstract": work.abstract,
        "venue": work.venue,
        "venueid": f"ICLR.cc/{work.year}/Conference",
        "pdf": "/pdf/9.pdf",
    }
    fields = {name: {"value": value} for name, value in content.items()}
    if work.year <= 2022:
        fields = content
    ident = work.id("openreview")
    return {"id": ident, "forum": ident, "content": fields, "pdate": 1_700_000_000_000}

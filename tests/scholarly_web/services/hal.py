"""HAL: the search (Solr) and the records with their files. https://api.archives-ouvertes.fr/docs"""

from __future__ import annotations

import re
from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json, missing, moved
from ..works import ScholarlyWork, family
from . import shelf

HOSTS = ("api.archives-ouvertes.fr", "hal.science", "hal.archives-ouvertes.fr")
FIELDS = {
    "halid_s": queries.same(lambda w: w.id("hal")),
    "doiid_s": queries.same(lambda w: w.doi),
    "title_t": queries.within(lambda w: w.title),
    "title_s": queries.same(lambda w: w.title),
    "authfullname_t": queries.is_by,
    "authlastname_s": queries.same(lambda w: [family(name) for name in w.authors]),
    "produceddatey_i": queries.of_years,
    "": queries.within(lambda w: f"{w.title} {' '.join(w.authors)}"),
}


def answer(web, question: Question) -> Answer:
    if question.host == "hal.archives-ouvertes.fr":
        return moved(f"https://hal.science{question.target}", 301)
    if question.host == "hal.science":
        return _record_page(web, question)
    if question.path.rstrip("/") != "/search":
        return missing()
    works = [w for w in web.works if w.id("hal")]
    found = queries.select(works, question.query.get("q", ""), FIELDS)
    names = [n for n in question.query.get("fl", "docid,label_s,uri_s").split(",") if n]
    docs = [{k: v for k, v in _record(w).items() if k in names or "*" in names} for w in found]
    docs = docs[: question.number("rows", 30)]
    return as_json({"response": {"numFound": len(found), "start": 0, "docs": docs}})


def _record(work: ScholarlyWork) -> dict[str, Any]:
    page = f"https://hal.science/{work.id('hal')}"
    record: dict[str, Any] = {
        "docid": str(shelf.number(work, "hal")),
        "halId_s": work.id("hal"),
        "uri_s": page,
        "label_s": f"{', '.join(work.authors)}. {work.title}. {work.year}.",
        "title_s": [work.title],
        "authFullName_s": list(work.authors),
        "producedDateY_i": work.year,
        "journalTitle_s": work.venue,
        "abstract_s": [work.abstract],
        "openAccess_bool": True,
        "fileMain_s": f"{page}/document",
    }
    return {**record, "doiId_s": work.doi} if work.doi else record


def _record_page(web, question: Question) -> Answer:
    hit = re.fullmatch(r"/([a-z]+-\d+)(?:v\d+)?(/.*)?", question.path)
    work = shelf.by_id(web, "hal", hit[1]) if hit else None
    if hit is None or work is None:
        return missing()
    page = f"https://hal.science/{work.id('hal')}"
    if hit[2] == "/document":
        return moved(f"{page}/file/{work.key}.pdf")
    if hit[2] == f"/file/{work.key}.pdf":
        return shelf.file(work)
    return shelf.page(work, f"{page}/file/{work.key}.pdf") if not hit[2] else missing()

"""DBLP's publication search: all words of the query must be there. https://dblp.org/faq"""

from __future__ import annotations

from ..answers import Answer, Question, as_json, missing
from ..queries import words
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("dblp.org", "dblp.uni-trier.de")


def answer(web, question: Question) -> Answer:
    if question.path != "/search/publ/api":
        return missing()
    wanted = set(words(question.query.get("q", "")))
    found = [w for w in shelf.known(web, "dblp") if wanted and wanted <= _words(w)]
    hits = [{"@score": "9", "info": _info(work)} for work in found[: question.number("h", 30)]]
    listed = {"hit": hits} if hits else {}
    head = {"@total": str(len(found)), "@sent": str(len(hits)), "@first": "0"}
    return as_json({"result": {"status": {"@code": "200"}, "hits": {**head, **listed}}})


def _words(work: ScholarlyWork) -> set[str]:
    return set(words(f"{work.title} {' '.join(work.authors)} {work.year} {work.venue}"))


def _info(work: ScholarlyWork) -> dict[str, object]:
    people = [{"@pid": "1/1", "text": name} for name in work.authors]
    page = f"https://arxiv.org/abs/{work.arxiv}" if work.arxiv else work.landing_page
    info: dict[str, object] = {
        "title": f"{work.title}.",
        "venue": work.venue,
        "year": str(work.year),
        "type": "Journal Articles",
        "key": f"journals/slow/{work.key}",
        "authors": {"author": people[0] if len(people) == 1 else people},
        "ee": f"https://doi.org/{work.doi}" if work.doi else page,
    }
    return {**info, "doi": work.doi} if work.doi else info

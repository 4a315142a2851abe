"""DataCite's REST API. https://support.datacite.org/docs/api"""

from __future__ import annotations

from typing import Any

from .. import queries
from ..answers import Answer, Question, as_json
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = ("api.datacite.org",)
_KIND = "application/vnd.api+json; charset=utf-8"


def doi_of(work: ScholarlyWork) -> str:
    if work.doi and work.doi != work.crossref_doi:
        return work.doi
    return f"10.48550/arXiv.{work.arxiv}" if work.arxiv else ""


FIELDS = {
    "doi": queries.same(doi_of),
    "titles.title": queries.within(lambda w: w.title),
    "creators.name": queries.is_by,
    "publicationyear": queries.of_years,
    "": queries.within(lambda w: f"{w.title} {' '.join(w.authors)} {w.year}"),
}


def answer(web, question: Question) -> Answer:
    works = shelf.known(web, "datacite")
    name = question.path.removeprefix("/dois").strip("/")
    if not name:
        found = queries.select(works, question.query.get("query", ""), FIELDS)
        found = found[: question.number("page[size]", 25)]
        return as_json(
            {"data": [_record(w) for w in found], "meta": {"total": len(found)}}, 200, _KIND
        )
    work = next((w for w in works if doi_of(w).lower() == name.lower()), None)
    if work is None:
        errors = [{"status": "404", "title": "The resource you are looking for doesn't exist."}]
        return as_json({"errors": errors}, 404, _KIND)
    return as_json({"data": _record(work)}, 200, _KIND)


def _record(work: ScholarlyWork) -> dict[str, Any]:
    doi = doi_of(work).lower()
    people = [
        {
            "name": f"{family(name)}, {given(name)}",
            "nameType": "Personal",
            "givenName": given(name),
            "familyName": family(name),
        }
        for name in work.authors
    ]
    is_arxiv = doi.startswith("10.48550/")
    attributes = {
        "doi": doi,
        "creators": people,
        "titles": [{"title": work.title}],
        "publisher": "arXiv" if is_arxiv else work.venue,
        "publicationYear": work.year,
        "types": {"resourceTypeGeneral": "Preprint" if is_arxiv else "Text"},
        "relatedIdentifiers": [],
        "descriptions": [{"description": work.abstract, "descriptionType": "Abstract"}],
        "url": f"https://arxiv.org/abs/{work.arxiv}" if is_arxiv else work.landing_page,
        "contentUrl": None,
        "state": "findable",
    }
    return {"id": doi, "type": "dois", "attributes": attributes}

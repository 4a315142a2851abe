"""Europe PMC: search, full text as XML, PDFs. https://europepmc.org/RestfulWebService"""

from __future__ import annotations

import re
from typing import Any

from .. import papers, queries
from ..answers import Answer, Question, as_json, as_xml, html, missing
from ..works import ScholarlyWork, family, given
from . import shelf

HOSTS = ("www.ebi.ac.uk", "europepmc.org", "www.europepmc.org")
_REST = "/europepmc/webservices/rest/"
FIELDS = {
    "doi": queries.same(lambda w: w.doi),
    "ext_id": queries.same(lambda w: source_of(w)[1]),
    "pmid": queries.same(lambda w: w.id("pmid")),
    "pmcid": queries.same(lambda w: w.id("pmcid")),
    "src": queries.same(lambda w: source_of(w)[0]),
    "title": queries.within(lambda w: w.title),
    "auth": queries.is_by,
    "pub_year": queries.of_years,
    "open_access": queries.same(lambda w: "y" if _is_open(w) else "n"),
    "in_epmc": queries.same(lambda w: "y" if w.id("pmcid") else "n"),
    "": queries.within(lambda w: f"{w.title} {w.abstract} {' '.join(w.authors)} {w.year}"),
}


def source_of(work: ScholarlyWork) -> tuple[str, str]:
    """The source and its id: MED for PubMed, PPR for preprints, PMC for the rest."""
    if work.id("pmid"):
        return "MED", work.id("pmid")
    if work.id("biorxiv"):
        return "PPR", f"PPR99{shelf.number(work, 'ppr') % 10_000}"
    return "PMC", work.id("pmcid")


def _is_open(work: ScholarlyWork) -> bool:
    return "europepmc-xml" in work.routes


def answer(web, question: Question) -> Answer:
    if question.host != "www.ebi.ac.uk":
        return _site(web, question)
    rest = question.path.removeprefix(_REST)
    if rest == "search":
        return _search(web, question)
    hit = re.fullmatch(r"(PMC\d+)/fullTextXML", rest)
    if hit:
        work = shelf.by_id(web, "pmcid", hit[1])
        if work is None or not _is_open(work):
            return Answer(404, b"", "application/xml")
        return as_xml(papers.jats(work), kind="application/xml;charset=UTF-8")
    return Answer(404, b"", "text/plain")


def _search(web, question: Question) -> Answer:
    text, kind = question.query.get("query", ""), question.query.get("resultType", "lite")
    size = question.number("pageSize", 25)
    if not text.strip() or not 1 <= size <= 1000:
        return as_json({"errCode": 404, "errMsg": "Invalid query or page size provided."})
    found = queries.select(shelf.known(web, "europepmc"), text, FIELDS)
    results = [result(work, kind) for work in found[:size]]
    if question.query.get("format") != "json":
        return as_xml(f"<responseWrapper><hitCount>{len(found)}</hitCount></responseWrapper>")
    head = {"version": "6.9", "hitCount": len(found)}
    return as_json({**head, "request": {"queryString": text}, "resultList": {"result": results}})


def result(work: ScholarlyWork, kind: str) -> dict[str, Any]:
    """A record; `kind` 'core' has abstract, authors and addresses of the full text."""
    origin, ident = source_of(work)
    ids = {"pmid": work.id("pmid"), "pmcid": work.id("pmcid"), "doi": work.doi}
    found: dict[str, Any] = {
        "id": ident,
        "source": origin,
        **{name: value for name, value in ids.items() if value},
        "title": f"{work.marked_title}.",
        "authorString": ", ".join(f"{family(n)} {given(n)[:1]}" for n in work.authors) + ".",
        "pubYear": str(work.year),
        "isOpenAccess": "Y" if _is_open(work) else "N",
        "inEPMC": "Y" if work.id("pmcid") else "N",
        "inPMC": "Y" if work.id("pmcid") else "N",
        "hasPDF": "Y" if "europepmc-pdf" in work.routes else "N",
        "citedByCount": 2,
    }
    if kind != "core":
        return {**found, "journalTitle": work.venue}
    people = [
        {"fullName": f"{family(n)} {given(n)[:1]}", "firstName": given(n), "lastName": family(n)}
        for n in work.authors
    ]
    found |= {"authorList": {"author": people}, "abstractText": work.abstract}
    if origin == "PPR":
        found["bookOrReportDetails"] = {"publisher": work.venue, "yearOfPublication": work.year}
    else:
        found["journalInfo"] = {"journal": {"title": work.venue}, "yearOfPublication": work.year}
    kinds = ["Retracted Publication"] if work.retraction else []
    found["pubTypeList"] = {"pubType": ["Journal Article", *kinds]}
    return {**found, "fullTextUrlList": {"fullTextUrl": _addresses(work)}}


def _addresses(work: ScholarlyWork) -> list[dict[str, str]]:
    page = f"https://europepmc.org/articles/{work.id('pmcid')}"
    code, said = ("OA", "Open access") if _is_open(work) else ("F", "Free")
    free = {"availability": said, "availabilityCode": code, "site": "Europe_PMC"}
    found = [{**free, "documentStyle": "html", "url": page}] if work.id("pmcid") else []
    if "europepmc-pdf" in work.routes:
        found.append({**free, "documentStyle": "pdf", "url": f"{page}?pdf=render"})
    closed = {"availability": "Subscription required", "availabilityCode": "S", "site": "DOI"}
    return [*found, {**closed, "documentStyle": "doi", "url": f"https://doi.org/{work.doi}"}]


def _site(web, question: Question) -> Answer:
    hit = re.fullmatch(r"/(?:articles|article/PMC)/(?:PMC)?(\d+)/?", question.path, re.I)
    work = shelf.by_id(web, "pmcid", f"PMC{hit[1]}") if hit else None
    if work is None:
        return missing("article")
    if question.query.get("pdf") == "render":
        return shelf.file(work) if "europepmc-pdf" in work.routes else missing("file")
    return html(f"{work.title} - Europe PMC", "<noscript>Europe PMC requires Javascript</noscript>")

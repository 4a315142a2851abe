"""arXiv: the API (Atom), abstract pages, PDFs, HTML.

https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from html import escape

from .. import papers, queries
from ..answers import Answer, Question, as_xml, html, missing, moved
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org")
_SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
)
FIELDS = {
    "ti": queries.within(lambda w: w.title),
    "au": lambda work, name: queries.is_by(work, name.replace("_", " ")),
    "abs": queries.within(lambda w: w.abstract),
    "all": queries.within(lambda w: f"{w.title} {w.abstract} {' '.join(w.authors)}"),
    "submitteddate": queries.of_years,
    "": queries.within(lambda w: f"{w.title} {w.abstract} {' '.join(w.authors)}"),
}


def answer(web, question: Question) -> Answer:
    if question.scheme == "http":
        return moved(f"https://{question.host}{question.target}", 301)
    if question.path == "/api/query":
        return _feed(question, _found(web, question))
    return _document(web, question)


def _document(web, question: Question) -> Answer:
    """/abs/ID, /pdf/ID, /html/ID, each with or without a version."""
    kind, _, ident = question.path.strip("/").partition("/")
    hit = re.fullmatch(r"(.*?)(?:v(\d+))?(?:\.pdf)?", ident)
    work = shelf.by_arxiv(web, hit[1]) if hit else None
    version = int(hit[2]) if hit and hit[2] else (work.arxiv_version if work else 0)
    if work is None or not 1 <= version <= work.arxiv_version:
        return missing("article")
    is_gone = work.withdrawn and version == work.arxiv_version
    if kind == "abs":
        file = "" if is_gone else f"https://arxiv.org/pdf/{work.arxiv}v{version}"
        return shelf.page(work, file, ("citation_arxiv_id", work.arxiv))
    if is_gone:
        return html("PDF unavailable: the article has been withdrawn", status=404)
    if kind == "html":
        return Answer(body=papers.latexml(work).encode(), work=work.key)
    older = version if version < work.arxiv_version else 0
    return shelf.file(work, older) if kind == "pdf" else missing()


def _found(web, question: Question) -> list[ScholarlyWork]:
    query = question.query
    listed = [part for part in query.get("id_list", "").split(",") if part]
    works = shelf.known(web, "arxiv")
    if listed:
        wanted = [re.sub(r"v\d+$", "", ident).lower() for ident in listed]
        works = [w for w in works if w.arxiv.lower() in wanted]
    if query.get("search_query"):
        works = queries.select(works, query["search_query"], FIELDS)
    start = question.number("start", 0)
    return works[start : start + question.number("max_results", 10)]


def _feed(question: Question, works: list[ScholarlyWork]) -> Answer:
    if any(not re.fullmatch(r"[\w.\-/]*", i) for i in question.query.get("id_list", "").split(",")):
        return _error(question)
    entries = "".join(_entry(work) for work in works)
    total = f"<opensearch:totalResults>{len(works)}</opensearch:totalResults>"
    feed = (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {_SPACES}><title>arXiv Query</title>{total}"
    )
    return as_xml(f"{feed}{entries}</feed>", kind="application/atom+xml; charset=utf-8")


def _error(question: Question) -> Answer:
    entry = (
        "<entry><id>https://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title>"
        "<summary>incorrect id format</summary></entry>"
    )
    return as_xml(f"<feed {_SPACES}>{entry}</feed>", 400, "application/atom+xml; charset=utf-8")


def _entry(work: ScholarlyWork) -> str:
    people = "".join(f"<author><name>{escape(name)}</name></author>" for name in work.authors)
    doi = f"<arxiv:doi>{escape(work.doi)}</arxiv:doi>" if work.doi else ""
    comment = "This paper has been withdrawn by the author" if work.withdrawn else "9 pages"
    link = f"https://arxiv.org/pdf/{work.arxiv}v{work.arxiv_version}"
    file = f'<link href="{link}" rel="related" type="application/pdf" title="pdf"/>'
    return (
        f"<entry><id>http://arxiv.org/abs/{work.arxiv}v{work.arxiv_version}</id>"
        f"<title>{escape(work.title)}</title><summary>{escape(work.abstract)}</summary>"
        f"<published>{work.year}-06-01T00:00:00Z</published>"
        f"<updated>{work.year}-07-01T00:00:00Z</updated>{people}{doi}"
        f"<arxiv:comment>{comment}</arxiv:comment>"
        f'<arxiv:primary_category term="cs.LG"/>{"" if work.withdrawn else file}</entry>'
    )

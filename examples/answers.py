"""What the stand-in answers for each host: the services' own shapes, filled from `papers.json`.
Values in, values out.

Shapes after the services' documentation: arXiv API user manual, Crossref REST API, OpenAlex,
OpenReview API 2, Unpaywall, DBLP search API, Google Scholar's inclusion guidelines (`citation_*`
tags).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote

from . import MANIFEST, PAPERS


@dataclass(frozen=True)
class Answer:
    """A status, a body with its media type, and further headers."""

    status: int = 200
    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One row of the manifest. `access`: 'open', 'paywalled', 'broken' (a damaged file),
    'wrong:<key>', 'unread'.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    year: int
    venue: str
    abstract: str
    file: str | None = None
    arxiv: str = ""
    doi: str = ""
    openreview: str = ""
    pmlr: str = ""
    urls: tuple[str, ...] = ()
    access: str = "open"

    @property
    def served(self) -> str | None:
        """The name of the file that is sent for this work (another work's where `access` is
        'wrong:…').
        """
        return f"{self.access[6:]}.pdf" if self.access.startswith("wrong:") else self.file

    @property
    def landing(self) -> str:
        """The page a DOI leads to."""
        pages = [u for u in self.urls if not u.endswith(".pdf")]
        return pages[0] if pages else f"https://publisher.example.org/{self.key}"

    @property
    def pdf_url(self) -> str:
        """Where the landing page says that the PDF is; '' for works that live elsewhere."""
        return self.landing.rstrip("/") + ".pdf" if self.doi or self.urls else ""

    @property
    def is_open(self) -> bool:
        """Whether some page gives a file to everybody."""
        return self.served is not None or self.access == "broken"


class Shelf:
    """The works, found by identifier or by words of their titles."""

    def __init__(self, works: Iterable[Work]) -> None:
        self.works = tuple(works)

    @classmethod
    def load(cls) -> Shelf:
        """From the manifest beside this file."""
        rows = json.loads(MANIFEST.read_text(encoding="utf-8"))
        lists = ("authors", "urls")
        return cls(Work(**{**row, **{k: tuple(row[k]) for k in lists if k in row}}) for row in rows)

    def by(self, name: str, value: str) -> Work | None:
        """The work whose field has this value."""
        return next(
            (w for w in self.works if value and getattr(w, name).lower() == value.lower()), None
        )

    def like(self, query: str, share: float = 0.5) -> list[Work]:
        """Works with at least this share of the query's words in their title or author names, the
        best first.
        """
        wanted = set(words(query))
        scored = [
            (len(wanted & set(words(f"{w.title} {' '.join(w.authors)} {w.year}"))), w)
            for w in self.works
        ]
        fits = [(n, w) for n, w in scored if n and n >= share * len(wanted)]
        return [w for _, w in sorted(fits, key=lambda pair: -pair[0])]

    def titled(self, title: str) -> list[Work]:
        """Works with all the words of a title."""
        wanted = set(words(title))
        return [w for w in self.works if wanted and wanted <= set(words(w.title))]


def words(text: str) -> list[str]:
    """Lower-case words and numbers."""
    return re.findall(r"[^\W_]+", text.lower())


Question = Mapping[str, str]
Handler = Callable[[Shelf, str, Question], Answer]


def answer(shelf: Shelf, host: str, path: str, query: Question) -> Answer | None:
    """The answer of a host to a GET; None where the stand-in does not know the host."""
    handler = HANDLERS.get(host)
    return handler(shelf, unquote(path), query) if handler else None


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────
def as_json(data: Any, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(data).encode(), "application/json")


def missing(what: str = "page") -> Answer:
    """A 404 page."""
    return Answer(
        404,
        f"<html><title>Not found</title><h1>There is no such {escape(what)}</h1></html>".encode(),
    )


def moved(url: str) -> Answer:
    """A redirect."""
    return Answer(302, headers={"Location": url})


def pdf(work: Work | None) -> Answer:
    """A work's file, or why it is not given."""
    if work is None:
        return missing("file")
    if work.access == "paywalled":
        return Answer(
            403, b"<html><title>Subscribe</title><h1>This article is for subscribers</h1></html>"
        )
    if work.access == "broken":
        return _file(
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n"
            + b"\x00damaged\xff" * 200
        )
    return _file((PAPERS / work.served).read_bytes()) if work.served else missing("file")


def _file(body: bytes) -> Answer:
    mark = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    stamp = {
        "ETag": mark,
        "Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT",
        "Accept-Ranges": "bytes",
    }
    return Answer(200, body, "application/pdf", stamp)


def page(work: Work | None, pdf_url: str) -> Answer:
    """An abstract page with `citation_*` tags."""
    if work is None:
        return missing()
    tags = [
        ("title", work.title),
        *(("author", a) for a in work.authors),
        ("publication_date", str(work.year)),
    ]
    tags += [
        ("journal_title", work.venue),
        ("doi", work.doi),
        ("arxiv_id", work.arxiv),
        ("pdf_url", pdf_url),
    ]
    metas = "".join(f'<meta name="citation_{n}" content="{escape(v)}">\n' for n, v in tags if v)
    body = f"<h1>{escape(work.title)}</h1><p>{escape(work.abstract)}</p>"
    head = f"<title>{escape(work.title)}</title>\n{metas}"
    return Answer(body=f"<html><head>{head}</head><body>{body}</body></html>".encode())


def _people(work: Work) -> list[dict[str, str]]:
    return [dict(zip(("given", "family"), a.rsplit(" ", 1), strict=True)) for a in work.authors]


# ── arXiv ─────────────────────────────────────────────────────────────────────────────────────────
def arxiv(shelf: Shelf, path: str, query: Question) -> Answer:
    """arxiv.org and export.arxiv.org: the API, abstract pages, PDFs."""
    if path.rstrip("/") == "/api/query":
        return _arxiv_feed(_arxiv_found(shelf, query))
    kind, _, ident = path.strip("/").partition("/")
    work = shelf.by("arxiv", re.sub(r"(?:v\d+)?(?:\.pdf)?$", "", ident))
    if kind == "pdf":
        return pdf(work)
    return (
        page(work, f"https://arxiv.org/pdf/{work.arxiv}" if work else "")
        if kind == "abs"
        else missing()
    )


def _arxiv_found(shelf: Shelf, query: Question) -> list[Work]:
    listed = [re.sub(r"v\d+$", "", i) for i in query.get("id_list", "").split(",") if i]
    if listed:
        return [w for w in shelf.works if w.arxiv in listed]
    asked = query.get("search_query", "")
    found = [w for phrase in re.findall(r'ti:"([^"]*)"', asked) for w in shelf.titled(phrase)]
    loose = re.findall(r"ti:(\w+)", asked)
    found += shelf.like(" ".join(loose), 0.4) if loose else []
    return [w for w in dict.fromkeys(found) if w.arxiv][: int(query.get("max_results", "10"))]


def _arxiv_feed(found: list[Work]) -> Answer:
    entries = []
    for work in found:
        names = "".join(f"<author><name>{escape(a)}</name></author>" for a in work.authors)
        doi = f"<arxiv:doi>{work.doi}</arxiv:doi>" if work.doi else ""
        entries.append(
            f"<entry><id>http://arxiv.org/abs/{work.arxiv}v1</id><title>{escape(work.title)}</title>"
            f"<published>{work.year}-06-01T00:00:00Z</published><updated>{work.year}-06-01T00:00:00Z</updated>"
            f"<summary>{escape(work.abstract)}</summary>{names}{doi}"
            f'<link href="https://arxiv.org/pdf/{work.arxiv}v1" rel="related" '
            f'type="application/pdf" title="pdf"/>'
            "</entry>"
        )
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    feed = (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {spaces}><title>arXiv "
        f"Query</title>{''.join(entries)}</feed>"
    )
    return Answer(body=feed.encode(), type="application/atom+xml; charset=utf-8")


# ── Crossref, doi.org, Unpaywall ──────────────────────────────────────────────────────────────────
def crossref(shelf: Shelf, path: str, query: Question) -> Answer:
    """api.crossref.org/works: one DOI, or a search."""
    doi = path.removeprefix("/v1").removeprefix("/works").strip("/")
    if doi:
        work = shelf.by("doi", doi)
        return (
            as_json({"status": "ok", "message": _crossref_item(work)})
            if work
            else missing("resource")
        )
    asked = (
        query.get("query.bibliographic")
        or query.get("query.title")
        or query.get("query.author", "")
    )
    found = [w for w in shelf.like(asked, 0.3) if w.doi][: int(query.get("rows", "20"))]
    items = [_crossref_item(work) for work in found]
    return as_json({"status": "ok", "message": {"total-results": len(items), "items": items}})


def _crossref_item(work: Work) -> dict[str, Any]:
    return {
        "DOI": work.doi,
        "type": "journal-article",
        "title": [work.title],
        "author": _people(work),
        "container-title": [work.venue],
        "issued": {"date-parts": [[work.year]]},
        "abstract": f"<jats:p>{escape(work.abstract)}</jats:p>",
        "resource": {"primary": {"URL": work.landing}},
        "URL": f"https://doi.org/{work.doi}",
    }


def doi_org(shelf: Shelf, path: str, query: Question) -> Answer:
    """doi.org: a redirect to the work's page."""
    work = shelf.by("doi", path.strip("/"))
    return moved(work.landing) if work else missing("DOI")


def unpaywall(shelf: Shelf, path: str, query: Question) -> Answer:
    """api.unpaywall.org/v2/DOI."""
    if "@" not in query.get("email", ""):
        return as_json({"error": True, "message": "Email address required in API call"}, 422)
    work = shelf.by("doi", path.removeprefix("/v2/"))
    if work is None:
        return as_json({"error": True, "message": "not found"}, 404)
    place = {"url_for_pdf": work.pdf_url, "url_for_landing_page": work.landing, "url": work.pdf_url}
    places = [place] if work.is_open and work.urls else []
    people = [{"raw_author_name": a} for a in work.authors]
    head = {
        "doi": work.doi,
        "title": work.title,
        "year": work.year,
        "journal_name": work.venue,
        "z_authors": people,
    }
    return as_json(
        {
            **head,
            "is_oa": bool(places),
            "best_oa_location": places[0] if places else None,
            "oa_locations": places,
        }
    )


# ── OpenAlex, DBLP, Semantic Scholar ──────────────────────────────────────────────────────────────
def openalex(shelf: Shelf, path: str, query: Question) -> Answer:
    """api.openalex.org/works: filters doi and title.search."""
    name, _, value = query.get("filter", "").partition(":")
    if name == "doi":
        found = [
            w
            for v in value.split("|")
            if (w := shelf.by("doi", v.removeprefix("https://doi.org/")))
        ]
    elif name == "title.search":
        found = [w for v in value.split("|") for w in shelf.titled(v)]
    else:
        found = shelf.like(query.get("search", ""), 0.5)
    results = [_openalex_item(w) for w in dict.fromkeys(found)]
    return as_json({"meta": {"count": len(results), "page": 1, "per_page": 25}, "results": results})


def _openalex_item(work: Work) -> dict[str, Any]:
    places: list[dict[str, Any]] = []
    if work.doi or work.urls:
        is_open = work.is_open and bool(work.urls)
        direct = next((u for u in work.urls if u.endswith(".pdf")), "")
        spot = direct or work.pdf_url
        where = f"https://doi.org/{work.doi}" if work.doi else work.urls[0]
        places.append(_place(where, spot if is_open else None, work.venue, is_open=is_open))
    if work.arxiv:
        link = f"https://arxiv.org/pdf/{work.arxiv}" if work.is_open else None
        places.append(
            _place(f"https://arxiv.org/abs/{work.arxiv}", link, "arXiv", is_open=work.is_open)
        )
    if work.openreview:
        base = f"https://openreview.net/forum?id={work.openreview}"
        places.append(_place(base, base.replace("forum", "pdf"), work.venue, is_open=True))
    if work.pmlr:
        base = f"https://proceedings.mlr.press/{work.pmlr}"
        places.append(
            _place(
                f"{base}.html", f"{base}/{work.pmlr.split('/')[1]}.pdf", work.venue, is_open=True
            )
        )
    index: dict[str, list[int]] = {}
    for i, word in enumerate(work.abstract.split()):
        index.setdefault(word, []).append(i)
    number = int(hashlib.sha256(work.key.encode()).hexdigest()[:8], 16)
    return {
        "id": f"https://openalex.org/W99{number}",
        "ids": {"openalex": f"https://openalex.org/W99{number}"},
        "doi": f"https://doi.org/{work.doi}" if work.doi else None,
        "title": work.title,
        "display_name": work.title,
        "publication_year": work.year,
        "type": "article",
        "authorships": [
            {"author": {"display_name": a}, "raw_author_name": a} for a in work.authors
        ],
        "locations": places,
        "primary_location": places[0] if places else None,
        "best_oa_location": next((p for p in places if p["is_oa"]), None),
        "abstract_inverted_index": index,
        "is_retracted": False,
        "is_paratext": False,
    }


def _place(page_url: str, pdf_url: str | None, source: str, *, is_open: bool) -> dict[str, Any]:
    name = {"display_name": source}
    return {
        "is_oa": is_open,
        "landing_page_url": page_url,
        "pdf_url": pdf_url,
        "source": name,
        "version": None,
    }


def dblp(shelf: Shelf, path: str, query: Question) -> Answer:
    """dblp.org/search/publ/api: publications with all the words asked for."""
    hits = []
    for work in shelf.titled(query.get("q", "")):
        arxiv_page = f"https://arxiv.org/abs/{work.arxiv}" if work.arxiv else ""
        link = f"https://doi.org/{work.doi}" if work.doi else arxiv_page
        info: dict[str, Any] = {
            "title": f"{work.title}.",
            "venue": work.venue,
            "year": str(work.year),
        }
        info |= {
            "authors": {"author": [{"text": a} for a in work.authors]},
            "key": f"demo/{work.key}",
        }
        hits.append({"info": info | ({"ee": link} if link else {})})
    return as_json(
        {"result": {"hits": {"@total": str(len(hits)), **({"hit": hits} if hits else {})}}}
    )


def semantic_scholar(shelf: Shelf, path: str, query: Question) -> Answer:
    """api.semanticscholar.org: knows no paper of the demo (the service is optional)."""
    return as_json(
        {"error": "Title match not found" if "match" in path else "Paper not found"}, 404
    )


def knows_none(body: dict[str, Any]) -> Handler:
    """A service that is asked about papers of other fields, and so knows none of the demo's."""

    def handle(shelf: Shelf, path: str, query: Question) -> Answer:
        return as_json(body)

    return handle


# ── OpenReview, PMLR, publishers' and authors' pages ──────────────────────────────────────────────
def openreview(shelf: Shelf, path: str, query: Question) -> Answer:
    """openreview.net and its API: forum pages, PDFs, notes."""
    work = shelf.by("openreview", query.get("id", ""))
    if path == "/notes":
        if work is None:
            return as_json(
                {"name": "NotFoundError", "message": "The Note was not found", "status": 404}, 404
            )
        content = {
            "title": work.title,
            "authors": list(work.authors),
            "abstract": work.abstract,
            "venue": work.venue,
        }
        fields: dict[str, Any] = {k: {"value": v} for k, v in content.items()}
        fields |= {
            "pdf": {"value": "/pdf/demo.pdf"},
            "venueid": {"value": f"Fernhill.org/{work.year}/Workshop"},
        }
        return as_json(
            {
                "notes": [{"id": work.openreview, "forum": work.openreview, "content": fields}],
                "count": 1,
            }
        )
    if path == "/pdf":
        return pdf(work)
    return page(
        work if path == "/forum" else None, f"https://openreview.net/pdf?id={query.get('id', '')}"
    )


def pmlr(shelf: Shelf, path: str, query: Question) -> Answer:
    """proceedings.mlr.press: vN/KEY.html and vN/KEY/KEY.pdf."""
    hit = re.fullmatch(r"/(v\d+)/([\w-]+)(?:/\2\.pdf|\.html|\.pdf)?", path)
    work = shelf.by("pmlr", f"{hit[1]}/{hit[2]}") if hit else None
    if path.endswith(".pdf"):
        return pdf(work)
    return page(
        work, f"https://proceedings.mlr.press/{hit[1]}/{hit[2]}/{hit[2]}.pdf" if hit else ""
    )


def pmlr_files(shelf: Shelf, path: str, query: Question) -> Answer:
    """raw.githubusercontent.com: where PMLR keeps the files of newer volumes; none of the
    demo's.
    """
    return missing("file")


def pages(host: str) -> Handler:
    """Landing pages and files of one site: what the manifest's `urls` and DOIs lead to."""

    def handle(shelf: Shelf, path: str, query: Question) -> Answer:
        url = f"https://{host}{path}"
        for work in shelf.works:
            if url in work.urls and url.endswith(".pdf"):
                return pdf(work)
            if url == work.landing:
                return page(work, work.pdf_url)
            if url == work.pdf_url:
                return pdf(work)
        return missing()

    return handle


HANDLERS: dict[str, Handler] = {
    "arxiv.org": arxiv,
    "www.arxiv.org": arxiv,
    "export.arxiv.org": arxiv,
    "api.crossref.org": crossref,
    "doi.org": doi_org,
    "dx.doi.org": doi_org,
    "api.unpaywall.org": unpaywall,
    "api.openalex.org": openalex,
    "dblp.org": dblp,
    "api.semanticscholar.org": semantic_scholar,
    "api.archives-ouvertes.fr": knows_none({"response": {"numFound": 0, "docs": []}}),
    "www.ebi.ac.uk": knows_none({"hitCount": 0, "resultList": {"result": []}}),
    "pmc.ncbi.nlm.nih.gov": knows_none({"status": "ok", "records": []}),
    "archive.org": knows_none({"archived_snapshots": {}}),
    "openreview.net": openreview,
    "api.openreview.net": openreview,
    "api2.openreview.net": openreview,
    "proceedings.mlr.press": pmlr,
    "raw.githubusercontent.com": pmlr_files,
    **{
        f"{name}.example.org": pages(f"{name}.example.org")
        for name in ("lab", "journal", "publisher", "repository")
    },
}

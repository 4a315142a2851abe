"""NCBI: the PMC ID converter, PMC's and PubMed's pages, PMC's open bucket on S3.

https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api, https://pmc.ncbi.nlm.nih.gov/tools/pmcaws. PMC
itself never gives a plain client a PDF, but its page 'Preparing to download'.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import Any

from .. import challenges, papers
from ..answers import Answer, Question, as_file, as_json, as_xml, missing, moved
from ..works import ScholarlyWork
from . import shelf

BUCKET = "pmc-oa-opendata.s3.amazonaws.com"
HOSTS = (
    "pmc.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov", "pubmed.ncbi.nlm.nih.gov", BUCKET,
)  # fmt: skip
MAX_IDS = 200
_FORMS = {"doi": r"10\.\d{4,9}/\S+", "pmcid": r"(?:PMC)?\d+(?:\.\d+)?", "pmid": r"\d+"}


def answer(web, question: Question) -> Answer:
    if question.host == BUCKET:
        return _listing(web, question) if question.path == "/" else _object(web, question)
    if question.host == "pubmed.ncbi.nlm.nih.gov":
        work = shelf.by_id(web, "pmid", question.path.strip("/"))
        return shelf.page(work, "", ("citation_pmid", question.path.strip("/")))
    if question.host == "www.ncbi.nlm.nih.gov":
        return _moved_since(question)
    if question.path.startswith("/tools/idconv/api/v1/articles"):
        return _convert(web, question)
    return _article(web, question)


def _moved_since(question: Question) -> Answer:
    hit = re.match(r"/pmc/articles/(?:PMC)?(\d+)(/.*)?$", question.path)
    if hit:
        return moved(f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{hit[1]}{hit[2] or '/'}", 301)
    if question.path.startswith("/pmc/utils/idconv/v1.0"):
        query = question.target.partition("?")[2]
        return moved(f"https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/?{query}", 301)
    return missing()


def _article(web, question: Question) -> Answer:
    hit = re.fullmatch(r"/articles/(PMC\d+)(/.*)?", question.path, re.I)
    work = shelf.by_id(web, "pmcid", hit[1]) if hit else None
    if hit is None or work is None:
        return missing("article")
    base = f"https://pmc.ncbi.nlm.nih.gov/articles/{work.id('pmcid')}"
    if not hit[2]:
        return moved(f"{base}/", 301)
    if hit[2] in {"/pdf", "/pdf/"}:
        return moved(f"{base}/pdf/main.pdf", 301)
    if hit[2].startswith("/pdf/"):
        return challenges.page_of("pmc-pow")
    return shelf.page(work, f"{base}/pdf/main.pdf", ("citation_pmid", work.id("pmid")))


# ── the ID converter ─────────────────────────────────────────────────────────────────────────────
def _convert(web, question: Question) -> Answer:
    """Ids of one kind, at most 200: which PMCID, PMID and DOI are one article's."""
    ids = [part.strip() for part in question.query.get("ids", "").split(",") if part.strip()]
    kind = question.query.get("idtype") or _kind_of(ids[0] if ids else "")
    if not ids or len(ids) > MAX_IDS:
        return _bad("Query param `ids` must have 1 to 200 values.", "invalid_ids")
    if not all(re.fullmatch(_FORMS.get(kind, r"(?!)"), ident, re.I) for ident in ids):
        return _bad(f"All values of query param `ids` must be {kind}s.", f"invalid_{kind}s")
    records = [_record(web, kind, ident) for ident in ids]
    if question.query.get("format") != "json":
        rows = "".join(f'<record requested-id="{escape(i)}"/>' for i in ids)
        return as_xml(f'<pmcids status="ok">{rows}</pmcids>', kind="text/xml; charset=UTF-8")
    return as_json({"status": "ok", "response-date": "2026-11-28 12:00:00", "records": records})


def _kind_of(ident: str) -> str:
    """The form of the first id decides where `idtype` does not."""
    if ident.startswith("10."):
        return "doi"
    return "pmcid" if ident.upper().startswith("PMC") else "pmid"


def _record(web, kind: str, ident: str) -> dict[str, Any]:
    value = ident if kind != "pmcid" else f"PMC{re.sub(r'^PMC|[.].*$', '', ident, flags=re.I)}"
    work = shelf.by_id(web, kind, value)
    if work is None or not work.id("pmcid"):
        gone = {"status": "error", "errmsg": "Identifier not found in PMC"}
        return {kind: ident, "requested-id": ident, **gone}
    record: dict[str, Any] = {"pmcid": work.id("pmcid"), "requested-id": ident}
    if work.id("pmid"):
        record["pmid"] = int(work.id("pmid"))
    return {**record, "doi": work.doi} if work.doi else record


def _bad(message: str, code: str) -> Answer:
    errors = [{"message": message, "code": code}]
    return as_json({"status": "error", "http_status": "400", "errors": errors}, 400)


# ── the bucket ───────────────────────────────────────────────────────────────────────────────────
def _objects(work: ScholarlyWork) -> dict[str, bytes]:
    """What lies in the bucket of an article of the open subset: by key, the bytes."""
    if not work.routes & {"bucket-pdf", "bucket-xml"}:
        return {}
    name = f"{work.id('pmcid')}.1"
    found = {
        f"{name}/{name}.xml": papers.jats(work).encode(),
        f"{name}/{name}.txt": f"{work.title}\n\n{work.abstract}\n".encode(),
    }
    if "bucket-pdf" in work.routes:
        found[f"{name}/{name}.pdf"] = papers.pdf(work)
    found[f"metadata/{name}.json"] = as_json(_metadata(work, found)).body
    return found


def _metadata(work: ScholarlyWork, files: dict[str, bytes]) -> dict[str, Any]:
    name = f"{work.id('pmcid')}.1"

    def address(ending: str) -> str | None:
        key = f"{name}/{name}.{ending}"
        if key not in files:
            return None
        digest = hashlib.md5(files[key], usedforsecurity=False).hexdigest()
        return f"s3://pmc-oa-opendata/{key}?md5={digest}"

    return {
        "pmcid": work.id("pmcid"),
        "version": 1,
        "pmid": int(work.id("pmid") or 0) or None,
        "doi": work.doi or None,
        "title": work.title,
        "citation": f"{work.venue}. {work.year}",
        "is_pmc_openaccess": True,
        "is_manuscript": False,
        "is_historical_ocr": False,
        "is_retracted": bool(work.retraction),
        "license_code": "CC BY",
        "xml_url": address("xml"),
        "text_url": address("txt"),
        "pdf_url": address("pdf"),
        "media_urls": [],
    }


def _object(web, question: Question) -> Answer:
    key = question.path.lstrip("/")
    hit = re.match(r"(?:metadata/)?(PMC\d+)\.", key)
    work = shelf.by_id(web, "pmcid", hit[1]) if hit else None
    files = _objects(work) if work else {}
    if work is None or key not in files:
        error = f"<Error><Code>NoSuchKey</Code><Key>{escape(key)}</Key></Error>"
        return as_xml(error, 404)
    kind = "application/json" if key.endswith(".json") else "binary/octet-stream"
    return as_file(files[key], work.key, kind)


def _listing(web, question: Question) -> Answer:
    """ListObjectsV2 with a prefix, and folders below it where a delimiter is given."""
    prefix, delimiter = question.query.get("prefix", ""), question.query.get("delimiter", "")
    if question.query.get("list-type") != "2":
        return as_xml("<Error><Code>InvalidArgument</Code></Error>", 400)
    files = {k: v for w in web.works for k, v in _objects(w).items() if k.startswith(prefix)}
    folders, rows = set(), []
    for key, body in sorted(files.items()):
        head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        if cut:
            folders.add(f"{prefix}{head}{delimiter}")
        else:
            rows.append(f"<Contents><Key>{key}</Key><Size>{len(body)}</Size></Contents>")
    shared = "".join(
        f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in sorted(folders)
    )
    return as_xml(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>pmc-oa-opendata</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(rows)}</KeyCount>"
        f"<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{''.join(rows)}{shared}"
        "</ListBucketResult>"
    )

"""OSF: preprints of the API with their primary file, and the preprint's page.

https://developer.osf.io: /v2/preprints/ID/ names /v2/files/ID/, which names the download.
"""

from __future__ import annotations

import re

from ..answers import Answer, Question, as_json, html, missing, moved
from ..works import ScholarlyWork
from . import shelf

HOSTS = ("api.osf.io", "osf.io", "files.osf.io")
_KIND = "application/vnd.api+json; charset=utf-8"


def answer(web, question: Question) -> Answer:
    if question.host == "api.osf.io":
        return _api(web, question)
    if question.host == "files.osf.io":
        hit = re.fullmatch(r"/v1/resources/(\w+)/providers/osfstorage/(\w+)", question.path)
        return shelf.file(_by_id(web, hit[1]) if hit else None)
    file = re.fullmatch(r"/download/99f11e(\w+?)/?|/(\w+)/download/?", question.path)
    if file:
        work = _by_id(web, file[1] or file[2])
        return moved(_file(work)) if work else missing("file")
    hit = re.fullmatch(r"/(preprints/(?:\w+/)?)?([a-z0-9]+(?:_v\d+)?)/?", question.path)
    return _page(_by_id(web, hit[2]) if hit else None, is_short=hit is None or not hit[1])


def _page(work: ScholarlyWork | None, *, is_short: bool) -> Answer:
    """The preprint's page, which the short address leads to."""
    if work is None:
        return missing()
    if is_short:
        return moved(f"https://osf.io/preprints/psyarxiv/{work.id('osf')}_v1")
    tags = [("citation_title", work.title), ("citation_doi", work.doi)]
    tags += [("citation_author", name) for name in work.authors]
    tags += [("citation_pdf_url", f"https://osf.io/{work.id('osf')}_v1/download/")]
    return html(work.title, tags=tags)


def _by_id(web, name: str) -> ScholarlyWork | None:
    return shelf.by_id(web, "osf", re.sub(r"_v\d+$", "", name))


def _file(work: ScholarlyWork) -> str:
    return f"https://files.osf.io/v1/resources/{work.id('osf')}/providers/osfstorage/99f11e"


def _api(web, question: Question) -> Answer:
    hit = re.fullmatch(r"/v2/(preprints|files)/(\w+?)/?", question.path)
    name = hit[2].removeprefix("99f11e") if hit else ""
    work = _by_id(web, name)
    if hit is None or work is None:
        return as_json({"errors": [{"detail": "Not found."}]}, 404, _KIND)
    ident = f"{work.id('osf')}_v1"
    if hit[1] == "files":
        links = {"download": f"https://osf.io/download/99f11e{work.id('osf')}/"}
        attributes = {"name": f"{work.key}.pdf", "kind": "file"}
        data = {"id": hit[2], "type": "files", "attributes": attributes}
        return as_json({"data": {**data, "links": {**links, "upload": _file(work)}}}, 200, _KIND)
    file = f"99f11e{work.id('osf')}"
    related = {"links": {"related": {"href": f"https://api.osf.io/v2/files/{file}/", "meta": {}}}}
    attributes = {
        "title": work.title,
        "description": work.abstract,
        "doi": None,
        "date_published": f"{work.year}-06-01T00:00:00",
        "is_published": True,
        "reviews_state": "accepted",
    }
    links = {
        "preprint_doi": f"https://doi.org/{work.doi}",
        "html": f"https://osf.io/preprints/psyarxiv/{ident}",
        "iri": f"https://osf.io/{ident}",
    }
    primary = {**related, "data": {"id": file, "type": "files"}}
    data = {"id": ident, "type": "preprints", "attributes": attributes, "links": links}
    return as_json({"data": {**data, "relationships": {"primary_file": primary}}}, 200, _KIND)

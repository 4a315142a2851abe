"""What the reader of one paper asks the server for as it is scrolled: pictures of pages, the text
with its places, and what it cites. Served beside Streamlit's own routes, behind the same gate.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litmap.errors import LitmapError
from litmap.ui import components, formatting, state

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from litmap.library.reading import CitedWorks, ListedWork
    from litmap.models import Document, Page, PdfFile, TextBlock

logger = logging.getLogger(__name__)

ZOOM = 2.0
"""Pixels a point of a page's picture."""
KEEP = "private, max-age=86400"
"""A file's pages never change: it is named by its content."""


def page_png(request: Request) -> Response:
    """A page's picture."""
    from starlette.responses import Response

    pdf = _file(request)
    if pdf is None or not pdf.has_pages:
        return Response(status_code=404)
    try:
        picture = state.library().page_image(pdf, request.path_params["page"], zoom=ZOOM)
    except LitmapError as error:
        return _failure(error)
    return Response(picture, media_type="image/png", headers={"Cache-Control": KEEP})


def text_json(request: Request) -> Response:
    """The words of all pages with their places."""
    return _answer(request, lambda pdf: text_data(state.document_of(pdf)))


def cited_json(request: Request) -> Response:
    """The reference list, and where its entries are cited."""
    return _answer(request, _cited)


def _cited(pdf: PdfFile) -> dict[str, Any]:
    library = state.library()
    return cited_data(library.cited_works(pdf), library.document(pdf))


def _answer(request: Request, make: Any) -> Response:
    """What `make` gives for the file that the address names, as JSON."""
    from starlette.responses import Response

    pdf = _file(request)
    if pdf is None:
        return Response(status_code=404)
    try:
        content = json.dumps(make(pdf), separators=(",", ":"))
    except LitmapError as error:
        return _failure(error)
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})


def _file(request: Request) -> PdfFile | None:
    """The file of the library that the address names; None where there is none."""
    wanted = request.path_params["sha256"]
    try:
        entries = state.library().works()
    except LitmapError:
        return None
    return next((pdf for e in entries for pdf in e.pdfs if pdf.sha256 == wanted), None)


def _failure(error: LitmapError) -> Response:
    from starlette.responses import JSONResponse

    logger.warning("the reader: %s", error.message)
    return JSONResponse({"error": error.message}, status_code=404)


# ── as data ───────────────────────────────────────────────────────────────────────────────────────
def text_data(document: Document) -> dict[str, Any]:
    """A text as the reader takes it: for each page its size and its blocks, for each block its
    kind, whether it continues the one before, and its lines as [text, x0, y0, x1, y1] in points.
    """
    return {"quality": document.quality, "pages": [_page(page) for page in document.pages]}


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": _number(page.width),
        "height": _number(page.height),
        "blocks": [[b.kind, b.continues, _lines(b)] for b in page.blocks],
    }


def _lines(block: TextBlock) -> list[list[Any]]:
    """The lines of a block; one after another they are its text."""
    starts = [span.start for span in block.spans[1:]]
    ends = [*starts, len(block.text)]
    return [
        [block.text[0 if at == 0 else span.start : end], *map(_number, span.rect)]
        for at, (span, end) in enumerate(zip(block.spans, ends, strict=False))
    ]


def _number(value: float) -> float:
    return round(value, 2) if math.isfinite(value) else 0.0


def cited_data(cited: CitedWorks, document: Document) -> dict[str, Any]:
    """What a paper cites as the reader takes it; offsets count as JavaScript counts, in UTF-16."""
    blocks = {page.number: page.blocks for page in document.pages}
    marks = []
    for mark in cited.marks:
        text = blocks[mark.page][mark.block].text
        start, end = _units(text, mark.start), _units(text, mark.end)
        marks.append([mark.page, mark.block, start, end, mark.entries])
    return {"marks": marks, "entries": [_entry(listed, blocks) for listed in cited.listed]}


def _units(text: str, at: int) -> int:
    """An offset in code points as one in UTF-16 units."""
    return at + sum(ord(sign) > 0xFFFF for sign in text[:at])


def _entry(listed: ListedWork, blocks: Mapping[int, Sequence[TextBlock]]) -> dict[str, Any]:
    """An entry of the list: what it says, where it stands, and its work of the library."""
    reference, entry = listed.reference, listed.entry
    known = entry.work if entry else reference_work(listed)
    told = (formatting.people(known.authors), str(known.year or ""), known.venue)
    at = 0
    if listed.block >= 0:
        at = _units(blocks[reference.page][listed.block].text, listed.start)
    return {
        "number": reference.number,
        "title": known.title or formatting.shorten(reference.raw, 300),
        "byline": " · ".join(part for part in told if part),
        "raw": formatting.shorten(reference.raw, 600),
        "page": reference.page,
        "block": listed.block,
        "start": at,
        "work": entry.work.id if entry else "",
        "status": formatting.STATUSES.get(entry.status, (entry.status,))[0] if entry else "",
        "links": components.external_links(known),
    }


def reference_work(listed: ListedWork) -> Any:
    """An entry's fields as a work that the library does not have."""
    from litmap.models import Work

    r = listed.reference
    return Work(
        id=next(iter(r.ids), ""),
        title=r.title,
        authors=r.authors,
        year=r.year,
        venue=r.venue,
        ids=r.ids,
        urls=r.urls,
    )

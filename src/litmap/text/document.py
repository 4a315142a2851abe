"""One PDF → `Document`, in the calling process."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.models import Document
from litmap.text import ocr as reader
from litmap.text.furniture import drop_furniture
from litmap.text.pymupdf_open import load_pymupdf, open_pdf
from litmap.text.quality import is_gibberish
from litmap.text.raw import RawPage, read_page
from litmap.text.structure import build_pages

_ARXIV = re.compile(r"arXiv:\s?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?", re.I)
_DOI = re.compile(r"\b(?:doi:?\s*|doi\.org/)(10\.\d{4,9}/[^\s\"<>]{1,120})", re.I)
_FILE_NAME = re.compile(
    r"\.(?:dvi|tex|pdf|docx?|ps|eps|indd|qxd|pages)\b|^untitled|^microsoft word|^\W*$", re.I
)
_LOST = 0.02


def extract(
    path: Path, sha256: str, *, ocr: bool = True, deadline: float | None = None
) -> Document:
    """The text of the PDF at `path`. Raises `PdfError` where it cannot be opened.

    Pages without usable text are read by OCR where Tesseract's data is installed and `ocr` is set; else `quality` and
    `reason` say what is missing. After `deadline` (`time.monotonic()`) no further page is read; `reason` says so.
    """
    with _no_collection(), open_pdf(path) as pdf:
        raw, late = read_pages(pdf, deadline)
        ids = find_ids(raw)
        quality, reason = _mend(pdf, raw, ocr, deadline)
        if late:
            reason = "; ".join(
                filter(
                    None,
                    [
                        reason,
                        f"only the first {len(raw)} of {pdf.page_count} pages were read in time",
                    ],
                )
            )
        title = read_metadata_title(pdf)
    drop_furniture(raw)
    pages, title = build_pages(raw, title)
    return Document(sha256, pages, quality, title, ids, reason)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without garbage collection, a tenth of the time otherwise: pages make many small objects and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_pages(
    pdf: Any, deadline: float | None = None, limit: int | None = None
) -> tuple[list[RawPage], bool]:
    """The raw pages (at most `limit`), and whether time ran out before the last."""
    raw: list[RawPage] = []
    for number in range(1, min(pdf.page_count, limit or pdf.page_count) + 1):
        if deadline is not None and time.monotonic() > deadline:
            return raw, True
        raw.append(read_page(pdf[number - 1], number, text_flags()))
    return raw, False


def text_flags() -> int:
    """What PyMuPDF is asked for: no images, nothing outside the page, codes of characters it cannot name."""
    pymupdf = load_pymupdf()
    return int(pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_USE_CID_FOR_UNKNOWN_UNICODE)


def _mend(pdf: Any, raw: Sequence[RawPage], ocr: bool, deadline: float | None) -> tuple[str, str]:
    """Reads pages without usable text by OCR, in place. Returns the document's quality and the reason for it."""
    empty = [
        page for page in raw if sum(len(line.text) for line in page.lines) < 15 and page.pictures
    ]
    broken = [page for page in raw if page not in empty and _is_broken(page)]
    if len(broken) * 3 > len(
        raw
    ):  # then short pages between broken ones are not to be trusted either
        broken = [page for page in raw if page not in empty and page.lines]
    lossy = [page for page in raw if page not in empty and page not in broken and page.lost > _LOST]
    wanted = [*empty, *broken, *(lossy if len(lossy) * 2 > len(raw) else [])]
    if not wanted:
        return "text", ""
    tessdata = reader.find_tessdata() if ocr else None
    done = 0
    for page in wanted if tessdata else ():
        if deadline is not None and time.monotonic() > deadline:
            break
        page.lines = reader.read_by_ocr(pdf[page.number - 1], text_flags(), str(tessdata))
        done += 1
    for page in broken:
        if page not in wanted[:done]:
            page.lines = []
    return _verdict(len(raw), len(empty), len(broken), len(wanted), done, ocr, bool(tessdata))


def _is_broken(page: RawPage) -> bool:
    return is_gibberish("\n".join(line.text for line in page.lines))


def _verdict(
    pages: int, empty: int, broken: int, wanted: int, done: int, ocr: bool, installed: bool
) -> tuple[str, str]:
    """(quality, reason) from how many pages had no text, had a useless text layer, and were read by OCR."""
    what = "are images without text" if empty >= broken else "have a text layer that is gibberish"
    if done == wanted:
        return ("ocr" if done * 2 >= pages else "text"), f"{done} of {pages} pages were read by OCR"
    if done:
        return (
            "ocr",
            f"{wanted} of {pages} pages {what}; {done} of them were read by OCR in the time allowed",
        )
    if empty + broken == 0:
        return (
            "text",
            "the fonts do not name some letters and signs, which are missing; " + reader.MISSING,
        )
    help_ = (
        "OCR is switched off"
        if not ocr
        else reader.MISSING
        if not installed
        else "there was no time for OCR"
    )
    reason = f"{empty + broken} of {pages} pages {what}; {help_}"
    if (empty + broken) * 2 < pages:
        return "text", reason
    return ("scan" if empty >= broken else "gibberish"), reason


def find_ids(raw: Sequence[RawPage]) -> tuple[str, ...]:
    """The paper's own identifiers: the arXiv stamp beside its first page and a DOI printed on it."""
    found: list[str] = []
    for page in raw[:1]:
        texts = [*page.aside, *(line.text for line in page.lines)]
        for text in page.aside:
            found += [f"arxiv:{m[1].lower()}" for m in _ARXIV.finditer(text)]
        for text in texts:
            found += [f"doi:{m[1].rstrip('.,;)]').lower()}" for m in _DOI.finditer(text)]
    return tuple(dict.fromkeys(found))


def read_metadata_title(pdf: Any) -> str:
    """The title among the PDF's own properties, '' where none or where it is a file's name."""
    title = " ".join(str((pdf.metadata or {}).get("title") or "").split())
    return "" if _FILE_NAME.search(title) else title

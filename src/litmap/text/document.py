"""One PDF → `Document`, in the calling process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litmap.models import Document
from litmap.text.furniture import drop_furniture
from litmap.text.opening import load_pymupdf, open_pdf
from litmap.text.raw import RawPage, read_page
from litmap.text.structure import build_pages

_ARXIV = re.compile(r"arXiv:\s?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?", re.I)
_DOI = re.compile(r"\b(?:doi:?\s*|doi\.org/)(10\.\d{4,9}/[^\s\"<>]{1,120})", re.I)


def extract(path: Path, sha256: str, *, ocr: bool = True, deadline: float | None = None) -> Document:
    """The text of the PDF at `path`. Raises `PdfError` where it cannot be opened.

    Pages without text are read by OCR where Tesseract's data is installed and `ocr` is set; else `quality` and
    `reason` say what is missing.
    """
    with open_pdf(path) as pdf:
        flags = load_pymupdf().TEXT_MEDIABOX_CLIP
        raw = [read_page(page, number, flags) for number, page in enumerate(pdf, 1)]
        ids = find_ids(raw)
        drop_furniture(raw)
        pages, title = build_pages(raw, read_metadata_title(pdf))
    return Document(sha256, pages, "text", title, ids)


def find_ids(raw: Sequence[RawPage]) -> tuple[str, ...]:
    """The paper's own identifiers: the arXiv stamp beside its first page and a DOI printed on it."""
    found: list[str] = []
    for page in raw[:1]:
        for text in page.aside:
            found += [f"arxiv:{m[1].lower()}" for m in _ARXIV.finditer(text)]
        for line in page.lines:
            found += [f"doi:{m[1].rstrip('.,;)').lower()}" for m in _DOI.finditer(line.text)]
    return tuple(dict.fromkeys(found))


def read_metadata_title(pdf: Any) -> str:
    """The title among the PDF's own properties, '' where none or where it is a file's name."""
    title = " ".join(str((pdf.metadata or {}).get("title") or "").split())
    return (
        "" if re.search(r"\.(?:dvi|tex|pdf|docx?|ps|eps|indd|qxd)$|^untitled|^microsoft word", title, re.I) else title
    )

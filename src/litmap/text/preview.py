"""A quick look at a PDF's first pages: is it the paper it should be?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litmap.text.document import build_pages, read_pages
from litmap.text.own_ids import find_ids, read_metadata_title
from litmap.text.pymupdf_open import open_pdf

HEAD_LINES = 6
"""Lines of each page that are kept even where they are boilerplate: banners name journals and DOIs.
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first pages say: `title` is a guess by print size, `metadata_title` the file's own
    property.

    `text` is everything on the first pages, running heads included, in reading order; `ids` the
    paper's own ('arxiv:…' from the stamp, 'doi:…'); `pages` the number of pages of the whole file.
    A scan has no text.
    """

    title: str
    text: str
    ids: tuple[str, ...]
    metadata_title: str
    pages: int


def read_preview(path: Path, pages: int = 2) -> Preview:
    """Looks at the first pages, in the calling process.

    Raises `PdfError` where the file cannot be opened.
    """
    with open_pdf(path) as pdf:
        count = pdf.page_count
        raw, _ = read_pages(pdf, limit=pages)
        metadata_title = read_metadata_title(pdf)
    ids = find_ids(raw)
    heads = "\n".join(line.text for page in raw for line in page.lines[:HEAD_LINES])
    built, title = build_pages(raw, metadata_title)
    text = "\n\n".join(block.text for page in built for block in page.blocks)
    return Preview(title, f"{text}\n\n{heads}".strip(), ids, metadata_title, count)

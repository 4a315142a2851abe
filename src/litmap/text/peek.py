"""A quick look at a PDF's first pages: is it the paper it should be?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litmap.text.document import find_ids, read_metadata_title
from litmap.text.furniture import drop_furniture
from litmap.text.opening import load_pymupdf, open_pdf
from litmap.text.raw import read_page
from litmap.text.structure import build_pages


@dataclass(frozen=True, slots=True)
class Peek:
    """What the first pages say. `title` is a guess by print size, `metadata_title` the file's own property.

    `text` is the first pages' text in reading order; `ids` the paper's own ('arxiv:…' from the stamp, 'doi:…').
    """

    title: str
    text: str
    ids: tuple[str, ...]
    metadata_title: str
    pages: int


def peek(path: Path, pages: int = 2) -> Peek:
    """Looks at the first pages, in the calling process. Raises `PdfError` where the file cannot be opened."""
    with open_pdf(path) as pdf:
        flags = load_pymupdf().TEXT_MEDIABOX_CLIP
        count = pdf.page_count
        raw = [read_page(pdf[index], index + 1, flags) for index in range(min(pages, count))]
        metadata_title = read_metadata_title(pdf)
    ids = find_ids(raw)
    everything = "\n".join(line.text for page in raw for line in page.lines)
    drop_furniture(raw)
    built, title = build_pages(raw, metadata_title)
    text = "\n\n".join(block.text for page in built for block in page.blocks)
    return Peek(title, text or everything, ids, metadata_title, count)

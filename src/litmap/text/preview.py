"""A quick look at a file's beginning: is it the paper it should be?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litmap.text.document import build_pages, read_pages
from litmap.text.marked_up import ENDINGS, kind_of_file, read_article
from litmap.text.own_ids import find_ids, read_metadata_title
from litmap.text.pymupdf_open import open_pdf

HEAD_LINES = 6
"""Lines of each page that are kept even where they are boilerplate: banners name journals and DOIs.
"""
TEXT_HEAD = 20_000
"""Characters of a text without pages that are taken for its beginning."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first pages say: `title` is a guess by print size, `metadata_title` the file's own
    property.

    `text` is everything on the first pages, running heads included, in reading order; `ids` the
    paper's own ('arxiv:…' from the stamp, 'doi:…'); `pages` the number of pages of the whole file.
    A scan has no text. `kind` is 'pdf', or 'jats', 'html', 'epub' for a text without pages, whose
    `pages` are its paragraphs and whose front matter names the `authors`, `year` and `venue`.
    """

    title: str
    text: str
    ids: tuple[str, ...]
    metadata_title: str
    pages: int
    kind: str = "pdf"
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""

    @property
    def ending(self) -> str:
        """How the file's name should end."""
        return ENDINGS.get(self.kind, ".pdf")


def read_preview(path: Path, pages: int = 2) -> Preview:
    """Looks at the first pages, in the calling process.

    Raises `PdfError` where the file cannot be opened.
    """
    if kind := kind_of_file(path):
        return _read_text_preview(path, kind)
    with open_pdf(path) as pdf:
        count = pdf.page_count
        raw, _ = read_pages(pdf, limit=pages)
        metadata_title = read_metadata_title(pdf)
    ids = find_ids(raw)
    heads = "\n".join(line.text for page in raw for line in page.lines[:HEAD_LINES])
    built, title = build_pages(raw, metadata_title)
    text = "\n\n".join(block.text for page in built for block in page.blocks)
    return Preview(title, f"{text}\n\n{heads}".strip(), ids, metadata_title, count)


def _read_text_preview(path: Path, kind: str) -> Preview:
    """The beginning of a text without pages: title and people, then its first paragraphs."""
    article = read_article(path, kind)
    document = article.document("")
    blocks = [block.text for page in document.pages for block in page.blocks]
    text = "\n\n".join([article.title, ", ".join(article.authors), *blocks])[:TEXT_HEAD]
    return Preview(
        title=article.title,
        text=text.strip(),
        ids=document.ids,
        metadata_title="",
        pages=len(document.pages),
        kind=kind,
        authors=tuple(article.authors),
        year=article.year,
        venue=article.venue,
    )

"""One file → `Document`, in the calling process: the stages of a PDF from top to bottom."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from litmap.garbage import no_collection
from litmap.models import Document, Page, TextBlock
from litmap.text.annotations import without_typed_notes
from litmap.text.blocks import DraftBlock, cut_blocks, link_paragraphs, move_floats
from litmap.text.boilerplate import strip_boilerplate
from litmap.text.captions import may_open_caption
from litmap.text.float_areas import read_marks
from litmap.text.front_matter import find_covers, mark_abstract, mark_front, mark_title
from litmap.text.hyphens import Vocabulary
from litmap.text.letter_spacing import mend_spaces
from litmap.text.ligatures import mend_words
from litmap.text.line import Line
from litmap.text.marked_up import kind_of_file, read_marked_up
from litmap.text.ocr import AUTO
from litmap.text.own_ids import find_ids, read_metadata_title
from litmap.text.page_layout import PageLayout
from litmap.text.pymupdf_open import open_pdf, text_flags
from litmap.text.raw import RawPage, read_page
from litmap.text.reading_order import order_pages
from litmap.text.reference_entries import mark_references
from litmap.text.row_classifier import classify_rows
from litmap.text.sideways import stand_up
from litmap.text.style import Style, find_style
from litmap.text.text_blocks import join_blocks
from litmap.text.text_layer import repair_text_layer
from litmap.text.titles import find_title
from litmap.text.turns import Turn, turn_rect, turn_rect_back
from litmap.text.writing_direction import settle_direction

logger = logging.getLogger(__name__)


def extract(
    path: Path,
    sha256: str,
    *,
    ocr: bool = True,
    ocr_languages: Sequence[str] = (AUTO,),
    deadline: float | None = None,
) -> Document:
    """The text of the PDF (or JATS, HTML, EPUB) at `path`. Raises `PdfError` where it cannot be
    opened.

    Pages without usable text are read by OCR where Tesseract's data is installed and `ocr` is set,
    in `ocr_languages` (Tesseract's codes, or 'auto' for the document's own);
    else `quality` and `reason` say what is missing. After `deadline` (`time.monotonic()`) no
    further page is read; `reason` says so.
    """
    if kind := kind_of_file(path):
        return read_marked_up(path, kind, sha256)
    begin = time.monotonic()
    with no_collection(), open_pdf(path) as pdf:
        raw, complete = read_pages(pdf, deadline)
        ids = find_ids(raw)
        layer = repair_text_layer(pdf, raw, ocr=ocr, languages=ocr_languages, deadline=deadline)
        reasons = [layer.reason]
        if not complete:
            reasons.append(f"only the first {len(raw)} of {pdf.page_count} pages were read in time")
        metadata_title = read_metadata_title(pdf)
    pages, title = build_pages(raw, metadata_title)
    logger.info(
        "read %s: %d pages in %.1f s, %d by OCR, quality %s",
        path, len(pages), time.monotonic() - begin, len(layer.read), layer.quality,
    )  # fmt: skip
    reason = "; ".join(filter(None, reasons))
    return Document(sha256, pages, layer.quality, title, ids, reason)


def read_pages(
    pdf: Any, deadline: float | None = None, limit: int | None = None
) -> tuple[list[RawPage], bool]:
    """The raw pages (at most `limit`), their characters cleaned, and whether the time was enough
    for all.
    """
    raw: list[RawPage] = []
    flags = text_flags()
    for number in range(1, min(pdf.page_count, limit or pdf.page_count) + 1):
        if deadline is not None and time.monotonic() > deadline:
            mend_words(raw)
            return raw, False
        page = without_typed_notes(pdf, pdf[number - 1])
        read = read_page(page, number, flags)
        mend_spaces(page, read, flags)  # → letters set apart joined
        settle_direction(page, read, flags)  # → Arabic and vertical lines as they are read
        if read.rotated and read.turn is Turn.UPRIGHT:
            stand_up(read)  # → what is set sideways, turned
        _mark_drawings(page, read)
        raw.append(read)
    mend_words(raw)  # → ligatures and accents as the document's words have them
    return raw, True


def _mark_drawings(page: Any, read: RawPage) -> None:
    """Places of what is drawn, for the parts of a page that have captions."""
    for part in read.parts:
        if part.turn is Turn.MIRRORED or not any(may_open_caption(ln.text) for ln in part.lines):
            continue
        part.marks = read_marks(page)
        if part.turn is not Turn.UPRIGHT:
            part.marks = [turn_rect(mark, part.turn, part.printed_size) for mark in part.marks]


def build_pages(raw: Sequence[RawPage], metadata_title: str = "") -> tuple[tuple[Page, ...], str]:
    """Raw pages → pages of blocks in reading order, and the title on the first page with text (''
    where none).

    The raw pages lose their boilerplate in place.
    """
    parts = [part for page in raw for part in page.parts]
    printed = [part.lines for part in parts]
    strip_boilerplate(parts)  # raw pages → without running heads, page numbers, notices
    heads = stripped_lines(printed, parts)
    layouts = order_pages(parts)  # → page layouts: rows in reading order, column after column
    style = find_style(layouts)  # → how running text is set in this document
    sides = {id(part) for page in raw for part in page.parts[1:]}
    whole = [lay for part, lay in zip(parts, layouts, strict=True) if id(part) not in sides]
    found = find_title(whole, style, metadata_title, heads)  # → the rows that print the title
    covers = find_covers(whole, found)
    front = max([0 if found is None else found.page.number, *(page + 1 for page in covers)])
    for part, layout in zip(parts, layouts, strict=True):
        layout.marks = part.marks
    for layout in layouts:  # → a class for each row: heading, caption, table, …
        layout.front = layout.front or layout.number <= front
        classify_rows(layout, style)
        if found is not None and layout is found.page:
            mark_title(layout, found)
    drafts = [
        draft for layout in layouts for draft in cut_blocks(layout, style)
    ]  # → rows in blocks
    drafts = _mark_structure(  # → abstract, references, paragraphs over breaks
        drafts, style, found.page.number if found else 0, covers
    )
    _turn_back(drafts, parts, layouts)
    blocks = join_blocks(drafts, _vocabulary(layouts))  # → text, words broken at line ends mended
    title = next((block.text for block in blocks if block.kind == "title"), "")
    return _group_by_page(raw, drafts, blocks), title


def stripped_lines(printed: Sequence[Sequence[Line]], raw: Sequence[RawPage]) -> list[str]:
    """The different texts of the lines that were stripped as boilerplate."""
    stripped: dict[str, None] = {}
    for lines, page in zip(printed, raw, strict=True):
        if len(lines) > len(page.lines):
            kept = set(map(id, page.lines))
            stripped.update(dict.fromkeys(line.text for line in lines if id(line) not in kept))
    return list(stripped)


def _mark_structure(
    drafts: list[DraftBlock], style: Style, front: int, covers: frozenset[int]
) -> list[DraftBlock]:
    """The blocks with abstract and reference entries marked, linked over breaks, floats out of
    paragraphs.
    """
    mark_abstract(drafts, style, front)
    if front:
        mark_front(drafts, front, covers)
    drafts = mark_references(drafts, style)
    link_paragraphs(drafts)
    return move_floats(drafts)


def _vocabulary(layouts: Sequence[PageLayout]) -> Vocabulary:
    return Vocabulary(row.text for layout in layouts for row in layout.rows)


def _group_by_page(
    raw: Sequence[RawPage], drafts: Sequence[DraftBlock], blocks: Sequence[TextBlock]
) -> tuple[Page, ...]:
    """The blocks with text on their pages."""
    by_page: dict[int, list[TextBlock]] = {page.number: [] for page in raw}
    for draft, block in zip(drafts, blocks, strict=True):
        if block.text:
            by_page[draft.page].append(block)
    return tuple(Page(page.number, *page.printed_size, tuple(by_page[page.number])) for page in raw)


def _turn_back(
    drafts: Sequence[DraftBlock], parts: Sequence[RawPage], layouts: Sequence[PageLayout]
) -> None:
    """Puts the rows of what was turned to be read back to where they are printed, in place."""
    turned = {
        id(row.column): part
        for part, layout in zip(parts, layouts, strict=True)
        if part.turn is not Turn.UPRIGHT
        for row in layout.rows
    }
    for row in [row for draft in drafts for row in draft.rows] if turned else ():
        if part := turned.get(id(row.column)):
            back = partial(turn_rect_back, turn=part.turn, size=part.printed_size)
            row.x0, row.y0, row.x1, row.y1 = back((row.x0, row.y0, row.x1, row.y1))
            row.drawn = back(row.drawn) if row.drawn else None

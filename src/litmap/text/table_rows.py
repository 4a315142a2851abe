"""Rows of tables and labels in figures: fragments without prose, next to each other or to a
caption.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.formulas import SIGNS
from litmap.text.headings import KNOWN
from litmap.text.page_layout import PageLayout, Row
from litmap.text.row_context import RowContext
from litmap.text.rows import MAX_STUB
from litmap.text.section_numbers import NUMBERED
from litmap.text.style import WORD, Style, is_prose

_LEADERS = re.compile(r"(?:\s?\.){5,}|(?:\. ){4,}")
_MIN_LEADERS = 4
_CONTENTS = re.compile(r"[^\W\d_]{3,}.*\s(\d{1,3})$")
MAX_LABEL = 60
"""Characters of a row beside a caption that may belong to what is drawn."""
MAX_PENDING = 2
"""Rows between two labels that are taken along."""


def is_contents_entry(context: RowContext) -> bool:
    """Whether a row is an entry of a table of contents: leaders, or a page behind a gap.

    In 'A  Proofs for Section 3' the gap parts the number from its heading.
    """
    row = context.row
    if row.text.count(".") >= _MIN_LEADERS and _LEADERS.search(row.text):
        return True
    if row.gaps != 1 or not row.text[-1:].isdigit():
        return False
    page = _CONTENTS.search(row.text)
    return page is not None and row.lines[-1].text.strip() == page[1]


# ── fragments ────────────────────────────────────────────────────────────────────────────────────
def is_fragment(row: Row, row_class: str, style: Style) -> bool:
    """Whether a row is a label or a table's row: pieces, strange fonts, hardly a word, and no
    sentence.
    """
    if is_prose(row):
        return False
    if row_class == "heading":
        return is_label_like_heading(row, style)
    if row_class == "math":
        return is_label_like_formula(row, style)
    if is_row_of_cells(row, style) or is_row_of_numbers(row.text):
        return True
    words = sum(1 for word in WORD.findall(row.text) if len(word) > 2)
    if is_foreign_print(row, style):
        return words <= 6
    return row.gaps >= 1 and words <= 3


def is_foreign_print(row: Row, style: Style) -> bool:
    """Whether a row is set in a font that sets no text, and in another size or very short."""
    return row.font not in style.fonts and (abs(row.size - style.size) > 0.4 or len(row.text) < 25)


def is_label_like_heading(row: Row, style: Style) -> bool:
    """Whether what was taken for a heading is a figure's label: foreign print, neither bold nor
    numbered.
    """
    return (
        row.bold < 0.5
        and is_foreign_print(row, style)
        and not NUMBERED.match(row.text)
        and not KNOWN.match(row.text)
    )


def is_label_like_formula(row: Row, style: Style) -> bool:
    """Whether what was taken for a formula is a label: foreign print without a sign of maths."""
    return row.math < 0.2 and is_foreign_print(row, style) and not SIGNS.search(row.text)


def is_row_of_cells(row: Row, style: Style) -> bool:
    """Whether a row is short pieces between white strips: 'ResNet   76.1   92.9'."""
    return (
        row.gaps >= 2
        and len(row.text) < 40 * row.gaps
        and (row.math < 0.15 or is_foreign_print(row, style))
    )


def is_row_of_numbers(text: str) -> bool:
    """Whether most words of a row are numbers: '0.1 −2.5 (±3) 7 %'."""
    tokens = text.split()
    numbers = sum(map(_is_number, tokens))
    return numbers >= 2 and numbers >= 0.6 * len(tokens)


def _is_number(token: str) -> bool:
    return token[0].isdigit() or (token[0] in "-−.±(%" and len(token) > 1)


# ── what stands around them ──────────────────────────────────────────────────────────────────────
def mark_table_rows(page: PageLayout, style: Style) -> None:
    """Rows of tables and labels in figures become 'table'."""
    rows, classes = page.rows, page.classes
    fragments = [
        row_class in ("body", "math", "heading") and is_fragment(row, row_class, style)
        for row, row_class in zip(rows, classes, strict=True)
    ]
    for i in range(len(rows)):
        if _is_in_table(page, fragments, i):
            classes[i] = "table"
    for i, row_class in enumerate(classes):
        if row_class == "caption":
            _mark_from_caption(page, i, -1)
            _mark_from_caption(page, caption_end(rows, i, style), +1)


def _is_in_table(page: PageLayout, fragments: Sequence[bool], i: int) -> bool:
    """Whether a fragment has cells or company, or text stands below a table's row in a float."""
    row, classes = page.rows[i], page.classes
    if fragments[i]:
        return row.gaps >= 2 or row.column.floating or _has_company(page, fragments, i)
    return row.column.floating and i > 0 and classes[i] == "body" and classes[i - 1] == "table"


def _has_company(page: PageLayout, fragments: Sequence[bool], i: int) -> bool:
    """Whether one of the two rows above or below is a fragment, a caption or a table's row."""
    return any(
        0 <= j < len(page.rows)
        and page.rows[j].column is page.rows[i].column
        and (fragments[j] or page.classes[j] in ("caption", "table"))
        for j in (i - 2, i - 1, i + 1, i + 2)
    )


def caption_end(rows: Sequence[Row], caption: int, style: Style) -> int:
    """The first row after the caption's block."""
    end = caption + 1
    last = rows[caption]
    for i in range(caption + 1, len(rows)):
        row = rows[i]
        if row.column is not last.column:
            break
        if _is_same_block(last, row, style):
            end, last = i + 1, row
        elif not _is_in_line(last, row):
            break
    return end


def _is_same_block(above: Row, row: Row, style: Style) -> bool:
    gap = row.baseline - above.baseline
    return gap < 1.35 * style.spacing(row) and abs(row.size - above.size) < 0.5


def _is_in_line(above: Row, row: Row) -> bool:
    """Whether a row is a bit of the line above it: half of a fraction, an index."""
    return len(row.text) <= MAX_STUB and row.y0 < above.y1 and row.size < above.size


def _mark_from_caption(page: PageLayout, caption: int, step: int) -> None:
    """From a caption on, rows that are labels or lie between labels become 'table', up to the first
    prose.
    """
    rows, classes = page.rows, page.classes
    column = rows[min(caption, len(rows) - 1)].column
    i = caption - 1 if step < 0 else caption
    pending: list[int] = []
    while 0 <= i < len(rows) and rows[i].column is column:
        if classes[i] == "table":
            for j in pending:
                classes[j] = "table"
            pending = []
        elif len(pending) < MAX_PENDING and _may_be_label(rows[i], classes[i]):
            pending.append(i)
        else:
            break
        i += step


def _may_be_label(row: Row, row_class: str) -> bool:
    return row_class in ("body", "math") and not is_prose(row) and len(row.text) < MAX_LABEL


def mark_spanning_cells(page: PageLayout, style: Style) -> None:
    """Short small rows right below a table's row belong to it (cells that span all columns)."""
    rows, classes = page.rows, page.classes
    for i, row in enumerate(rows[1:], 1):
        above = rows[i - 1]
        if classes[i] != "body" or classes[i - 1] != "table" or above.column is not row.column:
            continue
        small = style.is_small(row) and not is_prose(row) and len(row.text) < MAX_LABEL
        if small and row.baseline - above.baseline < 1.6 * style.spacing(row):
            classes[i] = "table"

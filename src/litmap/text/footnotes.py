"""Footnotes: the small rows at the foot of a column, below text of the usual size."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.page_layout import PageLayout, Row
from litmap.text.style import Style

NOTE_MARK = re.compile(r"^(?:[∗*†‡§¶♦⋆]|\d{1,2}(?=\s?[^\W\d_“\"(]))")
"""A mark at the beginning of a footnote: '∗ Equal contribution', '3We thank'."""
_ANY_MARK = re.compile(r"^(?:[∗*†‡§¶♦⋆]|\d{1,2}[.)]?\s?(?=[^\W\d_“\"(h]))")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
MIN_DEPTH = 0.4
"""Share of the page's height above which no footnote begins."""


def mark_footnotes(page: PageLayout, style: Style) -> None:
    """The notes at the foot of each column become 'footnote'."""
    end = len(page.rows)
    while end:
        start = _column_start(page.rows, end)
        for i in range(_notes_start(page, start, end, style), end):
            page.classes[i] = "footnote"
        end = start


def _column_start(rows: Sequence[Row], end: int) -> int:
    """The first row of the column whose last is rows[end - 1]."""
    start = end - 1
    while start and rows[start - 1].column is rows[end - 1].column:
        start -= 1
    return start


def _notes_start(page: PageLayout, start: int, end: int, style: Style) -> int:
    """The first row of the notes in the column rows[start:end], `end` where there is none."""
    rows, classes = page.rows, page.classes
    small = end
    while small > start and _is_small_print(rows[small - 1], classes[small - 1], style):
        small -= 1
    if small in (start, end) or classes[small - 1] == "heading":
        return end
    if rows[small].y0 < MIN_DEPTH * page.height:
        return end
    below_caption = classes[small - 1] == "caption"
    for i in range(small, end):
        if classes[i] == "math" or not _LONG_WORD.search(rows[i].text):
            continue
        gap = rows[i].baseline - rows[i - 1].baseline
        set_off = gap > 1.25 * style.spacing(rows[i])
        if opens_notes(rows[i].text, set_off=set_off, below_caption=below_caption):
            return i
    return end


def _is_small_print(row: Row, row_class: str, style: Style) -> bool:
    return row_class not in ("caption", "heading") and style.is_small(row, 0.55)


def opens_notes(text: str, *, set_off: bool, below_caption: bool) -> bool:
    """Whether a small row begins the notes: by mark or distance, below a caption by both."""
    marked = _ANY_MARK.match(text) is not None
    return (marked and set_off) if below_caption else (marked or set_off)

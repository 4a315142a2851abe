"""Reading order: raw pages → pages of rows, column after column, each from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.columns import Gutter, find_gutter, split_columns
from litmap.text.line import Line
from litmap.text.page_layout import SMALL_WORD, PageLayout, Row
from litmap.text.raw import RawPage
from litmap.text.rows import group_rows, merge_fragments

_FRONT_END = re.compile(r"^(?:abstract|a b s t r a c t|(?:1|I)?\.?\s*introduction)\b", re.I)


def order_pages(pages: Sequence[RawPage]) -> list[PageLayout]:
    """Each page's rows in reading order. A gutter seen on many pages is looked for on all."""
    merged = [merge_fragments(page.lines) for page in pages]
    usual = _usual_gutter(merged)
    front = next((i for i, lines in enumerate(merged) if lines), None)
    return [
        PageLayout(
            page.number,
            page.width,
            page.height,
            _order_rows(lines, usual, front=i == front),
            front=i == front,
        )
        for i, (page, lines) in enumerate(zip(pages, merged, strict=True))
    ]


def _order_rows(lines: Sequence[Line], usual: Gutter | None, *, front: bool) -> list[Row]:
    parts = _cut_above_abstract(lines) if front else [lines]
    return [
        row for part in parts for column in split_columns(part, usual) for row in group_rows(column)
    ]


def _usual_gutter(pages: Sequence[Sequence[Line]]) -> Gutter | None:
    """The document's gutter: the middle one of those found on at least two pages and 3 in 10."""
    gutters = [gutter for lines in pages if (gutter := find_gutter(lines)) is not None]
    return sorted(gutters)[len(gutters) // 2] if len(gutters) >= max(2, 0.3 * len(pages)) else None


def opens_text(text: str) -> bool:
    """Whether a line is the heading that ends title and names: 'Abstract', '1 Introduction'."""
    return _FRONT_END.match(text) is not None


def _cut_above_abstract(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """A first page cut above its abstract or introduction: names beside each other come before both
    columns.
    """
    starts = [line.y0 for line in lines if opens_text(line.text)]
    if not starts:
        return [lines]
    y = min(starts) - 2
    above = [line for line in lines if line.y1 < y + 0.5 * line.size]
    if any(len(SMALL_WORD.findall(line.text)) >= 8 for line in above):
        return [lines]
    kept = {id(line) for line in above}
    return [above, [line for line in lines if id(line) not in kept]]

"""Reading order: raw pages → pages of rows, column after column, each from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmap.text.columns import Gutter, split_columns
from litmap.text.line import Line
from litmap.text.page_layout import Column, PageLayout
from litmap.text.raw import RawPage
from litmap.text.rows import group_rows, merge_fragments
from litmap.text.script_words import count_words
from litmap.text.side_boxes import set_apart_boxes

_FRONT_END = re.compile(r"^(?:abstract|a b s t r a c t|(?:1|I)?\.?\s*introduction)\b", re.I)
SAME_GUTTER = 8
"""Points between the right edges of one gutter on two pages."""


def order_pages(pages: Sequence[RawPage]) -> list[PageLayout]:
    """Each page's rows in reading order. Gutters seen on many pages are looked for on all."""
    merged = [merge_fragments(page.lines) for page in pages]
    front = next((i for i, lines in enumerate(merged) if lines), None)
    parts = [_cut_front(lines) if i == front else [lines] for i, lines in enumerate(merged)]
    strips = [page.strip for page, cut in zip(pages, parts, strict=True) for _ in cut]
    columns = _split_all([part for cut in parts for part in cut], strips, len(pages))
    layouts: list[PageLayout] = []
    for i, page in enumerate(pages):
        rows = [row for _ in parts[i] for column in next(columns) for row in group_rows(column)]
        layouts.append(PageLayout(page.number, page.width, page.height, rows, front=i == front))
    return layouts


def _split_all(
    parts: Sequence[Sequence[Line]], strips: Sequence[Gutter | None], pages: int
) -> Iterator[list[Column]]:
    """The columns of each part of the document's pages; text set sideways in a strip parts them."""
    found: list[list[Gutter]] = [[] for _ in parts]
    columns = [
        split_columns(part, [strip] if strip else (), found=own)
        for part, strip, own in zip(parts, strips, found, strict=True)
    ]
    usual = usual_gutters(found, pages)
    for part, strip, own, cut in zip(parts, strips, found, columns, strict=True):
        yield cut if own or strip or not usual else split_columns(part, usual)


def usual_gutters(found: Sequence[Sequence[Gutter]], pages: int) -> list[Gutter]:
    """The document's gutters: each place at which at least two parts of pages, and as many as three
    in ten pages, have one; the most common first.
    """
    groups: list[list[Gutter]] = []
    for gutter in sorted((gutter for own in found for gutter in own), key=lambda g: g[1]):
        if groups and gutter[1] - groups[-1][-1][1] < SAME_GUTTER:
            groups[-1].append(gutter)
        else:
            groups.append([gutter])
    common = [group for group in groups if len(group) >= max(2, 0.3 * pages)]
    return [sorted(group)[len(group) // 2] for group in sorted(common, key=len, reverse=True)]


def opens_text(text: str) -> bool:
    """Whether a line is the heading that ends title and names: 'Abstract', '1 Introduction'."""
    return _FRONT_END.match(text) is not None


def _cut_front(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """The first page with text in parts: boxes beside its title, what stands above the abstract,
    the rest.
    """
    beside, others = set_apart_boxes(lines)
    parts = _cut_above_abstract(others)
    return [beside, *parts] if beside else parts


def _cut_above_abstract(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """A first page cut above its abstract or introduction: names beside each other come before both
    columns.
    """
    starts = [line.y0 for line in lines if opens_text(line.text)]
    if not starts:
        return [lines]
    y = min(starts) - 2
    above = [line for line in lines if line.y1 < y + 0.5 * line.size]
    if any(count_words(line.text) >= 8 for line in above):
        return [lines]
    kept = {id(line) for line in above}
    return [above, [line for line in lines if id(line) not in kept]]

"""What running text looks like in a document: its size, distance of lines, fonts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from litmap.text.page_layout import PageLayout, Row

WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Style:
    """Running text: font size and distance of baselines in points, and the fonts that set at least
    2 % of it.
    """

    size: float
    leading: float
    fonts: frozenset[str]

    def spacing(self, row: Row) -> float:
        """The usual distance of baselines at this row's size."""
        return self.leading * max(0.6, row.size / self.size)

    def is_small(self, row: Row, by: float = 0.4) -> bool:
        """Whether the row is set smaller than running text by more than `by` points."""
        return row.size < self.size - by


def is_prose(row: Row) -> bool:
    """Whether a row reads like a piece of a sentence, not a label, a table's row or a formula."""
    return row.words >= 4 and row.gaps == 0 and row.math < 0.5


def find_style(pages: Sequence[PageLayout]) -> Style:
    """The document's style, by its prose (all rows where there is none)."""
    sizes: Counter[float] = Counter()
    fonts: Counter[str] = Counter()
    all_sizes: Counter[float] = Counter()
    for page in pages:
        for row in page.rows:
            if row.size <= 0:  # of a damaged file
                continue
            all_sizes[row.size] += len(row.text)
            if is_prose(row):
                sizes[row.size] += len(row.text)
                fonts[row.font] += len(row.text)
    sizes = sizes or all_sizes
    if not sizes:
        return Style(10.0, 12.0, frozenset())
    size = _usual_size(sizes)
    total = sum(fonts.values())
    usual_fonts = frozenset(font for font, count in fonts.items() if count >= 0.02 * total)
    return Style(size, _usual_leading(pages, size), usual_fonts)


def _usual_size(sizes: Counter[float]) -> float:
    """The middle of the sizes near the most common one: in OCR layers they differ by line."""
    common = sizes.most_common(1)[0][0]
    near = sorted((s, n) for s, n in sizes.items() if abs(s - common) < 0.15 * common)
    return _weighted_middle(near)


def _usual_leading(pages: Sequence[PageLayout], size: float) -> float:
    """The most common distance of baselines between rows of this size, in half points."""
    steps: Counter[float] = Counter()
    for page in pages:
        for a, b in pairwise(page.rows):
            step = b.baseline - a.baseline
            if 0.8 * size < step < 2.6 * size and _is_about(a, size) and _is_about(b, size):
                steps[round(step * 2) / 2] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * size


def _is_about(row: Row, size: float) -> bool:
    return abs(row.size - size) < 0.1 * size


def _weighted_middle(values: Sequence[tuple[float, int]]) -> float:
    half, seen = sum(count for _, count in values) / 2, 0
    for value, count in values:
        seen += count
        if seen >= half:
            return value
    return values[-1][0]

"""What running text looks like in a document: its size, distance of lines, fonts, and what its headings share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from litmap.text.reading_order import Row

WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Style:
    """Running text: font size and distance of baselines in points, and the fonts that set at least 2 % of it."""

    size: float
    leading: float
    fonts: frozenset[str]

    def lead(self, row: Row) -> float:
        """The usual distance of baselines at this row's size."""
        return self.leading * max(0.6, row.size / self.size)


def is_prose(row: Row) -> bool:
    """Whether a row reads as a piece of a sentence rather than a label, a table's row or a formula."""
    return row.words >= 4 and row.gaps == 0 and row.math < 0.5


def find_style(pages: Sequence[Sequence[Row]]) -> Style:
    """The document's style, by its prose (all rows where there is none)."""
    sizes: Counter[float] = Counter()
    fonts: Counter[str] = Counter()
    everything: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            everything[row.size] += len(row.text)
            if is_prose(row):
                sizes[row.size] += len(row.text)
                fonts[row.font] += len(row.text)
    sizes = sizes or everything
    if not sizes:
        return Style(10.0, 12.0, frozenset())
    size = sizes.most_common(1)[0][0]
    # Sizes of OCR layers differ from line to line: take the middle of those near the most common one.
    near = sorted((s, n) for s, n in sizes.items() if abs(s - size) < 0.15 * size)
    size = _weighted_middle(near)
    steps: Counter[float] = Counter()
    for rows in pages:
        for a, b in pairwise(rows):
            step = b.base - a.base
            if (
                abs(a.size - size) < 0.1 * size
                and abs(b.size - size) < 0.1 * size
                and 0.8 * size < step < 2.6 * size
            ):
                steps[round(step * 2) / 2] += 1
    total = sum(fonts.values())
    kept = frozenset(font for font, count in fonts.items() if count >= 0.02 * total)
    return Style(size, _leading(steps, size), kept)


def _leading(steps: Counter[float], size: float) -> float:
    return steps.most_common(1)[0][0] if steps else 1.2 * size


def _weighted_middle(values: Sequence[tuple[float, int]]) -> float:
    half, seen = sum(count for _, count in values) / 2, 0
    for value, count in values:
        seen += count
        if seen >= half:
            return value
    return values[-1][0]

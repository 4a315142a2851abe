"""Reading order: gutters between columns found by the white space that long lines leave, rows within a column.

A page is cut into bands by the lines that cross a gutter; in each band the columns are read one after the other. The
same is done within a column, so that three columns are two cuts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from litmap.text.raw import Line


@dataclass(slots=True)
class Row:
    """Fragments on one baseline of one column, left to right."""

    lines: list[Line]
    column: tuple[float, float] = (0.0, 0.0)
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0
    base: float = 0.0
    size: float = 0.0
    text: str = ""


@dataclass(slots=True)
class Column:
    """Lines read from top to bottom between x0 and x1."""

    x0: float
    x1: float
    lines: list[Line] = field(default_factory=list)


def read_order(lines: Sequence[Line]) -> list[Row]:
    """All rows of a page in reading order."""
    return [row for column in columns(lines) for row in rows(column)]


def columns(lines: Sequence[Line], depth: int = 0) -> list[Column]:
    """The lines cut into columns, in reading order; a band across the page is a column of its own."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    gutter = find_gutter(lines, left, right) if depth < 2 else None
    if gutter is None:
        return [Column(left, right, list(lines))]
    found: list[Column] = []
    for wide, band in _bands(lines, gutter):
        if wide:
            found.append(Column(left, right, band))
            continue
        middle = (gutter[0] + gutter[1]) / 2
        found += columns([line for line in band if (line.x0 + line.x1) / 2 < middle], depth + 1)
        found += columns([line for line in band if (line.x0 + line.x1) / 2 >= middle], depth + 1)
    return found


def find_gutter(lines: Sequence[Line], left: float, right: float) -> tuple[float, float] | None:
    """The x-range of the white strip between two columns of running text, None where there is one column.

    Both sides must hold lines that fill at least half of their column, side by side over some height.
    """
    width = right - left
    if width < 200:
        return None
    long = [line for line in lines if line.x1 - line.x0 > 0.15 * width and len(line.text) > 12]
    if len(long) < 8:
        return None
    starts = Counter(round(line.x0) for line in long if left + 0.25 * width < line.x0 < left + 0.75 * width)
    best: tuple[float, float, float] | None = None
    for start, _ in starts.most_common(4):
        x = start - 2
        before = [line for line in long if line.x1 <= x + 2 and line.x1 - line.x0 > 0.5 * (x - left)]
        after = [line for line in long if line.x0 >= x and line.x1 - line.x0 > 0.5 * (right - x)]
        score = _side_by_side(before, after)
        if score >= 5 and (best is None or score > best[0]):
            best = (score, max(line.x1 for line in before), start)
    return best and (best[1], best[2])


def _side_by_side(before: Sequence[Line], after: Sequence[Line]) -> float:
    """How many rows stand beside each other: lines of one side that overlap a line of the other in height."""
    if len(before) < 3 or len(after) < 3:
        return 0.0
    beside = sum(1 for line in before if any(o.y0 < line.base and o.y1 > line.y0 + 1 for o in after))
    beside_after = sum(1 for line in after if any(o.y0 < line.base and o.y1 > line.y0 + 1 for o in before))
    return float(min(beside, beside_after))


def _bands(lines: Sequence[Line], gutter: tuple[float, float]) -> list[tuple[bool, list[Line]]]:
    """The lines from top to bottom as runs of (crosses the gutter, lines)."""
    bands: list[tuple[bool, list[Line]]] = []
    right = [line for line in lines if line.x0 >= gutter[0] - 2]
    for line in sorted(lines, key=lambda line: line.base):
        crosses = line.x0 < gutter[0] - 4 and line.x1 > gutter[1] + 4
        if crosses and any(o.y0 < line.base - 1 and o.y1 > line.y0 + 2 for o in right):
            crosses = False  # a formula that sticks out of its column
        if not bands or bands[-1][0] != crosses:
            bands.append((crosses, []))
        bands[-1][1].append(line)
    return bands


def rows(column: Column) -> list[Row]:
    """The column's lines put together by baseline, from top to bottom."""
    found: list[list[Line]] = []
    for line in sorted(column.lines, key=lambda line: (line.base, line.x0)):
        for group in reversed(found[-3:]):
            last = group[0]
            if abs(line.base - last.base) < 0.35 * min(line.size, last.size) + 0.5:
                group.append(line)
                break
        else:
            found.append([line])
    return [_row(group, (column.x0, column.x1)) for group in found]


def _row(group: list[Line], column: tuple[float, float]) -> Row:
    group.sort(key=lambda line: line.x0)
    main = max(group, key=lambda line: len(line.text))
    return Row(
        lines=group,
        column=column,
        x0=min(line.x0 for line in group),
        y0=min(line.y0 for line in group),
        x1=max(line.x1 for line in group),
        y1=max(line.y1 for line in group),
        base=main.base,
        size=main.size,
        text=" ".join(line.text for line in group),
    )

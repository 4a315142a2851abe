"""Reading order: gutters between columns found by the white space that long lines leave, rows within a column.

A page is cut into bands by the lines that cross a gutter; in each band the columns are read one after the other. The
same is done within a column, so that three columns are two cuts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from litmap.text.line import Line

Gutter = tuple[float, float]

CAPTION = re.compile(
    r"^(?:fig(?:ure|s?\.?)|table|tab\.|algorithm|listing|scheme|box|plate|exhibit|chart)\s*(?:[A-Z]?\d{1,3}|[IVX]{1,5}\b|[A-Z]\b)"
    r"(?:\.\d+)*[a-z]?\s*(?:(?P<mark>[.:|(—–-])|(?P<end>$)|(?P<loose>\s|(?<=\s)))",
    re.I,
)
_FRONT_END = re.compile(r"^(?:abstract|a b s t r a c t|(?:1|I)?\.?\s*introduction)\b", re.I)
_PROSE = re.compile(r"\b[a-z]{3,}\b")


@dataclass(slots=True)
class Column:
    """Lines read from top to bottom between x0 and x1 (points). `floating`: a table or figure as wide as the page."""

    x0: float
    x1: float
    lines: list[Line] = field(default_factory=list)
    floating: bool = False


@dataclass(slots=True)
class Row:
    """Fragments on one baseline of one column, left to right. `words`: small words of three letters or more;
    `gaps`: white strips wider than an em between.
    """

    lines: list[Line]
    column: Column
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0
    base: float = 0.0
    size: float = 0.0
    text: str = ""
    bold: float = 0.0
    italic: float = 0.0
    math: float = 0.0
    gaps: int = 0
    font: str = ""
    lead: int = 0
    top: float = 0.0
    words: int = -1

    def __post_init__(self) -> None:
        if self.words < 0:
            self.words = len(_PROSE.findall(self.text))


def read_order(pages: Sequence[Sequence[Line]]) -> list[list[Row]]:
    """The rows of each page in reading order. A gutter seen on many pages is looked for on all."""
    merged = [merge_fragments(lines) for lines in pages]
    seen = [gutter for lines in merged if (gutter := find_gutter(lines)) is not None]
    usual = sorted(seen)[len(seen) // 2] if len(seen) >= max(2, 0.3 * len(pages)) else None
    front = next((i for i, lines in enumerate(merged) if lines), 0)
    return [
        [
            row
            for part in (_cut_front(lines) if i == front else [lines])
            for c in _columns(part, usual)
            for row in rows(c)
        ]
        for i, lines in enumerate(merged)
    ]


def _cut_front(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """A first page cut above its abstract or introduction, so that names beside each other come before both columns."""
    starts = [line for line in lines if _FRONT_END.match(line.text)]
    if not starts:
        return [lines]
    y = min(starts, key=lambda line: line.y0).y0 - 2
    above = [line for line in lines if line.y1 < y + 0.5 * line.size]
    if any(len(_PROSE.findall(line.text)) >= 8 for line in above):
        return [lines]
    kept = {id(line) for line in above}
    return [above, [line for line in lines if id(line) not in kept]]


def merge_fragments(lines: Sequence[Line]) -> list[Line]:
    """Pieces of one printed line, which PyMuPDF parts at wide spaces, put together again."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        if (
            last is not None
            and last.block == line.block
            and abs(last.base - line.base) < 0.15 * line.size
            and -0.5 * line.size < line.x0 - last.x1 < 1.0 * max(line.size, last.size)
        ):
            _append(last, line)
        else:
            found.append(line)
    return found


def _append(last: Line, line: Line) -> None:
    a, b = len(last.text), len(line.text)
    last.bold = (last.bold * a + line.bold * b) / (a + b)
    last.italic = (last.italic * a + line.italic * b) / (a + b)
    last.math = (last.math * a + line.math * b) / (a + b)
    if b > a:
        last.size, last.font = line.size, line.font
    between = "" if line.x0 - last.x1 < 0.08 * line.size else " "
    last.top = max(last.top, line.top)
    last.text = f"{last.text}{between}{line.text}"
    last.x1 = max(last.x1, line.x1)
    last.y0, last.y1 = min(last.y0, line.y0), max(last.y1, line.y1)


def _columns(lines: Sequence[Line], usual: Gutter | None = None, depth: int = 0) -> list[Column]:
    """The lines cut into columns, in reading order; a band across the page is a column of its own."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    gutter = find_gutter(lines) if depth < 2 else None
    if gutter is None and usual is not None and depth == 0 and _fits(lines, usual):
        gutter = usual
    if gutter is None:
        return [Column(*_extent(lines, left, right), list(lines))]
    found: list[Column] = []
    middle = (gutter[0] + gutter[1]) / 2
    for wide, band in _bands(lines, gutter):
        if wide:
            found.append(Column(left, right, band, floating=not _has_prose(band) and len(band) > 3))
            continue
        found += _columns(
            [line for line in band if (line.x0 + line.x1) / 2 < middle], None, depth + 1
        )
        found += _columns(
            [line for line in band if (line.x0 + line.x1) / 2 >= middle], None, depth + 1
        )
    return found


def _extent(lines: Sequence[Line], left: float, right: float) -> tuple[float, float]:
    """The edges of running text: where most long lines begin and end; formulas that stick out do not count."""
    long = [
        line for line in lines if line.x1 - line.x0 > 0.7 * (right - left) and len(line.text) > 15
    ]
    if len(long) < 4:
        return left, right
    starts, ends = sorted(line.x0 for line in long), sorted(line.x1 for line in long)
    return starts[len(starts) // 8], ends[-1 - len(ends) // 8]


def find_gutter(lines: Sequence[Line]) -> Gutter | None:
    """The x-range of the white strip between two columns of running text, None where there is one column.

    Both sides must hold at least five lines that fill half of their column and stand beside lines of the other side.
    """
    if len(lines) < 10:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    width = right - left
    if width < 200:
        return None
    long = [line for line in lines if line.x1 - line.x0 > 0.15 * width and len(line.text) > 12]
    starts = Counter(
        round(line.x0) for line in long if left + 0.25 * width < line.x0 < left + 0.75 * width
    )
    best: tuple[int, Gutter] | None = None
    for start, _ in starts.most_common(4):
        x = start - 2
        before = [
            line for line in long if line.x1 <= x + 1 and line.x1 - line.x0 > 0.5 * (x - left)
        ]
        after = [line for line in long if line.x0 >= x and line.x1 - line.x0 > 0.5 * (right - x)]
        score = _side_by_side(before, after)
        crossing = sum(1 for line in long if line.x0 < x - 15 and line.x1 > x + 15)
        if score >= max(5, 0.1 * crossing) and (best is None or score > best[0]):
            best = (score, (max(line.x1 for line in before), float(start)))
    return best[1] if best else None


def _fits(lines: Sequence[Line], gutter: Gutter) -> bool:
    """Whether a page without a gutter agrees with the document's: few lines cross it, both sides hold some."""
    long = [line for line in lines if len(line.text) > 12]
    crossing = sum(1 for line in long if line.x0 < gutter[0] - 10 and line.x1 > gutter[1] + 10)
    sides = (
        sum(1 for line in long if line.x1 <= gutter[1] + 1),
        sum(1 for line in long if line.x0 >= gutter[0] - 1),
    )
    return min(sides) >= 2 and crossing <= 0.5 * sum(sides)


def _side_by_side(before: Sequence[Line], after: Sequence[Line]) -> int:
    """How many rows stand beside each other: lines of one side that overlap a line of the other in height."""
    if len(before) < 3 or len(after) < 3:
        return 0
    return min(_beside(before, after), _beside(after, before))


def _beside(these: Sequence[Line], others: Sequence[Line]) -> int:
    middles = sorted((line.y0 + line.y1) / 2 for line in others)
    count = 0
    for line in these:
        at = bisect_left(middles, line.y0 - 0.4 * line.size)
        count += at < len(middles) and middles[at] < line.y1 + 0.4 * line.size
    return count


def _bands(lines: Sequence[Line], gutter: Gutter) -> list[tuple[bool, list[Line]]]:
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
    return _free_floats(bands)


def _free_floats(bands: list[tuple[bool, list[Line]]]) -> list[tuple[bool, list[Line]]]:
    """Floats as wide as the page are read across: pieces without prose next to a caption across the page."""
    found: list[tuple[bool, list[Line]]] = []
    for i, (wide, band) in enumerate(bands):
        if wide:
            found.append((wide, band))
            continue
        pieces = _pieces(band)
        free = [False] * len(pieces)
        if i and any(CAPTION.match(line.text) for line in bands[i - 1][1]):
            free[0] = not _has_prose(pieces[0])
        if i + 1 < len(bands) and CAPTION.match(bands[i + 1][1][0].text):
            for k in range(len(pieces) - 1, -1, -1):
                if _has_prose(pieces[k]):
                    break
                free[k] = True
        for piece, across in zip(pieces, free, strict=True):
            if found and found[-1][0] == across and not across:
                found[-1][1].extend(piece)
            else:
                found.append((across, piece))
    return found


def _pieces(band: Sequence[Line]) -> list[list[Line]]:
    """A band cut where white space goes across the page."""
    sizes = sorted(line.size for line in band)
    lead = 1.2 * sizes[len(sizes) // 2]
    pieces: list[list[Line]] = []
    lowest = -1e9
    for line in sorted(band, key=lambda line: line.y0):
        if not pieces or line.y0 - lowest > 0.9 * lead:
            pieces.append([])
        pieces[-1].append(line)
        lowest = max(lowest, line.y1)
    return pieces


def _has_prose(lines: Sequence[Line]) -> bool:
    full = sorted(line.x1 - line.x0 for line in lines)[-1 - len(lines) // 10]
    prose = [
        line
        for line in lines
        if len(_PROSE.findall(line.text)) >= 5 and line.x1 - line.x0 > 0.93 * full
    ]
    return len(prose) > max(2, 0.25 * len(lines))


def rows(column: Column) -> list[Row]:
    """The column's lines put together by baseline, from top to bottom; scripts and fraction parts join their row."""
    groups: list[list[Line]] = []
    for line in sorted(column.lines, key=lambda line: (line.base, line.x0)):
        for group in reversed(groups[-3:]):
            if abs(line.base - group[0].base) < 0.35 * min(line.size, group[0].size) + 0.5:
                group.append(line)
                break
        else:
            groups.append([line])
    return [_row(group, column) for group in _absorb(groups)]


def _absorb(groups: list[list[Line]]) -> list[list[Line]]:
    """Stubs (a script, half a fraction, a sum's limit) joined to the row of text that they overlap in height."""
    if len(groups) < 2:
        return groups
    mains = [max(group, key=lambda line: len(line.text)) for group in groups]
    chars = [sum(len(line.text) for line in group) for group in groups]
    target = list(range(len(groups)))
    for i, group in enumerate(groups):
        if chars[i] > 12:
            continue
        y0, y1 = min(line.y0 for line in group), max(line.y1 for line in group)
        best, share = i, 0.35
        for j in (i - 2, i - 1, i + 1, i + 2):
            if (
                0 <= j < len(groups)
                and chars[j] > max(12, chars[i])
                and mains[j].x0 - 30 < group[0].x0 < mains[j].x1 + 30
            ):
                overlap = (min(y1, mains[j].y1) - max(y0, mains[j].y0)) / max(y1 - y0, 1.0)
                if overlap > share:
                    best, share = j, overlap
        target[i] = best
    merged: list[list[Line]] = [[] for _ in groups]
    for i, group in enumerate(groups):
        merged[target[i]] += group
    return [group for group in merged if group]


def _row(group: list[Line], column: Column) -> Row:
    if len(group) == 1:
        line = group[0]
        return Row(
            group, column, line.x0, line.y0, line.x1, line.y1, line.base, line.size, line.text,
            line.bold, line.italic, line.math, 0, line.font, line.lead, line.top or line.size,
        )  # fmt: skip
    group.sort(key=lambda line: line.x0)
    main = max(group, key=lambda line: len(line.text))
    chars = sum(len(line.text) for line in group)
    text, gaps = group[0].text, 0
    for a, b in pairwise(group):
        space = b.x0 - a.x1
        text += (
            b.text
            if -0.3 * b.size < space < 0.08 * main.size and b.size < 0.9 * main.size
            else " " + b.text
        )
        gaps += space > main.size
    return Row(
        lines=group,
        column=column,
        x0=min(line.x0 for line in group),
        y0=min(line.y0 for line in group),
        x1=max(line.x1 for line in group),
        y1=max(line.y1 for line in group),
        base=main.base,
        size=main.size,
        text=text,
        bold=sum(line.bold * len(line.text) for line in group) / chars,
        italic=sum(line.italic * len(line.text) for line in group) / chars,
        math=sum(line.math * len(line.text) for line in group) / chars,
        gaps=gaps,
        font=main.font,
        lead=group[0].lead,
        top=max(line.top or line.size for line in group),
    )

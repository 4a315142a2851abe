"""Columns of a page: gutters found by the white space that long lines leave, bands cut by what
crosses them.

A page is cut into bands by the lines that cross a gutter; in each band the columns are read one
after the other. The same is done within a column, so that three columns are two cuts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from litmap.text.captions import CAPTION
from litmap.text.line import Line
from litmap.text.page_layout import SMALL_WORD, Column

Gutter = tuple[float, float]
"""The x-range of the white strip between two columns, in points."""
Band = tuple[bool, list[Line]]
"""Whether its lines are read across the gutter, and the lines from top to bottom."""

MIN_LINE = 12
"""Characters that a line of running text exceeds."""
MAX_DEPTH = 2
"""Cuts within cuts: a page of up to four columns."""


def split_columns(
    lines: Sequence[Line], usual: Gutter | None = None, depth: int = 0
) -> list[Column]:
    """The lines cut into columns, in reading order; a band across the page is a column of its own.

    `usual`: the document's gutter, for pages that show none of their own.
    """
    if not lines:
        return []
    left, right = _extent(lines)
    gutter = _choose_gutter(lines, usual, depth)
    if gutter is None:
        return [Column(*_text_extent(lines, left, right), list(lines))]
    columns: list[Column] = []
    for across, band in _cut_bands(lines, gutter):
        if across:
            floating = not _has_prose(band) and len(band) > 3
            columns.append(Column(left, right, band, floating=floating))
            continue
        for side in _sides(band, gutter):
            columns += split_columns(side, None, depth + 1)
    return columns


def _choose_gutter(lines: Sequence[Line], usual: Gutter | None, depth: int) -> Gutter | None:
    gutter = find_gutter(lines) if depth < MAX_DEPTH else None
    if gutter is None and usual is not None and depth == 0 and _agrees_with(lines, usual):
        return usual
    return gutter


def _sides(band: Sequence[Line], gutter: Gutter) -> tuple[list[Line], list[Line]]:
    """A band's lines left and right of the gutter's middle."""
    middle = (gutter[0] + gutter[1]) / 2
    left: list[Line] = []
    right: list[Line] = []
    for line in band:
        (left if (line.x0 + line.x1) / 2 < middle else right).append(line)
    return left, right


def _extent(lines: Sequence[Line]) -> tuple[float, float]:
    return min(line.x0 for line in lines), max(line.x1 for line in lines)


def _text_extent(lines: Sequence[Line], left: float, right: float) -> tuple[float, float]:
    """The edges of running text: where most long lines begin and end; formulas that stick out do
    not count.
    """
    long = [line for line in lines if line.width > 0.7 * (right - left) and len(line.text) > 15]
    if len(long) < 4:
        return left, right
    starts, ends = sorted(line.x0 for line in long), sorted(line.x1 for line in long)
    return starts[len(starts) // 8], ends[-1 - len(ends) // 8]


def find_gutter(lines: Sequence[Line]) -> Gutter | None:
    """The x-range of the white strip between two columns of running text, None where there is one
    column.

    Both sides must hold at least five lines that fill half of their column and stand beside lines
    of the other side.
    """
    if len(lines) < 10:
        return None
    left, right = _extent(lines)
    width = right - left
    if width < 200:
        return None
    long = [line for line in lines if line.width > 0.15 * width and len(line.text) > MIN_LINE]
    best: Gutter | None = None
    best_score = 0
    for start in _common_starts(long, left + 0.25 * width, left + 0.75 * width):
        gutter, score = _score_gutter(long, start, left, right)
        if score > best_score:
            best, best_score = gutter, score
    return best


def _common_starts(lines: Sequence[Line], low: float, high: float) -> list[int]:
    """The four places in the middle of the page at which most lines begin."""
    starts = Counter(round(line.x0) for line in lines if low < line.x0 < high)
    return [start for start, _ in starts.most_common(4)]


def _score_gutter(
    long: Sequence[Line], start: int, left: float, right: float
) -> tuple[Gutter | None, int]:
    """The gutter left of x `start` and how many rows stand side by side about it; (None, 0) where
    too few.
    """
    x = start - 2
    before = [line for line in long if line.x1 <= x + 1 and line.width > 0.5 * (x - left)]
    after = [line for line in long if line.x0 >= x and line.width > 0.5 * (right - x)]
    score = _side_by_side(before, after)
    if score < max(5, 0.1 * _count_crossing(long, (x, x), 15)):
        return None, 0
    return (max(line.x1 for line in before), float(start)), score


def _count_crossing(lines: Sequence[Line], gutter: Gutter, by: float) -> int:
    return sum(1 for line in lines if line.x0 < gutter[0] - by and line.x1 > gutter[1] + by)


def _agrees_with(lines: Sequence[Line], gutter: Gutter) -> bool:
    """Whether a page without a gutter agrees with the document's: few lines cross it, both sides
    hold some.
    """
    long = [line for line in lines if len(line.text) > MIN_LINE]
    crossing = _count_crossing(long, gutter, 10)
    left = sum(1 for line in long if line.x1 <= gutter[1] + 1)
    right = sum(1 for line in long if line.x0 >= gutter[0] - 1)
    return min(left, right) >= 2 and crossing <= 0.5 * (left + right)


def _side_by_side(before: Sequence[Line], after: Sequence[Line]) -> int:
    """How many rows stand beside each other: lines of one side that overlap a line of the other in
    height.
    """
    if len(before) < 3 or len(after) < 3:
        return 0
    return min(_count_beside(before, after), _count_beside(after, before))


def _count_beside(side: Sequence[Line], others: Sequence[Line]) -> int:
    middles = sorted((line.y0 + line.y1) / 2 for line in others)
    count = 0
    for line in side:
        at = bisect_left(middles, line.y0 - 0.4 * line.size)
        count += at < len(middles) and middles[at] < line.y1 + 0.4 * line.size
    return count


def _cut_bands(lines: Sequence[Line], gutter: Gutter) -> list[Band]:
    """The lines from top to bottom as runs that cross the gutter or do not."""
    bands: list[Band] = []
    right = [line for line in lines if line.x0 >= gutter[0] - 2]
    for line in sorted(lines, key=lambda line: line.baseline):
        across = _crosses(line, gutter) and not _sticks_out(line, right)
        if not bands or bands[-1][0] != across:
            bands.append((across, []))
        bands[-1][1].append(line)
    return _free_floats(bands)


def _crosses(line: Line, gutter: Gutter) -> bool:
    return line.x0 < gutter[0] - 4 and line.x1 > gutter[1] + 4


def _sticks_out(line: Line, right: Sequence[Line]) -> bool:
    """Whether a line of the right column stands beside it: then it is a formula too wide for its
    column.
    """
    return any(o.y0 < line.baseline - 1 and o.y1 > line.y0 + 2 for o in right)


def _free_floats(bands: Sequence[Band]) -> list[Band]:
    """Floats as wide as the page are read across: pieces without prose next to a caption across the
    page.
    """
    freed: list[Band] = []
    for i, (across, band) in enumerate(bands):
        if across:
            freed.append((across, band))
            continue
        pieces = _cut_at_white_strips(band)
        for piece, is_float in zip(pieces, _find_floats(bands, i, pieces), strict=True):
            if freed and freed[-1][0] == is_float and not is_float:
                freed[-1][1].extend(piece)
            else:
                freed.append((is_float, piece))
    return freed


def _find_floats(bands: Sequence[Band], i: int, pieces: Sequence[list[Line]]) -> list[bool]:
    """Which pieces of band `i` are floats: the first below a caption, the last ones above a
    caption.
    """
    floats = [False] * len(pieces)
    if i and any(CAPTION.match(line.text) for line in bands[i - 1][1]):
        floats[0] = not _has_prose(pieces[0])
    if i + 1 < len(bands) and CAPTION.match(bands[i + 1][1][0].text):
        for k in range(len(pieces) - 1, -1, -1):
            if _has_prose(pieces[k]):
                break
            floats[k] = True
    return floats


def _cut_at_white_strips(band: Sequence[Line]) -> list[list[Line]]:
    """A band cut where white space goes across the page."""
    sizes = sorted(line.size for line in band)
    spacing = 1.2 * sizes[len(sizes) // 2]
    pieces: list[list[Line]] = []
    lowest = -1e9
    for line in sorted(band, key=lambda line: line.y0):
        if not pieces or line.y0 - lowest > 0.9 * spacing:
            pieces.append([])
        pieces[-1].append(line)
        lowest = max(lowest, line.y1)
    return pieces


def _has_prose(lines: Sequence[Line]) -> bool:
    """Whether a quarter of the lines (three at least) are full lines of running text."""
    full = sorted(line.width for line in lines)[-1 - len(lines) // 10]
    prose = [
        line
        for line in lines
        if len(SMALL_WORD.findall(line.text)) >= 5 and line.width > 0.93 * full
    ]
    return len(prose) > max(2, 0.25 * len(lines))
